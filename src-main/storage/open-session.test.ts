import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MINUTE } from '../kernel/clock.ts'
import { Simulation } from '../simulation/simulation.ts'
import type { Migration } from './migrate.ts'
import { sessionMigrations } from './migrations/index.ts'
import { openSessionStore, type SessionStore } from './open-session.ts'

type Host = ReturnType<Simulation['host']>
const PROFILE = '/profile'
const PATH = '/profile/session.db'
const TORRENTS = 300

async function onHost(body: (host: Host, sim: Simulation) => Promise<void>): Promise<void> {
  const sim = new Simulation({ seed: 3 })
  const host = sim.host()
  await sim.within(MINUTE, host.files.makeDirectory(PROFILE))
  await sim.within(10 * MINUTE, body(host, sim))
  await sim.stop()
}

const hash = (n: number) => new Uint8Array(20).map((_, i) => (n >> (8 * i)) & 255)

function fill(store: SessionStore, count = TORRENTS): void {
  for (let n = 0; n < count; n++) {
    store.torrents.add({
      infoHash: hash(n),
      metainfo: new Uint8Array(900).fill(n),
      directory: `/downloads/${n}`,
      addedAt: n,
      paused: false,
      have: new Uint8Array([n & 255]),
      files: [{ index: 0, made: true, seen: { size: n, modifiedMs: n } }],
    })
    store.settings.set(`key ${n}`, { n })
  }
}

const addColumn: Migration = {
  version: sessionMigrations.length + 1,
  up: (db) => db.exec('ALTER TABLE torrent ADD COLUMN later INTEGER NOT NULL DEFAULT 5'),
}
const newer = [...sessionMigrations, addColumn]

describe('opening session.db', () => {
  test('a new profile, and again after a clean and an unclean end', () =>
    onHost(async (host) => {
      const first = await openSessionStore(host, PROFILE)
      expect([first.endedCleanly, first.damage]).toEqual([true, undefined])
      fill(first, 3)
      first.close()
      const second = await openSessionStore(host, PROFILE)
      expect(second.endedCleanly).toBe(true)
      expect(second.torrents.list().torrents).toHaveLength(3)
      second.settings.set('theme', 'dark')
      second.close()
      const third = await openSessionStore(host, PROFILE)
      expect(third.settings.get('theme')).toBe('dark')
      third.close()
      expect(host.files.tree(PROFILE)).toEqual([PATH])
    }))

  test('an end without closing is noticed', async () => {
    const sim = new Simulation({ seed: 4 })
    const first = sim.host()
    await sim.within(MINUTE, first.files.makeDirectory(PROFILE))
    fill(await sim.within(MINUTE, openSessionStore(first, PROFILE)), 2)
    const host = sim.restart(first)
    const store = await sim.within(MINUTE, openSessionStore(host, PROFILE))
    expect(store.endedCleanly).toBe(false)
    expect(store.torrents.list().torrents).toHaveLength(2)
    store.close()
    await sim.stop()
  })

  test('a database of a newer Shoal is refused and not changed by a byte', () =>
    onHost(async (host) => {
      const ahead = await openSessionStore(host, PROFILE, newer)
      fill(ahead, 2)
      ahead.close()
      const before = host.files.get(PATH)
      await expect(openSessionStore(host, PROFILE)).rejects.toMatchObject({
        code: 'NEWER_THAN_APP',
        message: expect.stringContaining('Update Shoal'),
      })
      expect(host.files.get(PATH)).toEqual(before)
      expect(host.files.tree(PROFILE)).toEqual([PATH])
    }))

  test('the previous generation is kept before a migration', () =>
    onHost(async (host) => {
      const old = await openSessionStore(host, PROFILE)
      fill(old, 2)
      old.close()
      const before = host.files.get(PATH)
      const store = await openSessionStore(host, PROFILE, newer)
      expect(store.torrents.list().torrents).toHaveLength(2)
      store.close()
      const kept = `${PATH}.v${sessionMigrations.length}`
      expect(host.files.get(kept)).toEqual(before)
      expect(host.files.tree(PROFILE)).toEqual([PATH, kept])
    }))

  test('a profile folder that is not there is named', () =>
    onHost(async (host) => {
      await expect(openSessionStore(host, '/nowhere')).rejects.toMatchObject({
        code: 'CANNOT_OPEN',
        message: expect.stringContaining('/nowhere/session.db'),
      })
    }))

  test('a file of version 1 as it was released opens with everything in it', () =>
    onHost(async (host) => {
      host.files.put(PATH, readFileSync(new URL('fixtures/session-v1.db', import.meta.url)))
      const store = await openSessionStore(host, PROFILE)
      expect(store.damage).toBeUndefined()
      expect(store.endedCleanly).toBe(true)
      expect([...store.settings.all()]).toEqual([['downloads', { folder: '/home/ana/Downloads' }]])
      const infoHash = hash(77)
      expect(store.torrents.list().torrents).toEqual([
        {
          infoHash,
          metainfo: new Uint8Array([100, 101]),
          directory: '/home/ana/Downloads',
          addedAt: 1_790_000_000_000,
          completedAt: undefined,
          paused: true,
          uploaded: 123_456_789,
          downloaded: 987_654_321,
          error: { code: 'DISK_FULL', message: 'The disk is full.' },
        },
      ])
      expect(store.resume.load(infoHash)).toEqual({
        have: new Uint8Array([0b1100_0000]),
        writing: [{ piece: 2, claimedAt: 1_790_000_000_500 }],
        files: [
          { index: 0, made: true, seen: { size: 32_768, modifiedMs: 1_790_000_000_400.25 } },
          { index: 1, made: false, seen: undefined },
        ],
      })
      expect(store.peers.list(infoHash)).toEqual([{ host: '192.0.2.7', port: 6_881 }])
      store.close()
    }))
})

