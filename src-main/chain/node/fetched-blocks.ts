/**
 * Blocks of the best chain that a pruned node does not keep, had from peers again for whoever wants to look into them. They are
 * checked by themselves, handed over and not stored: that they were good was found when they were connected.
 */
import type { Clock } from '../../kernel/clock.ts'
import type { BlockOutcome, BlockPosition } from '../chain.ts'
import { fetchedBlockFault } from '../light/fetched-block.ts'
import { WantedBlocks } from '../light/wanted-blocks.ts'
import { Block } from '../primitives/block.ts'
import { hash256 } from '../primitives/hashes.ts'
import { HEADER_BYTES } from '../primitives/header.ts'
import type { Chainstate } from '../state/chainstate.ts'
import { decodeArrived } from '../state/decode-arrived.ts'

export class FetchedBlocks {
  readonly #chainstate: Pick<Chainstate, 'headers' | 'heightOf'>
  readonly #blocks: WantedBlocks

  constructor(chainstate: Pick<Chainstate, 'headers' | 'heightOf'>, clock: Clock) {
    this.#chainstate = chainstate
    this.#blocks = new WantedBlocks(clock)
  }

  /** Those that are waited for and still part of the best chain. */
  get wanted(): readonly BlockPosition[] {
    return this.#blocks.wanted.flatMap((hash) => {
      const height = this.#chainstate.heightOf(hash)
      return height === undefined ? [] : [{ hash, height }]
    })
  }

  /** Rejects with a `LightNodeError` where it does not come in time. */
  want(hash: Uint8Array): Promise<Block> {
    return this.#blocks.want(hash)
  }

  /** Undefined for a block that nobody waits for: it is the chain's to take. */
  accept(bytes: Uint8Array): BlockOutcome | undefined {
    if (this.#blocks.wanted.length === 0) return undefined
    const hash = hash256(bytes.subarray(0, HEADER_BYTES))
    const height = this.#chainstate.heightOf(hash)
    if (height === undefined || !this.#blocks.isWanted(hash)) return undefined
    const block = decodeArrived(bytes)
    if (!(block instanceof Block)) return block
    const { headers } = this.#chainstate
    const fault = fetchedBlockFault(headers, headers.find(hash), block)
    if (fault) return { status: 'refused', hash, fault }
    this.#blocks.came(block)
    return { status: 'known', position: { hash, height } }
  }

  close(): void {
    this.#blocks.close()
  }
}
