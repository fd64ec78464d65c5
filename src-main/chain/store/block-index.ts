/** What can be looked up beside the blocks themselves, and which heights of the best chain each index covers. */
import type { Database, Statement } from '../../kernel/database.ts'
import { countIn } from '../../storage/checked-row.ts'
import type { Coin } from '../coins/coin.ts'
import type { Block } from '../primitives/block.ts'

export interface IndexedBlock {
  /** Of the header. */
  readonly id: number
  readonly height: number
  readonly block: Block
  readonly spent: readonly (readonly Coin[])[]
}

export type IndexName = 'transactions' | 'filters'
/** `filter-hashes`: not heights, but the headers' ids of filters whose hashes are still to be worked out. */
export type RangeName = IndexName | 'filter-hashes'

/** Made from blocks of the best chain, one after the other; can be worked out again from blocks and undo data. */
export interface BlockIndex {
  readonly name: IndexName
  connect(block: IndexedBlock): void
  disconnect(block: IndexedBlock): void
  /** The block goes, its place in the best chain stays. */
  prune(block: IndexedBlock): void
  clear(): void
  /** Whether it can begin at any height, or only with the first block. */
  readonly beginsAnywhere: boolean
}

/** Heights `first` to `next` - 1. */
export interface IndexRange {
  readonly first: number
  readonly next: number
}

/** Which heights an index covers, kept in the database. */
export class IndexRanges {
  readonly #select: Statement
  readonly #replace: Statement
  readonly #remove: Statement
  readonly #ranges = new Map<string, IndexRange | undefined>()

  constructor(db: Database) {
    this.#select = db.prepare('SELECT first, next FROM indexed WHERE name = ?')
    this.#replace = db.prepare('INSERT OR REPLACE INTO indexed (name, first, next) VALUES (?, ?, ?)')
    this.#remove = db.prepare('DELETE FROM indexed WHERE name = ?')
  }

  /** Undefined where there is no such index. */
  of(name: RangeName): IndexRange | undefined {
    if (this.#ranges.has(name)) return this.#ranges.get(name)
    const row = this.#select.get(name)
    const range = row && { first: countIn(row, 'first'), next: countIn(row, 'next') }
    this.#ranges.set(name, range)
    return range
  }

  set(name: RangeName, range: IndexRange | undefined): void {
    if (range) this.#replace.run(name, range.first, range.next)
    else this.#remove.run(name)
    this.#ranges.set(name, range)
  }

  /** What was kept in memory is read anew: after a transaction that was undone. */
  forget(): void {
    this.#ranges.clear()
  }
}
