import { expect, test } from 'vitest'
import { straightness, summaryOf } from './summary.ts'

test('mean and percentiles by nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i)
  expect(summaryOf(values)).toEqual({ mean: 50.5, p1: 1, p50: 50, p99: 99, max: 100 })
  expect(summaryOf([7])).toEqual({ mean: 7, p1: 7, p50: 7, p99: 7, max: 7 })
  expect(summaryOf([]).mean).toBe(0)
})

test('points on a line have an R² of 1, points around one less', () => {
  expect(straightness([1, 2, 3, 4].map((x) => [x, 3 * x + 1]))).toBeCloseTo(1, 12)
  expect(
    straightness([
      [1, 1],
      [2, 3],
      [3, 2],
      [4, 4],
    ]),
  ).toBeCloseTo(0.64, 12)
})
