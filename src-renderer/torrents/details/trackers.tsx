import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleSlash,
  LoaderCircle,
  type LucideIcon,
  RadioTower,
} from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { useRowHeight } from '../../app/use-theme.ts'
import type { TorrentDetail, TrackerEntry } from '../../client/types.ts'
import { cx } from '../../ui/cx.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatDuration, NONE } from '../../ui/format.ts'
import type { Column } from '../../ui/table/column.ts'
import { DataTable } from '../../ui/table/data-table.tsx'

const LOOKS: Readonly<Record<TrackerEntry['state'], { word: string; icon: LucideIcon; ink: string }>> = {
  idle: { word: 'Not asked yet', icon: CircleDashed, ink: 'text-muted' },
  announcing: { word: 'Asking', icon: LoaderCircle, ink: 'text-accent-text' },
  working: { word: 'Working', icon: CircleCheck, ink: 'text-positive' },
  failed: { word: 'Failed', icon: CircleAlert, ink: 'text-warning' },
  off: { word: 'Off', icon: CircleSlash, ink: 'text-muted' },
}

function StateCell({ tracker }: { tracker: TrackerEntry }): ReactNode {
  const { word, icon: Icon, ink } = LOOKS[tracker.state]
  return (
    <span className="flex items-center gap-1.5">
      <Icon size={14} aria-hidden className={cx('shrink-0', ink)} />
      {word}
    </span>
  )
}

/** Trackers are named by their address; the other sources, such as the DHT and the local network, by a word. */
const isTracker = ({ name }: TrackerEntry): boolean => name.includes('://')

const count = (value: number | undefined): ReactNode => value ?? NONE

/** A tracker with its place in the list, which names it: the same one may be there twice. */
interface Placed extends TrackerEntry {
  readonly id: string
}
const trackerId = (tracker: Placed): string => tracker.id

const COLUMNS: readonly Column<Placed>[] = [
  {
    id: 'tier',
    title: 'Tier',
    width: 56,
    minWidth: 48,
    align: 'end',
    cell: (tracker) => (isTracker(tracker) ? tracker.tier + 1 : NONE),
  },
  {
    id: 'name',
    title: 'Source',
    width: 204,
    minWidth: 140,
    cell: (tracker) => <bdi>{tracker.name}</bdi>,
    hint: (tracker) => tracker.name,
  },
  { id: 'state', title: 'State', width: 112, minWidth: 88, cell: (tracker) => <StateCell tracker={tracker} /> },
  {
    id: 'message',
    title: 'What it said',
    width: 200,
    minWidth: 80,
    grow: true,
    cell: (tracker) => <bdi className="text-muted">{tracker.message}</bdi>,
    hint: (tracker) => tracker.message,
  },
  {
    id: 'seeds',
    title: 'Seeds',
    width: 60,
    minWidth: 48,
    hideBelow: 860,
    align: 'end',
    cell: (tracker) => count(tracker.seeds),
  },
  {
    id: 'leechers',
    title: 'Leechers',
    width: 72,
    minWidth: 48,
    hideBelow: 860,
    align: 'end',
    cell: (tracker) => count(tracker.leechers),
  },
  {
    id: 'peers',
    title: 'Gave',
    width: 60,
    minWidth: 48,
    hideBelow: 900,
    align: 'end',
    cell: (tracker) => tracker.peers,
  },
  {
    id: 'next',
    title: 'Next in',
    width: 84,
    minWidth: 64,
    align: 'end',
    cell: (tracker) => formatDuration(tracker.nextIn),
  },
]

export function TrackersTab({ detail }: { detail: TorrentDetail }): ReactNode {
  const rowHeight = useRowHeight()
  const { trackers } = detail
  const rows = useMemo(() => trackers.map((tracker, index) => ({ ...tracker, id: String(index) })), [trackers])
  if (rows.length === 0) {
    return (
      <EmptyState icon={RadioTower} title="Nobody is asked for peers of this torrent">
        It names no tracker, and no other source is switched on. Peers can still come to this machine by themselves.
      </EmptyState>
    )
  }
  return <DataTable label="Sources" rows={rows} rowId={trackerId} columns={COLUMNS} rowHeight={rowHeight} />
}
