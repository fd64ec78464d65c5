/** How far blocks were looked at. Nothing here is trusted: the chain says which of the blocks are part of it. */
import type { BlockPosition } from '../../chain/chain.ts'
import type { Database } from '../../kernel/database.ts'
import { bytesIn, countIn } from '../../storage/checked-row.ts'

/** `following`: behind the chain's end. `first`: from the start on. `grown`: and addresses were found that were not looked for from the start on. */
export type ScanPass = 'following' | 'first' | 'grown'
const PASSES: readonly ScanPass[] = ['following', 'first', 'grown']

export interface KeptScan {
  /** Highest block looked at, ever. */
  readonly top: BlockPosition | undefined
  /** Some of the blocks looked at in this pass, newest first; the last one is where it began. */
  readonly known: readonly BlockPosition[]
  readonly pass: ScanPass
}

export class ScanRepository {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Undefined before the first scan, and where it does not read as it was written. */
  read(): KeptScan | undefined {
    try {
      const row = this.#db.prepare('SELECT * FROM scan WHERE id = 1').get()
      const pass = row && PASSES[countIn(row, 'pass')]
      if (row === undefined || pass === undefined) return undefined
      const top =
        row.top_height === null ? undefined : { height: countIn(row, 'top_height'), hash: bytesIn(row, 'top_hash', 32) }
      const known = this.#db
        .prepare('SELECT * FROM scanned ORDER BY height DESC')
        .all()
        .map((position) => ({ height: countIn(position, 'height'), hash: bytesIn(position, 'hash', 32) }))
      return { top, known, pass }
    } catch {
      return undefined
    }
  }

  write({ top, known, pass }: KeptScan): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO scan VALUES (1, ?, ?, ?)')
      .run(top?.height ?? null, top?.hash ?? null, PASSES.indexOf(pass))
    this.#db.prepare('DELETE FROM scanned').run()
    const insert = this.#db.prepare('INSERT OR REPLACE INTO scanned VALUES (?, ?)')
    for (const { height, hash } of known) insert.run(height, hash)
  }
}
