/** What the lecture-hall experiment found, for people: a table and bars. */
import { formatBytes, formatRate } from '#shared/format.ts'
import type { SwarmOptions, SwarmRow } from '../lab/swarm.ts'
import { type Column, table } from './words.ts'

const CHART_CELLS = 56
/** Filled from the left by so many eighths. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const

const COLUMNS: readonly Column<SwarmRow>[] = [
  { title: 'N', align: 'right', cell: ({ nodes }) => `${nodes}` },
  { title: 'server', align: 'right', cell: ({ serverSeconds }) => seconds(serverSeconds) },
  { title: 'at least', align: 'right', cell: ({ serverBound }) => seconds(serverBound) },
  { title: 'swarm', align: 'right', cell: ({ swarmSeconds }) => seconds(swarmSeconds) },
  { title: 'at least', align: 'right', cell: ({ swarmBound }) => seconds(swarmBound) },
  { title: 'gain', align: 'right', cell: (row) => `${(row.serverSeconds / row.swarmSeconds).toFixed(1)} ×` },
]

export function swarmReport(options: SwarmOptions, rows: readonly SwarmRow[]): string {
  const { fileBytes, serverUp, peerUp, peerDown } = options
  return [
    `${formatBytes(fileBytes)} for N peers. The server sends ${formatRate(serverUp)}; each peer sends ${formatRate(peerUp)} and receives ${formatRate(peerDown)}.`,
    '',
    'Seconds until the last of N peers has the file, and the least that theory allows',
    table(COLUMNS, rows),
    '',
    ...chart(rows),
    '',
    'Theory (Kurose and Ross, Computer Networking, 2.5), F the file, u and d what is sent and received a second:',
    '  server  max(N F / u_s, F / d_min)      swarm  max(F / u_s, F / d_min, N F / (u_s + Σ u_i))',
  ].join('\n')
}

function chart(rows: readonly SwarmRow[]): string[] {
  const longest = Math.max(...rows.flatMap(({ serverSeconds, swarmSeconds }) => [serverSeconds, swarmSeconds]))
  const label = Math.max(...rows.map(({ nodes }) => `${nodes}`.length))
  const line = (nodes: string, way: string, value: number) =>
    `${nodes.padStart(label)}  ${way}  ${bar(value / longest)} ${seconds(value)} s`
  return rows.flatMap(({ nodes, serverSeconds, swarmSeconds }) => [
    line(`${nodes}`, 'server', serverSeconds),
    line('', 'swarm ', swarmSeconds),
  ])
}

/** A bar of `fraction` of the chart's width, exact to an eighth of a cell. */
function bar(fraction: number): string {
  const eighths = Math.max(1, Math.round(fraction * CHART_CELLS * 8))
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '')
}

function seconds(value: number): string {
  return value.toFixed(1)
}
