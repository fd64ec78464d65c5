import { describe, expect, test } from 'vitest'
import { MAX_PEERS, MAX_PEERS_OF_ADDRESS, MAX_PEERS_OF_NETWORK, PEER_LIFE } from '../items/swarms.ts'
import { SeededRandom } from '../simulation/random.ts'
import { compareDistance, NodeId } from './node-id.ts'
import { MAX_INFO_HASHES, MAX_SAMPLES, PeerStore, SAMPLE_LIFE } from './peer-store.ts'

const random = SeededRandom.of(31)
const self = NodeId.random(random)
const torrent = NodeId.random(random)
const all = { limit: 1_000 }
/** The `n`th peer, on a /24 of its own. */
const peer = (n: number) => ({ host: `${1 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}.1`, port: 6881 })
const create = () => new PeerStore(self, random)

describe('announced peers', () => {
  test('are found, once each, under their torrent', () => {
    const store = create()
    for (const n of [1, 2, 1]) expect(store.announce(torrent, peer(n), false, 0)).toBe(true)
    expect(store.peers(torrent, all, 1)).toEqual([peer(2), peer(1)])
    expect(store.peers(NodeId.random(random), all, 1)).toEqual([])
  })

  test('are given by family, without seeds where asked, and evenly up to the limit', () => {
    const store = create()
    const sixth = { host: '2001:db8::1', port: 1 }
    store.announce(torrent, sixth, true, 0)
    for (let n = 0; n < 40; n++) store.announce(torrent, peer(n), n % 2 === 0, 0)
    expect(store.peers(torrent, { limit: 50, family: 6 }, 0)).toEqual([sixth])
    expect(store.peers(torrent, { limit: 50, family: 6, noSeeds: true }, 0)).toEqual([])
    expect(store.peers(torrent, { limit: 50, noSeeds: true }, 0)).toHaveLength(20)
    const seen = new Set<string>()
    for (let i = 0; i < 60; i++) {
      const some = store.peers(torrent, { limit: 10, family: 4 }, 0)
      expect(new Set(some).size).toBe(10)
      for (const { host } of some) seen.add(host)
    }
    expect(seen.size).toBe(40)
  })

  test('are forgotten 45 minutes after the last announce', () => {
    const store = create()
    store.announce(torrent, peer(1), false, 0)
    store.announce(torrent, peer(2), false, 0)
    store.announce(torrent, peer(1), false, 10)
    expect(store.peers(torrent, all, PEER_LIFE)).toEqual([peer(1)])
    store.expire(PEER_LIFE)
    expect(store.size).toBe(1)
    store.expire(PEER_LIFE + 10)
    expect(store.size).toBe(0)
    expect(store.scrape(torrent, PEER_LIFE + 10)).toBeUndefined()
  })

  test('are counted by filters, seeds apart', () => {
    const store = create()
    for (let n = 0; n < 30; n++) store.announce(torrent, peer(n), n < 10, 0)
    const { seeds, peers } = store.scrape(torrent, 0) as NonNullable<ReturnType<typeof store.scrape>>
    expect(Math.round(seeds.estimate())).toBe(10)
    expect(Math.round(peers.estimate())).toBe(20)
  })
})

describe('limits', () => {
  test('of a torrent: the one announced longest ago goes', () => {
    const store = create()
    for (let n = 0; n <= MAX_PEERS; n++) store.announce(torrent, peer(n), false, n)
    const found = store.peers(torrent, all, MAX_PEERS).map(({ host }) => host)
    expect(found).toHaveLength(MAX_PEERS)
    expect(found).not.toContain(peer(0).host)
    expect(found).toContain(peer(MAX_PEERS).host)
  })

  test('of one address in a torrent, and of one network in all', () => {
    const store = create()
    const at = (port: number) => store.announce(torrent, { host: '9.9.9.9', port }, false, 0)
    for (let port = 1; port <= MAX_PEERS_OF_ADDRESS; port++) expect(at(port)).toBe(true)
    expect([at(1), at(500)]).toEqual([true, false])
    let stored = MAX_PEERS_OF_ADDRESS
    while (store.announce(NodeId.random(random), { host: `9.9.9.${stored % 200}`, port: 1 }, false, 0)) stored++
    expect(stored).toBe(MAX_PEERS_OF_NETWORK)
    expect(store.announce(torrent, peer(1), false, 0)).toBe(true)
    store.expire(PEER_LIFE)
    expect(at(500)).toBe(true)
  })

  test('of torrents: the one farthest from us goes, and gives back what its peers have taken', () => {
    const store = create()
    const ids = Array.from({ length: MAX_INFO_HASHES + 300 }, () => NodeId.random(random))
    ids.forEach((id, n) => {
      store.announce(id, peer(n), false, 0)
    })
    expect(store.size).toBe(MAX_INFO_HASHES)
    const sorted = [...ids].sort((a, b) => compareDistance(a, b, self))
    const kept = (id: NodeId | undefined) => store.peers(id as NodeId, all, 0).length
    expect([kept(sorted[0]), kept(sorted[MAX_INFO_HASHES - 1]), kept(sorted[MAX_INFO_HASHES])]).toEqual([1, 1, 0])
    expect(store.announce(sorted[MAX_INFO_HASHES + 1] as NodeId, peer(1), false, 0)).toBe(false)
    expect(store.announce(self, peer(1), false, 0)).toBe(true)
    expect(store.size).toBe(MAX_INFO_HASHES)
  })
})

describe('samples of info-hashes', () => {
  test('stay the same for 5 minutes, hold up to 20, and say how many there are', () => {
    const store = create()
    expect(store.sample(0)).toEqual({ samples: [], total: 0, freshIn: SAMPLE_LIFE })
    const ids = Array.from({ length: 60 }, () => NodeId.random(random))
    ids.forEach((id, n) => {
      store.announce(id, peer(n), false, 0)
    })
    const first = store.sample(SAMPLE_LIFE)
    expect(first.samples).toHaveLength(MAX_SAMPLES)
    expect(new Set(first.samples.map(({ key }) => key)).size).toBe(MAX_SAMPLES)
    expect(store.sample(2 * SAMPLE_LIFE - 1)).toEqual({ ...first, freshIn: 1 })
    const second = store.sample(2 * SAMPLE_LIFE)
    expect(second.total).toBe(60)
    expect(second.samples).not.toEqual(first.samples)
  })
})
