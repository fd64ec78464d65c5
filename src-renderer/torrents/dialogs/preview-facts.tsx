import type { ReactNode } from 'react'
import type { TorrentPreview } from '../../client/types.ts'
import { CopyText } from '../../ui/copy.tsx'
import { bytesQuantity, formatBytes, formatCount, formatPieceLength, formatPlural } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { QuantityText } from '../../ui/quantity.tsx'
import type { Column } from '../../ui/table/column.ts'
import { DataTable } from '../../ui/table/data-table.tsx'
import { Fact } from '../details/facts.tsx'

type PreviewFile = TorrentPreview['files'][number]

const COLUMNS: readonly Column<PreviewFile>[] = [
  {
    id: 'path',
    title: 'File',
    width: 320,
    minWidth: 160,
    grow: true,
    cell: (file) => <bdi>{file.path}</bdi>,
    hint: (file) => file.path,
  },
  {
    id: 'size',
    title: 'Size',
    width: 88,
    minWidth: 64,
    align: 'end',
    cell: (file) => <QuantityText quantity={bytesQuantity(file.size)} />,
  },
]
const FILE_ROW_PX = 28
const MOST_ROWS = 6
const HEADER_PX = 30
const filePath = (file: PreviewFile): string => file.path

/** What a .torrent holds, before anything is written. */
export function PreviewFacts({ preview }: { preview: TorrentPreview }): ReactNode {
  const listed = preview.files.length
  const rows = Math.min(MOST_ROWS, Math.max(2, listed))
  return (
    <>
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4">
        <Fact name="Size">
          {formatBytes(preview.size)} in {formatPlural(preview.fileCount, 'file')}, {formatCount(preview.pieces)}{' '}
          {preview.pieces === 1 ? 'piece' : 'pieces'} of {formatPieceLength(preview.pieceLength)}
        </Fact>
        <Fact name="Trackers">
          <Trackers names={preview.trackers} />
        </Fact>
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
      <div>
        <div
          className="overflow-hidden rounded-sm border border-line bg-surface"
          style={{ height: rows * FILE_ROW_PX + HEADER_PX }}
        >
          <DataTable
            label="Files in the torrent"
            rows={preview.files}
            rowId={filePath}
            columns={COLUMNS}
            rowHeight={FILE_ROW_PX}
          />
        </div>
        {preview.fileCount > listed && (
          <p className="mt-1 text-caption text-muted">
            The first {formatCount(listed)} of {formatCount(preview.fileCount)} files are shown.
          </p>
        )}
      </div>
      {preview.renamed > 0 && (
        <Notice tone="info">
          {formatPlural(preview.renamed, 'name')} {preview.renamed === 1 ? 'was' : 'were'} changed to be safe on this
          disk; the list shows them as they will be.
        </Notice>
      )}
    </>
  )
}

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
