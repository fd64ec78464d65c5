/** Whole engines that find each other through the DHT alone, and what becomes of their DHT when the world changes. */
import { describe, expect, test } from 'vitest'
import {
  type OverlayNode,
  type OverlayState,
  overlayState,
  type SearchState,
  searchState,
  storedItemRow,
} from '#shared/contract/overlays.ts'
import { type ContactRow, contactRow, type PeerRow, peerRow } from '#shared/contract/peers.ts'
import type { Settings } from '#shared/contract/settings.ts'
import { encodeBencode } from '../../src-main/codec/bencode.ts'
import { toHex } from '../../src-main/kernel/bytes.ts'
import { HOUR, MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { content, Node } from './engine-world.ts'
import { publicAddress } from './kademlia-world.ts'

const KIB = 1024
const FILE = content(200 * KIB, 3)
const KEY = '00112233445566778899aabbccddeeff00112233'

/** The DHT and nothing else; each engine on a network of its own, as the table takes one node of each. */
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
        ...{ dht: 'on', listenPort: 6881, localDiscovery: false, peerExchange: false },
        bootstrapNodes: first ? [`${first.host.name}:6881`] : [],
        ...settings,
      },
      { address: publicAddress(this.nodes.length) },
    )
    this.nodes.push(node)
    return node
  }

  /** So many engines that have joined each other, and have the ids that fit how the others see them (BEP 42). */
  async joined(count: number, settings: Partial<Settings> = {}): Promise<Node[]> {
    for (let n = 0; n < count; n++) await this.start(`engine-${n + 1}`, settings)
    await this.sim.until(5 * MINUTE, () => this.nodes.every((node) => dhtOf(node).phase === 'joined'), 'all joined')
    await this.sim.run(MINUTE)
    const knowAll = () => this.nodes.every((node) => dhtOf(node).nodes === this.nodes.length - 1)
    await this.sim.until(HOUR, knowAll, 'all know each other')
    return this.nodes
  }

  async end(): Promise<void> {
    for (const node of this.nodes) await node.stop()
    await this.sim.stop()
  }

  within<T>(promise: Promise<T>): Promise<T> {
    return this.sim.within(2 * MINUTE, promise)
  }
}

const on = { overlay: 'kademlia' } as const
const overlays = (node: Node) => node.engine.services.overlays
const stateOf = (node: Node) => overlays(node).state.read(on)[0] as OverlayState
const dhtOf = (node: Node) => stateOf(node).nodes[0] as OverlayNode
const statusOf = (node: Node) => node.engine.services.app.status.read(undefined)[0]?.dht
const contactsOf = (node: Node) => node.engine.services.peers.contacts.read(undefined) as readonly ContactRow[]
const peersOf = (node: Node) => node.engine.services.peers.connected.read(undefined) as readonly PeerRow[]
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error) => error.code,
  )

