import { describe, expect, test } from 'vitest'
import { bytesEqual } from '../../src-main/kernel/bytes.ts'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { makeTorrent, SwarmNode, startAll, stopAll } from './swarm-world.ts'

const KIB = 1024

describe('one to one', () => {
  test('every byte arrives, a short last piece and single bytes too', async () => {
    for (const torrent of [makeTorrent(30, 64 * KIB, 40_001), makeTorrent(1, 16 * KIB, 1), makeTorrent(3, 32 * KIB)]) {
      const sim = new Simulation({ seed: 1 })
      const seed = new SwarmNode(sim, torrent, 'seed', { seed: true })
      const leech = new SwarmNode(sim, torrent, 'leech')
      await startAll(sim, [seed, leech])
      await sim.until(MINUTE, () => leech.complete)
      expect(bytesEqual(leech.storage.bytes, torrent.data)).toBe(true)
      expect(leech.verified).toHaveLength(torrent.metainfo.pieceCount)
      expect(leech.swarm.snapshot().downloaded).toBe(torrent.data.length)
      await sim.run(SECOND)
      expect(leech.swarm.snapshot()).toMatchObject({ seeds: 0, peers: 0, wasted: 0 })
      await stopAll(sim, [seed, leech])
    }
  })
})

/** Times at which each leecher had everything, and what the simulation's checksum says. */
async function lectureHall(seed: number): Promise<{ times: (number | undefined)[]; checksum: string }> {
  const torrent = makeTorrent(64, 64 * KIB, 1_000)
  const sim = new Simulation({ seed, bandwidth: { up: 1_000_000, down: 4_000_000 } })
  const source = new SwarmNode(sim, torrent, 'seed', { seed: true })
  const leechers = Array.from({ length: 20 }, (_, i) => new SwarmNode(sim, torrent, `leecher-${i + 1}`))
  await startAll(sim, [source, ...leechers])
  await sim.until(5 * MINUTE, () => leechers.every((node) => node.complete), 'everybody has everything')
  for (const node of leechers) expect(bytesEqual(node.storage.bytes, torrent.data)).toBe(true)
  await stopAll(sim, [source, ...leechers])
  return { times: leechers.map((node) => node.completedAt), checksum: sim.checksum }
}

test('one seed and 20 leechers: all complete, sooner than the seed could serve them, and alike each time', async () => {
  const first = await lectureHall(7)
  const again = await lectureHall(7)
  expect(again).toEqual(first)
  const other = await lectureHall(8)
  expect(other.checksum).not.toBe(first.checksum)
  const alone = (20 * 64 * 64 * KIB) / 1_000_000
  for (const time of first.times) expect(time).toBeLessThan((alone * SECOND) / 3)
})
