import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import type { PeerSource, Subject } from '../../src-main/kernel/peer-source.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { DEFAULT_LIMITS } from '../../src-main/torrent/swarm/connection-budget.ts'
import { MAX_HANDSHAKING } from '../../src-main/torrent/swarm/peer-listener.ts'
import { makeTorrent, PORT, SwarmNode, startAll, stopAll } from './swarm-world.ts'

const KIB = 1024
const torrent = makeTorrent(8, 32 * KIB)

describe('one connection to each peer', () => {
  test('also when both dial at once', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const sim = new Simulation({ seed, latency: [50, 50], jitter: 0 })
      const nodes = Array.from({ length: 4 }, (_, i) => new SwarmNode(sim, torrent, `node-${i}`))
      await startAll(sim, nodes)
      await sim.run(10 * SECOND)
      for (const node of nodes) {
        expect(node.swarm.snapshot(), `seed ${seed}`).toMatchObject({ seeds: 0, peers: 3, connecting: 0 })
      }
      await sim.run(10 * MINUTE)
      for (const node of nodes) expect(node.swarm.snapshot()).toMatchObject({ peers: 3, connecting: 0 })
      await stopAll(sim, nodes)
    }
  })

  test('none to ourselves, and no second attempt', async () => {
    const sim = new Simulation({ seed: 1 })
    const node = new SwarmNode(sim, torrent, 'node')
    await startAll(sim, [node])
    node.meet([node])
    await sim.run(30 * SECOND)
    expect(node.swarm.snapshot()).toMatchObject({ seeds: 0, peers: 0, connecting: 0 })
    const before = sim.events
    await sim.run(60 * MINUTE)
    expect(sim.events - before).toBe(0)
    await stopAll(sim, [node])
  })

  test('none between two that have everything', async () => {
    const sim = new Simulation({ seed: 1 })
    const nodes = ['a', 'b'].map((name) => new SwarmNode(sim, torrent, name, { seed: true }))
    await startAll(sim, nodes)
    await sim.run(MINUTE)
    for (const node of nodes) expect(node.swarm.snapshot()).toMatchObject({ seeds: 0, peers: 0, connecting: 0 })
    await stopAll(sim, nodes)
  })
})

test('a peer that was not there yet is dialled again, and found', async () => {
  const sim = new Simulation({ seed: 1 })
  const [seed, leech] = [new SwarmNode(sim, torrent, 'seed', { seed: true }), new SwarmNode(sim, torrent, 'leech')]
  await sim.within(SECOND, leech.start([seed]))
  await sim.run(30 * SECOND)
  expect(leech.swarm.snapshot()).toMatchObject({ connecting: 0, known: 1 })
  await sim.within(SECOND, seed.start())
  await sim.until(2 * MINUTE, () => leech.complete)
  await stopAll(sim, [seed, leech])
})

test('no more connections for one torrent than the limit, whoever asks', async () => {
  const sim = new Simulation({ seed: 1 })
  const limit = DEFAULT_LIMITS.perTorrent
  const centre = new SwarmNode(sim, torrent, 'centre')
  const others = Array.from({ length: limit + 10 }, (_, i) => new SwarmNode(sim, torrent, `other-${i}`))
  await startAll(sim, [centre])
  await sim.within(SECOND, Promise.all(others.map((node) => node.start([centre]))))
  await sim.run(10 * SECOND)
  expect(centre.swarm.snapshot()).toMatchObject({ peers: limit, connecting: 0 })
  await stopAll(sim, [centre, ...others])
})

test('connections that name no torrent are few, and end', async () => {
  const sim = new Simulation({ seed: 1 })
  const node = new SwarmNode(sim, torrent, 'node')
  const stranger = sim.host('stranger')
  await startAll(sim, [node])
  let closed = 0
  for (let i = 0; i < MAX_HANDSHAKING + 20; i++) {
    const idle = { data: () => {}, ended: () => socket.end(), closed: () => void closed++ }
    const socket = stranger.streams.connect({ host: node.host.address, port: PORT }, idle, { timeout: 5_000 })
  }
  await sim.run(2 * SECOND)
  expect(closed).toBe(20)
  await sim.run(MINUTE)
  expect(closed).toBe(MAX_HANDSHAKING + 20)
  await stopAll(sim, [node])
})

test('sources are followed from start to stop and told of completion', async () => {
  const sim = new Simulation({ seed: 1 })
  const [seed, leech] = [new SwarmNode(sim, torrent, 'seed', { seed: true }), new SwarmNode(sim, torrent, 'leech')]
  const told: string[] = []
  let subject: Subject | undefined
  const source: PeerSource = {
    kind: 'tracker',
    follow: (what, found) => {
      subject = what
      told.push(`left ${what.totals().left} port ${what.port()}`)
      found([seed.endpoint])
      return {
        completed: () => void told.push('completed'),
        refresh: () => void told.push('refresh'),
        status: () => [],
        stop: () => leech.host.program.later('a goodbye', 500, () => void told.push('stopped')),
      }
    },
  }
  await sim.within(SECOND, seed.start())
  await sim.within(SECOND, leech.listener.listen({ host: '0.0.0.0', port: PORT }))
  leech.swarm.start([source])
  await sim.until(MINUTE, () => leech.complete)
  leech.swarm.refresh()
  expect(subject?.totals()).toEqual({ uploaded: 0, downloaded: torrent.data.length, left: 0 })
  await stopAll(sim, [seed, leech])
  expect(told).toEqual([`left ${torrent.data.length} port ${PORT}`, 'completed', 'refresh', 'stopped'])
})
