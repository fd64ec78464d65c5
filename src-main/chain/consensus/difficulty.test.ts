import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bitsFromTarget, targetFromBits } from '../primitives/target.ts'
import { type Ancestry, DESKTOP_RULE, nextBits, type PeriodRule, periodTarget, wtemaTarget } from './difficulty.ts'

const LIMIT = targetFromBits(0x1d3fffff) as bigint
const RUNS = process.env.SHOAL_LONG === '1' ? 20_000 : 1_000
const { spacing, memory, longest } = DESKTOP_RULE
const whole = spacing * memory

/** Two headers, `solve` seconds apart. */
function pair(target: bigint, solve: number): Ancestry {
  return { height: 1, time: (back) => (back === 0 ? 1_000_000 + solve : 1_000_000), target: () => target }
}

describe('WTEMA', () => {
  test('a block on time leaves the target, one late by a spacing raises it by 1 / memory', () => {
    const target = BigInt(whole) << 180n
    expect(wtemaTarget(DESKTOP_RULE, pair(target, spacing), LIMIT)).toBe(target)
    expect(wtemaTarget(DESKTOP_RULE, pair(target, 2 * spacing), LIMIT)).toBe(target + target / BigInt(memory))
    expect(wtemaTarget(DESKTOP_RULE, pair(target, 1), LIMIT)).toBe(
      (target / BigInt(whole)) * BigInt(whole - spacing + 1),
    )
  })

  test('a night without blocks counts as one late block, not as many missed ones', () => {
    const target = BigInt(whole) << 180n
    const night = wtemaTarget(DESKTOP_RULE, pair(target, 12 * 3_600), LIMIT)
    expect(night).toBe(wtemaTarget(DESKTOP_RULE, pair(target, longest), LIMIT))
    expect(night).toBe((target / BigInt(whole)) * BigInt(whole + longest - spacing))
  })

  test('a time that does not rise counts as one second', () => {
    const target = 1n << 200n
    for (const solve of [0, -1, -100_000]) {
      expect(wtemaTarget(DESKTOP_RULE, pair(target, solve), LIMIT)).toBe(
        wtemaTarget(DESKTOP_RULE, pair(target, 1), LIMIT),
      )
    }
  })

  test('the block after genesis has the target of genesis', () => {
    expect(wtemaTarget(DESKTOP_RULE, { ...pair(5n << 200n, 60), height: 0 }, LIMIT)).toBe(5n << 200n)
  })

  test('for any headers: from 1 to the limit, a bounded step, later never harder, easier parent never harder', () => {
    const targets = fc.bigInt({ min: 1n, max: LIMIT })
    const solves = fc.integer({ min: -(2 ** 32), max: 2 ** 32 })
    fc.assert(
      fc.property(targets, targets, solves, solves, (oneTarget, otherTarget, oneSolve, otherSolve) => {
        const next = wtemaTarget(DESKTOP_RULE, pair(oneTarget, oneSolve), LIMIT)
        expect(next >= 1n && next <= LIMIT).toBe(true)
        // target (1 - 1/memory) < next + 1 and next <= target (1 + (longest - spacing) / whole)
        expect((next + 1n) * BigInt(memory) > oneTarget * BigInt(memory - 1)).toBe(true)
        expect(next === 1n || next * BigInt(whole) <= oneTarget * BigInt(whole + longest - spacing)).toBe(true)
        const later = wtemaTarget(DESKTOP_RULE, pair(oneTarget, Math.max(oneSolve, otherSolve)), LIMIT)
        expect(later >= next).toBe(true)
        const [low, high] = oneTarget < otherTarget ? [oneTarget, otherTarget] : [otherTarget, oneTarget]
        expect(
          wtemaTarget(DESKTOP_RULE, pair(low, oneSolve), LIMIT) <=
            wtemaTarget(DESKTOP_RULE, pair(high, oneSolve), LIMIT),
        ).toBe(true)
      }),
      { seed: 60, numRuns: RUNS },
    )
  })

  test('bits are always of a target that headers may carry, at the limit and at 1 too', () => {
    expect(nextBits(DESKTOP_RULE, pair(LIMIT, longest), LIMIT)).toBe(0x1d3fffff)
    expect(nextBits(DESKTOP_RULE, pair(1n, 1), LIMIT)).toBe(bitsFromTarget(1n))
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: LIMIT }), fc.integer({ min: 1, max: 100_000 }), (target, solve) => {
        const bits = nextBits(DESKTOP_RULE, pair(target, solve), LIMIT)
        const found = targetFromBits(bits) as bigint
        expect(found >= 1n && found <= LIMIT && bitsFromTarget(found) === bits).toBe(true)
      }),
      { seed: 61, numRuns: RUNS },
    )
  })
})

/** Bitcoin's network. */
const BITCOIN: PeriodRule = { kind: 'period', spacing: 600, blocks: 2_016 }
const BITCOIN_LIMIT = targetFromBits(0x1d00ffff) as bigint

/** A period that ends at `height` with these times of its first and last block. */
function period(height: number, first: number, last: number, bits: number): Ancestry {
  const time = (back: number) => (back === 0 ? last : first)
  return { height, time, target: () => targetFromBits(bits) as bigint }
}

describe('the rule of 2,016 blocks', () => {
  test.each([
    // Retargets of Bitcoin's main chain: the first rise, at the limit, the largest step.
    { height: 32_255, first: 1_261_130_161, last: 1_262_152_739, bits: 0x1d00ffff, next: 0x1d00d86a },
    { height: 2_015, first: 1_231_006_505, last: 1_233_061_996, bits: 0x1d00ffff, next: 0x1d00ffff },
    { height: 68_543, first: 1_279_008_237, last: 1_279_297_671, bits: 0x1c05a3f4, next: 0x1c0168fd },
  ])('block $height of the main chain', ({ height, first, last, bits, next }) => {
    expect(nextBits(BITCOIN, period(height, first, last, bits), BITCOIN_LIMIT)).toBe(next)
  })

  test('within a period nothing changes', () => {
    expect(periodTarget(BITCOIN, period(2_014, 0, 99_999_999, 0x1c05a3f4), BITCOIN_LIMIT)).toBe(
      targetFromBits(0x1c05a3f4),
    )
  })
})

test('without retargets every block has the limit', () => {
  expect(nextBits({ kind: 'fixed' }, pair(1n << 100n, 60), targetFromBits(0x207fffff) as bigint)).toBe(0x207fffff)
})
