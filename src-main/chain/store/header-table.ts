/** Headers in chain.db, their blocks and the coins that these spent. */
import { crc32 } from 'node:zlib'
import type { Database, SqlRow, Statement } from '../../kernel/database.ts'
import { bytesIn, countIn, flagIn } from '../../storage/checked-row.ts'
import type { Coin } from '../coins/coin.ts'
import { HASH_BYTES } from '../primitives/hashes.ts'
import { HEADER_BYTES } from '../primitives/header.ts'
import type { HeaderStanding, StoredHeader } from './chain-store.ts'
import { DamagedValue } from './chain-store-error.ts'
import { decodeSpent, encodeSpent } from './coin-encoding.ts'

/** Headers read at once where all are gone through. */
const PAGE = 2_000

export interface KeptBlock {
  /** Of the header. */
  readonly id: number
  readonly hash: Uint8Array
  readonly height: number
  readonly size: number
}

export class HeaderTable {
  readonly #db: Database
  readonly #idOf: Statement
  readonly #byId: Statement
  readonly #page: Statement
  readonly #insert: Statement
  readonly #setBad: Statement
  readonly #insertBlock: Statement
  readonly #setKept: Statement
  readonly #block: Statement
  readonly #undo: Statement
  readonly #insertUndo: Statement
  readonly #removeUndo: Statement
  readonly #keptBelow: Statement
  readonly #setNotKept: Statement
  readonly #removeBlock: Statement
  readonly #sumOfSizes: Statement
  /** Undefined until it is asked for. */
  #blockBytes: number | undefined

