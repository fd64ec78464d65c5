import { describe, expect, test } from 'vitest'
import { drawLifetime, type Lifetimes, meanOfExponential, quantile } from './lifetimes.ts'
import { SeededRandom } from './random.ts'

const models: readonly Lifetimes[] = [
  { kind: 'exponential', median: 600 },
  { kind: 'weibull', median: 600, shape: 0.5 },
  { kind: 'pareto', median: 600, shape: 1.5 },
]

describe.each(models)('lifetimes of kind $kind', (model) => {
  const random = SeededRandom.of(4)
  const drawn = Array.from({ length: 20_000 }, () => drawLifetime(model, random)).sort((a, b) => a - b)

  test('have the median asked for', () => {
    expect(quantile(model, 0.5)).toBeCloseTo(600, 9)
    expect(Math.abs((drawn[10_000] as number) / 600 - 1)).toBeLessThan(0.05)
  })

  test('are positive, finite, and follow their quantiles', () => {
    expect(drawn[0]).toBeGreaterThan(0)
    expect(drawn.at(-1)).toBeLessThan(Infinity)
    for (const share of [0.1, 0.9]) {
      const at = drawn[Math.floor(share * drawn.length)] as number
      expect(Math.abs(at / quantile(model, 1 - share) - 1)).toBeLessThan(0.1)
    }
  })
})

test('tails: a tenth of the exponential ones lasts 3.3 medians, of the Weibull ones 11, of the Pareto ones 2.9', () => {
  const [exponential, weibull, pareto] = models.map((model) => quantile(model, 0.1) / 600)
  expect(exponential).toBeCloseTo(3.32, 2)
  expect(weibull).toBeCloseTo(11.04, 2)
  expect(pareto).toBeCloseTo(2.92, 2)
})

test('the mean of memoryless lifetimes', () => {
  const random = SeededRandom.of(5)
  let sum = 0
  for (let i = 0; i < 20_000; i++) sum += drawLifetime({ kind: 'exponential', median: 600 }, random)
  expect(Math.abs(sum / 20_000 / meanOfExponential(600) - 1)).toBeLessThan(0.05)
})
