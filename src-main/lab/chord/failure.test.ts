/** A part of the hosts fails at once. Sizes are modest here and full where SHOAL_LONG is set. */
import { describe, expect, test } from 'vitest'
import { type FailureOptions, type FailureResult, runFailure } from './failure.ts'

const long = process.env.SHOAL_LONG === '1'
const PATIENCE = long ? 1_200_000 : 120_000
const SHAPE = { seed: 1, successors: long ? 16 : 10, virtualNodes: 1, stabilise: 5, lookups: 300 }
const [NODES, KEYS] = long ? [3_000, 10_000] : [1_000, 2_000]

const run = (options: Partial<FailureOptions>) =>
  runFailure({ ...SHAPE, nodes: NODES, keys: KEYS, fail: 0.3, ...options })

const PARTS = long ? [0.1, 0.2, 0.3] : [0.1, 0.3]
/** Where hosts are few, how many keys one owns differs much: then several rings count together. */
const SEEDS = [1, 2, 3, 4]

describe('keys after a part of the hosts has failed and the ring has been repaired', () => {
  const runs = new Map<number, Promise<FailureResult[]>>()
  /** Of every part the same runs, which several tests look at. */
  const failed = (fail: number) => {
    const all = async () => {
      const results: FailureResult[] = []
      for (const seed of SEEDS) results.push(await run({ seed, fail }))
      return results
    }
    const made = runs.get(fail) ?? all()
    runs.set(fail, made)
    return made
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

  test.each(PARTS)(
    '%d: so large is the part lost, within 0.01; at most its fourth power and 0.001 where three hosts have copies',
    async (fail) => {
      const results = await failed(fail)
      expect(Math.abs(mean(results.map(({ lost }) => lost)) - fail)).toBeLessThan(0.01)
      expect(mean(results.map(({ lostWithCopies }) => lostWithCopies))).toBeLessThanOrEqual(fail ** 4 + 0.001)
    },
    PATIENCE,
  )

  test.each(PARTS)(
    '%d: nothing is lost but what nobody has, all are one ring in order again, and lookups work all the while',
    async (fail) => {
      for (const result of await failed(fail)) {
        expect(result).toMatchObject({ lost: result.gone, lostWithCopies: result.goneWithCopies })
        expect(result).toMatchObject({ rings: 1, ideal: true, atOnce: { lookups: 300, success: 1 } })
        expect(result.later).toMatchObject({ lookups: KEYS, success: 1 })
        expect(result.later.timeouts.mean).toBeLessThan(result.atOnce.timeouts.mean)
        expect(result.repairedAfter).toBeLessThan(200)
      }
    },
    PATIENCE,
  )
})

test(
  'with virtual nodes a host fails with all of them, and copies are on other hosts',
  async () => {
    const result = await run({ nodes: 100, virtualNodes: 8, keys: 2_000, fail: 0.2, successors: 16 })
    expect(result.gone).toBeGreaterThan(0.1)
    expect(result).toMatchObject({ lost: result.gone, rings: 1, ideal: true })
    expect(result.goneWithCopies).toBeLessThan(0.01)
    // A list of 16 may be of fewer than three other hosts; then a copy is there and not found.
    expect(result.lostWithCopies - result.goneWithCopies).toBeLessThan(0.001)
  },
  PATIENCE,
)

test('nobody fails: nothing is lost. It ends with the reason of its signal', async () => {
  const result = await run({ nodes: 50, keys: 200, fail: 0, lookups: 20 })
  expect(result).toMatchObject({ lost: 0, lostWithCopies: 0, gone: 0, ideal: true, atOnce: { success: 1 } })
  expect(await run({ nodes: 50, keys: 200, fail: 0, lookups: 20 })).toEqual(result)
  const stop = new AbortController()
  const watcher = { signal: stop.signal, progress: () => stop.abort(new Error('enough')) }
  const options = { ...SHAPE, nodes: 50, keys: 10, fail: 0.1 }
  await expect(runFailure(options, watcher)).rejects.toThrow('enough')
})
