/** `shoal lab pastry`: what lookups cost where messages are routed by prefix, with churn and failures. */
import { formatCount, formatPercent } from '#shared/format.ts'
import {
  MAX_PASTRY_LOOKUPS,
  MAX_PASTRY_NODES,
  PASTRY_DEFAULTS,
  type PastryOptions,
  type PastryResult,
  runPastry,
} from '../lab/pastry/pastry.ts'
import { type CommandContext, type Flags, UsageError, type ValuesOf } from './command.ts'
import { interrupted } from './interrupted.ts'
import { flatSummary, runLines, type SummaryLine, summaryTable } from './lab-summaries.ts'
import { Pace } from './pace.ts'
import { fractionOf, integerOf } from './values.ts'
import { LOCAL_ONLY, withHost } from './with-host.ts'
import { bar } from './words.ts'

export const PASTRY_FLAGS = {
  leaves: { type: 'string', value: 'L', summary: 'pastry: nodes of a leaf set, an even number; 16' },
  lookups: { type: 'string', value: 'L', summary: 'pastry: lookups of random keys from random nodes; 1000' },
  churn: { type: 'string', value: 'MINUTES', summary: 'pastry: median session; whoever goes is replaced' },
  fail: {
    type: 'string',
    value: 'FRACTION',
    summary: 'pastry: part of the nodes that fail at once before the lookups',
  },
  join: { type: 'boolean', summary: 'pastry: nodes join one by one; else they start with perfect state' },
} as const satisfies Flags

type Given = ValuesOf<typeof PASTRY_FLAGS> & { readonly nodes: string | undefined }

const LEAVES = { min: 2, max: 64 }
/** A thousand years is a session without churn. */
const MAX_CHURN_MINUTES = 525_600_000
/** With all of them gone there would be nobody to ask. */
const MAX_PART = 0.95

export async function pastryExperiment(flags: Given, seed: number, context: CommandContext): Promise<void> {
  const number = (flag: 'nodes' | 'lookups' | 'leaves' | 'churn', range: { min: number; max: number }) => {
    const text = flags[flag]
    return text === undefined ? PASTRY_DEFAULTS[flag] : integerOf(text, `--${flag}`, range)
  }
  const leaves = number('leaves', LEAVES)
  if (leaves % 2 !== 0) throw new UsageError(`--leaves: ${leaves} is odd; half of a leaf set is on either side.`)
  await run(context, {
    ...{ seed, leaves },
    nodes: number('nodes', { min: 2, max: MAX_PASTRY_NODES }),
    lookups: number('lookups', { min: 1, max: MAX_PASTRY_LOOKUPS }),
    churn: number('churn', { min: 1, max: MAX_CHURN_MINUTES }),
    fail: flags.fail === undefined ? PASTRY_DEFAULTS.fail : fractionOf(flags.fail, '--fail', MAX_PART),
    join: flags.join ?? PASTRY_DEFAULTS.join,
  })
}

async function run(context: CommandContext, options: PastryOptions): Promise<void> {
  const { out, stop } = context
  // Only for its clock, which paces the lines of progress: the experiment runs on virtual time.
  await withHost(context, LOCAL_ONLY, async (host) => {
    const pace = new Pace(host.clock, out.progressPeriod)
    const begin = host.clock.now()
    const result = await runPastry(options, {
      progress: (fraction, phase) => {
        if (pace.due()) out.progress({ fraction, phase }, `${bar(fraction)} ${formatPercent(fraction)}  ${phase}`)
      },
      signal: stop,
    }).catch((error) => {
      throw stop.aborted ? interrupted('Fewer --nodes or --lookups take less time.') : error
    })
    const seconds = (host.clock.now() - begin) / 1_000
    out.done(factsOf(options, result), report(options, result, seconds))
  })
}

/** One flat object: `meanHops`, `p1Hops`, … for each series, `requests` and the others their means. */
function factsOf(options: PastryOptions, result: PastryResult): Record<string, unknown> {
  const { hops, requests, timeouts, latency, stateSize, ...counts } = result
  return {
    ...options,
    ...counts,
    requests: requests.mean,
    timeouts: timeouts.mean,
    ...flatSummary('Hops', hops),
    ...flatSummary('Requests', requests),
    ...flatSummary('Timeouts', timeouts),
    ...flatSummary('Latency', latency),
    ...flatSummary('StateSize', stateSize),
  }
}

function report(options: PastryOptions, result: PastryResult, seconds: number): string {
  const lines: SummaryLine[] = [
    { name: 'hops', summary: result.hops, digits: 2 },
    { name: 'messages towards the key', summary: result.requests, digits: 2 },
    { name: 'time-outs', summary: result.timeouts, digits: 2 },
    { name: 'latency, ms', summary: result.latency, digits: 0 },
    { name: 'nodes that a node knows', summary: result.stateSize, digits: 1 },
  ]
  return [
    ...worldOf(options, result),
    '',
    `${formatCount(result.lookups)} lookups; the nearest node was found in ${(100 * result.success).toFixed(2)} %`,
    summaryTable('', lines),
    '',
    ...runLines(result, options.seed, seconds),
  ].join('\n')
}

function worldOf({ nodes, leaves, join, churn, fail }: PastryOptions, result: PastryResult): string[] {
  const how = join ? 'joined one by one' : 'started with perfect state'
  const facts = [`${formatCount(nodes)} nodes, ${how}; b 4, leaf set ${leaves}, neighbourhood 32`]
  if (churn > 0) facts.push(`median session ${churn} min: ${formatCount(result.arrivals)} newcomers so far`)
  if (fail > 0) facts.push(`${formatPercent(fail)} failed at once; ${formatCount(result.alive)} are left`)
  return facts
}
