import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../simulation/random.ts'
import { measure, perfectOverlay } from './kademlia-static.ts'

const long = process.env.SHOAL_LONG === '1'

/**
 * Values of an independent simulation of the same thing: perfect tables, uniform ids. Hops are requests one after the other up
 * to and including the one that the nearest node answers.
 */
const expected = [
  { nodes: 1_000, k: 8, alpha: 3, enlarged: false, hops: 2.2, requests: 10.8 },
  { nodes: 1_000, k: 20, alpha: 3, enlarged: false, hops: 1.87, requests: 21.4 },
  ...(long
    ? [
        { nodes: 10_000, k: 8, alpha: 3, enlarged: false, hops: 2.94, requests: 13 },
        { nodes: 10_000, k: 20, alpha: 3, enlarged: false, hops: 2.46, requests: 22.9 },
        { nodes: 10_000, k: 8, alpha: 5, enlarged: true, hops: 2.31, requests: 13.5 },
      ]
    : []),
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
