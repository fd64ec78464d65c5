/** Payments: what is chosen, what comes out, and what is refused with which claim. */
import { describe, expect, test } from 'vitest'
import { encodeAddress, scriptOfAddress } from '../../chain/address/address.ts'
import { scriptOf } from '../../chain/address/output-script.ts'
import { networks } from '../../chain/consensus/networks.ts'
import { feeFor } from '../../chain/mempool/policy.ts'
import type { Outpoint } from '../../chain/primitives/transaction.ts'
import { TestKey } from '../../chain/test-support/test-keys.ts'
import { toHex } from '../../kernel/bytes.ts'
import { chosen, SpendingBed } from '../test-support/spending-bed.ts'
import type { WalletCoin } from '../wallet-types.ts'
import { MAX_FEE } from './assemble-plan.ts'
import { outpointText } from './eligible-coins.ts'
import { LEAST_CHANGE, MAX_INPUTS } from './funding.ts'
import { planPayment } from './plan-payment.ts'
import { SpendingError, type SpendingFault } from './spending-error.ts'
import { feeRateOf, type Recipient, type SpendingPlan } from './spending-types.ts'

const COIN = 100_000_000n
const RATE = 5_000
const stranger = new TestKey(77).p2wpkh
const other = new TestKey(78).p2pkh

