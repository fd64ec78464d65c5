/** Whole networks of real nodes. Sizes are modest here and full where SHOAL_LONG is set. */
import { describe, expect, test } from 'vitest'
import { KADEMLIA_DEFAULTS, type KademliaOptions, type KademliaResult, runKademlia } from './kademlia.ts'
import { straightness } from './summary.ts'

const long = process.env.SHOAL_LONG === '1'

function run(options: Partial<KademliaOptions>): Promise<KademliaResult> {
  return runKademlia({ ...KADEMLIA_DEFAULTS, ...options })
}

describe('the same run', () => {
  const everything = { nodes: 200, lookups: 60, nat: 0.3, fail: 0.2, values: 20, join: true } as const

  test('with messages as objects, frozen, and encoded: 200 nodes join, store, fail and look up', async () => {
    const objects = await run(everything)
    expect(await run({ ...everything, mode: 'checked' })).toEqual(objects)
    expect(await run({ ...everything, mode: 'wire' })).toEqual(objects)
    expect(objects.alive).toBe(160)
  })

  test('repeats by seed with churn, and differs with another', async () => {
    const churning = { nodes: 40, lookups: 40, churn: 3, nat: 0.5 } as const
    const [one, two, other] = [await run(churning), await run(churning), await run({ ...churning, seed: 2 })]
    expect(two).toEqual(one)
    expect(other.checksum).not.toBe(one.checksum)
    expect(one.arrivals).toBeGreaterThan(40)
  })
})

test('hops grow with the logarithm of N: a straight line with R² over 0.98, and the nearest is found in 99 %', async () => {
  const points: (readonly [number, number])[] = []
  for (let bits = 7; bits <= (long ? 14 : 11); bits++) {
    const { hops, success } = await run({ nodes: 2 ** bits, lookups: long ? 1_000 : 300 })
    expect(success).toBeGreaterThanOrEqual(0.99)
    points.push([bits, hops.mean])
  }
  expect(straightness(points)).toBeGreaterThan(0.98)
})

describe('the values of reference simulations with perfect tables, by real nodes over a network', () => {
  const expected = [
    { nodes: 1_000, k: 8, hops: 2.2, requests: 10.8 },
    ...(long
      ? [
          { nodes: 1_000, k: 20, hops: 1.87, requests: 21.4 },
          { nodes: 10_000, k: 8, hops: 2.94, requests: 13 },
          { nodes: 10_000, k: 20, hops: 2.46, requests: 22.9 },
        ]
      : []),
  ]

  test.each(expected)('$nodes nodes, k $k, alpha 3: hops and requests within 10 %', async ({ nodes, k, ...means }) => {
    const { hops, requests } = await run({ nodes, k, alpha: 3, lookups: long ? 2_000 : 500 })
    expect(Math.abs(hops.mean / means.hops - 1)).toBeLessThan(0.1)
    expect(Math.abs(requests.mean / means.requests - 1)).toBeLessThan(0.1)
  })
})

test('nodes that join by one lookup of their own id each find the nearest of all', async () => {
  const { success, tableSize, alive } = await run({ nodes: long ? 2_000 : 300, lookups: 200, join: true })
  expect(success).toBeGreaterThanOrEqual(0.99)
  expect(tableSize.mean).toBeGreaterThan(15)
  expect(alive).toBe(long ? 2_000 : 300)
})

test('with k = 8, 30 % of the nodes failing at once take less than one item in a thousand with them', async () => {
  const size = long ? { nodes: 1_000, values: 5_000 } : { nodes: 300, values: 400 }
  const { valuesStored, valuesFound, alive } = await run({ ...size, lookups: 50, fail: 0.3 })
  expect(valuesStored).toBe(size.values)
  expect(valuesFound / valuesStored).toBeGreaterThanOrEqual(0.999)
  expect(alive).toBe(0.7 * size.nodes)
})

test('at a median session of 10 minutes, half of the nodes behind routers, 99 % of the lookups succeed', async () => {
  const size = long ? { nodes: 500, lookups: 2_000 } : { nodes: 100, lookups: 250 }
  const { success, arrivals, requests } = await run({ ...size, churn: 10, nat: 0.5 })
  expect(success).toBeGreaterThanOrEqual(0.99)
  expect(arrivals).toBeGreaterThan(3 * size.nodes)
  expect(requests.p99).toBeLessThanOrEqual(60)
})