describe('without a tracker', () => {
  test('a magnet is downloaded from one that only the DHT tells of', async () => {
    const world = new World(1)
    const { sim } = world
    const seeder = await world.start('seeder')
    await world.start('middle')
    const leecher = await world.start('leecher', { bootstrapNodes: ['middle:6881'] })
    seeder.host.files.put('/share/file.bin', FILE)
    const { id } = await seeder.share('/share/file.bin', [], { pieceLength: 16 * KIB })
    expect(await leecher.magnet(`magnet:?xt=urn:btih:${id}`)).toBe(id)
    await leecher.reaches(id, 'seeding')
    expect(Buffer.compare(leecher.host.files.get('/downloads/file.bin') as Uint8Array, FILE)).toBe(0)
    await sim.run(MINUTE)
    const detail = leecher.engine.services.torrents.detail.read({ id })[0]
    expect(detail?.trackers.map(({ name, state }) => ({ name, state }))).toContainEqual({
      name: 'DHT',
      state: 'working',
    })
    expect(statusOf(leecher)).toEqual({ state: 'joined', nodes: 2, serving: true })
    await world.end()
  })

  test('a private torrent is not told to the DHT', async () => {
    const world = new World(2)
    const [seeder, other] = (await world.joined(2)) as [Node, Node]
    seeder.host.files.put('/share/file.bin', FILE)
    const { id } = await seeder.share('/share/file.bin', ['http://tracker.example/announce'], { private: true })
    await world.sim.run(20 * MINUTE)
    expect(await world.within(overlays(other).peers({ ...on, target: id }))).toMatchObject({ peers: [] })
    expect(seeder.engine.services.torrents.detail.read({ id })[0]?.trackers.map(({ name }) => name)).not.toContain(
      'DHT',
    )
    await world.end()
  })

  test('a link that is published is followed, and what it points to later comes by itself', async () => {
    const world = new World(8)
    const { sim } = world
    const [owner, , follower] = (await world.joined(4)) as [Node, Node, Node]
    const { torrents } = owner.engine.services
    owner.host.files.put('/share/one.bin', FILE)
    const one = await owner.share('/share/one.bin', [], { pieceLength: 16 * KIB })
    const { publication, magnet } = await world.within(torrents.publish({ id: one.id, under: { name: 'Mine' } }))
    await sim.until(5 * MINUTE, () => torrents.publications.read(undefined)[0]?.state === 'published', 'published')
    expect(magnet).toMatch(/^magnet:\?xs=urn:btpk:[0-9a-f]{64}/)
    const added = await world.within(
      follower.engine.services.torrents.add({
        ...{ source: { magnet }, directory: '/downloads', paused: false, useExisting: false, peers: [] },
      }),
    )
    expect(added).toEqual({ subscription: publication })
    await sim.until(10 * MINUTE, () => follower.rows().some(({ id }) => id === one.id), 'the first torrent is there')
    await follower.reaches(one.id, 'seeding')
    owner.host.files.put('/share/two.bin', content(100 * KIB, 9))
    const two = await owner.share('/share/two.bin', [], { pieceLength: 16 * KIB })
    await world.within(torrents.publish({ id: two.id, under: { publication } }))
    await sim.until(HOUR, () => follower.rows().some(({ id }) => id === two.id), 'the second torrent is there')
    await follower.reaches(two.id, 'seeding')
    expect(follower.engine.services.torrents.subscriptions.read(undefined)).toMatchObject([
      { id: publication, torrent: two.id, seq: 2n, state: 'current' },
    ])
    await world.end()
  })

  test('peers are listed over all torrents; one is disconnected, then banned, and stays out until that is taken back', async () => {
    const world = new World(3)
    const { sim } = world
    const [seeder, leecher] = (await world.joined(2)) as [Node, Node]
    seeder.host.files.put('/share/file.bin', content(4_000 * KIB, 3))
    const { id } = await seeder.share('/share/file.bin', [], { pieceLength: 16 * KIB })
    const { peers } = seeder.engine.services
    await world.within(peers.ban({ host: leecher.host.address }))
    await leecher.magnet(`magnet:?xt=urn:btih:${id}`)
    await sim.run(20 * MINUTE)
    expect(leecher.row(id).state).toBe('fetching-metadata')
    expect(peersOf(seeder)).toEqual([])
    expect(peers.bans.read(undefined)).toMatchObject([{ id: leecher.host.address }])
    await seeder.kill()
    await sim.run(20 * MINUTE)
    expect(leecher.row(id).state).toBe('fetching-metadata')
    await world.within(seeder.engine.services.peers.unban({ host: leecher.host.address }))
    await sim.until(HOUR, () => peersOf(leecher).some(({ torrent }) => torrent === id), 'connected')
    await sim.until(HOUR, () => leecher.row(id).state === 'downloading', 'the description is there')
    await sim.until(HOUR, () => peersOf(leecher).length > 0, 'connected again')
    const [peer] = peersOf(leecher) as [PeerRow]
    peerRow.parse(peer)
    expect(peer).toMatchObject({ torrent: id, torrentName: 'file.bin', address: `${seeder.host.address}:6881` })
    await world.within(leecher.engine.services.peers.disconnect({ id: peer.id }))
    await sim.until(SECOND, () => !peersOf(leecher).some((row) => row.id === peer.id), 'gone')
    await sim.run(3 * SECOND)
    expect(peersOf(leecher)).toEqual([])
    expect(await codeOf(leecher.engine.services.peers.disconnect({ id: peer.id }))).toBe('NO_SUCH_PEER')
    expect(await codeOf(leecher.engine.services.peers.ban({ host: 'seeder' }))).toBe('BAD_HOST')
    // Who is disconnected rests for a minute, unless a person wants it back.
    await world.within(leecher.engine.services.torrents.addPeers({ id, peers: [peer.address] }))
    await sim.until(3 * SECOND, () => peersOf(leecher).length > 0, 'connected at once')
    await leecher.reaches(id, 'seeding')
    await world.end()
  })
})

