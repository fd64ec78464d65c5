import { describe, expect, test } from 'vitest'
import { amountParts, formatAmount, formatFeeRate, formatGrains } from './amounts.ts'

describe('amounts', () => {
  test.each([
    [0n, '0 SHL'],
    [1n, '0.00000001 SHL'],
    [100_000_000n, '1 SHL'],
    [150_000_000n, '1.5 SHL'],
    [-150_000_000n, '−1.5 SHL'],
    [2_100_000_000_000_000n, '21,000,000 SHL'],
    // More than a float holds exactly.
    [9_007_199_254_740_993n, '90,071,992.54740993 SHL'],
  ])('%d grains are %s', (grains, text) => expect(formatAmount(grains)).toBe(text))

  test('the zeros at the end stand apart', () => {
    expect(amountParts(150_000_000n)).toEqual({ sign: '', whole: '1', decimals: '5', zeros: '0000000' })
    expect(amountParts(0n)).toEqual({ sign: '', whole: '0', decimals: '', zeros: '00000000' })
  })

  test('grains', () => {
    expect(formatGrains(1n)).toBe('1 grain')
    expect(formatGrains(-1_234_567n)).toBe('−1,234,567 grains')
  })
})

test.each([
  [141n, 141, '1.0'],
  [1_000n, 141, '7.0'],
  [1_551n, 141, '11.0'],
  [199n, 100, '1.9'],
  [5_000_000n, 1, '5,000,000.0'],
])('a fee of %d grains over %d vB is %s', (fee, size, text) => expect(formatFeeRate(fee, size)).toBe(text))

test('no size, no rate', () => expect(formatFeeRate(5n, 0)).toBeUndefined())
