import { expect, test } from 'vitest'
import { SECOND } from '../../kernel/clock.ts'
import { ConnectionBudget, DEFAULT_LIMITS } from './connection-budget.ts'

const limits = { ...DEFAULT_LIMITS, total: 100, halfOpen: 50, attemptsPerSecond: 30, burst: 30 }

function dialAll(budget: ConnectionBudget, now: number): number {
  let count = 0
  while (budget.tryDial(now)) count++
  return count
}

test('a burst first, then so many a second', () => {
  const budget = new ConnectionBudget({ ...limits, halfOpen: 1_000, total: 1_000 })
  expect(dialAll(budget, 0)).toBe(30)
  expect(dialAll(budget, SECOND / 2)).toBe(15)
  expect(dialAll(budget, 100 * SECOND)).toBe(30)
})

test('no more half-open ones than allowed', () => {
  const budget = new ConnectionBudget({ ...limits, halfOpen: 5 })
  expect(dialAll(budget, 0)).toBe(5)
  budget.established()
  budget.closed(false)
  expect(dialAll(budget, 0)).toBe(2)
})

test('no more in all than allowed, both directions together', () => {
  const budget = new ConnectionBudget({ ...limits, total: 3 })
  expect(budget.tryAccept()).toBe(true)
  expect(dialAll(budget, 0)).toBe(2)
  expect(budget.tryAccept()).toBe(false)
  budget.closed(true)
  expect(budget.tryAccept()).toBe(true)
  expect(budget.total).toBe(3)
  expect(budget.halfOpen).toBe(2)
})
