import { expect, test } from 'vitest'
import { CATCH_UP_BLOCKS, CatchUpMeter } from './catch-up-meter.ts'

test('measures each catch-up from where it began, and none where there is nothing to catch up with', () => {
  const meter = new CatchUpMeter()
  expect(meter.progress(1_000, 1_000 + CATCH_UP_BLOCKS - 1, 0)).toBeUndefined()
  expect(meter.progress(1_000, 2_000, 0)).toEqual({ done: 0, total: 1_000, rate: 0, remaining: undefined })
  for (let second = 1; second <= 5; second++) meter.connected(100, second * 1_000)
  const progress = meter.progress(1_500, 2_000, 5_000)
  expect(progress).toMatchObject({ done: 500, total: 1_000 })
  expect(progress?.rate).toBeGreaterThan(90)
  expect(progress?.rate).toBeLessThan(130)
  expect(progress?.remaining).toBeCloseTo(500 / (progress?.rate ?? 0))
  // A reorganisation to below where it began.
  expect(meter.progress(900, 2_000, 5_000)).toMatchObject({ done: 0, total: 1_100 })
  expect(meter.progress(2_000, 2_000, 9_000)).toBeUndefined()
  expect(meter.progress(2_000, 2_010, 9_000)).toMatchObject({ done: 0, total: 10 })
})
