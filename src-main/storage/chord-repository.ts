/**
 * What one host of the Chord ring keeps between runs; the rings of IPv4 and IPv6 are apart. Rows are numbered by what they hold
 * (contacts by their family, items by the beginning of their key), so that none is there twice and no index is needed.
 */
import type { Database, SqlRow } from '../kernel/database.ts'
import { amountIn, bytesIn } from './checked-row.ts'

export interface ChordItemRow {
  /** 20 bytes. */
  readonly key: Uint8Array
  /** The item, as its reader knows it and checks it. */
  readonly bytes: Uint8Array
  /** Unix milliseconds. */
  readonly putAt: number
}

export type RingFamily = 4 | 6

const KEY_BYTES = 20
/** Below it stand the rows of contacts. */
const FIRST_ITEM = 256

export class ChordRepository {
  private readonly db: Database
  private readonly family: RingFamily

  constructor(db: Database, family: RingFamily) {
    this.db = db
    this.family = family
  }

  /** Items in no order, without those that cannot be read. */
  all(): readonly ChordItemRow[] {
    const rows = this.db.prepare('SELECT key, at, bytes FROM chord WHERE kind = ?').all(this.kind)
    return rows.flatMap((row) => itemOf(row) ?? [])
  }

  /** Keeps some items and removes others: all of it, or nothing where the database refuses. */
  change(kept: readonly ChordItemRow[], removed: readonly Uint8Array[]): void {
    this.db.transaction(() => {
      const put = this.db.prepare('INSERT OR REPLACE INTO chord (id, kind, key, at, bytes) VALUES (?, ?, ?, ?, ?)')
      const remove = this.db.prepare('DELETE FROM chord WHERE id = ?')
      for (const { key, bytes, putAt } of kept) put.run(this.idOf(key), this.kind, key, putAt, bytes)
      for (const key of removed) remove.run(this.idOf(key))
    })
  }

  /** What was saved of members; undefined where nothing was, or it cannot be read. */
  contacts(): { readonly bytes: Uint8Array; readonly savedAt: number } | undefined {
    const row = this.db.prepare("SELECT at, bytes FROM chord WHERE id = ? AND kind = 'contacts'").get(this.family)
    if (!row) return undefined
    try {
      return { bytes: bytesIn(row, 'bytes'), savedAt: amountIn(row, 'at') }
    } catch {
      return undefined
    }
  }

  /** Replaces what was saved. */
  saveContacts(bytes: Uint8Array, savedAt: number): void {
    this.db
      .prepare("INSERT OR REPLACE INTO chord (id, kind, key, at, bytes) VALUES (?, 'contacts', NULL, ?, ?)")
      .run(this.family, savedAt, bytes)
  }

  removeContacts(): void {
    this.db.prepare('DELETE FROM chord WHERE id = ?').run(this.family)
  }

  private get kind(): string {
    return `item${this.family}`
  }

  /** The first 48 bits of a key, and the family. */
  private idOf(key: Uint8Array): number {
    let number = 0
    for (let i = 0; i < 6; i++) number = number * 256 + (key[i] ?? 0)
    return FIRST_ITEM + 2 * number + (this.family === 6 ? 1 : 0)
  }
}

function itemOf(row: SqlRow): ChordItemRow | undefined {
  try {
    return { key: bytesIn(row, 'key', KEY_BYTES), bytes: bytesIn(row, 'bytes'), putAt: amountIn(row, 'at') }
  } catch {
    return undefined
  }
}
