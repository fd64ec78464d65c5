import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareIds, isBetween, owns, RingId } from './ring-id.ts'

const RUNS = { seed: 6, numRuns: process.env.SHOAL_LONG === '1' ? 20_000 : 500 }
const wide = fc.uint8Array({ minLength: 20, maxLength: 20 })
const numberOf = (id: RingId) => BigInt(`0x${id}`)
const small = (value: number, bits = 6) => RingId.small(value, bits)

describe('identifiers', () => {
  test('small numbers are written in as few bytes as m needs', () => {
    expect([...small(54).bytes]).toEqual([54])
    expect([...RingId.small(0x1_02_03, 17).bytes]).toEqual([1, 2, 3])
    expect(RingId.small(2 ** 40 + 7, 48).toString()).toBe('010000000007')
  })

  test.each([
    ['too large', () => small(64)],
    ['negative', () => small(-1)],
    ['a fraction', () => small(1.5)],
    ['bits above m', () => RingId.of(Uint8Array.of(64), 6)],
    ['too few bytes', () => RingId.of(new Uint8Array(19))],
    ['more than 160 bits', () => RingId.of(new Uint8Array(21), 168)],
  ])('%s is refused', (_name, make) => expect(make).toThrow(RangeError))

  test('what it is made of may change afterwards', () => {
    const bytes = new Uint8Array(20)
    const id = RingId.of(bytes)
    bytes[0] = 1
    expect(numberOf(id)).toBe(0n)
  })

  test('order, distance, fingers and the highest bit agree with whole numbers', () => {
    const modulus = 2n ** 160n
    fc.assert(
      fc.property(wide, wide, fc.nat(159), fc.nat(20), (x, y, power, shared) => {
        y.set(x.subarray(0, shared))
        const [a, b] = [RingId.of(x), RingId.of(y)]
        const [p, q] = [numberOf(a), numberOf(b)]
        expect(Math.sign(compareIds(a, b))).toBe(p < q ? -1 : p > q ? 1 : 0)
        expect(a.equals(b)).toBe(p === q)
        expect(a.key === b.key).toBe(p === q)
        expect(numberOf(a.distanceTo(b))).toBe((q - p + modulus) % modulus)
        expect(numberOf(a.plusPowerOfTwo(power))).toBe((p + 2n ** BigInt(power)) % modulus)
        expect(a.highestBit).toBe(p === 0n ? -1 : p.toString(2).length - 1)
      }),
      RUNS,
    )
  })

  test('no finger outside of the ring', () => {
    expect(() => small(3).plusPowerOfTwo(6)).toThrow(RangeError)
    expect(() => small(3).plusPowerOfTwo(-1)).toThrow(RangeError)
  })
})

describe('on a ring of 16, all cases', () => {
  const ids = Array.from({ length: 16 }, (_, i) => small(i, 4))

  test('between: walking clockwise from a one meets x before b', () => {
    for (const a of ids)
      for (const b of ids) {
        const met = new Set<string>()
        for (let at = a.plusPowerOfTwo(0); !at.equals(b) && !at.equals(a); at = at.plusPowerOfTwo(0)) met.add(at.key)
        for (const x of ids) expect(isBetween(a, x, b), `${a} ${x} ${b}`).toBe(met.has(x.key))
      }
  })

  test('a key belongs to the first member at or after it', () => {
    const members = [1, 4, 9].map((value) => small(value, 4))
    const owners = ids.map((key) => members.findIndex((member, i) => owns(members[(i + 2) % 3] as RingId, key, member)))
    expect(owners).toEqual([0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0])
  })

  test('who is alone owns all', () => {
    for (const key of ids) expect(owns(ids[3] as RingId, key, ids[3] as RingId)).toBe(true)
  })
})
