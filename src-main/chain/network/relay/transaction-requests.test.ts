import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../../simulation/random.ts'
import {
  INCOMING_DELAY,
  MAX_ANNOUNCEMENTS_PER_PEER,
  MAX_REQUESTS_PER_PEER,
  TRANSACTION_REQUEST_TIMEOUT,
  TransactionRequests,
} from './transaction-requests.ts'

function id(number: number) {
  const bytes = new Uint8Array(32)
  new DataView(bytes.buffer).setUint32(0, number)
  return { id: bytes, byWitness: true }
}

/** `a`, `b` are ours, `x`, `y` are incoming. */
function requestsOf(...peers: string[]): TransactionRequests<string> {
  const requests = new TransactionRequests<string>(SeededRandom.of(1))
  for (const peer of peers) requests.joined(peer, peer < 'm')
  return requests
}

function due(requests: TransactionRequests<string>, now: number): string[] {
  const all = [...requests.due(now)].flatMap(([peer, asked]) =>
    asked.map((each) => `${peer}${new DataView(each.id.buffer).getUint32(0)}`),
  )
  return all.toSorted()
}

describe('whom to ask', () => {
  test('ours at once, others after a while', () => {
    const requests = requestsOf('a', 'x')
    requests.announced('x', id(1), 0)
    requests.announced('x', id(2), 0)
    requests.announced('a', id(2), 1_000)
    expect(due(requests, 1_000)).toEqual(['a2'])
    expect(requests.nextAt()).toBe(INCOMING_DELAY)
    expect(due(requests, INCOMING_DELAY)).toEqual(['x1'])
    expect(due(requests, INCOMING_DELAY)).toEqual([])
  })

  test('the next when one does not answer in time, has not got it, or leaves', () => {
    const requests = requestsOf('a', 'b', 'x', 'y')
    for (const peer of ['a', 'b', 'x', 'y']) requests.announced(peer, id(1), 0)
    const first = due(requests, INCOMING_DELAY)[0] as string
    expect(due(requests, TRANSACTION_REQUEST_TIMEOUT)).toEqual([])
    const second = due(requests, INCOMING_DELAY + TRANSACTION_REQUEST_TIMEOUT)[0] as string
    expect([first, second].toSorted()).toEqual(['a1', 'b1'])
    requests.notFound(second[0] as string, id(1).id)
    const third = due(requests, 100_000)[0] as string
    expect(third).toMatch(/^[xy]1$/)
    requests.left(third[0] as string)
    expect(due(requests, 100_000)).toEqual([third === 'x1' ? 'y1' : 'x1'])
    requests.notFound(third === 'x1' ? 'y' : 'x', id(1).id)
    expect(requests.counts()).toEqual({ wanted: 0, asked: 0 })
    expect(due(requests, 1_000_000)).toEqual([])
  })

  test('nobody for what came', () => {
    const requests = requestsOf('a', 'b')
    for (const peer of ['a', 'b']) requests.announced(peer, id(1), 0)
    due(requests, 0)
    expect([requests.isAsked('a', id(1).id), requests.isAsked('b', id(1).id)].toSorted()).toEqual([false, true])
    requests.settled(id(1).id)
    expect(due(requests, 1_000_000)).toEqual([])
    expect(requests.counts()).toEqual({ wanted: 0, asked: 0 })
  })

  test(`${MAX_REQUESTS_PER_PEER} at once of one peer`, () => {
    const requests = requestsOf('a')
    for (let i = 0; i < 250; i++) requests.announced('a', id(i), 0)
    expect(due(requests, 0)).toHaveLength(MAX_REQUESTS_PER_PEER)
    for (let i = 0; i < 50; i++) requests.settled(id(i).id)
    expect(due(requests, 0)).toHaveLength(50)
  })

  test(`${MAX_ANNOUNCEMENTS_PER_PEER} announcements of one peer`, () => {
    const requests = requestsOf('x')
    for (let i = 0; i < MAX_ANNOUNCEMENTS_PER_PEER + 1_000; i++) requests.announced('x', id(i), 0)
    expect(requests.counts().wanted).toBe(MAX_ANNOUNCEMENTS_PER_PEER)
  })
})

test('whatever happens, each is asked of one peer at a time, within limits, and nothing is left when all have left', () => {
  const peers = ['a', 'b', 'x', 'y', 'z']
  const step = fc.record({
    kind: fc.constantFrom('announce', 'announce', 'announce', 'wait', 'settle', 'missing', 'leave'),
    peer: fc.constantFrom(...peers),
    id: fc.nat(20),
    time: fc.nat(40_000),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const requests = requestsOf(...peers)
      const open = new Map<string, string>()
      let now = 0
      for (const { kind, peer, id: number, time } of steps) {
        if (kind === 'announce') requests.announced(peer, id(number), now)
        if (kind === 'wait') now += time
        if (kind === 'settle') requests.settled(id(number).id)
        if (kind === 'missing') requests.notFound(peer, id(number).id)
        if (kind === 'leave') {
          requests.left(peer)
          requests.joined(peer, peer < 'm')
        }
        for (const [asked, list] of requests.due(now))
          for (const each of list) {
            const key = String(new DataView(each.id.buffer).getUint32(0))
            const before = open.get(key)
            if (before !== undefined && before !== asked) expect(requests.isAsked(before, each.id)).toBe(false)
            expect(requests.isAsked(asked, each.id)).toBe(true)
            open.set(key, asked)
          }
        const asked = Array.from(
          { length: 21 },
          (_, i) => peers.filter((each) => requests.isAsked(each, id(i).id)).length,
        )
        expect(Math.max(...asked)).toBeLessThanOrEqual(1)
        expect(asked.reduce((sum, count) => sum + count, 0)).toBe(requests.counts().asked)
        const next = requests.nextAt()
        if (requests.counts().wanted > 0) expect(next).toBeDefined()
      }
      for (const peer of peers) requests.left(peer)
      expect(requests.counts()).toEqual({ wanted: 0, asked: 0 })
      expect(requests.due(now + 1_000_000).size).toBe(0)
    }),
    { seed: 20_261_122, numRuns: process.env.SHOAL_LONG === '1' ? 5_000 : 200 },
  )
})
