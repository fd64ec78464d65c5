import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RateMeter } from './rate-meter.ts'

const RUNS = { seed: 1, numRuns: process.env.SHOAL_LONG === '1' ? 10_000 : 200 }

describe('the rate', () => {
  test('of a steady flow is right from the end of its first second on, whenever it is asked', () => {
    for (const window of [2, 5, 20]) {
      const meter = new RateMeter(window)
      for (let now = 12_340; now < 60_000; now += 10) {
        if (now >= 13_340) expect(Math.abs(meter.rate(now) - 5_000)).toBeLessThanOrEqual(50)
        meter.add(50, now)
      }
    }
  })

  test('counts empty seconds of the window, and of the present second what is over', () => {
    const meter = new RateMeter(5)
    meter.add(1_000, 10_000)
    expect(meter.rate(12_000)).toBe(500)
    meter.add(4_000, 12_500)
    expect(meter.rate(12_500)).toBe(2_000)
    expect(meter.rate(14_999)).toBeCloseTo(5_000 / 4.999)
    expect(meter.rate(15_000)).toBe(1_000)
  })

  test('of what came within the first second is that much a second, no more', () => {
    const meter = new RateMeter(5)
    meter.add(16_384, 7_999)
    expect([meter.rate(7_999), meter.rate(8_000), meter.rate(8_999)]).toEqual([16_384, 16_384, 16_384])
    expect(meter.rate(9_999)).toBe(8_192)
  })

  test('is nothing after any silence longer than the window, a multiple of it too; then a flow begins anew', () => {
    for (const silence of [5_000, 6_000, 10_000, 7_000_000]) {
      const meter = new RateMeter(5)
      for (let second = 0; second < 5; second++) meter.add(100, second * 1_000)
      expect(meter.rate(4_000 + silence)).toBe(0)
      meter.add(50, 4_000 + silence)
      expect(meter.rate(4_000 + silence)).toBe(50)
    }
  })

  test('is 0 before anything came, and asking changes nothing', () => {
    const meter = new RateMeter()
    expect([meter.rate(0), meter.rate(123_456), meter.total]).toEqual([0, 0, 0])
    meter.add(10, 123_456)
    expect(meter.rate(123_456)).toBe(10)
    expect(meter.rate(123_456)).toBe(10)
  })

  test('of a window of one second is what came in the present one', () => {
    const meter = new RateMeter(1)
    meter.add(300, 5_000)
    meter.add(200, 5_900)
    expect([meter.rate(5_999), meter.rate(6_000)]).toEqual([500, 0])
  })
})

test('the total never forgets', () => {
  const meter = new RateMeter(2)
  meter.add(3, 0)
  meter.add(4, 60_000)
  expect(meter.total).toBe(7)
})

test('agrees with a list of everything that came, whenever it is asked', () => {
  const step = fc.record({ wait: fc.nat(4_000), bytes: fc.integer({ min: 1, max: 100_000 }), asked: fc.boolean() })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(100_000), fc.array(step, { maxLength: 60 }), (...run) => {
      const [window, start, steps] = run
      const meter = new RateMeter(window)
      let came: { at: number; bytes: number }[] = []
      let since = start
      let now = start
      for (const { wait, bytes, asked } of steps) {
        now += wait
        const from = (Math.floor(now / 1_000) - window + 1) * 1_000
        came = came.filter(({ at }) => at >= from)
        if (came.length === 0) since = now
        came.push({ at: now, bytes })
        meter.add(bytes, now)
        if (!asked) continue
        const sum = came.reduce((all, one) => all + one.bytes, 0)
        expect(meter.rate(now)).toBeCloseTo((sum * 1_000) / Math.max(1_000, now - Math.max(from, since)), 6)
      }
    }),
    RUNS,
  )
})
