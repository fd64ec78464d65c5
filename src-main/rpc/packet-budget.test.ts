import { describe, expect, test } from 'vitest'
import { KeyedBuckets, TokenBucket, takeFromAll } from './packet-budget.ts'

describe('TokenBucket', () => {
  test('lets its burst through, then its rate', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 50 }, 0)
    const taken = (now: number) => {
      let count = 0
      while (bucket.take(1, now)) count += 1
      return count
    }
    expect([taken(0), taken(99), taken(100), taken(1_100), taken(100_000)]).toEqual([50, 0, 1, 10, 50])
  })

  test('reserves in advance, up to the longest wait', () => {
    const bucket = new TokenBucket({ perSecond: 2, burst: 2 }, 0)
    const delays = Array.from({ length: 6 }, () => bucket.reserve(1, 1_500, 0))
    expect(delays).toEqual([0, 0, 500, 1_000, 1_500, undefined])
    expect(bucket.reserve(1, 1_500, 500)).toBe(1_500)
  })

  test('time that goes back earns nothing', () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 1 }, 5_000)
    expect([bucket.take(1, 5_000), bucket.take(1, 0), bucket.take(1, 5_999), bucket.take(1, 6_000)]).toEqual([
      true,
      false,
      false,
      true,
    ])
  })

  test('may be without limit', () => {
    const rate = { perSecond: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY }
    const bucket = new TokenBucket(rate, 0)
    expect([bucket.take(1e9, 0), bucket.take(1e9, 5), bucket.reserve(1, 0, 9), bucket.isFull(9)]).toEqual([
      true,
      true,
      0,
      true,
    ])
  })
})

describe('KeyedBuckets', () => {
  const rate = { perSecond: 1, burst: 2 }

  test('keeps at most its capacity, forgets only full buckets', () => {
    const buckets = new KeyedBuckets(rate, 3)
    for (const key of ['a', 'b', 'c']) buckets.of(key, 0)?.take(2, 0)
    // Nothing is full yet: a newcomer is refused, those known are not.
    expect([buckets.of('d', 0), buckets.size]).toEqual([undefined, 3])
    expect(buckets.of('a', 1_000)?.take(1, 1_000)).toBe(true)
    // b is full again at 2 s, a is not.
    expect(buckets.of('d', 2_000)).toBeDefined()
    expect([buckets.size, buckets.of('a', 2_000)?.take(2, 2_000)]).toEqual([3, false])
    expect(buckets.of('e', 2_000)).toBeDefined()
    expect(buckets.size).toBe(3)
  })

  test('no order of many keys gives one of them more than its rate', () => {
    const buckets = new KeyedBuckets(rate, 10)
    let taken = 0
    for (let now = 0; now <= 10_000; now += 10) {
      for (let i = 0; i < 20; i++) buckets.of(`flood ${now} ${i}`, now)?.take(1, now)
      if (buckets.of('victim', now)?.take(1, now)) taken += 1
      expect(buckets.size).toBeLessThanOrEqual(10)
    }
    expect(taken).toBeLessThanOrEqual(12)
  })
})

test('takeFromAll takes from every bucket or from none', () => {
  const large = new TokenBucket({ perSecond: 1, burst: 5 }, 0)
  const small = new TokenBucket({ perSecond: 1, burst: 1 }, 0)
  const both = [[large, 1] as const, [small, 1] as const]
  expect([takeFromAll(both, 0), takeFromAll(both, 0), takeFromAll([[undefined, 1]], 0)]).toEqual([true, false, false])
  expect([large.take(4, 0), large.take(1, 0)]).toEqual([true, false])
})
