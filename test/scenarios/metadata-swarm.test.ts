/** A magnet among peers of all kinds: the metadata comes as long as one honest peer can be reached. */
import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import type { PeerSource } from '../../src-main/kernel/peer-source.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { MAX_USELESS } from '../../src-main/torrent/metadata/metadata-asking.ts'
import { METADATA_PIECE_LENGTH, type MetadataMessage } from '../../src-main/torrent/metadata/metadata-message.ts'
import { PATIENCE, PATIENCE_WHEN_FULL } from '../../src-main/torrent/metadata/metadata-swarm.ts'
import { encodePexMessage } from '../../src-main/torrent/pex/pex-message.ts'
import { describedTorrent, MetadataServer, Seeker, type ServerOptions } from './metadata-world.ts'
import { PORT, SwarmNode, stopAll } from './swarm-world.ts'

const torrent = describedTorrent({ infoLength: 5 * METADATA_PIECE_LENGTH })
const SIZE = torrent.metainfo.infoBytes.length

interface Stopped {
  stop(): Promise<void>
}

async function end(sim: Simulation, ...all: readonly Stopped[]): Promise<void> {
  await sim.within(MINUTE, Promise.all(all.map((one) => one.stop())))
  await sim.stop()
}

const wrong = (piece: number, size = SIZE): MetadataMessage => ({
  type: 'data',
  piece,
  totalSize: size,
  bytes: new Uint8Array(Math.min(METADATA_PIECE_LENGTH, size - piece * METADATA_PIECE_LENGTH)),
})

describe('metadata', () => {
  test('comes whole from one peer, once, and everything ends by itself', async () => {
    const sim = new Simulation({ seed: 1 })
    const seed = new SwarmNode(sim, torrent, 'seed', { seed: true })
    const seeker = new Seeker(sim, torrent, 'seeker')
    await sim.within(SECOND, Promise.all([seed.start(), seeker.start([seed])]))
    const since = seeker.swarm.snapshot().since
    expect(since).toBe(seeker.host.clock.wallTime())
    await sim.until(5 * SECOND, () => seeker.found.length > 0)
    const [found] = seeker.found
    expect(found?.infoBytes).toEqual(torrent.metainfo.infoBytes)
    expect(found?.peers).toEqual([{ endpoint: seed.endpoint, origin: 'given' }])
    expect(seeker.swarm.isRunning).toBe(false)
    expect(seeker.swarm.snapshot()).toMatchObject({ since, known: 1, connecting: 0, connected: 0 })
    await sim.run(MINUTE)
    expect(seeker.found).toHaveLength(1)
    expect(seed.swarm.snapshot()).toMatchObject({ peers: 0, uploaded: 0 })
    expect(() => seeker.swarm.start([])).toThrow('found')
    await end(sim, seeker, seed)
  })

  test('is asked of two peers at once, and shown as it comes', async () => {
    const sim = new Simulation({ seed: 2 })
    const servers = ['a', 'b'].map((name) => {
      const server: MetadataServer = new MetadataServer(sim, torrent, name, {
        manner: (piece) => ({ message: server.honest(piece), after: 2_000 }),
      })
      return server
    })
    const seeker = new Seeker(sim, torrent, 'seeker')
    await sim.within(SECOND, Promise.all([...servers, seeker].map((one) => one.start(servers))))
    await sim.run(SECOND)
    expect(seeker.swarm.snapshot()).toMatchObject({ connected: 2, serving: 2, size: SIZE, received: 0 })
    await sim.until(5 * SECOND, () => seeker.swarm.snapshot().received >= 4 * METADATA_PIECE_LENGTH)
    expect(seeker.found).toEqual([])
    await sim.until(10 * SECOND, () => seeker.found.length > 0)
    for (const server of servers) expect(server.requests.length).toBeGreaterThanOrEqual(2)
    await end(sim, seeker, ...servers)
  })

  test('is served while it is being downloaded, and by who was called', async () => {
    const sim = new Simulation({ seed: 3 })
    const leech = new SwarmNode(sim, torrent, 'leech')
    const seeker = new Seeker(sim, torrent, 'seeker')
    await sim.within(SECOND, seeker.start())
    await sim.within(SECOND, leech.start())
    leech.swarm.addPeers([seeker.endpoint], 'given')
    await sim.until(10 * SECOND, () => seeker.found.length > 0)
    expect(seeker.found[0]?.peers).toEqual([{ endpoint: leech.endpoint, origin: 'incoming' }])
    await end(sim, seeker, leech)
  })

  test('survives a stop in the middle, and what was known is tried again', async () => {
    const sim = new Simulation({ seed: 4 })
    const server: MetadataServer = new MetadataServer(sim, torrent, 'server', {
      manner: (piece) => ({ message: server.honest(piece), after: 1_000 }),
    })
    const seeker = new Seeker(sim, torrent, 'seeker')
    await sim.within(SECOND, Promise.all([server.start(), seeker.start([server])]))
    await sim.until(MINUTE, () => seeker.swarm.snapshot().received >= 2 * METADATA_PIECE_LENGTH)
    await sim.within(SECOND, seeker.swarm.stop())
    expect(seeker.swarm.incoming(new Uint8Array(20), server.endpoint)).toBeUndefined()
    await sim.run(MINUTE)
    const { requests } = server
    expect(server.connections).toBe(0)
    expect(new Set(requests).size).toBe(requests.length)
    seeker.swarm.start([])
    await sim.until(2 * MINUTE, () => seeker.found.length > 0)
    expect(requests.filter((piece) => piece < 2)).toHaveLength(2)
    await end(sim, seeker, server)
  })

  test('is never reported after stop', async () => {
    const sim = new Simulation({ seed: 5 })
    const server: MetadataServer = new MetadataServer(sim, torrent, 'server', {
      manner: (piece) => ({ message: server.honest(piece), after: 500 }),
    })
    const seeker = new Seeker(sim, torrent, 'seeker')
    await sim.within(SECOND, Promise.all([server.start(), seeker.start([server])]))
    await sim.until(MINUTE, () => seeker.swarm.snapshot().received >= 4 * METADATA_PIECE_LENGTH)
    void seeker.swarm.stop()
    await sim.run(MINUTE)
    expect(seeker.found).toEqual([])
    await end(sim, seeker, server)
  })
})

