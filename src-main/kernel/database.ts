/** SQLite as a port: synchronous, in WAL mode. Values: number, bigint, string, Uint8Array, null. */
export type SqlValue = number | bigint | string | Uint8Array | null
export type SqlRow = Record<string, SqlValue>

export interface Statement {
  run(...values: SqlValue[]): { readonly changes: number }
  get(...values: SqlValue[]): SqlRow | undefined
  all(...values: SqlValue[]): SqlRow[]
}

export interface Database {
  exec(sql: string): void
  prepare(sql: string): Statement
  /** All of `work` or nothing of it. May be nested. */
  transaction<T>(work: () => T): T
  /** `PRAGMA user_version`: the number of the newest migration applied. */
  version(): number
  setVersion(version: number): void
  close(): void
}

export interface Databases {
  /** Opens or makes the file. `synchronous` as in SQLite. @throws an Error with code `SQLITE_CORRUPT`, `SQLITE_NOTADB`, `SQLITE_CANTOPEN` */
  open(path: string, options: { readonly synchronous: 'NORMAL' | 'FULL' }): Database
}
