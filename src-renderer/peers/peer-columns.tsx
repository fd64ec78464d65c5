import type { ReactNode } from 'react'
import type { PeerRow } from '../client/types.ts'
import { SOURCE_WORDS } from '../torrents/details/peer-words.ts'
import { Ago } from '../ui/ago.tsx'
import { formatDateTime, formatPercent, rateQuantity } from '../ui/format.ts'
import { ProgressBar } from '../ui/progress-bar.tsx'
import { QuantityText } from '../ui/quantity.tsx'
import type { Column } from '../ui/table/column.ts'
import { flagLetters, flagMeanings } from './flags.ts'

export const peerTexts = (peer: PeerRow): readonly string[] => [
  peer.torrentName,
  peer.address,
  peer.client,
  SOURCE_WORDS[peer.source],
]

function rate(id: string, title: string, of: (peer: PeerRow) => number): Column<PeerRow> {
  return {
    id,
    title,
    width: 82,
    minWidth: 64,
    align: 'end',
    firstDirection: 'desc',
    sortKey: of,
    cell: (peer) => <QuantityText quantity={rateQuantity(of(peer))} />,
  }
}

function ProgressCell({ peer }: { peer: PeerRow }): ReactNode {
  return (
    <span className="flex items-center gap-2">
      <ProgressBar
        fraction={peer.progress}
        tone={peer.progress === 1 ? 'positive' : 'accent'}
        label="Has"
        className="min-w-0 grow"
      />
      <span className="w-12 shrink-0 text-right">{formatPercent(peer.progress)}</span>
    </span>
  )
}

/** The peers of all torrents. At 900 pixels of window everything but client, source and age is there. */
export const PEER_COLUMNS: readonly Column<PeerRow>[] = [
  {
    id: 'torrent',
    title: 'Torrent',
    width: 200,
    minWidth: 120,
    grow: true,
    sortKey: (peer) => peer.torrentName,
    cell: (peer) => <bdi>{peer.torrentName}</bdi>,
    hint: (peer) => peer.torrentName,
  },
  {
    id: 'address',
    title: 'Address',
    width: 176,
    minWidth: 120,
    sortKey: (peer) => peer.address,
    cell: (peer) => <span className="font-mono text-[12px]">{peer.address}</span>,
    hint: (peer) => peer.address,
  },
  {
    id: 'client',
    title: 'Program',
    width: 136,
    minWidth: 80,
    hideBelow: 820,
    sortKey: (peer) => peer.client || undefined,
    cell: (peer) => (peer.client ? <bdi>{peer.client}</bdi> : <span className="text-faint">Unknown</span>),
    hint: (peer) => peer.client,
  },
  {
    id: 'source',
    title: 'Found by',
    width: 104,
    minWidth: 72,
    hideBelow: 1_080,
    sortKey: (peer) => SOURCE_WORDS[peer.source],
    cell: (peer) => SOURCE_WORDS[peer.source],
  },
  {
    id: 'progress',
    title: 'Has',
    width: 112,
    minWidth: 92,
    firstDirection: 'desc',
    sortKey: (peer) => peer.progress,
    cell: (peer) => <ProgressCell peer={peer} />,
  },
  rate('down', 'Down', (peer) => peer.downRate),
  rate('up', 'Up', (peer) => peer.upRate),
  {
    id: 'flags',
    title: 'Flags',
    width: 68,
    minWidth: 48,
    sortKey: flagLetters,
    cell: (peer) => (
      <span className="font-mono text-[12px]">
        <span aria-hidden>{flagLetters(peer)}</span>
        <span className="sr-only">{flagMeanings(peer).join('; ')}</span>
      </span>
    ),
    hint: (peer) => flagMeanings(peer).join('\n'),
  },
  {
    id: 'since',
    title: 'Connected',
    width: 96,
    minWidth: 72,
    align: 'end',
    hideBelow: 940,
    firstDirection: 'desc',
    sortKey: (peer) => peer.connectedAt,
    cell: (peer) => <Ago at={peer.connectedAt} />,
    hint: (peer) => formatDateTime(peer.connectedAt),
  },
]