describe('one honest peer is enough', () => {
  const unhelpful: Record<string, ServerOptions> = {
    'that offer nothing': { size: undefined },
    'that say nothing': { manner: () => ({}) },
    'that reject everything': { manner: (piece) => ({ message: { type: 'reject', piece } }) },
    'that leave in the middle': { manner: (_, count) => (count > 2 ? 'leaves' : {}) },
    'that send garbage': { manner: (piece) => ({ message: wrong(piece) }) },
    'that send garbage, slowly': { manner: (piece) => ({ message: wrong(piece), after: 8_000 }) },
    'of another size': { size: SIZE + 40_000, manner: (piece) => ({ message: wrong(piece, SIZE + 40_000) }) },
    'that contradict their size': { manner: (piece) => ({ message: wrong(piece, SIZE + 1) }) },
    'that say it is a gigabyte': { size: 1_000_000_000 },
  }

  test.each(Object.entries(unhelpful))('among three %s', async (_, options) => {
    const sim = new Simulation({ seed: 6 })
    const others = [1, 2, 3].map((n) => new MetadataServer(sim, torrent, `other-${n}`, options))
    const honest = new MetadataServer(sim, torrent, 'honest')
    const seeker = new Seeker(sim, torrent, 'seeker')
    const servers = [...others, honest]
    await sim.within(SECOND, Promise.all([...servers, seeker].map((one) => one.start(servers))))
    await sim.until(10 * MINUTE, () => seeker.found.length > 0, 'the metadata is there')
    expect(seeker.found[0]?.infoBytes).toEqual(torrent.metainfo.infoBytes)
    expect(seeker.banned).not.toContain(honest.host.address)
    await end(sim, seeker, ...servers)
  })

  test('among all of them together, with a seed that dies in the middle', async () => {
    for (const seed of [1, 2, 3]) {
      const sim = new Simulation({ seed })
      const others = Object.values(unhelpful).map(
        (options, n) => new MetadataServer(sim, torrent, `other-${n}`, options),
      )
      const dying = new MetadataServer(sim, torrent, 'dying', {
        manner: (piece, count) => (count > 3 ? 'leaves' : { message: dying.honest(piece), after: 100 }),
      })
      const honest = new MetadataServer(sim, torrent, 'honest', {
        manner: (piece) => ({ message: honest.honest(piece), after: 300 }),
      })
      const servers: MetadataServer[] = [...others, dying, honest]
      const seeker = new Seeker(sim, torrent, 'seeker')
      await sim.within(SECOND, Promise.all([...servers, seeker].map((one) => one.start(servers))))
      await sim.until(30 * MINUTE, () => seeker.found.length > 0, 'the metadata is there')
      expect(seeker.banned).not.toContain(honest.host.address)
      expect(seeker.banned).not.toContain(dying.host.address)
      await end(sim, seeker, ...servers)
    }
  })

  test('behind more useless ones than there are places', async () => {
    const sim = new Simulation({ seed: 7 })
    const useless = Array.from({ length: 9 }, (_, n) => new MetadataServer(sim, torrent, `u-${n}`, { size: undefined }))
    const honest = new MetadataServer(sim, torrent, 'honest')
    const servers = [...useless, honest]
    const seeker = new Seeker(sim, torrent, 'seeker', { limits: { perTorrent: 3 } })
    await sim.within(SECOND, Promise.all([...servers, seeker].map((one) => one.start(servers))))
    await sim.until(5 * PATIENCE_WHEN_FULL, () => seeker.found.length > 0)
    await end(sim, seeker, ...servers)
  })
})

