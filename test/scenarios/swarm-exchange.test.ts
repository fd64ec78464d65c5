/** What a torrent's peers say to each other besides pieces: of other peers, of DHT nodes, of metadata. */
import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import type { PeerSource } from '../../src-main/kernel/peer-source.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { METADATA_PIECE_LENGTH } from '../../src-main/torrent/metadata/metadata-message.ts'
import { MAX_METADATA_REJECTS } from '../../src-main/torrent/metadata/metadata-uploads.ts'
import { encodePexMessage } from '../../src-main/torrent/pex/pex-message.ts'
import { MAX_PEX_REFUSED, MAX_PEX_TAKEN } from '../../src-main/torrent/swarm/peer-exchange.ts'
import { describedTorrent, MetadataServer } from './metadata-world.ts'
import { SwarmNode, stopAll } from './swarm-world.ts'

const torrent = describedTorrent({ infoLength: 2 * METADATA_PIECE_LENGTH })
const secret = describedTorrent({ private: true })

async function crowd(sim: Simulation, of: typeof torrent, size: number): Promise<SwarmNode[]> {
  const hub = new SwarmNode(sim, of, 'hub')
  const others = Array.from({ length: size - 1 }, (_, n) => new SwarmNode(sim, of, `other-${n + 1}`))
  await sim.within(SECOND, Promise.all([hub.start(), ...others.map((node) => node.start([hub]))]))
  return [hub, ...others]
}

const exchangeLine = (node: SwarmNode) =>
  node.swarm.sourceStatus().find(({ name }) => name === 'Peer exchange') ?? { state: 'none', peers: -1 }

describe('peer exchange', () => {
  test('20 that know one of them find each other', async () => {
    const sim = new Simulation({ seed: 1 })
    const nodes = await crowd(sim, torrent, 20)
    for (const node of nodes.slice(1)) expect(node.swarm.snapshot()).toMatchObject({ known: 1 })
    await sim.until(5 * MINUTE, () => nodes.every((node) => node.swarm.snapshot().peers === 19), 'all know all')
    const line = exchangeLine(nodes[7] as SwarmNode)
    expect(line.state).toBe('working')
    expect(line.peers).toBeGreaterThan(0)
    const origins = new Set((nodes[7] as SwarmNode).swarm.peers().map(({ origin }) => origin))
    expect(origins).toContain('pex')
    await stopAll(sim, nodes)
  })

  test('tells of nobody whose listening port is not known', async () => {
    const sim = new Simulation({ seed: 2 })
    const nodes = await crowd(sim, torrent, 3)
    await sim.until(3 * MINUTE, () => nodes.every((node) => node.swarm.snapshot().peers === 2))
    for (const node of nodes)
      for (const { endpoint } of node.swarm.list.known.values()) expect(endpoint.port).toBe(6881)
    await stopAll(sim, nodes)
  })

  test('where it is off, nobody is told and nobody taken; switched on, it begins', async () => {
    const sim = new Simulation({ seed: 3 })
    const hub = new SwarmNode(sim, torrent, 'hub')
    const [on, off] = [
      new SwarmNode(sim, torrent, 'on'),
      new SwarmNode(sim, torrent, 'off', { swarm: { peerExchange: false } }),
    ]
    const last = new SwarmNode(sim, torrent, 'last')
    await sim.within(SECOND, Promise.all([hub.start(), on.start([hub]), off.start([hub]), last.start()]))
    hub.swarm.setPeerExchange(false)
    await sim.run(3 * MINUTE)
    expect([on, off].map((node) => node.swarm.snapshot().known)).toEqual([1, 1])
    expect([hub, on, off].map((node) => exchangeLine(node).state)).toEqual(['off', 'idle', 'off'])
    hub.swarm.setPeerExchange(true)
    await sim.until(3 * MINUTE, () => on.swarm.snapshot().peers === 2)
    expect(exchangeLine(off).peers).toBe(0)
    await stopAll(sim, [hub, on, off, last])
  })

  test('a peer that tells too often is closed, and none fills the list', async () => {
    const sim = new Simulation({ seed: 4 })
    const flags = { prefersEncryption: false, seed: false, utp: false, holepunch: false, reachable: true }
    const message = (n: number) =>
      encodePexMessage({
        added: Array.from({ length: 50 }, (_, i) => ({
          endpoint: { host: `20.0.${n & 255}.${i}`, port: 1 },
          ...flags,
        })),
        dropped: [],
      })
    const flood = new MetadataServer(sim, torrent, 'flood', {
      greeted: (wire) => {
        for (let n = 0; n < MAX_PEX_REFUSED + 10; n++) wire.extended('ut_pex', message(n))
      },
    })
    const steady = new MetadataServer(sim, torrent, 'steady', {
      greeted: (wire) => {
        for (let n = 0; n < 15; n++)
          timers.push(steady.host.clock.after(n * MINUTE, () => wire.extended('ut_pex', message(n))))
      },
    })
    const timers: { cancel(): void }[] = []
    const node = new SwarmNode(sim, torrent, 'node')
    await sim.within(SECOND, Promise.all([flood.start(), steady.start(), node.start()]))
    node.swarm.addPeers([flood.endpoint], 'given')
    await sim.run(30 * SECOND)
    expect(flood.connections).toBe(0)
    expect(exchangeLine(node).peers).toBe(150)
    await sim.run(SECOND)
    const before = exchangeLine(node).peers
    node.swarm.addPeers([steady.endpoint], 'given')
    await sim.run(20 * MINUTE)
    // the flooding peer has been dialled again in between, and has been closed each time
    expect(exchangeLine(node).peers - before).toBeLessThanOrEqual(MAX_PEX_TAKEN + 150 * flood.reasons.length)
    expect(exchangeLine(node).peers - before).toBeGreaterThanOrEqual(MAX_PEX_TAKEN)
    for (const timer of timers) timer.cancel()
    await sim.within(MINUTE, Promise.all([flood.stop(), steady.stop()]))
    await stopAll(sim, [node])
  })
})

