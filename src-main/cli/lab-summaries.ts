/** What the experiments over simulated overlays print alike: series as a table or as facts, and what the run took. */
import { formatCount } from '#shared/format.ts'
import type { Summary } from '../lab/summary.ts'
import { table } from './words.ts'

export interface SummaryLine {
  readonly name: string
  readonly summary: Summary
  readonly digits: number
}

export interface RunCounts {
  readonly messages: number
  readonly events: number
  /** Virtual milliseconds. */
  readonly elapsed: number
  readonly checksum: string
}

/** `meanHops`, `p1Hops`, … for a series named `Hops`. */
export function flatSummary(name: string, { mean, p1, p50, p99, max }: Summary): Record<string, number> {
  return { [`mean${name}`]: mean, [`p1${name}`]: p1, [`p50${name}`]: p50, [`p99${name}`]: p99, [`max${name}`]: max }
}

/** @param title over the names of the series */
export function summaryTable(title: string, lines: readonly SummaryLine[]): string {
  const column = (heading: string, of: (summary: Summary) => number) => ({
    title: heading,
    align: 'right' as const,
    cell: ({ summary, digits }: SummaryLine) => of(summary).toFixed(digits),
  })
  const columns = [
    { title, align: 'left' as const, cell: ({ name }: SummaryLine) => name },
    column('mean', ({ mean }) => mean),
    column('p1', ({ p1 }) => p1),
    column('median', ({ p50 }) => p50),
    column('p99', ({ p99 }) => p99),
    column('most', ({ max }) => max),
  ]
  return table(columns, lines)
}

/** @param seconds that it took here */
export function runLines({ messages, events, elapsed, checksum }: RunCounts, seed: number, seconds: number): string[] {
  const virtual = `${(elapsed / 1_000).toFixed(0)} s of virtual time`
  return [
    `${formatCount(messages)} messages, ${formatCount(events)} events in ${seconds.toFixed(1)} s (${virtual})`,
    `seed ${seed}, checksum ${checksum}`,
  ]
}
