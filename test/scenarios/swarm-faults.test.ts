import { describe, expect, test } from 'vitest'
import { bytesEqual } from '../../src-main/kernel/bytes.ts'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { makeTorrent, SwarmNode, startAll, stopAll, type Torrent } from './swarm-world.ts'

const KIB = 1024

function expectAll(node: SwarmNode, torrent: Torrent): void {
  expect(node.complete).toBe(true)
  expect(bytesEqual(node.storage.bytes, torrent.data)).toBe(true)
}

describe('bad pieces', () => {
  test('a peer that alone sends a bad piece is banned at once, and the download finishes from another', async () => {
    const torrent = makeTorrent(40, 64 * KIB)
    const sim = new Simulation({ seed: 3, bandwidth: { up: 500_000, down: 2_000_000 } })
    const liar = new SwarmNode(sim, torrent, 'liar', { seed: true })
    liar.storage.lies = () => true
    const leech = new SwarmNode(sim, torrent, 'leech')
    await startAll(sim, [liar, leech])
    await sim.until(MINUTE, () => leech.banned.length > 0, 'the liar is banned')
    expect(leech.banned).toEqual([liar.host.address])
    expect(leech.swarm.have.count).toBe(0)
    const honest = new SwarmNode(sim, torrent, 'honest', { seed: true })
    await sim.within(SECOND, honest.start([leech]))
    await sim.until(5 * MINUTE, () => leech.complete)
    expectAll(leech, torrent)
    leech.meet([liar])
    await sim.run(5 * MINUTE)
    expect(leech.swarm.snapshot()).toMatchObject({ seeds: 0, peers: 0, connecting: 0 })
    await stopAll(sim, [liar, leech, honest])
  })

  test('one liar among several that share pieces is found by its blocks; nobody else is banned', async () => {
    for (const seed of [1, 2, 3]) {
      const torrent = makeTorrent(40, 256 * KIB)
      const sim = new Simulation({ seed, bandwidth: { up: 20_000, down: 2_000_000 } })
      const honest = Array.from({ length: 4 }, (_, i) => new SwarmNode(sim, torrent, `honest-${i}`, { seed: true }))
      const liar = new SwarmNode(sim, torrent, 'liar', { seed: true })
      liar.storage.lies = (_, begin) => begin % (48 * KIB) === 0
      const leech = new SwarmNode(sim, torrent, 'leech')
      await startAll(sim, [liar, leech, ...honest])
      await sim.until(30 * MINUTE, () => leech.complete)
      expectAll(leech, torrent)
      expect(leech.banned, `seed ${seed}`).toEqual([liar.host.address])
      await stopAll(sim, [liar, leech, ...honest])
    }
  })
})

describe('nothing is ever stuck at 99 %', () => {
  test('with connections that break all the time', async () => {
    const torrent = makeTorrent(60, 64 * KIB, 30_000)
    const sim = new Simulation({ seed: 11, bandwidth: { up: 200_000, down: 1_000_000 }, lossRate: 0.01 })
    const nodes = Array.from({ length: 6 }, (_, i) => new SwarmNode(sim, torrent, `node-${i}`, { seed: i === 0 }))
    await startAll(sim, nodes)
    for (let round = 0; round < 30 && !nodes.every((node) => node.complete); round++) {
      await sim.run(3 * SECOND)
      const struck = nodes[sim.random.below(nodes.length)] as SwarmNode
      sim.resetConnections(struck.host)
    }
    await sim.until(10 * MINUTE, () => nodes.every((node) => node.complete), 'everybody has everything')
    for (const node of nodes) expectAll(node, torrent)
    await stopAll(sim, nodes)
  })

  test('with peers that choke and unchoke all the time', async () => {
    const torrent = makeTorrent(60, 64 * KIB, 30_000)
    const sim = new Simulation({ seed: 12, bandwidth: { up: 200_000, down: 1_000_000 } })
    const nodes = Array.from({ length: 6 }, (_, i) => new SwarmNode(sim, torrent, `node-${i}`, { seed: i < 2 }))
    await startAll(sim, nodes)
    for (let round = 0; round < 200 && !nodes.every((node) => node.complete); round++) {
      await sim.run(300)
      for (const node of nodes) for (const peer of node.swarm.peers()) peer.setChoking(sim.random.chance(0.5))
    }
    await sim.until(10 * MINUTE, () => nodes.every((node) => node.complete), 'everybody has everything')
    for (const node of nodes) expectAll(node, torrent)
    await stopAll(sim, nodes)
  })

  test('with peers that stop and start again, and a peer that never answers', async () => {
    const torrent = makeTorrent(60, 64 * KIB, 30_000)
    const sim = new Simulation({ seed: 13, bandwidth: { up: 200_000, down: 1_000_000 } })
    const nodes = Array.from({ length: 5 }, (_, i) => new SwarmNode(sim, torrent, `node-${i}`, { seed: i === 0 }))
    const mute = new SwarmNode(sim, torrent, 'mute', { seed: true })
    mute.storage.read = () => mute.host.program.later('a read that takes an hour', 60 * MINUTE, () => new Uint8Array())
    await startAll(sim, [...nodes, mute])
    for (let round = 0; round < 5; round++) {
      await sim.run(2 * SECOND)
      const node = nodes[1 + (round % 4)] as SwarmNode
      await sim.within(MINUTE, node.swarm.stop())
      await sim.run(SECOND)
      node.swarm.start([])
    }
    await sim.until(10 * MINUTE, () => nodes.every((node) => node.complete), 'everybody has everything')
    for (const node of nodes) expectAll(node, torrent)
    await sim.run(60 * MINUTE)
    await stopAll(sim, [...nodes, mute])
  })
})

