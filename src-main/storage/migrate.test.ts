import { describe, expect, test } from 'vitest'
import type { Database } from '../kernel/database.ts'
import { Simulation } from '../simulation/simulation.ts'
import { type Migration, migrate, newestVersion } from './migrate.ts'

const first: Migration = { version: 1, up: (db) => db.exec('CREATE TABLE a (x)') }
const second: Migration = { version: 2, up: (db) => db.exec('ALTER TABLE a ADD COLUMN y') }
const broken: Migration = {
  version: 2,
  up: (db) => {
    db.exec('CREATE TABLE half (x)')
    throw new Error('half way')
  },
}

async function onDatabase(body: (db: Database) => void): Promise<void> {
  const sim = new Simulation({ seed: 1 })
  const host = sim.host()
  const db = host.databases.open('/x.db', { synchronous: 'NORMAL' })
  body(db)
  db.close()
  await sim.stop()
}

const columns = (db: Database, table: string) =>
  db
    .prepare(`PRAGMA table_info(${table})`)
    .all()
    .map((row) => row.name)

describe('migrations', () => {
  test('run once each, in order, and only what is missing', () =>
    onDatabase((db) => {
      migrate(db, [first], '/x.db')
      expect(db.version()).toBe(1)
      migrate(db, [first, second], '/x.db')
      migrate(db, [first, second], '/x.db')
      expect(db.version()).toBe(2)
      expect(columns(db, 'a')).toEqual(['x', 'y'])
    }))

  test('stop where they are asked to', () =>
    onDatabase((db) => {
      migrate(db, [first, second], '/x.db', 1)
      expect(db.version()).toBe(1)
      expect(columns(db, 'a')).toEqual(['x'])
    }))

  test('one that fails leaves nothing of itself', () =>
    onDatabase((db) => {
      expect(() => migrate(db, [first, broken], '/x.db')).toThrow('half way')
      expect(db.version()).toBe(1)
      expect(columns(db, 'half')).toEqual([])
    }))

  test('a newer database is refused with both numbers', () =>
    onDatabase((db) => {
      db.setVersion(7)
      expect(() => migrate(db, [first], '/x.db')).toThrow(
        expect.objectContaining({
          code: 'NEWER_THAN_APP',
          fault: { code: 'NEWER_THAN_APP', path: '/x.db', found: 7, newest: 1 },
        }),
      )
      expect(columns(db, 'a')).toEqual([])
    }))

  test('a gap in the numbers is our own mistake', () => {
    expect(() => newestVersion([first, { ...second, version: 3 }])).toThrow('migration 3 stands in place 2')
  })
})
