import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../simulation/random.ts'
import { BlockNetwork } from './chain/block-network.ts'
import { measureForks } from './chain/forks.ts'
import { delaysFrom, meanDelay, randomGraph } from './chain/graph.ts'
import { measureOvertaking } from './chain/overtaking.ts'
import { measurePartition } from './chain/partition.ts'
import { measurePropagation } from './chain/propagation.ts'
import { measureSelfish } from './chain/selfish.ts'
import { tamper } from './chain/tampering.ts'
import { CHAIN_DEFAULTS, CHAIN_PARTS, type ChainOptions, runChain } from './chain.ts'

const PATIENCE = 120_000
const now = async () => {}
const luck = (seed: number) => SeededRandom.of(seed)

describe('the network', () => {
  test('everybody can be reached, links are alike both ways, and nobody is linked twice', () => {
    for (const opens of [1, 2, 8]) {
      const links = randomGraph({ nodes: 40, opens, delay: 1 }, luck(opens))
      for (const [node, own] of links.entries()) {
        expect(new Set(own.map(({ to }) => to)).size).toBe(own.length)
        for (const { to, delay } of own) {
          expect(to).not.toBe(node)
          expect(delay).toBeGreaterThanOrEqual(0.5)
          expect(delay).toBeLessThan(1.5)
          expect(links[to]).toContainEqual({ to: node, delay })
        }
      }
      expect(delaysFrom(links, 0).every(Number.isFinite)).toBe(true)
    }
  })

  test('where there are fewer nodes than connections to open, all are linked', () => {
    expect(randomGraph({ nodes: 4, opens: 8, delay: 1 }, luck(1)).map((own) => own.length)).toEqual([3, 3, 3, 3])
  })

  test('flooding takes the quickest way to each node', () => {
    const network = new BlockNetwork({ nodes: 30, opens: 3, delay: 1, interval: 60 }, luck(2))
    const arrivals: number[] = []
    network.taken = (node, _header, seconds) => {
      arrivals[node] = seconds
    }
    network.mineAt(7)
    network.settle()
    const shortest = delaysFrom(network.links, 7)
    for (const [node, seconds] of arrivals.entries()) expect(seconds).toBeCloseTo(shortest[node] as number, 9)
    expect(network.agrees).toBe(true)
  })

  test('of two blocks at once each is the tip of those who saw it first, until the next one', () => {
    const network = new BlockNetwork({ nodes: 20, opens: 3, delay: 1, interval: 60 }, luck(3))
    const depths: number[] = []
    network.reorganised = ({ depth }) => depths.push(depth)
    network.mineAt(0)
    network.mineAt(19)
    network.settle()
    const camps = new Set(network.tips)
    expect(camps.size).toBe(2)
    const followers = network.tips.filter((tip) => tip === network.tips[0]).length
    network.mineAt(0)
    network.settle()
    expect(network.agrees).toBe(true)
    expect(depths).toEqual(Array.from({ length: 20 - followers }, () => 1))
  })
})

test('blocks reach half before ninety per cent before all; more connections and shorter links are quicker', () => {
  const measure = (opens: number, delay: number) => measurePropagation({ nodes: 60, opens, delay, blocks: 5 }, luck(4))
  const [few, many, slow] = [measure(2, 0.5), measure(8, 0.5), measure(8, 2)]
  for (const { half, ninety, ninetyNine } of [few, many, slow]) {
    expect(half).toBeGreaterThan(0)
    expect(ninety).toBeGreaterThan(half)
    expect(ninetyNine).toBeGreaterThanOrEqual(ninety)
  }
  expect(many.ninety).toBeLessThan(few.ninety)
  expect(slow.ninety).toBeGreaterThan(3 * many.ninety)
})

test(
  'stale blocks are within 30 % of 1 - exp(-d / T), and everybody ends on one tip',
  async () => {
    for (const interval of [20, 60]) {
      const row = await measureForks({ nodes: 50, opens: 4, delay: 2, interval, blocks: 1_500 }, luck(5), now)
      expect(row.agrees).toBe(true)
      expect(row.stale).toBeGreaterThan(50)
      expect(Math.abs(row.staleRate / row.published - 1), `interval ${interval}`).toBeLessThan(0.3)
      expect(row.deepest).toBeGreaterThanOrEqual(1)
    }
  },
  PATIENCE,
)

test('the delay in the formula is the mean over all pairs of miners', () => {
  const links = [[{ to: 1, delay: 3 }], [{ to: 0, delay: 3 }]]
  expect(meanDelay(links)).toBe(1.5)
})

