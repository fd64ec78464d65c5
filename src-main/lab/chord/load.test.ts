import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../simulation/random.ts'
import { CHORD_LOAD } from '../published/figures.ts'
import { type LoadOptions, measureLoad } from './load.ts'

const long = process.env.SHOAL_LONG === '1'
const NODES = long ? 10_000 : 5_000
/** Of each host on average. */
const KEYS = 100

function load(options: Partial<LoadOptions>) {
  const shape = { nodes: NODES, keys: KEYS * NODES, virtualNodes: 1, byAddress: false, ...options }
  return measureLoad(shape, SeededRandom.of(7))
}

describe('keys of a host', () => {
  test.each([false, true])(
    'with 16 virtual nodes: 99 in 100 hosts have at most 1.8 times the mean (by address: %s)',
    (byAddress) => {
      const result = load({ virtualNodes: 16, byAddress })
      expect(result.load.p99).toBeLessThanOrEqual(1.8)
      expect(result.load.p99).toBeGreaterThan(1.3)
      expect(result.load.mean).toBeCloseTo(1, 9)
      expect(result.idle).toBe(0)
    },
  )

  test.each(CHORD_LOAD.rows)('with $virtualNodes as published: $p1 to $p99 of the mean, within 10 %', (row) => {
    const result = load({ virtualNodes: row.virtualNodes })
    expect(Math.abs(result.load.p1 - row.p1)).toBeLessThan(0.1)
    expect(Math.abs(result.load.p99 / row.p99 - 1)).toBeLessThan(0.1)
  })

  test('with one some hosts have none at all, and who has most has many times the mean', () => {
    const result = load({ keys: 50 * NODES })
    expect(result.idle).toBeGreaterThan(0)
    expect(result.load.max).toBeGreaterThan(6)
    expect(result.mean).toBe(50)
  })

  test('depends on the seed alone; a host has 64 slots', () => {
    expect(load({ nodes: 50, keys: 5_000 })).toEqual(load({ nodes: 50, keys: 5_000 }))
    expect(() => load({ nodes: 5, keys: 5, virtualNodes: 65, byAddress: true })).toThrow(RangeError)
  })
})
