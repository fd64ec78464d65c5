import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_MONEY, parseAmount } from '#shared/amounts.ts'
import { vectorJson } from '../../chain/test-support/vectors.ts'
import { decodePaymentUri, encodePaymentUri, isPaymentUri, MAX_URI_CHARACTERS, PaymentUriError } from './payment-uri.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 20_000 : 500
const ADDRESS = 'shl1qw508d6qejxtdg4y5r3zarvary0c5xw7kd3s5sk'

function faultOf(text: string) {
  try {
    decodePaymentUri(text)
    return undefined
  } catch (error) {
    if (error instanceof PaymentUriError) return error.fault
    throw error
  }
}

interface Fixture {
  readonly address?: string
  readonly uri?: string
  readonly urnScheme?: string
  readonly options?: { readonly amount?: number | string; readonly label?: string; readonly message?: string }
}
/** The same URI with our scheme, in the letters that the other one was written in. */
const ours = (uri: string) => uri.replace(/^bitcoin:/i, (scheme) => (/^[A-Z]/.test(scheme) ? 'ShOaL:' : 'shoal:'))

describe("bitcoinjs' fixtures of BIP 21, with our scheme", () => {
  const { valid, invalid } = vectorJson<{ valid: Fixture[]; invalid: Fixture[] }>('bips/bip21_fixtures.json')
  const read = valid.filter(({ urnScheme }) => urnScheme === undefined)

  test.each(read.map((fixture) => [fixture.uri as string, fixture] as const))('%s is read', (uri, fixture) => {
    const { address, amount, label, message } = decodePaymentUri(ours(uri))
    expect(address).toBe(fixture.address)
    const wanted = fixture.options?.amount
    expect(amount).toBe(wanted === undefined ? undefined : parseAmount(String(wanted), { zero: true }))
    expect([label, message]).toEqual([fixture.options?.label, fixture.options?.message])
    const again = encodePaymentUri(decodePaymentUri(ours(uri)))
    expect(decodePaymentUri(again)).toEqual(decodePaymentUri(ours(uri)))
  })

  test('another scheme is refused', () => {
    const others = valid.filter(({ urnScheme }) => urnScheme !== undefined)
    expect(others).toHaveLength(1)
    for (const { uri } of others) expect(faultOf(uri as string)).toMatchObject({ reason: 'other-scheme' })
    expect(faultOf('bitcoin:1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH')).toMatchObject({ reason: 'other-scheme' })
  })

  test.each(invalid.map((fixture) => [fixture.uri ?? JSON.stringify(fixture.options), fixture] as const))(
    '%s is refused',
    (_, { uri, address, options }) => {
      const text = uri === undefined ? `shoal:${address}?amount=${options?.amount}` : ours(uri)
      expect(faultOf(text)).toMatchObject({ code: 'BAD_URI' })
    },
  )
})

describe('a payment URI', () => {
  test('is told by its scheme in either case', () => {
    expect(['shoal:', 'SHOAL:a', 'Shoal:a'].map(isPaymentUri)).toEqual([true, true, true])
    expect(['shoal', 'shoals:a', ' shoal:a', ADDRESS].map(isPaymentUri)).toEqual([false, false, false, false])
  })

  test('as a QR code has it, in capitals', () => {
    const upper = `SHOAL:${ADDRESS.toUpperCase()}?AMOUNT=0.5&LABEL=RENT`
    expect(decodePaymentUri(upper)).toEqual({ address: ADDRESS.toUpperCase(), amount: 50_000_000n, label: 'RENT' })
  })

  test.each([
    ['shoal:', { reason: 'no-address' }],
    ['shoal:?amount=1', { reason: 'no-address' }],
    [`shoal:${ADDRESS}?req-lock=1`, { reason: 'required', name: 'req-lock' }],
    [`shoal:${ADDRESS}?REQ-lock`, { reason: 'required', name: 'req-lock' }],
    [`shoal:${ADDRESS}?amount=1&amount=2`, { reason: 'twice', name: 'amount' }],
    [`shoal:${ADDRESS}?amount=1&req-amount=2`, { reason: 'twice', name: 'amount' }],
    [`shoal:${ADDRESS}?label=%zz`, { reason: 'bad-escape' }],
    [`shoal:${ADDRESS}?label=%ff`, { reason: 'bad-escape' }],
    [`shoal:${ADDRESS}?amount=`, { reason: 'bad-amount', fault: 'empty' }],
    [`shoal:${ADDRESS}?amount=1e8`, { reason: 'bad-amount', fault: 'not-a-number' }],
    [`shoal:${ADDRESS}?amount=1,5`, { reason: 'bad-amount', fault: 'not-a-number' }],
    [`shoal:${ADDRESS}?amount=0.000000001`, { reason: 'bad-amount', fault: 'too-many-decimals' }],
    [`shoal:${ADDRESS}?amount=21000001`, { reason: 'bad-amount', fault: 'too-much' }],
    [`shoal:${'q'.repeat(MAX_URI_CHARACTERS)}`, { reason: 'too-long' }],
  ])('%s is refused, in a sentence', (text, fault) => {
    expect(faultOf(text)).toEqual({ code: 'BAD_URI', ...fault })
    expect(() => decodePaymentUri(text)).toThrow(/^[A-Z].*\. [A-Z].*\.$/)
  })

  test('what is not known is passed over, unless it is required; a required amount is an amount', () => {
    expect(decodePaymentUri(`shoal:${ADDRESS}?colour=red&amount=2&&=`)).toEqual({
      address: ADDRESS,
      amount: 200_000_000n,
    })
    expect(decodePaymentUri(`shoal:${ADDRESS}?req-amount=2`)).toEqual({ address: ADDRESS, amount: 200_000_000n })
  })

  test('a plus is a plus', () => {
    expect(decodePaymentUri(`shoal:${ADDRESS}?label=a+b`).label).toBe('a+b')
  })

  test('whatever is written is read again', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 120 })
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MAX_MONEY }), text, text, (amount, label, message) => {
        const uri = encodePaymentUri({ address: ADDRESS, amount, label, message })
        const read = decodePaymentUri(uri)
        expect(read.amount).toBe(amount)
        expect(encodePaymentUri(read)).toBe(uri)
      }),
      { seed: 2_101, numRuns },
    )
  })

  test('any text is one or is refused', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }).map((rest) => `shoal:${rest}`),
      fc.string().map((rest) => `shoal:${ADDRESS}?${rest}`),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const fault = faultOf(text)
        expect(fault === undefined || fault.code === 'BAD_URI').toBe(true)
      }),
      { seed: 2_102, numRuns },
    )
  })
})
