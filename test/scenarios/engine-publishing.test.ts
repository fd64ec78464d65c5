/** Whole engines that publish links whose torrent changes (BEP 46), follow them, and find nodes through torrents. */
import { describe, expect, test } from 'vitest'
import type { Settings } from '#shared/contract/settings.ts'
import { publicationRow, subscriptionRow } from '#shared/contract/torrents.ts'
import { encodeBencode } from '../../src-main/codec/bencode.ts'
import { HOUR, MINUTE } from '../../src-main/kernel/clock.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { parseMetainfo } from '../../src-main/torrent/metainfo/parse.ts'
import { content, Node } from './engine-world.ts'
import { publicAddress } from './kademlia-world.ts'

const KIB = 1024

class World {
  readonly sim: Simulation
  readonly nodes: Node[] = []

  constructor(seed: number) {
    this.sim = new Simulation({ seed, latency: [5, 40] })
  }

  /** An engine on a network of its own that knows the first one, if `knows` says so. */
  async start(
    name: string,
    { knows = true, ...settings }: Partial<Settings> & { knows?: boolean } = {},
  ): Promise<Node> {
    const [first] = this.nodes
    const bootstrapNodes = first && knows ? [`${first.host.name}:6881`] : []
    const common = { dht: 'on', listenPort: 6881, localDiscovery: false, peerExchange: false } as const
    const address = { address: publicAddress(this.nodes.length) }
    const node = await Node.start(this.sim, name, { ...common, bootstrapNodes, ...settings }, address)
    this.nodes.push(node)
    return node
  }

  /** Shares a file of its own. */
  async share(node: Node, salt: number, options = {}) {
    const path = `/share/edition ${salt}.bin`
    node.host.files.put(path, content(100 * KIB, salt))
    return node.share(path, [], { pieceLength: 16 * KIB, ...options })
  }

  async end(): Promise<void> {
    for (const node of this.nodes) await node.stop()
    await this.sim.stop()
  }

  within<T>(promise: Promise<T>): Promise<T> {
    return this.sim.within(2 * MINUTE, promise)
  }
}

const torrents = (node: Node) => node.engine.services.torrents
const published = (node: Node) =>
  torrents(node)
    .publications.read(undefined)
    .map((row) => publicationRow.parse(row))
const followed = (node: Node) =>
  torrents(node)
    .subscriptions.read(undefined)
    .map((row) => subscriptionRow.parse(row))
const where = { directory: '/downloads', paused: false, useExisting: false, peers: [] }

