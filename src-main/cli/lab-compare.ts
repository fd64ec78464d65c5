/** `shoal lab compare`: Chord, Kademlia, Pastry and flooding on the same simulated network, and a chain beside them. */
import { formatCount } from '#shared/format.ts'
import { pause } from '../kernel/clock.ts'
import {
  COMPARE_BOUNDS,
  COMPARE_DEFAULTS,
  COMPARE_PARTS,
  type CompareOptions,
  type OverlayRow,
  runCompare,
} from '../lab/compare/compare.ts'
import type { CommandContext, Flags, ValuesOf } from './command.ts'
import { compareReport } from './lab-compare-report.ts'
import { runExperiment } from './lab-run.ts'
import { flatSummary } from './lab-summaries.ts'
import { fractionOf, integerOf, wordsOf } from './values.ts'

export const COMPARE_FLAGS = {
  nodes: { type: 'string', value: 'N', summary: 'nodes without churn; 1000' },
  parts: { type: 'string', value: 'A,B', summary: `which of ${COMPARE_PARTS.join(', ')}; all` },
  lookups: { type: 'string', value: 'L', summary: 'lookups without churn; 1000, by flooding 50' },
  share: { type: 'string', value: 'FRACTION', summary: 'part of the nodes that hold what flooding searches; 0.01' },
  'churn-nodes': { type: 'string', value: 'N', summary: 'nodes under churn; 256' },
  lifetime: { type: 'string', value: 'MINUTES', summary: 'mean time that a node stays under churn; 60' },
  'lookup-every': {
    type: 'string',
    value: 'MINUTES',
    summary: 'between two lookups of a node under churn; 10',
  },
  minutes: { type: 'string', value: 'MINUTES', summary: 'of churn that are measured for each setting; 20' },
} as const satisfies Flags

type Given = ValuesOf<typeof COMPARE_FLAGS>
type NumberFlag = Exclude<keyof Given, 'parts' | 'share'>

const FLAG_OF: Readonly<Record<keyof typeof COMPARE_BOUNDS, NumberFlag>> = {
  ...{ nodes: 'nodes', lookups: 'lookups', churnNodes: 'churn-nodes', lifetime: 'lifetime' },
  ...{ lookupEvery: 'lookup-every', minutes: 'minutes' },
}

export async function compareOverlays(flags: Given, seed: number, context: CommandContext): Promise<void> {
  const number = (name: keyof typeof COMPARE_BOUNDS) => {
    const text = flags[FLAG_OF[name]]
    return text === undefined ? COMPARE_DEFAULTS[name] : integerOf(text, `--${FLAG_OF[name]}`, COMPARE_BOUNDS[name])
  }
  await run(context, {
    ...{ seed, nodes: number('nodes'), lookups: number('lookups'), churnNodes: number('churnNodes') },
    ...{ lifetime: number('lifetime'), lookupEvery: number('lookupEvery'), minutes: number('minutes') },
    share: flags.share === undefined ? COMPARE_DEFAULTS.share : fractionOf(flags.share, '--share', 1),
    parts: flags.parts === undefined ? COMPARE_PARTS : wordsOf(flags.parts, '--parts', COMPARE_PARTS),
  })
}

async function run(context: CommandContext, options: CompareOptions): Promise<void> {
  const { out } = context
  await runExperiment(
    context,
    'Fewer --parts, --nodes or --minutes take less time.',
    ({ clock, signal, progress }) => {
      let told = 0
      const watcher = {
        signal,
        progress: (fraction: number, part: string) => progress({ fraction, part }, part),
        found: ({ rows }: { readonly rows: readonly OverlayRow[] }) => {
          for (const row of rows.slice(told)) out.event('row', factsOf(row))
          told = rows.length
        },
      }
      return runCompare(options, watcher, () => pause(clock, 0))
    },
    (result, seconds) => {
      const { rows, chain, checksum } = result
      const { nodes, churnNodes, seed } = options
      const size = `${formatCount(nodes)} nodes, under churn ${formatCount(churnNodes)}`
      const summary = `${size}, in ${seconds.toFixed(1)} s; seed ${seed}, checksum ${checksum}`
      out.done({ ...options, rows: rows.map(factsOf), chain, checksum }, `${compareReport(result)}\n\n${summary}`)
    },
  )
}

/** One flat object: `meanHops`, `p1Hops`, … for each series. */
function factsOf({ hops, timeouts, latency, state, ...counts }: OverlayRow): Record<string, unknown> {
  return {
    ...counts,
    ...flatSummary('Hops', hops),
    ...flatSummary('Timeouts', timeouts),
    ...flatSummary('Latency', latency),
    ...flatSummary('StateSize', state),
  }
}
