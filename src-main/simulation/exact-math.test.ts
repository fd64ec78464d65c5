import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exponential, naturalLog, power } from './exact-math.ts'

const close = (a: number, b: number) => Math.abs(a - b) <= 1e-13 * Math.max(1, Math.abs(b))

describe('arithmetic that is the same in every engine', () => {
  test('agrees with the platform to 13 digits', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (x) => close(naturalLog(x), Math.log(x))),
      { seed: 1, numRuns: 500 },
    )
    fc.assert(
      fc.property(fc.double({ min: -20, max: 20, noNaN: true }), (x) => close(exponential(x) / Math.exp(x), 1)),
      { seed: 2, numRuns: 500 },
    )
    expect(close(power(2, 0.5), Math.SQRT2)).toBe(true)
    expect(close(power(10, -3), 0.001)).toBe(true)
  })

  test('ends of the range', () => {
    expect([naturalLog(1), exponential(0), exponential(-1_000), exponential(1_000)]).toEqual([0, 1, 0, Infinity])
    expect(exponential(Number.NaN)).toBeNaN()
    for (const bad of [0, -1, Number.NaN, Infinity]) expect(() => naturalLog(bad)).toThrow(RangeError)
  })

  test('bit for bit as when these values were noted', () => {
    expect([naturalLog(3), naturalLog(0.7), exponential(1.5), power(7, 1 / 3)]).toEqual([
      1.0986122886681096, -0.3566749439387324, 4.481689070338065, 1.912931182772389,
    ])
  })
})
