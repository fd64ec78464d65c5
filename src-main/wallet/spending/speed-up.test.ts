/** Replacements and children that pay for their parents, judged by the mempool and by what a block takes. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scriptOf } from '../../chain/address/output-script.ts'
import { MAX_ANCESTORS } from '../../chain/mempool/policy.ts'
import type { Transaction } from '../../chain/primitives/transaction.ts'
import { spend } from '../../chain/test-support/mempool-fixture.ts'
import { coinOf, TestKey } from '../../chain/test-support/test-keys.ts'
import { toHex } from '../../kernel/bytes.ts'
import { chosen, SpendingBed } from '../test-support/spending-bed.ts'
import { planBump } from './plan-bump.ts'
import { planChild } from './plan-child.ts'
import { planPayment } from './plan-payment.ts'
import { whichIsPossible } from './speed-up.ts'
import { SpendingError, type SpendingFault } from './spending-error.ts'
import { feeRateOf, type Recipient, type SpendingPlan } from './spending-types.ts'

const COIN = 100_000_000n
const stranger = new TestKey(77)
const LOW = 1_000
const HIGH = 20_000

function pay(bed: SpendingBed, script: Uint8Array, amount: Recipient['amount'], rate = LOW): SpendingPlan {
  return planPayment({ recipients: [{ script, amount }], fee: chosen(rate) }, bed.view(), bed.random)
}

/** A payment that waits for a block. */
async function paid(
  bed: SpendingBed,
  amount: Recipient['amount'] = COIN,
  { script = stranger.p2wpkh, rate = LOW } = {},
): Promise<SpendingPlan & { readonly txid: Uint8Array; readonly signed: Transaction }> {
  const plan = pay(bed, script, amount, rate)
  const signed = bed.sign(plan)
  expect(await bed.send(plan)).toBe('accepted')
  return { ...plan, txid: signed.txid, signed }
}

function bump(bed: SpendingBed, txid: Uint8Array, rate = HIGH): SpendingPlan {
  return planBump(txid, chosen(rate), bed.view(), bed.random)
}

function child(bed: SpendingBed, txid: Uint8Array, rate = HIGH): SpendingPlan {
  return planChild(txid, chosen(rate), bed.view(), bed.random)
}

function faultOf(plan: () => unknown): SpendingFault {
  try {
    plan()
  } catch (error) {
    if (error instanceof SpendingError) return error.fault
    throw error
  }
  throw new Error('a plan was made that was to be refused')
}

function bedWith(...values: (number | bigint)[]): SpendingBed {
  const bed = new SpendingBed()
  bed.fund(values)
  return bed
}

function paidTo({ recipients }: SpendingPlan): string[] {
  return recipients.map(({ script, amount }) => `${toHex(script)} ${amount}`).sort()
}

/** Whether a block takes it that takes nothing below the rate. */
function isInBlock(bed: SpendingBed, txid: Uint8Array, rate: number): boolean {
  return bed.fixture.mempool
    .selectFor({ minimumFeeRate: rate })
    .some(({ transaction }) => toHex(transaction.txid) === toHex(txid))
}

