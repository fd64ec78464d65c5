/**
 * The blocks that this machine has found, and what became of their rewards. Kept as bytes by whoever owns this: format 1 ·
 * grains matured before those below 8 · blocks, each hash 32 · height 4 · reward 8. What is unreadable counts as nothing:
 * coins are in the chain, this only says which of them were mined here.
 */

import type { RewardStanding } from '../chain/node/node-chain.ts'
import { HASH_BYTES } from '../chain/primitives/hashes.ts'
import { ByteReader } from '../codec/byte-reader.ts'
import { ByteWriter } from '../codec/byte-writer.ts'
import { SerializationError } from '../codec/serialization-error.ts'

/** The oldest go first: matured ones into a sum. */
export const MAX_MINED_BLOCKS = 5_000
const FORMAT = 1
const ENTRY_BYTES = HASH_BYTES + 4 + 8
export const MAX_MINED_BYTES = 9 + MAX_MINED_BLOCKS * ENTRY_BYTES

export interface MinedBlock {
  readonly hash: Uint8Array
  readonly height: number
  /** Subsidy and fees, in grains. */
  readonly reward: bigint
}

/** Grains, and blocks. */
export interface Rewards {
  readonly matured: bigint
  readonly immature: bigint
  readonly immatureBlocks: number
  readonly orphaned: bigint
  readonly orphanedBlocks: number
}

export class MinedBlocks {
  #blocks: MinedBlock[] = []
  readonly #standings = new Map<MinedBlock, RewardStanding>()
  #maturedBefore = 0n

  /** Oldest first. */
  get blocks(): readonly MinedBlock[] {
    return this.#blocks
  }

  add(block: MinedBlock): void {
    this.#blocks.push(block)
    this.#standings.set(block, 'immature')
    const [oldest] = this.#blocks
    if (this.#blocks.length <= MAX_MINED_BLOCKS || oldest === undefined) return
    this.#blocks.shift()
    if (this.#standings.get(oldest) === 'matured') this.#maturedBefore += oldest.reward
    this.#standings.delete(oldest)
  }

  /**
   * How the chain sees `blocks`, in their order: those that were here when it was asked. Blocks that have come or gone
   * meanwhile stay as they are.
   */
  setStandings(blocks: readonly MinedBlock[], standings: readonly RewardStanding[]): void {
    for (const [i, block] of blocks.entries()) {
      const standing = standings[i]
      if (standing !== undefined && this.#standings.has(block)) this.#standings.set(block, standing)
    }
  }

  rewards(): Rewards {
    let matured = this.#maturedBefore
    let immature = 0n
    let orphaned = 0n
    let immatureBlocks = 0
    let orphanedBlocks = 0
    for (const [{ reward }, standing] of this.#standings) {
      if (standing === 'matured') matured += reward
      if (standing === 'immature') {
        immature += reward
        immatureBlocks++
      }
      if (standing === 'orphaned') {
        orphaned += reward
        orphanedBlocks++
      }
    }
    return { matured, immature, immatureBlocks, orphaned, orphanedBlocks }
  }

  encode(): Uint8Array {
    const writer = new ByteWriter(9 + this.#blocks.length * ENTRY_BYTES).u8(FORMAT).i64(this.#maturedBefore)
    for (const { hash, height, reward } of this.#blocks) writer.bytes(hash).u32(height).i64(reward)
    return writer.done()
  }

  static decode(bytes: Uint8Array | undefined): MinedBlocks {
    const mined = new MinedBlocks()
    if (bytes === undefined || bytes.length > MAX_MINED_BYTES) return mined
    try {
      const reader = new ByteReader(bytes)
      if (reader.u8() !== FORMAT) return mined
      const maturedBefore = reader.i64()
      const blocks: MinedBlock[] = []
      for (let left = Math.floor((bytes.length - 9) / ENTRY_BYTES); left > 0; left--)
        blocks.push({ hash: reader.bytes(HASH_BYTES).slice(), height: reader.u32(), reward: reader.i64() })
      reader.end()
      mined.#maturedBefore = maturedBefore
      mined.#blocks = blocks
      for (const block of blocks) mined.#standings.set(block, 'unknown')
    } catch (error) {
      if (!(error instanceof SerializationError)) throw error
    }
    return mined
  }
}
