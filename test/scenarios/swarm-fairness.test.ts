import { expect, test } from 'vitest'
import { MINUTE } from '../../src-main/kernel/clock.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { makeTorrent, SwarmNode, startAll, stopAll } from './swarm-world.ts'

const KIB = 1024

function median(times: readonly (number | undefined)[]): number {
  const sorted = times.map((time) => time ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}

interface Times {
  readonly giving: readonly (number | undefined)[]
  readonly taking: readonly (number | undefined)[]
}

/** 16 peers that give and 4 that do not, one seed that could serve two of them; who has everything leaves. */
async function freeRiders(seed: number): Promise<Times> {
  const torrent = makeTorrent(128, 64 * KIB)
  const sim = new Simulation({ seed, bandwidth: { up: 50_000, down: 1_000_000 } })
  const source = new SwarmNode(sim, torrent, 'seed', { seed: true, bandwidth: { up: 100_000 } })
  const giving = Array.from(
    { length: 16 },
    (_, i) => new SwarmNode(sim, torrent, `giving-${i + 1}`, { leavesWhenDone: true }),
  )
  const taking = Array.from(
    { length: 4 },
    (_, i) => new SwarmNode(sim, torrent, `taking-${i + 1}`, { settings: { slots: 0 } }),
  )
  const all = [source, ...giving, ...taking]
  await startAll(sim, all)
  await sim.until(20 * MINUTE, () => [...giving, ...taking].every((node) => node.complete), 'everybody has everything')
  await stopAll(sim, all)
  const [given, taken] = [giving, taking].map((nodes) => nodes.map(({ completedAt }) => completedAt))
  return { giving: given ?? [], taking: taken ?? [] }
}

// One run has four free riders: a lucky one of them moves its median by half. Five runs have twenty.
test('with 20 % free riders and scarce seed capacity, contributors finish at least 1.5 times earlier in the median', async () => {
  const giving: (number | undefined)[] = []
  const taking: (number | undefined)[] = []
  for (const seed of [1, 2, 3, 4, 5]) {
    const times = await freeRiders(seed)
    giving.push(...times.giving)
    taking.push(...times.taking)
  }
  expect(median(taking) / median(giving)).toBeGreaterThanOrEqual(1.5)
})
