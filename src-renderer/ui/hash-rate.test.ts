import { expect, test } from 'vitest'
import { formatHashes, formatHashRate } from './hash-rate.ts'

test.each([
  [0, '0 H/s'],
  [950, '950 H/s'],
  [5_500_000, '5.50 MH/s'],
  [2.7e10, '27.0 GH/s'],
])('%d hashes a second are %s', (rate, text) => expect(formatHashRate(rate)).toBe(text))

test('hashes', () => expect(formatHashes(412_300_000)).toBe('412 MH'))
