/**
 * How the best chain differs from that of the store's last commit: blocks that are part of it no more, and blocks that are
 * since. A block that came and went leaves nothing; one that went and came back neither.
 *
 * Blocks are kept as bytes, and decoded anew when they are asked for: a decoded one takes ten times the memory, and most are
 * asked for once, by the commit.
 */
import { bytesEqual } from '../../kernel/bytes.ts'
import type { Coin } from '../coins/coin.ts'
import { type Block, decodeBlock } from '../primitives/block.ts'
import type { ConnectedBlock, DisconnectedBlock } from '../store/chain-store.ts'

/** Blocks that wait for one commit: as many are connected again after a crash. */
export const MAX_UNCOMMITTED_BLOCKS = 2_000
/** Memory of a block beside its bytes, and of a coin that it spends. Estimates. */
const BLOCK_BYTES = 1_500
const SPENT_COIN_BYTES = 320

class KeptBlock implements ConnectedBlock {
  readonly height: number
  readonly spent: readonly (readonly Coin[])[]
  /** Memory that it takes, estimated. */
  readonly memory: number
  readonly #bytes: Uint8Array

  constructor({ height, block, spent }: ConnectedBlock) {
    this.height = height
    this.spent = spent
    this.#bytes = block.bytes()
    const coins = spent.reduce((sum, ofOne) => sum + ofOne.length, 0)
    this.memory = BLOCK_BYTES + this.#bytes.length + SPENT_COIN_BYTES * coins
  }

  get block(): Block {
    return decodeBlock(this.#bytes)
  }
}

export class UncommittedBlocks {
  readonly #connected: KeptBlock[] = []
  readonly #disconnected: DisconnectedBlock[] = []
  #bytes = 0

  /** Lowest first. */
  get connected(): readonly ConnectedBlock[] {
    return this.#connected
  }

  /** Highest first. */
  get disconnected(): readonly DisconnectedBlock[] {
    return this.#disconnected
  }

  get count(): number {
    return this.#connected.length + this.#disconnected.length
  }

  /** Memory that only a commit can free, estimated. */
  get bytes(): number {
    return this.#bytes
  }

  /** The one at a height, of those connected since the commit. */
  at(height: number): ConnectedBlock | undefined {
    const [first] = this.#connected
    return first && this.#connected[height - first.height]
  }

  connect(connected: ConnectedBlock): void {
    const lowest = this.#disconnected[this.#disconnected.length - 1]
    if (this.#connected.length === 0 && lowest && bytesEqual(lowest.hash, connected.block.hash)) {
      this.#disconnected.pop()
      return
    }
    const kept = new KeptBlock(connected)
    this.#connected.push(kept)
    this.#bytes += kept.memory
  }

  /** The highest of those connected since the commit, which is not part of the chain any more; undefined where there is none. */
  takeBack(): ConnectedBlock | undefined {
    const last = this.#connected.pop()
    if (last) this.#bytes -= last.memory
    return last
  }

  /** A block of the last commit is not part of the chain any more, after all that came since were taken back. */
  disconnect(disconnected: DisconnectedBlock): void {
    this.#disconnected.push(disconnected)
  }

  clear(): void {
    this.#connected.length = 0
    this.#disconnected.length = 0
    this.#bytes = 0
  }
}
