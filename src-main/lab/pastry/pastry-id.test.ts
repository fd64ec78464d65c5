import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../simulation/random.ts'
import {
  compareDownwards,
  compareIds,
  compareNearness,
  compareUpwards,
  digitOf,
  idOf,
  type PastryId,
  randomId,
  sharedDigits,
} from './pastry-id.ts'

const RING = 2n ** 128n
const RUNS = { seed: 7, numRuns: process.env.SHOAL_LONG === '1' ? 20_000 : 500 }

const big = (id: PastryId) => id.reduce((sum, word) => sum * 2n ** 32n + BigInt(word), 0n)
const up = (from: PastryId, to: PastryId) => (((big(to) - big(from)) % RING) + RING) % RING
const nearness = (a: PastryId, b: PastryId) => (up(a, b) < up(b, a) ? up(a, b) : up(b, a))
const sign = (x: bigint | number) => (x > 0 ? 1 : x < 0 ? -1 : 0)

/** Few different words, so that ids agree in some of them and borrows go through others. */
const word = fc.oneof(fc.constantFrom(0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1), fc.nat(2 ** 31))
const id = fc.array(word, { minLength: 4, maxLength: 4 }).map((words) => Uint32Array.from(words))

describe('ids of Pastry', () => {
  test('are read digit by digit', () => {
    const one = idOf('0123456789abcdef0123456789abcdef')
    expect(Array.from({ length: 32 }, (_, n) => digitOf(one, n))).toEqual([...Array(32).keys()].map((n) => n % 16))
    expect(sharedDigits(one, idOf('0123456789abcdef0123456789abcdee'))).toBe(31)
    expect(sharedDigits(one, idOf('0123456789abcdef1'))).toBe(16)
    expect(sharedDigits(one, idOf('8'))).toBe(0)
    expect(sharedDigits(one, one)).toBe(32)
    expect(() => idOf('xyz')).toThrow(RangeError)
  })

  test('are all over the ring, and the same for the same seed', () => {
    const random = SeededRandom.of(1)
    const first = new Set(Array.from({ length: 400 }, () => digitOf(randomId(random), 0)))
    expect(first.size).toBe(16)
    expect(randomId(SeededRandom.of(5))).toEqual(randomId(SeededRandom.of(5)))
  })

  test('compare as big numbers on a ring do', () => {
    fc.assert(
      fc.property(id, id, id, (a, b, c) => {
        expect(sign(compareIds(a, b))).toBe(sign(big(a) - big(b)))
        expect(sign(compareUpwards(c, a, b))).toBe(sign(up(c, a) - up(c, b)))
        expect(sign(compareDownwards(c, a, b))).toBe(sign(up(a, c) - up(b, c)))
        const difference = nearness(a, c) - nearness(b, c)
        expect(sign(compareNearness(a, b, c))).toBe(sign(difference !== 0n ? difference : big(a) - big(b)))
      }),
      RUNS,
    )
  })
})
