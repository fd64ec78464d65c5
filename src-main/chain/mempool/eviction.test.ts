/** Room and age, by the rules that Bitcoin Core tests in mempool_limit and mempool_expiry. */
import { describe, expect, test } from 'vitest'
import type { Transaction } from '../primitives/transaction.ts'
import { FIXTURE_COINS, MempoolFixture, pay } from '../test-support/mempool-fixture.ts'
import { coinOf } from '../test-support/test-keys.ts'
import { memoryOf } from './mempool-entry.ts'
import { EXPIRY_SECONDS, INCREMENTAL_RELAY_FEE_RATE, MINIMUM_RELAY_FEE_RATE } from './policy.ts'

const HOUR = 3_600

/** A fixture with room for `count` transactions of one input and one output. */
function withRoomFor(count: number): MempoolFixture {
  const one = memoryOf(pay([new MempoolFixture().coin(1)], 1_000))
  return new MempoolFixture({ memoryLimit: count * one })
}

describe('room', () => {
  test('the lowest fee rate goes first, and is not taken again at once', async () => {
    const fixture = withRoomFor(10)
    const paying = (n: number, fee = n * 1_000) => pay([fixture.coin(n)], fee)
    const all = Array.from({ length: 10 }, (_, n) => paying(n + 1))
    await fixture.acceptAll(all)
    expect(fixture.removed).toEqual([])
    await fixture.acceptAll([paying(20)])
    expect(fixture.removed.map(({ reason }) => reason)).toEqual(['evicted'])
    expect(fixture.has(all[0] as Transaction)).toBe(false)
    const { virtualSize } = all[0] as Transaction
    const floor = (1_000 / virtualSize) * 1_000 + INCREMENTAL_RELAY_FEE_RATE
    expect(fixture.mempool.minimumFeeRate()).toBe(Math.ceil(floor))
    expect(await fixture.verdict(paying(21, 1_000))).toBe('policy: mempool min fee not met')
    expect(await fixture.verdict(paying(22, Math.ceil((floor * virtualSize) / 1_000)))).toBe('policy: mempool full')
    expect(fixture.mempool.size).toBe(10)
    expect(fixture.added).toHaveLength(11)
  })

  test('a parent stays for a child that pays, and goes with it', async () => {
    const fixture = withRoomFor(4)
    const parent = pay([fixture.coin(1)], 1_000)
    const child = pay([coinOf(parent, 0)], 9_000)
    const middle = [2, 3].map((n) => pay([fixture.coin(n)], 3_000))
    await fixture.acceptAll([parent, child, ...middle])
    await fixture.acceptAll([pay([fixture.coin(4)], 8_000)])
    expect(fixture.has(parent)).toBe(true)
    // Of two equal ones the newer went.
    expect(middle.map((transaction) => fixture.has(transaction))).toEqual([true, false])
    await fixture.acceptAll([5, 6].map((n) => pay([fixture.coin(n)], 20_000)))
    expect([parent, child, ...middle].map((transaction) => fixture.has(transaction))).toEqual([
      false,
      false,
      false,
      false,
    ])
    expect(fixture.mempool.size).toBe(3)
  })

  test('the floor falls from the next block on, by half in 12 hours', async () => {
    const fixture = withRoomFor(10)
    const fee = 100_000
    for (let n = 1; n <= 11; n++) await fixture.acceptAll([pay([fixture.coin(n)], fee + n)])
    const floor = fixture.mempool.minimumFeeRate(fixture.now)
    expect(floor).toBeGreaterThan(1_000_000)
    expect(fixture.mempool.minimumFeeRate(fixture.now + 48 * HOUR)).toBe(floor)
    fixture.mine()
    const half = fixture.mempool.minimumFeeRate(fixture.now + 12 * HOUR)
    expect(half).toBe(Math.ceil(floor / 2))
    expect(fixture.mempool.minimumFeeRate(fixture.now + 12_000 * HOUR)).toBe(MINIMUM_RELAY_FEE_RATE)
  })

  test('memory never passes the limit, whatever comes', async () => {
    const limit = 40_000
    const fixture = new MempoolFixture({ memoryLimit: limit })
    for (let n = 1; n <= FIXTURE_COINS; n++) {
      const parent = pay([fixture.coin(n)], 1_000 + ((n * 7_919) % 30_000))
      await fixture.accept(parent)
      await fixture.accept(pay([coinOf(parent, 0)], 1_000 + ((n * 104_729) % 30_000)))
      expect(fixture.mempool.memory).toBeLessThanOrEqual(limit)
    }
    expect(fixture.removed.length).toBeGreaterThan(5)
    expect(fixture.added.length - fixture.removed.length).toBe(fixture.mempool.size)
  })
})

describe('age', () => {
  test('after 336 hours one is forgotten, with what depends on it', async () => {
    const fixture = new MempoolFixture()
    const old = pay([fixture.coin(1)], 1_000)
    await fixture.acceptAll([old])
    fixture.now += EXPIRY_SECONDS - 1
    const child = pay([coinOf(old, 0)], 1_000)
    await fixture.acceptAll([child])
    expect([fixture.has(old), fixture.has(child)]).toEqual([true, true])
    fixture.now += 61
    const fresh = pay([fixture.coin(2)], 1_000)
    await fixture.acceptAll([fresh])
    expect([old, child, fresh].map((transaction) => fixture.has(transaction))).toEqual([false, false, true])
    expect(fixture.removed.map(({ reason }) => reason)).toEqual(['expired', 'expired'])
  })
})
