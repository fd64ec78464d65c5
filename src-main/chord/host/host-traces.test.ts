/** Zave's invariant after every event of random lives of whole hosts, and the ideal ring once they are left alone. */
import { expect, test } from 'vitest'
import { runHostTrace } from '../test-support/host-trace.ts'

const IS_LONG = process.env.SHOAL_LONG === '1'
const TRACES = IS_LONG ? 10_000 : 60
/** Traces that have failed once: they stay. */
const KEPT_SEEDS = [1105]
const seeds = [...KEPT_SEEDS, ...Array.from({ length: TRACES }, (_, i) => 10_000 + i)]

test(`nothing breaks in ${seeds.length} traces, and each ring becomes ideal with the places that it should have`, () => {
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
