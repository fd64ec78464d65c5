/** What the virtual network goes through: who mines when, and in which span blocks are counted. */
import { SeededRandom } from '../../simulation/random.ts'
import type { ComparedRule } from './rules.ts'
import type { Stamp } from './virtual-chain.ts'
import { type Block, type HashRate, VirtualChain } from './virtual-chain.ts'

export const HOUR = 3_600
export const DAY = 24 * HOUR
/** Mined honestly before anything happens. */
export const BEFORE = 3 * HOUR
/** Nobody mines for so long. */
export const NIGHT = 12 * HOUR
/** What is left of the hash rate after a night that most do not come back from. */
export const FEW = 1 / 20

/** Blocks are counted from second `from` to second `end`; a liar lies between these too. */
export interface Situation {
  readonly name: string
  readonly rates: readonly HashRate[]
  readonly from: number
  readonly end: number
}

const MORNING = BEFORE + NIGHT
const night = (rate: number): readonly HashRate[] => [
  { from: 0, rate: 1 },
  { from: BEFORE, rate: 0 },
  { from: MORNING, rate },
]

/** A usual day. */
export const USUAL_DAY: Situation = { name: 'day', rates: [{ from: 0, rate: 1 }], from: BEFORE, end: BEFORE + DAY }
/** The first hour after a night from which all come back. */
export const FIRST_HOUR: Situation = { name: 'hour', rates: night(1), from: MORNING, end: MORNING + HOUR }
/** The half day after such a night: with the night, a day of desktops that sleep. */
export const HALF_DAY: Situation = { name: 'half-day', rates: night(1), from: MORNING, end: MORNING + NIGHT }
/** Six hours after a night from which a twentieth comes back. */
export const FEW_BACK: Situation = { name: 'few', rates: night(FEW), from: MORNING, end: MORNING + 6 * HOUR }

export const ATTACKED: readonly Situation[] = [USUAL_DAY, HALF_DAY, FIRST_HOUR, FEW_BACK]

export interface Count {
  readonly blocks: number
  /** Of them by the liar, or that it would have found as an honest miner. */
  readonly liarBlocks: number
  /** Least difficulty of a block. */
  readonly lowest: number
}

/** The luck of `seed` is the same for every rule and every lie. */
export function luckOf(seed: number, situation: Situation): SeededRandom {
  return SeededRandom.of(seed).split(situation.name)
}

/** Counts the blocks of one run. Without `stamp` the share of the hash rate is honest. */
export function countBlocks(
  rule: ComparedRule,
  situation: Situation,
  { seed, share, stamp }: { readonly seed: number; readonly share: number; readonly stamp?: Stamp },
): Count {
  const { rates, from, end } = situation
  const honest: Stamp = ({ now }) => now
  const chain = new VirtualChain(rule, luckOf(seed, situation), rates, { share, stamp: stamp ?? honest, from })
  let [blocks, liarBlocks, lowest] = [0, 0, Number.POSITIVE_INFINITY]
  for (const block of blocksOf(chain, end)) {
    if (block.at < from) continue
    blocks += 1
    if (block.byLiar) liarBlocks += 1
    lowest = Math.min(lowest, block.difficulty)
  }
  return { blocks, liarBlocks, lowest }
}

export function* blocksOf(chain: VirtualChain, end: number): Generator<Block> {
  for (let block = chain.mine(end); block; block = chain.mine(end)) yield block
}
