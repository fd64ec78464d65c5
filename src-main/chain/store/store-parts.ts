import type { Database } from '../../kernel/database.ts'
import { decodeBlock } from '../primitives/block.ts'
import { BestChainTable } from './best-chain-table.ts'
import { type BlockIndex, type IndexedBlock, IndexRanges } from './block-index.ts'
import { ChainStoreError } from './chain-store-error.ts'
import { CoinTable } from './coin-table.ts'
import { FilterIndex } from './filter-index.ts'
import { HeaderTable } from './header-table.ts'
import { StateRow } from './store-state.ts'
import { TransactionIndex } from './transaction-index.ts'

/** How much a pruned store keeps: so many of the newest blocks, or so many bytes of them; never fewer than 288 blocks. */
export type KeptBlocks = { readonly blocks: number } | { readonly bytes: number }

/** Which indexes are made beside the chain. */
export interface StoreIndexes {
  /** Transactions by id, and the history of output scripts. */
  readonly transactions: boolean
  /** Basic block filters. */
  readonly filters: boolean
}

/** The tables of one chain.db, shared by what reads and changes them. */
export class StoreParts {
  readonly db: Database
  readonly path: string
  readonly state: StateRow
  readonly headers: HeaderTable
  readonly best: BestChainTable
  readonly coins: CoinTable
  readonly ranges: IndexRanges
  readonly transactions: TransactionIndex
  readonly filters: FilterIndex
  readonly indexes: readonly BlockIndex[]

  /** @throws RangeError where the row of the state is not there or is none */
  constructor(db: Database, path: string) {
    this.db = db
    this.path = path
    const row = StateRow.select(db)
    if (row === undefined) throw new RangeError('the state of the store is missing')
    this.state = new StateRow(db, row)
    this.headers = new HeaderTable(db)
    this.best = new BestChainTable(db)
    this.coins = new CoinTable(db)
    this.ranges = new IndexRanges(db)
    this.transactions = new TransactionIndex(db)
    this.filters = new FilterIndex(db)
    this.indexes = [this.transactions, this.filters]
  }

  /** All of `work` or nothing of it, what is kept in memory included. */
  transaction<T>(work: () => T): T {
    const state = this.state.current
    try {
      return this.db.transaction(work)
    } catch (error) {
      this.state.restore(state)
      this.ranges.forget()
      this.headers.forgetBytes()
      throw error
    }
  }

  /** A block that was connected, with what it spent. @throws ChainStoreError DAMAGED where one of both is missing */
  indexed(id: number, height: number): IndexedBlock {
    const bytes = this.headers.blockOf(id)
    const spent = this.headers.undoOf(id)
    if (bytes === undefined || spent === undefined)
      throw new ChainStoreError({ code: 'DAMAGED', path: this.path, cause: `block ${height} is missing` })
    return { id, height, block: decodeBlock(bytes), spent }
  }
}