test(
  'a partition that heals: the smaller side leaves all its blocks, everybody ends on one tip',
  async () => {
    const shape = { nodes: 50, opens: 4, delay: 0.5, interval: 60, share: 0.3, minutes: 120 }
    const row = await measurePartition(shape, luck(6), now)
    expect(row.agrees).toBe(true)
    expect(row.smaller).toBeGreaterThan(15)
    expect(row.larger).toBeGreaterThan(1.5 * row.smaller)
    expect([row.depth, row.reorganised]).toEqual([row.smaller, 15])
    expect(row.healedIn).toBeLessThan(30)
  },
  PATIENCE,
)

test('a tampered block: each thing that is mended shows the next, and only more work than all others convinces', () => {
  const { steps, tieKeepsFirst, longerWins } = tamper(8, 3)
  expect(steps.map(({ height, verdict }) => [height, verdict])).toEqual([
    [8, 'valid'],
    [3, 'bad-txnmrklroot'],
    [3, 'high-hash'],
    [3, 'valid'],
    [4, 'unconnected'],
    [8, 'valid'],
    [9, 'valid'],
  ])
  expect(steps[3]).toMatchObject({ lostSuccessors: 5 })
  const hashes = steps.reduce((sum, step) => sum + step.hashes, 0)
  expect(hashes).toBeGreaterThan(1_000)
  expect([tieKeepsFirst, longerWins]).toEqual([true, true])
})

test.each([
  [0.1, 1],
  [0.1, 2],
  [0.3, 6],
  [0.45, 6],
])('an attacker with %d of all hashing overtakes %i confirmations as often as published', (share, confirmations) => {
  const row = measureOvertaking({ share, confirmations, tries: 20_000 }, luck(7))
  // Three standard deviations of so many tries.
  const spread = 3 * Math.sqrt((row.rosenfeld * (1 - row.rosenfeld)) / row.tries)
  expect(Math.abs(row.success - row.rosenfeld)).toBeLessThan(spread)
})

test('with the smallest majority it always does', () => {
  expect(measureOvertaking({ share: 0.51, confirmations: 6, tries: 2_000 }, luck(8)).success).toBe(1)
})

test('with 60 % it always does, in as many intervals as a walk takes', () => {
  const row = measureOvertaking({ share: 0.6, confirmations: 6, tries: 5_000 }, luck(8))
  expect([row.success, row.nakamoto, row.rosenfeld]).toEqual([1, 1, 1])
  // Six confirmations alone take 6 / 0.4 intervals.
  expect(row.intervals).toBeGreaterThan(15)
  expect(row.intervals).toBeLessThan(20)
})

test.each([
  [0.2, 0],
  [0.3, 0.5],
  [0.4, 0],
  [0.45, 1],
])('a selfish miner with %d, γ %d, earns what is published', (share, gamma) => {
  const row = measureSelfish({ share, gamma, blocks: 200_000 }, luck(9))
  expect(Math.abs(row.revenue - row.published)).toBeLessThan(0.01)
  expect(row.stale).toBeGreaterThan(0)
})

describe('the experiment', () => {
  const small: ChainOptions = { ...CHAIN_DEFAULTS, nodes: 12, blocks: 20, tries: 300 }

  test(
    'all parts, repeated exactly by seed; rows are told as they come',
    async () => {
      const told: string[] = []
      const fractions: number[] = []
      const watcher = {
        row: (part: string) => told.push(part),
        progress: (fraction: number) => fractions.push(fraction),
      }
      const result = await runChain(small, watcher, now)
      expect([...new Set(told)]).toEqual([...CHAIN_PARTS])
      expect(result.propagation).toHaveLength(9)
      expect(result.tamper?.longerWins).toBe(true)
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
      expect(await runChain(small, {}, now)).toEqual(result)
      expect((await runChain({ ...small, seed: 2 }, {}, now)).checksum).not.toBe(result.checksum)
    },
    PATIENCE,
  )

  test('one part alone has the figures that it has among all', async () => {
    const alone = await runChain({ ...small, parts: ['selfish'] }, {}, now)
    expect(alone.forks).toEqual([])
    expect(alone.tamper).toBeUndefined()
    const two = await runChain({ ...small, parts: ['majority', 'selfish'] }, {}, now)
    expect(two.selfish).toEqual(alone.selfish)
  })

  test('stops when it is told to', async () => {
    const stop = new AbortController()
    const begin = runChain(small, { signal: stop.signal, row: () => stop.abort(new Error('enough')) }, now)
    await expect(begin).rejects.toThrow('enough')
  })
})
