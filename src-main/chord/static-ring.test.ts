/** Lengths of ways on a ring in order, against the figures of the literature and those worked out for successor lists. */
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../simulation/random.ts'
import type { ChordContact } from './contact.ts'
import { Fingers } from './fingers.ts'
import { IdealRing } from './ideal-ring.ts'
import { ChordLookup, type Routing } from './lookup.ts'
import type { RouteAnswer } from './messages.ts'
import { RING_BITS, RingId } from './ring-id.ts'

const LOOKUPS = process.env.SHOAL_LONG === '1' ? 20_000 : 1_500

/** Mean hops of lookups from and to places at random; every lookup finds the owner. */
function meanHops(bits: number, r: number, routing: Routing): number {
  const random = SeededRandom.of(bits)
  const place = () => RingId.of(random.bytes(RING_BITS / 8))
  const endpoint = { host: '45.1.2.3', port: 6881 }
  const ring = new IdealRing(Array.from({ length: 2 ** bits }, () => ({ id: place(), endpoint, slot: 0 })))
  const tables = new Map<ChordContact, Fingers>()
  const answerOf = (member: ChordContact, target: RingId): RouteAnswer => {
    let fingers = tables.get(member)
    if (!fingers) {
      fingers = new Fingers(member.id)
      fingers.fill((start) => ring.successorOf(start))
      tables.set(member, fingers)
    }
    return { kind: 'route', successors: ring.pointersOf(member.id, r).successors, closer: fingers.preceding(target, 8) }
  }
  let hops = 0
  for (let i = 0; i < LOOKUPS; i++) {
    const [self, target] = [ring.successorOf(place()), place()]
    const lookup = new ChordLookup({ target, routing }, { self, known: answerOf(self, target) })
    for (let next = lookup.next(); next; next = lookup.next()) lookup.replied(next, answerOf(next, target))
    const result = lookup.result()
    if (result.owner !== ring.successorOf(target)) throw new Error(`${target} is not found`)
    hops += result.hops
  }
  return hops / LOOKUPS
}

describe('mean hops, within 10 %', () => {
  test.each([7, 8, 9, 10, 11, 12, 13, 14])('2^%i members, by fingers alone: half of log2 N and 0.9', (bits) => {
    const expected = bits / 2 + 0.9
    const mean = meanHops(bits, 8, 'fingers')
    expect(mean).toBeGreaterThan(0.9 * expected)
    expect(mean).toBeLessThan(1.1 * expected)
  })

  test.each([
    [7, 2.9],
    [10, 4.5],
    [12, 5.5],
    [14, 6.5],
  ])('2^%i members, with successor lists of 8: %d', (bits, expected) => {
    const mean = meanHops(bits, 8, 'all')
    expect(mean).toBeGreaterThan(0.9 * expected)
    expect(mean).toBeLessThan(1.1 * expected)
  })
})
