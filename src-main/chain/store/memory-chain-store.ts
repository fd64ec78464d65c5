/**
 * A chain store in memory, for tests, simulations and measurements: everything a store promises but to outlive the process.
 * Nothing is shared with the caller that the caller could change: bytes of headers and blocks are copied.
 */
import { type Coin, type CoinSource, hashKey, outpointKey } from '../coins/coin.ts'
import type { Outpoint } from '../primitives/transaction.ts'
import type { ChainCommit, ChainStore, HeaderStanding, StoredHeader } from './chain-store.ts'

export class MemoryChainStore implements ChainStore {
  readonly coins: CoinSource = { coin: (outpoint: Outpoint) => this.#coins.get(outpointKey(outpoint)) }
  readonly #coins = new Map<string, Coin>()
  readonly #headers = new Map<string, StoredHeader>()
  readonly #blocks = new Map<string, Uint8Array>()
  readonly #spent = new Map<string, readonly (readonly Coin[])[]>()
  #tip: Uint8Array | undefined

  /** Coins there are. */
  get coinCount(): number {
    return this.#coins.size
  }

  /** Every coin by `outpointKey`. */
  allCoins(): ReadonlyMap<string, Coin> {
    return this.#coins
  }

  tip(): Uint8Array | undefined {
    return this.#tip
  }

  headers(): Iterable<StoredHeader> {
    return this.#headers.values()
  }

  addHeaders(headers: readonly StoredHeader[]): void {
    for (const header of headers) {
      const hash = header.hash.slice()
      this.#headers.set(hashKey(hash), { ...header, hash, header: header.header.slice() })
    }
  }

  setStanding(hashes: readonly Uint8Array[], standing: HeaderStanding): void {
    for (const hash of hashes) this.#change(hash, { standing })
  }

  addBlock(hash: Uint8Array, _height: number, bytes: Uint8Array): void {
    this.#blocks.set(hashKey(hash), bytes.slice())
    this.#change(hash, { hasBlock: true })
  }

  block(hash: Uint8Array): Uint8Array | undefined {
    return this.#blocks.get(hashKey(hash))
  }

  spentBy(hash: Uint8Array): readonly (readonly Coin[])[] | undefined {
    return this.#spent.get(hashKey(hash))
  }

  commit({ tip, coins, connected }: ChainCommit): void {
    for (const [key, coin] of coins) {
      if (coin === undefined) this.#coins.delete(key)
      else this.#coins.set(key, coin)
    }
    for (const { block, spent } of connected) this.#spent.set(hashKey(block.hash), spent)
    this.#tip = tip.slice()
  }

  close(): void {}

  #change(hash: Uint8Array, change: Partial<StoredHeader>): void {
    const key = hashKey(hash)
    const header = this.#headers.get(key)
    if (header) this.#headers.set(key, { ...header, ...change })
  }
}
