import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatEndpoint } from '../../kernel/network.ts'
import { MAX_PEX_ADDED, MAX_PEX_DROPPED, type PexMessage, type PexPeer } from './pex-message.ts'
import { MAX_PEX_TOLD, PEX_EARLY_MESSAGES, PEX_EARN, PEX_INTERVAL, PexState } from './pex-state.ts'

const plain = (host: string, port = 5): PexPeer => ({
  endpoint: { host, port },
  prefersEncryption: false,
  seed: false,
  utp: false,
  holepunch: false,
  reachable: true,
})
const connected = (host: string): PexPeer => plain(host)
const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => connected(`10.0.${(from + i) >> 8}.${(from + i) & 255}`))
const open = () => new PexState({ private: false, self: undefined }, 0)
const telling = (...hosts: string[]): PexMessage => ({ added: hosts.map((host) => plain(host)), dropped: [] })

describe('what a peer is told', () => {
  test('at first everybody, then what changed, at most once a minute', () => {
    const state = open()
    const [a, b, c] = [connected('1.0.0.1'), connected('1.0.0.2'), connected('1.0.0.3')]
    expect(state.outgoing([a, b], 0)).toEqual({ added: [plain('1.0.0.1'), plain('1.0.0.2')], dropped: [] })
    expect(state.outgoing([b, c], PEX_INTERVAL - 1)).toBeUndefined()
    expect(state.outgoing([b, c], PEX_INTERVAL)).toEqual({ added: [plain('1.0.0.3')], dropped: [a.endpoint] })
    expect(state.outgoing([b, c], 3 * PEX_INTERVAL)).toBeUndefined()
    expect(state.outgoing([], 3 * PEX_INTERVAL)).toEqual({ added: [], dropped: [b.endpoint, c.endpoint] })
  })

  test('nothing at first is no message and does not count', () => {
    const state = open()
    expect(state.outgoing([], 0)).toBeUndefined()
    expect(state.outgoing([connected('1.0.0.1')], 1)?.added).toHaveLength(1)
  })

  test('who came and went between two messages is not told', () => {
    const state = open()
    state.outgoing([connected('1.0.0.1')], 0)
    expect(state.outgoing([connected('1.0.0.1'), connected('1.0.0.2')], 1)).toBeUndefined()
    expect(state.outgoing([connected('1.0.0.1')], PEX_INTERVAL)).toBeUndefined()
  })

  test('not of itself, and of nobody twice', () => {
    const state = new PexState({ private: false, self: { host: '1.0.0.1', port: 5 } }, 0)
    expect(state.outgoing([connected('1.0.0.1')], 0)).toBeUndefined()
    expect(state.outgoing([connected('1.0.0.2'), connected('1.0.0.2')], 0)?.added).toEqual([plain('1.0.0.2')])
  })

  test('50 at a time, the rest with the next messages', () => {
    const state = open()
    const crowd = many(120)
    const counts = [0, 1, 2, 3].map((minute) => state.outgoing(crowd, minute * PEX_INTERVAL)?.added.length)
    expect(counts).toEqual([MAX_PEX_ADDED, MAX_PEX_ADDED, 20, undefined])
    const gone = [4, 5, 6, 7].map((minute) => state.outgoing([], minute * PEX_INTERVAL)?.dropped.length)
    expect(gone).toEqual([MAX_PEX_DROPPED, MAX_PEX_DROPPED, 20, undefined])
  })

  test('never more than can be taken back', () => {
    const state = open()
    const crowd = many(2_000)
    let told = 0
    for (let minute = 0; minute < 100; minute++) told += state.outgoing(crowd, minute * PEX_INTERVAL)?.added.length ?? 0
    expect(told).toBe(MAX_PEX_TOLD)
  })

  test('nothing of a private torrent', () => {
    const state = new PexState({ private: true, self: undefined }, 0)
    expect(state.outgoing([connected('1.0.0.1')], 0)).toBeUndefined()
    expect(state.incoming(telling('1.0.0.1'), 0)).toEqual({ kind: 'refused', reason: 'PRIVATE', times: 1 })
  })

  test('the sum of all messages is who is connected, whatever happens', () => {
    const crowd = fc.subarray(many(80), { minLength: 0 })
    const step = fc.tuple(crowd, fc.integer({ min: 0, max: 2 * PEX_INTERVAL }))
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const state = open()
        const known = new Set<string>()
        let now = 0
        let lastSent = Number.NEGATIVE_INFINITY
        const send = (present: readonly PexPeer[]) => {
          const message = state.outgoing(present, now)
          if (!message) return
          expect(now - lastSent).toBeGreaterThanOrEqual(PEX_INTERVAL)
          expect(Math.max(message.added.length, message.dropped.length)).toBeLessThanOrEqual(50)
          lastSent = now
          for (const endpoint of message.dropped) expect(known.delete(formatEndpoint(endpoint))).toBe(true)
          for (const { endpoint } of message.added) {
            expect(known.has(formatEndpoint(endpoint))).toBe(false)
            known.add(formatEndpoint(endpoint))
          }
        }
        for (const [present, wait] of steps) {
          now += wait
          send(present)
        }
        const last = (steps.at(-1) as (typeof steps)[number])[0]
        for (let minute = 0; minute < 3; minute++) {
          now += PEX_INTERVAL
          send(last)
        }
        expect([...known].sort()).toEqual(last.map(({ endpoint }) => formatEndpoint(endpoint)).sort())
      }),
      { seed: 42, numRuns: process.env.SHOAL_LONG === '1' ? 5_000 : 200 },
    )
  })
})

describe('what a peer tells', () => {
  test('is taken once a minute for ever', () => {
    const state = open()
    for (let minute = 0; minute < 100; minute++) {
      expect(state.incoming(telling('1.0.0.1'), minute * 55_000)).toEqual({ kind: 'taken', peers: [plain('1.0.0.1')] })
    }
  })

  test('too often is refused, and counted', () => {
    const state = open()
    for (let i = 0; i < PEX_EARLY_MESSAGES; i++) expect(state.incoming(telling(), 0).kind).toBe('taken')
    expect(state.incoming(telling(), 0)).toEqual({ kind: 'refused', reason: 'TOO_OFTEN', times: 1 })
    expect(state.incoming(telling(), 10)).toEqual({ kind: 'refused', reason: 'TOO_OFTEN', times: 2 })
    expect(state.incoming(telling(), PEX_EARN).kind).toBe('taken')
    expect(state.incoming(telling(), PEX_EARN)).toEqual({ kind: 'refused', reason: 'TOO_OFTEN', times: 3 })
    let taken = 0
    for (let now = PEX_EARN; now < 101 * PEX_EARN; now += 100)
      taken += state.incoming(telling(), now).kind === 'taken' ? 1 : 0
    expect(taken).toBeLessThanOrEqual(100)
  })

  test('is one endpoint for each address, except on loopback, and at most 50', () => {
    const added = [plain('1.0.0.1', 1), plain('1.0.0.1', 2), plain('127.0.0.1', 1), plain('127.0.0.1', 2)]
    expect(open().incoming({ added, dropped: [] }, 0)).toEqual({
      kind: 'taken',
      peers: [plain('1.0.0.1', 1), plain('127.0.0.1', 1), plain('127.0.0.1', 2)],
    })
    expect(open().incoming({ added: many(70), dropped: [] }, 0)).toMatchObject({ peers: { length: MAX_PEX_ADDED } })
  })
})
