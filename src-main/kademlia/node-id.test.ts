import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../simulation/random.ts'
import {
  bitOf,
  closest,
  commonPrefixLength,
  compareDistance,
  ID_BITS,
  NodeId,
  randomIdWithPrefix,
  withBitFlipped,
} from './node-id.ts'

const RUNS = { seed: 1, numRuns: process.env.SHOAL_LONG === '1' ? 20_000 : 500 }
/** Often alike in all but a few bits. */
const anyId = fc.oneof(
  fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => NodeId.of(bytes)),
  fc.nat(ID_BITS - 1).map((bit) => withBitFlipped(NodeId.fromHex('00'.repeat(20)), bit)),
)
/** The metric written the plain way. */
const distance = (a: NodeId, b: NodeId) => BigInt(`0x${a}`) ^ BigInt(`0x${b}`)

describe('an id', () => {
  test('is a copy, and has its text made once', () => {
    const bytes = new Uint8Array(20).fill(0xe9)
    const id = NodeId.of(bytes)
    bytes[0] = 0
    expect(id.toString()).toBe('e9'.repeat(20))
    expect(id.key).toBe('\ue9e9'.repeat(10))
    expect(id.equals(NodeId.fromHex('e9'.repeat(20)))).toBe(true)
  })

  test.each([0, 19, 21])('of %i bytes is refused', (length) => {
    expect(() => NodeId.of(new Uint8Array(length))).toThrow(RangeError)
  })
})

describe('the XOR metric', () => {
  test('comparison agrees with the distances as numbers', () => {
    fc.assert(
      fc.property(anyId, anyId, anyId, (a, b, target) => {
        const expected = distance(a, target) - distance(b, target)
        expect(Math.sign(compareDistance(a, b, target))).toBe(expected < 0n ? -1 : expected > 0n ? 1 : 0)
      }),
      RUNS,
    )
  })

  test('identity: nothing is nearer to an id than itself, and nothing else as near', () => {
    fc.assert(
      fc.property(anyId, anyId, (a, b) => {
        expect(Math.sign(compareDistance(a, b, a))).toBe(a.equals(b) ? 0 : -1)
      }),
      RUNS,
    )
  })

  test('symmetry: both see the other at the same distance', () => {
    fc.assert(
      fc.property(anyId, anyId, (a, b) => {
        expect(distance(a, b)).toBe(distance(b, a))
        expect(commonPrefixLength(a, b)).toBe(commonPrefixLength(b, a))
      }),
      RUNS,
    )
  })

  test('triangle: no detour is shorter; and in prefixes: two of three are equally far apart', () => {
    fc.assert(
      fc.property(anyId, anyId, anyId, (a, b, c) => {
        expect(distance(a, c) <= distance(a, b) + distance(b, c)).toBe(true)
        const lengths = [commonPrefixLength(a, b), commonPrefixLength(b, c), commonPrefixLength(a, c)].sort(
          (x, y) => x - y,
        )
        if ((lengths[2] as number) < ID_BITS) expect(lengths[0]).toBe(lengths[1])
      }),
      RUNS,
    )
  })

  test('unidirectional: at one distance from a target there is one id', () => {
    fc.assert(
      fc.property(anyId, anyId, anyId, (a, b, target) => {
        if (compareDistance(a, b, target) === 0) expect(a.equals(b)).toBe(true)
      }),
      RUNS,
    )
  })
})

describe('prefixes', () => {
  test('the common prefix ends at the first bit that differs', () => {
    fc.assert(
      fc.property(anyId, fc.nat(ID_BITS - 1), (id, bit) => {
        const other = withBitFlipped(id, bit)
        expect(commonPrefixLength(id, other)).toBe(bit)
        expect(bitOf(other, bit)).toBe(1 - bitOf(id, bit))
      }),
      RUNS,
    )
    const id = NodeId.fromHex('ab'.repeat(20))
    expect(commonPrefixLength(id, id)).toBe(ID_BITS)
  })

  test('a random id keeps the prefix asked for and varies behind it', () => {
    const random = SeededRandom.of(3)
    const prefix = NodeId.random(random)
    for (let bits = 0; bits <= ID_BITS; bits++) {
      const ids = Array.from({ length: 8 }, () => randomIdWithPrefix(prefix, bits, random))
      const shared = ids.map((id) => commonPrefixLength(prefix, id))
      expect(Math.min(...shared)).toBeGreaterThanOrEqual(bits)
      if (bits < ID_BITS - 8) expect(new Set(ids.map((id) => id.key)).size).toBe(8)
    }
  })
})

test('the closest by bounded insertion are the first of a sort', () => {
  fc.assert(
    fc.property(fc.array(anyId, { maxLength: 60 }), anyId, fc.integer({ min: 0, max: 30 }), (ids, target, n) => {
      const items = ids.map((id) => ({ id }))
      const sorted = [...items].sort((a, b) => compareDistance(a.id, b.id, target)).slice(0, n)
      expect(closest(items, target, n).map(({ id }) => id.key)).toEqual(sorted.map(({ id }) => id.key))
    }),
    RUNS,
  )
})
