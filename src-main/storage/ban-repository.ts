import type { Database } from '../kernel/database.ts'
import { amountIn, textIn } from './checked-row.ts'

/** Beyond this the oldest bans are forgotten. */
export const MAX_KEPT_BANS = 10_000

export interface BanRecord {
  /** An IP address. */
  readonly host: string
  /** Unix milliseconds. */
  readonly bannedAt: number
}

/** Addresses that a person has banned. */
export class BanRepository {
  private readonly db: Database

  constructor(db: Database) {
    this.db = db
  }

  /** Nothing where the host is banned already. @param bannedAt Unix milliseconds */
  add(host: string, bannedAt: number): void {
    this.db.transaction(() => {
      this.db.prepare('INSERT OR IGNORE INTO ban (host, banned_at) VALUES (?, ?)').run(host, bannedAt)
      this.db
        .prepare('DELETE FROM ban WHERE id <= (SELECT id FROM ban ORDER BY id DESC LIMIT 1 OFFSET ?)')
        .run(MAX_KEPT_BANS)
    })
  }

  remove(host: string): void {
    this.db.prepare('DELETE FROM ban WHERE host = ?').run(host)
  }

  /** In the order in which they were made, without those that cannot be read. */
  list(): readonly BanRecord[] {
    return this.db
      .prepare('SELECT host, banned_at FROM ban ORDER BY id')
      .all()
      .flatMap((row) => {
        try {
          return [{ host: textIn(row, 'host'), bannedAt: amountIn(row, 'banned_at') }]
        } catch {
          return []
        }
      })
  }
}
