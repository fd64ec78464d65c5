import { describe, expect, test } from 'vitest'
import { SeededRandom } from './random.ts'

const words = (random: SeededRandom, count = 20) => Array.from({ length: count }, () => random.word())

describe('the seeded random source', () => {
  test('gives the same for the same seed, and something else for another', () => {
    expect(words(SeededRandom.of(7))).toEqual(words(SeededRandom.of(7)))
    const firsts = [0, 1, 2, -1, 2 ** 32, 2 ** 33, 2 ** 53 - 1].map((seed) => words(SeededRandom.of(seed)).join())
    expect(new Set(firsts).size).toBe(firsts.length)
  })

  test('a child depends on its label and not on what has been drawn', () => {
    const root = SeededRandom.of(7)
    const before = words(root.split('a'))
    words(root)
    expect(words(root.split('a'))).toEqual(before)
    expect(words(root.split('b'))).not.toEqual(before)
    expect(words(root.split('a').split('b'))).not.toEqual(words(root.split('ab')))
  })

  test('a fraction of an index is its own, even, and no draw', () => {
    const [random, twin, other] = [SeededRandom.of(7), SeededRandom.of(7), SeededRandom.of(8)]
    const indices = Array.from({ length: 2_000 }, (_, i) => i * 2 ** 20)
    const fractions = indices.map((index) => random.fractionOf(index))
    expect(new Set(fractions).size).toBe(2_000)
    expect(fractions.every((fraction) => fraction >= 0 && fraction < 1)).toBe(true)
    expect(Math.abs(fractions.reduce((sum, fraction) => sum + fraction, 0) / 2_000 - 0.5)).toBeLessThan(0.02)
    expect(twin.word()).toBe(random.word())
    expect(indices.map((index) => twin.fractionOf(index))).toEqual(fractions)
    expect(other.fractionOf(1)).not.toBe(random.fractionOf(1))
  })

  test('numbers below a limit are even, at both ends of the range', () => {
    const random = SeededRandom.of(1)
    const counts = new Uint32Array(6)
    for (let i = 0; i < 60_000; i++) (counts[random.below(6)] as number)++
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
    expect(random.below(1)).toBe(0)
    expect(random.below(2 ** 32)).toBeGreaterThan(0)
    for (const bad of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) expect(() => random.below(bad)).toThrow(RangeError)
  })

  test('bytes of any length, each bit set half of the time', () => {
    const random = SeededRandom.of(2)
    for (const length of [0, 1, 3, 4, 5, 20]) expect(random.bytes(length)).toHaveLength(length)
    const ones = new Uint32Array(8)
    for (const byte of random.bytes(40_000))
      for (let bit = 0; bit < 8; bit++) (ones[bit] as number) += (byte >> bit) & 1
    for (const count of ones) expect(Math.abs(count - 20_000)).toBeLessThan(1_000)
  })

  test('a chance of 0 never comes and draws nothing, one of 1 always comes', () => {
    const random = SeededRandom.of(3)
    const twin = SeededRandom.of(3)
    expect(random.chance(0)).toBe(false)
    expect(random.word()).toBe(twin.word())
    for (let i = 0; i < 100; i++) expect(random.chance(1)).toBe(true)
    for (let i = 0; i < 100; i++) {
      const between = random.between(5, 6)
      expect(between >= 5 && between < 6).toBe(true)
    }
  })
})
