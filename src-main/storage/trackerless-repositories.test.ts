import { describe, expect, test } from 'vitest'
import { MINUTE } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { Simulation } from '../simulation/simulation.ts'
import { BanRepository, MAX_KEPT_BANS } from './ban-repository.ts'
import { KademliaStateRepository, MAX_KEPT_STATES } from './kademlia-state-repository.ts'
import { MagnetPeerRepository } from './magnet-peer-repository.ts'
import { type MagnetRecord, MagnetRepository } from './magnet-repository.ts'
import { migrate } from './migrate.ts'
import { sessionMigrations } from './migrations/index.ts'
import { MAX_KEPT_PEERS } from './peer-repository.ts'
import { type PublicationRecord, PublicationRepository } from './publication-repository.ts'
import { SelectionRepository } from './selection-repository.ts'
import { type SubscriptionRecord, SubscriptionRepository } from './subscription-repository.ts'
import { TorrentKeys } from './torrent-keys.ts'
import { TorrentRepository } from './torrent-repository.ts'

async function onDatabase(body: (db: Database) => void): Promise<void> {
  const sim = new Simulation({ seed: 1 })
  const host = sim.host()
  await sim.within(MINUTE, host.files.makeDirectory('/p'))
  const db = host.databases.open('/p/session.db', { synchronous: 'NORMAL' })
  migrate(db, sessionMigrations, 'session.db')
  body(db)
  db.close()
  await sim.stop()
}

const hash = (n: number) => new Uint8Array(20).fill(n)
const key = (n: number) => new Uint8Array(32).fill(n)

const magnet = (n: number, changes: Partial<MagnetRecord> = {}): MagnetRecord => ({
  ...{ infoHash: hash(n), uri: `magnet:${n}`, directory: '/d', addedAt: n, paused: false, useExisting: false },
  ...{ wanted: undefined, info: undefined, error: undefined },
  ...changes,
})

describe('magnets', () => {
  test('come back as they went in and as they were changed', () =>
    onDatabase((db) => {
      const magnets = new MagnetRepository(db)
      const full = magnet(1, {
        paused: true,
        wanted: new Uint8Array([128]),
        info: hash(3),
        error: { code: 'A', message: 'b' },
      })
      magnets.add(magnet(2))
      magnets.add(full)
      expect(() => magnets.add(magnet(2))).toThrow(expect.objectContaining({ code: 'ALREADY_THERE' }))
      expect(magnets.list()).toEqual({ magnets: [magnet(2), full], unreadable: [] })
      const changed = { ...full, infoHash: hash(2), addedAt: 2, uri: 'magnet:new', directory: '/e', useExisting: true }
      magnets.update(hash(2), changed)
      magnets.update(hash(9), changed)
      magnets.remove(hash(1))
      expect(magnets.list()).toEqual({ magnets: [changed], unreadable: [] })
    }))

  test.each([
    ['uri', 'NULL', false],
    ['uri', "x'00'", true],
    ['info_hash', "x'0102'", true],
    ['wanted', "'text'", true],
    ['info', '7', true],
    ['paused', '2', true],
    ['added_at', "'soon'", true],
  ])('a row whose %s is %s is reported, the others are read', (column, value, allowed) =>
    onDatabase((db) => {
      const magnets = new MagnetRepository(db)
      magnets.add(magnet(1))
      magnets.add(magnet(2))
      const damage = () => db.exec(`UPDATE magnet SET ${column} = ${value} WHERE id = 1`)
      if (!allowed) {
        expect(damage).toThrow()
        return
      }
      damage()
      const { magnets: list, unreadable } = magnets.list()
      expect(list).toEqual([magnet(2)])
      expect(unreadable).toEqual([{ infoHash: expect.any(String), reason: expect.stringContaining(column) }])
    }),
  )
})

