import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MINUTE } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'
import { type RegistryAnnounce, type RegistryLimits, SwarmRegistry } from './swarm-registry.ts'

const LIFETIME = 30 * MINUTE
const random: Random = { bytes: (length) => new Uint8Array(length), below: () => 0 }
const wide: RegistryLimits = { swarms: 100, peersPerSwarm: 100, peersPerAddress: 100 }
const hash = (n: number) => new Uint8Array(20).fill(n)
const from = (host: string, fields: Partial<RegistryAnnounce> = {}): RegistryAnnounce => ({
  ...{ infoHash: hash(1), peerId: hash(9), endpoint: { host, port: 6881 }, left: 1, event: 'none', numwant: 50 },
  ...fields,
})
const registry = (limits: Partial<RegistryLimits> = {}) => new SwarmRegistry(LIFETIME, random, { ...wide, ...limits })
const hosts = (answer: { peers: readonly { endpoint: { host: string } }[] }) => answer.peers.map((p) => p.endpoint.host)

describe('a swarm', () => {
  test('gives each peer the others, never itself', () => {
    const swarms = registry()
    expect(swarms.announce(from('10.0.0.1'), 0)).toEqual({ seeds: 0, leechers: 1, completed: 0, peers: [] })
    expect(hosts(swarms.announce(from('10.0.0.2'), 0))).toEqual(['10.0.0.1'])
    expect(hosts(swarms.announce(from('10.0.0.1'), 1))).toEqual(['10.0.0.2'])
    expect(hosts(swarms.announce(from('10.0.0.1', { infoHash: hash(2) }), 1))).toEqual([])
    expect(swarms.announce(from('10.0.0.2', { endpoint: { host: '10.0.0.2', port: 1 } }), 1).leechers).toBe(3)
  })

  test('gives seeds only leechers, and leechers everyone', () => {
    const swarms = registry()
    swarms.announce(from('10.0.0.1', { left: 0 }), 0)
    expect(hosts(swarms.announce(from('10.0.0.2', { left: 0 }), 0))).toEqual([])
    expect(hosts(swarms.announce(from('10.0.0.3'), 0)).sort()).toEqual(['10.0.0.1', '10.0.0.2'])
    expect(hosts(swarms.announce(from('10.0.0.1', { left: 0 }), 0))).toEqual(['10.0.0.3'])
  })

  test('gives no more than wanted, each once, of the family asked for', () => {
    const swarms = registry()
    for (let i = 1; i <= 9; i++) swarms.announce(from(`10.0.0.${i}`), 0)
    swarms.announce(from('2001:db8::1'), 0)
    const some = hosts(swarms.announce(from('10.0.0.1', { numwant: 3 }), 0))
    expect(new Set(some).size).toBe(3)
    expect(hosts(swarms.announce(from('10.0.0.1', { numwant: 0 }), 0))).toEqual([])
    expect(hosts(swarms.announce(from('10.0.0.1', { family: 6 }), 0))).toEqual(['2001:db8::1'])
    expect(hosts(swarms.announce(from('10.0.0.1', { family: 4 }), 0))).toHaveLength(8)
    expect(hosts(swarms.announce(from('10.0.0.1'), 0))).toHaveLength(9)
  })

  test('gives loopback addresses only to askers on the machine', () => {
    const swarms = registry()
    swarms.announce(from('127.0.0.1'), 0)
    expect(hosts(swarms.announce(from('10.0.0.1'), 0))).toEqual([])
    expect(hosts(swarms.announce(from('127.0.0.1', { endpoint: { host: '127.0.0.1', port: 1 } }), 0))).toHaveLength(2)
  })

  test('counts completed downloads once for each peer', () => {
    const swarms = registry()
    swarms.announce(from('10.0.0.1'), 0)
    const done = from('10.0.0.1', { left: 0, event: 'completed' })
    expect(swarms.announce(done, 1)).toMatchObject({ seeds: 1, leechers: 0, completed: 1 })
    expect(swarms.announce(done, 2)).toMatchObject({ completed: 1 })
    expect(swarms.scrape(hash(1), 2)).toEqual({ seeds: 1, leechers: 0, completed: 1 })
    expect(swarms.scrape(hash(2), 2)).toEqual({ seeds: 0, leechers: 0, completed: 0 })
  })

  test('loses a peer that stops, and goes with the last one', () => {
    const swarms = registry()
    swarms.announce(from('10.0.0.1'), 0)
    swarms.announce(from('10.0.0.2', { left: 0 }), 0)
    expect(swarms.announce(from('10.0.0.2', { left: 0, event: 'stopped', peerId: hash(8) }), 1).seeds).toBe(1)
    expect(swarms.announce(from('10.0.0.2', { left: 0, event: 'stopped' }), 1)).toMatchObject({ seeds: 0, leechers: 1 })
    expect(swarms.announce(from('10.0.0.3', { event: 'stopped' }), 1)).toMatchObject({ leechers: 1, peers: [] })
    swarms.announce(from('10.0.0.1', { event: 'stopped' }), 1)
    expect(swarms.rows()).toEqual([])
  })

  test('forgets silent peers after their lifetime', () => {
    const swarms = registry()
    swarms.announce(from('10.0.0.1', { left: 0 }), 0)
    swarms.announce(from('10.0.0.2'), 1)
    expect(swarms.scrape(hash(1), LIFETIME - 1)).toMatchObject({ seeds: 1, leechers: 1 })
    expect(swarms.scrape(hash(1), LIFETIME)).toMatchObject({ seeds: 0, leechers: 1 })
    expect(hosts(swarms.announce(from('10.0.0.3'), LIFETIME + 1))).toEqual([])
    expect(swarms.rows()).toEqual([{ infoHash: '01'.repeat(20), seeds: 0, leechers: 1, completed: 0 }])
    swarms.expire(2 * LIFETIME + 1)
    expect(swarms.rows()).toEqual([])
  })
})

