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
  #standings: readonly RewardStanding[] = []
  #maturedBefore = 0n

  /** Oldest first. */
  get blocks(): readonly MinedBlock[] {
    return this.#blocks
  }

  add(block: MinedBlock): void {
    this.#blocks.push(block)
    this.#standings = [...this.#standings, 'immature']
    if (this.#blocks.length <= MAX_MINED_BLOCKS) return
    const oldest = this.#blocks.shift()
    if (oldest && this.#standings[0] === 'matured') this.#maturedBefore += oldest.reward
    this.#standings = this.#standings.slice(1)
  }

  /** How the chain sees `blocks` now, in their order. */
  setStandings(standings: readonly RewardStanding[]): void {
    if (standings.length === this.#blocks.length) this.#standings = standings
  }

  rewards(): Rewards {
    let matured = this.#maturedBefore
    let immature = 0n
    let orphaned = 0n
    let immatureBlocks = 0
    let orphanedBlocks = 0
    for (const [i, { reward }] of this.#blocks.entries()) {
      const standing = this.#standings[i]
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
      mined.#standings = blocks.map(() => 'unknown')
    } catch (error) {
      if (!(error instanceof SerializationError)) throw error
    }
    return mined
  }
}
