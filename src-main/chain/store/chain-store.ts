/**
 * What a chain is kept in, as the chainstate sees it: headers, blocks, undo data, coins and indexes. All calls are synchronous;
 * the whole lives on the chain's own thread.
 *
 * Headers and block bytes are added as they come. Coins, undo data, indexes and the tip change only in `commit`, all or
 * nothing, so that after a crash the store stands at some tip that once was, with the coins of exactly that tip; blocks
 * connected since then are there and are connected again.
 */
import type { Coin, CoinSource } from '../coins/coin.ts'
import type { Block } from '../primitives/block.ts'

/** `bad`: broke a rule itself or follows one that did. */
export type HeaderStanding = 'good' | 'bad'

export interface StoredHeader {
  /** 80 bytes. */
  readonly header: Uint8Array
  /** 32 bytes, internal byte order. */
  readonly hash: Uint8Array
  readonly height: number
  readonly standing: HeaderStanding
  /** Its block's bytes are here. */
  readonly hasBlock: boolean
}

/** A block that became part of the best chain since the last commit and still is. */
export interface ConnectedBlock {
  readonly height: number
  readonly block: Block
  /** Coins that its transactions after the coinbase spend, in order of transactions and inputs. */
  readonly spent: readonly (readonly Coin[])[]
}

/** A block of the best chain of the last commit that is not part of it any more. */
export interface DisconnectedBlock {
  readonly height: number
  readonly hash: Uint8Array
}

export interface ChainCommit {
  /** The new tip: 32 bytes, internal byte order. */
  readonly tip: Uint8Array
  readonly tipHeight: number
  /** By `outpointKey`: the coin that is there now, or undefined for one that is not any more. */
  readonly coins: ReadonlyMap<string, Coin | undefined>
  /** Highest first. */
  readonly disconnected: readonly DisconnectedBlock[]
  /** Lowest first. */
  readonly connected: readonly ConnectedBlock[]
}

export interface ChainStore {
  /** Coins as of the last commit. */
  readonly coins: CoinSource
  /** Hash of the tip of the last commit; undefined in a new store (nothing connected, not even genesis). */
  tip(): Uint8Array | undefined
  /** Every header, parents before children. */
  headers(): Iterable<StoredHeader>
  addHeaders(headers: readonly StoredHeader[]): void
  setStanding(hashes: readonly Uint8Array[], standing: HeaderStanding): void
  addBlock(hash: Uint8Array, height: number, bytes: Uint8Array): void
  block(hash: Uint8Array): Uint8Array | undefined
  /** Coins spent by a block that was connected, as in `ConnectedBlock`. Undefined where it is not kept. */
  spentBy(hash: Uint8Array): readonly (readonly Coin[])[] | undefined
  commit(commit: ChainCommit): void
  close(): void
}