describe('a private torrent', () => {
  test('tells of no peers and takes none, and keeps to trackers', async () => {
    const sim = new Simulation({ seed: 5 })
    const followed: string[] = []
    const source = (kind: PeerSource['kind']): PeerSource => ({
      kind,
      follow: () => {
        followed.push(kind)
        return { completed: () => {}, refresh: () => {}, status: () => [], stop: () => Promise.resolve() }
      },
    })
    const hub = new SwarmNode(sim, secret, 'hub', {
      sources: (['tracker', 'kademlia', 'chord', 'local', 'pex'] as const).map(source),
      swarm: { dhtPort: () => 6_881 },
    })
    const others = [1, 2].map((n) => new SwarmNode(sim, secret, `other-${n}`, { swarm: { dhtPort: () => 6_881 } }))
    await sim.within(SECOND, Promise.all([hub.start(), ...others.map((node) => node.start([hub]))]))
    expect(followed).toEqual(['tracker'])
    for (const origin of ['kademlia', 'chord', 'local', 'pex'] as const) {
      hub.swarm.addPeers([{ host: '20.0.0.1', port: 5 }], origin)
    }
    hub.swarm.setPeerExchange(true)
    await sim.run(5 * MINUTE)
    for (const node of others) expect(node.swarm.snapshot()).toMatchObject({ known: 1, peers: 1 })
    expect(hub.swarm.snapshot()).toMatchObject({ known: 2, peers: 2 })
    for (const node of [hub, ...others]) {
      expect(node.dhtNodes).toEqual([])
      expect(exchangeLine(node)).toMatchObject({ state: 'off', message: 'not for a private torrent' })
    }
    await stopAll(sim, [hub, ...others])
  })

  test('offers metadata to its peers, and nothing else', async () => {
    const sim = new Simulation({ seed: 6 })
    const server = new MetadataServer(sim, secret, 'server')
    const node = new SwarmNode(sim, secret, 'node')
    await sim.within(SECOND, Promise.all([server.start(), node.start()]))
    node.swarm.addPeers([server.endpoint], 'tracker')
    await sim.until(5 * SECOND, () => server.told.length > 0)
    expect([...(server.told[0]?.extensions.keys() ?? [])]).toEqual(['ut_metadata'])
    expect(server.told[0]?.metadataSize).toBe(secret.metainfo.infoBytes.length)
    await sim.within(SECOND, server.stop())
    await stopAll(sim, [node])
  })
})

test('ports of DHT nodes are told to peers that have one', async () => {
  const sim = new Simulation({ seed: 7 })
  const [a, b, none] = [
    new SwarmNode(sim, torrent, 'a', { swarm: { dhtPort: () => 1_111 } }),
    new SwarmNode(sim, torrent, 'b', { swarm: { dhtPort: () => 2_222 } }),
    new SwarmNode(sim, torrent, 'none', { swarm: { dhtPort: () => undefined } }),
  ] as const
  await sim.within(SECOND, Promise.all([a.start(), b.start([a]), none.start([a, b])]))
  await sim.run(30 * SECOND)
  expect(a.dhtNodes).toEqual([{ host: b.host.address, port: 2_222 }])
  expect(b.dhtNodes).toEqual([{ host: a.host.address, port: 1_111 }])
  expect(none.dhtNodes).toEqual([])
  await stopAll(sim, [a, b, none])
})

test('a peer that asks for metadata over and over is served thrice and closed', async () => {
  const sim = new Simulation({ seed: 8 })
  const node = new SwarmNode(sim, torrent, 'node', { seed: true })
  const request = Buffer.from('d8:msg_typei0e5:piecei0ee')
  const asker: MetadataServer = new MetadataServer(sim, torrent, 'asker', {
    greeted: (wire) => {
      for (let n = 0; n < 20; n++) wire.extended('ut_metadata', request)
      asker.host.clock.after(3 * SECOND, () => {
        for (let n = 0; n < MAX_METADATA_REJECTS; n++) wire.extended('ut_metadata', request)
      })
    },
  })
  await sim.within(SECOND, Promise.all([asker.start(), node.start()]))
  node.swarm.addPeers([asker.endpoint], 'given')
  await sim.run(2 * SECOND)
  expect(asker.connections).toBe(1)
  await sim.run(10 * SECOND)
  expect(asker.connections).toBe(0)
  const served = asker.messages.filter(([, payload]) => payload.length > METADATA_PIECE_LENGTH).length
  const pieces = Math.ceil(torrent.metainfo.infoBytes.length / METADATA_PIECE_LENGTH)
  expect(served).toBe(3 * pieces)
  await sim.within(SECOND, asker.stop())
  await stopAll(sim, [node])
})
