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
import { type CommandContext, type Flags, UsageError, type ValuesOf } from './command.ts'
import { chainReport } from './lab-chain-report.ts'
import { runExperiment } from './lab-run.ts'
import { integerOf } from './values.ts'

export const CHAIN_FLAGS = {
  parts: { type: 'string', value: 'A,B', summary: `chain: which of ${CHAIN_PARTS.join(', ')}; all` },
  blocks: { type: 'string', value: 'N', summary: 'chain: mined for each row of forks; 1000' },
  tries: { type: 'string', value: 'N', summary: 'chain: races for each row of the majority; 20000' },
} as const satisfies Flags

type Given = ValuesOf<typeof CHAIN_FLAGS> & { readonly nodes: string | undefined }

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
    parts: flags.parts === undefined ? CHAIN_PARTS : partsOf(flags.parts),
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

function partsOf(text: string): readonly ChainPart[] {
  const names = text.split(',')
  const parts = CHAIN_PARTS.filter((part) => names.includes(part))
  const stranger = names.find((name) => !parts.some((part) => part === name))
  if (stranger !== undefined) throw new UsageError(`--parts: "${stranger}" is none of ${CHAIN_PARTS.join(', ')}.`)
  return parts
}