describe('version 2', () => {
  test('as it was released opens with everything in it, what version 1 kept included', () =>
    onHost(async (host) => {
      host.files.put(PATH, readFileSync(new URL('fixtures/session-v2.db', import.meta.url)))
      const store = await openSessionStore(host, PROFILE)
      expect(store.damage).toBeUndefined()
      const infoHash = hash(77)
      expect(store.torrents.get(infoHash)).toMatchObject({ uploaded: 123_456_789, paused: true })
      expect(store.selections.get(infoHash)).toEqual(new Uint8Array([0b1000_0000]))
      const { magnets, unreadable } = store.magnets.list()
      expect(unreadable).toEqual([])
      expect(magnets).toEqual([
        {
          infoHash: hash(78),
          uri: `magnet:?xt=urn:btih:4e${'0'.repeat(38)}&dn=Film`,
          directory: '/home/ana/Downloads',
          addedAt: 1_790_000_001_000,
          paused: false,
          useExisting: true,
          wanted: new Uint8Array([0b0100_0000]),
          info: undefined,
          error: undefined,
        },
        {
          infoHash: hash(79),
          uri: `magnet:?xt=urn:btih:4f${'0'.repeat(38)}`,
          directory: '/home/ana/Downloads',
          addedAt: 1_790_000_002_000,
          paused: true,
          useExisting: false,
          wanted: undefined,
          info: new Uint8Array([100, 101]),
          error: { code: 'FILES_EXIST', message: 'It is there.' },
        },
      ])
      expect(store.bans.list()).toEqual([{ host: '192.0.2.66', bannedAt: 1_790_000_003_000 }])
      expect(store.kademliaState.all()).toEqual([
        { node: '0.0.0.0', bytes: new Uint8Array([1, 2, 3]), savedAt: 1_790_000_004_000 },
      ])
      const bytes = (n: number) => new Uint8Array(32).fill(n)
      expect(store.publications.list()).toEqual({
        publications: [
          {
            ...{ publicKey: bytes(1), salt: new Uint8Array(), seed: bytes(2), name: 'News', infoHash },
            ...{ torrentName: 'Film', seq: 2n ** 62n, stored: 8, publishedAt: 1_790_000_005_000 },
          },
        ],
        unreadable: 0,
      })
      expect(store.subscriptions.list()).toEqual({
        subscriptions: [
          {
            ...{ publicKey: bytes(3), salt: new Uint8Array([7]), directory: '/home/ana/Downloads', paused: true },
            uri: `magnet:?xs=urn:btpk:${'03'.repeat(32)}&s=07`,
            latest: {
              ...{ infoHash: hash(80), seq: 9n, value: new Uint8Array([105, 49, 101]) },
              signature: new Uint8Array(64).fill(4),
            },
            checkedAt: 1_790_000_006_000,
          },
        ],
        unreadable: 0,
      })
      store.close()
    }))

  test('several repositories change together or not at all, and nothing of what failed is remembered', () =>
    onHost(async (host) => {
      const store = await openSessionStore(host, PROFILE)
      fill(store, 1)
      const added = {
        metainfo: new Uint8Array(),
        directory: '/d',
        addedAt: 1,
        paused: false,
        have: undefined,
        files: [],
      }
      const failing = () =>
        store.transaction(() => {
          store.torrents.remove(hash(0))
          store.torrents.add({ infoHash: hash(9), ...added })
          store.selections.set(hash(9), new Uint8Array([1]))
          throw new Error('half way')
        })
      expect(failing).toThrow('half way')
      expect(store.torrents.list().torrents.map(({ infoHash }) => infoHash)).toEqual([hash(0)])
      expect(() => store.selections.set(hash(9), undefined)).toThrow(expect.objectContaining({ code: 'NOT_THERE' }))
      store.torrents.setPaused(hash(0), true)
      expect(store.torrents.get(hash(0))?.paused).toBe(true)
      store.close()
    }))
})

