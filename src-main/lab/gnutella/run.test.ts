import { describe, expect, test } from 'vitest'
import { FLOODING_STATIC } from '../published/figures.ts'
import { FloodWorld } from './flood-world.ts'
import { expectedReach } from './formulas.ts'
import { GNUTELLA_DEFAULTS, type GnutellaOptions, runGnutella } from './run.ts'

const long = process.env.SHOAL_LONG === '1'
const PATIENCE = long ? 240_000 : 60_000
/** Searches of a run: their reach differs by who starts, the more the fewer steps they go. */
const searchesFor = (ttl: number) => (long ? 200 : ttl <= 5 ? 120 : 40)

function run(options: Partial<GnutellaOptions>) {
  return runGnutella({ ...GNUTELLA_DEFAULTS, ...options })
}

/** Parts of the value that a mean may be off: below a tenth of the nodes it hangs on the few connections of who asks. */
const bandOf = (reached: number) => (reached < 0.1 ? 0.15 : 0.1)

describe('flooding reaches what an independent calculation says', () => {
  const cases = long
    ? FLOODING_STATIC.rows
    : FLOODING_STATIC.rows.filter(({ nodes, ttl }) => nodes === 1_000 || ttl <= 7)

  test.each(cases)(
    '$nodes nodes, TTL $ttl: nodes and messages within 10 % (15 % below a tenth of the nodes)',
    async ({ nodes, ttl, reached, messages }) => {
      const result = await run({ nodes, ttl, lookups: searchesFor(ttl) })
      expect(Math.abs(result.reached.mean / reached - 1)).toBeLessThan(bandOf(reached))
      expect(Math.abs(result.requests.mean / messages - 1)).toBeLessThan(bandOf(reached))
    },
    PATIENCE,
  )
})

describe('the formula', () => {
  test.each([2, 4, 6])(
    'agrees with 2,000 nodes of mean degree %i, at each TTL, to 15 % of the mean',
    async (degree) => {
      for (let ttl = 1; ttl <= (degree === 2 ? 8 : 6); ttl++) {
        const expected = expectedReach(2_000, degree, ttl)
        const result = await run({ nodes: 2_000, degree, ttl, lookups: searchesFor(ttl) })
        expect(Math.abs(result.reached.mean / expected.reached - 1), `TTL ${ttl}`).toBeLessThan(0.15)
        expect(Math.abs(result.requests.mean / expected.messages - 1), `TTL ${ttl}`).toBeLessThan(0.15)
      }
    },
    PATIENCE,
  )

  test('of one step: the neighbours; of many: everybody, over every connection both ways but those of first copies', () => {
    const one = expectedReach(10_000, 4, 1)
    expect(one.messages).toBeCloseTo(4, 2)
    expect(one.reached * 10_000).toBeCloseTo(5, 2)
    const all = expectedReach(1_000, 4, 20)
    expect(all.reached).toBeCloseTo(1, 3)
    expect(all.messages).toBeCloseTo(4 * 1_000 - 999, -1)
  })
})

