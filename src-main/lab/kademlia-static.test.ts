import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../simulation/random.ts'
import { measure, perfectOverlay } from './kademlia-static.ts'
import { KADEMLIA_STATIC } from './published/figures.ts'

const long = process.env.SHOAL_LONG === '1'

/**
 * Values of an independent simulation of the same thing: perfect tables, uniform ids. Hops are requests one after the other up
 * to and including the one that the nearest node answers.
 */
const expected = [
  ...KADEMLIA_STATIC.rows.filter(({ nodes }) => long || nodes <= 1_000).map((row) => ({ ...row, enlarged: false })),
  ...(long ? [{ nodes: 10_000, k: 8, alpha: 5, enlarged: true, hops: 2.31, requests: 13.5 }] : []),
]

describe('lookups over perfect tables', () => {
  test.each(expected)(
    '$nodes nodes, k $k, alpha $alpha, enlarged $enlarged: hops and requests within 10 %',
    {
      timeout: long ? 120_000 : 20_000,
    },
    ({ nodes, k, alpha, enlarged, hops, requests }) => {
      const random = SeededRandom.of(1)
      const overlay = perfectOverlay({ nodes, k, enlarged }, random)
      const measured = measure(overlay, { lookups: 400, k, alpha }, random)
      expect(Math.abs(measured.hops / hops - 1)).toBeLessThan(0.1)
      expect(Math.abs(measured.requests / requests - 1)).toBeLessThan(0.1)
      expect(measured.exact).toBeGreaterThanOrEqual(0.99)
    },
  )
})
