/** `shoal lab pastry`: what lookups cost where messages are routed by prefix, with churn and failures. */
import { formatCount } from '#shared/format.ts'
import {
  MAX_PASTRY_LOOKUPS,
  MAX_PASTRY_NODES,
  PASTRY_DEFAULTS,
  type PastryOptions,
  type PastryResult,
  runPastry,
} from '../lab/pastry/pastry.ts'
import { type CommandContext, type Flags, UsageError, type ValuesOf } from './command.ts'
import { runExperiment } from './lab-run.ts'
import {
  CHURN_MINUTES,
  flatSummary,
  lookupFacts,
  MAX_FAILED,
  runLines,
  type SummaryLine,
  summaryTable,
  turnoverLines,
} from './lab-summaries.ts'
import { fractionOf, integerOf } from './values.ts'

export const PASTRY_FLAGS = {
  nodes: { type: 'string', value: 'N', summary: 'nodes; 1000' },
  leaves: { type: 'string', value: 'L', summary: 'nodes of a leaf set, an even number; 16' },
  lookups: { type: 'string', value: 'L', summary: 'lookups of random keys from random nodes; 1000' },
  churn: { type: 'string', value: 'MINUTES', summary: 'median session; whoever goes is replaced' },
  fail: {
    type: 'string',
    value: 'FRACTION',
    summary: 'part of the nodes that fail at once before the lookups',
  },
  join: { type: 'boolean', summary: 'nodes join one by one; else they start with perfect state' },
} as const satisfies Flags

type Given = ValuesOf<typeof PASTRY_FLAGS>

const LEAVES = { min: 2, max: 64 }

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
    churn: number('churn', CHURN_MINUTES),
    fail: flags.fail === undefined ? PASTRY_DEFAULTS.fail : fractionOf(flags.fail, '--fail', MAX_FAILED),
    join: flags.join ?? PASTRY_DEFAULTS.join,
  })
}

async function run(context: CommandContext, options: PastryOptions): Promise<void> {
  await runExperiment(
    context,
    'Fewer --nodes or --lookups take less time.',
    ({ signal, progress }) =>
      runPastry(options, { signal, progress: (fraction, phase) => progress({ fraction, phase }, phase) }),
    (result, seconds) => context.out.done(factsOf(options, result), report(options, result, seconds)),
  )
}

function factsOf(options: PastryOptions, result: PastryResult): Record<string, unknown> {
  const { hops, requests, timeouts, latency, stateSize, ...counts } = result
  return { ...options, ...counts, ...lookupFacts(result), ...flatSummary('StateSize', stateSize) }
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
  return [
    `${formatCount(nodes)} nodes, ${how}; b 4, leaf set ${leaves}, neighbourhood 32`,
    ...turnoverLines({ churn, fail }, result),
  ]
}
