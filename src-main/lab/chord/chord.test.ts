/** Whole rings. Sizes are modest here and full where SHOAL_LONG is set. */
import { describe, expect, test } from 'vitest'
import { CHORD_FAILURES } from '../published/figures.ts'
import { straightness } from '../summary.ts'
import { CHORD_DEFAULTS, type ChordOptions, type ChordResult, runChord } from './chord.ts'

const long = process.env.SHOAL_LONG === '1'
const PATIENCE = 120_000
const LOOKUPS = long ? 10_000 : 1_500

const run = (options: Partial<ChordOptions>) => runChord({ ...CHORD_DEFAULTS, ...options })

describe('the same run', () => {
  test(
    'repeats by seed, and differs with another',
    async () => {
      const everything = { nodes: 40, lookups: 60, join: true, fail: 0.2, churn: 3, virtualNodes: 2, byAddress: true }
      const [one, two, other] = [await run(everything), await run(everything), await run({ ...everything, seed: 2 })]
      expect(two).toEqual(one)
      expect(other.checksum).not.toBe(one.checksum)
      expect(one.arrivals).toBeGreaterThan(60)
      expect(one.bytes).toBeGreaterThan(one.messages * 50)
    },
    PATIENCE,
  )

  test('ends with the reason of its signal', async () => {
    const stop = new AbortController()
    const stopped = runChord(CHORD_DEFAULTS, { signal: stop.signal, progress: () => stop.abort(new Error('enough')) })
    await expect(stopped).rejects.toThrow('enough')
  })
})

describe('hops of a ring in order', () => {
  const BITS = [7, 8, 9, 10, 11, 12, 13, 14]
  const byFingers = new Map<number, Promise<ChordResult>>()
  const fingersAlone = (bits: number) => {
    const known = byFingers.get(bits)
    if (known) return known
    const made = run({ nodes: 2 ** bits, lookups: LOOKUPS, route: 'fingers', successors: 8 })
    byFingers.set(bits, made)
    return made
  }

  test.each(BITS)(
    'of 2^%i members, over fingers alone: half of log2 N and 0.9, within 10 %',
    async (bits) => {
      const { hops, success, requests } = await fingersAlone(bits)
      expect(Math.abs(hops.mean / (bits / 2 + 0.9) - 1)).toBeLessThan(0.1)
      expect(success).toBe(1)
      expect(requests.mean).toBe(hops.mean)
    },
    PATIENCE,
  )

  test(
    'lie on a straight line against log2 N',
    async () => {
      const points: (readonly [number, number])[] = []
      for (const bits of BITS) points.push([bits, (await fingersAlone(bits)).hops.mean])
      expect(straightness(points)).toBeGreaterThan(0.98)
      const [first, last] = [points[0], points.at(-1)]
      const slope = ((last?.[1] ?? 0) - (first?.[1] ?? 0)) / 7
      expect(Math.abs(slope / 0.5 - 1)).toBeLessThan(0.1)
    },
    PATIENCE,
  )

  test.each([
    [7, 2.9],
    [10, 4.5],
    [12, 5.5],
    [14, 6.5],
  ])(
    'of 2^%i members, over lists of 8 too: %d, within 10 %',
    async (bits, expected) => {
      const { hops, success } = await run({ nodes: 2 ** bits, lookups: LOOKUPS, successors: 8 })
      expect(Math.abs(hops.mean / expected - 1)).toBeLessThan(0.1)
      expect(success).toBe(1)
    },
    PATIENCE,
  )

  test('two hosts, and virtual nodes at the places that addresses have', async () => {
    expect(await run({ nodes: 2, lookups: 50 })).toMatchObject({ success: 1, alive: 2, hops: { p1: 1, max: 2 } })
    const shared = await run({ nodes: 100, virtualNodes: 8, byAddress: true, lookups: 300 })
    expect(shared).toMatchObject({ success: 1, alive: 100 })
    const single = await run({ nodes: 800, lookups: 300 })
    expect(Math.abs(shared.hops.mean / single.hops.mean - 1)).toBeLessThan(0.1)
    // What virtual nodes of one host ask each other does not go over the network.
    expect(single.messages).toBeGreaterThanOrEqual(2 * 300 * single.requests.mean - 2)
    expect(shared.messages).toBeLessThan(2 * 300 * shared.requests.mean - 2)
  })
})

test(
  'recursive lookups find the same owners in as many hops, with fewer questions of their own, and pass over the dead',
  async () => {
    const shape = { nodes: 500, lookups: 500 }
    const [iterative, recursive] = [await run(shape), await run({ ...shape, lookup: 'recursive' })]
    expect(recursive.success).toBe(1)
    expect(recursive.hops).toEqual(iterative.hops)
    expect(recursive.requests.max).toBe(2)
    expect(recursive.messages).toBe(iterative.messages)
    const broken = await run({ ...shape, lookup: 'recursive', fail: 0.2, stabilise: 30 })
    expect(broken.success).toBeGreaterThanOrEqual(0.99)
    expect(broken.timeouts.mean).toBeGreaterThan(0)
    expect(broken.latency.p99).toBeGreaterThan(recursive.latency.p99)
  },
  PATIENCE,
)

test(
  'hosts that join one after the other find what perfect ones do, in as many hops',
  async () => {
    const nodes = long ? 500 : 200
    const shape = { nodes, route: 'fingers', lookups: 500 } as const
    const [joined, warm] = [await run({ ...shape, join: true }), await run(shape)]
    expect(joined.success).toBeGreaterThanOrEqual(0.998)
    expect(Math.abs(joined.hops.mean / warm.hops.mean - 1)).toBeLessThan(0.1)
  },
  PATIENCE,
)

describe('lookups right after a failure, with lists of 20', () => {
  test.each(CHORD_FAILURES.rows.filter(({ failed }) => [0.1, 0.3, 0.5].includes(failed)))(
    'of a part $failed of all: every one finds its owner; the path is $path within 10 %, and no more time-outs than $timeouts and a fifth',
    async ({ failed, path, timeouts }) => {
      const seeds = long ? [1, 2, 3, 4, 5] : [1, 2]
      const means = { hops: 0, timeouts: 0 }
      for (const seed of seeds) {
        // Few lookups, so that nothing is repaired meanwhile.
        const options = { nodes: 1_000, successors: 20, stabilise: 30, lookups: 1_000 }
        const result = await run({ ...options, fail: failed, seed })
        expect(result.success).toBe(1)
        expect(result.alive).toBe((1 - failed) * 1_000)
        means.hops += result.hops.mean / seeds.length
        means.timeouts += result.timeouts.mean / seeds.length
      }
      expect(Math.abs(means.hops / path - 1)).toBeLessThan(0.1)
      expect(means.timeouts).toBeGreaterThan(timeouts / 2)
      expect(means.timeouts).toBeLessThan(timeouts * 1.2)
    },
    PATIENCE,
  )
})