function pay(
  bed: SpendingBed,
  recipients: readonly (readonly [Uint8Array, Recipient['amount']])[],
  { rate = RATE, coins }: { rate?: number; coins?: readonly Outpoint[] } = {},
): SpendingPlan {
  const request = { recipients: recipients.map(([script, amount]) => ({ script, amount })), fee: chosen(rate), coins }
  return planPayment(request, bed.view(), bed.random)
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

function outpointsOf(coins: readonly WalletCoin[]): Outpoint[] {
  return coins.map(({ outpoint }) => outpoint)
}

describe('a payment', () => {
  test('pays the recipient, the fee and us, and is taken by the mempool', async () => {
    const bed = bedWith(10n * COIN)
    const plan = pay(bed, [[stranger, 3n * COIN]])
    expect(plan).toMatchObject({ kind: 'payment', total: 3n * COIN, fee: BigInt(feeFor(RATE, plan.virtualSize)) })
    expect(plan.change?.amount).toBe(7n * COIN - plan.fee)
    expect(plan.remaining).toBe(plan.change?.amount)
    expect(plan.change?.path).toEqual({ chain: 1, index: 0 })
    expect(await bed.send(plan)).toBe('accepted')
    expect(bed.view().coins).toMatchObject([
      { status: 'change', value: plan.change?.amount, path: { chain: 1, index: 0 } },
    ])
  })

  test('is replaceable, of version 2, and locked to the tip or seldom to a height a little below', () => {
    const bed = bedWith(10n * COIN)
    const { tipHeight } = bed.view()
    const plans = Array.from({ length: 300 }, () => pay(bed, [[stranger, COIN]]).transaction)
    for (const { version, inputs } of plans) {
      expect(version).toBe(2)
      expect(inputs.every(({ sequence }) => sequence === 0xffff_fffd)).toBe(true)
    }
    const depths = plans.map(({ lockTime }) => tipHeight - lockTime)
    expect(depths.filter((depth) => depth === 0).length).toBeGreaterThan(240)
    expect(depths.some((depth) => depth > 0)).toBe(true)
    expect(depths.every((depth) => depth >= 0 && depth < 100)).toBe(true)
  })

  test('puts change and recipients in any order', () => {
    const bed = bedWith(10n * COIN)
    const places = new Set<number>()
    for (let i = 0; i < 40; i++) {
      const { transaction } = pay(bed, [
        [stranger, COIN],
        [other, 2n * COIN],
      ])
      places.add(transaction.outputs.findIndex(({ value }) => value > 3n * COIN))
    }
    expect([...places].sort()).toEqual([0, 1, 2])
  })

  test('gives one recipient all that remains beside the others', async () => {
    const bed = bedWith(2n * COIN, 3n * COIN, 30_000)
    const plan = pay(bed, [
      [stranger, COIN],
      [other, 'everything'],
    ])
    expect(plan.coins).toHaveLength(3)
    expect(plan.change).toBeUndefined()
    expect(plan.remaining).toBe(0n)
    expect(plan.recipients.map(({ amount }) => amount)).toEqual([COIN, 4n * COIN + 30_000n - plan.fee])
    expect(plan.fee).toBe(BigInt(feeFor(RATE, plan.virtualSize)))
    expect(await bed.send(plan)).toBe('accepted')
  })

  test('leaves coins out that cost more than they are worth', () => {
    const bed = bedWith(2n * COIN, 600, 700)
    const plan = pay(bed, [[stranger, 'everything']], { rate: 10_000 })
    expect(plan.coins.map(({ value }) => value)).toEqual([2n * COIN, 700n])
    expect(plan.remaining).toBe(600n)
  })

  test('finds coins that need no change', () => {
    const bed = bedWith(5n * COIN, 70_000, 130_000, 250_000, 40_000)
    // Two coins of P2WPKH, one output: 177 virtual bytes at 5 grains.
    const plan = pay(bed, [[stranger, 130_000n + 70_000n - 900n]])
    expect(plan.change).toBeUndefined()
    expect(plan.coins.map(({ value }) => value).sort()).toEqual([130_000n, 70_000n])
    expect(plan.warnings.map(({ code }) => code)).toContain('no-change')
  })

  test('has no change that would be dust: it goes to the fee', () => {
    const bed = bedWith(1_000_000)
    const withoutChange = Number(1_000_000n - pay(bed, [[stranger, 'everything']]).fee)
    for (const left of [0, 1, LEAST_CHANGE + 100]) {
      const plan = pay(bed, [[stranger, BigInt(withoutChange - left)]])
      expect(plan.change).toBeUndefined()
      expect(plan.fee).toBe(1_000_000n - plan.total)
    }
    const least = pay(bed, [[stranger, BigInt(withoutChange - LEAST_CHANGE - 31 * 5)]])
    expect(least.change?.amount).toBe(BigInt(LEAST_CHANGE))
  })
})

describe('which coins', () => {
  test('confirmed ones first, own change next, never what others have sent and no block has', async () => {
    const bed = bedWith(4n * COIN, 4n * COIN)
    expect(await bed.send(pay(bed, [[stranger, 3n * COIN]]))).toBe('accepted')
    await bed.receive([9n * COIN])
    const confirmed = pay(bed, [[stranger, 2n * COIN]])
    expect(confirmed.coins).toMatchObject([{ value: 4n * COIN, isConfirmed: true }])
    const both = pay(bed, [[stranger, (45n * COIN) / 10n]])
    expect(both.coins.map(({ isConfirmed }) => isConfirmed).sort()).toEqual([false, true])
    expect(faultOf(() => pay(bed, [[stranger, 6n * COIN]]))).toMatchObject({ code: 'NOT_ENOUGH' })
    expect(both.warnings).toMatchObject([{ code: 'unconfirmed-coins' }])
    expect(await bed.send(both)).toBe('accepted')
  })

  test('frozen ones never, unless they are named', () => {
    const bed = bedWith(4n * COIN)
    const [coin] = bed.view().coins as [WalletCoin]
    bed.frozen.add(`${Buffer.from(coin.outpoint.txid).toString('latin1')}\0\0\0\0`)
    expect(bed.view().coins[0]?.frozen).toBe(true)
    expect(faultOf(() => pay(bed, [[stranger, COIN]]))).toMatchObject({ code: 'NOT_ENOUGH', available: 0n })
    expect(pay(bed, [[stranger, COIN]], { coins: [coin.outpoint] }).coins).toHaveLength(1)
  })

  test('by hand: only these, what others have sent too, and only as many as are needed', async () => {
    const bed = bedWith(4n * COIN, 5n * COIN)
    await bed.receive([9n * COIN])
    const coins = bed.view().coins
    const pending = coins.filter(({ status }) => status === 'pending')
    const plan = pay(bed, [[stranger, 8n * COIN]], { coins: outpointsOf(pending) })
    expect(plan.coins).toMatchObject([{ value: 9n * COIN, isConfirmed: false }])
    expect(await bed.fixture.verdict(bed.sign(plan))).toBe('accepted')
    const two = bedWith(4n * COIN, 5n * COIN)
    const named = outpointsOf(two.view().coins)
    expect(pay(two, [[stranger, COIN]], { coins: named }).coins).toHaveLength(1)
    expect(pay(two, [[stranger, 'everything']], { coins: named.slice(0, 1) }).remaining).toBe(
      two.view().coins[1]?.value,
    )
  })

  test('by hand: each once, of the wallet, and mature', () => {
    const bed = bedWith(4n * COIN)
    const [coin] = outpointsOf(bed.view().coins) as [Outpoint]
    const unknown = { txid: coin.txid, index: 9 }
    expect(faultOf(() => pay(bed, [[stranger, COIN]], { coins: [coin, coin] }))).toEqual({
      code: 'SAME_COIN_TWICE',
      coin: outpointText(coin),
    })
    expect(faultOf(() => pay(bed, [[stranger, COIN]], { coins: [unknown] }))).toEqual({
      code: 'NO_SUCH_COIN',
      coin: outpointText(unknown),
    })
    bed.fixture.mine([], { payTo: bed.receiveScript() })
    const reward = bed.view().coins.find(({ isReward }) => isReward) as WalletCoin
    expect(faultOf(() => pay(bed, [[stranger, COIN]], { coins: [reward.outpoint] }))).toMatchObject({
      code: 'COIN_IMMATURE',
    })
    expect(faultOf(() => pay(bed, [[stranger, 10n * COIN]]))).toMatchObject({
      code: 'NOT_ENOUGH',
      available: 4n * COIN,
    })
  })
})

describe('what is refused', () => {
  test('more than there is: what is missing, the fee counted', () => {
    const bed = bedWith(COIN, COIN)
    const fault = faultOf(() => pay(bed, [[stranger, 2n * COIN]]))
    if (fault.code !== 'NOT_ENOUGH') throw new Error(fault.code)
    expect(fault).toMatchObject({ amount: 2n * COIN, available: 2n * COIN })
    expect(fault.missing).toBe(fault.fee)
    expect(pay(bed, [[stranger, 2n * COIN - fault.missing]]).fee).toBe(fault.fee)
    expect(faultOf(() => pay(bed, [[stranger, 2n * COIN - fault.missing + 1n]]))).toMatchObject({ missing: 1n })
  })

  test('more than can exist, without a number that is not exact', () => {
    const bed = bedWith(COIN)
    const amount = 2n ** 62n
    const fault = faultOf(() => pay(bed, [[stranger, amount]]))
    if (fault.code !== 'NOT_ENOUGH') throw new Error(fault.code)
    expect(fault.missing).toBe(amount + fault.fee - COIN)
  })

  test('nothing to spend at all', () => {
    const bed = bedWith()
    expect(faultOf(() => pay(bed, [[stranger, COIN]]))).toMatchObject({ code: 'NOT_ENOUGH', available: 0n })
    expect(faultOf(() => pay(bed, [[stranger, 'everything']]))).toMatchObject({ code: 'NOT_ENOUGH', available: 0n })
  })

  test('dust, with the least that is none, for each kind of address', () => {
    const bed = bedWith(COIN)
    const scripts: [Uint8Array, bigint][] = [
      [stranger, 294n],
      [other, 546n],
      [scriptOf({ type: 'p2sh', hash: new Uint8Array(20) }), 540n],
      [scriptOf({ type: 'p2wsh', hash: new Uint8Array(32) }), 330n],
    ]
    for (const [script, least] of scripts) {
      expect(faultOf(() => pay(bed, [[script, least - 1n]]))).toMatchObject({ code: 'DUST', least })
      expect(pay(bed, [[script, least]]).total).toBe(least)
    }
    expect(faultOf(() => pay(bed, [[stranger, 0n]]))).toMatchObject({ code: 'DUST' })
  })

  test('everything where nothing but dust remains', () => {
    const bed = bedWith(800)
    expect(faultOf(() => pay(bed, [[stranger, 'everything']]))).toEqual({
      code: 'NOT_ENOUGH',
      amount: 294n,
      fee: 550n,
      available: 800n,
      missing: 44n,
    })
    expect(pay(bedWith(844), [[stranger, 'everything']]).total).toBe(294n)
  })

  test('addresses that nodes do not relay to, and what is no payment', () => {
    const bed = bedWith(COIN)
    const taproot = scriptOf({ type: 'witness', version: 1, program: new Uint8Array(32).fill(7) })
    const address = encodeAddress(
      { type: 'witness', version: 1, program: new Uint8Array(32).fill(7) },
      networks.local.addresses,
    )
    expect(toHex(scriptOfAddress(address, networks.local.addresses))).toBe(toHex(taproot))
    expect(faultOf(() => pay(bed, [[taproot, COIN / 2n]]))).toEqual({ code: 'NOT_PAYABLE', address })
    expect(faultOf(() => pay(bed, []))).toEqual({ code: 'NO_RECIPIENT' })
    expect(
      faultOf(() =>
        pay(bed, [
          [stranger, 'everything'],
          [other, 'everything'],
        ]),
      ),
    ).toEqual({ code: 'EVERYTHING_TWICE' })
  })

  test('fees that nodes would not relay, and fees that nobody can mean', () => {
    const bed = bedWith(COIN)
    expect(faultOf(() => pay(bed, [[stranger, COIN / 2n]], { rate: 999 }))).toEqual({
      code: 'FEE_TOO_LOW',
      rate: 999,
      least: 1_000,
    })
    expect(faultOf(() => pay(bed, [[stranger, COIN / 2n]], { rate: Number.NaN }))).toMatchObject({
      code: 'FEE_TOO_LOW',
    })
    const absurd = faultOf(() => pay(bed, [[stranger, COIN / 2n]], { rate: 100_000_000 }))
    expect(absurd).toMatchObject({ code: 'FEE_TOO_HIGH', limit: MAX_FEE })
    expect(pay(bed, [[stranger, COIN / 2n]], { rate: 70_000_000 }).fee).toBeLessThanOrEqual(MAX_FEE)
  })

  test('more coins than go into a transaction: as much as can be sent at once', async () => {
    const bed = bedWith(...Array.from({ length: MAX_INPUTS + 5 }, (_, i) => 10_000 + i))
    const fault = faultOf(() => pay(bed, [[stranger, 'everything']], { rate: 1_000 }))
    if (fault.code !== 'TOO_MANY_COINS') throw new Error(fault.code)
    expect(fault.limit).toBe(MAX_INPUTS)
    const plan = pay(bed, [[stranger, fault.most]], { rate: 1_000 })
    expect(plan.coins).toHaveLength(MAX_INPUTS)
    expect(faultOf(() => pay(bed, [[stranger, fault.most + 1n]], { rate: 1_000 }))).toMatchObject({
      code: 'TOO_MANY_COINS',
    })
    expect(await bed.send(plan)).toBe('accepted')
  })

  test('each in a sentence that names the thing, and a next step', () => {
    const bed = bedWith(COIN)
    const sentences = [
      () => pay(bed, []),
      () => pay(bed, [[stranger, 2n * COIN]]),
      () => pay(bed, [[stranger, 5n]]),
      () => pay(bed, [[stranger, COIN / 2n]], { rate: 10 }),
      () => pay(bed, [[stranger, COIN / 2n]], { rate: 200_000_000 }),
    ].map((plan) => {
      try {
        plan()
      } catch (error) {
        return (error as Error).message
      }
      return ''
    })
    expect(sentences).toEqual([
      'This payment has no recipient. Enter an address.',
      '1.0000055 SHL are missing: 2 SHL and a fee of 0.0000055 SHL are needed, and 1 SHL can be spent. Send less, or wait for coins that are pending.',
      `0.00000005 SHL to ${bed.account && encodeAddress({ type: 'p2wpkh', hash: new TestKey(77).hash }, networks.local.addresses)} would cost more to spend than it is worth. Send at least 0.00000294 SHL.`,
      'A fee rate of 0.01 grains per virtual byte is less than nodes relay. Pay at least 1 grain per virtual byte.',
      expect.stringMatching(/^The fee would be 0\.2\d+ SHL, and Shoal pays at most 0\.1 SHL for one transaction\. /),
    ])
  })
})

test('the rate that is shown is the one that is paid, never less than asked for', () => {
  const bed = bedWith(COIN)
  for (const rate of [1_000, 1_001, 1_499, 2_500, 12_345]) {
    const plan = pay(bed, [[stranger, COIN / 3n]], { rate })
    expect(feeRateOf(plan) * 1_000).toBeGreaterThanOrEqual(rate)
    expect(feeRateOf(plan) * 1_000).toBeLessThan(rate + 1_000 / plan.virtualSize)
    expect(bed.sign(plan).virtualSize).toBe(plan.virtualSize)
  }
})
