/** Whole engines that find each other through Chord alone, and what becomes of their ring when the world changes. */
import { expect, test } from 'vitest'
import { type RingHost, ringState } from '#shared/contract/overlays-ring.ts'
import type { ChainPeerRow, ContactRow } from '#shared/contract/peers.ts'
import type { Settings } from '#shared/contract/settings.ts'
import { encodeBencode } from '../../src-main/codec/bencode.ts'
import { HOUR, MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { chainThreads } from '../../src-main/simulation/chain.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { content, Node } from './engine-world.ts'
import { publicAddress } from './kademlia-world.ts'

const KIB = 1024
const FILE = content(200 * KIB, 3)
const KEY = '00112233445566778899aabbccddeeff00112233'
const PORT = 6881
const on = { overlay: 'chord' } as const

/** Chord and nothing else, unless told otherwise; each engine at an address that it was given. */
class World {
  readonly sim: Simulation
  readonly nodes: Node[] = []

  constructor(seed: number) {
    this.sim = new Simulation({ seed, latency: [5, 40] })
  }

  /** Starts an engine that begins at the first one. */
  async start(name: string, settings: Partial<Settings> = {}): Promise<Node> {
    const [first] = this.nodes
    const node = await Node.start(
      this.sim,
      name,
      {
        ...{ dht: 'off', listenPort: PORT, localDiscovery: false, peerExchange: false },
        chordNodes: first ? [`${first.host.name}:${PORT}`] : [],
        ...settings,
      },
      { address: publicAddress(this.nodes.length) },
      PORT,
    )
    this.nodes.push(node)
    return node
  }

  /** So many engines that are members of one ring. */
  async ring(count: number, settings: Partial<Settings> = {}): Promise<Node[]> {
    for (let n = 0; n < count; n++) await this.start(`engine-${n + 1}`, settings)
    await this.members()
    return this.nodes
  }

  async members(): Promise<void> {
    await this.sim.until(5 * MINUTE, () => this.nodes.every((node) => hostOf(node)?.phase === 'member'), 'all members')
    const knowOthers = () => this.nodes.every((node) => (hostOf(node)?.contacts.length ?? 0) > 0)
    await this.sim.until(5 * MINUTE, knowOthers, 'all know others')
  }

  async end(): Promise<void> {
    for (const node of this.nodes) await node.stop()
    await this.sim.stop()
  }

  within<T>(promise: Promise<T>): Promise<T> {
    return this.sim.within(2 * MINUTE, promise)
  }
}

const overlays = (node: Node) => node.engine.services.overlays
const hostOf = (node: Node) => overlays(node).ring.read(undefined)[0]?.hosts[0] as RingHost | undefined
const statusOf = (node: Node) => node.engine.services.app.status.read(undefined)[0]?.chord
const lineOf = (node: Node, id: string) =>
  node.engine.services.torrents.detail.read({ id })[0]?.trackers.find(({ name }) => name === 'Chord')

test('a torrent goes from one to the other through Chord alone, and its line says how', async () => {
  const world = new World(1)
  const [seeder, , leecher] = (await world.ring(3)) as [Node, Node, Node]
  expect(statusOf(leecher)).toEqual({ state: 'member', places: expect.any(Number) })
  seeder.host.files.put('/share/file.bin', FILE)
  const { id, bytes } = await seeder.share('/share/file.bin', [], { pieceLength: 16 * KIB })
  expect(await leecher.add(bytes)).toBe(id)
  await leecher.reaches(id, 'seeding')
  expect(Buffer.compare(leecher.host.files.get('/downloads/file.bin') as Uint8Array, FILE)).toBe(0)
  expect(lineOf(leecher, id)).toMatchObject({ state: 'working' })
  expect(lineOf(leecher, id)?.message).toMatch(/^\d+ hosts? asked, \d+ hops?, \d+ ms, announced to [1-9]$/)
  await world.end()
})

test('a magnet is downloaded through Chord alone; a private torrent is not told to it', async () => {
  const world = new World(2)
  const [seeder, other] = (await world.ring(3)) as [Node, Node, Node]
  seeder.host.files.put('/share/file.bin', FILE)
  const { id } = await seeder.share('/share/file.bin', [], { pieceLength: 16 * KIB })
  await other.magnet(`magnet:?xt=urn:btih:${id}`)
  await other.reaches(id, 'seeding')
  seeder.host.files.put('/share/own.bin', content(20 * KIB, 4))
  const own = await seeder.share('/share/own.bin', ['http://tracker.example/announce'], { private: true })
  await world.sim.run(4 * MINUTE)
  expect(await world.within(overlays(other).peers({ ...on, target: own.id }))).toMatchObject({ peers: [] })
  expect(lineOf(seeder, own.id)).toBeUndefined()
  await world.end()
})

test('the service: lookups in both manners, announcements, values, the ring, and members among the contacts', async () => {
  const world = new World(3)
  const nodes = await world.ring(5)
  const [first, second, third] = nodes as [Node, Node, Node]
  // So that copies find other hosts than the first, which began with many places.
  const placed = () => nodes.every((node) => (hostOf(node)?.virtualNodes.length ?? 0) >= 4)
  await world.sim.until(HOUR, placed, 'four places of each')
  await world.sim.run(MINUTE)
  const found = await world.within(overlays(first).lookup({ ...on, target: KEY }))
  expect(found).toMatchObject({ target: KEY, timeouts: 0, took: expect.any(Number) })
  expect(found.closest.length).toBeGreaterThan(1)
  for (const node of nodes)
    for (const recursive of [false, true]) {
      const { closest } = await world.within(overlays(node).lookup({ ...on, target: KEY, recursive }))
      expect(closest[0]).toEqual(found.closest[0])
    }

  const announced = await world.within(overlays(second).announce({ ...on, target: KEY, port: 4_242 }))
  expect(announced.stored).toBeGreaterThan(1)
  for (const node of nodes) {
    const { peers } = await world.within(overlays(node).peers({ ...on, target: KEY }))
    expect(peers, node.host.name).toEqual([`${second.host.address}:4242`])
  }

  const value = Uint8Array.from(encodeBencode('hello'))
  const put = await world.within(overlays(first).put({ ...on, value, keep: true }))
  expect(put.stored).toBeGreaterThan(1)
  const got = await world.within(overlays(third).get({ ...on, target: put.target }))
  expect(got).toMatchObject({ value, target: put.target })
  expect(overlays(first).items.read(on)).toContainEqual(expect.objectContaining({ id: put.target, own: true }))
  const owners = nodes.filter((node) =>
    overlays(node)
      .items.read(on)
      .some(({ id, owned }) => id === put.target && owned),
  )
  expect(owners).toHaveLength(1)

  const mutable = { ...on, seed: '42'.repeat(32), keep: false }
  const one = await world.within(overlays(first).put({ ...mutable, value }))
  const two = await world.within(overlays(second).put({ ...mutable, value }))
  expect([one.seq, two.seq]).toEqual([1n, 2n])

  const { search } = await world.within(overlays(third).startSearch({ ...on, method: 'get', target: put.target }))
  const state = () => overlays(third).search.read({ search })[0]
  await world.sim.until(MINUTE, () => state()?.state === 'done', 'the search has ended')
  expect(state()).toMatchObject({ overlay: 'chord', method: 'get', found: ['hello'], form: 'text' })
  await expect(overlays(third).startSearch({ ...on, method: 'sample_infohashes', target: KEY })).rejects.toMatchObject({
    ...{ code: 'NO_SUCH_SEARCH', message: expect.stringContaining('Chord') },
  })

  for (const node of nodes) ringState.parse(overlays(node).ring.read(undefined)[0])
  expect(await overlays(first).ringInfo(undefined)).toMatchObject({ state: 'running', hosts: [{ phase: 'member' }] })
  expect(hostOf(first)).toMatchObject({ family: 4, external: `${first.host.address}:${PORT}` })
  const contacts = first.engine.services.peers.contacts.read(undefined) as readonly ContactRow[]
  expect(new Set(contacts.map(({ overlay }) => overlay))).toEqual(new Set(['chord']))
  expect(new Set(contacts.map(({ address }) => address))).toContain(`${second.host.address}:${PORT}`)
  await world.end()
})

test('off, it says so by name, and each overlay can be changed without the other', async () => {
  const world = new World(4)
  const node = await world.start('only', { dht: 'on' })
  await world.sim.run(5 * SECOND)
  const dht = () => overlays(node).state.read({ overlay: 'kademlia' })[0]?.nodes[0]
  const [before, ring] = [dht(), hostOf(node)]
  expect([before?.listening, ring?.listening]).toEqual([`${node.host.address}:${PORT}`, `${node.host.address}:${PORT}`])
  await world.within(node.engine.services.settings.set({ chord: 'off' }))
  await world.sim.run(20 * SECOND)
  await expect(overlays(node).lookup({ ...on, target: KEY })).rejects.toMatchObject({
    ...{ code: 'OVERLAY_OFF', message: 'Chord is off; switch it on in Settings or with "--chord on".' },
  })
  expect([statusOf(node)?.state, overlays(node).state.read(on)[0]?.mode]).toEqual(['off', 'off'])
  expect(dht()?.counters.packetsReceived).toBeGreaterThanOrEqual(before?.counters.packetsReceived ?? 0)
  await world.within(node.engine.services.settings.set({ chord: 'on', dht: 'off' }))
  await world.sim.until(MINUTE, () => hostOf(node)?.phase === 'member', 'a ring of its own')
  expect(dht()).toBeUndefined()
  expect(hostOf(node)?.listening).toBe(`${node.host.address}:${PORT}`)
  await world.within(node.engine.services.settings.set({ dht: 'on' }))
  await world.sim.run(SECOND)
  expect(dht()).toMatchObject({ listening: `${node.host.address}:${PORT}`, nodeId: before?.nodeId })
  await world.end()
})

test('kill -9 and a new start: keys and contacts are there again', async () => {
  const world = new World(5)
  const [first, second, third] = (await world.ring(3)) as [Node, Node, Node]
  const value = Uint8Array.from(encodeBencode('stays'))
  const put = await world.within(overlays(first).put({ ...on, value, keep: false }))
  // Contacts are kept every ten minutes.
  await world.sim.run(11 * MINUTE)
  // All at once, and nobody begins at a host that was named.
  for (const node of [first, second, third]) await node.kill()
  await world.members()
  const got = await world.within(overlays(third).get({ ...on, target: put.target }))
  expect(got.value).toEqual(value)
  await world.end()
})

test('a host that stops leaves in order: no search of the others meets silence', async () => {
  const world = new World(6)
  const nodes = await world.ring(5)
  const [first, second, leaver] = nodes as [Node, Node, Node]
  const value = Uint8Array.from(encodeBencode('handed over'))
  const { target } = await world.within(overlays(first).put({ ...on, value, keep: false }))
  await world.sim.run(2 * MINUTE)
  world.nodes.splice(world.nodes.indexOf(leaver), 1)
  await leaver.stop()
  await world.sim.run(MINUTE)
  const got = await world.within(overlays(second).get({ ...on, target }))
  expect(got).toMatchObject({ value, timeouts: 0 })
  await world.end()
})

test('Shoals that were told of nobody meet through the DHT, and through the local network', async () => {
  for (const way of ['dht', 'lan'] as const) {
    const sim = new Simulation({ seed: 7, latency: [5, 40] })
    const nodes: Node[] = []
    for (let n = 0; n < 3; n++) {
      const name = `engine-${n + 1}`
      const bootstrapNodes = way === 'dht' && n > 0 ? [`engine-1:${PORT}`] : []
      const settings: Partial<Settings> = {
        ...{ dht: way === 'dht' ? 'on' : 'off', localDiscovery: way === 'lan', listenPort: PORT, bootstrapNodes },
      }
      const options = { address: publicAddress(n), ...(way === 'lan' && { lan: 'home' }) }
      nodes.push(await Node.start(sim, name, settings, options, PORT))
    }
    const meet = () =>
      nodes.every((node) => new Set(hostOf(node)?.contacts.map(({ contact }) => contact.address)).size > 1)
    await sim.until(HOUR, meet, `all meet by ${way}`)
    for (const node of nodes) await node.stop()
    await sim.stop()
  }
})

test('nodes of the chain find each other through Chord alone', async () => {
  const sim = new Simulation({ seed: 8, latency: [5, 40] })
  const nodes: Node[] = []
  for (let n = 0; n < 3; n++) {
    const settings: Partial<Settings> = {
      ...{ dht: 'off', localDiscovery: false, listenPort: PORT, chain: true, network: 'test' },
      chordNodes: n > 0 ? [`engine-1:${PORT}`] : [],
    }
    const options = { address: publicAddress(n), threads: chainThreads }
    nodes.push(await Node.start(sim, `engine-${n + 1}`, settings, options, PORT))
  }
  const chainPeers = (node: Node) => node.engine.services.peers.chain.read(undefined) as readonly ChainPeerRow[]
  const connected = (node: Node) => chainPeers(node).some(({ state }) => state === 'connected')
  await sim.until(HOUR, () => nodes.every(connected), 'all have a peer of the chain')
  expect(nodes.flatMap(chainPeers).some(({ source }) => source === 'chord')).toBe(true)
  for (const node of nodes) await node.stop()
  await sim.stop()
})

test('one whose address nobody has confirmed asks as a client; at another local address it goes on there', async () => {
  const sim = new Simulation({ seed: 9, latency: [5, 40] })
  const nodes: Node[] = []
  for (let n = 0; n < 3; n++) {
    const settings: Partial<Settings> = {
      ...{ dht: 'off', localDiscovery: false, listenPort: PORT },
      chordNodes: n > 0 ? [`engine-1:${PORT}`] : [],
    }
    const given = n < 2 ? PORT : undefined
    nodes.push(await Node.start(sim, `engine-${n + 1}`, settings, { address: publicAddress(n) }, given))
  }
  const [first, , client] = nodes as [Node, Node, Node]
  const { address } = client.host
  await sim.until(5 * MINUTE, () => hostOf(client)?.phase === 'client', 'a client')
  expect(hostOf(client)).toMatchObject({ listening: `0.0.0.0:${PORT}`, missing: 'address', virtualNodes: [] })
  expect(statusOf(client)).toEqual({ state: 'client', places: 0 })
  const value = Uint8Array.from(encodeBencode('still here'))
  const { target } = await sim.within(MINUTE, overlays(client).put({ ...on, value, keep: false }))
  const { node: machine } = client.host.machine
  machine.localAddresses = [...machine.localAddresses, { host: '12.1.1.1', interface: 'eth1', internal: false }]
  await sim.until(5 * MINUTE, () => hostOf(client)?.listening === `${address}:${PORT}`, 'moved')
  await sim.until(5 * MINUTE, () => hostOf(client)?.phase === 'client', 'a client again')
  for (const node of [first, client]) {
    const got = await sim.within(MINUTE, overlays(node).get({ ...on, target }))
    expect(got.value).toEqual(value)
  }
  for (const node of nodes) await node.stop()
  await sim.stop()
})
