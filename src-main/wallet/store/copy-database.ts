/** Copies of a database, row by row through the ports: whole in one file, without its log, whatever it stands on. */
import type { Database, SqlValue } from '../../kernel/database.ts'

/** Tables and rows of one into another that is empty, with its version. One transaction on either side. */
export function copyDatabase(from: Database, to: Database): void {
  from.transaction(() =>
    to.transaction(() => {
      const made = from
        .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
        .all()
      for (const { name, sql } of made) {
        to.exec(String(sql))
        copyRows(from, to, String(name))
      }
      to.setVersion(from.version())
    }),
  )
}

function copyRows(from: Database, to: Database, table: string): void {
  const rows = from.prepare(`SELECT * FROM ${table}`).all()
  const [first] = rows
  if (first === undefined) return
  const columns = Object.keys(first)
  const insert = to.prepare(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  )
  for (const row of rows) insert.run(...columns.map((column) => row[column] as SqlValue))
}
