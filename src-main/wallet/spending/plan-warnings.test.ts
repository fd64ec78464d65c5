import { describe, expect, test } from 'vitest'
import { TestKey } from '../../chain/test-support/test-keys.ts'
import { toHex } from '../../kernel/bytes.ts'
import { chosen, SpendingBed } from '../test-support/spending-bed.ts'
import { planPayment } from './plan-payment.ts'
import type { FeeDecision, Recipient } from './spending-types.ts'

const COIN = 100_000_000n
const stranger = new TestKey(77).p2wpkh
/** Of which nothing is to be said. */
const ORDINARY: FeeDecision = { rate: 5_000, basis: 'estimate' }

function bedWith(...values: (number | bigint)[]): SpendingBed {
  const bed = new SpendingBed()
  bed.fund(values)
  return bed
}

function warningsOf(bed: SpendingBed, recipients: readonly Recipient[], fee = ORDINARY): Map<string, string> {
  const { warnings } = planPayment({ recipients, fee }, bed.view(), bed.random)
  for (const { message } of warnings) expect(message.length).toBeLessThanOrEqual(300)
  return new Map(warnings.map(({ code, message }) => [code, message]))
}

describe('warnings of a payment', () => {
  test('none for an ordinary one', () => {
    const bed = bedWith(10n * COIN)
    expect(warningsOf(bed, [{ script: stranger, amount: COIN }]).size).toBe(0)
  })

  test('the fee rivals the amount: from a tenth of it', () => {
    const bed = bedWith(10n * COIN)
    // 141 virtual bytes at 5 grains.
    const at = (amount: bigint) => warningsOf(bed, [{ script: stranger, amount }]).get('fee-rivals-amount')
    expect(at(7_050n)).toBe('The fee of 0.00000705 SHL is 10 % of the amount.')
    expect(at(7_051n)).toBeUndefined()
    expect(at(705n)).toBe('The fee of 0.00000705 SHL is 100 % of the amount.')
    // All of many small coins: what people are surprised by.
    const dust = bedWith(...Array.from({ length: 50 }, () => 1_000))
    expect(warningsOf(dust, [{ script: stranger, amount: 'everything' }]).has('fee-rivals-amount')).toBe(true)
  })

  test('the address is one of ours, or was paid to before', () => {
    const bed = bedWith(10n * COIN)
    const own = bed.receiveScript()
    expect(warningsOf(bed, [{ script: own, amount: COIN }]).get('own-address')).toMatch(
      /^lshl1q\w+ is an address of this wallet\.$/,
    )
    bed.used.add(toHex(stranger))
    expect(warningsOf(bed, [{ script: stranger, amount: COIN }]).get('address-used')).toMatch(
      /^lshl1q\w+ was paid to before\. A new address/,
    )
    const three = [stranger, stranger, own].map((script) => ({ script, amount: COIN }))
    const warnings = warningsOf(bed, three)
    expect([...warnings.keys()]).toEqual(['own-address', 'address-used'])
    expect(warnings.get('address-used')).toMatch(/^2 of the addresses/)
  })

  test('change that is too little for an output', () => {
    const bed = bedWith(COIN)
    const amount = COIN - 110n * 5n - 300n
    expect(warningsOf(bed, [{ script: stranger, amount }]).get('no-change')).toBe(
      '0.000003 SHL are left, too little to be worth an output: they go to the fee.',
    )
    expect(warningsOf(bed, [{ script: stranger, amount: 'everything' }]).has('no-change')).toBe(false)
  })

  test('rates: the minimum, far above the estimate, below it', () => {
    const bed = bedWith(10n * COIN)
    const estimates = { fast: 10_000, slow: 3_000 }
    const codesAt = (fee: FeeDecision) => [...warningsOf(bed, [{ script: stranger, amount: COIN }], fee).keys()]
    expect(codesAt({ rate: 1_000, basis: 'minimum' })).toEqual(['minimum-fee'])
    expect(codesAt({ rate: 1_000, basis: 'estimate' })).toEqual([])
    expect(codesAt({ rate: 1_000, basis: 'chosen' })).toEqual(['minimum-fee'])
    expect(codesAt({ rate: 2_900, basis: 'chosen', estimates })).toEqual(['unlike-estimate'])
    expect(codesAt({ rate: 3_000, basis: 'chosen', estimates })).toEqual([])
    expect(codesAt({ rate: 29_000, basis: 'chosen', estimates })).toEqual([])
    expect(codesAt({ rate: 31_000, basis: 'chosen', estimates })).toEqual(['unlike-estimate'])
  })

  // spesmilo/electrum#2396
  test('coins that wait for a block, and whether their low fee will hold the payment up', async () => {
    const bed = bedWith(10n * COIN)
    const first = planPayment(
      { recipients: [{ script: stranger, amount: COIN }], fee: chosen(4_000) },
      bed.view(),
      bed.random,
    )
    expect(await bed.send(first)).toBe('accepted')
    const at = (rate: number) =>
      warningsOf(bed, [{ script: stranger, amount: COIN }], { rate, basis: 'estimate' }).get('unconfirmed-coins')
    expect(at(4_000)).toBe('A coin still waits for a block: this payment cannot be confirmed earlier.')
    expect(at(9_000)).toBe(
      'A coin still waits for a block: a lower fee rate was paid there, which will hold this payment up.',
    )
  })
})
