import { describe, expect, test } from 'vitest'
import { niceStep, scaleOf } from './chart-scale.ts'

describe('a linear axis', () => {
  test('begins at nothing where it should, and ends at a round figure', () => {
    const scale = scaleOf('linear', [3.2, 17.9], true)
    expect(scale.ticks).toEqual([0, 5, 10, 15, 20])
    expect([scale.place(0), scale.place(10), scale.place(20)]).toEqual([0, 0.5, 1])
  })

  test('else begins where its figures do', () => {
    expect(scaleOf('linear', [20, 45], false).ticks).toEqual([20, 30, 40, 50])
  })

  test('has room for what is below nothing', () => {
    expect(scaleOf('linear', [-4, 6], true).ticks).toEqual([-5, 0, 5, 10])
  })

  test.each([[[]], [[7]], [[0]], [[0, 0]], [[Number.NaN]]])('of %j is an axis as well', (values) => {
    const { place, ticks } = scaleOf('linear', values, true)
    expect(ticks.length).toBeGreaterThan(1)
    expect(Number.isFinite(place(1))).toBe(true)
  })
})

describe('a logarithmic axis', () => {
  test('goes from and to 1, 2 or 5 times a power of ten, each as far apart as they are many times', () => {
    const scale = scaleOf('log', [0.12, 1.7], true)
    expect(scale.ticks).toEqual([0.1, 0.2, 0.5, 1, 2])
    expect([scale.place(0.1), scale.place(2)]).toEqual([0, 1])
    expect(scale.place(0.4) - scale.place(0.2)).toBeCloseTo(scale.place(2) - scale.place(1))
  })

  test('names powers of ten where there are many', () => {
    expect(scaleOf('log', [1, 100_000], true).ticks).toEqual([1, 10, 100, 1_000, 10_000, 100_000])
  })

  test('leaves out what has no place on it', () => {
    const { place, ticks } = scaleOf('log', [0, 1, 10], true)
    expect(ticks).toEqual([1, 2, 5, 10])
    expect([place(0), place(-3)]).toEqual([0, 0])
  })

  test('of one figure has a width', () => {
    const { place, ticks } = scaleOf('log', [64], true)
    expect(ticks).toEqual([50, 100])
    expect(place(100)).toBe(1)
  })
})

test('steps are round', () => {
  expect([0.03, 0.1, 1.5, 2, 7, 60].map(niceStep)).toEqual([0.05, 0.1, 2, 2, 10, 100])
})
