/** What the experiments over simulated overlays print alike: series as a table or as facts, and what the run took. */
import { formatCount, formatPercent } from '#shared/format.ts'
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

/** Of lookups among nodes that come, go and fail. */
export interface LookupRun extends RunCounts {
  readonly hops: Summary
  readonly requests: Summary
  readonly timeouts: Summary
  readonly latency: Summary
  /** Nodes that are left, and that came by churn. */
  readonly alive: number
  readonly arrivals: number
}

/** Minutes. A thousand years is a session without churn. */
export const CHURN_MINUTES = { min: 1, max: 525_600_000 } as const
/** Part of the nodes. With all of them gone there would be nobody to ask. */
export const MAX_FAILED = 0.95

/** `meanHops`, `p1Hops`, … for each series of the lookups, `requests` and `timeouts` their means. */
export function lookupFacts({ hops, requests, timeouts, latency }: LookupRun): Record<string, number> {
  return {
    requests: requests.mean,
    timeouts: timeouts.mean,
    ...flatSummary('Hops', hops),
    ...flatSummary('Requests', requests),
    ...flatSummary('Timeouts', timeouts),
    ...flatSummary('Latency', latency),
  }
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

/** Who came and who is left, where nodes came or failed. */
export function turnoverLines(
  { churn, fail }: { readonly churn: number; readonly fail: number },
  { arrivals, alive }: Pick<LookupRun, 'arrivals' | 'alive'>,
): string[] {
  return [
    ...(churn > 0 ? [`median session ${churn} min: ${formatCount(arrivals)} newcomers so far`] : []),
    ...(fail > 0 ? [`${formatPercent(fail)} failed at once; ${formatCount(alive)} are left`] : []),
  ]
}
