import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RateMeter } from './rate-meter.ts'

const RUNS = { seed: 1, numRuns: process.env.SHOAL_LONG === '1' ? 10_000 : 200 }

describe('the rate', () => {
  test('is the average over the window, empty seconds included', () => {
    const meter = new RateMeter(5)
    meter.add(1_000, 10_000)
    expect(meter.rate(10_000)).toBe(200)
    meter.add(4_000, 12_500)
    expect(meter.rate(12_999)).toBe(1_000)
  })

  test('of a steady flow is exact at the end of each second', () => {
    const meter = new RateMeter(5)
    for (let now = 0; now < 20_000; now += 100) {
      meter.add(50, now)
      if (now >= 5_000 && now % 1_000 === 900) expect(meter.rate(now)).toBe(500)
    }
  })

  test('forgets a second once it has left the window', () => {
    const meter = new RateMeter(5)
    meter.add(500, 0)
    expect(meter.rate(4_999)).toBe(100)
    expect(meter.rate(5_000)).toBe(0)
  })

  test('is nothing after any silence longer than the window, a multiple of it too', () => {
    for (const silence of [5_000, 6_000, 10_000, 7_000_000]) {
      const meter = new RateMeter(5)
      for (let second = 0; second < 5; second++) meter.add(100, second * 1_000)
      expect(meter.rate(4_000 + silence)).toBe(0)
      meter.add(50, 4_000 + silence)
      expect(meter.rate(4_000 + silence)).toBe(10)
    }
  })

  test('is 0 before anything came, and asking changes nothing', () => {
    const meter = new RateMeter()
    expect([meter.rate(0), meter.rate(123_456), meter.total]).toEqual([0, 0, 0])
    meter.add(10, 123_456)
    expect(meter.rate(123_456)).toBe(2)
    expect(meter.rate(123_456)).toBe(2)
  })

  test('a window of another length', () => {
    const meter = new RateMeter(20)
    meter.add(2_000, 0)
    expect(meter.rate(19_999)).toBe(100)
    expect(meter.rate(20_000)).toBe(0)
  })
})

test('the total never forgets', () => {
  const meter = new RateMeter(2)
  meter.add(3, 0)
  meter.add(4, 60_000)
  expect(meter.total).toBe(7)
})

test('agrees with a list of everything that came, whenever it is asked', () => {
  const step = fc.record({ wait: fc.nat(4_000), bytes: fc.nat(100_000), asked: fc.boolean() })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(100_000), fc.array(step, { maxLength: 60 }), (...run) => {
      const [window, start, steps] = run
      const meter = new RateMeter(window)
      const came: { second: number; bytes: number }[] = []
      let now = start
      for (const { wait, bytes, asked } of steps) {
        now += wait
        meter.add(bytes, now)
        const second = Math.floor(now / 1_000)
        came.push({ second, bytes })
        if (!asked) continue
        const recent = came.filter((one) => one.second > second - window)
        expect(meter.rate(now)).toBe(recent.reduce((sum, one) => sum + one.bytes, 0) / window)
      }
    }),
    RUNS,
  )
})