describe('on one local network', () => {
  const LAN = { lan: 'home' } as const
  const started = (sim: Simulation, name: string, settings: Partial<Settings>, address: string) =>
    Node.start(sim, name, { listenPort: 6881, bootstrapNodes: [], ...settings }, { address, ...LAN })

  test('a magnet is downloaded by local discovery alone', async () => {
    const sim = new Simulation({ seed: 30, latency: [1, 3] })
    const seeder = await started(sim, 'seeder', { dht: 'off' }, '11.1.0.1')
    const leecher = await started(sim, 'leecher', { dht: 'off' }, '11.2.0.1')
    seeder.host.files.put('/share/file.bin', FILE)
    const { id } = await seeder.share('/share/file.bin', [], { pieceLength: 16 * KIB })
    await leecher.magnet(`magnet:?xt=urn:btih:${id}`)
    await leecher.reaches(id, 'seeding', 10 * MINUTE)
    await sim.run(2 * MINUTE)
    expect(leecher.engine.services.torrents.detail.read({ id })[0]?.trackers).toContainEqual(
      expect.objectContaining({ name: 'Local network', state: 'working' }),
    )
    expect(statusOf(leecher)).toEqual({ state: 'off', nodes: 0, serving: false })
    await leecher.engine.services.settings.set({ localDiscovery: false })
    await sim.run(SECOND)
    expect(leecher.engine.services.torrents.detail.read({ id })[0]?.trackers).toContainEqual(
      expect.objectContaining({ name: 'Local network', state: 'off' }),
    )
    for (const node of [leecher, seeder]) await node.stop()
    await sim.stop()
  })

  test('whom local discovery hears of is asked to join the DHT, without any bootstrap node', async () => {
    const sim = new Simulation({ seed: 31, latency: [1, 3] })
    const one = await started(sim, 'one', { dht: 'on' }, '11.1.0.1')
    const two = await started(sim, 'two', { dht: 'on' }, '11.2.0.1')
    one.host.files.put('/share/file.bin', FILE)
    await one.share('/share/file.bin', [])
    await sim.until(10 * MINUTE, () => statusOf(two)?.state === 'joined', 'joined')
    await sim.until(10 * MINUTE, () => statusOf(one)?.state === 'joined', 'joined')
    for (const node of [two, one]) await node.stop()
    await sim.stop()
  })
})