describe('peers of magnets', () => {
  const peers = (count: number, origin = 'kademlia') =>
    Array.from({ length: count }, (_, n) => ({ endpoint: { host: `192.0.2.${n}`, port: 1_000 + n }, origin }))

  test('best first, bounded, replaced as a whole; they go with their magnet', () =>
    onDatabase((db) => {
      const magnets = new MagnetRepository(db)
      const kept = new MagnetPeerRepository(db)
      for (const n of [1, 2]) magnets.add(magnet(n))
      kept.save(hash(1), peers(MAX_KEPT_PEERS + 5))
      kept.save(hash(2), peers(3, 'tracker'))
      expect(kept.list(hash(1))).toEqual(peers(MAX_KEPT_PEERS))
      kept.save(hash(1), peers(2))
      expect(kept.list(hash(1))).toEqual(peers(2))
      magnets.remove(hash(1))
      magnets.add(magnet(1))
      expect(kept.list(hash(1))).toEqual([])
      expect(kept.list(hash(2))).toEqual(peers(3, 'tracker'))
    }))

  test('of a magnet that is gone are not kept; what cannot be read is left out', () =>
    onDatabase((db) => {
      const kept = new MagnetPeerRepository(db)
      kept.save(hash(1), peers(2))
      expect(kept.list(hash(1))).toEqual([])
      new MagnetRepository(db).add(magnet(1))
      expect(kept.list(hash(1))).toEqual([])
      const write = db.prepare('UPDATE magnet SET peers = ?')
      for (const text of [
        '',
        '{}',
        '7',
        'null',
        '[[]',
        '[1,null,[],{}]',
        '[["a",0,"pex"],["a",70000,"pex"],[1,1,"pex"]]',
      ]) {
        write.run(text)
        expect(kept.list(hash(1)), text).toEqual([])
      }
      write.run(new Uint8Array([1]))
      expect(kept.list(hash(1))).toEqual([])
      write.run('[["192.0.2.0",1000,"kademlia"],7,["192.0.2.1",1.5,"pex"]]')
      expect(kept.list(hash(1))).toEqual(peers(1))
    }))
})

describe('a choice of files', () => {
  test('belongs to its torrent and goes with it', () =>
    onDatabase((db) => {
      const keys = new TorrentKeys(db)
      const torrents = new TorrentRepository(db, keys)
      const selections = new SelectionRepository(db, keys)
      const kept = { directory: '/d', addedAt: 1, paused: false, have: undefined, files: [] }
      torrents.add({ infoHash: hash(1), metainfo: new Uint8Array([1]), ...kept })
      expect(selections.get(hash(1))).toBeUndefined()
      selections.set(hash(1), new Uint8Array([1, 2]))
      selections.set(hash(1), new Uint8Array([3]))
      expect(selections.get(hash(1))).toEqual(new Uint8Array([3]))
      selections.set(hash(1), undefined)
      expect(selections.get(hash(1))).toBeUndefined()
      selections.set(hash(1), new Uint8Array([4]))
      torrents.remove(hash(1))
      expect(db.prepare('SELECT count(*) AS n FROM torrent_selection').get()).toEqual({ n: 0 })
      expect(selections.get(hash(1))).toBeUndefined()
      expect(() => selections.set(hash(1), new Uint8Array())).toThrow(expect.objectContaining({ code: 'NOT_THERE' }))
    }))

  test('a torrent may be known by its info-hash alone, and get another form of its .torrent', () =>
    onDatabase((db) => {
      const torrents = new TorrentRepository(db, new TorrentKeys(db))
      const kept = { directory: '/d', paused: false, have: undefined, files: [] }
      for (const n of [2, 1]) torrents.add({ infoHash: hash(n), metainfo: new Uint8Array([n]), addedAt: n, ...kept })
      torrents.setMetainfo(hash(1), new Uint8Array([8, 9]))
      expect(torrents.get(hash(1))?.metainfo).toEqual(new Uint8Array([8, 9]))
      db.exec("UPDATE torrent SET added_at = 'x' WHERE id = 2; UPDATE torrent SET info_hash = 7 WHERE id = 1")
      expect(torrents.summaries()).toEqual({ torrents: [{ infoHash: hash(1), addedAt: 0 }], unreadable: 1 })
    }))
})

describe('bans', () => {
  test('each once, in order, bounded', () =>
    onDatabase((db) => {
      const bans = new BanRepository(db)
      bans.add('192.0.2.1', 1)
      bans.add('2001:db8::1', 2)
      bans.add('192.0.2.1', 3)
      expect(bans.list()).toEqual([
        { host: '192.0.2.1', bannedAt: 1 },
        { host: '2001:db8::1', bannedAt: 2 },
      ])
      bans.remove('192.0.2.1')
      bans.remove('nobody')
      expect(bans.list()).toHaveLength(1)
      db.transaction(() => {
        for (let n = 0; n < MAX_KEPT_BANS + 5; n++) bans.add(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, n)
      })
      const list = bans.list()
      expect([list.length, list[0]?.bannedAt, list.at(-1)?.bannedAt]).toEqual([MAX_KEPT_BANS, 5, MAX_KEPT_BANS + 4])
      db.exec('UPDATE ban SET banned_at = -1 WHERE id % 2 = 0')
      expect(bans.list().length).toBeLessThanOrEqual(MAX_KEPT_BANS / 2 + 1)
    }))
})

