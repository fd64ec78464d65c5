/**
 * Blocks that wait for their turn. While the signatures of one are checked on other threads, the next is decoded and checked by
 * itself, so that neither this thread nor those stand idle. That is done for one block at a time, because a decoded block takes
 * several times its bytes, and only where its header, and so its proof of work, was taken in before.
 */
import type { BlockFault } from '../consensus/block-fault.ts'
import { blockFault } from '../consensus/block-rules.ts'
import { Block } from '../primitives/block.ts'
import { decodeArrived, type GivenBlock, headerOfArrived } from './decode-arrived.ts'

/** A block, and the first rule that it breaks by itself. */
export interface PreparedBlock {
  readonly block: Block
  readonly fault: BlockFault | undefined
}

export interface Arrival {
  readonly block: GivenBlock
  prepared: PreparedBlock | undefined
}

export class Arrivals {
  /** Whether the block of a header is still to come. */
  readonly #isExpected: (hash: Uint8Array) => boolean
  /** In the order of their turns. */
  readonly #waiting = new Set<Arrival>()
  #prepared: Arrival | undefined
  #isVerifying = false

  constructor(isExpected: (hash: Uint8Array) => boolean) {
    this.#isExpected = isExpected
  }

  /** Blocks that wait. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Whoever gives it its turn calls `take` then. */
  add(block: GivenBlock): Arrival {
    const arrival: Arrival = { block, prepared: undefined }
    this.#waiting.add(arrival)
    if (this.#isVerifying) this.#prepareNext()
    return arrival
  }

  /** It waits no more: it has its turn, or will get none. */
  take(arrival: Arrival): void {
    this.#waiting.delete(arrival)
    if (this.#prepared === arrival) this.#prepared = undefined
  }

  /** Waits for what is worked out elsewhere; what comes next is prepared meanwhile. @throws what `verdict` rejects with */
  async whileWaiting<T>(verdict: Promise<T>): Promise<T> {
    // It may be rejected before it is waited for; it is met there.
    verdict.catch(() => undefined)
    this.#isVerifying = true
    try {
      this.#prepareNext()
      return await verdict
    } finally {
      this.#isVerifying = false
    }
  }

  #prepareNext(): void {
    if (this.#prepared !== undefined) return
    const [next] = this.#waiting
    if (next === undefined) return
    const header = headerOfArrived(next.block)
    if ('status' in header || !this.#isExpected(header.hash)) return
    const block = decodeArrived(next.block)
    if (!(block instanceof Block)) return
    this.#prepared = next
    next.prepared = { block, fault: blockFault(block) }
  }
}
