import { expect, test } from 'vitest'
import { amount, coins, withAmounts } from './amounts.ts'

test.each([
  [0n, '0'],
  [1n, '0.00000001'],
  [-1n, '-0.00000001'],
  [100_000_000n, '1'],
  [1_250_000_000n, '12.5'],
  [-1_250_000_000n, '-12.5'],
  [5_000_000_010n, '50.0000001'],
  // 21,000,000 SHL less a grain: more digits than a floating-point number keeps.
  [2_099_999_999_999_999n, '20999999.99999999'],
  [9_007_199_254_740_993n, '90071992.54740993'],
])('%s grains are %s SHL', (grains, text) => expect(coins(grains)).toBe(text))

test('what is not known is left empty', () => {
  expect(amount(undefined)).toBe('')
  expect(amount(250_000_000n)).toBe('2.5 SHL')
})

test('amounts are replaced wherever they are, and nothing else', () => {
  const page = {
    id: 'ab',
    height: 3,
    fee: 1n,
    from: [{ value: 200_000_000n, spentBy: true }],
    hex: undefined,
    none: null,
  }
  expect(withAmounts(page)).toEqual({
    id: 'ab',
    height: 3,
    fee: '0.00000001',
    from: [{ value: '2', spentBy: true }],
    hex: undefined,
    none: null,
  })
})
