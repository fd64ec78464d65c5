/** `shoal lab chord`: what lookups on the ring cost, with churn and failures. */
import { formatCount } from '#shared/format.ts'
import { CHORD_BOUNDS, CHORD_DEFAULTS, type ChordOptions, type ChordResult, runChord } from '../lab/chord/chord.ts'
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
import { fractionOf, integerOf, wordOf } from './values.ts'

export const CHORD_FLAGS = {
  nodes: { type: 'string', value: 'N', summary: 'hosts; 1000' },
  successors: { type: 'string', value: 'R', summary: 'members of a successor list; 16' },
  virtual: { type: 'string', value: 'V', summary: 'virtual nodes of each host; 1' },
  addresses: { type: 'boolean', summary: 'identifiers are those of addresses and slots; else they are random' },
  route: {
    type: 'string',
    value: 'OVER',
    summary: '"fingers" alone, as in the literature, or "all", successor lists too; all',
  },
  lookup: {
    type: 'string',
    value: 'MANNER',
    summary: '"iterative", who looks up asks each on the way, or "recursive", each asks the next; iterative',
  },
  stabilise: { type: 'string', value: 'SECONDS', summary: 'between two rounds of stabilising; 5' },
  lookups: { type: 'string', value: 'L', summary: 'lookups of random keys from random nodes; 1000' },
  churn: { type: 'string', value: 'MINUTES', summary: 'median session; whoever goes is replaced' },
  fail: { type: 'string', value: 'FRACTION', summary: 'part of the hosts that fail at once before the lookups' },
  join: { type: 'boolean', summary: 'hosts join one by one; else they start with perfect pointers' },
} as const satisfies Flags

type Given = ValuesOf<typeof CHORD_FLAGS>

export async function chordExperiment(flags: Given, seed: number, context: CommandContext): Promise<void> {
  if (flags.lookup === 'recursive' && flags.route === 'fingers') {
    throw new UsageError('--route fingers: recursive lookups go over successor lists too. Leave one of the two out.')
  }
  const number = (name: keyof typeof CHORD_BOUNDS, flag: 'virtual' | Exclude<typeof name, 'virtualNodes'>) => {
    const text = flags[flag]
    return text === undefined ? CHORD_DEFAULTS[name] : integerOf(text, `--${flag}`, CHORD_BOUNDS[name])
  }
  await run(context, {
    seed,
    nodes: number('nodes', 'nodes'),
    lookups: number('lookups', 'lookups'),
    successors: number('successors', 'successors'),
    virtualNodes: number('virtualNodes', 'virtual'),
    stabilise: number('stabilise', 'stabilise'),
    byAddress: flags.addresses ?? false,
    route: flags.route === undefined ? CHORD_DEFAULTS.route : wordOf(flags.route, '--route', ['fingers', 'all']),
    lookup:
      flags.lookup === undefined ? CHORD_DEFAULTS.lookup : wordOf(flags.lookup, '--lookup', ['iterative', 'recursive']),
    churn: flags.churn === undefined ? 0 : integerOf(flags.churn, '--churn', CHURN_MINUTES),
    fail: flags.fail === undefined ? CHORD_DEFAULTS.fail : fractionOf(flags.fail, '--fail', MAX_FAILED),
    join: flags.join ?? CHORD_DEFAULTS.join,
  })
}

async function run(context: CommandContext, options: ChordOptions): Promise<void> {
  await runExperiment(
    context,
    'Fewer --nodes or --lookups take less time.',
    ({ signal, progress }) =>
      runChord(options, { signal, progress: (fraction, phase) => progress({ fraction, phase }, phase) }),
    (result, seconds) => context.out.done(factsOf(options, result), report(options, result, seconds)),
  )
}

function factsOf(options: ChordOptions, result: ChordResult): Record<string, unknown> {
  const { hops, requests, timeouts, latency, stateSize, ...counts } = result
  return { ...options, ...counts, ...lookupFacts(result), ...flatSummary('StateSize', stateSize) }
}

function report(options: ChordOptions, result: ChordResult, seconds: number): string {
  const lines: SummaryLine[] = [
    { name: 'hops', summary: result.hops, digits: 2 },
    { name: 'questions', summary: result.requests, digits: 2 },
    { name: 'time-outs', summary: result.timeouts, digits: 2 },
    { name: 'latency, ms', summary: result.latency, digits: 0 },
    { name: 'members that a node knows', summary: result.stateSize, digits: 1 },
  ]
  return [
    ...worldOf(options, result),
    '',
    `${formatCount(result.lookups)} lookups; the owner was found in ${(100 * result.success).toFixed(2)} %`,
    summaryTable('', lines),
    '',
    ...runLines(result, options.seed, seconds),
  ].join('\n')
}

function worldOf(options: ChordOptions, result: ChordResult): string[] {
  const { nodes, virtualNodes, byAddress, successors, route, join, stabilise, lookup } = options
  const how = join ? 'joined one by one' : 'started with perfect pointers'
  const places = byAddress ? 'places that addresses have' : 'random places'
  const virtual = virtualNodes === 1 ? '' : ` with ${virtualNodes} virtual nodes each`
  const way = route === 'fingers' ? 'fingers alone' : 'fingers and successor lists'
  return [
    `${formatCount(nodes)} hosts${virtual}, ${how}, at ${places}`,
    `lists of ${successors}; ${lookup} lookups go over ${way}; stabilised every ${stabilise} s`,
    ...turnoverLines(options, result),
  ]
}
