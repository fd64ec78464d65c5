import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { testsOfDatabases } from '../kernel/port-tests/index.ts'
import { createDatabases, DatabaseError, openMemoryDatabase } from './database.ts'
import { temporaryFolder } from './test-folder.ts'

testsOfDatabases('SQLite', async () => {
  const folder = await temporaryFolder()
  return {
    databases: createDatabases(),
    root: folder.path,
    settle: (promise) => promise,
    close: () => folder.remove(),
  }
})

describe('SQLite', () => {
  const databases = createDatabases()

  test('a file that is no database is refused by name', async () => {
    const folder = await temporaryFolder()
    const path = join(folder.path, 'x.db')
    await writeFile(path, 'no database at all '.repeat(1_000))
    expect(() => databases.open(path, { synchronous: 'NORMAL' })).toThrow(
      expect.objectContaining({ code: 'SQLITE_NOTADB', message: expect.stringContaining(path) }),
    )
    await folder.remove()
  })

  test('an error of a statement says which file it is about', async () => {
    const folder = await temporaryFolder()
    const path = join(folder.path, 'x.db')
    const database = databases.open(path, { synchronous: 'NORMAL' })
    database.exec('CREATE TABLE t (v PRIMARY KEY)')
    const insert = () => database.prepare('INSERT INTO t VALUES (?)').run(1)
    insert()
    const named = expect.objectContaining({ code: expect.stringMatching(/^SQLITE_/), path })
    expect(insert).toThrow(named)
    expect(() => database.exec('SELECT nothing')).toThrow(named)
    expect(() => database.prepare('SELECT nothing')).toThrow(named)
    database.close()
    await folder.remove()
  })

  test('a database with a damaged first page is refused', async () => {
    const folder = await temporaryFolder()
    const path = join(folder.path, 'x.db')
    const database = databases.open(path, { synchronous: 'NORMAL' })
    database.exec('CREATE TABLE t (v)')
    database.close()
    await writeFile(path, new Uint8Array(2_000).fill(0xff), { flag: 'r+', flush: true })
    expect(() => databases.open(path, { synchronous: 'NORMAL' })).toThrow(DatabaseError)
    await folder.remove()
  })

  test('writing ahead, durability and reference checks are as asked', async () => {
    const folder = await temporaryFolder()
    for (const [synchronous, level] of [
      ['NORMAL', 1],
      ['FULL', 2],
    ] as const) {
      const database = databases.open(join(folder.path, `${synchronous}.db`), { synchronous })
      expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
      expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: level })
      expect(database.prepare('PRAGMA foreign_keys').get()).toEqual({ foreign_keys: 1 })
      expect(database.prepare('PRAGMA busy_timeout').get()).toEqual({ timeout: 5_000 })
      database.close()
    }
    await folder.remove()
  })

  test('under an older Node-API it asks for a binary instead of ending the process', () => {
    const versions = { ...process.versions, napi: '9' }
    const spy = vi.spyOn(process, 'versions', 'get').mockReturnValue(versions)
    vi.stubEnv('BETTER_SQLITE3_BINDING', undefined)
    try {
      expect(() => databases.open(':memory:', { synchronous: 'NORMAL' })).toThrow(
        expect.objectContaining({ code: 'NO_SQLITE_BINDING' }),
      )
    } finally {
      spy.mockRestore()
      vi.unstubAllEnvs()
    }
  })
})

describe('a database in memory', () => {
  const saved: Uint8Array[] = []
  const open = (contents?: Uint8Array) => openMemoryDatabase('/drive/x.db', contents, (bytes) => saved.push(bytes))

  test('gives what it holds when it is closed, once, and opens with it again', () => {
    const database = open()
    database.exec('CREATE TABLE t (v)')
    database.prepare('INSERT INTO t VALUES (?)').run(2n ** 60n)
    database.setVersion(4)
    expect(saved).toEqual([])
    database.close()
    database.close()
    expect(saved).toHaveLength(1)
    const again = open(saved.pop())
    expect(again.version()).toBe(4)
    expect(again.prepare('SELECT v FROM t').get()).toEqual({ v: 2n ** 60n })
    expect(again.prepare('PRAGMA foreign_keys').get()).toEqual({ foreign_keys: 1 })
    again.close()
  })

  test('contents that are no database, and damaged ones, are refused by name', () => {
    const refused = expect.objectContaining({ code: 'SQLITE_NOTADB', message: expect.stringContaining('/drive/x.db') })
    expect(() => open(new Uint8Array(20_000).fill(0x61))).toThrow(refused)
    expect(() => open(new Uint8Array(20_000).fill(0xff))).toThrow(DatabaseError)
  })

  test('an empty file is an empty database', () => {
    const database = open(new Uint8Array(0))
    expect(database.version()).toBe(0)
    expect(database.prepare('SELECT name FROM sqlite_schema').all()).toEqual([])
    database.close()
  })
})
