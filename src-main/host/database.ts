/**
 * SQLite through better-sqlite3, loaded on the first open.
 *
 * Integers: numbers where they are safe, bigint beyond 2^53. Asking SQLite for bigint everywhere is slow, so a query runs
 * with numbers first; where its result holds a number that may have been rounded, it runs once more with bigint.
 * A statement that changes something (RETURNING) must not run twice and uses bigint at once.
 */
import { createRequire } from 'node:module'
import type BetterSqlite3 from 'better-sqlite3'
import type { Database, Databases, SqlRow, SqlValue, Statement } from '../kernel/database.ts'
import { CodedError, codeOf, type Fault, messageOf } from '../kernel/errors.ts'

/** How long a statement waits for another connection's lock. */
const BUSY_TIMEOUT = 5_000
/** The first Node-API version for which better-sqlite3's own binary is built; under an older one it ends the process. */
const NEEDED_NODE_API = 10
const MAX_VERSION = 2 ** 31 - 1

export type DatabaseFault = Fault & {
  readonly code: 'SQLITE_CORRUPT' | 'SQLITE_NOTADB' | 'SQLITE_CANTOPEN' | 'SQLITE_ERROR' | 'NO_SQLITE_BINDING'
  readonly path: string
}

/** A database could not be opened. Errors of single statements are SQLite's own, with its code. */
export class DatabaseError extends CodedError<DatabaseFault> {}

export function createDatabases(): Databases {
  return {
    open: (path, { synchronous }) =>
      new SqliteDatabase(path, connect(path, path, ['journal_mode = WAL', `synchronous = ${synchronous}`])),
  }
}

/**
 * A database in memory, empty or with the contents of a file. It never touches a disk.
 * @param path what errors name
 * @param closing is given what it holds when it is closed, as the bytes of a file
 * @throws DatabaseError
 */
export function openMemoryDatabase(
  path: string,
  contents: Uint8Array | undefined,
  closing: (contents: Uint8Array) => void,
): Database {
  const source = contents?.length ? Buffer.from(contents) : ':memory:'
  return new SqliteDatabase(path, connect(source, path, []), closing)
}

function connect(source: string | Buffer, path: string, pragmas: readonly string[]): BetterSqlite3.Database {
  const options = { timeout: BUSY_TIMEOUT, ...nativeBinding(path) }
  const require = createRequire(import.meta.url)
  const Sqlite = require('better-sqlite3') as typeof BetterSqlite3
  let database: BetterSqlite3.Database | undefined
  try {
    database = new Sqlite(source, options)
    for (const pragma of pragmas) database.pragma(pragma)
    database.pragma('foreign_keys = ON')
    // The first read of the schema: a file that is no database shows itself here and not in mid-work.
    database.pragma('schema_version')
    return database
  } catch (error) {
    database?.close()
    throw openError(path, error)
  }
}

/** Electron's registry runtime has an older Node-API: there the start script builds a binary and names it. */
function nativeBinding(path: string): { readonly nativeBinding?: string } {
  if (Number(process.versions.napi) >= NEEDED_NODE_API) return {}
  const binding = process.env.BETTER_SQLITE3_BINDING
  if (binding !== undefined && binding !== '') return { nativeBinding: binding }
  throw new DatabaseError(
    { code: 'NO_SQLITE_BINDING', path },
    `${path} cannot be opened, because this runtime (Node ${process.version}) needs a SQLite binary built for it. Start Shoal with npm start, which builds one.`,
  )
}

function openError(path: string, error: unknown): Error {
  const code = error instanceof TypeError ? 'SQLITE_CANTOPEN' : codeOf(error)
  const options = { cause: error }
  if (code.startsWith('SQLITE_NOTADB')) {
    const message = `${path} is not a database. Move it away, so that Shoal can make a new one, or put a copy of the right file there.`
    return new DatabaseError({ code: 'SQLITE_NOTADB', path }, message, options)
  }
  if (code.startsWith('SQLITE_CORRUPT')) {
    const message = `${path} is damaged. Put a copy of the file there, or move it away, so that Shoal can make a new one.`
    return new DatabaseError({ code: 'SQLITE_CORRUPT', path }, message, options)
  }
  const message = `${path} cannot be opened (${messageOf(error)}). Check that its folder is there and can be written.`
  const fault: DatabaseFault = { code: code.startsWith('SQLITE_CANTOPEN') ? 'SQLITE_CANTOPEN' : 'SQLITE_ERROR', path }
  return new DatabaseError(fault, message, options)
}

/** The oldest is compiled anew where a program uses more. */
const MAX_KEPT_STATEMENTS = 200