describe('the service of overlays', () => {
  test('lookup, announce and peers, values that are put and got, with what each has cost', async () => {
    const world = new World(4)
    const nodes = await world.joined(6)
    const [first, second, third] = nodes as [Node, Node, Node]
    const found = await world.within(overlays(first).lookup({ ...on, target: KEY }))
    expect(found.closest.map(({ nodeId }) => nodeId).sort()).toEqual(
      nodes
        .slice(1)
        .map((node) => dhtOf(node).nodeId)
        .sort(),
    )
    expect(found).toMatchObject({ target: KEY, requests: 5, timeouts: 0 })
    expect(found.hops).toBeGreaterThan(0)
    expect(found.path).toHaveLength(found.hops)
    expect(found.took).toBeGreaterThan(0)
    const announced = await world.within(overlays(second).announce({ ...on, target: KEY, port: 4_242 }))
    expect(announced.stored).toBeGreaterThan(0)
    for (const node of nodes) {
      const { peers } = await world.within(overlays(node).peers({ ...on, target: KEY }))
      expect(peers, node.host.name).toEqual([`${second.host.address}:4242`])
    }

    const value = Uint8Array.from(encodeBencode('hello'))
    const put = await world.within(overlays(first).put({ ...on, value, keep: true }))
    expect(put.stored).toBeGreaterThan(0)
    expect(put.closest.length).toBeGreaterThan(0)
    const got = await world.within(overlays(third).get({ ...on, target: put.target }))
    expect([got.value, got.seq]).toEqual([value, undefined])
    expect(got.holders).toBeGreaterThan(0)
    expect(overlays(first).items.read(on)).toContainEqual(
      expect.objectContaining({ id: put.target, kind: 'immutable', preview: 'hello', form: 'text', own: true }),
    )
    for (const row of overlays(first).items.read(on)) storedItemRow.parse(row)

    const seed = '42'.repeat(32)
    const mutable = { ...on, seed, salt: toHex(Uint8Array.from([1, 2])), keep: false }
    const one = await world.within(overlays(first).put({ ...mutable, value }))
    const two = await world.within(overlays(second).put({ ...mutable, value: Uint8Array.from(encodeBencode(2)) }))
    expect([one.seq, two.seq, two.target]).toEqual([1n, 2n, one.target])
    const publicKey = two.publicKey as string
    const latest = await world.within(overlays(third).get({ ...on, publicKey, salt: mutable.salt }))
    expect(latest).toMatchObject({ seq: 2n, publicKey, target: one.target })
    const old = overlays(third).put({ ...mutable, value, seq: 1n })
    expect(await world.within(codeOf(old))).toBe('NOT_STORED')
    const swapped = overlays(third).put({ ...mutable, value, seq: 3n, cas: 1n })
    expect(await world.within(codeOf(swapped))).toBe('NOT_STORED')
    expect(await world.within(codeOf(overlays(third).get({ ...on, target: KEY })))).toBe('NOT_FOUND')
    expect(await world.within(codeOf(overlays(third).get(on)))).toBe('BAD_KEY')
    await world.end()
  })

  test('a search is followed hop by hop and can be cancelled', async () => {
    const world = new World(5)
    const { sim } = world
    const [first] = (await world.joined(8)) as [Node]
    const { search } = await overlays(first).startSearch({ ...on, target: KEY, method: 'find_node' })
    const read = () => overlays(first).search.read({ search })[0] as SearchState
    const seen: SearchState[] = []
    const unwatch = overlays(first).search.watch({ search }, () => seen.push(read()))
    await sim.until(MINUTE, () => read().state === 'done', 'done')
    unwatch()
    expect(seen.length).toBeGreaterThan(7)
    expect(seen.some(({ steps }) => steps.some(({ state }) => state === 'asked'))).toBe(true)
    const { steps, result } = read()
    expect(steps.every(({ state }) => state === 'replied')).toBe(true)
    expect(steps.map(({ nodeId }) => nodeId)).toEqual(
      expect.arrayContaining((result?.closest ?? []).map((c) => c.nodeId)),
    )
    searchState.parse(read())
    const other = await overlays(first).startSearch({ ...on, target: KEY, method: 'get_peers' })
    await overlays(first).cancelSearch(other)
    expect(overlays(first).search.read(other)[0]?.state).toBe('cancelled')
    expect(await codeOf(overlays(first).cancelSearch({ search: 'ffff' }))).toBe('SEARCH_GONE')
    await world.end()
  })

  test('what is shown of the table is what is in it', async () => {
    const world = new World(6)
    const nodes = await world.joined(6)
    const [first] = nodes as [Node]
    const shown = dhtOf(first)
    expect(shown).toMatchObject({ family: 4, phase: 'joined', serving: true, listening: '0.0.0.0:6881' })
    const inBuckets = shown.buckets.flatMap(({ contacts }) => contacts)
    expect(inBuckets.map(({ address }) => address).sort()).toEqual(
      nodes
        .slice(1)
        .map(({ host }) => `${host.address}:6881`)
        .sort(),
    )
    expect(
      contactsOf(first)
        .map(({ nodeId }) => nodeId)
        .sort(),
    ).toEqual(inBuckets.map(({ nodeId }) => nodeId).sort())
    for (const { lastSeen, state, rtt } of contactsOf(first)) {
      expect(state).toBe('good')
      expect(rtt).toBeGreaterThan(0)
      expect(first.host.clock.wallTime() - (lastSeen as number)).toBeLessThan(15 * MINUTE)
    }
    expect(shown.counters.queriesSent).toBeGreaterThan(0)
    overlayState.parse(stateOf(first))
    for (const row of contactsOf(first)) contactRow.parse(row)
    await world.end()
  })
})

