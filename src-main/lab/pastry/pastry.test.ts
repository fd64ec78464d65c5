/** Whole networks. Sizes are modest here and full where SHOAL_LONG is set. */
import { describe, expect, test } from 'vitest'
import { PASTRY_STATIC } from '../published/figures.ts'
import { PASTRY_DEFAULTS, type PastryOptions, runPastry } from './pastry.ts'

const long = process.env.SHOAL_LONG === '1'
const PATIENCE = 120_000

const run = (options: Partial<PastryOptions>) => runPastry({ ...PASTRY_DEFAULTS, ...options })

describe('the same run', () => {
  test(
    'repeats by seed, and differs with another',
    async () => {
      const everything = { nodes: 60, lookups: 60, join: true, fail: 0.2, churn: 3 } as const
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
    const stopped = runPastry(PASTRY_DEFAULTS, { signal: stop.signal, progress: () => stop.abort(new Error('enough')) })
    await expect(stopped).rejects.toThrow('enough')
  })
})

describe('hops over perfect state', () => {
  const reachable = PASTRY_STATIC.rows.filter(({ nodes }) => nodes <= (long ? 10_000 : 1_000))

  test.each(reachable)(
    'of $nodes nodes with L = $leaves: $hops, within 5 %',
    async ({ nodes, leaves, hops }) => {
      const result = await run({ nodes, leaves, lookups: 2_000 })
      expect(Math.abs(result.hops.mean / hops - 1)).toBeLessThan(0.05)
      expect(result.success).toBe(1)
      expect(result.requests.mean).toBe(result.hops.mean)
    },
    PATIENCE,
  )

  test(
    'are fewer than ⌈log16 N⌉ on average',
    async () => {
      for (let bits = 5; bits <= (long ? 14 : 11); bits++) {
        const { hops, success } = await run({ nodes: 2 ** bits, lookups: 500 })
        expect(hops.mean, `${2 ** bits} nodes`).toBeLessThan(Math.ceil(bits / 4))
        expect(success).toBe(1)
      }
    },
    PATIENCE,
  )
})

test('a node alone, and two, find themselves', async () => {
  expect(await run({ nodes: 1, lookups: 5 })).toMatchObject({ success: 1, hops: { max: 0 }, messages: 0 })
  expect(await run({ nodes: 2, lookups: 20, join: true })).toMatchObject({ success: 1, hops: { max: 1 } })
})

test(
  'nodes that join one after the other find what perfect ones do, in as many hops',
  async () => {
    const nodes = long ? 2_000 : 300
    const [joined, warm] = [await run({ nodes, join: true }), await run({ nodes })]
    expect(joined.success).toBe(1)
    expect(Math.abs(joined.hops.mean / warm.hops.mean - 1)).toBeLessThan(0.05)
  },
  PATIENCE,
)

describe('lookups right after a failure, during the repair', () => {
  test.each([0.1, 0.3])(
    'of a part %d of all: 99.9 % end at the nearest that is left',
    async (fail) => {
      const { success, alive, timeouts, hops } = await run({
        nodes: long ? 5_000 : 1_000,
        lookups: long ? 5_000 : 1_000,
        fail,
      })
      expect(success).toBeGreaterThanOrEqual(0.999)
      expect(alive).toBe((1 - fail) * (long ? 5_000 : 1_000))
      expect(timeouts.mean).toBeGreaterThan(0)
      expect(hops.max).toBeLessThan(15)
    },
    PATIENCE,
  )
})

test(
  'at a median session of 10 minutes 99 % of the lookups succeed',
  async () => {
    const size = long ? { nodes: 300, lookups: 2_000 } : { nodes: 60, lookups: 250 }
    const { success, arrivals } = await run({ ...size, churn: 10 })
    expect(success).toBeGreaterThanOrEqual(0.99)
    expect(arrivals).toBeGreaterThan(3 * size.nodes)
  },
  PATIENCE,
)
