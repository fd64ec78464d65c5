import { describe, expect, test } from 'vitest'
import { MINUTE } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { Simulation } from '../simulation/simulation.ts'
import { migrate } from './migrate.ts'
import { sessionMigrations } from './migrations/index.ts'
import { MAX_KEPT_PEERS, PeerRepository } from './peer-repository.ts'
import { ResumeRepository } from './resume-repository.ts'
import { SettingsRepository } from './settings-repository.ts'
import { TorrentKeys } from './torrent-keys.ts'
import { type NewTorrent, TorrentRepository } from './torrent-repository.ts'

async function onSession(
  body: (parts: {
    db: Database
    settings: SettingsRepository
    torrents: TorrentRepository
    resume: ResumeRepository
    peers: PeerRepository
  }) => void,
): Promise<void> {
  const sim = new Simulation({ seed: 1 })
  const host = sim.host()
  await sim.within(MINUTE, host.files.makeDirectory('/p'))
  const db = host.databases.open('/p/session.db', { synchronous: 'NORMAL' })
  migrate(db, sessionMigrations, 'session.db')
  const keys = new TorrentKeys(db)
  body({
    db,
    settings: new SettingsRepository(db),
    torrents: new TorrentRepository(db, keys),
    resume: new ResumeRepository(db, keys),
    peers: new PeerRepository(db, keys),
  })
  db.close()
  await sim.stop()
}

const hash = (n: number) => new Uint8Array(20).fill(n)

function torrent(n: number, changes: Partial<NewTorrent> = {}): NewTorrent {
  return {
    infoHash: hash(n),
    metainfo: new Uint8Array([n, n]),
    directory: `/downloads/${n}`,
    addedAt: 1_000 + n,
    paused: false,
    have: new Uint8Array([0b1010_0000]),
    files: [],
    ...changes,
  }
}

describe('settings', () => {
  test('any JSON value by key; an unreadable one is as if it were not there', () =>
    onSession(({ db, settings }) => {
      settings.set('a', { list: [1, 'two', null], flag: true })
      settings.set('a', { list: [2] })
      settings.set('b', 0)
      settings.set('gone', 1)
      settings.remove('gone')
      db.prepare('INSERT INTO setting (key, value) VALUES (?, ?)').run('broken', '{"x":')
      expect(settings.get('a')).toEqual({ list: [2] })
      expect(settings.get('b')).toBe(0)
      expect(settings.get('nothing')).toBeUndefined()
      expect([...settings.all()]).toEqual([
        ['a', { list: [2] }],
        ['b', 0],
      ])
    }))
})

describe('torrents', () => {
  test('come back as they went in, in the order they were added', () =>
    onSession(({ torrents }) => {
      torrents.add(torrent(2))
      torrents.add(torrent(1, { paused: true, completedAt: 5_000 }))
      torrents.setPaused(hash(2), true)
      torrents.setTotals(hash(2), { uploaded: 2 ** 45, downloaded: 7 })
      torrents.setError(hash(2), { code: 'IO', message: 'The drive hums.' })
      torrents.setCompleted(hash(1), undefined)
      const { metainfo, directory, addedAt } = torrent(2)
      const { torrents: list, unreadable } = torrents.list()
      expect(unreadable).toEqual([])
      expect(list.map(({ infoHash }) => infoHash)).toEqual([hash(2), hash(1)])
      expect(list[0]).toEqual({
        infoHash: hash(2),
        metainfo,
        directory,
        addedAt,
        completedAt: undefined,
        paused: true,
        uploaded: 2 ** 45,
        downloaded: 7,
        error: { code: 'IO', message: 'The drive hums.' },
      })
      torrents.setError(hash(2), undefined)
      expect(torrents.get(hash(2))?.error).toBeUndefined()
      expect(torrents.get(hash(1))).toMatchObject({ paused: true, completedAt: undefined })
    }))

  test('the same torrent twice is refused; a removed one leaves nothing and may come again', () =>
    onSession(({ db, torrents, resume, peers }) => {
      torrents.add(torrent(1, { files: [{ index: 0, made: false, seen: { size: 1, modifiedMs: 2 } }] }))
      expect(() => torrents.add(torrent(1))).toThrow(expect.objectContaining({ code: 'ALREADY_THERE' }))
      resume.claim(hash(1), [1], [1], 3)
      peers.save(hash(1), [{ host: '10.0.0.1', port: 1 }], 1)
      torrents.remove(hash(1))
      torrents.remove(hash(1))
      for (const table of ['torrent', 'torrent_metainfo', 'torrent_file', 'piece_writing', 'peer'])
        expect(db.prepare(`SELECT count(*) AS n FROM ${table}`).get(), table).toEqual({ n: 0 })
      expect(torrents.get(hash(1))).toBeUndefined()
      expect(() => torrents.setPaused(hash(1), true)).toThrow(expect.objectContaining({ code: 'NOT_THERE' }))
      torrents.add(torrent(1))
      expect(resume.load(hash(1))).toMatchObject({ writing: [], files: [] })
    }))

  test.each([
    ['directory', "CAST(x'00ff' AS BLOB)", 'directory'],
    ['info_hash', "x'0102'", 'info_hash'],
    ['uploaded', '-1', 'uploaded'],
    ['paused', '7', 'paused'],
    ['added_at', "'soon'", 'added_at'],
  ])('a row with a damaged %s is reported, the others are read', (column, value, named) =>
    onSession(({ db, torrents }) => {
      torrents.add(torrent(1))
      torrents.add(torrent(2))
      db.exec(`UPDATE torrent SET ${column} = ${value} WHERE id = 1`)
      const { torrents: list, unreadable } = torrents.list()
      expect(list.map(({ infoHash }) => infoHash)).toEqual([hash(2)])
      expect(unreadable).toEqual([{ infoHash: expect.any(String), reason: expect.stringContaining(named) }])
    }),
  )

  test('a row whose .torrent is gone is reported with its info-hash', () =>
    onSession(({ db, torrents }) => {
      torrents.add(torrent(3))
      db.exec('DELETE FROM torrent_metainfo')
      expect(torrents.list()).toEqual({
        torrents: [],
        unreadable: [{ infoHash: '03'.repeat(20), reason: 'metainfo is not bytes' }],
      })
    }))
})

