import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../simulation/random.ts'
import { MAX_CLAIMS } from './claims.ts'
import { Contact } from './contact.ts'
import { Lookup, type LookupOptions, MAX_CANDIDATES, MAX_NODES_TAKEN, MAX_UNCONFIRMED } from './lookup.ts'
import type { Candidate } from './lookup-result.ts'
import { closest, NodeId, randomIdWithPrefix } from './node-id.ts'

const RUNS = { seed: 1, numRuns: process.env.SHOAL_LONG === '1' ? 1_000 : 40 }
const random = SeededRandom.of(21)
const self = NodeId.random(random)
const target = NodeId.fromHex('00'.repeat(20))

/** A contact whose distance to the target begins with byte `far`, on its own /24. */
function at(far: number, host = `127.1.${far}.1`): Contact {
  return new Contact(NodeId.of(Uint8Array.from(random.bytes(20)).fill(far, 0, 1)), { host, port: 6881 })
}
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => at(from + i))
function lookupOf(known: readonly Contact[], options: Partial<LookupOptions> = {}): Lookup<string> {
  return new Lookup<string>({ self, target, k: 3, alpha: 2, ...options }, known)
}
const firstByte = (candidates: readonly Candidate[]) => candidates.map(({ id }) => id.bytes[0])
const answer = (lookup: Lookup<string>, candidate: Candidate, nodes: readonly Contact[] = [], payload?: string) =>
  lookup.replied(candidate, { id: candidate.id, nodes, ...(payload === undefined ? {} : { payload }) }, 10)

describe('whom it asks', () => {
  test('the nearest first, alpha at once, and no more than the k nearest', () => {
    const lookup = lookupOf(range(10, 20))
    const first = lookup.next(0)
    expect(firstByte(first)).toEqual([10, 11])
    expect(lookup.next(0)).toEqual([])
    answer(lookup, first[0] as Candidate)
    const second = lookup.next(0)
    expect(firstByte(second)).toEqual([12])
    answer(lookup, second[0] as Candidate)
    expect(lookup.next(0)).toEqual([])
    expect(lookup.finished).toBe(false)
    answer(lookup, first[1] as Candidate)
    expect(lookup.next(0)).toEqual([])
    expect(lookup.finished).toBe(true)
    expect(firstByte(lookup.result().asked as Candidate[])).toEqual([10, 11, 12])
  })

  test('a nearer one that it hears of goes before', () => {
    const lookup = lookupOf(range(10, 14), { alpha: 1 })
    const [first] = lookup.next(0) as [Candidate]
    answer(lookup, first, range(3, 5))
    expect(firstByte(lookup.next(0))).toEqual([3])
  })

  test('a failed one gives its place to the next', () => {
    const lookup = lookupOf(range(10, 14), { alpha: 3 })
    const asked = lookup.next(0)
    lookup.failed(asked[0] as Candidate)
    expect(firstByte(lookup.next(0))).toEqual([13])
  })

  test('nobody, where nobody is known', () => {
    const lookup = lookupOf([])
    expect(lookup.next(0)).toEqual([])
    expect(lookup.finished).toBe(true)
    expect(lookup.result()).toMatchObject({ closest: [], path: [], hops: 0, requests: 0 })
  })
})

