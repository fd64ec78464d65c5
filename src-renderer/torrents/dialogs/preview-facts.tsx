import type { ReactNode } from 'react'
import type { TorrentPreview } from '../../client/types.ts'
import { CopyText } from '../../ui/copy.tsx'
import { formatBytes, formatCount, formatPieceLength, formatPlural } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { Fact } from '../details/facts.tsx'
import { type FileChoice, PreviewFiles } from './preview-files.tsx'

/** What a .torrent holds, or what a link says of it, before anything is written. */
export function PreviewFacts(props: { preview: TorrentPreview; choice: FileChoice | undefined }): ReactNode {
  const { preview, choice } = props
  return (
    <>
      {preview.kind !== 'torrent' && !preview.present && <Notice tone="info">{LINK_SENTENCES[preview.kind]}</Notice>}
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4">
        {preview.kind === 'torrent' && (
          <Fact name="Size">
            {formatBytes(preview.size)} in {formatPlural(preview.fileCount, 'file')}, {formatCount(preview.pieces)}{' '}
            {preview.pieces === 1 ? 'piece' : 'pieces'} of {formatPieceLength(preview.pieceLength)}
          </Fact>
        )}
        {preview.kind !== 'mutable' && (
          <Fact name="Trackers">
            <Trackers names={preview.trackers} />
          </Fact>
        )}
        {preview.private && <Fact name="Private">Yes, its peers come from its trackers only</Fact>}
        {preview.comment && (
          <Fact name="Comment">
            <span title={preview.comment}>{preview.comment}</span>
          </Fact>
        )}
        {preview.id !== undefined && (
          <Fact name="Info hash">
            <CopyText text={preview.id} label="info hash" />
          </Fact>
        )}
      </dl>
      {choice && <PreviewFiles choice={choice} />}
      {preview.renamed > 0 && (
        <Notice tone="info">
          {formatPlural(preview.renamed, 'name')} {preview.renamed === 1 ? 'was' : 'were'} changed to be safe on this
          disk; the list shows them as they will be.
        </Notice>
      )}
    </>
  )
}

const LINK_SENTENCES = {
  magnet:
    'A link names the torrent and nothing more. Size and files come from its peers once it is added; you can choose among the files then, in its details.',
  mutable:
    'Whoever made this link can point it to another torrent later. Shoal looks up the torrent it names now and adds it to this folder, and does the same with each new one until you stop following the link.',
} as const

function Trackers({ names }: { names: readonly string[] }): ReactNode {
  const [first] = names
  if (first === undefined) return 'None'
  const others = names.length - 1
  return (
    <span title={names.join('\n')}>
      {first}
      {others > 0 && <span className="text-muted"> and {formatPlural(others, 'other', 'others')}</span>}
    </span>
  )
}
