import { FileFaults } from './file-faults.ts'
import { FileTree } from './file-tree.ts'
import { Space } from './inode.ts'
import type { SeededRandom } from './random.ts'
import type { VirtualTime } from './virtual-clock.ts'

/** Space of a simulated drive unless a test says otherwise: 1 TiB (holes take none). */
export const DEFAULT_CAPACITY_BYTES = 2 ** 40

/** A drive of one simulated host. It outlives the programs that run there. */
export class Disk {
  readonly tree: FileTree
  readonly faults = new FileFaults()
  readonly time: VirtualTime
  readonly random: SeededRandom
  /** Milliseconds that each operation takes, from and to. */
  readonly delay: readonly [number, number]

  constructor(time: VirtualTime, random: SeededRandom, capacity: number, delay: readonly [number, number]) {
    this.tree = new FileTree(new Space(capacity))
    this.time = time
    this.random = random
    this.delay = delay
  }

  /** How long the next operation takes. */
  nextDelay(): number {
    const [min, max] = this.delay
    return max > min ? this.random.between(min, max) : min
  }
}
