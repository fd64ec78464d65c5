/** What the vault gives back is looked at as if a stranger had sent it; and a plan is carried out only as it was shown. */
import { describe, expect, test } from 'vitest'
import { outpointKey } from '../../chain/coins/coin.ts'
import { TestKey } from '../../chain/test-support/test-keys.ts'
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import { toHex } from '../../kernel/bytes.ts'
import { chosen, SpendingBed } from '../test-support/spending-bed.ts'
import { planBump } from './plan-bump.ts'
import { planChild } from './plan-child.ts'
import { planPayment } from './plan-payment.ts'
import { isOutdated, signingRequestOf, withWitnesses } from './signing.ts'
import { SpendingError } from './spending-error.ts'
import type { SpendingPlan } from './spending-types.ts'

const COIN = 100_000_000n
const stranger = new TestKey(77).p2wpkh
const verifier = createSignatureVerifier()

function bedWith(...values: (number | bigint)[]): SpendingBed {
  const bed = new SpendingBed()
  bed.fund(values)
  return bed
}

function pay(bed: SpendingBed, amount: bigint, rate = 2_000): SpendingPlan {
  return planPayment({ recipients: [{ script: stranger, amount }], fee: chosen(rate) }, bed.view(), bed.random)
}

function reasonFor(plan: SpendingPlan, witnesses: Uint8Array[][]): string {
  try {
    withWitnesses(plan, witnesses, verifier)
  } catch (error) {
    if (error instanceof SpendingError && error.fault.code === 'SIGNED_WRONG') return error.fault.reason
    throw error
  }
  return ''
}

describe('what is signed', () => {
  const bed = bedWith(COIN, COIN)
  const plan = pay(bed, (15n * COIN) / 10n)
  const good = bed.account.sign(signingRequestOf(plan))

  test('is taken where it is right: outputs, locktime and sequences as planned', () => {
    const signed = withWitnesses(plan, good, verifier)
    expect(toHex(signed.txid)).toBe(toHex(plan.transaction.txid))
    expect(signed.hasWitness).toBe(true)
    expect(signed.virtualSize).toBeLessThanOrEqual(plan.virtualSize)
  })

  test('is refused where a witness is missing, another one, of another key or changed in a bit', () => {
    const [first, second] = good as [Uint8Array[], Uint8Array[]]
    const changed = Uint8Array.from(first[0] as Uint8Array)
    changed[20] = (changed[20] as number) ^ 1
    expect(reasonFor(plan, good)).toBe('')
    expect(reasonFor(plan, [first])).toBe('1 of 2 inputs are signed')
    expect(reasonFor(plan, [first, []])).toMatch(/^input 2 is refused by its script/)
    expect(reasonFor(plan, [second, first])).toMatch(/^input 1 is refused by its script/)
    expect(reasonFor(plan, [[changed, first[1] as Uint8Array], second])).toMatch(/^input 1 is refused by its script/)
  })

  test('is refused where it pays another fee than was shown, or is larger', () => {
    expect(reasonFor({ ...plan, fee: plan.fee + 1n }, good)).toBe(
      `its fee is ${plan.fee} grains and not ${plan.fee + 1n}`,
    )
    expect(reasonFor({ ...plan, virtualSize: plan.virtualSize - 2 }, good)).toBe('it is larger than it may be')
    const [coin, ...others] = plan.coins as [SpendingPlan['coins'][number]]
    const dearer = { ...plan, coins: [{ ...coin, value: coin.value + 5n }, ...others], fee: plan.fee + 5n }
    expect(reasonFor(dearer, good)).toMatch(/^input 1 is refused by its script/)
  })
})

describe('a plan is outdated', () => {
  test('where a coin of it is gone, not where others are', async () => {
    const bed = bedWith(COIN, 3n * COIN)
    const first = pay(bed, 2n * COIN)
    const second = pay(bed, COIN / 2n)
    const [coin] = second.coins
    expect(isOutdated(first, bed.view())).toBe(false)
    expect(await bed.send(first)).toBe('accepted')
    expect(isOutdated(first, bed.view())).toBe(true)
    expect(isOutdated(second, bed.view())).toBe(coin?.value === 3n * COIN)
  })

  test('where what it speeds up waits no more', async () => {
    const bed = bedWith(3n * COIN)
    const payment = pay(bed, COIN, 1_000)
    expect(await bed.send(payment)).toBe('accepted')
    const { txid } = payment.transaction
    const bump = planBump(txid, chosen(9_000), bed.view(), bed.random)
    const child = planChild(txid, chosen(9_000), bed.view(), bed.random)
    expect([bump, child].map((plan) => isOutdated(plan, bed.view()))).toEqual([false, false])
    bed.fixture.mine([bed.sign(payment)])
    expect([bump, child].map((plan) => isOutdated(plan, bed.view()))).toEqual([true, true])
  })

  test('where a bump would undo a payment that was made since, or pay too little for a child', async () => {
    const bed = bedWith(3n * COIN)
    const payment = pay(bed, COIN, 1_000)
    expect(await bed.send(payment)).toBe('accepted')
    const { txid } = payment.transaction
    const low = planBump(txid, chosen(3_000), bed.view(), bed.random)
    const high = planBump(txid, chosen(90_000), bed.view(), bed.random)
    expect(await bed.send(planChild(txid, chosen(9_000), bed.view(), bed.random))).toBe('accepted')
    expect([low, high].map((plan) => isOutdated(plan, bed.view()))).toEqual([true, false])
    expect(await bed.send(pay(bed, COIN / 2n))).toBe('accepted')
    expect(isOutdated(high, bed.view())).toBe(true)
  })

  test('where a coin of it was frozen since, but not where the coins were named by hand', () => {
    const bed = bedWith(COIN)
    const [coin] = bed.view().coins
    if (coin === undefined) throw new Error('no coin')
    const plan = pay(bed, COIN / 2n)
    const request = { recipients: [{ script: bed.receiveScript(), amount: COIN / 2n }], fee: chosen(2_000) }
    const named = planPayment({ ...request, coins: [coin.outpoint] }, bed.view(), bed.random)
    bed.frozen.add(outpointKey(coin.outpoint))
    expect([plan, named].map((each) => isOutdated(each, bed.view()))).toEqual([true, false])
  })

  test('where the address that its change was to be the first on has been paid to since', async () => {
    const bed = bedWith(3n * COIN)
    const [plan, other] = [pay(bed, COIN), pay(bed, COIN)]
    expect(plan.change?.isFirstUse).toBe(true)
    expect([plan, other].map((each) => isOutdated(each, bed.view()))).toEqual([false, false])
    bed.used.add(toHex(plan.change?.script ?? new Uint8Array(0)))
    expect([plan, other].map((each) => isOutdated(each, bed.view()))).toEqual([true, true])
    // There is no further one: coins can be spent all the same.
    const last = pay(bed, COIN)
    expect(last.change?.isFirstUse).toBe(false)
    expect(isOutdated(last, bed.view())).toBe(false)
  })

  test('is outdated once a coin that was shown as confirmed has lost its block', () => {
    const bed = bedWith(COIN)
    const plan = pay(bed, COIN / 2n)
    const view = bed.view()
    const coins = view.coins.map((coin) => ({ ...coin, confirmations: 0, status: 'pending' as const }))
    expect(isOutdated(plan, view)).toBe(false)
    expect(isOutdated(plan, { ...view, coins })).toBe(true)
  })
})
