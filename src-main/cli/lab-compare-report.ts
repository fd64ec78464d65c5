/** What the comparison of the overlays found, for people. */
import type { CompareResult, OverlayRow } from '../lab/compare/compare.ts'
import { designTable } from '../lab/compare/design-table.ts'
import { OVERLAY_TITLES } from '../lab/compare/overlay-lab.ts'
import { type Column, table } from './words.ts'

const percent = (part: number) => `${(100 * part).toFixed(2)} %`

const LOOKUPS: readonly Column<OverlayRow>[] = [
  { title: 'overlay', align: 'left', cell: ({ overlay }) => OVERLAY_TITLES[overlay] },
  { title: 'setting', align: 'left', cell: ({ setting }) => setting },
  { title: 'found', align: 'right', cell: ({ success }) => percent(success) },
  { title: 'hops', align: 'right', cell: ({ hops }) => hops.mean.toFixed(2) },
  { title: 'median', align: 'right', cell: ({ latency }) => `${latency.p50.toFixed(0)} ms` },
  { title: 'mean', align: 'right', cell: ({ latency }) => `${latency.mean.toFixed(0)} ms` },
]

const STILL: readonly Column<OverlayRow>[] = [
  ...LOOKUPS,
  { title: 'messages', align: 'right', cell: ({ messagesPerLookup }) => messagesPerLookup.toFixed(1) },
  { title: 'bytes', align: 'right', cell: ({ bytesPerLookup }) => bytesPerLookup.toFixed(0) },
  { title: 'knows', align: 'right', cell: ({ state }) => state.mean.toFixed(1) },
]

const CHURN: readonly Column<OverlayRow>[] = [
  ...LOOKUPS,
  { title: 'time-outs', align: 'right', cell: ({ timeouts }) => timeouts.mean.toFixed(2) },
  { title: 'a node', align: 'right', cell: ({ bytesPerSecond }) => `${bytesPerSecond.toFixed(1)} B/s` },
]

/** Other overlays end with the first that has the key: their times are not of the same thing. */
const ENDS = "Kademlia's until all k nearest have answered"

export function compareReport(result: Omit<CompareResult, 'checksum'>): string {
  const of = (part: OverlayRow['part']) => result.rows.filter((row) => row.part === part)
  return [
    ...section(`Lookups without churn, ${ENDS}; messages and bytes of one`, STILL, of('lookups')),
    ...section(`Lookups under churn, ${ENDS}; each overlay in several settings`, CHURN, of('churn')),
    ...designs(result),
  ].join('\n\n')
}

function section(title: string, columns: readonly Column<OverlayRow>[], rows: readonly OverlayRow[]): string[] {
  return rows.length === 0 ? [] : [`${title}\n${table(columns, rows)}`]
}

/** Point by point, a line for each design: side by side they would be too wide. */
function designs(result: Omit<CompareResult, 'checksum'>): string[] {
  const { columns, rows } = designTable(result)
  const titles = columns.slice(1).map(({ label }) => label)
  const width = Math.max(...titles.map((title) => title.length))
  return rows.map(([point, ...cells]) => {
    const lines = cells.flatMap((cell, n) => (cell === null ? [] : [`  ${(titles[n] ?? '').padEnd(width)}  ${cell}`]))
    return [`${point}`, ...lines].join('\n')
  })
}
