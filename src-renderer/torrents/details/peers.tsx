import { Users } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useRowHeight } from '../../app/use-theme.ts'
import type { PeerEntry, TorrentDetail } from '../../client/types.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { bytesQuantity, formatDateTime, formatPercent, rateQuantity } from '../../ui/format.ts'
import { QuantityText } from '../../ui/quantity.tsx'
import type { Column, Sort } from '../../ui/table/column.ts'
import { DataTable } from '../../ui/table/data-table.tsx'
import { flagSentences, relationWord, SOURCE_WORDS } from './peer-words.ts'

const peerId = (peer: PeerEntry): string => peer.id

/** A column of bytes or bytes a second, largest first. */
function amount(
  id: string,
  title: string,
  of: (peer: PeerEntry) => number,
  quantity: typeof rateQuantity,
): Column<PeerEntry> {
  return {
    id,
    title,
    width: 88,
    minWidth: 64,
    align: 'end',
    firstDirection: 'desc',
    sortKey: of,
    cell: (peer) => <QuantityText quantity={quantity(of(peer))} />,
  }
}

const COLUMNS: readonly Column<PeerEntry>[] = [
  {
    id: 'address',
    title: 'Address',
    width: 172,
    minWidth: 120,
    grow: true,
    sortKey: (peer) => peer.address,
    cell: (peer) => <span className="font-mono text-[12px]">{peer.address}</span>,
    hint: (peer) => `${peer.address}, connected since ${formatDateTime(peer.connectedAt)}`,
  },
  {
    id: 'client',
    title: 'Program',
    width: 144,
    minWidth: 80,
    hideBelow: 660,
    sortKey: (peer) => peer.client,
    cell: (peer) => <bdi>{peer.client || 'Unknown'}</bdi>,
    hint: (peer) => peer.client,
  },
  {
    id: 'relation',
    title: 'Exchange',
    width: 120,
    minWidth: 72,
    sortKey: relationWord,
    cell: relationWord,
    hint: (peer) => flagSentences(peer).join('\n'),
  },
  {
    id: 'progress',
    title: 'Has',
    width: 68,
    minWidth: 56,
    align: 'end',
    firstDirection: 'desc',
    sortKey: (peer) => peer.progress,
    cell: (peer) => formatPercent(peer.progress),
  },
  amount('down', 'Down', (peer) => peer.downRate, rateQuantity),
  amount('up', 'Up', (peer) => peer.upRate, rateQuantity),
  { ...amount('received', 'Received', (peer) => peer.downloaded, bytesQuantity), hideBelow: 820 },
  { ...amount('sent', 'Sent', (peer) => peer.uploaded, bytesQuantity), hideBelow: 820 },
  {
    id: 'source',
    title: 'Found by',
    width: 108,
    minWidth: 72,
    hideBelow: 940,
    sortKey: (peer) => SOURCE_WORDS[peer.source],
    cell: (peer) => SOURCE_WORDS[peer.source],
  },
]

export function PeersTab({ detail }: { detail: TorrentDetail }): ReactNode {
  const [sort, setSort] = useState<Sort>({ by: 'down', direction: 'desc' })
  const rowHeight = useRowHeight()
  if (detail.peers.length === 0) {
    return (
      <EmptyState icon={Users} title="No peer is connected">
        The Trackers tab tells who is asked for peers, and when next.
      </EmptyState>
    )
  }
  return (
    <DataTable
      label="Peers"
      rows={detail.peers}
      rowId={peerId}
      columns={COLUMNS}
      rowHeight={rowHeight}
      sort={sort}
      onSort={setSort}
    />
  )
}
