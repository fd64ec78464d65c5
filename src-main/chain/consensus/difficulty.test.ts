import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bitsFromTarget, targetFromBits } from '../primitives/target.ts'
import { type Ancestry, DESKTOP_RULE, nextBits, type PeriodRule, periodTarget, wtemaTarget } from './difficulty.ts'

const LIMIT = targetFromBits(0x1d3fffff) as bigint
const RUNS = process.env.SHOAL_LONG === '1' ? 20_000 : 1_000
const { spacing, memory, rise } = DESKTOP_RULE
const whole = spacing * memory
const FACTOR = BigInt(rise.factor)

/** Headers of one target, the last `solve` seconds after its parent. */
function even(target: bigint, solve: number): Ancestry {
  return { height: 100, time: (back) => (back === 0 ? 1_000_000 + solve : 1_000_000), target: () => target }
}

const next = (chain: Ancestry) => wtemaTarget(DESKTOP_RULE, chain, LIMIT)

describe('WTEMA', () => {
  test('a block on time leaves the target, one late by a spacing raises it by 1 / memory', () => {
    const target = BigInt(whole) << 180n
    expect(next(even(target, spacing))).toBe(target)
    expect(next(even(target, 2 * spacing))).toBe(target + target / BigInt(memory))
    expect(next(even(target, 1))).toBe((target / BigInt(whole)) * BigInt(whole - spacing + 1))
  })

  test('a night without blocks raises the target by the factor of the window, not by the missed blocks', () => {
    const target = BigInt(whole) << 180n
    expect(next(even(target, 12 * 3_600))).toBe(target * FACTOR)
    expect(next(even(target, 1_000_000 * 3_600))).toBe(target * FACTOR)
  })

  test('after that the window allows no more, until its oldest block has the raised target', () => {
    const old = BigInt(whole) << 180n
    const raised = (blocks: number): Ancestry => ({
      ...even(old, 12 * 3_600),
      target: (back) => (back < blocks ? old * FACTOR : old),
    })
    expect(next(raised(1))).toBe(old * FACTOR)
    expect(next(raised(rise.blocks))).toBe(old * FACTOR)
    expect(next(raised(rise.blocks + 1))).toBe(old * FACTOR * FACTOR)
  })

  test('a time that does not rise counts as one second', () => {
    for (const solve of [0, -1, -100_000]) expect(next(even(1n << 200n, solve))).toBe(next(even(1n << 200n, 1)))
  })

  test('the block after genesis has its target; in a young chain the window begins with genesis', () => {
    expect(next({ ...even(5n << 200n, 60), height: 0 })).toBe(5n << 200n)
    const young: Ancestry = {
      height: 1,
      time: (back) => (back === 0 ? 90_000 : 0),
      target: (back) => {
        if (back > 1) throw new RangeError('there is no such block')
        return 5n << 200n
      },
    }
    expect(next(young)).toBe((5n << 200n) * FACTOR)
  })

  test('for any headers: from 1 to the limit, a bounded step, later never harder, easier parents never harder', () => {
    const targets = fc.bigInt({ min: 1n, max: LIMIT })
    const solves = fc.integer({ min: -(2 ** 32), max: 2 ** 32 })
    fc.assert(
      fc.property(targets, targets, targets, solves, solves, (target, otherTarget, old, solve, otherSolve) => {
        const chain = (parent: bigint, seconds: number): Ancestry => ({
          ...even(parent, seconds),
          target: (back) => (back === 0 ? parent : old),
        })
        const found = next(chain(target, solve))
        expect(found >= 1n && found <= LIMIT && found <= old * FACTOR).toBe(true)
        // From one block to the next it falls by less than 1 / memory, unless the window holds it down.
        expect(found === old * FACTOR || (found + 1n) * BigInt(memory) > target * BigInt(memory - 1)).toBe(true)
        expect(next(chain(target, Math.max(solve, otherSolve))) >= found).toBe(true)
        const [low, high] = target < otherTarget ? [target, otherTarget] : [otherTarget, target]
        expect(next(chain(low, solve)) <= next(chain(high, solve))).toBe(true)
      }),
      { seed: 60, numRuns: RUNS },
    )
  })

  test('bits are always of a target that headers may carry, at the limit and at 1 too', () => {
    expect(nextBits(DESKTOP_RULE, even(LIMIT, 100_000), LIMIT)).toBe(0x1d3fffff)
    expect(nextBits(DESKTOP_RULE, even(1n, 1), LIMIT)).toBe(bitsFromTarget(1n))
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: LIMIT }), fc.integer({ min: 1, max: 100_000 }), (target, solve) => {
        const bits = nextBits(DESKTOP_RULE, even(target, solve), LIMIT)
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
  expect(nextBits({ kind: 'fixed' }, even(1n << 100n, 60), targetFromBits(0x207fffff) as bigint)).toBe(0x207fffff)
})