describe('a replacement', () => {
  test('spends the same coins, pays the recipient the same, and takes the fee from the change', async () => {
    const bed = bedWith(3n * COIN, 4n * COIN)
    const first = await paid(bed)
    const plan = bump(bed, first.txid)
    expect(plan).toMatchObject({ kind: 'bump', total: COIN, speedsUp: { fee: first.fee } })
    expect(toHex(plan.speedsUp?.txid as Uint8Array)).toBe(toHex(first.txid))
    expect(paidTo(plan)).toEqual(paidTo(first))
    expect(plan.coins).toHaveLength(first.coins.length)
    expect(plan.change?.amount).toBe((first.change?.amount as bigint) - (plan.fee - first.fee))
    expect(plan.change?.path).toEqual(first.change?.path)
    expect(feeRateOf(plan)).toBeGreaterThanOrEqual(HIGH / 1_000)
    expect(plan.remaining).toBe(7n * COIN - COIN - plan.fee)
    expect(await bed.send(plan)).toBe('accepted')
    expect(bed.fixture.has(first.signed)).toBe(false)
    expect(bed.view().pending).toHaveLength(1)
  })

  test('adds a coin where the change is not enough', async () => {
    const bed = bedWith(COIN + 1_000n)
    const first = await paid(bed, COIN)
    bed.fund([2n * COIN])
    const plan = bump(bed, first.txid)
    expect(plan.coins.map(({ value }) => value).sort()).toEqual([COIN + 1_000n, 2n * COIN])
    expect(paidTo(plan)).toEqual(paidTo(first))
    expect(await bed.send(plan)).toBe('accepted')
  })

  // spesmilo/electrum#8076
  test('of a payment without change adds a coin, or says what is missing: never "no suitable outputs"', async () => {
    const bed = bedWith(COIN)
    const first = await paid(bed, 'everything')
    expect(first.change).toBeUndefined()
    const fault = faultOf(() => bump(bed, first.txid))
    if (fault.code !== 'NOT_ENOUGH') throw new Error(fault.code)
    expect(fault).toMatchObject({ amount: first.total, available: COIN, missing: fault.fee - first.fee })
    bed.fund([fault.missing])
    expect(faultOf(() => bump(bed, first.txid))).toMatchObject({ code: 'NOT_ENOUGH' })
    bed.fund([100_000])
    const plan = bump(bed, first.txid)
    expect(paidTo(plan)).toEqual(paidTo(first))
    expect(await bed.send(plan)).toBe('accepted')
  })

  test('of coins moved to an own address takes the fee from them', async () => {
    const bed = bedWith(COIN)
    const first = await paid(bed, 'everything', { script: bed.receiveScript() })
    const plan = bump(bed, first.txid)
    expect(plan.recipients).toEqual([])
    expect(plan.change).toMatchObject({ path: { chain: 0 }, amount: COIN - plan.fee })
    expect(await bed.send(plan)).toBe('accepted')
  })

  test('drops change that would be dust', async () => {
    const bed = bedWith(COIN + 3_000n)
    const first = await paid(bed, COIN)
    expect(first.change).toBeDefined()
    const plan = bump(bed, first.txid, 25_000)
    expect(plan.change).toBeUndefined()
    expect(plan.fee).toBe(3_000n)
    expect(await bed.send(plan)).toBe('accepted')
  })

  test('pays for what depends on the first too, if it is all ours', async () => {
    const bed = bedWith(3n * COIN)
    const first = await paid(bed)
    const second = child(bed, first.txid, 10_000)
    expect(await bed.send(second)).toBe('accepted')
    const plan = bump(bed, first.txid, 2_000)
    // A replacement at 2 grains would not do: what goes has paid more.
    expect(plan.fee).toBe(first.fee + second.fee + BigInt(plan.virtualSize))
    expect(plan.warnings).toMatchObject([{ code: 'unlike-estimate' }])
    expect(plan.remaining).toBe(2n * COIN - plan.fee)
    expect(await bed.send(plan)).toBe('accepted')
    expect(bed.view().pending).toHaveLength(1)
  })

  test('is not made where it would undo another payment: a child is', async () => {
    const bed = bedWith(3n * COIN)
    const first = await paid(bed)
    const second = await paid(bed, COIN / 2n)
    expect(faultOf(() => bump(bed, first.txid))).toMatchObject({ code: 'NOT_TO_BE_SPED_UP' })
    expect(whichIsPossible(first.txid, bed.view())).toMatchObject({ how: 'child', child: undefined })
    expect(whichIsPossible(second.txid, bed.view())).toEqual({ how: 'bump', bump: undefined, child: undefined })
    const plan = child(bed, first.txid)
    expect(await bed.send(plan)).toBe('accepted')
    expect(isInBlock(bed, first.txid, HIGH)).toBe(true)
  })

  test('again and again, each dearer, also where a lower rate was asked for', async () => {
    const bed = bedWith(3n * COIN)
    let { txid, fee } = await paid(bed, COIN, { rate: 30_000 })
    for (let i = 0; i < 5; i++) {
      const plan = bump(bed, txid, 5_000)
      expect(plan.fee > fee).toBe(true)
      ;({ txid } = bed.sign(plan))
      fee = plan.fee
      expect(await bed.send(plan)).toBe('accepted')
    }
  })

  test('of what others have paid, what is final, or what is in a block: never', async () => {
    const bed = bedWith(3n * COIN)
    const gift = await bed.receive([COIN])
    expect(faultOf(() => bump(bed, gift.txid))).toMatchObject({
      code: 'NOT_TO_BE_SPED_UP',
      reason: 'Others have paid for this transaction, and only they can replace it',
    })
    const [coin] = bed.view().coins.filter(({ status }) => status === 'available')
    if (coin === undefined) throw new Error('there is a coin')
    const final = spend(
      [
        {
          outpoint: coin.outpoint,
          output: { value: coin.value, scriptPubKey: coin.script },
          key: bed.account.keyAt(coin.path),
        },
      ],
      [{ value: coin.value - 1_000n, scriptPubKey: bed.receiveScript() }],
      { sequence: 0xffff_fffe },
    )
    await bed.fixture.acceptAll([final])
    expect(faultOf(() => bump(bed, final.txid))).toMatchObject({
      reason: 'This transaction says that it is not to be replaced',
    })
    bed.fixture.mine([final])
    expect(faultOf(() => bump(bed, final.txid))).toMatchObject({ reason: 'This transaction does not wait for a block' })
    expect(whichIsPossible(final.txid, bed.view()).how).toBeUndefined()
  })

  test('does not take coins that wait for a block: nodes would refuse it', async () => {
    const bed = bedWith(COIN, 5n * COIN)
    const other = await paid(bed, 4n * COIN)
    expect(other.change).toBeDefined()
    const first = await paid(bed, COIN / 2n)
    const named = await paidEverything(bed)
    expect(named).toBe('NOT_ENOUGH')
    expect(first.coins).toHaveLength(1)
  })

  /** Bumps a payment of all that is confirmed while there is change that waits for a block. */
  async function paidEverything(bed: SpendingBed): Promise<string> {
    bed.fund([COIN])
    const coins = bed.view().coins.filter(({ status }) => status === 'available')
    const request = {
      recipients: [{ script: stranger.p2wpkh, amount: 'everything' as const }],
      fee: chosen(LOW),
      coins: coins.map(({ outpoint }) => outpoint),
    }
    const plan = planPayment(request, bed.view(), bed.random)
    const { txid } = bed.sign(plan)
    expect(await bed.send(plan)).toBe('accepted')
    expect(bed.view().coins.some(({ status }) => status === 'change')).toBe(true)
    return faultOf(() => bump(bed, txid)).code
  }
})