describe('searches', () => {
  test('find an item with the chance that one of its holders is within reach', async () => {
    for (const share of [0.001, 0.01]) {
      const { success, reached, hits } = await run({ nodes: 1_000, ttl: 4, share, lookups: long ? 2_000 : 400 })
      const holders = 1_000 * share
      expect(Math.abs(hits.mean - holders * reached.mean)).toBeLessThan(0.15 * holders * reached.mean + 0.03)
      expect(Math.abs(success - (1 - (1 - reached.mean) ** holders))).toBeLessThan(0.08)
    }
  })

  test('that reach everybody find what one node has, and every holder answers once', async () => {
    const rare = await run({ nodes: 300, ttl: 12, share: 0, lookups: 20 })
    expect([rare.success, rare.hits.mean, rare.hits.max, rare.reached.mean]).toEqual([1, 1, 1, 1])
    const common = await run({ nodes: 300, ttl: 12, share: 0.1, lookups: 20 })
    expect([common.hits.p1, common.hits.max]).toEqual([30, 30])
    expect(common.hops.mean).toBeLessThan(rare.hops.mean)
    expect(rare.latency.mean).toBeCloseTo(2 * 55 * rare.hops.mean)
  })

  test('in a network that has lost a third of its nodes reach fewer of the others', async () => {
    const [whole, torn] = [await run({ ttl: 5 }), await run({ ttl: 5, fail: 1 / 3 })]
    expect([whole.alive, torn.alive]).toEqual([1_000, 667])
    expect(torn.reached.mean).toBeLessThan(0.75 * whole.reached.mean)
  })

  test('over uneven connections reach fewer: a copy that has gone more steps may come first', async () => {
    const [even, uneven] = [await run({ ttl: 5 }), await run({ ttl: 5, uneven: true })]
    expect(uneven.reached.mean).toBeLessThan(0.95 * even.reached.mean)
    expect(uneven.reached.mean).toBeGreaterThan(0.5 * even.reached.mean)
  })

  test('among two nodes need one message and find each other', async () => {
    const { success, requests, hops } = await run({ nodes: 2, lookups: 3 })
    expect([success, requests.mean, hops.mean]).toEqual([1, 1, 1])
  })
})

test('10,000 nodes: 50 searches of TTL 7 find what one in a hundred holds, in the few megabytes that a search takes', async () => {
  const { success, reached, requests, searchBytes, degrees, alive } = await run({ nodes: 10_000 })
  expect([success, alive]).toEqual([1, 10_000])
  expect(reached.mean).toBeGreaterThan(0.45)
  expect(requests.max).toBeLessThan(20_000)
  expect(searchBytes.max).toBeLessThan(2_000_000)
  expect(degrees).toMatchObject({ mean: 4, p1: 2, p50: 4 })
})

test('the graph has the degrees of the formula: at least what each opens, and a Poisson number more', () => {
  const { members } = new FloodWorld({ nodes: 5_000, degree: 4, seed: 2, uneven: false })
  const share = (degree: number) => members.filter(({ neighbours }) => neighbours.size === degree).length / 5_000
  // Poisson of mean 2: 0.135, 0.271, 0.271, 0.180.
  for (const [degree, expected] of [
    [1, 0],
    [2, 0.135],
    [3, 0.271],
    [4, 0.271],
    [5, 0.18],
  ] as const)
    expect(Math.abs(share(degree) - expected), `degree ${degree}`).toBeLessThan(0.025)
})

test('nodes that are replaced take their connections with them, and newcomers and those left open as many', () => {
  const world = new FloodWorld({ nodes: 500, degree: 4, seed: 3, uneven: true })
  for (let n = 0; n < 1_000; n++) {
    const gone = world.pick()
    const newcomer = world.replace(gone)
    expect(newcomer.neighbours.size).toBeGreaterThanOrEqual(2)
    expect(world.members.some((member) => member === gone || member.neighbours.has(gone.host))).toBe(false)
  }
  expect(world.members).toHaveLength(500)
  const connections = world.members.reduce((sum, { neighbours }) => sum + neighbours.size, 0)
  expect(Math.abs(connections / 500 / 4 - 1)).toBeLessThan(0.15)
})

test('the same run repeats by seed, and differs with another', async () => {
  const options = { nodes: 200, lookups: 20, ttl: 5, uneven: true, fail: 0.1 } as const
  const [one, two, other] = [await run(options), await run(options), await run({ ...options, seed: 2 })]
  expect(two).toEqual(one)
  expect(other.checksum).not.toBe(one.checksum)
})

test('ends with the reason of its signal, also in the middle', async () => {
  const stop = new AbortController()
  const progress = () => stop.abort(new Error('enough'))
  const watched = runGnutella({ ...GNUTELLA_DEFAULTS, nodes: 50 }, { signal: stop.signal, progress })
  await expect(watched).rejects.toThrow('enough')
})