describe('peers that are of no use', () => {
  test('are let go in bounded time, and dialled again later', async () => {
    const sim = new Simulation({ seed: 8 })
    const silent = new MetadataServer(sim, torrent, 'silent', { manner: () => ({}) })
    const bare = new MetadataServer(sim, torrent, 'bare', { size: undefined })
    const servers = [silent, bare]
    const seeker = new Seeker(sim, torrent, 'seeker')
    await sim.within(SECOND, Promise.all([...servers, seeker].map((one) => one.start(servers))))
    await sim.run(PATIENCE + 5 * SECOND)
    for (const server of servers) expect(server.reasons.map(({ code }) => code)).toContain('REMOTE_CLOSED')
    const before = silent.requests.length
    await sim.run(5 * MINUTE)
    expect(silent.requests.length).toBeGreaterThan(before)
    await end(sim, seeker, ...servers)
  })

  test('that send what nobody asked for are closed', async () => {
    const sim = new Simulation({ seed: 9 })
    const flood = new MetadataServer(sim, torrent, 'flood', {
      greeted: (wire) => {
        const message = Buffer.concat([
          Buffer.from(`d8:msg_typei1e5:piecei0e10:total_sizei${SIZE}ee`),
          new Uint8Array(METADATA_PIECE_LENGTH),
        ])
        for (let n = 0; n < MAX_USELESS + 20; n++) wire.extended('ut_metadata', message)
      },
      manner: () => ({}),
    })
    const seeker = new Seeker(sim, torrent, 'seeker')
    await sim.within(SECOND, Promise.all([flood.start(), seeker.start([flood])]))
    await sim.run(10 * SECOND)
    expect(flood.connections).toBe(0)
    await end(sim, seeker, flood)
  })

  test('that are banned are neither dialled nor let in', async () => {
    const sim = new Simulation({ seed: 10 })
    const garbage = new MetadataServer(sim, torrent, 'garbage', { manner: (piece) => ({ message: wrong(piece) }) })
    const seeker = new Seeker(sim, torrent, 'seeker')
    await sim.within(SECOND, Promise.all([garbage.start(), seeker.start([garbage])]))
    await sim.run(10 * MINUTE)
    expect(seeker.banned).toEqual([garbage.host.address])
    expect(garbage.reasons).toHaveLength(1)
    expect(seeker.swarm.incoming(new Uint8Array(20).fill(3), garbage.endpoint)).toBeUndefined()
    seeker.meet([garbage])
    expect(seeker.swarm.snapshot()).toMatchObject({ known: 0, connecting: 0 })
    await end(sim, seeker, garbage)
  })
})

