/**
 * The chain experiments: flooding, forks, a partition, a tampered block, a majority, selfish mining; measured on virtual time
 * beside what has been published. The same options give the same result, block by block, on any machine. Results are plain
 * data: a page can draw what the command line prints.
 */
import type { Block } from '../chain/primitives/block.ts'
import { Checksum } from '../simulation/checksum.ts'
import { SeededRandom } from '../simulation/random.ts'
import { type ForkRow, measureForks } from './chain/forks.ts'
import { measureOvertaking, type OvertakingRow } from './chain/overtaking.ts'
import { measurePartition, type PartitionRow } from './chain/partition.ts'
import { measurePropagation, type PropagationRow } from './chain/propagation.ts'
import { measureSelfish, type SelfishRow } from './chain/selfish.ts'
import { type TamperResult, type TamperStep, tamper } from './chain/tampering.ts'

export { FORMULAS, type Formula } from './chain/formulas.ts'
export type { ForkRow, OvertakingRow, PartitionRow, PropagationRow, SelfishRow, TamperResult }

export const CHAIN_PARTS = ['propagation', 'forks', 'partition', 'tamper', 'majority', 'selfish'] as const
export type ChainPart = (typeof CHAIN_PARTS)[number]

export interface ChainOptions {
  /** Of the network, from `MIN_NODES` to `MAX_NODES`. */
  readonly nodes: number
  /** Blocks of each row of forks, from 1 up. */
  readonly blocks: number
  /** Races of each row of the majority; each row of selfish mining has `BLOCKS_A_TRY` blocks for each. */
  readonly tries: number
  /** A whole number up to 2^53. */
  readonly seed: number
  readonly parts: readonly ChainPart[]
}

export const MIN_NODES = 10
export const MAX_NODES = 500
export const CHAIN_DEFAULTS: ChainOptions = { nodes: 60, blocks: 1_000, tries: 20_000, seed: 1, parts: CHAIN_PARTS }

/** A block costs less than a race. */
const BLOCKS_A_TRY = 10
/** Connections that a node opens in all parts but the first; Bitcoin's open eight. */
const OPENS = 4
const PROPAGATION_BLOCKS = 20
const PROPAGATION = [2, 4, 8].flatMap((opens) => [0.1, 0.5, 2].map((delay) => ({ opens, delay })))
/** Seconds over one link and between blocks: at ours of a minute, and where forks are common. */
const FORKS = [
  { delay: 0.5, interval: 600 },
  { delay: 0.5, interval: 60 },
  { delay: 2, interval: 60 },
  { delay: 0.5, interval: 10 },
  { delay: 2, interval: 20 },
  { delay: 2, interval: 10 },
]
const PARTITIONS = [10, 60, 240].flatMap((minutes) => [0.2, 0.4].map((share) => ({ minutes, share })))
const PARTITION_NETWORK = { opens: OPENS, delay: 0.5, interval: 60 }
const TAMPERED_CHAIN = { length: 10, at: 4 }
const MAJORITY = [0.1, 0.3, 0.45, 0.51, 0.6].flatMap((share) =>
  [1, 6].map((confirmations) => ({ share, confirmations })),
)
const SELFISH = [0.2, 0.25, 0.3, 0.35, 0.4, 0.45].flatMap((share) => [0, 0.5, 1].map((gamma) => ({ share, gamma })))

export interface ChainResult {
  readonly propagation: readonly PropagationRow[]
  readonly forks: readonly ForkRow[]
  readonly partition: readonly PartitionRow[]
  readonly tamper: TamperResult | undefined
  readonly majority: readonly OvertakingRow[]
  readonly selfish: readonly SelfishRow[]
  /** 16 hexadecimal digits: alike when the same happened. */
  readonly checksum: string
}

export interface ChainWatcher {
  readonly progress?: (fraction: number, part: ChainPart) => void
  readonly row?: (part: ChainPart, row: object) => void
  /** Each step of the tampering, with all blocks as they lie in a row then. */
  readonly tampered?: (step: TamperStep, blocks: readonly Block[]) => void
  readonly signal?: AbortSignal
}

type Rows = { -readonly [P in keyof Omit<ChainResult, 'checksum' | 'tamper'>]: ChainResult[P][number][] }

/** @param breathe lets others have the thread. @throws the reason of `watcher.signal` once that is aborted */
export async function runChain(
  options: ChainOptions,
  watcher: ChainWatcher,
  breathe: () => Promise<void>,
): Promise<ChainResult> {
  const { nodes, blocks, tries, parts } = options
  const root = SeededRandom.of(options.seed)
  const rows: Rows = { propagation: [], forks: [], partition: [], majority: [], selfish: [] }
  let tampered: TamperResult | undefined
  const checksum = new Checksum()
  const pause = async () => {
    await breathe()
    watcher.signal?.throwIfAborted()
  }
  const keep = <P extends keyof Rows>(part: P, row: Rows[P][number]) => {
    ;(rows[part] as object[]).push(row)
    foldRow(checksum, row)
    watcher.row?.(part, row)
  }
  const luck = (part: ChainPart, n: number) => root.split(`${part} ${n}`)
  const work: Readonly<Record<ChainPart, readonly (() => Promise<void>)[]>> = {
    propagation: PROPAGATION.map((shape, n) => async () => {
      const settings = { ...shape, nodes, blocks: PROPAGATION_BLOCKS }
      keep('propagation', measurePropagation(settings, luck('propagation', n)))
    }),
    forks: FORKS.map((shape, n) => async () => {
      keep('forks', await measureForks({ ...shape, nodes, opens: OPENS, blocks }, luck('forks', n), pause))
    }),
    partition: PARTITIONS.map((shape, n) => async () => {
      const settings = { ...PARTITION_NETWORK, ...shape, nodes }
      keep('partition', await measurePartition(settings, luck('partition', n), pause))
    }),
    tamper: [
      async () => {
        tampered = tamper(TAMPERED_CHAIN.length, TAMPERED_CHAIN.at, watcher.tampered)
        for (const step of tampered.steps) {
          foldRow(checksum, step)
          watcher.row?.('tamper', step)
        }
      },
    ],
    majority: MAJORITY.map((shape, n) => async () => {
      keep('majority', measureOvertaking({ ...shape, tries }, luck('majority', n)))
    }),
    selfish: SELFISH.map((shape, n) => async () => {
      keep('selfish', measureSelfish({ ...shape, blocks: tries * BLOCKS_A_TRY }, luck('selfish', n)))
    }),
  }
  const chosen = CHAIN_PARTS.filter((part) => parts.includes(part))
  const all = chosen.flatMap((part) => work[part].map((run) => ({ part, run })))
  for (const [n, { part, run }] of all.entries()) {
    await pause()
    watcher.progress?.(n / all.length, part)
    await run()
  }
  return { ...rows, tamper: tampered, checksum: checksum.value }
}

/** Numbers to nine decimals, texts by their letters. */
function foldRow(checksum: Checksum, row: object): void {
  for (const value of Object.values(row)) {
    if (typeof value === 'number') {
      checksum.fold(Math.floor(value) | 0)
      checksum.fold(Math.round((value - Math.floor(value)) * 1e9))
    } else if (typeof value === 'string') for (let i = 0; i < value.length; i++) checksum.fold(value.charCodeAt(i))
    else checksum.fold(value === true ? 1 : 0)
  }
}
