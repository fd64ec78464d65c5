/**
 * Blocks that a light node is asked for: who waits for which, and those that came lately. Nothing is fetched here; whoever
 * talks to peers asks what is wanted. A block that does not come in time is refused to all who wait for it.
 */
import { type Clock, MINUTE, type Millis, type Timer } from '../../kernel/clock.ts'
import { hashKey } from '../coins/coin.ts'
import type { Block } from '../primitives/block.ts'
import { LightNodeError } from './light-error.ts'

/** Blocks that are waited for at once. */
export const MAX_WANTED_BLOCKS = 256
/** Bytes of blocks that are remembered; the newest is, whatever its size. */
export const MAX_REMEMBERED_BLOCK_BYTES = 32 * 1024 * 1024
export const WANTED_BLOCK_LIMIT: Millis = 3 * MINUTE

interface Wish {
  readonly hash: Uint8Array
  readonly waiting: { resolve(block: Block): void; reject(error: Error): void }[]
  readonly timer: Timer
}

export class WantedBlocks {
  readonly #clock: Clock
  readonly #wishes = new Map<string, Wish>()
  /** The one used last comes last. */
  readonly #remembered = new Map<string, Block>()
  #bytes = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Hashes, in the order in which they were wanted. */
  get wanted(): readonly Uint8Array[] {
    return [...this.#wishes.values()].map(({ hash }) => hash)
  }

  isWanted(hash: Uint8Array): boolean {
    return this.#wishes.has(hashKey(hash))
  }

  /** A block that came lately. */
  find(hash: Uint8Array): Block | undefined {
    const key = hashKey(hash)
    const block = this.#remembered.get(key)
    if (block) {
      this.#remembered.delete(key)
      this.#remembered.set(key, block)
    }
    return block
  }

  /** Those that came lately. */
  get remembered(): Iterable<Block> {
    return this.#remembered.values()
  }

  /** Rejects with a `LightNodeError` where too many are wanted, or it does not come in time. */
  async want(hash: Uint8Array): Promise<Block> {
    const known = this.find(hash)
    if (known) return known
    const key = hashKey(hash)
    let wish = this.#wishes.get(key)
    if (wish === undefined) {
      if (this.#wishes.size >= MAX_WANTED_BLOCKS)
        throw new LightNodeError({ code: 'TOO_MANY_BLOCKS', limit: MAX_WANTED_BLOCKS })
      wish = { hash, waiting: [], timer: this.#clock.after(WANTED_BLOCK_LIMIT, () => this.#giveUp(key)) }
      this.#wishes.set(key, wish)
    }
    const { waiting } = wish
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }))
  }

  /** A good block is here. */
  came(block: Block): void {
    const key = hashKey(block.hash)
    this.#remember(key, block)
    const wish = this.#wishes.get(key)
    if (wish === undefined) return
    this.#wishes.delete(key)
    wish.timer.cancel()
    for (const { resolve } of wish.waiting) resolve(block)
  }

  close(): void {
    for (const key of [...this.#wishes.keys()]) this.#giveUp(key)
  }

  #giveUp(key: string): void {
    const wish = this.#wishes.get(key)
    if (wish === undefined) return
    this.#wishes.delete(key)
    wish.timer.cancel()
    const error = new LightNodeError({ code: 'BLOCK_NOT_TO_BE_HAD', hash: wish.hash })
    for (const { reject } of wish.waiting) reject(error)
  }

  #remember(key: string, block: Block): void {
    if (this.#remembered.has(key)) return
    this.#remembered.set(key, block)
    this.#bytes += block.size
    for (const [oldest, { size }] of this.#remembered) {
      if (this.#bytes <= MAX_REMEMBERED_BLOCK_BYTES || oldest === key) return
      this.#remembered.delete(oldest)
      this.#bytes -= size
    }
  }
}