describe('a link whose torrent changes', () => {
  test('is published, followed, changed, and survives restarts on both sides', async () => {
    const world = new World(60)
    const { sim } = world
    const owner = await world.start('owner')
    await world.start('middle')
    const reader = await world.start('reader')
    await sim.run(2 * MINUTE)
    const first = await world.share(owner, 1)
    const { publication, magnet } = await world.within(
      torrents(owner).publish({ id: first.id, under: { name: 'Paper' } }),
    )
    await sim.until(MINUTE, () => published(owner)[0]?.state === 'published', 'published')
    expect(published(owner)[0]).toMatchObject({
      id: publication,
      torrent: first.id,
      seq: 1n,
      torrentName: 'edition 1.bin',
    })
    expect(published(owner)[0]?.stored).toBeGreaterThanOrEqual(1)

    expect(await world.within(torrents(reader).preview({ source: { magnet } }))).toMatchObject({
      ...{ kind: 'mutable', name: 'Paper', present: false },
    })
    expect(await world.within(torrents(reader).add({ source: { magnet }, ...where }))).toEqual({
      subscription: publication,
    })
    await sim.until(5 * MINUTE, () => reader.rows().length === 1, 'the first edition is found')
    await reader.reaches(first.id, 'seeding')
    expect((await world.within(torrents(reader).preview({ source: { magnet } }))).present).toBe(true)

    await owner.kill()
    await reader.kill()
    const second = await world.share(owner, 2)
    await world.within(torrents(owner).publish({ id: second.id, under: { publication } }))
    await sim.until(5 * MINUTE, () => published(owner)[0]?.state === 'published', 'published again')
    expect(published(owner)[0]).toMatchObject({ seq: 2n, torrent: second.id, magnet })
    await world.within(torrents(reader).checkSubscription({ publication }))
    await sim.until(HOUR, () => reader.rows().length === 2, 'the second edition is found')
    await reader.reaches(second.id, 'seeding')
    expect(reader.row(first.id).state).toBe('seeding')
    expect(followed(reader)).toMatchObject([
      { id: publication, name: 'Paper', state: 'current', seq: 2n, torrent: second.id },
    ])

    await world.within(torrents(reader).unsubscribe({ publication }))
    await world.within(torrents(owner).unpublish({ publication }))
    expect([followed(reader), published(owner)]).toEqual([[], []])
    expect(reader.rows()).toHaveLength(2)
    const again = torrents(owner).publish({ id: first.id, under: { publication } })
    await expect(world.within(again)).rejects.toMatchObject({ code: 'NO_SUCH_PUBLICATION' })
    await world.end()
  })

  test('and that also names a torrent brings that one at once', async () => {
    const world = new World(61)
    const owner = await world.start('owner')
    const reader = await world.start('reader')
    await world.sim.run(2 * MINUTE)
    const { id } = await world.share(owner, 1)
    const { publication, magnet } = await world.within(torrents(owner).publish({ id, under: { name: 'Paper' } }))
    const both = `${magnet}&xt=urn:btih:${id}`
    expect(await world.within(torrents(reader).add({ source: { magnet: both }, ...where }))).toEqual({
      ...{ id, subscription: publication },
    })
    await reader.reaches(id, 'seeding')
    expect(await world.within(torrents(reader).add({ source: { magnet: both }, ...where }))).toEqual({
      ...{ id, subscription: publication },
    })
    expect([reader.rows().length, followed(reader).length]).toEqual([1, 1])
    await world.end()
  })

  test('while the DHT is off, both sides say so', async () => {
    const world = new World(62)
    const node = await world.start('node', { dht: 'off' })
    const { id } = await world.share(node, 1)
    await world.within(torrents(node).publish({ id, under: { name: 'Paper' } }))
    const magnet = `magnet:?xs=urn:btpk:${'ab'.repeat(32)}`
    await world.within(torrents(node).add({ source: { magnet }, ...where }))
    await world.sim.run(10 * MINUTE)
    expect(published(node)[0]).toMatchObject({
      state: 'failed',
      stored: 0,
      reason: expect.stringContaining('Settings'),
    })
    expect(followed(node)[0]).toMatchObject({ state: 'looking', reason: expect.stringContaining('Settings') })
    await world.end()
  })
})

describe('the DHT nodes that a .torrent names', () => {
  /** The same .torrent with nodes in it. */
  const withNodes = (bytes: Uint8Array, nodes: [string, number][]): Uint8Array<ArrayBuffer> => {
    const { infoBytes } = parseMetainfo(bytes, { platform: 'linux' })
    const named = encodeBencode(nodes)
    return Uint8Array.from(
      Buffer.concat([Buffer.from('d4:info'), infoBytes, Buffer.from('5:nodes'), named, Buffer.from('e')]),
    )
  }

  test('lead to its peers, by address or by name', async () => {
    const world = new World(63)
    const seeder = await world.start('seeder')
    await world.start('middle')
    const leecher = await world.start('leecher', { knows: false })
    const { id, bytes } = await world.share(seeder, 1)
    await world.sim.run(2 * MINUTE)
    await leecher.add(
      withNodes(bytes, [
        ['nowhere.invalid', 6881],
        ['middle', 6881],
        ['0.0.0.0', 1],
      ]),
    )
    await leecher.reaches(id, 'seeding')
    await world.end()
  })

  test('hear nothing of a private torrent', async () => {
    const world = new World(64)
    const seeder = await world.start('seeder')
    const leecher = await world.start('leecher', { knows: false })
    const { id, bytes } = await world.share(seeder, 1, { private: true })
    await world.sim.run(2 * MINUTE)
    const heard = () => leecher.engine.services.app.status.read(undefined)[0]?.dht.nodes
    expect(heard()).toBe(0)
    await leecher.add(withNodes(bytes, [[seeder.host.address, 6881]]))
    await world.sim.run(30 * MINUTE)
    expect(leecher.row(id)).toMatchObject({ state: 'downloading', done: 0, private: true })
    expect(heard()).toBe(0)
    await world.end()
  })
})