describe('peers are heard of', () => {
  test('through peers: a seed that only another seeker knows', async () => {
    const sim = new Simulation({ seed: 11 })
    const seed = new MetadataServer(sim, torrent, 'seed')
    const teller = new MetadataServer(sim, torrent, 'teller', {
      size: undefined,
      greeted: (wire) => {
        const flags = { prefersEncryption: false, seed: true, utp: false, holepunch: false, reachable: true }
        wire.extended('ut_pex', encodePexMessage({ added: [{ endpoint: seed.endpoint, ...flags }], dropped: [] }))
      },
    })
    const seeker = new Seeker(sim, torrent, 'seeker')
    await sim.within(SECOND, Promise.all([seed.start(), teller.start(), seeker.start([teller])]))
    await sim.until(10 * SECOND, () => seeker.found.length > 0)
    expect(seeker.found[0]?.peers).toContainEqual({ endpoint: seed.endpoint, origin: 'pex' })
    await end(sim, seeker, seed, teller)
  })

  test('not through peers where that is off', async () => {
    const sim = new Simulation({ seed: 12 })
    const teller = new MetadataServer(sim, torrent, 'teller')
    const seeker = new Seeker(sim, torrent, 'seeker', { swarm: { peerExchange: false } })
    await sim.within(SECOND, Promise.all([teller.start(), seeker.start([teller])]))
    await sim.until(10 * SECOND, () => teller.told.length > 0)
    expect([...(teller.told[0]?.extensions.keys() ?? [])]).toEqual(['ut_metadata'])
    await end(sim, seeker, teller)
  })

  test('through sources, which are told that something is left, and that the torrent itself follows', async () => {
    const sim = new Simulation({ seed: 13 })
    const server = new MetadataServer(sim, torrent, 'server')
    const told: string[] = []
    const source: PeerSource = {
      kind: 'kademlia',
      follow: (subject, found) => {
        told.push(`left ${subject.totals().left > 0} port ${subject.port()}`)
        const timer = seeker.host.clock.after(3 * SECOND, () => found([server.endpoint]))
        return {
          completed: () => void told.push('completed'),
          refresh: () => void told.push('refresh'),
          status: () => [],
          stop: (how) => {
            timer.cancel()
            return seeker.host.program.later('the end', 500, () => void told.push(how ?? 'goodbye'))
          },
        }
      },
    }
    const seeker: Seeker = new Seeker(sim, torrent, 'seeker', { sources: [source] })
    await sim.within(SECOND, Promise.all([server.start(), seeker.start()]))
    seeker.swarm.refresh()
    expect(seeker.swarm.sourceStatus().map(({ name }) => name)).toEqual(['Peer exchange'])
    await sim.until(10 * SECOND, () => seeker.found.length > 0)
    expect(seeker.found[0]?.peers).toEqual([{ endpoint: server.endpoint, origin: 'kademlia' }])
    await end(sim, seeker, server)
    expect(told).toEqual([`left true port ${PORT}`, 'refresh', 'handover'])
  })

  test('two seekers: once a seed comes to one of them, the other has it too', async () => {
    const sim = new Simulation({ seed: 14 })
    const [first, second] = [new Seeker(sim, torrent, 'first'), new Seeker(sim, torrent, 'second')]
    await sim.within(SECOND, Promise.all([first.start([second]), second.start([first])]))
    await sim.run(30 * SECOND)
    expect(first.swarm.snapshot()).toMatchObject({ connected: 1, serving: 0, size: 0 })
    const seed = new SwarmNode(sim, torrent, 'seed', { seed: true })
    await sim.within(SECOND, seed.start())
    first.meet([seed])
    await sim.until(30 * SECOND, () => first.found.length > 0)
    await sim.within(SECOND, first.stop())
    const heir = new SwarmNode(sim, torrent, 'heir')
    await sim.within(SECOND, heir.start())
    for (const { endpoint, origin } of first.found[0]?.peers ?? []) heir.swarm.addPeers([endpoint], origin)
    await sim.until(2 * MINUTE, () => second.found.length > 0, 'the second has it')
    await sim.within(SECOND, second.stop())
    await stopAll(sim, [seed, heir])
  })
})

test('ports of DHT nodes are exchanged where ours runs', async () => {
  for (const dhtPort of [undefined, 7_000]) {
    const sim = new Simulation({ seed: 15 })
    const server = new MetadataServer(sim, torrent, 'server', {
      size: undefined,
      greeted: (wire) => {
        for (const port of [4_000, 4_001, 0]) wire.port(port)
      },
    })
    const seeker = new Seeker(sim, torrent, 'seeker', { swarm: { dhtPort: () => dhtPort } })
    await sim.within(SECOND, Promise.all([server.start(), seeker.start([server])]))
    await sim.run(10 * SECOND)
    expect(server.ports).toEqual(dhtPort ? [dhtPort] : [])
    expect(seeker.nodes).toEqual(dhtPort ? [{ host: server.host.address, port: 4_000 }] : [])
    await end(sim, seeker, server)
  }
})

test('who took metadata and left is dialled again soon: it comes back for pieces', async () => {
  const sim = new Simulation({ seed: 16 })
  const seed = new SwarmNode(sim, torrent, 'seed', { seed: true })
  const seeker = new Seeker(sim, torrent, 'seeker')
  await sim.within(SECOND, Promise.all([seed.start(), seeker.start()]))
  seed.swarm.addPeers([seeker.endpoint], 'given')
  await sim.until(5 * SECOND, () => seeker.found.length > 0)
  seeker.listener.remove(seeker.swarm)
  let came = 0
  seeker.listener.add({
    infoHash: torrent.metainfo.infoHash,
    incoming: () => {
      came++
      return undefined
    },
  })
  await sim.until(10 * SECOND, () => came > 0)
  await end(sim, seeker, seed)
})
