import { expect, test } from 'vitest'
import { FORMULAS, nakamoto, rosenfeld, selfishRevenue, selfishThreshold, staleRate } from './formulas.ts'

// The tables in section 11 of Nakamoto's paper.
test.each([
  [0.1, 0, 1],
  [0.1, 1, 0.2045873],
  [0.1, 2, 0.0509779],
  [0.1, 5, 0.0009137],
  [0.1, 10, 0.0000012],
  [0.3, 5, 0.1773523],
  [0.3, 10, 0.0416605],
  [0.3, 50, 0.0000006],
])('Nakamoto: q %d, z %i gives %d', (q, z, probability) => expect(nakamoto(q, z)).toBeCloseTo(probability, 7))

// Table 1 of Rosenfeld's paper.
test.each([
  [0.02, 1, 0.04],
  [0.1, 1, 0.2],
  [0.1, 2, 0.056],
  [0.1, 6, 0.00059],
  [0.3, 6, 0.15645],
])('Rosenfeld: q %d, z %i gives %d', (q, z, probability) => expect(rosenfeld(q, z)).toBeCloseTo(probability, 4))

test('with half of all hashing an attacker always wins', () => {
  expect([nakamoto(0.5, 6), rosenfeld(0.5, 6), nakamoto(0.7, 100)]).toEqual([1, 1, 1])
})

test.each([
  [0, 1 / 3],
  [0.5, 1 / 4],
  [1, 0],
])('with γ %d selfish mining pays from %d on, where its revenue is the share itself', (gamma, threshold) => {
  expect(selfishThreshold(gamma)).toBeCloseTo(threshold, 12)
  if (threshold > 0) expect(selfishRevenue(threshold, gamma)).toBeCloseTo(threshold, 12)
  expect(selfishRevenue(threshold + 0.05, gamma)).toBeGreaterThan(threshold + 0.05)
})

test('the stale rate', () => expect(staleRate(6, 60)).toBeCloseTo(0.0951626, 7))

test('each formula names its source', () => {
  for (const { source } of Object.values(FORMULAS)) expect(source).toMatch(/, 20\d\d/)
})