describe('disk', () => {
  test('a full disk stops the fetching, loses nothing, and serving goes on; then it continues', async () => {
    const torrent = makeTorrent(60, 64 * KIB)
    const sim = new Simulation({ seed: 5, bandwidth: { up: 500_000, down: 1_000_000 } })
    const source = new SwarmNode(sim, torrent, 'seed', { seed: true })
    const leech = new SwarmNode(sim, torrent, 'leech')
    await startAll(sim, [source, leech])
    await sim.until(MINUTE, () => leech.swarm.have.count >= 20)
    leech.storage.writeFault = { code: 'DISK_FULL', path: 'data.bin', needed: 1 }
    await sim.until(MINUTE, () => leech.diskErrors.length > 0)
    const had = leech.swarm.have.count
    await sim.run(2 * SECOND)
    const { downloaded } = leech.swarm.snapshot()
    await sim.run(MINUTE)
    expect(leech.diskErrors.map((error) => error.code)).toEqual(['DISK_FULL'])
    expect(leech.swarm.snapshot().downloaded).toBe(downloaded)
    expect(leech.swarm.have.count).toBe(had)
    await sim.within(MINUTE, source.stop())
    const other = new SwarmNode(sim, torrent, 'other')
    await sim.within(SECOND, other.start([leech]))
    await sim.until(2 * MINUTE, () => other.swarm.have.count === had, 'what is verified is served')
    leech.storage.writeFault = undefined
    leech.swarm.resumeDisk()
    source.swarm.start([])
    await sim.within(SECOND, source.listener.listen({ host: '0.0.0.0', port: 6881 }))
    source.meet([leech])
    leech.meet([source])
    await sim.until(5 * MINUTE, () => leech.complete && other.complete)
    expectAll(leech, torrent)
    expect(leech.storage.written).toHaveLength(60)
    expect(leech.swarm.snapshot().downloaded).toBeLessThan(1.05 * torrent.data.length)
    await stopAll(sim, [source, leech, other])
  })

  test('a piece that reads short while serving is dropped alone and fetched again', async () => {
    const torrent = makeTorrent(20, 64 * KIB)
    const sim = new Simulation({ seed: 6, bandwidth: { up: 500_000, down: 1_000_000 } })
    const [a, b] = [new SwarmNode(sim, torrent, 'a', { seed: true }), new SwarmNode(sim, torrent, 'b', { seed: true })]
    a.storage.missing.add(7)
    const leech = new SwarmNode(sim, torrent, 'leech')
    await startAll(sim, [a, leech])
    await sim.until(MINUTE, () => a.lost.length > 0, 'the loss is seen')
    expect(a.lost).toEqual([7])
    await sim.run(10 * SECOND)
    expect(leech.swarm.have.count).toBe(19)
    await sim.within(SECOND, b.start([a, leech]))
    await sim.until(5 * MINUTE, () => leech.complete && a.complete)
    expectAll(leech, torrent)
    expect(a.verified).toEqual([7])
    expect(a.diskErrors).toEqual([])
    await stopAll(sim, [a, b, leech])
  })

  test('data that cannot be read stops the serving, says so once, and goes on when it is back', async () => {
    const torrent = makeTorrent(20, 64 * KIB)
    const sim = new Simulation({ seed: 6, bandwidth: { up: 500_000, down: 1_000_000 } })
    const source = new SwarmNode(sim, torrent, 'seed', { seed: true })
    source.storage.readFault = { code: 'DATA_MISSING', path: '/media/stick' }
    const leech = new SwarmNode(sim, torrent, 'leech')
    await startAll(sim, [source, leech])
    await sim.run(MINUTE)
    expect(source.diskErrors.map((error) => error.code)).toEqual(['DATA_MISSING'])
    expect(source.complete).toBe(true)
    source.storage.readFault = undefined
    source.swarm.resumeDisk()
    await sim.until(2 * MINUTE, () => leech.complete)
    expectAll(leech, torrent)
    await stopAll(sim, [source, leech])
  })
})