describe('a child', () => {
  test('of what others have sent makes both as dear as was asked for', async () => {
    const bed = bedWith()
    const gift = await bed.receive([COIN], 400)
    expect(whichIsPossible(gift.txid, bed.view())).toMatchObject({ how: 'child', child: undefined })
    expect(isInBlock(bed, gift.txid, HIGH)).toBe(false)
    const plan = child(bed, gift.txid)
    expect(plan).toMatchObject({ kind: 'child', recipients: [], total: 0n, coins: [{ value: COIN }] })
    // Others paid for it, and nobody knows how much.
    expect(plan.speedsUp).toEqual({ txid: gift.txid, fee: undefined })
    expect(plan.change?.amount).toBe(COIN - plan.fee)
    expect(plan.remaining).toBe(COIN - plan.fee)
    expect(await bed.send(plan)).toBe('accepted')
    expect(isInBlock(bed, gift.txid, HIGH)).toBe(true)
  })

  test('adds coins where what it spends is worth too little', async () => {
    const bed = bedWith(COIN)
    const gift = await bed.receive([2_000], 400)
    const plan = child(bed, gift.txid)
    expect(plan.coins.map(({ value }) => value).sort()).toEqual([COIN, 2_000n])
    expect(await bed.send(plan)).toBe('accepted')
    expect(isInBlock(bed, gift.txid, HIGH)).toBe(true)
    const poor = bedWith()
    const small = await poor.receive([2_000], 400)
    expect(faultOf(() => child(poor, small.txid))).toMatchObject({ code: 'NOT_ENOUGH', available: 2_000n })
  })

  test('pays for all ancestors that hold it back, and for none that a block takes anyhow', async () => {
    const bed = bedWith(3n * COIN)
    const first = await paid(bed, COIN / 10n, { rate: 50_000 })
    const second = await paid(bed, COIN / 10n, { rate: LOW })
    const third = await paid(bed, COIN / 10n, { rate: LOW })
    const plan = child(bed, third.txid)
    const asked = (HIGH * (second.signed.virtualSize + third.signed.virtualSize + plan.virtualSize)) / 1_000
    expect(Number(plan.fee)).toBeGreaterThanOrEqual(asked - Number(second.fee + third.fee))
    expect(Number(plan.fee)).toBeLessThanOrEqual(asked - Number(second.fee + third.fee) + 3)
    expect(await bed.send(plan)).toBe('accepted')
    for (const { txid } of [first, second, third]) expect(isInBlock(bed, txid, HIGH)).toBe(true)
  })

  test('is not made of what pays as much already, or pays us nothing', async () => {
    const bed = bedWith(3n * COIN)
    const first = await paid(bed, COIN, { rate: 30_000 })
    expect(faultOf(() => child(bed, first.txid))).toMatchObject({
      reason: 'This transaction pays as much already',
    })
    const rest = await paid(bed, 'everything')
    expect(faultOf(() => child(bed, rest.txid))).toMatchObject({
      reason: 'This transaction pays nothing to us that a child could spend',
    })
    expect(whichIsPossible(rest.txid, bed.view()).how).toBe('bump')
  })

  test('is not made where nodes would relay no longer chain, and is just before', async () => {
    const bed = bedWith()
    const gift = await bed.receive([COIN], 400)
    const outpoint = bed.view().coins[0]?.outpoint
    const recipients = [{ script: bed.receiveScript(), amount: 'everything' as const }]
    let last = gift.txid
    for (let depth = 1; depth < MAX_ANCESTORS; depth++) {
      expect(whichIsPossible(last, bed.view()).child).toBeUndefined()
      const coins = bed.view().coins.map((coin) => coin.outpoint)
      const plan = planPayment({ recipients, fee: chosen(LOW), coins }, bed.view(), bed.random)
      last = bed.sign(plan).txid
      expect(await bed.send(plan)).toBe('accepted')
    }
    expect(outpoint).toBeDefined()
    expect(whichIsPossible(last, bed.view()).child?.reason).toMatch(/^So many transactions/)
    expect(faultOf(() => child(bed, last))).toMatchObject({ code: 'NOT_TO_BE_SPED_UP' })
    expect(faultOf(() => child(bed, gift.txid))).toMatchObject({ code: 'NOT_TO_BE_SPED_UP' })
  })
})

