import { describe, expect, test } from 'vitest'
import type { WalletContact } from '../../client/types.ts'
import {
  contactNamed,
  EMPTY_PAYMENT,
  MAX_RECIPIENTS,
  paymentTo,
  readFee,
  readForm,
  withChanges,
  withoutRecipient,
  withRecipient,
} from './payment-form.ts'

const BEA: WalletContact = { id: '00000000000000aa', name: 'Bea', address: 'shl1qbea', note: '' }

describe('a payment as it is written', () => {
  test('has one empty recipient, and always at least one', () => {
    expect(EMPTY_PAYMENT.recipients).toHaveLength(1)
    const left = withoutRecipient(withChanges(EMPTY_PAYMENT, 0, { to: 'x' }), 0)
    expect(left.recipients).toEqual([{ key: 1, to: '', amount: '', everything: false, label: '' }])
  })

  test('takes as many recipients as the contract, each with a key of its own', () => {
    let form = EMPTY_PAYMENT
    for (let n = 0; n < MAX_RECIPIENTS + 5; n += 1) form = withRecipient(form)
    expect(form.recipients).toHaveLength(MAX_RECIPIENTS)
    expect(new Set(form.recipients.map(({ key }) => key)).size).toBe(MAX_RECIPIENTS)
  })

  test('everything goes to one of them only', () => {
    const two = withChanges(withRecipient(EMPTY_PAYMENT), 0, { everything: true })
    const moved = withChanges(two, 1, { everything: true })
    expect(moved.recipients.map(({ everything }) => everything)).toEqual([false, true])
    expect(withChanges(moved, 0, { to: 'y' }).recipients[1]?.everything).toBe(true)
  })

  test('becomes a draft: contacts by name, labels trimmed, amounts exact', () => {
    const form = withChanges(paymentTo(' bea '), 0, { amount: '1.5', label: ' rent ' })
    expect(readForm(form, [BEA])).toEqual({
      outcome: 'draft',
      draft: {
        recipients: [{ to: 'shl1qbea', amount: 150_000_000n, label: 'rent' }],
        fee: { target: 3 },
      },
    })
    const all = withChanges({ ...form, coins: ['a:0'] }, 0, { everything: true, amount: 'nonsense' })
    expect(readForm(all, [])).toMatchObject({
      draft: { recipients: [{ to: 'bea', amount: 'everything' }], coins: ['a:0'] },
    })
  })

  test('says everything that is wrong with it, and where', () => {
    const form = withRecipient({ ...EMPTY_PAYMENT, fee: { kind: 'custom' as const, rate: 'fast' } })
    const read = readForm(withChanges(form, 1, { to: 'x', amount: '1,5' }), [])
    expect(read.outcome === 'problems' && read.problems.map(({ at }) => at)).toEqual([
      { key: 0, field: 'to' },
      { key: 0, field: 'amount' },
      { key: 1, field: 'amount' },
      'fee',
    ])
  })

  test('a name that several have with other addresses is nobody’s', () => {
    expect(contactNamed([BEA, { ...BEA, id: 'f'.repeat(16) }], 'bea')).toBe(BEA)
    expect(contactNamed([BEA, { ...BEA, address: 'another' }], 'bea')).toBeUndefined()
  })

  test('an empty name is nobody’s', () => {
    expect(contactNamed([{ ...BEA, name: ' ' }], ' ')).toBeUndefined()
    expect(contactNamed([BEA], 'BEA')).toBe(BEA)
  })
})

describe('a fee that is typed', () => {
  test.each([
    ['1', 1],
    ['2.5', 2.5],
    ['1000000', 1_000_000],
  ])('%j', (rate, feeRate) => expect(readFee({ kind: 'custom', rate })).toEqual({ feeRate }))

  test.each(['', '0', '-1', '1e3', '1,5', '1000001', 'NaN', '0.0001'])('%j is refused', (rate) =>
    expect(readFee({ kind: 'custom', rate })).toContain('Enter grains'),
  )
})
