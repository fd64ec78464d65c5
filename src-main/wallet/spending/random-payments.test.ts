/**
 * Payments at random, each judged by the mempool: a plan is taken and its sums are right, or an error claims what is true.
 * What is true is worked out here in another way: by trying every subset of the coins.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scriptOf } from '../../chain/address/output-script.ts'
import { outpointKey } from '../../chain/coins/coin.ts'
import { dustThreshold } from '../../chain/mempool/output-type.ts'
import { sha256 } from '../../chain/primitives/hashes.ts'
import type { Transaction } from '../../chain/primitives/transaction.ts'
import { chosen, SpendingBed } from '../test-support/spending-bed.ts'
import type { WalletCoin } from '../wallet-types.ts'
import { CHANGE_TARGET } from './coin-selection.ts'
import { costOfChange, LEAST_CHANGE } from './funding.ts'
import { planPayment } from './plan-payment.ts'
import { SpendingError, type SpendingFault } from './spending-error.ts'
import type { PaymentRequest, Recipient, SpendingPlan, SpendingView } from './spending-types.ts'

const settings = { seed: 5_501, numRuns: process.env.SHOAL_LONG === '1' ? 5_000 : 1_000 }
/** Subsets are tried one by one. */
const MAX_COINS = 10

const scripts = fc.tuple(fc.constantFrom('p2wpkh', 'p2pkh', 'p2sh', 'p2wsh'), fc.nat(1_000)).map(([type, number]) => {
  const hash = sha256(Uint8Array.of(number & 0xff, number >> 8))
  return scriptOf({ type, hash: type === 'p2wsh' ? hash : hash.subarray(0, 20) })
})
const values = fc.oneof(
  fc.integer({ min: 300, max: 5_000 }),
  fc.integer({ min: 5_000, max: 1_000_000 }),
  fc.integer({ min: 1_000_000, max: 2_000_000_000 }),
)
/** Most of them near what the coins are worth, where it is decided. */
const shares = fc.oneof(fc.double({ min: 0, max: 1.1, noNaN: true }), fc.double({ min: 0.97, max: 1.001, noNaN: true }))
const cases = fc.record({
  confirmed: fc.array(values, { maxLength: MAX_COINS - 3 }),
  pending: fc.array(values, { maxLength: 3 }),
  rate: fc.oneof(fc.integer({ min: 1_000, max: 3_000 }), fc.integer({ min: 3_000, max: 300_000 })),
  recipients: fc.array(fc.tuple(scripts, fc.double({ min: 0.01, max: 1, noNaN: true })), {
    minLength: 1,
    maxLength: 3,
  }),
  share: shares,
  takesAll: fc.boolean(),
  named: fc.boolean(),
  seed: fc.nat(1_000_000),
})
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never

/** Bytes of a signed transaction, virtual; by another count than that of the product. */
function virtualSize(inputs: number, outputs: readonly Uint8Array[]): number {
  const bytes = 10 + 41 * inputs + outputs.reduce((sum, script) => sum + 9 + script.length, 0)
  return Math.ceil((4 * bytes + 2 + 107 * inputs) / 4)
}

function feeAt(rate: number, size: number): bigint {
  return (BigInt(rate) * BigInt(size) + 999n) / 1_000n
}

/** What any subset of the coins can pay beside its fee, at most. */
function mostOf(coins: readonly WalletCoin[], rate: number, outputs: readonly Uint8Array[]): bigint {
  let most = 0n
  for (let subset = 1; subset < 1 << coins.length; subset++) {
    const chosenOnes = coins.filter((_, place) => (subset >> place) & 1)
    const worth = chosenOnes.reduce((sum, { value }) => sum + value, 0n)
    const payable = worth - feeAt(rate, virtualSize(chosenOnes.length, outputs))
    if (payable > most) most = payable
  }
  return most
}

async function bedOf({ confirmed, pending, seed }: Case): Promise<SpendingBed> {
  const bed = new SpendingBed(seed)
  // What is created by others has to be relayed too.
  bed.fund(confirmed)
  if (pending.length > 0) await bed.receive(pending)
  return bed
}

function requestOf(one: Case, view: SpendingView): PaymentRequest {
  const eligible = eligibleOf(one, view)
  const worth = eligible.reduce((sum, { value }) => sum + Number(value), 0)
  const parts = one.recipients.reduce((sum, [, part]) => sum + part, 0)
  const recipients: Recipient[] = one.recipients.map(([script, part], place) => {
    const amount = BigInt(Math.floor((worth * one.share * part) / parts))
    return { script, amount: one.takesAll && place === 0 ? 'everything' : amount }
  })
  return { recipients, fee: chosen(one.rate), coins: one.named ? eligible.map(({ outpoint }) => outpoint) : undefined }
}

