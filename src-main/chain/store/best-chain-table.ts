/** The best chain by height, as of the last commit, with what a list of blocks shows of each. */
import type { Database, Statement } from '../../kernel/database.ts'
import type { Block } from '../primitives/block.ts'
import type { ConnectedBlock } from './chain-store.ts'

export class BestChainTable {
  readonly #db: Database
  readonly #insert: Statement
  readonly #remove: Statement
  readonly #at: Statement

  constructor(db: Database) {
    this.#db = db
    this.#insert = db.prepare('INSERT INTO best (height, header, transactions, weight, fees) VALUES (?, ?, ?, ?, ?)')
    this.#remove = db.prepare('DELETE FROM best WHERE height = ?')
    this.#at = db.prepare('SELECT header FROM best WHERE height = ?')
  }

  /** `id`: of the header. */
  connect(id: number, { height, block, spent }: ConnectedBlock): void {
    this.#insert.run(height, id, block.transactions.length, block.weight, feesOf(block, spent))
  }

  disconnect(height: number): void {
    this.#remove.run(height)
  }

  /** Header id of the block at a height. */
  at(height: number): number | undefined {
    return this.#at.get(height)?.header as number | undefined
  }

  clear(): void {
    this.#db.exec('DELETE FROM best')
  }
}

/** What the transactions spend beyond what they pay. */
export function feesOf({ transactions }: Block, spent: ConnectedBlock['spent']): bigint {
  let fees = 0n
  for (const [i, coins] of spent.entries()) {
    for (const { value } of coins) fees += value
    for (const { value } of transactions[i + 1]?.outputs ?? []) fees -= value
  }
  return fees
}
