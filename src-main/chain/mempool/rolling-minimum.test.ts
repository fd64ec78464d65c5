import { describe, expect, test } from 'vitest'
import { INCREMENTAL_RELAY_FEE_RATE } from './policy.ts'
import { RollingMinimum } from './rolling-minimum.ts'

const HOUR = 3_600

describe('the floor of a full mempool', () => {
  test('is a step above the dearest package that was dropped', () => {
    const minimum = new RollingMinimum()
    expect(minimum.rate(0, 1)).toBe(0)
    minimum.dropped(5_000)
    minimum.dropped(3_000)
    expect(minimum.rate(0, 1)).toBe(5_000 + INCREMENTAL_RELAY_FEE_RATE)
  })

  test('falls by half in 12 hours, in 6 or 3 where there is room', () => {
    for (const [fullness, halfLife] of [
      [0.5, 12],
      [0.49, 6],
      [0.24, 3],
    ] as const) {
      const minimum = new RollingMinimum()
      minimum.dropped(63_000)
      minimum.blockConnected(0)
      expect(minimum.rate(halfLife * HOUR, fullness)).toBe(32_000)
      expect(minimum.rate(3 * halfLife * HOUR, fullness)).toBe(8_000)
    }
  })

  test('falls evenly in between', () => {
    for (let minutes = 1; minutes < 720; minutes += 7) {
      const minimum = new RollingMinimum()
      minimum.dropped(999_000)
      minimum.blockConnected(0)
      const exact = 1_000_000 * 2 ** (-minutes / 720)
      expect(Math.abs(minimum.rate(minutes * 60, 1) / exact - 1)).toBeLessThan(1e-4)
    }
  })

  test('does not fall without a block, nor within ten seconds, nor when the clock goes back', () => {
    const minimum = new RollingMinimum()
    minimum.dropped(9_000)
    expect(minimum.rate(100 * HOUR, 1)).toBe(10_000)
    minimum.blockConnected(100 * HOUR)
    expect(minimum.rate(100 * HOUR + 10, 1)).toBe(10_000)
    expect(minimum.rate(0, 1)).toBe(10_000)
    minimum.dropped(19_000)
    expect(minimum.rate(200 * HOUR, 1)).toBe(20_000)
  })

  test('is no less than a step until it is nothing', () => {
    const minimum = new RollingMinimum()
    minimum.dropped(1_000)
    minimum.blockConnected(0)
    expect(minimum.rate(18 * HOUR, 1)).toBe(INCREMENTAL_RELAY_FEE_RATE)
    expect(minimum.rate(1_000_000 * HOUR, 1)).toBe(0)
  })
})