describe('slow nodes', () => {
  test('free their slot, and a late answer still counts', () => {
    const lookup = lookupOf(range(10, 16), { alpha: 1 })
    const [slow] = lookup.next(0) as [Candidate]
    lookup.stalled(slow)
    lookup.stalled(slow)
    const [other] = lookup.next(0) as [Candidate]
    expect(firstByte([other])).toEqual([11])
    answer(lookup, slow, [at(2)], 'late')
    answer(lookup, other)
    expect(firstByte(lookup.next(0))).toEqual([2])
    expect(lookup.result()).toMatchObject({ stalls: 1, timeouts: 0, payloads: [{ payload: 'late' }] })
  })

  test('an answer after the failure counts too, but none after the end', () => {
    const lookup = lookupOf(range(10, 12), { k: 2 })
    const [a, b] = lookup.next(0) as [Candidate, Candidate]
    lookup.failed(a)
    answer(lookup, a)
    expect(lookup.result().replies).toBe(1)
    lookup.stop()
    answer(lookup, b)
    lookup.failed(b)
    expect(lookup.result()).toMatchObject({ replies: 1, timeouts: 0 })
    expect(lookup.finished).toBe(true)
    expect(lookup.next(0)).toEqual([])
  })

  test.each([true, false])('the end waits for those among the nearest: %s', (waitForStalled) => {
    const lookup = lookupOf(range(10, 12), { k: 1, alpha: 1, waitForStalled })
    const [slow] = lookup.next(0) as [Candidate]
    lookup.stalled(slow)
    const [other] = lookup.next(0) as [Candidate]
    answer(lookup, other)
    expect(lookup.next(0)).toEqual([])
    expect(lookup.finished).toBe(!waitForStalled)
    lookup.failed(slow)
    lookup.next(0)
    expect(lookup.finished).toBe(true)
  })

  test('a pending one farther than the k nearest does not hold up the end', () => {
    const lookup = lookupOf([at(50), at(40)], { k: 1, alpha: 2 })
    const [near] = lookup.next(0) as [Candidate]
    lookup.stalled(near)
    const [far] = lookup.next(0) as [Candidate]
    answer(lookup, near)
    lookup.next(0)
    expect(far.state).toBe('asked')
    expect(lookup.finished).toBe(true)
  })
})