/** Errors of SQLite say nothing of the file: it gets its `path`. */
function naming<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof Error && codeOf(error).startsWith('SQLITE_') && !('path' in error))
      Object.assign(error, { path })
    throw error
  }
}

class SqliteDatabase implements Database {
  private readonly path: string
  private readonly database: BetterSqlite3.Database
  /** By their text: to compile one costs more than to run it, and a start with many torrents runs a few thousand. */
  private readonly statements = new Map<string, Statement>()
  private readonly runInTransaction: (work: () => unknown) => unknown
  private readonly closing: ((contents: Uint8Array) => void) | undefined

  constructor(path: string, database: BetterSqlite3.Database, closing?: (contents: Uint8Array) => void) {
    this.path = path
    this.database = database
    this.closing = closing
    this.runInTransaction = database.transaction((work: () => unknown) => work())
  }

  exec(sql: string): void {
    naming(this.path, () => this.database.exec(sql))
  }

  prepare(sql: string): Statement {
    const known = this.statements.get(sql)
    if (known) return known
    const statement = naming(this.path, () => new SqliteStatement(this.path, this.database.prepare(sql)))
    if (this.statements.size >= MAX_KEPT_STATEMENTS) {
      const [oldest] = this.statements.keys()
      if (oldest !== undefined) this.statements.delete(oldest)
    }
    this.statements.set(sql, statement)
    return statement
  }

  transaction<T>(work: () => T): T {
    return naming(this.path, () => this.runInTransaction(work)) as T
  }

  version(): number {
    return this.database.pragma('user_version', { simple: true }) as number
  }

  setVersion(version: number): void {
    if (!Number.isInteger(version) || version < 0 || version > MAX_VERSION)
      throw new RangeError(`not a version: ${version}`)
    this.database.pragma(`user_version = ${version}`)
  }

  close(): void {
    if (!this.database.open) return
    const contents = this.closing && this.database.serialize()
    this.database.close()
    if (contents) this.closing?.(contents)
  }
}

type Row = Record<string, SqlValue>

class SqliteStatement implements Statement {
  private readonly path: string
  private readonly statement: BetterSqlite3.Statement<unknown[], Row>

  constructor(path: string, statement: BetterSqlite3.Statement<unknown[]>) {
    this.path = path
    this.statement = statement as BetterSqlite3.Statement<unknown[], Row>
    if (!statement.readonly && statement.reader) statement.safeIntegers(true)
  }

  run(...values: SqlValue[]): { readonly changes: number } {
    return naming(this.path, () => ({ changes: this.statement.run(...values.map(bound)).changes }))
  }

  get(...values: SqlValue[]): SqlRow | undefined {
    return naming(this.path, () => this.getRow(values))
  }

  all(...values: SqlValue[]): SqlRow[] {
    return naming(this.path, () => this.allRows(values))
  }

  private getRow(values: readonly SqlValue[]): SqlRow | undefined {
    const parameters = values.map(bound)
    const row = this.statement.get(...parameters)
    if (row === undefined) return undefined
    if (this.statement.readonly && mayBeRounded(row)) {
      const exact = this.exactly(() => this.statement.get(...parameters))
      return exact === undefined ? undefined : plainRow(exact)
    }
    return plainRow(row)
  }

  private allRows(values: readonly SqlValue[]): SqlRow[] {
    const parameters = values.map(bound)
    let rows = this.statement.all(...parameters)
    if (this.statement.readonly && rows.some(mayBeRounded)) rows = this.exactly(() => this.statement.all(...parameters))
    return rows.map(plainRow)
  }

  private exactly<T>(query: () => T): T {
    this.statement.safeIntegers(true)
    try {
      return query()
    } finally {
      this.statement.safeIntegers(false)
    }
  }
}

/** better-sqlite3 knows Buffer. */
function bound(value: SqlValue): SqlValue {
  if (!(value instanceof Uint8Array) || Buffer.isBuffer(value)) return value
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}

/** An integer beyond 2^53 that came as a number is rounded to one that is beyond as well. */
function mayBeRounded(row: Row): boolean {
  for (const name in row) {
    const value = row[name]
    if (typeof value === 'number' && (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)) return true
  }
  return false
}

/** Changes the new row in place: safe integers to numbers, Buffer to Uint8Array (whose `slice` copies). */
function plainRow(row: Row): SqlRow {
  for (const name in row) {
    const value = row[name]
    if (typeof value === 'bigint') {
      if (value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER) row[name] = Number(value)
    } else if (value instanceof Uint8Array) {
      row[name] = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    }
  }
  return row
}
