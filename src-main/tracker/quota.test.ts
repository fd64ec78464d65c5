import { expect, test } from 'vitest'
import { RequestQuota } from './quota.ts'

test('requests are limited for each address and in all, anew in each period', () => {
  const quota = new RequestQuota({ period: 1_000, perAddress: 2, total: 3 })
  expect(['a', 'a', 'a', 'b', 'b', 'c'].map((address) => quota.take(address, 0))).toEqual([
    true,
    true,
    false,
    true,
    false,
    false,
  ])
  expect(quota.take('a', 999)).toBe(false)
  expect(quota.take('a', 1_000)).toBe(true)
  expect(quota.take('b', 1_500)).toBe(true)
})
