/** `shoal lab kademlia`: what lookups cost in a network of so many nodes, with churn, failures and routers. */
import { formatCount, formatPercent } from '#shared/format.ts'
import {
  KADEMLIA_DEFAULTS,
  type KademliaOptions,
  type KademliaResult,
  MAX_KADEMLIA_LOOKUPS,
  MAX_KADEMLIA_NODES,
  runKademlia,
} from '../lab/kademlia.ts'
import type { CommandContext, Flags, ValuesOf } from './command.ts'
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

export const KADEMLIA_FLAGS = {
  nodes: { type: 'string', value: 'N', summary: 'nodes; 1000' },
  lookups: { type: 'string', value: 'L', summary: 'lookups of random targets from random nodes; 1000' },
  k: { type: 'string', value: 'K', summary: 'entries of a bucket; 8, in the literature 20' },
  alpha: { type: 'string', value: 'A', summary: 'requests of a lookup at once; 3' },
  churn: { type: 'string', value: 'MINUTES', summary: 'median session; whoever goes is replaced' },
  fail: {
    type: 'string',
    value: 'FRACTION',
    summary: 'part of the nodes that fail at once before the lookups',
  },
  nat: { type: 'string', value: 'FRACTION', summary: 'part of the nodes behind address translation' },
  values: { type: 'string', value: 'N', summary: 'items stored before the failure and looked for after it' },
  wire: { type: 'boolean', summary: 'every message is really encoded and decoded' },
  join: { type: 'boolean', summary: 'nodes join one by one; else they start with good tables' },
} as const satisfies Flags

type Given = ValuesOf<typeof KADEMLIA_FLAGS>

const K = { min: 1, max: 100 }
const ALPHA = { min: 1, max: 32 }
const MAX_VALUES = 100_000

export async function kademliaExperiment(flags: Given, seed: number, context: CommandContext): Promise<void> {
  const defaults = KADEMLIA_DEFAULTS
  const number = (flag: 'nodes' | 'lookups' | 'k' | 'alpha' | 'values', range: { min: number; max: number }) => {
    const text = flags[flag]
    return text === undefined ? defaults[flag] : integerOf(text, `--${flag}`, range)
  }
  const part = (flag: 'fail' | 'nat') => {
    const text = flags[flag]
    return text === undefined ? defaults[flag] : fractionOf(text, `--${flag}`, MAX_FAILED)
  }
  await run(context, {
    ...defaults,
    seed,
    nodes: number('nodes', { min: 2, max: MAX_KADEMLIA_NODES }),
    lookups: number('lookups', { min: 1, max: MAX_KADEMLIA_LOOKUPS }),
    k: number('k', K),
    alpha: number('alpha', ALPHA),
    churn: flags.churn === undefined ? 0 : integerOf(flags.churn, '--churn', CHURN_MINUTES),
    fail: part('fail'),
    nat: part('nat'),
    values: number('values', { min: 0, max: MAX_VALUES }),
    join: flags.join ?? false,
    mode: flags.wire ? 'wire' : 'objects',
  })
}

async function run(context: CommandContext, options: KademliaOptions): Promise<void> {
  await runExperiment(
    context,
    'Fewer --nodes or --lookups take less time.',
    ({ signal, progress }) =>
      runKademlia(options, { signal, progress: (fraction, phase) => progress({ fraction, phase }, phase) }),
    (result, seconds) => context.out.done(factsOf(options, result), report(options, result, seconds)),
  )
}

function factsOf(options: KademliaOptions, result: KademliaResult): Record<string, unknown> {
  const { nodes, seed, k, alpha, churn, fail, nat, join, mode } = options
  const { hops, requests, timeouts, latency, load, tableSize, ...counts } = result
  return {
    ...{ nodes, seed, k, alpha, churn, fail, nat, join, wire: mode === 'wire' },
    ...counts,
    ...lookupFacts(result),
    ...flatSummary('Load', load),
    ...flatSummary('TableSize', tableSize),
  }
}

function report(options: KademliaOptions, result: KademliaResult, seconds: number): string {
  const lines: SummaryLine[] = [
    { name: 'hops', summary: result.hops, digits: 2 },
    { name: 'requests', summary: result.requests, digits: 1 },
    { name: 'time-outs', summary: result.timeouts, digits: 2 },
    { name: 'latency, ms', summary: result.latency, digits: 0 },
    { name: 'queries answered by a node', summary: result.load, digits: 1 },
    { name: 'entries of a table', summary: result.tableSize, digits: 1 },
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

function worldOf({ nodes, k, alpha, join, churn, fail, nat }: KademliaOptions, result: KademliaResult): string[] {
  const how = join ? 'joined one by one' : 'started with good tables'
  const facts = [`${formatCount(nodes)} nodes, ${how}; k ${k}, alpha ${alpha}`]
  if (nat > 0) facts.push(`${formatPercent(nat)} of them behind address translation`)
  facts.push(...turnoverLines({ churn, fail }, result))
  if (result.valuesStored > 0) {
    facts.push(`${formatCount(result.valuesFound)} of ${formatCount(result.valuesStored)} stored items found`)
  }
  return facts
}
