import { expect, test } from 'vitest'
import { SECOND } from '../../kernel/clock.ts'
import { LEAST_SHOWN_BLOCKS, ScanPace } from './scan-pace.ts'

test('counts from where this scan began, with rate and time left', () => {
  const progress = new ScanPace()
  progress.moved(10_000, 11_000, 0)
  for (let second = 1; second <= 5; second++) progress.moved(10_000 + 100 * second, 11_000, second * SECOND)
  expect(progress.shown(11_000, 5 * SECOND)).toMatchObject({ done: 500, total: 1_000 })
  const { rate, remaining } = progress.shown(11_000, 5 * SECOND) ?? { rate: 0 }
  expect(rate).toBeCloseTo(125, 5)
  expect(remaining).toBeCloseTo(4, 5)
})

test('a few blocks are not worth showing; a scan that is done is not shown', () => {
  const progress = new ScanPace()
  progress.moved(100, 100 + LEAST_SHOWN_BLOCKS - 1, 0)
  expect(progress.shown(100 + LEAST_SHOWN_BLOCKS - 1, 0)).toBeUndefined()
  expect(progress.shown(100 + LEAST_SHOWN_BLOCKS, 0)).toMatchObject({ done: 0, total: LEAST_SHOWN_BLOCKS })
  progress.moved(500, 500, 0)
  expect(progress.shown(5_000, 0)).toBeUndefined()
})

test('a scan that begins again lower counts from there, and has no rate at first', () => {
  const progress = new ScanPace()
  progress.moved(400, 1_000, 0)
  progress.moved(600, 1_000, SECOND)
  progress.moved(50, 1_000, 2 * SECOND)
  expect(progress.shown(1_000, 2 * SECOND)).toEqual({ done: 0, total: 950, rate: 0 })
})
