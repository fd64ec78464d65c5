/**
 * Basic block filters and their headers (BIP 157, 158) in chain.db: made from blocks as they are connected, or put in by a
 * light node that had them from peers. Filters of blocks that left the best chain stay: peers may ask for them.
 */
import type { Database, Statement } from '../../kernel/database.ts'
import { bytesIn, countIn, optionalBytesIn } from '../../storage/checked-row.ts'
import { basicFilterOf } from '../light/basic-filter.ts'
import { filterHashOf, filterHeaderOf } from '../light/filter-header.ts'
import { HASH_BYTES, ZERO_HASH } from '../primitives/hashes.ts'
import type { BlockIndex, IndexedBlock, IndexRange } from './block-index.ts'

export interface StoredFilter {
  /** Filter header, 32 bytes. */
  readonly header: Uint8Array
  /** Serialised; undefined where only its header is known (light nodes). */
  readonly filter: Uint8Array | undefined
}

export class FilterIndex implements BlockIndex {
  readonly name = 'filters'
  readonly beginsAnywhere = false
  readonly #db: Database
  readonly #replace: Statement
  readonly #insertHeader: Statement
  readonly #select: Statement
  readonly #headerOfHash: Statement
  readonly #replaceHash: Statement
  readonly #selectHash: Statement
  readonly #selectUnhashed: Statement
  /** Filter header of the block connected last. */
  #last: { readonly blockHash: Uint8Array; readonly header: Uint8Array } | undefined

  constructor(db: Database) {
    this.#db = db
    this.#replace = db.prepare('INSERT OR REPLACE INTO filter (header, filter_header, filter) VALUES (?, ?, ?)')
    this.#insertHeader = db.prepare(
      `INSERT INTO filter (header, filter_header) VALUES (?, ?)
       ON CONFLICT (header) DO UPDATE SET filter_header = excluded.filter_header`,
    )
    this.#select = db.prepare('SELECT filter_header, filter FROM filter WHERE header = ?')
    this.#headerOfHash = db.prepare(
      'SELECT filter_header FROM filter WHERE header = (SELECT id FROM header WHERE hash = ?)',
    )
    this.#replaceHash = db.prepare('INSERT OR REPLACE INTO filter_hash (header, hash) VALUES (?, ?)')
    this.#selectHash = db.prepare('SELECT hash FROM filter_hash WHERE header = ?')
    this.#selectUnhashed = db.prepare(
      'SELECT header, filter FROM filter WHERE header >= ? AND header < ? AND filter IS NOT NULL ORDER BY header LIMIT ?',
    )
  }

  /** @throws RangeError where the filter header of the parent is not here */
  connect({ id, height, block, spent }: IndexedBlock): void {
    const scripts = spent.flatMap((coins) => coins.map(({ scriptPubKey }) => scriptPubKey))
    const { bytes } = basicFilterOf(block, scripts)
    const hash = filterHashOf(bytes)
    const header = filterHeaderOf(hash, this.#headerBefore(height, block.header.previous))
    this.#replace.run(id, header, bytes)
    this.#replaceHash.run(id, hash)
    this.#last = { blockHash: block.hash, header }
  }

  disconnect(): void {
    this.#last = undefined
  }

  prune(): void {}

  clear(): void {
    this.#db.exec('DELETE FROM filter; DELETE FROM filter_hash')
    this.#last = undefined
  }

  /** Of a light node, which nobody asks for hashes: `filter` undefined leaves one that is here. */
  put(id: number, { header, filter }: StoredFilter): void {
    if (filter) this.#replace.run(id, header, filter)
    else this.#insertHeader.run(id, header)
  }

  /** Those of blocks of this height and above, of all branches. */
  drop(height: number): void {
    for (const table of ['filter', 'filter_hash'])
      this.#db.prepare(`DELETE FROM ${table} WHERE header IN (SELECT id FROM header WHERE height >= ?)`).run(height)
    this.#last = undefined
  }

  of(id: number): StoredFilter | undefined {
    const row = this.#select.get(id)
    return row && { header: bytesIn(row, 'filter_header', HASH_BYTES), filter: optionalBytesIn(row, 'filter') }
  }

  /** Without reading the filter, where its hash was worked out before. */
  hashOf(id: number): Uint8Array | undefined {
    const row = this.#selectHash.get(id)
    if (row) return bytesIn(row, 'hash', HASH_BYTES)
    const filter = this.of(id)?.filter
    return filter && filterHashOf(filter)
  }

  /**
   * Works out the hashes of up to `limit` filters of headers `first` to `next` - 1 that are here from before hashes were kept.
   * Where to go on; undefined where there are no more.
   */
  hashMore({ first, next }: IndexRange, limit: number): number | undefined {
    const rows = this.#selectUnhashed.all(first, next, limit)
    let last = first
    for (const row of rows) {
      last = countIn(row, 'header')
      this.#replaceHash.run(last, filterHashOf(row.filter as Uint8Array))
    }
    return rows.length < limit ? undefined : last + 1
  }

  #headerBefore(height: number, parent: Uint8Array): Uint8Array {
    if (height === 0) return ZERO_HASH
    const last = this.#last
    if (last && Buffer.compare(last.blockHash, parent) === 0) return last.header
    const row = this.#headerOfHash.get(parent)
    if (row === undefined) throw new RangeError('the filter header of the parent is not here')
    return bytesIn(row, 'filter_header', HASH_BYTES)
  }
}