describe('limits', () => {
  test('of peers in a swarm: the one silent for longest goes', () => {
    const swarms = registry({ peersPerSwarm: 3 })
    for (let i = 1; i <= 3; i++) swarms.announce(from(`10.0.0.${i}`), i)
    swarms.announce(from('10.0.0.1'), 4)
    expect(hosts(swarms.announce(from('10.0.0.4'), 5)).sort()).toEqual(['10.0.0.1', '10.0.0.3'])
    expect(swarms.scrape(hash(1), 5).leechers).toBe(3)
  })

  test('of peers of one address: it drives out its own, in whatever swarm', () => {
    const swarms = registry({ peersPerAddress: 2 })
    swarms.announce(from('10.0.0.9'), 0)
    for (let port = 1; port <= 20; port++)
      swarms.announce(from('10.0.0.1', { infoHash: hash(1 + (port % 2)), endpoint: { host: '10.0.0.1', port } }), port)
    expect(
      swarms
        .rows()
        .map(({ leechers }) => leechers)
        .sort(),
    ).toEqual([1, 2])
  })

  test('of peers of one IPv6 network: a /64 counts as one address', () => {
    const swarms = registry({ peersPerAddress: 2 })
    for (let i = 1; i <= 9; i++) swarms.announce(from(`2001:db8:0:1::${i}`), i)
    swarms.announce(from('2001:db8:0:2::1'), 10)
    expect(swarms.scrape(hash(1), 10).leechers).toBe(3)
  })

  test('of swarms: the one silent for longest goes with all its peers', () => {
    const swarms = registry({ swarms: 2 })
    swarms.announce(from('10.0.0.1', { infoHash: hash(1) }), 0)
    swarms.announce(from('10.0.0.2', { infoHash: hash(2) }), 1)
    swarms.announce(from('10.0.0.3', { infoHash: hash(1) }), 2)
    swarms.announce(from('10.0.0.4', { infoHash: hash(3) }), 3)
    expect(swarms.rows().map((row) => row.infoHash.slice(0, 2))).toEqual(['01', '03'])
  })

  test('hold, and the counts are right, whatever is announced', { timeout: 60_000 }, () => {
    const limits = { swarms: 3, peersPerSwarm: 4, peersPerAddress: 5 }
    const step = fc.record({
      infoHash: fc.nat(5).map(hash),
      endpoint: fc.record({
        host: fc.constantFrom('10.0.0.1', '10.0.0.2', '2001:db8::1'),
        port: fc.integer({ min: 1, max: 4 }),
      }),
      left: fc.nat(1),
      event: fc.constantFrom('none' as const, 'completed' as const, 'stopped' as const),
      time: fc.nat(LIFETIME / 4),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const swarms = registry(limits)
        const seen = new Map<string, { left: number; at: number }>()
        let now = 0
        for (const { time, ...fields } of steps) {
          now += time
          const key = `${fields.infoHash[0]} ${fields.endpoint.host} ${fields.endpoint.port}`
          if (fields.event === 'stopped') seen.delete(key)
          else seen.set(key, { left: fields.left, at: now })
          const answer = swarms.announce(from('', fields), now)
          for (const { endpoint } of answer.peers) {
            const known = seen.get(`${fields.infoHash[0]} ${endpoint.host} ${endpoint.port}`)
            expect(now - (known?.at ?? Number.NEGATIVE_INFINITY)).toBeLessThan(LIFETIME)
            expect(endpoint).not.toEqual(fields.endpoint)
            expect(fields.left === 0 && known?.left === 0).toBe(false)
          }
          const rows = swarms.rows()
          expect(rows.length).toBeLessThanOrEqual(limits.swarms)
          for (const { seeds, leechers } of rows) {
            expect(Math.min(seeds, leechers)).toBeGreaterThanOrEqual(0)
            expect(seeds + leechers).toBeGreaterThan(0)
            expect(seeds + leechers).toBeLessThanOrEqual(limits.peersPerSwarm)
          }
        }
        swarms.expire(now + LIFETIME)
        expect(swarms.rows()).toEqual([])
      }),
      { seed: 13, numRuns: process.env.SHOAL_LONG === '1' ? 10_000 : 300 },
    )
  })
})
