/** Where payments of wallets have gone wrong before, each as a test, with the wallet's own ledger, a chain and a mempool. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { coins as coinsText, parseAmount } from '#shared/amounts.ts'
import type { Transaction } from '../../chain/primitives/transaction.ts'
import { FREE_SCRIPT } from '../../chain/test-support/mempool-fixture.ts'
import { TestKey } from '../../chain/test-support/test-keys.ts'
import { bytesEqual } from '../../kernel/bytes.ts'
import { WalletBed, WalletWorld } from '../test-support/wallet-bed.ts'
import { planBump } from './plan-bump.ts'
import { planChild } from './plan-child.ts'
import { planPayment } from './plan-payment.ts'
import { whichIsPossible } from './speed-up.ts'
import { SpendingError } from './spending-error.ts'
import { type FeeDecision, feeRateOf, type SpendingPlan } from './spending-types.ts'

const COIN = 100_000_000n
const stranger = new TestKey(77).p2wpkh

function bed(): WalletBed {
  return new WalletBed(new WalletWorld())
}

function chosen(rate: number): FeeDecision {
  return { rate, basis: 'chosen' }
}

function pay(one: WalletBed, amount: bigint | 'everything', rate = 2_000): SpendingPlan {
  return one.plan({ recipients: [{ script: stranger, amount }], fee: chosen(rate) })
}

/** Signed, kept and taken by the mempool. */
async function carryOut(one: WalletBed, plan: SpendingPlan): Promise<Transaction> {
  const transaction = one.make(plan)
  await one.world.offer(transaction)
  return transaction
}

function codeOf(plan: () => unknown): string {
  try {
    plan()
  } catch (error) {
    if (error instanceof SpendingError) return error.code
    throw error
  }
  return 'planned'
}

describe('a low-fee parent', () => {
  test('is not pulled into a payment that confirmed coins can pay for', async () => {
    const one = bed()
    await one.fund(5n * COIN, 4n * COIN, 3n * COIN)
    await carryOut(one, pay(one, 4n * COIN + COIN / 2n, 1_000))
    await one.world.pay(one.newScript(), 40n * COIN)
    one.follow()
    for (const amount of [COIN, 3n * COIN, 4n * COIN]) {
      const plan = pay(one, amount, 30_000)
      expect(plan.coins.every(({ isConfirmed }) => isConfirmed)).toBe(true)
      expect(plan.warnings.map(({ code }) => code)).not.toContain('unconfirmed-coins')
    }
  })

  test('that has to be spent is warned of, and a child of it lifts both', async () => {
    const one = bed()
    await one.fund(5n * COIN)
    const parent = await carryOut(one, pay(one, COIN, 1_000))
    const plan = pay(one, COIN, 30_000)
    expect(plan.warnings.find(({ code }) => code === 'unconfirmed-coins')?.message).toMatch(/hold this/)
    const child = planChild(parent.txid, chosen(30_000), one.wallet.spendingView(), one.random)
    await carryOut(one, child)
    const taken = one.world.fixture.mempool.selectFor({ minimumFeeRate: 30_000 })
    expect(taken.some(({ transaction }) => bytesEqual(transaction.txid, parent.txid))).toBe(true)
  })

  test('of somebody else is never spent unasked, however little is left', async () => {
    const one = bed()
    await one.fund(COIN)
    await one.world.pay(one.newScript(), 40n * COIN)
    one.follow()
    expect(codeOf(() => pay(one, 2n * COIN))).toBe('NOT_ENOUGH')
    const everything = pay(one, 'everything')
    expect(everything.coins.map(({ value }) => value)).toEqual([COIN])
  })
})

describe('units', () => {
  test('an amount as it is written is the amount that is paid, to the grain', async () => {
    const one = bed()
    await one.fund(50n * COIN - 2_000n)
    fc.assert(
      fc.property(fc.bigInt({ min: 294n, max: 49n * COIN }), (amount) => {
        const read = parseAmount(coinsText(amount))
        if (typeof read !== 'bigint') throw new Error(read)
        const plan = pay(one, read)
        expect(plan.total).toBe(amount)
        expect(plan.transaction.outputs.some(({ value }) => value === amount)).toBe(true)
      }),
      { seed: 5_541, numRuns: 200 },
    )
  })

  test('a rate is grains for each virtual byte, not bytes, weight units or thousands of them', async () => {
    const one = bed()
    await one.fund(5n * COIN)
    const plan = pay(one, COIN, 2_500)
    const signed = one.owner.sign(plan)
    expect(plan.fee).toBe(BigInt(Math.ceil(2.5 * signed.virtualSize)))
    expect(feeRateOf(plan)).toBeCloseTo(2.5, 2)
    expect(signed.size).toBeGreaterThan(signed.virtualSize)
  })
})

