import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Database, Databases } from '../database.ts'
import { onBed, type TestBed } from './test-bed.ts'

export interface DatabasesBed extends TestBed {
  readonly databases: Databases
  /** A folder in which databases may be made. */
  readonly root: string
}

type Create = () => DatabasesBed | Promise<DatabasesBed>

/** A new database with a table of one column that takes any type. */
function newTable(bed: DatabasesBed): Database {
  const database = bed.databases.open(join(bed.root, 'x.db'), { synchronous: 'NORMAL' })
  database.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, v ANY)')
  return database
}

export function testsOfDatabases(name: string, create: Create): void {
  describe(`${name} as Databases`, () => {
    values(create)
    transactions(create)
    keeping(create)
  })
}

function values(create: Create): void {
  test(
    'every kind of value comes back as it went in',
    onBed(create, async (bed) => {
      const database = newTable(bed)
      const insert = database.prepare('INSERT INTO t (v) VALUES (?)')
      const bytes = new Uint8Array([9, 8, 0, 255, 7]).subarray(1, 4)
      const kinds = [0, -1, 1.5, Number.MAX_SAFE_INTEGER, 'text', '', '\u0000 ☃', bytes, new Uint8Array(0), null, 7n]
      for (const value of kinds) expect(insert.run(value)).toMatchObject({ changes: 1 })
      const rows = database.prepare('SELECT v FROM t ORDER BY id').all()
      expect(rows.map((row) => row.v)).toEqual([...kinds.slice(0, -1), 7])
      const [stored] = rows.filter((row) => row.v instanceof Uint8Array)
      expect(Object.getPrototypeOf(stored?.v)).toBe(Uint8Array.prototype)
      database.close()
    }),
  )
  test(
    'integers beyond 2^53 come back as bigint, exactly, by `get` and by `all`',
    onBed(create, async (bed) => {
      const database = newTable(bed)
      const large = [2n ** 53n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n]
      const insert = database.prepare('INSERT INTO t (v) VALUES (?)')
      for (const value of large) insert.run(value)
      insert.run(1e300)
      expect(
        database
          .prepare('SELECT v FROM t ORDER BY id')
          .all()
          .map((row) => row.v),
      ).toEqual([...large, 1e300])
      const one = database.prepare('SELECT v, id FROM t WHERE id = ?')
      expect(one.get(2)).toEqual({ v: 2n ** 53n + 1n, id: 2 })
      expect(one.get(5)).toEqual({ v: 1e300, id: 5 })
      const returning = database.prepare('INSERT INTO t (v) VALUES (?) RETURNING v')
      expect(returning.get(2n ** 60n + 1n)).toEqual({ v: 2n ** 60n + 1n })
      expect(database.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 6 })
      database.close()
    }),
  )
  test(
    'statements can be used again, and say what they changed and that nothing was found',
    onBed(create, async (bed) => {
      const database = newTable(bed)
      const insert = database.prepare('INSERT INTO t (id, v) VALUES (?, ?)')
      for (let id = 1; id <= 5; id++) insert.run(id, id * 10)
      expect(database.prepare('UPDATE t SET v = 0 WHERE id > ?').run(2).changes).toBe(3)
      expect(database.prepare('SELECT * FROM t WHERE id = ?').get(99)).toBeUndefined()
      expect(database.prepare('SELECT * FROM t WHERE id > ?').all(99)).toEqual([])
      expect(() => insert.run(1, 0)).toThrow(expect.objectContaining({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' }))
      expect(() => database.prepare('SELECT nonsense FROM t')).toThrow(
        expect.objectContaining({ code: 'SQLITE_ERROR' }),
      )
      database.close()
    }),
  )
}

function transactions(create: Create): void {
  test(
    'a transaction is all or nothing, and hands back what its work returns',
    onBed(create, async (bed) => {
      const database = newTable(bed)
      const insert = database.prepare('INSERT INTO t (v) VALUES (?)')
      const count = database.prepare('SELECT count(*) AS n FROM t')
      expect(
        database.transaction(() => {
          insert.run(1)
          return 'done'
        }),
      ).toBe('done')
      const failure = new Error('half way')
      expect(() =>
        database.transaction(() => {
          insert.run(2)
          throw failure
        }),
      ).toThrow(failure)
      expect(count.get()).toEqual({ n: 1 })
      database.close()
    }),
  )
  test(
    'an inner transaction that fails undoes only itself',
    onBed(create, async (bed) => {
      const database = newTable(bed)
      const insert = database.prepare('INSERT INTO t (v) VALUES (?)')
      database.transaction(() => {
        insert.run('outer')
        expect(() =>
          database.transaction(() => {
            insert.run('inner')
            throw new Error('inner failed')
          }),
        ).toThrow('inner failed')
        database.transaction(() => insert.run('second'))
      })
      expect(database.prepare('SELECT v FROM t ORDER BY id').all()).toEqual([{ v: 'outer' }, { v: 'second' }])
      database.close()
    }),
  )
}

function keeping(create: Create): void {
  test(
    'rows and the version are there when the file is opened again',
    onBed(create, async (bed) => {
      const database = newTable(bed)
      expect(database.version()).toBe(0)
      database.setVersion(12)
      database.prepare('INSERT INTO t (v) VALUES (?)').run('kept')
      database.close()
      const again = bed.databases.open(join(bed.root, 'x.db'), { synchronous: 'FULL' })
      expect(again.version()).toBe(12)
      expect(again.prepare('SELECT v FROM t').all()).toEqual([{ v: 'kept' }])
      again.close()
    }),
  )
  test(
    'the version takes part in a transaction',
    onBed(create, async (bed) => {
      const database = newTable(bed)
      expect(() =>
        database.transaction(() => {
          database.setVersion(3)
          throw new Error('undone')
        }),
      ).toThrow('undone')
      expect(database.version()).toBe(0)
      for (const bad of [-1, 1.5, 2 ** 31, Number.NaN]) expect(() => database.setVersion(bad)).toThrow(RangeError)
      database.close()
    }),
  )
  test(
    'files of different names do not know each other, and a folder that is missing cannot be opened',
    onBed(create, async (bed) => {
      const database = newTable(bed)
      const other = bed.databases.open(join(bed.root, 'y.db'), { synchronous: 'NORMAL' })
      expect(other.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()).toEqual([])
      expect(() => bed.databases.open(join(bed.root, 'missing', 'x.db'), { synchronous: 'NORMAL' })).toThrow(
        expect.objectContaining({ code: 'SQLITE_CANTOPEN' }),
      )
      other.close()
      database.close()
      database.close()
    }),
  )
}