/** What the request may spend: where coins are named, what others have sent too. */
function eligibleOf({ named }: Pick<Case, 'named'>, { coins }: SpendingView): WalletCoin[] {
  return coins.filter(({ status }) => status === 'available' || status === 'change' || (named && status === 'pending'))
}

function checkPlan(plan: SpendingPlan, signed: Transaction, { recipients, fee }: PaymentRequest, view: SpendingView) {
  const spent = plan.coins.reduce((sum, { value }) => sum + value, 0n)
  const paid = signed.outputs.reduce((sum, { value }) => sum + value, 0n)
  expect(spent).toBe(paid + plan.fee)
  expect(paid).toBe(plan.total + (plan.change?.amount ?? 0n))
  expect(signed.virtualSize).toBeLessThanOrEqual(plan.virtualSize)
  expect(plan.virtualSize).toBe(
    virtualSize(
      plan.coins.length,
      signed.outputs.map(({ scriptPubKey }) => scriptPubKey),
    ),
  )
  // Never under the rate; over it only by what would have been change.
  const asked = feeAt(fee.rate, plan.virtualSize)
  const dropped = BigInt(costOfChange({ rate: fee.rate } as never) + LEAST_CHANGE)
  expect(plan.fee >= asked).toBe(true)
  expect(plan.fee <= asked + (plan.change ? 0n : dropped)).toBe(true)
  for (const [place, { script, amount }] of recipients.entries()) {
    expect(plan.recipients[place]?.script).toBe(script)
    if (amount !== 'everything') expect(plan.recipients[place]?.amount).toBe(amount)
  }
  for (const { value, scriptPubKey } of signed.outputs)
    expect(value >= BigInt(dustThreshold({ value, scriptPubKey }))).toBe(true)
  checkNoNeedlessCoin(plan, fee.rate)
  const kept = view.coins.filter(({ status }) => status === 'available' || status === 'change')
  const keys = new Set(plan.coins.map(({ outpoint }) => outpointKey(outpoint)))
  const rest = kept.filter(({ outpoint }) => !keys.has(outpointKey(outpoint)))
  expect(plan.remaining).toBe(rest.reduce((sum, { value }) => sum + value, plan.change?.amount ?? 0n))
}

/** Without the smallest coin it would not be enough, or change would be less than is worth having. */
function checkNoNeedlessCoin(plan: SpendingPlan, rate: number): void {
  const [smallest] = [...plan.coins].sort((a, b) => Number(a.value - b.value))
  const { change } = plan
  if (smallest === undefined || plan.coins.length === 1) return
  const scriptsOf = (withChange: boolean) => [
    ...plan.recipients.map(({ script }) => script),
    ...(withChange ? [new Uint8Array(22)] : []),
  ]
  const size = (withChange: boolean) => virtualSize(plan.coins.length - 1, scriptsOf(withChange))
  const left = (change?.amount ?? 0n) + plan.fee - smallest.value
  const isEnough = left >= feeAt(rate, size(false))
  const wouldBeChange = left - feeAt(rate, size(true))
  const isWorthIt = change !== undefined && change.amount >= CHANGE_TARGET && wouldBeChange < CHANGE_TARGET
  const takesAll = plan.change === undefined && plan.fee === feeAt(rate, plan.virtualSize)
  if (!takesAll) expect(!isEnough || isWorthIt).toBe(true)
}

function checkClaim(fault: SpendingFault, one: Case, request: PaymentRequest, view: SpendingView): void {
  const eligible = eligibleOf(one, view)
  const outputs = request.recipients.map(({ script }) => script)
  const fixed = request.recipients.reduce((sum, { amount }) => (amount === 'everything' ? sum : sum + amount), 0n)
  const taker = request.recipients.find(({ amount }) => amount === 'everything')
  const wanted = fixed + (taker ? BigInt(dustThreshold({ value: 0n, scriptPubKey: taker.script })) : 0n)
  switch (fault.code) {
    case 'DUST': {
      const small = request.recipients.filter(({ amount }) => amount === fault.amount)
      expect(
        small.some(({ script }) => dustThreshold({ value: 0n, scriptPubKey: script }) === Number(fault.least)),
      ).toBe(true)
      expect(fault.amount < fault.least).toBe(true)
      return
    }
    case 'NOT_ENOUGH':
      expect(fault.amount).toBe(wanted)
      expect(fault.missing).toBe(fault.amount + fault.fee - fault.available)
      // Exactly so much: no subset pays for it, and one that does is so much better.
      expect(fault.missing > 0n).toBe(true)
      if (fault.available > 0n) expect(mostOf(eligible, request.fee.rate, outputs)).toBeLessThan(wanted)
      if (mostOf(eligible, request.fee.rate, outputs) > 0n)
        expect(mostOf(eligible, request.fee.rate, outputs)).toBe(wanted - fault.missing)
      return
    case 'FEE_TOO_HIGH':
      expect(fault.fee > fault.limit).toBe(true)
      return
    default:
      throw new Error(`nothing else may be claimed here: ${fault.code}`)
  }
}

