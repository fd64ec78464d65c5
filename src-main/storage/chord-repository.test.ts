import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openMemoryDatabase } from '../host/database.ts'
import { MINUTE } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { Simulation } from '../simulation/simulation.ts'
import { ChordRepository } from './chord-repository.ts'
import { migrate } from './migrate.ts'
import { sessionMigrations } from './migrations/index.ts'
import { openSessionStore } from './open-session.ts'
import { salvage } from './salvage.ts'

const key = (n: number) => new Uint8Array(20).fill(n)
const row = (n: number, putAt = n) => ({ key: key(n), bytes: new Uint8Array([n]), putAt })

async function onDatabase(body: (db: Database, host: ReturnType<Simulation['host']>) => void): Promise<void> {
  const sim = new Simulation({ seed: 1 })
  const host = sim.host()
  await sim.within(MINUTE, host.files.makeDirectory('/p'))
  const db = host.databases.open('/p/session.db', { synchronous: 'NORMAL' })
  migrate(db, sessionMigrations, 'session.db')
  body(db, host)
  host.databases.refuse(undefined)
  db.close()
  await sim.stop()
}

const sorted = (rows: ReturnType<ChordRepository['all']>) => [...rows].sort((a, b) => a.putAt - b.putAt)

describe('items of a ring', () => {
  test('come back as they were kept last, those of the other family apart', () =>
    onDatabase((db) => {
      const [four, six] = [new ChordRepository(db, 4), new ChordRepository(db, 6)]
      four.change([row(1), row(2), row(3)], [])
      six.change([row(1, 9)], [])
      four.change([row(2, 7)], [key(1), key(8)])
      expect(sorted(four.all())).toEqual([row(3), row(2, 7)])
      expect(six.all()).toEqual([row(1, 9)])
    }))

  test('a change that the database refuses is not half done', () =>
    onDatabase((db, host) => {
      const four = new ChordRepository(db, 4)
      four.change([row(1)], [])
      host.databases.refuse('SQLITE_FULL')
      expect(() => four.change([row(2)], [key(1)])).toThrow()
      host.databases.refuse(undefined)
      expect(four.all()).toEqual([row(1)])
    }))

  test.each([
    ['no key', 'key', 'NULL'],
    ['a short key', 'key', "x'01'"],
    ['text for bytes', 'bytes', "'x'"],
    ['a time before 1970', 'at', '-5'],
  ])('a row with %s is passed over', (_what, column, value) =>
    onDatabase((db) => {
      const four = new ChordRepository(db, 4)
      four.change([row(1), row(2)], [])
      db.exec(`UPDATE chord SET ${column} = ${value} WHERE at = 1`)
      expect(four.all()).toEqual([row(2)])
    }),
  )
})

test('contacts are kept once for each family, and not believed where they are no bytes', () =>
  onDatabase((db) => {
    const [four, six] = [new ChordRepository(db, 4), new ChordRepository(db, 6)]
    expect(four.contacts()).toBeUndefined()
    four.saveContacts(new Uint8Array([1]), 5)
    four.saveContacts(new Uint8Array([2]), 6)
    six.saveContacts(new Uint8Array([3]), 7)
    expect(four.contacts()).toEqual({ bytes: new Uint8Array([2]), savedAt: 6 })
    db.exec("UPDATE chord SET bytes = 'x' WHERE id = 4")
    expect(four.contacts()).toBeUndefined()
    six.removeContacts()
    expect([six.contacts(), four.all()]).toEqual([undefined, []])
  }))

test('a salvage saves items and contacts', () =>
  onDatabase((db) => {
    const rows = Array.from({ length: 50 }, (_, n) => row(n))
    const four = new ChordRepository(db, 4)
    four.change(rows, [])
    four.saveContacts(new Uint8Array([1]), 1)
    const fresh = openMemoryDatabase('/fresh.db', undefined, () => {})
    migrate(fresh, sessionMigrations, 'session.db')
    expect(salvage(db, fresh)).toMatchObject({ saved: { chord: 51 }, incomplete: [] })
    expect(sorted(new ChordRepository(fresh, 4).all())).toEqual(rows)
    fresh.close()
  }))

test('a database of version 2 takes the table and keeps what it has', async () => {
  const sim = new Simulation({ seed: 2 })
  const host = sim.host()
  await sim.within(MINUTE, host.files.makeDirectory('/profile'))
  host.files.put('/profile/session.db', readFileSync(new URL('./fixtures/session-v2.db', import.meta.url)))
  const before = host.databases.open('/profile/session.db', { synchronous: 'NORMAL' })
  const torrents = before.prepare('SELECT count(*) AS n FROM torrent').get()?.n
  expect(before.version()).toBe(2)
  before.close()
  const store = await sim.within(MINUTE, openSessionStore(host, '/profile'))
  expect(store.torrents.list().torrents).toHaveLength(Number(torrents))
  store.close()
  const after = host.databases.open('/profile/session.db', { synchronous: 'NORMAL' })
  expect(after.version()).toBe(sessionMigrations.length)
  new ChordRepository(after, 4).change([row(1)], [])
  expect(new ChordRepository(after, 4).all()).toEqual([row(1)])
  after.close()
  await sim.stop()
})

test('the description of all tables fits the first page', () =>
  onDatabase((db) => {
    const described = db.prepare('SELECT count(*) AS pages FROM dbstat WHERE name = ?')
    expect(described.get('sqlite_schema')?.pages).toBe(1)
  }))
