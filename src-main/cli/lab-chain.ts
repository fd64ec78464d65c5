/** `shoal lab chain`: flooding, forks, partitions, tampering, majorities and selfish mining, beside what has been published. */
import { formatCount } from '#shared/format.ts'
import { pause } from '../kernel/clock.ts'
import {
  CHAIN_DEFAULTS,
  CHAIN_PARTS,
  type ChainOptions,
  type ChainPart,
  MAX_NODES,
  MIN_NODES,
  runChain,
} from '../lab/chain.ts'
import type { CommandContext, Flags, ValuesOf } from './command.ts'
import { chainReport } from './lab-chain-report.ts'
import { runExperiment } from './lab-run.ts'
import { integerOf, wordsOf } from './values.ts'

export const CHAIN_FLAGS = {
  nodes: { type: 'string', value: 'N', summary: 'nodes; 60' },
  parts: { type: 'string', value: 'A,B', summary: `which of ${CHAIN_PARTS.join(', ')}; all` },
  blocks: { type: 'string', value: 'N', summary: 'mined for each row of forks; 1000' },
  tries: { type: 'string', value: 'N', summary: 'races for each row of the majority; 20000' },
} as const satisfies Flags

type Given = ValuesOf<typeof CHAIN_FLAGS>

const BLOCKS = { min: 1, max: 1_000_000 }
const TRIES = { min: 1, max: 10_000_000 }

export async function chainExperiment(flags: Given, seed: number, context: CommandContext): Promise<void> {
  const number = (flag: 'nodes' | 'blocks' | 'tries', range: { min: number; max: number }) => {
    const text = flags[flag]
    return text === undefined ? CHAIN_DEFAULTS[flag] : integerOf(text, `--${flag}`, range)
  }
  const options: ChainOptions = {
    nodes: number('nodes', { min: MIN_NODES, max: MAX_NODES }),
    blocks: number('blocks', BLOCKS),
    tries: number('tries', TRIES),
    seed,
    parts: flags.parts === undefined ? CHAIN_PARTS : wordsOf(flags.parts, '--parts', CHAIN_PARTS),
  }
  const { out } = context
  await runExperiment(
    context,
    'Fewer --parts, --blocks or --tries take less time.',
    ({ clock, signal, progress }) => {
      const watcher = {
        signal,
        progress: (fraction: number, part: ChainPart) => progress({ fraction, part }, part),
        row: (part: ChainPart, row: object) => out.event('row', { part, ...row }),
      }
      return runChain(options, watcher, () => pause(clock, 0))
    },
    (result, seconds) => {
      const { checksum } = result
      const summary = `${formatCount(options.nodes)} nodes, in ${seconds.toFixed(1)} s; seed ${seed}, checksum ${checksum}`
      out.done({ ...options, ...result }, `${chainReport(result)}\n\n${summary}`)
    },
  )
}
