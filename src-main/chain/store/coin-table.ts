/** The unspent outputs in chain.db, as of the last commit. */
import type { Database, Statement } from '../../kernel/database.ts'
import type { Coin, CoinSource } from '../coins/coin.ts'
import type { Outpoint } from '../primitives/transaction.ts'
import {
  coinFingerprint,
  decodeCoin,
  encodeCoin,
  outpointBytes,
  outpointBytesOfKey,
  valueOfCoin,
} from './coin-encoding.ts'

/** What is known of all coins together, and how a change alters it. */
export interface CoinTotals {
  readonly coins: number
  /** Bytes of outpoints and encoded coins. */
  readonly coinBytes: number
  /** Sum of the fingerprints modulo `COIN_CHECK_MODULUS`. */
  readonly coinCheck: number
  /** Grains. */
  readonly supply: number
}

export const NO_COINS: CoinTotals = { coins: 0, coinBytes: 0, coinCheck: 0, supply: 0 }
export const COIN_CHECK_MODULUS = 2 ** 48
/** Coins read at once where all are gone through. */
const PAGE = 4_096

export class CoinTable implements CoinSource {
  readonly #select: Statement
  readonly #remove: Statement
  readonly #insert: Statement
  readonly #replace: Statement
  readonly #page: Statement

  constructor(db: Database) {
    this.#select = db.prepare('SELECT coin FROM coin WHERE outpoint = ?')
    this.#remove = db.prepare('DELETE FROM coin WHERE outpoint = ? RETURNING coin')
    this.#insert = db.prepare('INSERT OR IGNORE INTO coin (outpoint, coin) VALUES (?, ?)')
    this.#replace = db.prepare('UPDATE coin SET coin = ? WHERE outpoint = ?')
    this.#page = db.prepare('SELECT outpoint, coin FROM coin WHERE outpoint > ? ORDER BY outpoint LIMIT ?')
  }

  coin(outpoint: Outpoint): Coin | undefined {
    const row = this.#select.get(outpointBytes(outpoint))
    return row && decodeCoin(row.coin as Uint8Array)
  }

  /** Makes the changes, in the order of keys, which is that of the table. Gives the totals afterwards. */
  apply(changes: ReadonlyMap<string, Coin | undefined>, before: CoinTotals): CoinTotals {
    const sum = new Sum(before)
    for (const key of [...changes.keys()].sort()) {
      const outpoint = outpointBytesOfKey(key)
      const coin = changes.get(key)
      if (coin === undefined) {
        const row = this.#remove.get(outpoint)
        if (row) sum.take(outpoint, row.coin as Uint8Array)
        continue
      }
      const bytes = encodeCoin(coin)
      if (this.#insert.run(outpoint, bytes).changes === 0) {
        sum.take(outpoint, this.#select.get(outpoint)?.coin as Uint8Array)
        this.#replace.run(bytes, outpoint)
      }
      sum.add(outpoint, bytes)
    }
    return sum
  }

  /** Every coin in the order of outpoints, in pages: `outpoint` 36 bytes, `coin` encoded. */
  *pages(): Generator<readonly { readonly outpoint: Uint8Array; readonly coin: Uint8Array }[]> {
    let after: Uint8Array = new Uint8Array(0)
    for (;;) {
      const rows = this.#page.all(after, PAGE) as unknown as { outpoint: Uint8Array; coin: Uint8Array }[]
      const last = rows.at(-1)
      if (last === undefined) return
      yield rows
      after = last.outpoint
    }
  }

  /** The totals worked out from the coins themselves. */
  counted(): CoinTotals {
    const sum = new Sum(NO_COINS)
    for (const page of this.pages()) for (const { outpoint, coin } of page) sum.add(outpoint, coin)
    return sum
  }
}

export function sameTotals(a: CoinTotals, b: CoinTotals): boolean {
  return a.coins === b.coins && a.coinBytes === b.coinBytes && a.coinCheck === b.coinCheck && a.supply === b.supply
}

class Sum implements CoinTotals {
  coins: number
  coinBytes: number
  coinCheck: number
  supply: number

  constructor({ coins, coinBytes, coinCheck, supply }: CoinTotals) {
    this.coins = coins
    this.coinBytes = coinBytes
    this.coinCheck = coinCheck
    this.supply = supply
  }

  add(outpoint: Uint8Array, coin: Uint8Array): void {
    this.coins++
    this.coinBytes += outpoint.length + coin.length
    this.supply += valueOfCoin(coin)
    this.coinCheck = (this.coinCheck + coinFingerprint(outpoint, coin)) % COIN_CHECK_MODULUS
  }

  take(outpoint: Uint8Array, coin: Uint8Array): void {
    this.coins--
    this.coinBytes -= outpoint.length + coin.length
    this.supply -= valueOfCoin(coin)
    this.coinCheck = (this.coinCheck + COIN_CHECK_MODULUS - coinFingerprint(outpoint, coin)) % COIN_CHECK_MODULUS
  }
}
