import { expect, test } from 'vitest'
import { LONGEST_STALL, ResponseTimes, SHORTEST_STALL } from './response-times.ts'

function after(...times: number[]): number {
  const measured = new ResponseTimes()
  for (const time of times) measured.add(time)
  return measured.stallAfter
}

test('a second until eight answers came, then the time of nine of ten', () => {
  expect(after()).toBe(1_000)
  expect(after(...new Array<number>(7).fill(400))).toBe(1_000)
  expect(after(...Array.from({ length: 8 }, (_, i) => 400 + i))).toBe(407)
  expect(after(...Array.from({ length: 40 }, (_, i) => 400 + i))).toBe(435)
})

test('never under 0.3 s nor over 2 s', () => {
  expect(after(...new Array<number>(16).fill(5))).toBe(SHORTEST_STALL)
  expect(after(...new Array<number>(16).fill(9_000))).toBe(LONGEST_STALL)
})

test('only the last 64 count', () => {
  expect(after(...new Array<number>(64).fill(1_900), ...new Array<number>(64).fill(500))).toBe(500)
})
