/**
 * Where each transaction of the best chain stands, and in which transactions each output script was paid or spent.
 *
 * A position is height × 2^20 + place in the block, so that a block's rows lie together and history is in order. Scripts
 * are known by the first 16 bytes of their SHA-256. Empty scripts and those that begin with OP_RETURN are not indexed:
 * nobody has them as an address.
 */
import type { Database, Statement } from '../../kernel/database.ts'
import { type Coin, hashKey } from '../coins/coin.ts'
import { sha256 } from '../primitives/hashes.ts'
import type { TransactionOutput } from '../primitives/transaction.ts'
import { Opcode } from '../script/opcodes.ts'
import type { BlockIndex, IndexedBlock } from './block-index.ts'

/** Places in a block are below it: no block holds so many transactions. */
export const POSITIONS_OF_BLOCK = 2 ** 20
const SCRIPT_KEY_BYTES = 16

export function positionOf(height: number, place: number): number {
  return height * POSITIONS_OF_BLOCK + place
}

export function heightAndPlaceOf(position: number): { readonly height: number; readonly place: number } {
  return { height: Math.floor(position / POSITIONS_OF_BLOCK), place: position % POSITIONS_OF_BLOCK }
}

/** What output scripts are known by here: 16 bytes. */
export function scriptIndexKey(scriptPubKey: Uint8Array): Uint8Array {
  return sha256(scriptPubKey).subarray(0, SCRIPT_KEY_BYTES)
}

interface ScriptRow {
  readonly script: Uint8Array
  readonly position: number
  received: number
  spent: number
}

export class TransactionIndex implements BlockIndex {
  readonly name = 'transactions'
  readonly beginsAnywhere = true
  readonly #db: Database
  readonly #insertTransaction: Statement
  readonly #removeTransactions: Statement
  readonly #insertScript: Statement
  readonly #removeScript: Statement

  constructor(db: Database) {
    this.#db = db
    this.#insertTransaction = db.prepare('INSERT OR REPLACE INTO tx (position, txid) VALUES (?, ?)')
    this.#removeTransactions = db.prepare('DELETE FROM tx WHERE position >= ? AND position < ?')
    this.#insertScript = db.prepare(
      'INSERT OR REPLACE INTO script (script, position, received, spent) VALUES (?, ?, ?, ?)',
    )
    this.#removeScript = db.prepare('DELETE FROM script WHERE script = ? AND position = ?')
  }

  connect(indexed: IndexedBlock): void {
    for (const [place, { txid }] of indexed.block.transactions.entries())
      this.#insertTransaction.run(positionOf(indexed.height, place), txid)
    for (const { script, position, received, spent } of scriptRowsOf(indexed))
      this.#insertScript.run(script, position, received, spent)
  }

  disconnect(indexed: IndexedBlock): void {
    this.#removeTransactions.run(positionOf(indexed.height, 0), positionOf(indexed.height + 1, 0))
    for (const { script, position } of scriptRowsOf(indexed)) this.#removeScript.run(script, position)
  }

  prune(indexed: IndexedBlock): void {
    this.disconnect(indexed)
  }

  clear(): void {
    this.#db.exec('DELETE FROM tx; DELETE FROM script')
  }
}

/** One for each script and transaction, in the order of the table. */
function scriptRowsOf({ height, block, spent }: IndexedBlock): ScriptRow[] {
  const keys = new Map<string, Uint8Array>()
  const rows = new Map<string, ScriptRow>()
  const rowOf = ({ scriptPubKey }: TransactionOutput, place: number): ScriptRow | undefined => {
    if (scriptPubKey.length === 0 || scriptPubKey[0] === Opcode.OP_RETURN) return undefined
    const text = hashKey(scriptPubKey)
    let script = keys.get(text)
    if (script === undefined) {
      script = scriptIndexKey(scriptPubKey)
      keys.set(text, script)
    }
    const position = positionOf(height, place)
    const key = hashKey(script) + String.fromCharCode(place >>> 16, place & 0xffff)
    let row = rows.get(key)
    if (row === undefined) {
      row = { script, position, received: 0, spent: 0 }
      rows.set(key, row)
    }
    return row
  }
  for (const [place, { outputs }] of block.transactions.entries()) {
    for (const output of outputs) add(rowOf(output, place), 'received', output)
    if (place > 0) for (const coin of spent[place - 1] ?? []) add(rowOf(coin, place), 'spent', coin)
  }
  return [...rows.keys()].sort().map((key) => rows.get(key) as ScriptRow)
}

function add(row: ScriptRow | undefined, side: 'received' | 'spent', { value }: TransactionOutput | Coin): void {
  if (row) row[side] += Number(value)
}