describe('a damaged session.db', () => {
  test.each([
    ['one page in the middle of the tables', 0.4, 4_096],
    ['three pages', 0.6, 3 * 4_096],
    ['the last quarter of the file', 0.75, Number.POSITIVE_INFINITY],
  ])('%s: moved aside, what is readable saved, and said', (_name, from, length) =>
    onHost(async (host) => {
      const store = await openSessionStore(host, PROFILE)
      fill(store)
      store.close()
      const bytes = host.files.get(PATH) as Uint8Array
      const start = Math.floor((bytes.length * from) / 4_096) * 4_096
      bytes.fill(0xa5, start, Math.min(bytes.length, start + length))
      host.files.put(PATH, bytes)

      const again = await openSessionStore(host, PROFILE)
      expect(again.damage).toMatchObject({ movedTo: `${PATH}.damaged-1`, cause: expect.any(String) })
      expect(again.damage?.incomplete.length).toBeGreaterThan(0)
      expect(again.endedCleanly).toBe(false)
      expect(host.files.get(`${PATH}.damaged-1`)).toEqual(bytes)
      const saved = again.damage?.saved.torrent ?? 0
      expect(saved).toBeGreaterThan(0)
      const { torrents, unreadable } = again.torrents.list()
      expect(torrents.length + unreadable.length).toBe(saved)
      for (const { infoHash } of torrents) expect(again.resume.load(infoHash).have).toHaveLength(1)
      again.close()
      const third = await openSessionStore(host, PROFILE)
      expect(third.damage).toBeUndefined()
      expect(third.torrents.list().torrents).toHaveLength(torrents.length)
      third.close()
    }),
  )

  test(
    'any single page of the tables: only rows of that page are lost',
    () =>
      onHost(async (host) => {
        const store = await openSessionStore(host, PROFILE)
        fill(store, 60)
        store.close()
        const sound = host.files.get(PATH) as Uint8Array
        for (let page = 1; page < sound.length / 4_096; page++) {
          const bytes = sound.slice()
          bytes.fill(0x5a, page * 4_096, (page + 1) * 4_096)
          host.files.put(PATH, bytes)
          const again = await openSessionStore(host, PROFILE)
          const { saved } = again.damage ?? { saved: { torrent: 60, setting: 60, torrent_metainfo: 60 } }
          const kept = [saved.torrent, saved.setting, saved.torrent_metainfo].reduce((a = 0, b = 0) => a + b, 0)
          again.close()
          // a root page takes its own table with it, and nothing of the others
          expect(kept, `page ${page}`).toBeGreaterThanOrEqual(120)
        }
      }),
    60_000,
  )

  test.each([
    ['no database at all', new Uint8Array(10_000).fill(7)],
    ['a header and nothing else', new TextEncoder().encode('SQLite format 3\0and then nothing that fits')],
  ])('%s: moved aside, an empty one made, and said', (_name, bytes) =>
    onHost(async (host) => {
      host.files.put(PATH, bytes)
      const store = await openSessionStore(host, PROFILE)
      expect(store.damage).toMatchObject({ movedTo: `${PATH}.damaged-1` })
      expect(store.damage?.incomplete.length).toBeGreaterThan(0)
      expect(store.torrents.list().torrents).toEqual([])
      expect(host.files.get(`${PATH}.damaged-1`)).toEqual(bytes)
      store.close()
      host.files.put(PATH, bytes)
      const again = await openSessionStore(host, PROFILE)
      expect(again.damage?.movedTo).toBe(`${PATH}.damaged-2`)
      again.close()
    }),
  )

  test(
    'a failure at any step of the replacing loses nothing',
    () =>
      onHost(async (host) => {
        const store = await openSessionStore(host, PROFILE)
        fill(store, 60)
        store.close()
        const sound = host.files.get(PATH) as Uint8Array
        const damaged = sound.slice().fill(0x5a, 8_192, 12_288)
        for (const on of ['rename', 'remove', 'stat'] as const)
          for (let nth = 1; nth <= 6; nth++) {
            for (const path of host.files.tree(PROFILE)) await host.files.remove(path)
            host.files.put(PATH, damaged)
            const stop = host.files.inject({ on, nth, times: 1, code: 'EIO' })
            const first = await openSessionStore(host, PROFILE).catch(() => undefined)
            stop()
            const second = first ?? (await openSessionStore(host, PROFILE))
            expect(second.torrents.list().torrents.length, `${on} ${nth}`).toBeGreaterThan(20)
            second.close()
            expect(host.files.tree(PROFILE)).toEqual([PATH, `${PATH}.damaged-1`])
          }
      }),
    60_000,
  )
})