describe('a reward that is orphaned', () => {
  test('is spent by no later payment, and what it was spent with can be', async () => {
    const one = bed()
    one.world.mine({ payTo: one.newScript() })
    one.world.mineMany(99)
    await one.fund(3n * COIN)
    await carryOut(one, pay(one, 52n * COIN))
    one.follow()
    expect(codeOf(() => pay(one, 2n * COIN))).toBe('NOT_ENOUGH')
    one.world.fixture.reorganise(
      101,
      Array.from({ length: 102 }, () => []),
    )
    one.follow()
    one.world.mine()
    one.follow()
    const plan = pay(one, 'everything')
    expect(plan.coins.map(({ value }) => value)).toEqual([3n * COIN])
    await carryOut(one, plan)
  })
})

describe('a payment that is abandoned', () => {
  test('frees its coins, and what spends them takes its place at a higher fee only', async () => {
    const one = bed()
    await one.fund(3n * COIN)
    const first = await carryOut(one, pay(one, COIN, 5_000))
    one.wallet.abandon(first.txid)
    const low = one.owner.sign(pay(one, COIN, 1_000))
    expect(await one.world.offered(low)).toMatchObject({ status: 'refused', reason: 'insufficient fee' })
    const second = await carryOut(one, pay(one, COIN, 20_000))
    one.world.mine()
    one.follow()
    expect(one.wallet.historyRow(second.txid)?.status).toBe('confirmed')
    expect(one.wallet.historyRow(first.txid)?.status).not.toBe('confirmed')
    expect(one.wallet.balance().available).toBe(2n * COIN - (one.wallet.historyRow(second.txid)?.fee ?? 0n))
  })
})

// spesmilo/electrum#8076
describe('a bump', () => {
  test('of a payment of everything never fails for want of change: it adds a coin, or says what is missing', async () => {
    const one = bed()
    await one.fund(COIN)
    const first = await carryOut(one, pay(one, 'everything', 1_000))
    const bump = () => planBump(first.txid, chosen(9_000), one.wallet.spendingView(), one.random)
    expect(whichIsPossible(first.txid, one.wallet.spendingView())).toMatchObject({ how: 'bump' })
    expect(codeOf(bump)).toBe('NOT_ENOUGH')
    await one.world.pay(one.newScript(), COIN)
    one.world.mine({ transactions: one.world.mempool.filter(({ txid }) => !bytesEqual(txid, first.txid)) })
    one.follow()
    const second = await carryOut(one, bump())
    expect(one.wallet.historyRow(first.txid)?.status).toBe('replaced')
    expect(one.wallet.historyRow(second.txid)).toMatchObject({ status: 'pending', canBump: true })
  })

  test('that loses to the first one in a block gives everything back but what that one paid', async () => {
    const one = bed()
    await one.fund(5n * COIN)
    const first = await carryOut(one, pay(one, COIN, 1_000))
    const plan = planBump(first.txid, chosen(9_000), one.wallet.spendingView(), one.random)
    const second = await carryOut(one, plan)
    one.world.mine({ transactions: [first] })
    one.follow()
    expect(one.wallet.historyRow(first.txid)?.status).toBe('confirmed')
    expect(one.wallet.historyRow(second.txid)?.status).toBe('conflicted')
    const fee = one.wallet.historyRow(first.txid)?.fee ?? 0n
    expect(one.wallet.balance().available).toBe(4n * COIN - fee)
    await carryOut(one, pay(one, 'everything'))
  })
})

describe('payments from one wallet in two places', () => {
  test('are refused as double spends until the second knows of the first', async () => {
    const world = new WalletWorld()
    const here = new WalletBed(world)
    await here.fund(3n * COIN)
    const there = here.restored()
    there.follow()
    const recipients = [{ script: FREE_SCRIPT, amount: 2n * COIN }]
    const plan = planPayment({ recipients, fee: chosen(2_000) }, there.wallet.spendingView(), there.random)
    await carryOut(here, pay(here, COIN))
    expect(await world.offered(there.owner.sign(plan))).toMatchObject({ status: 'refused', reason: 'insufficient fee' })
    there.follow()
    expect(codeOf(() => there.plan({ recipients, fee: chosen(2_000) }))).toBe('NOT_ENOUGH')
    expect(there.wallet.balance()).toEqual(here.wallet.balance())
  })
})