describe('guards', () => {
  test('an answer under another id is a failure, and its nodes are not taken', () => {
    const lookup = lookupOf([at(10), at(11)], { alpha: 1 })
    const [candidate] = lookup.next(0) as [Candidate]
    lookup.replied(candidate, { id: NodeId.random(random), nodes: range(1, 4), payload: 'false' }, 5)
    expect(candidate.state).toBe('failed')
    expect(firstByte(lookup.next(0))).toEqual([11])
    expect(lookup.result()).toMatchObject({ timeouts: 1, payloads: [] })
  })

  test('one candidate of an address and of a /24, until that has failed; with the switch off, all', () => {
    const crowd = [at(10, '9.9.9.1'), at(9, '9.9.9.1'), at(8, '9.9.9.2'), at(7, '9.9.8.2')]
    const lookup = lookupOf(crowd, { alpha: 9, k: 9 })
    const asked = lookup.next(0)
    expect(firstByte(asked)).toEqual([7, 10])
    lookup.failed(asked[1] as Candidate)
    answer(lookup, asked[0] as Candidate, [at(6, '9.9.9.7'), at(5, '9.9.9.8')])
    expect(firstByte(lookup.next(0))).toEqual([6])
    expect(firstByte(lookupOf(crowd, { alpha: 9, k: 9, onePerNetwork: false }).next(0))).toEqual([7, 8, 9, 10])
  })

  test('a true id at a false address does not keep it from being asked at the true one', () => {
    const lookup = lookupOf([at(100), at(200)], { alpha: 20 })
    const [liar, honest] = lookup.next(0) as [Candidate, Candidate]
    const truth = range(1, 4)
    answer(
      lookup,
      liar,
      truth.map(({ id }, n) => new Contact(id, { host: `66.6.${n}.1`, port: 6881 })),
    )
    const misled = lookup.next(0)
    for (const candidate of misled) lookup.stalled(candidate)
    answer(lookup, honest, truth)
    const asked = lookup.next(0)
    expect(asked.map(({ contact }) => contact.endpoint)).toEqual(truth.map(({ endpoint }) => endpoint))
    for (const candidate of asked) answer(lookup, candidate)
    expect(lookup.result().closest).toEqual(truth)
    // Whoever answers second under the same id is not taken: that is one node, or none.
    answer(lookup, misled[0] as Candidate, [at(0)])
    expect(misled[0]?.state).toBe('failed')
    expect(lookup.result().closest).toEqual(truth)
  })

  test('invented ids in the networks of true nodes do not keep those out', () => {
    const lookup = lookupOf([at(100), at(200)], { alpha: 20 })
    const [liar, honest] = lookup.next(0) as [Candidate, Candidate]
    const truth = range(4, 7)
    answer(
      lookup,
      liar,
      truth.map((_, n) => at(n + 1, `127.1.${n + 4}.200`)),
    )
    for (const candidate of lookup.next(0)) lookup.stalled(candidate)
    answer(lookup, honest, truth)
    const asked = lookup.next(0)
    expect(firstByte(asked)).toEqual([4, 5, 6])
    for (const candidate of asked) answer(lookup, candidate)
    expect(lookup.result().closest).toEqual(truth)
  })

  test('of several who claim one id or one network only so many are asked, one of each teller', () => {
    const tellers = range(100, 110)
    for (const claim of [(n: number) => [at(1, `66.1.1.${n}`), at(2, `66.1.1.${100 + n}`)], (n: number) => sameId(n)]) {
      const lookup = lookupOf(tellers, { alpha: 20, k: 20 })
      for (const [n, candidate] of lookup.next(0).entries()) answer(lookup, candidate, claim(n))
      expect(lookup.next(0)).toHaveLength(MAX_CLAIMS)
    }
    function sameId(n: number): Contact[] {
      const id = NodeId.fromHex('01'.repeat(20))
      return [0, 1].map((m) => new Contact(id, { host: `66.${n}.${m}.1`, port: 6881 }))
    }
  })

  test('never ourselves', () => {
    const us = new Contact(self, { host: '127.5.5.5', port: 1 })
    const lookup = lookupOf([us, at(10)])
    const asked = lookup.next(0)
    expect(firstByte(asked)).toEqual([10])
    answer(lookup, asked[0] as Candidate, [us])
    expect(lookup.next(0)).toEqual([])
  })

  test('what one node alone vouches for is asked three at a time, and after the others', () => {
    const lookup = lookupOf([at(100), at(200)], { alpha: 20, k: 20 })
    const [liar, honest] = lookup.next(0) as [Candidate, Candidate]
    answer(lookup, liar, range(1, 11))
    const invented = lookup.next(0)
    expect(invented).toHaveLength(MAX_UNCONFIRMED)
    for (const candidate of invented) lookup.failed(candidate)
    answer(lookup, honest, range(40, 42))
    const real = lookup.next(0)
    expect(firstByte(real)).toEqual([40, 41])
    for (const candidate of real) answer(lookup, candidate)
    expect(firstByte(lookup.next(0))).toEqual([4])
  })

  test('while only slow ones are left, the others of the same teller are asked one after the other', () => {
    const lookup = lookupOf([at(100)], { alpha: 3, k: 8 })
    const [teller] = lookup.next(0) as [Candidate]
    answer(lookup, teller, range(1, 7))
    const slow = lookup.next(0)
    expect(firstByte(slow)).toEqual([1, 2, 3])
    for (const candidate of slow.slice(0, 2)) lookup.stalled(candidate)
    expect(lookup.next(0)).toEqual([])
    lookup.stalled(slow[2] as Candidate)
    const [next, ...none] = lookup.next(0)
    expect([next?.id.bytes[0], none.length]).toEqual([4, 0])
    lookup.stalled(next as Candidate)
    expect(firstByte(lookup.next(0))).toEqual([5])
    expect(lookup.finished).toBe(false)
  })

  test('one that a second node vouches for is asked at once', () => {
    const lookup = lookupOf([at(100), at(200)], { alpha: 20, k: 20 })
    const [first, second] = lookup.next(0) as [Candidate, Candidate]
    const told = range(1, 8)
    answer(lookup, first, told)
    for (const candidate of lookup.next(0)) lookup.failed(candidate)
    answer(lookup, second, told.slice(0, 6))
    expect(firstByte(lookup.next(0))).toEqual([4, 5, 6, 7])
  })

  test('takes no more nodes of an answer, candidates, or requests than the limits say', () => {
    const lookup = lookupOf([at(255)], { k: 1_000, alpha: 1_000, maxRequests: 30, onePerNetwork: false })
    const crowd = (n: number) =>
      Array.from({ length: n }, () => new Contact(NodeId.random(random), { host: '127.0.0.1', port: 1 }))
    const [first] = lookup.next(0) as [Candidate]
    answer(lookup, first, crowd(500))
    let most = 0
    for (let round = 0; round < 200 && !lookup.finished; round++) {
      const asked = lookup.next(round)
      most = Math.max(most, asked.length)
      for (const candidate of asked) answer(lookup, candidate, crowd(60))
    }
    expect(lookup.finished).toBe(true)
    expect(lookup.result().requests).toBe(30)
    expect(most).toBeLessThanOrEqual(MAX_NODES_TAKEN)
    const met = lookupOf(crowd(500), { k: 1_000, alpha: 1_000, maxRequests: 1_000, onePerNetwork: false })
    expect(met.next(0)).toHaveLength(MAX_CANDIDATES)
  })

  test('among the k, only secure ids count where that is asked for', () => {
    const insecure = [at(1, '9.9.1.1'), at(2, '9.9.2.1')]
    const lookup = lookupOf([...insecure, ...range(10, 13)], { k: 2, alpha: 9, secureOnly: true })
    for (const candidate of lookup.next(0)) answer(lookup, candidate)
    expect(lookup.result().closest.map(({ id }) => id.bytes[0])).toEqual([10, 11])
    expect(lookup.result().requests).toBe(4)
  })
})

