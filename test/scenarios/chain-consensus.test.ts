/** Many nodes and miners far apart: they agree, and the blocks that are mined in vain are as many as theory says. */
import { expect, test } from 'vitest'
import { type ConnectionLimits, MAX_OUTGOING } from '../../src-main/chain/network/connections/connections.ts'
import { displayHash } from '../../src-main/chain/primitives/hashes.ts'
import { type Millis, SECOND } from '../../src-main/kernel/clock.ts'
import { type ChainNode, ChainWorld, tipsOf } from './chain-world.ts'

const LONG = process.env.SHOAL_LONG === '1'
/** Short enough for many forks, long enough for few that have forks of their own: theory knows none such. */
const INTERVAL = 15 * SECOND
const LATENCY = [100, 2_000] as const
const MINERS = 10
/** Hash rates of the miners are as 1 to 10; all together have 1. */
const WHOLE = (MINERS * (MINERS + 1)) / 2
const TO_FIND_EACH_OTHER = 120 * SECOND
const TO_SETTLE = 120 * SECOND
/** Of the stale rate, from what theory says. */
const TOLERANCE = 0.3

/** Nodes that know three given ones and find all others themselves. */
async function worldOf(seed: number, count: number, limits: Partial<ConnectionLimits> = {}): Promise<ChainWorld> {
  const world = new ChainWorld({ seed, latency: LATENCY, interval: INTERVAL })
  for (let i = 0; i < count; i++) {
    const hashRate = i < MINERS ? (i + 1) / WHOLE : 0
    await world.node({ given: world.nodes.slice(0, 3), hashRate, limits })
  }
  await world.run(TO_FIND_EACH_OTHER)
  return world
}

interface Measured {
  readonly found: number
  readonly rate: number
  readonly expected: number
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** When a node first had a chain of each height. */
function arrivals({ moves }: ChainNode): number[] {
  const times: number[] = []
  for (const { at, tip } of moves) for (let height = times.length; height <= tip.height; height++) times[height] = at
  return times
}

/** Mean time from the first block of a height until a miner works on top of one; each miner counts by its hash rate. */
function meanDelay({ nodes, found }: ChainWorld): Millis {
  const firsts: number[] = []
  for (const { height, at } of found) firsts[height] ??= at
  const weighted = nodes.map((node) => {
    const delays = arrivals(node).map((at, height) => at - (firsts[height] ?? at))
    return (node.hashRate * sum(delays)) / (delays.length - 1)
  })
  return sum(weighted)
}

/** Mines so many blocks, lets all settle, and counts those that are not part of the chain. */
async function staleRateOf(world: ChainWorld, blocks: number) {
  world.startMining()
  await world.until(() => world.found.length >= blocks, 10 * blocks * INTERVAL)
  world.stopMining()
  await world.run(TO_SETTLE)
  const best = new Set((await world.bestChain(world.nodes[0] as ChainNode)).map(({ hash }) => displayHash(hash)))
  const stale = world.found.filter(({ hash }) => !best.has(hash)).length
  const delay = meanDelay(world)
  return {
    found: world.found.length,
    stale,
    delay,
    rate: stale / world.found.length,
    expected: 1 - Math.exp(-delay / INTERVAL),
  }
}

/** Runs with several seeds, taken together. Each ends on one tip. */
async function runs(seeds: readonly number[], blocks: number, make: (seed: number) => Promise<ChainWorld>) {
  const all = []
  for (const seed of seeds) {
    const world = await make(seed)
    all.push(await staleRateOf(world, blocks))
    expect(tipsOf(world.nodes)).toHaveLength(1)
    await world.stop()
  }
  const found = sum(all.map((run) => run.found))
  const rate = sum(all.map((run) => run.stale)) / found
  const expected = sum(all.map((run) => run.expected)) / all.length
  return { found, rate, expected }
}

/** What chance alone may make of a rate: two standard errors. In the long tier, with many more blocks, it is little. */
function chance({ found, expected }: Measured): number {
  return 2 * Math.sqrt((expected * (1 - expected)) / found)
}

function expectTheory(measured: Measured): void {
  const { rate, expected } = measured
  expect(Math.abs(rate - expected)).toBeLessThan(TOLERANCE * expected + chance(measured))
}

test('50 nodes, 10 miners, latencies up to 2 s: one tip, on a topology that they found themselves', async () => {
  const [seeds, blocks] = LONG ? [[1, 2], 1_000] : [[1], 40]
  const measured = await runs(seeds, blocks, async (seed) => {
    const world = await worldOf(seed, 50)
    // Nobody was given more than three.
    expect(Math.min(...world.nodes.map(({ node }) => node.peerCount))).toBeGreaterThanOrEqual(MAX_OUTGOING)
    return world
  })
  expectTheory(measured)
})

test('blocks mined in vain are as many as theory says, over more blocks between fewer nodes', async () => {
  const [seeds, blocks] = LONG ? [[11, 12, 13, 14, 15, 16], 1_500] : [[11, 12], 300]
  const measured = await runs(seeds, blocks, (seed) => worldOf(seed, MINERS, { outgoing: 3 }))
  expect(measured.rate).toBeGreaterThan(0)
  expectTheory(measured)
})
