import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { amountParts, coins, MAX_MONEY, parseAmount } from './amounts.ts'

/** Cheap enough for each run of the tests. */
const numRuns = 5_000

describe('amounts from text', () => {
  test.each([
    ['1', 100_000_000n],
    ['0.00000001', 1n],
    ['12.5', 1_250_000_000n],
    ['1.00', 100_000_000n],
    ['007', 700_000_000n],
    ['20999999.99999999', 2_099_999_999_999_999n],
    ['21000000', MAX_MONEY],
  ])('%s', (text, grains) => expect(parseAmount(text)).toBe(grains))

  test.each([
    ['', 'empty'],
    [' 1', 'not-a-number'],
    ['1 ', 'not-a-number'],
    ['+1', 'not-a-number'],
    ['-1', 'not-a-number'],
    ['1e3', 'not-a-number'],
    ['0x10', 'not-a-number'],
    ['1,5', 'not-a-number'],
    ['1,000', 'not-a-number'],
    ['1 000', 'not-a-number'],
    ['1_000', 'not-a-number'],
    ["1'000", 'not-a-number'],
    ['.5', 'not-a-number'],
    ['5.', 'not-a-number'],
    ['1.2.3', 'not-a-number'],
    ['١٢', 'not-a-number'],
    ['1'.repeat(65), 'not-a-number'],
    ['Infinity', 'not-a-number'],
    ['NaN', 'not-a-number'],
    ['1 SHL', 'not-a-number'],
    ['0.000000001', 'too-many-decimals'],
    ['1.000000000', 'too-many-decimals'],
    ['21000000.00000001', 'too-much'],
    ['9'.repeat(60), 'too-much'],
    ['0', 'zero'],
    ['0.00000000', 'zero'],
  ])('%j is none: %s', (text, fault) => expect(parseAmount(text)).toBe(fault))

  test('nothing and a sign, where they are asked for', () => {
    expect(parseAmount('0', { zero: true })).toBe(0n)
    expect(parseAmount('-1.5', { negative: true })).toBe(-150_000_000n)
    expect(parseAmount('--1', { negative: true })).toBe('not-a-number')
    expect(parseAmount('-21000000.1', { negative: true })).toBe('too-much')
  })

  test('every amount comes back from its text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -MAX_MONEY, max: MAX_MONEY }), (grains) => {
        expect(parseAmount(coins(grains), { zero: true, negative: true })).toBe(grains)
      }),
      { seed: 21, numRuns },
    )
  })

  test('any text is an amount or a fault', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseAmount(text, { zero: true, negative: true })
        if (typeof parsed === 'bigint') expect(text).toMatch(/^-?\d+(\.\d{1,8})?$/)
      }),
      { seed: 22, numRuns },
    )
  })
})

describe('amounts as text', () => {
  test.each([
    [0n, '0'],
    [1n, '0.00000001'],
    [-1n, '-0.00000001'],
    [100_000_000n, '1'],
    [-1_250_000_000n, '-12.5'],
    [5_000_000_010n, '50.0000001'],
    // More digits than a floating-point number keeps.
    [9_007_199_254_740_993n, '90071992.54740993'],
  ])('%s grains are %s SHL', (grains, text) => expect(coins(grains)).toBe(text))

  test('the zeros at the end stand apart', () => {
    expect(amountParts(-150_000_000n)).toEqual({ isNegative: true, whole: '1', decimals: '5', zeros: '0000000' })
    expect(amountParts(0n)).toEqual({ isNegative: false, whole: '0', decimals: '', zeros: '00000000' })
  })
})
