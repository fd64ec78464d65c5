/** How long a block takes to reach a part of all nodes by flooding. */
import type { SeededRandom } from '../../simulation/random.ts'
import { BlockNetwork } from './block-network.ts'

export interface PropagationRow {
  /** Connections that a node opens: it has twice as many on average. */
  readonly opens: number
  /** Seconds over one link, on average. */
  readonly delay: number
  /** Seconds until so many of all nodes have a block: means over the blocks. */
  readonly half: number
  readonly ninety: number
  readonly ninetyNine: number
}

export interface PropagationOptions {
  readonly nodes: number
  readonly opens: number
  readonly delay: number
  /** Blocks that are flooded one after the other. */
  readonly blocks: number
}

export function measurePropagation(options: PropagationOptions, random: SeededRandom): PropagationRow {
  const { nodes, opens, delay, blocks } = options
  const network = new BlockNetwork({ nodes, opens, delay, interval: 1 }, random)
  const origins = random.split('origins')
  const sums = { half: 0, ninety: 0, ninetyNine: 0 }
  let arrivals: number[] = []
  network.taken = (_node, _header, seconds) => arrivals.push(seconds)
  for (let n = 0; n < blocks; n++) {
    arrivals = []
    network.mineAt(origins.below(nodes))
    network.settle()
    sums.half += timeOf(arrivals, 0.5)
    sums.ninety += timeOf(arrivals, 0.9)
    sums.ninetyNine += timeOf(arrivals, 0.99)
  }
  const { half, ninety, ninetyNine } = sums
  return { opens, delay, half: half / blocks, ninety: ninety / blocks, ninetyNine: ninetyNine / blocks }
}

/** When the share of all had it; arrivals in order of time. */
function timeOf(arrivals: readonly number[], share: number): number {
  return arrivals[Math.ceil(share * arrivals.length) - 1] as number
}
