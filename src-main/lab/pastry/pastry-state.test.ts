/** The parts of a node's state, and the rule that routes by them. */
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../simulation/random.ts'
import { LeafSet } from './leaf-set.ts'
import { Neighbourhood } from './neighbourhood.ts'
import { nextHop, type PastryState } from './next-hop.ts'
import { compareNearness, idOf, randomId } from './pastry-id.ts'
import { PastryRing } from './pastry-ring.ts'
import type { Peer } from './peer.ts'
import { RoutingTable } from './routing-table.ts'
import { fillPerfectly } from './warm-start.ts'

const peer = (hex: string, index = 0): Peer => ({ id: idOf(hex), index })
const NOBODY: ReadonlySet<Peer> = new Set()

function stateOf(self: Peer, leaves = 4, neighbours = 4): PastryState {
  const tables = { leaves: new LeafSet(self, leaves), table: new RoutingTable(self) }
  return { self, ...tables, neighbours: new Neighbourhood(neighbours) }
}

describe('a leaf set', () => {
  const self = peer('10')
  const [a, b, c, z, y] = [peer('11'), peer('12'), peer('13'), peer('0f'), peer('f0')]

  test('keeps the nearest on either side, across zero too', () => {
    const leaves = new LeafSet(self, 4)
    for (const one of [c, b, y]) leaves.offer(one)
    // With three nodes each is one of the two nearest upwards or downwards, y both.
    expect([leaves.larger, leaves.smaller]).toEqual([
      [b, c],
      [y, c],
    ])
    expect(leaves.offer(a)).toBe(true)
    expect(leaves.offer(a)).toBe(false)
    expect(leaves.offer(z)).toBe(true)
    expect([leaves.larger, leaves.smaller]).toEqual([
      [a, b],
      [z, y],
    ])
    expect(leaves.offer(c)).toBe(false)
    expect(leaves.offer(self)).toBe(false)
    expect(new Set(leaves.all)).toEqual(new Set([a, b, z, y]))
    expect(leaves.remove(a)).toEqual(['larger'])
    expect(leaves.remove(a)).toEqual([])
  })

  test('covers what is between its ends, and nothing where it is empty', () => {
    const leaves = new LeafSet(self, 4)
    expect(leaves.covers(idOf('11'))).toBe(false)
    for (const one of [a, b, z, y]) leaves.offer(one)
    for (const key of ['12', '10', '118', '0f', 'f0', 'f8', '0']) expect(leaves.covers(idOf(key)), key).toBe(true)
    for (const key of ['121', '80', 'ef']) expect(leaves.covers(idOf(key)), key).toBe(false)
    expect(leaves.closest(idOf('118'), NOBODY)).toBe(a)
    expect(leaves.closest(idOf('118'), new Set([a]))).toBe(b)
    expect(leaves.closest(idOf('104'), NOBODY)).toBe(self)
  })

  test('of a network that is smaller than it covers the whole ring', () => {
    const leaves = new LeafSet(self, 16)
    for (const one of [a, b, c, z, y]) leaves.offer(one)
    for (const key of ['0', '7', '80', 'ff']) expect(leaves.covers(idOf(key)), key).toBe(true)
  })
})

describe('a routing table', () => {
  const self = peer('1000')
  const [near, far, other] = [peer('1203'), peer('12ff'), peer('a000')]

  test('has one node for each first digit that differs', () => {
    const table = new RoutingTable(self)
    expect([table.offer(near), table.offer(far), table.offer(other), table.offer(self)]).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect([table.at(1, 2), table.at(0, 10), table.at(5, 5)]).toEqual([near, other, undefined])
    expect([table.row(1), table.firstRows(1), table.all]).toEqual([[near], [other], [other, near]])
    expect(table.remove(far)).toBeUndefined()
    expect(table.remove(near)).toEqual({ row: 1, column: 2 })
    expect(table.all).toEqual([other])
  })

  test('prefers who is nearer in the network, once that is known', () => {
    const table = new RoutingTable(self)
    table.offer(near)
    expect(table.offer(far, 80)).toBe(true)
    expect(table.offer(near, 90)).toBe(false)
    expect(table.offer(far, 20)).toBe(false)
    expect(table.offer(near, 30)).toBe(false)
    expect(table.offer(near, 10)).toBe(true)
  })
})

test('a neighbourhood keeps the nearest in the network, whatever their ids, each once', () => {
  const neighbours = new Neighbourhood(2)
  const [a, b, c] = [peer('a'), peer('b'), peer('c')]
  neighbours.offer(a, 50)
  neighbours.offer(b, 40)
  neighbours.offer(c, 60)
  expect(neighbours.all).toEqual([b, a])
  neighbours.offer(a, 10)
  expect(neighbours.all).toEqual([a, b])
  expect([neighbours.remove(a), neighbours.remove(a), neighbours.has(b)]).toEqual([true, false, true])
})

describe('the next hop', () => {
  test('is the nearest leaf where leaves cover the key, else one more digit, else the nearest that shares as many', () => {
    const state = stateOf(peer('8000'))
    const leaves = [peer('8001'), peer('8002'), peer('7fff'), peer('7ffe')]
    for (const leaf of leaves) state.leaves.offer(leaf)
    expect(nextHop(state, idOf('80011'), NOBODY)).toBe(leaves[0])
    const entry = peer('8300')
    state.table.offer(entry)
    expect(nextHop(state, idOf('83ff'), NOBODY)).toBe(entry)
    // Nobody with 85 is known: of those that share the 8, 8300 is nearest, and nearer than we are.
    expect(nextHop(state, idOf('8500'), NOBODY)).toBe(entry)
    expect(nextHop(state, idOf('8500'), new Set([entry]))).toBe(leaves[1])
    // Once a leaf set has covered the key nobody farther is asked, whatever digits it shares.
    expect(nextHop(state, idOf('831'), NOBODY, true)).toBe(entry)
    expect(nextHop(stateOf(peer('82f')), idOf('831'), NOBODY, true)).toEqual(peer('82f'))
    const far = stateOf(peer('82f'))
    far.table.offer(peer('83f'))
    expect(nextHop(far, idOf('831'), NOBODY)).toEqual(peer('83f'))
    expect(nextHop(far, idOf('831'), NOBODY, true)).toBe(far.self)
    expect(nextHop(stateOf(peer('8')), idOf('1'), NOBODY)).toEqual(peer('8'))
  })

  test('over perfect state always leads to the nearest of all, in no more steps than digits', () => {
    const random = SeededRandom.of(2)
    for (const count of [1, 2, 3, 9, 17, 200]) {
      const ring = new PastryRing<PastryState>()
      ring.addAll(Array.from({ length: count }, (_, index) => stateOf({ id: randomId(random), index }, 8, 8)))
      const sorted = ring.all.map(({ self }) => self)
      const byPeer = new Map(ring.all.map((state) => [state.self, state]))
      for (const [index, state] of ring.all.entries())
        fillPerfectly(state, sorted, index, { leaves: 8, neighbours: 8 }, random)
      for (let i = 0; i < 100; i++) {
        const key = randomId(random)
        let at = sorted[random.below(count)] as Peer
        for (let steps = 0; steps < 10; steps++) at = nextHop(byPeer.get(at) as PastryState, key, NOBODY)
        const nearest = sorted.reduce((best, one) => (compareNearness(one.id, best.id, key) < 0 ? one : best))
        expect(at).toBe(nearest)
        expect(ring.nearest(key)?.self).toBe(nearest)
      }
    }
  })
})
