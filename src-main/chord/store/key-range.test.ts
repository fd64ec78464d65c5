import { expect, test } from 'vitest'
import { SeededRandom } from '../../simulation/random.ts'
import { compareIds, RingId } from '../ring-id.ts'
import { before, isInRange, onlyKey, PARTS, sixteenths } from './key-range.ts'

const random = SeededRandom.of(6)
const id = () => RingId.of(random.bytes(20))
const small = (value: number) => RingId.small(value, 6)

test('the one before, around the ring', () => {
  expect([1, 32, 0].map((value) => before(small(value)))).toEqual([0, 31, 63].map(small))
  expect(String(before(RingId.of(new Uint8Array(20))))).toBe('f'.repeat(40))
  for (let n = 0; n < 50; n++) {
    const one = id()
    expect(before(one).plusPowerOfTwo(0)).toEqual(one)
  }
})

test('the range of one key holds it alone', () => {
  for (let value = 0; value < 64; value++) {
    const inside = Array.from({ length: 64 }, (_, other) => other).filter((other) =>
      isInRange(onlyKey(small(value)), small(other)),
    )
    expect(inside).toEqual([value])
  }
})

test('sixteenths meet without gap, and every key of the range is in exactly one', () => {
  for (let n = 0; n < 60; n++) {
    const range = { after: id(), upTo: id() }
    const whole = n % 6 === 0 ? { after: range.after, upTo: range.after } : range
    const parts = sixteenths(whole)
    expect(parts).toHaveLength(PARTS)
    expect([parts?.[0]?.after, parts?.at(-1)?.upTo]).toEqual([whole.after, whole.upTo])
    for (let k = 0; k < 20; k++) {
      const key = id()
      expect(parts?.filter((part) => isInRange(part, key))).toHaveLength(isInRange(whole, key) ? 1 : 0)
    }
    const widths = parts?.map(({ after, upTo }) => after.distanceTo(upTo)).sort(compareIds) ?? []
    expect(compareIds(widths.at(-1) as RingId, (widths[0] as RingId).plusPowerOfTwo(0))).toBeLessThanOrEqual(0)
  }
})

test('a range of fewer than 16 is not divided; one of 16 is, into single keys', () => {
  expect(sixteenths({ after: small(60), upTo: small(11) })).toBeUndefined()
  const parts = sixteenths({ after: small(60), upTo: small(12) })
  expect(parts?.map(({ upTo }) => upTo)).toEqual([61, 62, 63, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(small))
})
