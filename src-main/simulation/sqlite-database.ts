import { createRequire } from 'node:module'
import type BetterSqlite3 from 'better-sqlite3'
import type { Database, SqlRow, SqlValue, Statement } from '../kernel/database.ts'

const requireModule = createRequire(import.meta.url)
const LARGEST_SAFE = BigInt(Number.MAX_SAFE_INTEGER)
const LARGEST_VERSION = 2 ** 31 - 1

/** A database in memory with the contents of a saved file, or empty. @throws codes of SQLite, `SQLITE_NOTADB` among them */
export class MemoryDatabase implements Database {
  private readonly inner: BetterSqlite3.Database
  private readonly onClose: (contents: Uint8Array) => void

  constructor(contents: Uint8Array | undefined, onClose: (contents: Uint8Array) => void) {
    const Sqlite = requireModule('better-sqlite3') as typeof BetterSqlite3
    const nativeBinding = Number(process.versions.napi) < 10 ? process.env.BETTER_SQLITE3_BINDING : undefined
    const source = contents?.length ? Buffer.from(contents) : ':memory:'
    this.inner = new Sqlite(source, nativeBinding ? { nativeBinding } : {})
    this.onClose = onClose
    this.inner.pragma('foreign_keys = ON')
    this.inner.pragma('schema_version')
  }

  exec(sql: string): void {
    this.inner.exec(sql)
  }

  prepare(sql: string): Statement {
    const statement = this.inner.prepare<SqlValue[], SqlRow>(sql).safeIntegers(true)
    return {
      run: (...values) => ({ changes: statement.run(...values).changes }),
      get: (...values) => {
        const row = statement.get(...values)
        return row && plain(row)
      },
      all: (...values) => statement.all(...values).map(plain),
    }
  }

  transaction<T>(work: () => T): T {
    return this.inner.transaction(work)()
  }

  version(): number {
    return this.inner.pragma('user_version', { simple: true }) as number
  }

  setVersion(version: number): void {
    if (!Number.isInteger(version) || version < 0 || version > LARGEST_VERSION) {
      throw new RangeError(`${version} is not a version`)
    }
    this.inner.pragma(`user_version = ${version}`)
  }

  close(): void {
    if (!this.inner.open) return
    const contents = this.inner.serialize()
    this.inner.close()
    this.onClose(contents)
  }
}

/** Numbers where they are exact, else bigint; plain byte arrays. */
function plain(row: SqlRow): SqlRow {
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === 'bigint' && value <= LARGEST_SAFE && value >= -LARGEST_SAFE) row[name] = Number(value)
    else if (value instanceof Uint8Array) row[name] = new Uint8Array(value)
  }
  return row
}
