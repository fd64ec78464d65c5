import { Magnet } from 'lucide-react'
import type { ReactNode } from 'react'
import type { MetadataProgress, TorrentRow } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { formatBytes, formatCount, formatDateTime } from '../../ui/format.ts'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { useTorrentActions } from '../actions.ts'
import { Lasting } from '../lasting.tsx'
import { sourceWords, stageSentence } from '../metadata-words.ts'
import { Fact, Facts } from './facts.tsx'

/** What is tried for a torrent of which only the hash is known: who is asked, since when, and what came of it. */
export function MetadataPanel({ row, metadata }: { row: TorrentRow; metadata: MetadataProgress }): ReactNode {
  const actions = useTorrentActions()
  // Where nobody is known, the engine knows best why.
  const why = metadata.known === 0 ? row.reason : ''
  return (
    <div className="flex items-start gap-3 rounded-sm bg-info-soft px-3 py-2">
      <Magnet size={16} aria-hidden className="mt-0.5 shrink-0 text-info" />
      <div className="min-w-0 grow">
        <p role="status">
          <span className="font-medium">Fetching metadata.</span> {why || stageSentence(metadata)}
        </p>
        <p className="text-muted">
          {metadata.asking.length > 0 && (
            <>
              Asking {sourceWords(metadata.asking)} for <Lasting since={metadata.since} />.{' '}
            </>
          )}
          Name, size and files are known once it is here.
        </p>
        {metadata.size > 0 && <Received metadata={metadata} />}
      </div>
      <Button onClick={() => void actions.copyMagnets([row])} className="-my-0.5">
        Copy magnet link
      </Button>
    </div>
  )
}

function Received({ metadata: { received, size } }: { metadata: MetadataProgress }): ReactNode {
  return (
    <div className="mt-1 flex items-center gap-2 tabular-nums">
      <ProgressBar fraction={received / size} label="Metadata received" className="w-40" />
      <span>
        {formatBytes(received)} of {formatBytes(size)}
      </span>
    </div>
  )
}

export function MetadataFacts({ metadata }: { metadata: MetadataProgress }): ReactNode {
  return (
    <Facts title="Peers">
      <Fact name="Heard of">{formatCount(metadata.known)}</Fact>
      <Fact name="Being connected to">{formatCount(metadata.connecting)}</Fact>
      <Fact name="Connected">{formatCount(metadata.connected)}</Fact>
      <Fact name="Serve metadata">{formatCount(metadata.serving)}</Fact>
      <Fact name="Asked since">{formatDateTime(metadata.since)}</Fact>
    </Facts>
  )
}
