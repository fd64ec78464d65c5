import { describe, expect, test } from 'vitest'
import type { Ancestry } from '../../chain/consensus/difficulty.ts'
import { asert, cappedAsert, cappedWtema, darkGravityWave, lwma, RULES, SPACING } from './rules.ts'

const TARGET = 3_600n << 180n
const LIMIT = 1n << 240n

/** A chain of one target with these solve times, the last one last; before them all was on time. */
function chain(...solves: number[]): Ancestry {
  const times = Array.from({ length: 3_000 }, (_, n) => n * SPACING)
  for (const solve of solves) times.push((times.at(-1) as number) + solve)
  return {
    height: times.length - 1,
    time: (back) => times[times.length - 1 - back] as number,
    target: () => TARGET,
  }
}

/** How the target after it compares with the one before. */
const ratio = (rule: { next(chain: Ancestry, limit: bigint): bigint }, ...solves: number[]) =>
  Number((rule.next(chain(...solves), LIMIT) * 1_000_000n) / TARGET) / 1_000_000

describe('one solve time', () => {
  test.each([
    // WTEMA: 1 + (5 - 1) / 60, and no more than at the cap.
    ['wtema-60/60', cappedWtema(60, 60), 5, 1 + 4 / 60],
    ['wtema-60/60, a night', cappedWtema(60, 60), 720, 1 + 59 / 60],
    // ASERT: one half-life late doubles; the published cubic is right to 0.013 %.
    ['asert-1h', asert('', 3_600), 61, 2],
    ['asert-1h/10, a night', cappedAsert('', 3_600, 10), 720, 2 ** (9 / 60)],
    // LWMA 60: weights 60, 59, … of a sum of 1,830; six spacings at most.
    ['lwma-60', lwma(60), 3, 1 + (2 * 60) / 1_830],
    ['lwma-60, a night', lwma(60), 720, 1 + (5 * 60) / 1_830],
    // DGW 24: 23 intervals are measured against 24; three times at most.
    ['dgw-24', darkGravityWave(24), 3, 25 / 24],
    ['dgw-24, a night', darkGravityWave(24), 720, 3],
  ])('%s', (_, rule, spacings, expected) => {
    expect(Math.abs(ratio(rule, spacings * SPACING) / expected - 1)).toBeLessThan(0.0002)
  })
})

test.each(RULES)('$name: blocks on time leave the target, or nearly; never beyond the limit, never 0', (rule) => {
  expect(ratio(rule, SPACING)).toBeGreaterThan(0.95)
  expect(ratio(rule, SPACING)).toBeLessThan(1.0001)
  const late = chain(...Array.from({ length: 100 }, () => 500_000_000))
  expect(rule.next(late, TARGET)).toBeLessThanOrEqual(TARGET)
  const fast = { ...chain(1, 1, 1), target: () => 1n }
  expect(rule.next(fast, LIMIT)).toBeGreaterThanOrEqual(1n)
})

test('names are unlike', () => {
  expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length)
})
