/**
 * Transactions of the wallet with where they stand. What does not read as it was written is left out and told: the chain
 * has it still, and looking at the blocks again brings it back.
 */
import { decodeTransaction } from '../../chain/primitives/transaction-decoding.ts'
import { bytesEqual } from '../../kernel/bytes.ts'
import type { Database, SqlRow } from '../../kernel/database.ts'
import { bytesIn, countIn, flagIn, textIn } from '../../storage/checked-row.ts'
import type { BlockPlace, LedgerRecord } from '../ledger/ledger-record.ts'

export const MAX_REFUSED_CHARACTERS = 200

export class TransactionRepository {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** All; `unreadable` counts those that are left out. */
  list(): { readonly records: readonly LedgerRecord[]; readonly unreadable: number } {
    const records: LedgerRecord[] = []
    const rows = this.#db.prepare('SELECT * FROM wallet_transaction').all()
    for (const row of rows) {
      const record = recordOf(row)
      if (record) records.push(record)
    }
    return { records, unreadable: rows.length - records.length }
  }

  put(record: LedgerRecord): void {
    const { transaction, block, firstSeen, arrival, abandoned, gone, refused } = record
    this.#db
      .prepare('INSERT OR REPLACE INTO wallet_transaction VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        transaction.txid,
        transaction.bytes(),
        block?.height ?? null,
        block?.hash ?? null,
        block?.time ?? null,
        block?.place ?? null,
        firstSeen,
        arrival,
        abandoned ? 1 : 0,
        gone ? 1 : 0,
        refused,
      )
  }

  remove(txid: Uint8Array): void {
    this.#db.prepare('DELETE FROM wallet_transaction WHERE txid = ?').run(txid)
  }

  /** Those whose bytes are not those of their txid any more would never be found again by it. */
  removeUnreadable(): void {
    for (const row of this.#db.prepare('SELECT rowid AS number, * FROM wallet_transaction').all())
      if (recordOf(row) === undefined)
        this.#db.prepare('DELETE FROM wallet_transaction WHERE rowid = ?').run(row.number as number)
  }
}

function recordOf(row: SqlRow): LedgerRecord | undefined {
  try {
    const transaction = decodeTransaction(bytesIn(row, 'raw'))
    if (!bytesEqual(transaction.txid, bytesIn(row, 'txid', 32))) return undefined
    return {
      transaction,
      block: blockOf(row),
      firstSeen: countIn(row, 'first_seen'),
      arrival: countIn(row, 'arrival'),
      abandoned: flagIn(row, 'abandoned'),
      gone: flagIn(row, 'gone'),
      refused: textIn(row, 'refused').slice(0, MAX_REFUSED_CHARACTERS),
    }
  } catch {
    return undefined
  }
}

function blockOf(row: SqlRow): BlockPlace | undefined {
  if (row.height === null) return undefined
  return {
    height: countIn(row, 'height'),
    hash: bytesIn(row, 'block_hash', 32),
    time: countIn(row, 'block_time'),
    place: countIn(row, 'place'),
  }
}
