/** A network that falls in two, mines on both sides, and heals: how deep the smaller side reorganises. */
import type { SeededRandom } from '../../simulation/random.ts'
import { BlockNetwork } from './block-network.ts'

export interface PartitionRow {
  /** Part of all nodes, and so of all hashing, on the smaller side: up to a half. */
  readonly share: number
  readonly minutes: number
  /** Blocks that either side had found by then. */
  readonly smaller: number
  readonly larger: number
  /** Most blocks that a node left when the sides met. */
  readonly depth: number
  /** Of all nodes, those that left blocks. */
  readonly reorganised: number
  /** Seconds from healing until everybody had the same tip. */
  readonly healedIn: number
  readonly agrees: boolean
}

export interface PartitionOptions {
  readonly nodes: number
  readonly opens: number
  readonly delay: number
  readonly interval: number
  readonly share: number
  readonly minutes: number
}

/** Blocks that are mined to break a tie. */
const MAX_TIE_BREAKERS = 100

export async function measurePartition(
  options: PartitionOptions,
  random: SeededRandom,
  breathe: () => Promise<void>,
): Promise<PartitionRow> {
  const { nodes, share, minutes } = options
  const network = new BlockNetwork(options, random)
  const wall = Math.max(1, Math.round(share * nodes))
  network.split(wall)
  while (network.now < minutes * 60) {
    await breathe()
    network.mineNext()
  }
  network.settle()
  const heights = network.trees.map(({ bestBranch }) => bestBranch.height)
  const smaller = Math.max(...heights.slice(0, wall))
  const larger = Math.max(...heights.slice(wall))
  const left = new Set<number>()
  let depth = 0
  network.reorganised = (event) => {
    left.add(event.node)
    depth = Math.max(depth, event.depth)
  }
  const healing = network.now
  network.join()
  network.settle()
  for (let n = 0; n < MAX_TIE_BREAKERS && !network.agrees; n++) {
    network.mineNext()
    network.settle()
  }
  const healedIn = network.now - healing
  return { share, minutes, smaller, larger, depth, reorganised: left.size, healedIn, agrees: network.agrees }
}