describe('when the world changes', () => {
  /** Everything that a host sends from sockets that it opens from now on, as `host:port`. */
  function sentBy(node: Node): string[] {
    const sent: string[] = []
    const { datagrams } = node.host
    const { bind } = datagrams
    Object.assign(datagrams, {
      bind: async (...args: Parameters<typeof bind>) => {
        const socket = await bind.apply(datagrams, args)
        const { send } = socket
        return Object.assign(socket, {
          send: (...sending: Parameters<typeof send>) => {
            sent.push(`${sending[1].host}:${sending[1].port}`)
            send.apply(socket, sending)
          },
        })
      },
    })
    return sent
  }

  test('off means not a packet; on at run time joins, off again ends what is under way', async () => {
    const world = new World(10)
    const { sim } = world
    await world.joined(4)
    const node = await world.start('late', { dht: 'off' })
    const sent = sentBy(node)
    const { settings } = node.engine.services
    await sim.run(3 * MINUTE)
    expect([stateOf(node).state, stateOf(node).nodes, statusOf(node)?.state, sent]).toEqual(['off', [], 'off', []])
    expect(contactsOf(world.nodes[0] as Node).some(({ address }) => address.startsWith(node.host.address))).toBe(false)
    for (const call of [
      () => overlays(node).lookup({ ...on, target: KEY }),
      () => overlays(node).startSearch({ ...on, target: KEY, method: 'get' }),
      () => overlays(node).rejoin(on),
    ])
      expect(await codeOf(call())).toBe('OVERLAY_OFF')
    await world.within(settings.set({ dht: 'on' }))
    await sim.until(MINUTE, () => statusOf(node)?.state === 'joined', 'joined')
    const { nodeId } = dhtOf(node)
    const { search } = await overlays(node).startSearch({ ...on, target: KEY, method: 'find_node' })
    const lookup = codeOf(overlays(node).lookup({ ...on, target: KEY }))
    await sim.run(10)
    await world.within(settings.set({ dht: 'off' }))
    expect(await world.within(lookup)).toBe('OVERLAY_OFF')
    expect(overlays(node).search.read({ search })[0]?.state).toBe('cancelled')
    expect(statusOf(node)).toEqual({ state: 'off', nodes: 0, serving: false })
    sent.length = 0
    await sim.run(3 * MINUTE)
    expect(sent).toEqual([])
    await world.within(settings.set({ dht: 'read-only', dhtBucketSize: 20, dhtParallelism: 3 }))
    await sim.until(MINUTE, () => statusOf(node)?.state === 'joined', 'joined again')
    expect(dhtOf(node)).toMatchObject({ nodeId, serving: false })
    expect(dhtOf(node).buckets[0]?.capacity).toBe(20)
    await world.end()
  })

  test('before consent it waits on this machine alone; with it the DHT is joined at once', async () => {
    const world = new World(11)
    const { sim } = world
    await world.joined(3)
    const node = await world.start('asked', { networkConsent: 'unasked' })
    await sim.run(10 * MINUTE)
    expect(statusOf(node)).toEqual({ state: 'waiting', nodes: 0, serving: true })
    expect(dhtOf(node).listening).toBe('127.0.0.1:6881')
    for (const other of world.nodes.slice(0, 3))
      expect(contactsOf(other).some(({ address }) => address.startsWith(node.host.address))).toBe(false)
    const sent = sentBy(node)
    await world.within(node.engine.services.settings.set({ networkConsent: 'granted' }))
    await sim.until(10 * SECOND, () => statusOf(node)?.state === 'joined', 'joined')
    expect(dhtOf(node).listening).toBe('0.0.0.0:6881')
    await world.within(node.engine.services.settings.set({ networkConsent: 'refused' }))
    await sim.run(MINUTE)
    expect(sent.length).toBeGreaterThan(0)
    sent.length = 0
    await sim.run(20 * MINUTE)
    expect(statusOf(node)?.state).toBe('waiting')
    expect(sent.filter((to) => !to.startsWith('127.'))).toEqual([])
    await world.end()
  })

  test('killed, it comes back with its id and its contacts, without a bootstrap node', async () => {
    const world = new World(12)
    const { sim } = world
    const nodes = await world.joined(8)
    const [first, last] = [nodes[0], nodes[7]] as [Node, Node]
    await sim.run(11 * MINUTE)
    const { nodeId } = dhtOf(last)
    await first.stop()
    world.nodes.shift()
    await last.kill()
    await sim.until(MINUTE, () => statusOf(last)?.state === 'joined', 'joined')
    expect(dhtOf(last).nodeId).toBe(nodeId)
    await sim.until(MINUTE, () => dhtOf(last).nodes === 6, 'all others are known again')
    await world.end()
  })

  test('a kept state that is damaged is dropped with a line in the log, and the node begins anew', async () => {
    const world = new World(13)
    const { sim } = world
    const node = (await world.joined(4))[3] as Node
    const { nodeId } = dhtOf(node)
    await node.stop()
    const db = node.host.databases.open('/profile/session.db', { synchronous: 'NORMAL' })
    expect(db.prepare('SELECT node FROM kademlia_state').all()).toEqual([{ node: '0.0.0.0' }])
    db.prepare('UPDATE kademlia_state SET bytes = ?').run(new Uint8Array(200).fill(0x64))
    db.close()
    node.host = sim.restart(node.host)
    await node.begin()
    await sim.until(MINUTE, () => statusOf(node)?.state === 'joined', 'joined')
    expect(dhtOf(node).nodeId).not.toBe(nodeId)
    expect(node.host.log.entries.filter(({ event }) => event.includes('kept state is damaged'))).toHaveLength(1)
    await world.end()
  })

  test('a second public address gives each its node; when it goes the one node has its id again', async () => {
    const world = new World(14)
    const { sim } = world
    const node = (await world.joined(4))[3] as Node
    const { nodeId } = dhtOf(node)
    const { node: machine } = node.host.machine
    const { localAddresses } = machine
    // The simulated host has but one address: the second cannot be bound, which must not trouble the first.
    machine.localAddresses = [...localAddresses, { host: '12.1.1.1', interface: 'eth1', internal: false }]
    await sim.until(MINUTE, () => dhtOf(node)?.listening === `${node.host.address}:6881`, 'moved')
    await sim.until(MINUTE, () => statusOf(node)?.state === 'joined', 'joined by the contacts that it had')
    expect(stateOf(node).nodes).toHaveLength(1)
    machine.localAddresses = localAddresses
    await sim.until(MINUTE, () => dhtOf(node)?.listening === '0.0.0.0:6881', 'moved back')
    await sim.until(MINUTE, () => statusOf(node)?.state === 'joined', 'joined')
    expect(dhtOf(node).nodeId).toBe(nodeId)
    await world.end()
  })

  test('bootstrap nodes that are given later are asked at once; unreadable ones are refused', async () => {
    const world = new World(15)
    const { sim } = world
    await world.joined(3)
    const node = await world.start('lost', { bootstrapNodes: ['nowhere.example:6881'] })
    await sim.until(5 * MINUTE, () => statusOf(node)?.state === 'isolated', 'isolated')
    expect(dhtOf(node).retryIn).toBeGreaterThan(0)
    await sim.run(20 * MINUTE)
    const { settings } = node.engine.services
    expect(await codeOf(settings.set({ bootstrapNodes: ['engine-1'] }))).toBe('BAD_BOOTSTRAP_NODE')
    await world.within(settings.set({ bootstrapNodes: ['nowhere.example:6881', 'engine-1:6881'] }))
    await sim.until(5 * SECOND, () => statusOf(node)?.state === 'joined', 'joined')
    await world.end()
  })
})

