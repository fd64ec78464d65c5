import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MINUTE } from '../../kernel/clock.ts'
import type { KnownPeer } from './peer-list.ts'
import { MAX_BANNED, MAX_KNOWN, PeerList, REST, RETRY_STEP, RETURN_AFTER } from './peer-list.ts'
import { runs } from './test-support.ts'

const at = (n: number, port = 6881) => ({ host: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, port })

function dial(list: PeerList, now: number, seeding = false): KnownPeer {
  const peer = list.next(now, seeding)
  if (!peer) throw new Error('nobody to dial')
  return peer
}

describe('dialling', () => {
  test('each endpoint once while it is busy', () => {
    const list = new PeerList()
    list.add(at(1), 'tracker', 0)
    expect(list.add(at(1), 'given', 0)).toBe(false)
    expect(dial(list, 0).endpoint).toEqual(at(1))
    expect(list.next(0, false)).toBeUndefined()
  })

  test('waits longer after each failure and then rests', () => {
    const list = new PeerList()
    list.add(at(1), 'tracker', 0)
    const waits = [RETRY_STEP, 2 * RETRY_STEP, REST, REST]
    let now = 0
    for (const wait of waits) {
      list.failed(dial(list, now), now)
      expect(list.next(now + wait - 1, false)).toBeUndefined()
      expect(list.nextAt(false)).toBe(now + wait)
      now += wait
    }
  })

  test('whom a person names is dialled at once, whom a source names is not', () => {
    const list = new PeerList()
    list.add(at(1), 'tracker', 0)
    for (let attempt = 0; attempt < 3; attempt++) list.failed(list.get(at(1)) as KnownPeer, 0)
    expect(list.add(at(1), 'tracker', 1)).toBe(false)
    expect(list.next(1, false)).toBeUndefined()
    expect(list.add(at(1), 'given', 1)).toBe(true)
    expect(list.nextAt(false)).toBe(1)
    list.failed(dial(list, 1), 1)
    expect(list.nextAt(false)).toBe(1 + RETRY_STEP)
  })

  test('a person who names us or a peer that is connected changes nothing', () => {
    const list = new PeerList()
    for (const n of [1, 2]) list.add(at(n), 'tracker', 0)
    list.isOurselves(list.get(at(1)) as KnownPeer)
    dial(list, 0)
    expect(list.add(at(1), 'given', 1)).toBe(false)
    expect(list.add(at(2), 'given', 1)).toBe(false)
    expect(list.next(1, false)).toBeUndefined()
  })

  test('comes back soon to a peer that was of use', () => {
    const list = new PeerList()
    list.add(at(1), 'tracker', 0)
    list.closed(dial(list, 0), 0, true)
    expect(list.nextAt(false)).toBe(RETURN_AFTER)
    list.closed(dial(list, RETURN_AFTER), RETURN_AFTER, false)
    expect(list.nextAt(false)).toBe(RETURN_AFTER + RETRY_STEP)
  })

  test('we are not among the others, however often we are met', () => {
    const list = new PeerList()
    for (const n of [1, 2, 3]) list.add(at(n), 'tracker', 0)
    const [a, b] = [list.get(at(1)) as KnownPeer, list.get(at(2)) as KnownPeer]
    for (const peer of [a, a, b]) list.isOurselves(peer)
    expect(list.others).toBe(1)
    list.ban(at(1).host)
    list.isOurselves(a)
    expect(list.others).toBe(1)
    list.ban(at(3).host)
    expect(list.others).toBe(0)
  })

  test('prefers who has not failed', () => {
    const list = new PeerList()
    list.add(at(1), 'tracker', 0)
    list.failed(dial(list, 0), 0)
    list.add(at(2), 'tracker', 0)
    expect(dial(list, 10 * MINUTE).endpoint).toEqual(at(2))
  })

  test('orders by the priority of BEP 40 where our address is known', () => {
    const list = new PeerList({ host: '123.213.32.10', port: 6881 })
    list.add({ host: '123.213.32.234', port: 6881 }, 'tracker', 0)
    list.add({ host: '98.76.54.32', port: 6881 }, 'tracker', 0)
    expect(dial(list, 0).endpoint.host).toBe('98.76.54.32')
  })

  test('never ourselves, and no seeds while seeding', () => {
    const list = new PeerList()
    list.add(at(1), 'tracker', 0)
    list.add(at(2), 'tracker', 0)
    const [a, b] = [list.get(at(1)), list.get(at(2))]
    if (a) a.self = true
    if (b) b.seed = true
    expect(list.next(0, true)).toBeUndefined()
    expect(dial(list, 0).endpoint).toEqual(at(2))
  })

  test('refuses what names no host', () => {
    const list = new PeerList()
    for (const host of ['0.0.0.0', '::', '255.255.255.255', '239.1.1.1', '']) {
      expect(list.add({ host, port: 1 }, 'tracker', 0)).toBe(false)
    }
    for (const port of [0, -1, 65_536, 1.5]) expect(list.add({ host: '10.0.0.1', port }, 'tracker', 0)).toBe(false)
  })
})

describe('bounds', () => {
  test('known endpoints are trimmed, those that failed first', () => {
    const list = new PeerList()
    for (let i = 0; i < 100; i++) list.add(at(i), 'tracker', 0)
    const bad = Array.from({ length: 50 }, () => dial(list, 0))
    for (const peer of bad) list.failed(peer, 0)
    for (let i = 100; i < MAX_KNOWN + 1; i++) list.add(at(i), 'tracker', 0)
    expect(list.known.size).toBeLessThanOrEqual(MAX_KNOWN)
    expect(bad.every((peer) => list.get(peer.endpoint) === undefined)).toBe(true)
  })

  test('bans hold for every port of a host and are bounded', () => {
    const list = new PeerList()
    list.add(at(1, 1), 'tracker', 0)
    list.ban(at(1).host)
    expect(list.known.size).toBe(0)
    expect(list.add(at(1, 2), 'tracker', 0)).toBe(false)
    for (let i = 2; i < MAX_BANNED + 2; i++) list.ban(at(i).host)
    expect(list.banned).toHaveLength(MAX_BANNED)
    expect(list.isBanned(at(1).host)).toBe(false)
  })
})

test('busy and banned endpoints are never handed out, none before its time', () => {
  const event = fc.record({ act: fc.nat({ max: 5 }), n: fc.nat({ max: 30 }), wait: fc.nat({ max: 100_000 }) })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), (events) => {
      const list = new PeerList()
      const busy: KnownPeer[] = []
      let now = 0
      for (const { act, n, wait } of events) {
        now += wait
        if (act === 0) list.add(at(n), 'tracker', now)
        else if (act === 1) list.ban(at(n).host)
        else if (act === 2) {
          const peer = list.next(now, false)
          if (!peer) continue
          expect(busy).not.toContain(peer)
          expect(list.isBanned(peer.endpoint.host)).toBe(false)
          expect(peer.nextAt).toBeLessThanOrEqual(now)
          busy.push(peer)
        } else {
          const peer = busy.pop()
          if (!peer) continue
          if (act === 3) list.failed(peer, now)
          else if (act === 4) list.closed(peer, now, n % 2 === 0)
          else list.returned(peer)
        }
      }
    }),
    runs(200),
  )
})