  constructor(db: Database) {
    this.#db = db
    this.#idOf = db.prepare('SELECT id, kept FROM header WHERE hash = ?')
    this.#byId = db.prepare('SELECT hash, header, height FROM header WHERE id = ?')
    this.#page = db.prepare('SELECT id, hash, header, height, bad, kept FROM header WHERE id > ? ORDER BY id LIMIT ?')
    this.#insert = db.prepare(
      'INSERT OR IGNORE INTO header (hash, header, height, bad, kept, size) VALUES (?, ?, ?, ?, 0, 0)',
    )
    this.#setBad = db.prepare('UPDATE header SET bad = ? WHERE hash = ?')
    this.#insertBlock = db.prepare('INSERT OR REPLACE INTO block (header, checksum, bytes) VALUES (?, ?, ?)')
    this.#setKept = db.prepare('UPDATE header SET kept = 1, size = ? WHERE id = ?')
    this.#block = db.prepare('SELECT checksum, bytes FROM block WHERE header = ?')
    this.#undo = db.prepare('SELECT checksum, bytes FROM undo WHERE header = ?')
    this.#insertUndo = db.prepare('INSERT OR IGNORE INTO undo (header, checksum, bytes) VALUES (?, ?, ?)')
    this.#removeUndo = db.prepare('DELETE FROM undo WHERE header = ?')
    this.#keptBelow = db.prepare(
      'SELECT id, hash, height, size FROM header WHERE kept = 1 AND height < ? ORDER BY height, id LIMIT ?',
    )
    this.#setNotKept = db.prepare('UPDATE header SET kept = 0 WHERE id = ?')
    this.#removeBlock = db.prepare('DELETE FROM block WHERE header = ?')
    this.#sumOfSizes = db.prepare('SELECT coalesce(sum(size), 0) AS bytes FROM header WHERE kept = 1')
  }

  /** Bytes of all blocks that are here. */
  get blockBytes(): number {
    this.#blockBytes ??= Number(this.#sumOfSizes.get()?.bytes)
    return this.#blockBytes
  }

  /** Undefined where there is no header of that hash. */
  idOf(hash: Uint8Array): number | undefined {
    const row = this.#idOf.get(hash)
    return row && (row.id as number)
  }

  byId(id: number): { readonly hash: Uint8Array; readonly header: Uint8Array; readonly height: number } | undefined {
    const row = this.#byId.get(id)
    return (
      row && {
        hash: bytesIn(row, 'hash', HASH_BYTES),
        header: bytesIn(row, 'header', HEADER_BYTES),
        height: countIn(row, 'height'),
      }
    )
  }

  /** Parents before children: that is the order in which they came. @throws RangeError for a row that cannot be one */
  *all(): Generator<StoredHeader> {
    for (let after = 0; ; ) {
      const rows = this.#page.all(after, PAGE)
      for (const row of rows) {
        after = countIn(row, 'id')
        yield {
          header: bytesIn(row, 'header', HEADER_BYTES),
          hash: bytesIn(row, 'hash', HASH_BYTES),
          height: countIn(row, 'height'),
          standing: flagIn(row, 'bad') ? 'bad' : 'good',
          hasBlock: flagIn(row, 'kept'),
        }
      }
      if (rows.length < PAGE) return
    }
  }

  /** Nothing for those that are here already. */
  add(headers: readonly StoredHeader[]): void {
    this.#db.transaction(() => {
      for (const { hash, header, height, standing } of headers)
        this.#insert.run(hash, header, height, standing === 'bad' ? 1 : 0)
    })
  }

  setStanding(hashes: readonly Uint8Array[], standing: HeaderStanding): void {
    this.#db.transaction(() => {
      for (const hash of hashes) this.#setBad.run(standing === 'bad' ? 1 : 0, hash)
    })
  }

  /** @throws RangeError where its header is not here */
  addBlock(hash: Uint8Array, bytes: Uint8Array): void {
    const row = this.#idOf.get(hash)
    if (row === undefined) throw new RangeError('a block needs its header first')
    if (row.kept === 1) return
    const id = row.id as number
    this.#db.transaction(() => {
      this.#insertBlock.run(id, crc32(bytes), bytes)
      this.#setKept.run(bytes.length, id)
    })
    if (this.#blockBytes !== undefined) this.#blockBytes += bytes.length
  }

  /** @throws DamagedValue */
  blockOf(id: number): Uint8Array | undefined {
    const row = this.#block.get(id)
    return row && checkedBytes(row, 'block')
  }

  /** Bytes that this takes: none where they are here from an earlier time that the block was connected. */
  addUndo(id: number, spent: readonly (readonly Coin[])[]): number {
    const bytes = encodeSpent(spent)
    return this.#insertUndo.run(id, crc32(bytes), bytes).changes * bytes.length
  }

  /** @throws DamagedValue, SerializationError */
  undoOf(id: number): readonly (readonly Coin[])[] | undefined {
    const row = this.#undo.get(id)
    return row && decodeSpent(checkedBytes(row, 'undo data'))
  }

  /** Bytes that this frees. */
  removeUndo(id: number): number {
    const row = this.#undo.get(id)
    if (row === undefined) return 0
    this.#removeUndo.run(id)
    return (row.bytes as Uint8Array).length
  }

  /** Blocks that are here, of any branch, at heights below `height`, lowest first, at most `limit`. */
  keptBelow(height: number, limit: number): readonly KeptBlock[] {
    return this.#keptBelow.all(Math.min(height, Number.MAX_SAFE_INTEGER), limit) as unknown as readonly KeptBlock[]
  }

  /** The block alone; its header stays. */
  removeBlock({ id, size }: KeptBlock): void {
    this.#removeBlock.run(id)
    this.#setNotKept.run(id)
    if (this.#blockBytes !== undefined) this.#blockBytes -= size
  }

  /** Bytes of the blocks that are here at heights below `height`. */
  bytesBelow(height: number): number {
    const sum = this.#db.prepare('SELECT coalesce(sum(size), 0) AS bytes FROM header WHERE kept = 1 AND height < ?')
    return Number(sum.get(height)?.bytes)
  }

  /** Blocks of the best chain that are not here any more. */
  missingOfBest(): { readonly blocks: number; readonly bytes: number } {
    const sums = this.#db.prepare(
      `SELECT count(*) AS blocks, coalesce(sum(size), 0) AS bytes
       FROM best JOIN header ON header.id = best.header WHERE kept = 0`,
    )
    const row = sums.get()
    return { blocks: Number(row?.blocks), bytes: Number(row?.bytes) }
  }

  /** Height of the highest header; -1 without any. */
  highest(): number {
    return Number(this.#db.prepare('SELECT coalesce(max(height), -1) AS height FROM header').get()?.height)
  }

  /** What was counted in memory is counted anew: after a transaction that was undone. */
  forgetBytes(): void {
    this.#blockBytes = undefined
  }
}

function checkedBytes(row: SqlRow, what: string): Uint8Array {
  const bytes = bytesIn(row, 'bytes')
  if (crc32(bytes) !== row.checksum) throw new DamagedValue(`the checksum of a ${what} is wrong`)
  return bytes
}
