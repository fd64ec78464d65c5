/** `shoal lab gnutella`: what a search costs and finds in a network that passes every query on to everybody. */
import { formatCount, formatPercent } from '#shared/format.ts'
import { expectedReach } from '../lab/gnutella/formulas.ts'
import {
  GNUTELLA_BOUNDS,
  GNUTELLA_DEFAULTS,
  type GnutellaOptions,
  type GnutellaResult,
  runGnutella,
} from '../lab/gnutella/run.ts'
import type { Summary } from '../lab/summary.ts'
import { type CommandContext, type Flags, UsageError, type ValuesOf } from './command.ts'
import { runExperiment } from './lab-run.ts'
import { MAX_FAILED, runLines, type SummaryLine, summaryTable, turnoverLines } from './lab-summaries.ts'
import { fractionOf, integerOf } from './values.ts'

export const GNUTELLA_FLAGS = {
  nodes: { type: 'string', value: 'N', summary: 'nodes; 1000' },
  ttl: { type: 'string', value: 'STEPS', summary: 'steps that a query goes; 7' },
  degree: { type: 'string', value: 'D', summary: 'connections of a node on average, an even number; 4' },
  share: { type: 'string', value: 'FRACTION', summary: 'part of the nodes that hold what is searched; 0.01' },
  uneven: { type: 'boolean', summary: 'some connections are slower than others' },
  lookups: { type: 'string', value: 'L', summary: 'searches; 50' },
  fail: { type: 'string', value: 'FRACTION', summary: 'part of the nodes that fail at once before them' },
} as const satisfies Flags

type Given = ValuesOf<typeof GNUTELLA_FLAGS>

export async function gnutellaExperiment(flags: Given, seed: number, context: CommandContext): Promise<void> {
  const number = (flag: keyof typeof GNUTELLA_BOUNDS) => {
    const text = flags[flag]
    return text === undefined ? GNUTELLA_DEFAULTS[flag] : integerOf(text, `--${flag}`, GNUTELLA_BOUNDS[flag])
  }
  const part = (flag: 'share' | 'fail', max: number) => {
    const text = flags[flag]
    return text === undefined ? GNUTELLA_DEFAULTS[flag] : fractionOf(text, `--${flag}`, max)
  }
  const degree = number('degree')
  if (degree % 2 !== 0) throw new UsageError(`--degree: "${degree}" is no even number; each node opens half of them.`)
  await run(context, {
    ...{ seed, degree, nodes: number('nodes'), lookups: number('lookups'), ttl: number('ttl') },
    ...{ share: part('share', 1), fail: part('fail', MAX_FAILED), uneven: flags.uneven ?? false },
  })
}

async function run(context: CommandContext, options: GnutellaOptions): Promise<void> {
  await runExperiment(
    context,
    'Fewer --nodes or --lookups take less time.',
    ({ signal, progress }) =>
      runGnutella(options, { signal, progress: (fraction) => progress({ fraction }, 'searches') }),
    (result, seconds) => context.out.done(factsOf(options, result), report(options, result, seconds)),
  )
}

/** One flat object: `meanHops`, `p1Hops` and `p99Hops`, and so on for the reach; of the other series the mean. */
function factsOf(options: GnutellaOptions, result: GnutellaResult): Record<string, unknown> {
  const { hops, requests, duplicates, reached, hits, latency, searchBytes, degrees, ...counts } = result
  return {
    ...options,
    ...counts,
    ...{ meanHops: hops.mean, p1Hops: hops.p1, p99Hops: hops.p99 },
    ...{ meanReached: reached.mean, p1Reached: reached.p1, p99Reached: reached.p99 },
    ...{ requests: requests.mean, p1Requests: requests.p1, p99Requests: requests.p99 },
    ...{ duplicates: duplicates.mean, hits: hits.mean, meanLatency: latency.mean, searchBytes: searchBytes.mean },
    ...{ meanDegree: degrees.mean, maxDegree: degrees.max },
  }
}

function report(options: GnutellaOptions, result: GnutellaResult, seconds: number): string {
  const lines: SummaryLine[] = [
    { name: 'nodes reached, %', summary: scaled(result.reached, 100), digits: 1 },
    { name: 'queries', summary: result.requests, digits: 0 },
    { name: 'of these had already', summary: result.duplicates, digits: 0 },
    { name: 'holders that answered', summary: result.hits, digits: 1 },
    { name: 'hops to the first', summary: result.hops, digits: 2 },
    { name: 'time to the first, ms', summary: result.latency, digits: 0 },
    { name: 'kB', summary: scaled(result.searchBytes, 1 / 1_000), digits: 1 },
  ]
  return [
    ...worldOf(options, result),
    '',
    `${formatCount(result.lookups)} searches; the item was found in ${(100 * result.success).toFixed(2)} %`,
    summaryTable('of one search', lines),
    ...formulaOf(options),
    '',
    ...runLines(result, options.seed, seconds),
  ].join('\n')
}

function scaled({ mean, p1, p50, p99, max }: Summary, by: number): Summary {
  return { mean: mean * by, p1: p1 * by, p50: p50 * by, p99: p99 * by, max: max * by }
}

/** It knows nothing of failures. */
function formulaOf({ nodes, degree, ttl, fail }: GnutellaOptions): string[] {
  if (fail > 0) return []
  const { reached, messages } = expectedReach(nodes, degree, ttl)
  const reach = `${formatPercent(reached)} reached, ${formatCount(Math.round(messages))} queries`
  return [`By formula, for large networks with delays all alike: ${reach}`]
}

function worldOf({ nodes, degree, ttl, share, fail, uneven }: GnutellaOptions, result: GnutellaResult): string[] {
  const delays = uneven ? 'some slower than others' : 'all alike in delay'
  return [
    `${formatCount(nodes)} nodes with ${degree} connections on average, ${delays}; TTL ${ttl}`,
    `${formatPercent(share)} of them hold what is searched, one at least`,
    ...turnoverLines({ churn: 0, fail }, { arrivals: 0, alive: result.alive }),
  ]
}
