/**
 * What pages about the chain ask of chain.db, as of the last commit. Lists are bounded: at most `MAX_PAGE_ROWS` rows.
 * Transactions and scripts are known for the heights that `transactionRange` says.
 */
import type { Statement } from '../../kernel/database.ts'
import { bytesIn, countIn, flagIn } from '../../storage/checked-row.ts'
import { HASH_BYTES } from '../primitives/hashes.ts'
import { HEADER_BYTES } from '../primitives/header.ts'
import type { IndexRange } from './block-index.ts'
import { MAX_PAGE_ROWS } from './store-limits.ts'
import type { StoreParts } from './store-parts.ts'
import { heightAndPlaceOf, scriptIndexKey } from './transaction-index.ts'

export interface TransactionPlace {
  readonly blockHash: Uint8Array
  readonly height: number
  /** 0 for the coinbase. */
  readonly place: number
}

/** What one transaction did to a script, in grains. */
export interface ScriptEvent {
  readonly txid: Uint8Array
  readonly height: number
  readonly place: number
  readonly received: bigint
  readonly spent: bigint
}

export interface ScriptTotals {
  readonly transactions: number
  /** Grains. */
  readonly received: bigint
  readonly spent: bigint
}

export interface BlockRow {
  readonly hash: Uint8Array
  /** 80 bytes. */
  readonly header: Uint8Array
  readonly height: number
  /** Bytes with witnesses. */
  readonly size: number
  readonly weight: number
  /** With the coinbase. */
  readonly transactions: number
  /** Grains. */
  readonly fees: bigint
  /** The block itself is here. */
  readonly isKept: boolean
}

export interface ChainTotals {
  /** -1 where nothing is connected. */
  readonly height: number
  /** Unspent grains. */
  readonly supply: bigint
  /** Unspent outputs. */
  readonly coins: number
}

export class ChainQueries {
  readonly #parts: StoreParts
  readonly #place: Statement
  readonly #events: Statement
  readonly #totals: Statement
  readonly #blocks: Statement
  readonly #heightOf: Statement

  constructor(parts: StoreParts) {
    const { db } = parts
    this.#parts = parts
    this.#place = db.prepare('SELECT position FROM tx WHERE txid = ? ORDER BY position DESC LIMIT 1')
    this.#events = db.prepare(
      `SELECT script.position AS position, txid, received, spent FROM script JOIN tx ON tx.position = script.position
       WHERE script = ? ORDER BY script.position DESC LIMIT ? OFFSET ?`,
    )
    this.#totals = db.prepare(
      'SELECT count(*) AS n, coalesce(sum(received), 0) AS r, coalesce(sum(spent), 0) AS s FROM script WHERE script = ?',
    )
    this.#blocks = db.prepare(
      `SELECT hash, header.header AS header, best.height AS height, size, weight, transactions, fees, kept
       FROM best JOIN header ON header.id = best.header WHERE best.height <= ? ORDER BY best.height DESC LIMIT ?`,
    )
    this.#heightOf = db.prepare(
      'SELECT best.height AS height FROM header JOIN best ON best.height = header.height AND best.header = header.id WHERE hash = ?',
    )
  }

  /** Heights of which transactions and scripts are known; undefined where there is no index. */
  get transactionRange(): IndexRange | undefined {
    return this.#parts.ranges.of('transactions')
  }

  /** Where a transaction of the best chain stands; undefined where it is not known. */
  transaction(txid: Uint8Array): TransactionPlace | undefined {
    const row = this.#place.get(txid)
    if (row === undefined) return undefined
    const { height, place } = heightAndPlaceOf(countIn(row, 'position'))
    const blockHash = this.hashAt(height)
    return blockHash && { blockHash, height, place }
  }

  /** Newest first, from the `offset`th on. */
  history(scriptPubKey: Uint8Array, { offset, limit }: { offset: number; limit: number }): readonly ScriptEvent[] {
    return this.#events.all(scriptIndexKey(scriptPubKey), Math.min(limit, MAX_PAGE_ROWS), offset).map((row) => ({
      ...heightAndPlaceOf(countIn(row, 'position')),
      txid: bytesIn(row, 'txid', HASH_BYTES),
      received: BigInt(countIn(row, 'received')),
      spent: BigInt(countIn(row, 'spent')),
    }))
  }

  scriptTotals(scriptPubKey: Uint8Array): ScriptTotals {
    const row = this.#totals.get(scriptIndexKey(scriptPubKey)) ?? {}
    return { transactions: countIn(row, 'n'), received: BigInt(row.r as bigint), spent: BigInt(row.s as bigint) }
  }

  /** Blocks of the best chain from `height` down. */
  blocks(height: number, limit: number): readonly BlockRow[] {
    return this.#blocks.all(height, Math.min(limit, MAX_PAGE_ROWS)).map((row) => ({
      hash: bytesIn(row, 'hash', HASH_BYTES),
      header: bytesIn(row, 'header', HEADER_BYTES),
      height: countIn(row, 'height'),
      size: countIn(row, 'size'),
      weight: countIn(row, 'weight'),
      transactions: countIn(row, 'transactions'),
      fees: BigInt(countIn(row, 'fees')),
      isKept: flagIn(row, 'kept'),
    }))
  }

  /** Hash of the block of the best chain at a height. */
  hashAt(height: number): Uint8Array | undefined {
    const id = this.#parts.best.at(height)
    return id === undefined ? undefined : this.#parts.headers.byId(id)?.hash
  }

  /** Height of a block of the best chain. */
  heightOf(hash: Uint8Array): number | undefined {
    const row = this.#heightOf.get(hash)
    return row && countIn(row, 'height')
  }

  totals(): ChainTotals {
    const { tipHeight, supply, coins } = this.#parts.state.current
    return { height: tipHeight, supply: BigInt(supply), coins }
  }
}
