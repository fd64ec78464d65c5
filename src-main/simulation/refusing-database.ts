import type { Database, SqlValue, Statement } from '../kernel/database.ts'

/** A database whose statements that change something fail with the error that `refusal` gives, as on a full disk. */
export class RefusingDatabase implements Database {
  private readonly inner: Database
  private readonly refusal: () => Error | undefined

  constructor(inner: Database, refusal: () => Error | undefined) {
    this.inner = inner
    this.refusal = refusal
  }

  exec(sql: string): void {
    this.inner.exec(sql)
  }

  prepare(sql: string): Statement {
    const statement = this.inner.prepare(sql)
    return {
      run: (...values: SqlValue[]) => {
        const error = this.refusal()
        if (error) throw error
        return statement.run(...values)
      },
      get: (...values: SqlValue[]) => statement.get(...values),
      all: (...values: SqlValue[]) => statement.all(...values),
    }
  }

  transaction<T>(work: () => T): T {
    return this.inner.transaction(work)
  }

  version(): number {
    return this.inner.version()
  }

  setVersion(version: number): void {
    this.inner.setVersion(version)
  }

  close(): void {
    this.inner.close()
  }
}
