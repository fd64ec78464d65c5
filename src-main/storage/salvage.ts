/**
 * Reads what can still be read of a damaged database, row by row, into a fresh one.
 *
 * A table is walked by its row numbers from both ends; what lies between the two places where reading fails is halved
 * until single rows are reached, at most `MAX_PROBES` times for a table. Rows that the fresh database refuses are
 * counted as lost. Tables without row numbers hold only what can be worked out again and are left empty.
 */
import type { Database, SqlRow, SqlValue, Statement } from '../kernel/database.ts'

export interface Salvage {
  /** Rows saved, by table. */
  readonly saved: Readonly<Record<string, number>>
  /** Tables in which at least one row was or may have been lost. */
  readonly incomplete: readonly string[]
}

export const MAX_PROBES = 512
const KEY = 'salvage_key'

/** Copies the rows of every table of `to` that `from` still gives. Never throws because of `from`. */
export function salvage(from: Database, to: Database): Salvage {
  const saved: Record<string, number> = {}
  const incomplete: string[] = []
  for (const table of tablesOf(to)) {
    const walk = new TableWalk(from, table)
    walk.range(1, Number.MAX_SAFE_INTEGER)
    const copied = to.transaction(() => copyRows(to, table, walk.rows))
    saved[table] = copied
    if (walk.failed || copied < walk.rows.length) incomplete.push(table)
  }
  return { saved, incomplete }
}

function tablesOf(db: Database): string[] {
  const rows = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%WITHOUT ROWID%' ORDER BY name")
    .all()
  return rows.map((row) => String(row.name)).filter((name) => !name.startsWith('sqlite_') && name !== 'session')
}

function copyRows(to: Database, table: string, rows: readonly SqlRow[]): number {
  const columns = to
    .prepare(`PRAGMA table_info(${table})`)
    .all()
    .map((row) => String(row.name))
    .filter((column) => rows[0] && column in rows[0])
  if (columns.length === 0) return 0
  const places = columns.map(() => '?').join(', ')
  const insert = to.prepare(`INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${places})`)
  let copied = 0
  for (const row of rows) {
    try {
      copied += insert.run(...columns.map((column) => row[column] as SqlValue)).changes
    } catch {
      // refused by the table's own rules: counted as lost by the caller
    }
  }
  return copied
}

class TableWalk {
  readonly rows: SqlRow[] = []
  failed = false
  private forward: Statement | undefined
  private backward: Statement | undefined
  private probes = 0

  constructor(db: Database, table: string) {
    const rows = `SELECT rowid AS ${KEY}, * FROM ${table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid`
    try {
      this.forward = db.prepare(`${rows} LIMIT 1`)
      this.backward = db.prepare(`${rows} DESC LIMIT 1`)
    } catch {
      this.failed = true
    }
  }

  /** Collects the rows numbered `low` to `high`, both included. */
  range(low: number, high: number): void {
    let [first, last] = [low, high]
    while (first <= last) {
      const row = this.next(this.forward, first, last)
      if (row === undefined) return
      if (row === 'unreadable') break
      first = this.keep(row) + 1
    }
    while (first <= last) {
      const row = this.next(this.backward, first, last)
      if (row === undefined) return
      if (row === 'unreadable') break
      last = this.keep(row) - 1
    }
    if (first >= last || this.probes >= MAX_PROBES) return
    const middle = first + Math.floor((last - first) / 2)
    this.range(first, middle)
    this.range(middle + 1, last)
  }

  private keep(row: SqlRow): number {
    this.rows.push(row)
    return Number(row[KEY])
  }

  private next(statement: Statement | undefined, low: number, high: number): SqlRow | undefined | 'unreadable' {
    try {
      return statement?.get(low, high)
    } catch {
      this.failed = true
      this.probes++
      return 'unreadable'
    }
  }
}