const settings = { seed: 5_511, numRuns: process.env.SHOAL_LONG === '1' ? 1_500 : 250, endOnFailure: true }
const rates = fc.integer({ min: 1_000, max: 40_000 })
const histories = fc.record({
  confirmed: fc.array(fc.integer({ min: 2_000, max: 30_000_000 }), { minLength: 1, maxLength: 5 }),
  pending: fc.array(fc.integer({ min: 2_000, max: 30_000_000 }), { maxLength: 2 }),
  payments: fc.array(
    fc.record({
      share: fc.double({ min: 0.05, max: 0.9, noNaN: true }),
      takesAll: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
      toUs: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
      rate: rates,
    }),
    { minLength: 1, maxLength: 4 },
  ),
  rate: rates,
  pick: fc.nat(10),
  seed: fc.nat(1_000_000),
})
type History = typeof histories extends fc.Arbitrary<infer T> ? T : never

async function bedOf({ confirmed, pending, payments, seed }: History): Promise<SpendingBed> {
  const bed = new SpendingBed(seed)
  bed.fund(confirmed)
  if (pending.length > 0) await bed.receive(pending, 500)
  for (const { share, takesAll, toUs, rate } of payments) {
    const view = bed.view()
    const worth = view.coins.reduce((sum, { value, status }) => (status === 'pending' ? sum : sum + Number(value)), 0)
    const script = toUs ? bed.receiveScript() : scriptOf({ type: 'p2wpkh', hash: stranger.hash })
    const amount = takesAll ? 'everything' : BigInt(Math.floor(worth * share))
    try {
      const plan = planPayment({ recipients: [{ script, amount }], fee: chosen(rate) }, view, bed.random)
      expect(await bed.send(plan)).toBe('accepted')
    } catch (error) {
      if (!(error instanceof SpendingError)) throw error
    }
  }
  return bed
}

