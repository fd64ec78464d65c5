import { beforeAll, describe, expect, test } from 'vitest'
import { runSwarm, SWARM_DEFAULTS, type SwarmOptions, type SwarmResult, type SwarmRow, seriesTo } from './swarm.ts'

/** For a machine with much else to do, in milliseconds; alone it takes half a second. */
const PATIENCE = 60_000

const SMALL: SwarmOptions = {
  nodes: 8,
  seed: 7,
  fileBytes: 1_000_000,
  serverUp: 200_000,
  peerUp: 40_000,
  peerDown: 200_000,
}

/** With these options it is at most 1.51 over seeds 1 to 20; the file has 16 pieces only. */
const SWARM_OVER_BOUND = 1.7

describe('the lecture hall', () => {
  const rows: SwarmRow[] = []
  const fractions: number[] = []
  let first: SwarmResult

  beforeAll(async () => {
    const progress = (fraction: number) => fractions.push(fraction)
    first = await runSwarm(SMALL, { progress, row: (row) => rows.push(row) })
  }, PATIENCE)

  test('one server: the time grows with N as theory says, and is never below its bound', () => {
    expect(rows.map(({ nodes }) => nodes)).toEqual([1, 2, 5, 8])
    for (const { nodes, serverSeconds, serverBound } of rows) {
      expect(serverBound).toBeCloseTo((nodes * SMALL.fileBytes) / SMALL.serverUp)
      expect(serverSeconds).toBeGreaterThanOrEqual(serverBound)
      expect(serverSeconds).toBeLessThan(1.15 * serverBound)
    }
  })

  test('a swarm is never slower, stays near its bound, and gains with N', () => {
    for (const { serverSeconds, swarmSeconds, swarmBound } of rows) {
      expect(swarmSeconds).toBeLessThanOrEqual(serverSeconds)
      expect(swarmSeconds).toBeGreaterThanOrEqual(swarmBound)
      expect(swarmSeconds).toBeLessThan(SWARM_OVER_BOUND * swarmBound)
    }
    const last = rows.at(-1) as SwarmRow
    expect(last.swarmSeconds).toBeLessThan(0.7 * last.serverSeconds)
  })

  test('progress goes from 0 to 1 without a step back', () => {
    expect(fractions.at(-1)).toBe(1)
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
  })

  test(
    'repeats exactly by seed',
    async () => {
      const again = await runSwarm(SMALL)
      expect(again).toEqual(first)
      expect(first.rows).toEqual(rows)
      const other = await runSwarm({ ...SMALL, nodes: 2, seed: 8 })
      const same = await runSwarm({ ...SMALL, nodes: 2 })
      expect(other.checksum).not.toBe(same.checksum)
    },
    PATIENCE,
  )
})

test(
  'an abort ends it with its reason, in mid-run',
  async () => {
    const stop = new AbortController()
    const rows: SwarmRow[] = []
    const reason = new Error('enough')
    const progress = (fraction: number) => {
      if (fraction > 0.5) stop.abort(reason)
    }
    await expect(runSwarm(SMALL, { signal: stop.signal, progress, row: (row) => rows.push(row) })).rejects.toBe(reason)
    expect(rows).toHaveLength(3)
  },
  PATIENCE,
)

test.each([
  [1, [1]],
  [2, [1, 2]],
  [20, [1, 2, 5, 10, 20]],
  [30, [1, 2, 5, 10, 20, 30]],
  [100, [1, 2, 5, 10, 20, 50, 100]],
  [200, [1, 2, 5, 10, 20, 50, 100, 200]],
])('the series to %i is %j', (nodes, series) => expect(seriesTo(nodes)).toEqual(series))

test('by default, peers and server stand as in the textbook', () => {
  const { serverUp, peerUp, peerDown } = SWARM_DEFAULTS
  expect(serverUp).toBe(10 * peerUp)
  expect(peerDown).toBeGreaterThanOrEqual(serverUp)
})
