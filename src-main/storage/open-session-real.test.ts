/** What only real SQLite on real files can show: the log beside the file, and that a refused file stays as it is. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDatabases } from '../host/database.ts'
import { createFileStore } from '../host/files.ts'
import { sessionMigrations } from './migrations/index.ts'
import { openSessionStore, type SessionStore } from './open-session.ts'

const ports = { databases: createDatabases(), files: createFileStore() }
const hash = (n: number) => new Uint8Array(20).map((_, i) => (n >> (8 * i)) & 255)
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-session-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function fill(store: SessionStore, from: number, to: number): void {
  for (let n = from; n < to; n++)
    store.torrents.add({
      infoHash: hash(n),
      metainfo: new Uint8Array(900).fill(n),
      directory: `/downloads/${n}`,
      addedAt: n,
      paused: false,
      have: new Uint8Array([n & 255]),
      files: [],
    })
}

/** The profile as it stands while a store is open: what a `kill -9` leaves. */
function copyOfProfile(from: string, to: string): void {
  mkdirSync(to)
  for (const name of readdirSync(from)) copyFileSync(join(from, name), join(to, name))
}

describe('session.db on a real disk', () => {
  test('what was committed is there after a kill, the log included', async () => {
    const profile = join(folder, 'a')
    mkdirSync(profile)
    const store = await openSessionStore(ports, profile)
    fill(store, 0, 50)
    expect(existsSync(join(profile, 'session.db-wal'))).toBe(true)
    copyOfProfile(profile, join(folder, 'b'))
    store.close()
    const again = await openSessionStore(ports, join(folder, 'b'))
    expect(again.endedCleanly).toBe(false)
    expect(again.torrents.list().torrents).toHaveLength(50)
    again.close()
    expect(readdirSync(join(folder, 'b'))).toEqual(['session.db'])
  })

  test('a file damaged while there was a log: rows of both are saved, and no log is left to a file that it is not of', async () => {
    const profile = join(folder, 'a')
    mkdirSync(profile)
    const first = await openSessionStore(ports, profile)
    fill(first, 0, 200)
    first.close()
    const store = await openSessionStore(ports, profile)
    fill(store, 200, 220)
    const killed = join(folder, 'b')
    copyOfProfile(profile, killed)
    store.close()
    const bytes = readFileSync(join(killed, 'session.db'))
    bytes.fill(0xa5, 20 * 4_096, 23 * 4_096)
    writeFileSync(join(killed, 'session.db'), bytes)

    const again = await openSessionStore(ports, killed)
    expect(again.damage?.movedTo).toBe(join(killed, 'session.db.damaged-1'))
    const { torrents, unreadable } = again.torrents.list()
    expect(torrents.length).toBeGreaterThan(150)
    expect(torrents.length + unreadable.length).toBe(again.damage?.saved.torrent)
    expect(torrents.some(({ addedAt }) => addedAt >= 200)).toBe(true)
    again.close()
    const third = await openSessionStore(ports, killed)
    expect(third.damage).toBeUndefined()
    expect(third.torrents.list().torrents).toHaveLength(torrents.length)
    third.close()
    expect(readdirSync(killed).filter((name) => !name.startsWith('session.db.damaged'))).toEqual(['session.db'])
  })

  test('a salvage that was cut off between its renames is finished without the old log', async () => {
    const store = await openSessionStore(ports, folder)
    fill(store, 0, 5)
    store.close()
    copyFileSync(join(folder, 'session.db'), join(folder, 'session.db.salvage'))
    copyFileSync(join(folder, 'session.db'), join(folder, 'session.db.damaged-1'))
    rmSync(join(folder, 'session.db'))
    writeFileSync(join(folder, 'session.db-wal'), new Uint8Array(5_000).fill(3))
    const again = await openSessionStore(ports, folder)
    expect(again.torrents.list().torrents).toHaveLength(5)
    again.close()
    expect(readdirSync(folder).sort()).toEqual(['session.db', 'session.db.damaged-1', 'session.db.damaged-1-wal'])
  })

  test('a newer database is not changed by a byte, and the generation before a migration opens', async () => {
    const version = sessionMigrations.length + 1
    const newer = [
      ...sessionMigrations,
      { version, up: (db: { exec(sql: string): void }) => db.exec('CREATE TABLE n (x)') },
    ]
    const old = await openSessionStore(ports, folder)
    fill(old, 0, 3)
    old.close()
    const store = await openSessionStore(ports, folder, newer)
    fill(store, 3, 6)
    store.close()
    const before = readFileSync(join(folder, 'session.db'))
    await expect(openSessionStore(ports, folder)).rejects.toMatchObject({ code: 'NEWER_THAN_APP' })
    expect(readFileSync(join(folder, 'session.db')).equals(before)).toBe(true)
    const kept = join(folder, 'kept')
    mkdirSync(kept)
    copyFileSync(join(folder, `session.db.v${sessionMigrations.length}`), join(kept, 'session.db'))
    const previous = await openSessionStore(ports, kept)
    expect(previous.torrents.list().torrents).toHaveLength(3)
    previous.close()
  })
})