describe('states of our DHT nodes', () => {
  test('one for each node, latest first; those not used for longest go', () =>
    onDatabase((db) => {
      const states = new KademliaStateRepository(db)
      for (let n = 0; n < MAX_KEPT_STATES; n++) states.put(`node ${n}`, new Uint8Array([n]), 100 + n)
      states.put('node 0', new Uint8Array([7, 7]), 500)
      states.put('late', new Uint8Array([1]), 400)
      expect(states.all()).toHaveLength(MAX_KEPT_STATES)
      expect(states.all().slice(0, 2)).toEqual([
        { node: 'node 0', bytes: new Uint8Array([7, 7]), savedAt: 500 },
        { node: 'late', bytes: new Uint8Array([1]), savedAt: 400 },
      ])
      expect(states.get('node 1')).toBeUndefined()
      states.put('old', new Uint8Array([2]), 1)
      expect(states.get('old')?.bytes).toEqual(new Uint8Array([2]))
      states.remove('late')
      expect(states.get('late')).toBeUndefined()
      db.exec("UPDATE kademlia_state SET bytes = 'text' WHERE node = 'node 0'")
      expect(states.get('node 0')).toBeUndefined()
      expect(states.all().map(({ node }) => node)).not.toContain('node 0')
    }))
})

describe('links whose torrent changes', () => {
  const ours = (n: number, changes: Partial<PublicationRecord> = {}): PublicationRecord => ({
    ...{ publicKey: key(n), salt: new Uint8Array([n]), seed: key(90 + n), name: `link ${n}`, infoHash: hash(n) },
    ...{ torrentName: `torrent ${n}`, seq: 2n ** 63n - 1n, stored: 0, publishedAt: undefined },
    ...changes,
  })
  const theirs = (n: number, changes: Partial<SubscriptionRecord> = {}): SubscriptionRecord => ({
    ...{ publicKey: key(n), salt: new Uint8Array(), uri: `magnet:${n}`, directory: '/d', paused: false },
    ...{ latest: undefined, checkedAt: undefined },
    ...changes,
  })

  test('of ours: as they were put, the key never changes', () =>
    onDatabase((db) => {
      const publications = new PublicationRepository(db)
      publications.put(ours(2))
      publications.put(ours(1))
      const changed = ours(2, {
        infoHash: hash(7),
        seq: 5n,
        stored: 8,
        publishedAt: 9,
        name: 'other',
        torrentName: 'x',
      })
      publications.put({ ...changed, seed: key(0) })
      expect(publications.list()).toEqual({ publications: [changed, ours(1)], unreadable: 0 })
      db.exec("UPDATE publication SET seed = x'01' WHERE id = 1")
      expect(publications.list()).toEqual({ publications: [ours(1)], unreadable: 1 })
      for (const seq of ['-1', '9223372036854775808', '1e3', '']) {
        db.exec(`UPDATE publication SET seq = '${seq}' WHERE id = 2`)
        expect(publications.list()).toEqual({ publications: [], unreadable: 2 })
      }
      publications.remove(ours(1))
      expect(publications.list().unreadable).toBe(1)
    }))

  test('of others: with and without a version', () =>
    onDatabase((db) => {
      const subscriptions = new SubscriptionRepository(db)
      subscriptions.put(theirs(2))
      subscriptions.put(theirs(1))
      const latest = { infoHash: hash(7), seq: 3n, value: new Uint8Array([1]), signature: new Uint8Array(64).fill(2) }
      const changed = theirs(2, { latest, checkedAt: 4, paused: true, directory: '/e', uri: 'magnet:x' })
      subscriptions.put(changed)
      expect(subscriptions.list()).toEqual({ subscriptions: [changed, theirs(1)], unreadable: 0 })
      db.exec("UPDATE subscription SET signature = x'01' WHERE id = 1")
      expect(subscriptions.list()).toEqual({ subscriptions: [theirs(1)], unreadable: 1 })
      subscriptions.remove(theirs(1))
      expect(subscriptions.list()).toEqual({ subscriptions: [], unreadable: 1 })
    }))
})