describe('payments at random', () => {
  test('a plan that the mempool takes, or a claim that is true', async () => {
    const outcomes = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const bed = await bedOf(one)
        const view = bed.view()
        const request = requestOf(one, view)
        try {
          const plan = planPayment(request, view, bed.random)
          const signed = bed.sign(plan)
          checkPlan(plan, signed, request, view)
          expect(await bed.fixture.verdict(signed)).toBe('accepted')
          outcomes.set('plan', (outcomes.get('plan') ?? 0) + 1)
        } catch (error) {
          if (!(error instanceof SpendingError)) throw error
          checkClaim(error.fault, one, request, view)
          outcomes.set(error.code, (outcomes.get(error.code) ?? 0) + 1)
        }
      }),
      settings,
    )
    // The cases are such that every outcome is met, plans most.
    expect(outcomes.get('plan')).toBeGreaterThan(settings.numRuns / 3)
    expect(outcomes.get('NOT_ENOUGH')).toBeGreaterThan(settings.numRuns / 20)
    expect(outcomes.get('DUST')).toBeGreaterThan(0)
  }, 120_000)

  test('one after the other without a block: all are taken until nodes would relay no longer chain', async () => {
    const settled = { seed: 5_502, numRuns: process.env.SHOAL_LONG === '1' ? 60 : 12, endOnFailure: true }
    const ends = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 200_000, max: 5_000_000 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.double({ min: 0.02, max: 0.3, noNaN: true }), { minLength: 60, maxLength: 60 }),
        fc.nat(1_000),
        async (coins, parts, seed) => {
          const bed = new SpendingBed(seed)
          bed.fund(coins)
          for (const part of parts) {
            const view = bed.view()
            const worth = view.coins.reduce((sum, { value }) => sum + Number(value), 0)
            const amount = BigInt(Math.floor(worth * part))
            const recipient = { script: scriptOf({ type: 'p2wpkh', hash: new Uint8Array(20).fill(9) }), amount }
            const request = { recipients: [recipient], fee: chosen(1_000) }
            try {
              expect(await bed.send(planPayment(request, view, bed.random))).toBe('accepted')
            } catch (error) {
              if (!(error instanceof SpendingError)) throw error
              ends.set(error.code, (ends.get(error.code) ?? 0) + 1)
              if (error.fault.code === 'UNCONFIRMED_CHAIN') await checkChainClaim(bed, recipient, error.fault.most)
              return
            }
          }
        },
      ),
      settled,
    )
    expect(ends.get('UNCONFIRMED_CHAIN')).toBeGreaterThan(0)
  }, 60_000)
})

/** What was wanted does not go through, whatever is spent for it; as much as is said does. */
async function checkChainClaim(bed: SpendingBed, recipient: Recipient, most: bigint): Promise<void> {
  const view = bed.view()
  for (let subset = 1; subset < 1 << view.coins.length; subset++) {
    const coins = view.coins.filter((_, place) => (subset >> place) & 1)
    // Planned without regard to chains.
    const blind = { ...view, coins, pending: [] }
    const plan = planOrNothing({ recipients: [recipient], fee: chosen(1_000) }, blind, bed)
    if (plan) expect(await bed.fixture.verdict(bed.sign(plan))).toBe('policy: too-long-mempool-chain')
  }
  const next = { ...recipient, amount: most > 0n ? most : ('everything' as const) }
  const plan = planOrNothing({ recipients: [next], fee: chosen(1_000) }, view, bed)
  expect(plan !== undefined).toBe(most > 0n)
  if (plan) expect(await bed.send(plan)).toBe('accepted')
}

function planOrNothing(request: PaymentRequest, view: SpendingView, bed: SpendingBed): SpendingPlan | undefined {
  try {
    return planPayment(request, view, bed.random)
  } catch (error) {
    if (error instanceof SpendingError) return undefined
    throw error
  }
}
