import { expect, test } from 'vitest'
import { RecentIds } from './recent-ids.ts'

const id = (number: number) => Uint8Array.from({ length: 32 }, (_, i) => (i < 4 ? (number >>> (8 * i)) & 0xff : 0))

test('remembers the last ones exactly and no more than twice the capacity', () => {
  const recent = new RecentIds(100)
  for (let i = 0; i < 10_000; i++) {
    recent.add(id(i))
    expect(recent.size).toBeLessThanOrEqual(200)
  }
  for (let i = 9_900; i < 10_000; i++) expect(recent.has(id(i))).toBe(true)
  expect(recent.has(id(9_799))).toBe(false)
})

test('an id that comes again is young again', () => {
  const recent = new RecentIds(2)
  for (const number of [1, 2, 3, 1, 4, 5]) recent.add(id(number))
  expect(recent.has(id(1))).toBe(true)
  recent.delete(id(1))
  expect(recent.has(id(1))).toBe(false)
})
