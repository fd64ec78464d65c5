/** The ring that the literature draws: m = 6; members 8, 14, 21, 32, 38, 42, 48 and 51. */
import { describe, expect, test } from 'vitest'
import type { ChordContact } from './contact.ts'
import { Fingers } from './fingers.ts'
import { IdealRing } from './ideal-ring.ts'
import { ChordLookup } from './lookup.ts'
import { owns, RingId } from './ring-id.ts'
import { numbered, numberOf } from './small-ring.ts'

const BITS = 6
const MEMBERS = [8, 14, 21, 32, 38, 42, 48, 51]
const ringOf = (values: readonly number[]) => new IdealRing(values.map((value) => numbered(value, BITS)))
const id = (value: number) => RingId.small(value, BITS)
const ownerOf = (ring: IdealRing, key: number) => numberOf(ring.successorOf(id(key)))

function fingersOf(ring: IdealRing, value: number): Fingers {
  const fingers = new Fingers(id(value))
  fingers.fill((start) => ring.successorOf(start))
  return fingers
}

const asNumbers = (fingers: Fingers) => Array.from({ length: BITS }, (_, i) => numberOf(fingers.at(i) as ChordContact))
const starts = (value: number) => Array.from({ length: BITS }, (_, i) => numberOf({ id: id(value).plusPowerOfTwo(i) }))

describe('before anybody joins', () => {
  const ring = ringOf(MEMBERS)

  test('key 54 lives at 8', () => expect(ownerOf(ring, 54)).toBe(8))

  test('the finger table of 8', () => {
    expect(starts(8)).toEqual([9, 10, 12, 16, 24, 40])
    expect(asNumbers(fingersOf(ring, 8))).toEqual([14, 14, 14, 21, 32, 42])
    expect(fingersOf(ring, 8).distinct.map(numberOf)).toEqual([14, 21, 32, 42])
  })

  test('8 looks up 54 by way of 42 and 51', () => {
    const known = (value: number) => ({
      kind: 'route' as const,
      successors: ring.pointersOf(id(value), 1).successors,
      closer: fingersOf(ring, value).preceding(id(54), BITS),
    })
    const lookup = new ChordLookup({ target: id(54), routing: 'fingers' }, { self: numbered(8, BITS), known: known(8) })
    for (let next = lookup.next(); next; next = lookup.next()) lookup.replied(next, known(numberOf(next)))
    const { path, owner, predecessor, hops } = lookup.result()
    expect(path.map(numberOf)).toEqual([42, 51, 8])
    expect([owner, predecessor].map((contact) => contact && numberOf(contact))).toEqual([8, 51])
    expect(hops).toBe(3)
  })
})

describe('26 joins', () => {
  const before = ringOf(MEMBERS)
  const after = ringOf([...MEMBERS, 26])

  test('keys 22 to 26 move from 32 to it, and no others move', () => {
    const moved = Array.from({ length: 2 ** BITS }, (_, key) => key)
      .map((key) => [key, ownerOf(before, key), ownerOf(after, key)])
      .filter(([, from, to]) => from !== to)
    expect(moved).toEqual([22, 23, 24, 25, 26].map((key) => [key, 32, 26]))
    const [joined, predecessor] = [id(26), id(21)]
    for (const [key] of moved) expect(owns(predecessor, id(key as number), joined)).toBe(true)
  })

  test("8's finger 5 becomes 26, and 21's fingers 1 to 3", () => {
    expect(asNumbers(fingersOf(after, 8))).toEqual([14, 14, 14, 21, 26, 42])
    expect(starts(21).slice(0, 3)).toEqual([22, 23, 25])
    expect(asNumbers(fingersOf(before, 21))).toEqual([32, 32, 32, 32, 38, 8])
    expect(asNumbers(fingersOf(after, 21))).toEqual([26, 26, 26, 32, 38, 8])
  })

  test('fixing the fingers one at a time gives the same, each distinct one once a round', () => {
    for (const value of MEMBERS) {
      const fingers = fingersOf(before, value)
      const successor = after.pointersOf(id(value), 1).successors[0] as ChordContact
      const lookedUp: number[] = []
      for (let tick = 0; tick < 2 * BITS; tick++) {
        const index = fingers.next(successor)
        lookedUp.push(index)
        fingers.found(index, after.successorOf(id(value).plusPowerOfTwo(index)))
      }
      const distinct = fingersOf(after, value)
      const skipped = id(value).distanceTo(successor.id).highestBit
      const all = asNumbers(distinct)
      // Powers that the successor stands for are never looked up.
      expect(Math.min(...lookedUp)).toBe(skipped + 1)
      expect(
        Array.from({ length: BITS }, (_, i) => (i > skipped ? numberOf(fingers.at(i) as ChordContact) : all[i])),
      ).toEqual(all)
    }
  })
})