describe('at random', () => {
  test('whatever is possible is taken by the mempool, and a block takes it at the rate', async () => {
    const counts = { bump: 0, child: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const bed = await bedOf(history)
        const view = bed.view()
        if (view.pending.length === 0) return
        const target = view.pending[history.pick % view.pending.length]?.transaction as Transaction
        const possible = whichIsPossible(target.txid, view)
        for (const how of ['bump', 'child'] as const) {
          if (possible[how]) continue
          try {
            const plan = (how === 'bump' ? planBump : planChild)(target.txid, chosen(history.rate), view, bed.random)
            const spent = plan.coins.reduce((sum, { value }) => sum + value, 0n)
            expect(spent).toBe(plan.fee + plan.total + (plan.change?.amount ?? 0n))
            const signed = bed.sign(plan)
            expect(await bed.fixture.verdict(signed)).toBe('accepted')
            counts[how]++
            const worth = bed
              .view()
              .coins.reduce((sum, { value, status }) => (status === 'pending' ? sum : sum + value), 0n)
            expect(plan.remaining).toBe(worth)
            const hasPending = plan.coins.some(({ isConfirmed }) => !isConfirmed)
            if (how === 'child' || !hasPending)
              expect(isInBlock(bed, how === 'child' ? target.txid : signed.txid, history.rate)).toBe(true)
            return
          } catch (error) {
            if (!(error instanceof SpendingError)) throw error
            expect(['NOT_ENOUGH', 'NOT_TO_BE_SPED_UP', 'FEE_TOO_HIGH']).toContain(error.code)
            counts.refused++
          }
        }
      }),
      settings,
    )
    expect(counts.bump).toBeGreaterThan(settings.numRuns / 5)
    expect(counts.child).toBeGreaterThan(settings.numRuns / 20)
  }, 120_000)
})

test('a coin of somebody else is no output of ours', async () => {
  const bed = bedWith(COIN)
  const first = await paid(bed, COIN / 2n)
  const place = first.signed.outputs.findIndex(({ scriptPubKey }) => toHex(scriptPubKey) === toHex(stranger.p2wpkh))
  // The recipient spends what is not confirmed yet and pays us back: a replacement would undo that.
  const back = spend(
    [coinOf(first.signed, place, stranger)],
    [{ value: COIN / 2n - 500n, scriptPubKey: bed.receiveScript() }],
  )
  await bed.fixture.acceptAll([back])
  expect(faultOf(() => bump(bed, first.txid))).toMatchObject({ code: 'NOT_TO_BE_SPED_UP' })
  const plan = child(bed, back.txid)
  expect(await bed.send(plan)).toBe('accepted')
})