describe('what is recorded of the data', () => {
  test('claims, records and files', () =>
    onSession(({ torrents, resume }) => {
      torrents.add(torrent(1, { files: [{ index: 5, made: false, seen: undefined }] }))
      resume.claim(hash(1), [1, 3], [0], 100)
      resume.claim(hash(1), [3], [0], 250)
      expect(resume.load(hash(1))).toEqual({
        have: new Uint8Array([0b1010_0000]),
        writing: [
          { piece: 1, claimedAt: 100 },
          { piece: 3, claimedAt: 250 },
        ],
        files: [
          { index: 0, made: true, seen: undefined },
          { index: 5, made: false, seen: undefined },
        ],
      })
      const seen = { size: 2 ** 40, modifiedMs: 1_700_000_000_123.25 }
      resume.record(hash(1), new Uint8Array([0b1110_0000]), [1], [[0, seen]])
      expect(resume.load(hash(1))).toMatchObject({
        have: new Uint8Array([0b1110_0000]),
        writing: [{ piece: 3, claimedAt: 250 }],
        files: [{ index: 0, made: true, seen }, { index: 5 }],
      })
      resume.clearWriting(hash(1))
      resume.forgetFiles(hash(1), [5])
      expect(resume.load(hash(1))).toMatchObject({ writing: [], files: [{ index: 0 }] })
    }))

  test('an unknown bitfield stays unknown', () =>
    onSession(({ torrents, resume }) => {
      torrents.add(torrent(1, { have: undefined }))
      expect(resume.load(hash(1)).have).toBeUndefined()
      resume.record(hash(1), new Uint8Array([1]), [], [])
      resume.record(hash(1), undefined, [], [])
      expect(resume.load(hash(1)).have).toBeUndefined()
    }))

  test.each(["x'ff'", "x'a0a0'", 'NULL', '17', "'text'"])('a bitfield damaged to %s is not believed', (value) =>
    onSession(({ db, torrents, resume }) => {
      torrents.add(torrent(1))
      torrents.add(torrent(2))
      db.exec(`UPDATE torrent SET have = ${value} WHERE id = 1`)
      expect(resume.load(hash(1)).have).toBeUndefined()
      expect(resume.load(hash(2)).have).toEqual(new Uint8Array([0b1010_0000]))
    }),
  )

  test('a damaged file record or claim counts as not there', () =>
    onSession(({ db, torrents, resume }) => {
      torrents.add(torrent(1))
      resume.claim(hash(1), [1, 2], [0, 1], 100)
      db.exec(
        "UPDATE torrent_file SET made = 9 WHERE file = 0; UPDATE piece_writing SET claimed_at = 'x' WHERE piece = 1",
      )
      const { writing, files } = resume.load(hash(1))
      expect(writing.map(({ piece }) => piece)).toEqual([2])
      expect(files.map(({ index }) => index)).toEqual([1])
    }))
})

describe('peers', () => {
  test('the best hundred of each torrent', () =>
    onSession(({ db, torrents, peers }) => {
      torrents.add(torrent(1))
      const many = Array.from({ length: 150 }, (_, n) => ({ host: `10.0.0.${n}`, port: 6_881 }))
      peers.save(hash(1), [{ host: '::1', port: 9 }], 1)
      peers.save(hash(1), many, 2)
      expect(peers.list(hash(1))).toEqual(many.slice(0, MAX_KEPT_PEERS))
      expect(peers.list(hash(2))).toEqual([])
      db.exec("UPDATE peer SET port = 0 WHERE host = '10.0.0.0'; UPDATE peer SET host = x'01' WHERE host = '10.0.0.1'")
      expect(peers.list(hash(1))).toEqual(many.slice(2, MAX_KEPT_PEERS))
    }))
})
