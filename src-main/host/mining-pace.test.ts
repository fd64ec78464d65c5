import { expect, test } from 'vitest'
import {
  BATCH_MS,
  FIRST_BATCH,
  LARGEST_BATCH,
  LONGEST_REST,
  MiningPace,
  restAfter,
  SMALLEST_BATCH,
} from './mining-pace.ts'

/** What batches come to be on a machine of this speed, in thousand hashes a second. */
function settled(nonces: number, batches = 20): number {
  const pace = new MiningPace()
  for (let i = 0; i < batches; i++) pace.took(pace.batch / nonces)
  return pace.batch
}

test.each([60, 500, 7_500, 28_000, 500_000])('batches of %i thousand hashes a second come to take 30 ms', (speed) => {
  expect(Math.abs(settled(speed) / speed - BATCH_MS)).toBeLessThan(0.1)
})

test('the first batch is short for the slowest kernel', () => {
  expect(FIRST_BATCH / 100).toBeLessThan(BATCH_MS)
})

test('batches keep within their bounds, whatever clocks say', () => {
  expect(settled(0.001)).toBe(SMALLEST_BATCH)
  expect(settled(1e9)).toBe(LARGEST_BATCH)
  const pace = new MiningPace()
  for (let i = 0; i < 50; i++) pace.took(0)
  expect(pace.batch).toBe(LARGEST_BATCH)
  for (let i = 0; i < 50; i++) pace.took(3_600_000)
  expect(pace.batch).toBe(SMALLEST_BATCH)
})

test('one slow batch does not make the next ones tiny', () => {
  const pace = new MiningPace()
  for (let i = 0; i < 20; i++) pace.took(pace.batch / 8_000)
  const before = pace.batch
  pace.took(10_000)
  expect(pace.batch).toBe(before / 4)
})

test.each([
  [100, 0],
  [50, 30],
  [25, 90],
  [1, 2_970],
])('a share of %i per cent rests %i ms after 30 ms of work', (share, rest) => {
  expect(restAfter(30, share)).toBe(rest)
})

test('no rest is longer than five seconds', () => {
  expect(restAfter(3_600_000, 1)).toBe(LONGEST_REST)
})
