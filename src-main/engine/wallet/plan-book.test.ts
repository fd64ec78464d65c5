import { expect, test } from 'vitest'
import { MAX_PLANS, PLAN_LIFE, PlanBook } from './plan-book.ts'

test('a plan is found under its number until it is removed', () => {
  const book = new PlanBook<string>()
  const [a, b] = [book.keep('a', 0), book.keep('b', 0)]
  expect([book.find(a, 1), book.find(b, 1), book.find(99, 1)]).toEqual(['a', 'b', undefined])
  book.remove(a)
  expect(book.find(a, 1)).toBeUndefined()
  book.clear()
  expect(book.find(b, 1)).toBeUndefined()
})

test('a plan grows old', () => {
  const book = new PlanBook<string>()
  const id = book.keep('a', 0)
  expect(book.find(id, PLAN_LIFE - 1)).toBe('a')
  expect(book.find(id, PLAN_LIFE)).toBeUndefined()
})

test('the oldest goes where there are too many, and its number is not given again', () => {
  const book = new PlanBook<number>()
  const ids = Array.from({ length: MAX_PLANS + 1 }, (_, i) => book.keep(i, 0))
  expect(new Set(ids).size).toBe(MAX_PLANS + 1)
  expect(ids.filter((id) => book.find(id, 0) === undefined)).toEqual([ids[0]])
})
