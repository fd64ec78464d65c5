import { Lock } from 'lucide-react'
import type { ReactNode } from 'react'
import type { TorrentRow } from '../client/types.ts'
import { cx } from '../ui/cx.ts'
import {
  bytesQuantity,
  formatBytes,
  formatDate,
  formatDateTime,
  formatEstimate,
  formatPercent,
  formatPlural,
  formatRatio,
  NONE,
  rateQuantity,
} from '../ui/format.ts'
import { ProgressBar } from '../ui/progress-bar.tsx'
import { QuantityText } from '../ui/quantity.tsx'
import type { Column } from '../ui/table/column.ts'
import { Lasting } from './lasting.tsx'
import { metadataOf, sourceWords } from './metadata-words.ts'
import { isKnown, lookOf, progressOf, TONE_INK } from './states.ts'

/** The name; of a magnet also who is asked for the rest. */
function NameCell({ row }: { row: TorrentRow }): ReactNode {
  const metadata = metadataOf(row)
  return (
    <span className="flex items-center gap-1.5">
      <bdi className="truncate">{row.name}</bdi>
      {metadata && metadata.asking.length > 0 && (
        <span className="min-w-0 truncate text-caption text-faint">asking {sourceWords(metadata.asking)}</span>
      )}
      {row.private && <Lock size={12} role="img" aria-label="Private" className="shrink-0 text-faint" />}
    </span>
  )
}

function nameHint(row: TorrentRow): string {
  const asking = sourceWords(metadataOf(row)?.asking ?? [])
  return asking === '' ? row.name : `${row.name}, asking ${asking}`
}

/** States in which nothing moves: their bar stands back. */
const STILL: ReadonlySet<TorrentRow['state']> = new Set(['paused', 'error', 'disk-full', 'data-missing'])

/** What is fetched has no size yet, so there is no progress: only for how long it has been tried. */
function Waiting({ since }: { since: number }): ReactNode {
  return (
    <span className="text-muted">
      for <Lasting since={since} />
    </span>
  )
}

export function ProgressCell({ row }: { row: TorrentRow }): ReactNode {
  const metadata = metadataOf(row)
  if (metadata) return <Waiting since={metadata.since} />
  if (!isKnown(row)) return none(true, '')
  const fraction = progressOf(row)
  const tone = row.state === 'seeding' ? 'positive' : STILL.has(row.state) ? 'quiet' : 'accent'
  return (
    <span className="flex items-center gap-2">
      <ProgressBar
        fraction={fraction}
        tone={tone}
        label={row.state === 'checking' ? 'Checked' : 'Progress'}
        className="min-w-0 grow"
      />
      <span className="w-12 shrink-0 text-right">{formatPercent(fraction)}</span>
    </span>
  )
}

export function StateCell({ row }: { row: TorrentRow }): ReactNode {
  const { word, icon: Icon, tone } = lookOf(row)
  return (
    <span className="@container flex items-center gap-1.5">
      <Icon size={14} aria-hidden className={cx('shrink-0', TONE_INK[tone])} />
      <span className={cx('shrink-0', tone !== 'accent' && tone !== 'positive' && TONE_INK[tone])}>{word}</span>
      {row.reason && <span className="hidden truncate text-caption text-faint @[240px]:inline">{row.reason}</span>}
    </span>
  )
}

const none = (condition: boolean, text: string): ReactNode =>
  condition ? <span className="text-faint">{NONE}</span> : text

const rate = (bytesPerSecond: number): ReactNode => {
  const quantity = rateQuantity(bytesPerSecond)
  return quantity ? <QuantityText quantity={quantity} /> : none(true, '')
}

/** The columns of the list. Hidden ones come back in a wider window or by the headings' menu. */
export const TORRENT_COLUMNS: readonly Column<TorrentRow>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 280,
    minWidth: 160,
    grow: true,
    sortKey: (row) => row.name,
    cell: (row) => <NameCell row={row} />,
    hint: nameHint,
  },
  {
    id: 'size',
    title: 'Size',
    width: 74,
    minWidth: 64,
    align: 'end',
    firstDirection: 'desc',
    sortKey: (row) => (isKnown(row) ? row.selected : undefined),
    cell: (row) => (isKnown(row) ? <QuantityText quantity={bytesQuantity(row.selected)} /> : none(true, '')),
    hint: (row) => (row.selected < row.size ? `${formatBytes(row.size)} in all, of which not all is wanted` : ''),
  },
  {
    id: 'progress',
    title: 'Progress',
    width: 116,
    minWidth: 96,
    sortKey: progressOf,
    cell: (row) => <ProgressCell row={row} />,
  },
  {
    id: 'state',
    title: 'State',
    width: 144,
    minWidth: 104,
    sortKey: (row) => lookOf(row).word,
    cell: (row) => <StateCell row={row} />,
    hint: (row) => row.reason || lookOf(row).word,
  },
  {
    id: 'down',
    title: 'Down',
    width: 82,
    minWidth: 64,
    align: 'end',
    firstDirection: 'desc',
    sortKey: (row) => row.downRate,
    cell: (row) => rate(row.downRate),
  },
  {
    id: 'up',
    title: 'Up',
    width: 82,
    minWidth: 64,
    hideBelow: 720,
    align: 'end',
    firstDirection: 'desc',
    sortKey: (row) => row.upRate,
    cell: (row) => rate(row.upRate),
  },
  {
    id: 'peers',
    title: 'Peers',
    width: 66,
    minWidth: 56,
    hideBelow: 780,
    align: 'end',
    firstDirection: 'desc',
    sortKey: (row) => row.seeds + row.peers,
    cell: (row) => none(row.seeds + row.peers === 0, `${row.seeds} / ${row.peers}`),
    hint: (row) =>
      `${formatPlural(row.seeds, 'peer')} with everything and ${formatPlural(row.peers, 'other', 'others')} connected`,
  },
  {
    id: 'left',
    title: 'Time left',
    width: 94,
    minWidth: 64,
    hideBelow: 680,
    align: 'end',
    sortKey: (row) => row.timeLeft,
    cell: (row) => none(row.timeLeft === undefined, formatEstimate(row.timeLeft)),
  },
  {
    id: 'ratio',
    title: 'Ratio',
    width: 60,
    minWidth: 48,
    align: 'end',
    hideBelow: 1_060,
    firstDirection: 'desc',
    sortKey: (row) => (row.downloaded > 0 ? row.uploaded / row.downloaded : undefined),
    cell: (row) => none(row.downloaded === 0, formatRatio(row.uploaded, row.downloaded)),
    hint: () => 'Bytes sent for each byte received',
  },
  {
    id: 'added',
    title: 'Added',
    width: 110,
    minWidth: 72,
    align: 'end',
    hideBelow: 920,
    firstDirection: 'desc',
    sortKey: (row) => row.addedAt,
    cell: (row) => formatDate(row.addedAt),
    hint: (row) => formatDateTime(row.addedAt),
  },
]
