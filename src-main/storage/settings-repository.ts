import type { Database } from '../kernel/database.ts'
import { textIn } from './checked-row.ts'

/** Settings by key, as JSON values. What they may be is the caller's to check, on writing and on reading. */
export class SettingsRepository {
  private readonly db: Database

  constructor(db: Database) {
    this.db = db
  }

  /** The value, or undefined where there is none or it cannot be read. */
  get(key: string): unknown {
    const row = this.db.prepare('SELECT value FROM setting WHERE key = ?').get(key)
    if (!row) return undefined
    try {
      return JSON.parse(textIn(row, 'value'))
    } catch {
      return undefined
    }
  }

  /** @param value plain JSON data, not undefined */
  set(key: string, value: unknown): void {
    this.db
      .prepare('INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
      .run(key, JSON.stringify(value))
  }

  remove(key: string): void {
    this.db.prepare('DELETE FROM setting WHERE key = ?').run(key)
  }

  /** Every setting that can be read. */
  all(): ReadonlyMap<string, unknown> {
    const found = new Map<string, unknown>()
    for (const row of this.db.prepare('SELECT key FROM setting ORDER BY key').all()) {
      const key = textIn(row, 'key')
      const value = this.get(key)
      if (value !== undefined) found.set(key, value)
    }
    return found
  }
}
