/** Zave's invariant after every event of random lives of whole hosts, and the ideal ring once they are left alone. */
import { expect, test } from 'vitest'
import { runHostTrace } from '../test-support/host-trace.ts'

const IS_LONG = process.env.SHOAL_LONG === '1'
/** 10,000 traces in the long tier, in blocks so that none runs into the limit of a test. */
const [BLOCKS, TRACES] = IS_LONG ? [10, 1_000] : [1, 120]
/** Traces that have failed once: they stay. */
const KEPT_SEEDS = [262, 1105, 20_620]
const blocks = Array.from({ length: BLOCKS }, (_, block) => {
  const seeds = Array.from({ length: TRACES }, (_, i) => 10_000 + block * TRACES + i)
  return { first: seeds[0], seeds: block === 0 ? [...KEPT_SEEDS, ...seeds] : seeds }
})

test.each(blocks)('nothing breaks from trace $first on, and each ring becomes ideal with its places', ({ seeds }) => {
  const counts: Record<string, number> = {}
  for (const seed of seeds) {
    const { violations, brokenAt, ideal, places, wanted, counts: happened } = runHostTrace(seed)
    expect({ seed, brokenAt, violations }).toEqual({ seed, brokenAt: undefined, violations: [] })
    expect({ seed, ideal, places }).toEqual({ seed, ideal: true, places: wanted })
    for (const [what, times] of Object.entries(happened)) counts[what] = (counts[what] ?? 0) + times
  }
  for (const what of ['joins', 'kills', 'leaves', 'cuts', 'slow', 'tooSlow']) {
    expect(counts[what], what).toBeGreaterThan(seeds.length / 10)
  }
})

test('a seed gives the same life again', () => {
  expect(runHostTrace(262)).toEqual(runHostTrace(262))
})