describe('the end', () => {
  test('right after settings that open sockets, or in the middle of calls, leaves nothing behind', async () => {
    const world = new World(16)
    const node = (await world.joined(3))[2] as Node
    const { settings } = node.engine.services
    const call = codeOf(overlays(node).lookup({ ...on, target: KEY }))
    const { search } = await overlays(node).startSearch({ ...on, target: KEY, method: 'find_node' })
    await world.sim.run(5)
    const changes = [
      settings.set({ localDiscovery: true, dhtBucketSize: 20 }),
      settings.set({ networkConsent: 'refused' }),
      settings.set({ networkConsent: 'granted', listenPort: 7_000 }),
    ]
    await node.stop()
    await Promise.all(changes)
    expect(await call).toBe('OVERLAY_OFF')
    expect(overlays(node).search.read({ search })[0]?.state).toBe('cancelled')
    world.nodes.pop()
    await world.end()
  })
})

describe('what strangers send', () => {
  test('pings in many names by one who never answers do not make a node believe that it is alone', async () => {
    const world = new World(21)
    const { sim } = world
    const [target] = (await world.joined(5)) as [Node]
    const hostile = sim.host('hostile', { address: publicAddress(99) })
    const socket = await world.within(hostile.datagrams.bind({ host: hostile.address, port: 6_881 }, () => {}))
    const states = new Set<string | undefined>()
    for (let second = 0; second < 5 * 60; second++) {
      for (let n = 0; n < 5; n++) {
        const ping = encodeBencode({ t: 'aa', y: 'q', q: 'ping', a: { id: hostile.random.bytes(20) } })
        socket.send(ping, { host: target.host.address, port: 6_881 })
      }
      await sim.run(SECOND)
      states.add(statusOf(target)?.state)
    }
    expect([...states]).toEqual(['joined'])
    expect(contactsOf(target).some(({ address }) => address.startsWith(hostile.address))).toBe(false)
    await world.within(socket.close())
    await world.end()
  })

  test('garbage, forged answers and floods change nothing and stop nothing', async () => {
    const world = new World(20)
    const { sim } = world
    const nodes = await world.joined(5)
    const [target] = nodes as [Node]
    const known = contactsOf(target).map(({ nodeId }) => nodeId)
    const hostile = sim.host('hostile', { address: publicAddress(99) })
    const socket = await world.within(hostile.datagrams.bind({ host: hostile.address, port: 6_881 }, () => {}))
    const at = { host: target.host.address, port: 6_881 }
    const id = hostile.random.bytes(20)
    const own = Buffer.from(dhtOf(target).nodeId, 'hex')
    const messages = [
      new Uint8Array(0),
      encodeBencode({}),
      encodeBencode({ t: 'aa', y: 'q', q: 'ping', a: { id: own } }),
      encodeBencode({ t: 'aa', y: 'r', r: { id, nodes: hostile.random.bytes(26 * 8) } }),
      encodeBencode({ t: 'aa', y: 'q', q: 'get_peers', a: { id, info_hash: new Uint8Array(3) } }),
      encodeBencode({ t: 'aa', y: 'q', q: 'announce_peer', a: { id, info_hash: id, port: 1, token: 'forged' } }),
      encodeBencode({ t: 'aa', y: 'q', q: 'put', a: { id, v: new Uint8Array(2_000), token: 'forged' } }),
      encodeBencode({ t: 'aa', y: 'q', q: 'nonsense', a: { id, target: id } }),
      encodeBencode({ t: 'aa', y: 'e', e: [201, 'error'] }),
      Buffer.from(`d1:ad2:id20:${'l'.repeat(500)}`),
      Buffer.from('l'.repeat(1_400)),
    ]
    for (let i = 0; i < 4_000; i++) {
      const message = messages[i % messages.length] as Uint8Array
      const sent = i % 3 === 0 ? Uint8Array.from(message) : hostile.random.bytes(hostile.random.below(1_500))
      if (i % 6 === 0 && sent.length > 0) sent[hostile.random.below(sent.length)] = hostile.random.below(256)
      socket.send(sent, at)
      if (i % 100 === 99) await sim.run(SECOND)
    }
    expect(statusOf(target)).toMatchObject({ state: 'joined', nodes: 4 })
    expect(contactsOf(target).map(({ nodeId }) => nodeId)).toEqual(expect.arrayContaining(known))
    expect(contactsOf(target)).toHaveLength(known.length)
    expect(dhtOf(target)).toMatchObject({ storedInfoHashes: 0, storedItems: 0 })
    expect(dhtOf(target).counters.packetsOverBudget).toBeGreaterThan(0)
    expect(target.host.log.entries.filter(({ level }) => level === 'error')).toEqual([])
    const found = await world.within(overlays(target).lookup({ ...on, target: KEY }))
    expect(found.closest).toHaveLength(4)
    await world.within(socket.close())
    await world.end()
  })
})
