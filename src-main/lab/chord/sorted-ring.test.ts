import { expect, test } from 'vitest'
import { RingId } from '../../chord/ring-id.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { SortedRing } from './sorted-ring.ts'

const BITS = 6
const member = (value: number) => ({
  self: { id: RingId.small(value, BITS), endpoint: { host: '10.0.0.1', port: 1 }, slot: 0 },
  value,
})
const values = (items: Iterable<{ readonly value: number }>) => [...items].map(({ value }) => value)

test("of the literature's ring: owners, those behind a key and those before a member", () => {
  const ring = new SortedRing<ReturnType<typeof member>>()
  expect(ring.ownerOf(RingId.small(3, BITS))).toBeUndefined()
  const members = [48, 8, 51, 14, 42, 21, 38, 32].map(member)
  ring.addAll(members)
  expect(values(ring.all)).toEqual([8, 14, 21, 32, 38, 42, 48, 51])
  expect([54, 8, 9, 51, 0].map((key) => ring.ownerOf(RingId.small(key, BITS))?.value)).toEqual([8, 8, 14, 51, 8])
  expect(values(ring.from(RingId.small(50, BITS)))).toEqual([51, 8, 14, 21, 32, 38, 42, 48])
  expect(values(ring.before(ring.all[1] as (typeof members)[number]))).toEqual([8, 51, 48, 42, 38, 32, 21])
})

test('whoever comes and goes, the order stays, and a member that is not there is not taken out', () => {
  const random = SeededRandom.of(3)
  const ring = new SortedRing<ReturnType<typeof member>>()
  const there = new Map<number, ReturnType<typeof member>>()
  for (let step = 0; step < 500; step++) {
    const value = random.below(2 ** BITS)
    const known = there.get(value)
    if (known) ring.delete(known)
    else ring.add(member(value))
    if (known) there.delete(value)
    else there.set(value, ring.ownerOf(RingId.small(value, BITS)) as ReturnType<typeof member>)
    ring.delete(member(random.below(2 ** BITS)))
    expect(values(ring.all)).toEqual([...there.keys()].sort((a, b) => a - b))
  }
})
