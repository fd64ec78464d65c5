/** How many blocks end beside the best chain, by the delay to other miners and the interval between blocks. */
import type { SeededRandom } from '../../simulation/random.ts'
import { BlockNetwork } from './block-network.ts'
import { staleRate } from './formulas.ts'
import { meanDelay } from './graph.ts'

export interface ForkRow {
  /** Seconds over one link, and between two blocks, on average. */
  readonly delay: number
  readonly interval: number
  /** Seconds from one miner to another (or itself), on average, over all links between. */
  readonly reach: number
  readonly blocks: number
  /** Of these, beside the best chain at the end. */
  readonly stale: number
  readonly staleRate: number
  /** 1 - exp(-reach / interval). */
  readonly published: number
  /** Most blocks that any node left for another branch. */
  readonly deepest: number
  /** Everybody ended on the same tip. */
  readonly agrees: boolean
}

export interface ForkOptions {
  readonly nodes: number
  readonly opens: number
  readonly delay: number
  readonly interval: number
  readonly blocks: number
}

/** Blocks between two pauses. */
const BLOCKS_AT_ONCE = 50
/** Further ones that are mined to break a tie at the end. */
const MAX_TIE_BREAKERS = 100

export async function measureForks(
  options: ForkOptions,
  random: SeededRandom,
  breathe: () => Promise<void>,
): Promise<ForkRow> {
  const { delay, interval, blocks } = options
  const network = new BlockNetwork(options, random)
  let deepest = 0
  network.reorganised = ({ depth }) => {
    deepest = Math.max(deepest, depth)
  }
  for (let n = 0; n < blocks; n++) {
    if (n % BLOCKS_AT_ONCE === 0) await breathe()
    network.mineNext()
  }
  network.settle()
  for (let n = 0; n < MAX_TIE_BREAKERS && !network.agrees; n++) {
    network.mineNext()
    network.settle()
  }
  const { found, trees, agrees } = network
  const stale = found - (trees[0]?.bestBranch.height ?? 0)
  const reach = meanDelay(network.links)
  const rates = { staleRate: stale / found, published: staleRate(reach, interval) }
  return { delay, interval, reach, blocks: found, stale, ...rates, deepest, agrees }
}
