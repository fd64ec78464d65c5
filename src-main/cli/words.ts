/** Lines for people: the state of a torrent, bars, tables. */
import type { SubscriptionRow, TorrentRow } from '#shared/contract/torrents.ts'
import { formatBytes, formatDuration, formatPercent, formatPlural, formatRate } from '#shared/format.ts'

const BAR_CELLS = 20
/** Columns of the narrowest terminal we write for. */
const LINE_WIDTH = 100

export function bar(fraction: number): string {
  const full = Math.min(BAR_CELLS, Math.max(0, Math.floor(fraction * BAR_CELLS)))
  return `[${'#'.repeat(full)}${'·'.repeat(BAR_CELLS - full)}]`
}

/** A magnet whose metadata has not come, paused or not: a torrent of empty files is complete at once. */
export function isUnknown({ state, size, completedAt }: Pick<TorrentRow, 'state' | 'size' | 'completedAt'>): boolean {
  return size === 0 && completedAt === undefined && state !== 'seeding'
}

export function fractionOf({ state, done, selected, checked, metadata, size, completedAt }: TorrentRow): number {
  if (state === 'checking') return checked
  if (metadata) return metadata.size > 0 ? metadata.received / metadata.size : 0
  if (isUnknown({ state, size, completedAt })) return 0
  return selected > 0 ? Math.min(1, done / selected) : 1
}

/** One line about a torrent under way. */
export function torrentLine(row: TorrentRow): string {
  const head = `${bar(fractionOf(row))} ${formatPercent(fractionOf(row))}`
  if (row.state === 'checking') return `${head}  checking what is there`
  if (row.state === 'fetching-metadata') return cut(metadataLine(row), LINE_WIDTH)
  const peers = formatPlural(row.seeds + row.peers, 'peer')
  const sizes = `${formatBytes(row.done)} of ${formatBytes(row.selected)}`
  if (row.state === 'seeding') return `${head}  ${sizes}`
  if (row.reason !== '') return cut(`${head}  ${row.reason}`, LINE_WIDTH)
  const left = row.timeLeft === undefined ? '' : `  ${formatDuration(row.timeLeft)} left`
  return `${head}  ${sizes}  ${formatRate(row.downRate)}  ${peers}${left}`
}

/** One line about a magnet of which only the hash is known. */
function metadataLine({ metadata, reason }: TorrentRow): string {
  if (!metadata) return reason
  const { asking, known, connected, size, received } = metadata
  if (size > 0) return `Fetching the metadata: ${formatBytes(received)} of ${formatBytes(size)}`
  const sources = asking.length > 0 ? asking.join(', ') : 'nobody yet'
  return `Looking for the metadata: asking ${sources}; ${formatPlural(known, 'peer')} known, ${connected} connected`
}

/** One line about a link whose torrent is yet to be looked up. */
export function linkLine({ reason }: SubscriptionRow): string {
  return cut(reason || 'Looking up what the link stands for.', LINE_WIDTH)
}

/** One line about a torrent that is shared. */
export function seedingLine({ seeds, peers, upRate, uploaded }: TorrentRow): string {
  return `Sharing with ${formatPlural(seeds + peers, 'peer')}  ${formatRate(upRate)}  ${formatBytes(uploaded)} sent`
}

/** One line about hashing. */
export function hashingLine(done: number, size: number, rate: number): string {
  const left = rate > 0 ? `  ${formatDuration((size - done) / rate)} left` : ''
  const fraction = size > 0 ? done / size : 1
  return `${bar(fraction)} ${formatPercent(fraction)}  ${formatBytes(done)} of ${formatBytes(size)}  ${formatRate(rate)}${left}`
}

export function cut(text: string, width: number): string {
  const letters = [...text]
  return letters.length <= width ? text : `${letters.slice(0, width - 1).join('')}…`
}

export interface Column<Row> {
  readonly title: string
  readonly align: 'left' | 'right'
  cell(row: Row): string
}

/** Rows under their titles, in columns as wide as they need. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ cell }) => cell(row)))]
  const widths = columns.map((_, n) => Math.max(...cells.map((line) => [...(line[n] as string)].length)))
  const padded = (text: string, n: number) => {
    const space = ' '.repeat((widths[n] as number) - [...text].length)
    return columns[n]?.align === 'right' ? space + text : text + space
  }
  return cells.map((line) => line.map(padded).join('  ').trimEnd()).join('\n')
}
