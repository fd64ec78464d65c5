/**
 * Coins in memory between the chain and its store: what changed since the last commit, and some of what was read.
 *
 * A coin that was made and spent since the last commit never reaches the store: it is "fresh" (the store has none under its
 * outpoint) and leaves no trace. What changed can only go away by a commit; what was read is forgotten, oldest first, beyond
 * a quarter of the bytes that are allowed. Sizes are estimates of what objects and keys take.
 */
import { type Coin, type CoinSource, outpointKey } from '../coins/coin.ts'
import type { Outpoint } from '../primitives/transaction.ts'

/** Default for coins and blocks that wait for a commit. */
export const COIN_CACHE_BYTES: number = 64 * 1024 * 1024
/** Of an entry, beside the script: key, coin, value, byte array, place in the maps. */
const COIN_BYTES = 320
/** Of an entry that says that a coin is gone. */
const SPENT_BYTES = 130
/** Share of the bytes for coins that were read and not changed. */
const READ_SHARE = 0.25

export class CoinCache implements CoinSource {
  readonly #store: CoinSource
  readonly #readLimit: number
  readonly #changed = new Map<string, Coin | undefined>()
  /** Keys in `changed` that the store knows nothing of. */
  readonly #fresh = new Set<string>()
  /** As in the store, in order of reading. */
  readonly #read = new Map<string, Coin>()
  #changedBytes = 0
  #readBytes = 0

  constructor(store: CoinSource, limitBytes: number = COIN_CACHE_BYTES) {
    this.#store = store
    this.#readLimit = limitBytes * READ_SHARE
  }

  /** What differs from the store, by `outpointKey`. Good until the next change. */
  get changes(): ReadonlyMap<string, Coin | undefined> {
    return this.#changed
  }

  /** Bytes of memory that only a commit can free, estimated. */
  get changedBytes(): number {
    return this.#changedBytes
  }

  /** Bytes of memory of coins that were read, estimated. */
  get readBytes(): number {
    return this.#readBytes
  }

  coin(outpoint: Outpoint): Coin | undefined {
    const key = outpointKey(outpoint)
    const changed = this.#changed.get(key)
    if (changed !== undefined) return changed
    if (this.#changed.has(key)) return undefined
    const read = this.#read.get(key)
    if (read !== undefined) return read
    const coin = this.#store.coin(outpoint)
    if (coin !== undefined) this.#remember(key, coin)
    return coin
  }

  /**
   * Takes in what connecting a block changed, where a coin that is made was none before. Of what is spent nothing is left
   * where it was fresh.
   */
  connect(coins: ReadonlyMap<string, Coin | undefined>): void {
    for (const [key, coin] of coins) this.#set(key, coin, true)
  }

  /** Takes in what disconnecting a block changed: coins that come back may still be in the store. */
  disconnect(coins: ReadonlyMap<string, Coin | undefined>): void {
    for (const [key, coin] of coins) this.#set(key, coin, false)
  }

  /** The store has taken over `changes`. */
  committed(): void {
    this.#changed.clear()
    this.#fresh.clear()
    this.#changedBytes = 0
  }

  #set(key: string, coin: Coin | undefined, isNew: boolean): void {
    const wasRead = this.#forget(key)
    const before = this.#changed.get(key)
    const wasChanged = before !== undefined || this.#changed.has(key)
    if (wasChanged) this.#changedBytes -= bytesOf(before)
    if (coin === undefined && this.#fresh.delete(key)) {
      this.#changed.delete(key)
      return
    }
    if (coin !== undefined && isNew && !wasChanged && !wasRead) this.#fresh.add(key)
    this.#changed.set(key, coin)
    this.#changedBytes += bytesOf(coin)
  }

  #remember(key: string, coin: Coin): void {
    this.#read.set(key, coin)
    this.#readBytes += bytesOf(coin)
    if (this.#readBytes <= this.#readLimit) return
    for (const oldest of this.#read.keys()) {
      this.#forget(oldest)
      if (this.#readBytes <= this.#readLimit) return
    }
  }

  #forget(key: string): boolean {
    const coin = this.#read.get(key)
    if (coin === undefined) return false
    this.#read.delete(key)
    this.#readBytes -= bytesOf(coin)
    return true
  }
}

function bytesOf(coin: Coin | undefined): number {
  return coin === undefined ? SPENT_BYTES : COIN_BYTES + coin.scriptPubKey.length
}
