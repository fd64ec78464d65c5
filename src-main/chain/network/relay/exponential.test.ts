import { expect, test } from 'vitest'
import { SeededRandom } from '../../../simulation/random.ts'
import { exponentialDelay } from './exponential.ts'

const DRAWS = 40_000

test('has the mean, the spread and the tail of an exponential distribution', () => {
  const random = SeededRandom.of(1)
  const draws = Array.from({ length: DRAWS }, () => exponentialDelay(random, 5_000))
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / DRAWS
  const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / DRAWS
  expect(mean).toBeGreaterThan(4_850)
  expect(mean).toBeLessThan(5_150)
  expect(Math.sqrt(variance) / mean).toBeGreaterThan(0.96)
  expect(Math.sqrt(variance) / mean).toBeLessThan(1.04)
  for (const times of [0.5, 1, 2, 3]) {
    const beyond = draws.filter((draw) => draw > times * 5_000).length / DRAWS
    expect(Math.abs(beyond - Math.exp(-times))).toBeLessThan(0.01)
  }
})
