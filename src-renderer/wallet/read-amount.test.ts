import { expect, test } from 'vitest'
import { readAmount } from './read-amount.ts'

test('what is typed is read exactly, spaces around it left out', () =>
  expect(readAmount(' 12.50 ')).toEqual({ outcome: 'amount', grains: 1_250_000_000n }))

test.each([
  ['', 'Enter an amount'],
  ['1,5', 'plain number'],
  ['1 000', 'plain number'],
  ['-1', 'plain number'],
  ['0.000000001', 'eight decimals'],
  ['0', 'more than nothing'],
  ['21000000.00000001', 'never be more'],
])('%j is refused in a sentence', (typed, words) => {
  const read = readAmount(typed)
  expect(read.outcome === 'fault' && read.sentence).toContain(words)
})
