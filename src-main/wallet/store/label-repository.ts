/** What a person has written and set: labels, contacts, frozen coins, settings of the wallet. */
import type { Outpoint } from '../../chain/primitives/transaction.ts'
import type { Database, SqlRow } from '../../kernel/database.ts'
import { bytesIn, countIn, textIn } from '../../storage/checked-row.ts'

/** As in BIP 329; `ref` is a txid or `txid:index` as people write it, an address, or an extended public key. */
export type LabelType = 'tx' | 'addr' | 'output' | 'xpub'
export const LABEL_TYPES: readonly LabelType[] = ['tx', 'addr', 'output', 'xpub']

export interface Label {
  readonly type: LabelType
  readonly ref: string
  readonly label: string
}

export interface Contact {
  /** 16 hex digits. */
  readonly id: string
  readonly name: string
  readonly address: string
  readonly note: string
}

export class LabelRepository {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  labels(): readonly Label[] {
    return read(this.#db, 'SELECT * FROM label', (row) => {
      const type = LABEL_TYPES.find((known) => known === row.type)
      return type && { type, ref: textIn(row, 'ref'), label: textIn(row, 'label') }
    })
  }

  /** Empty removes it. */
  setLabel({ type, ref, label }: Label): void {
    if (label === '') this.#db.prepare('DELETE FROM label WHERE type = ? AND ref = ?').run(type, ref)
    else this.#db.prepare('INSERT OR REPLACE INTO label VALUES (?, ?, ?)').run(type, ref, label)
  }

  contacts(): readonly Contact[] {
    return read(this.#db, 'SELECT * FROM contact ORDER BY name, id', (row) => {
      const id = textIn(row, 'id')
      if (!/^[0-9a-f]{16}$/.test(id)) return undefined
      return { id, name: textIn(row, 'name'), address: textIn(row, 'address'), note: textIn(row, 'note') }
    })
  }

  setContact({ id, name, address, note }: Contact): void {
    this.#db.prepare('INSERT OR REPLACE INTO contact VALUES (?, ?, ?, ?)').run(id, name, address, note)
  }

  removeContact(id: string): void {
    this.#db.prepare('DELETE FROM contact WHERE id = ?').run(id)
  }

  frozen(): readonly Outpoint[] {
    return read(this.#db, 'SELECT * FROM frozen', (row) => ({
      txid: bytesIn(row, 'txid', 32),
      index: countIn(row, 'position'),
    }))
  }

  setFrozen({ txid, index }: Outpoint, frozen: boolean): void {
    if (frozen) this.#db.prepare('INSERT OR IGNORE INTO frozen VALUES (?, ?)').run(txid, index)
    else this.#db.prepare('DELETE FROM frozen WHERE txid = ? AND position = ?').run(txid, index)
  }

  /** Undefined where it was never set. */
  setting(name: string): string | undefined {
    const value = this.#db.prepare('SELECT value FROM setting WHERE name = ?').get(name)?.value
    return typeof value === 'string' ? value : undefined
  }

  set(name: string, value: string): void {
    this.#db.prepare('INSERT OR REPLACE INTO setting VALUES (?, ?)').run(name, value)
  }
}

/** Rows that read; the others are left out. */
function read<T>(db: Database, query: string, value: (row: SqlRow) => T | undefined): readonly T[] {
  return db
    .prepare(query)
    .all()
    .flatMap((row) => {
      try {
        return value(row) ?? []
      } catch {
        return []
      }
    })
}