describe('the result', () => {
  test('carries the way to the nearest', () => {
    const lookup = lookupOf([at(100)], { k: 1, alpha: 1 })
    const way = [at(50), at(20), at(5)]
    for (const nodes of [...way.map((contact) => [contact]), []]) {
      const [candidate] = lookup.next(0) as [Candidate]
      answer(lookup, candidate, nodes, `${nodes.length}`)
    }
    expect(lookup.next(0)).toEqual([])
    const { path, hops, payloads, closest } = lookup.result()
    expect(path.map(({ id }) => id.bytes[0])).toEqual([100, 50, 20, 5])
    expect(hops).toBe(4)
    expect(closest.map(({ id }) => id.bytes[0])).toEqual([5])
    expect(payloads.map(({ payload }) => payload)).toEqual(['0', '1', '1', '1'])
  })
})

describe('disjoint paths', () => {
  test('ask nobody twice, and a captured one does not end the others', () => {
    const lookup = lookupOf([at(100), at(101)], { paths: 2, k: 2, alpha: 2 })
    const [captured, honest] = lookup.next(0) as [Candidate, Candidate]
    expect([captured.path, honest.path]).toEqual([0, 1])
    answer(lookup, captured, range(1, 4))
    answer(lookup, honest, range(20, 23))
    const asked = lookup.next(0)
    expect(firstByte(asked)).toEqual([1, 2, 20, 21])
    for (const candidate of asked) answer(lookup, candidate, range(1, 4))
    for (let more = lookup.next(0); more.length > 0; more = lookup.next(0)) for (const c of more) answer(lookup, c)
    const { asked: all } = lookup.result()
    expect(new Set(all.map(({ id }) => id.key)).size).toBe(all.length)
    expect(all.filter(({ path }) => path === 1).map(({ id }) => id.bytes[0])).toEqual(expect.arrayContaining([20, 21]))
  })
})

test('in any network where each knows some near ones and some others, it ends and finds the nearest that answer', () => {
  const settings = fc.record({
    nodes: fc.integer({ min: 1, max: 80 }),
    seed: fc.nat(10_000),
    alpha: fc.integer({ min: 1, max: 5 }),
    paths: fc.integer({ min: 1, max: 3 }),
    someDead: fc.boolean(),
  })
  fc.assert(
    fc.property(settings, ({ nodes, seed, alpha, paths, someDead }) => {
      const draw = SeededRandom.of(seed)
      const aim = NodeId.random(draw)
      const contacts = Array.from({ length: nodes }, (_, n) => {
        return new Contact(randomIdWithPrefix(aim, draw.below(4), draw), { host: `127.2.${n}.1`, port: 1 })
      })
      const isDead = (contact: Contact) => someDead && ((contact.id.bytes[19] as number) & 1) === 1
      const lookup = new Lookup({ self, target: aim, k: 4, alpha, paths }, contacts.slice(0, 6))
      const open: Candidate[] = []
      for (let step = 0; !lookup.finished; step++) {
        expect(step).toBeLessThan(1_000)
        open.push(...lookup.next(step))
        const candidate = open.splice(draw.below(Math.max(1, open.length)), 1)[0]
        if (!candidate) continue
        const near = closest(contacts, candidate.id, 4)
        if (isDead(candidate.contact)) lookup.failed(candidate)
        else lookup.replied(candidate, { id: candidate.id, nodes: [...closest(contacts, aim, 8), ...near] }, step)
      }
      const { closest: found, requests } = lookup.result()
      expect(found).toEqual([...new Set(found)])
      expect(requests).toBeLessThanOrEqual(100)
      expect(found.filter(isDead)).toEqual([])
      if (!someDead) expect(found).toEqual(closest(contacts, aim, 4))
    }),
    RUNS,
  )
})
