/** What is asked for in the very moment in which a magnet becomes a torrent, or a torrent comes into the list. */
import { describe, expect, test } from 'vitest'
import { torrentDetail } from '#shared/contract/torrents.ts'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { content, Node, trackerOn } from './engine-world.ts'

const KIB = 1024
const ALONE = { dht: 'off', localDiscovery: false } as const
const BYTES = content(300 * KIB, 4)

/** Node `one` seeds a file; node `other` has nothing. */
async function world(seed: number) {
  const sim = new Simulation({ seed, latency: [5, 40] })
  const one = await Node.start(sim, 'one', { ...ALONE, listenPort: 6881 })
  const other = await Node.start(sim, 'other', { ...ALONE, listenPort: 6881 })
  one.host.files.put('/share/b.bin', BYTES)
  const { id, bytes } = await one.share('/share', [], { pieceLength: 16 * KIB })
  const link = `magnet:?xt=urn:btih:${id}&x.pe=${one.endpoint}`
  const adopting = () =>
    sim.until(MINUTE, () => other.row(id).reason.includes('looking at the download folder'), 'becomes a torrent')
  const end = async () => {
    await other.stop()
    await one.stop()
    await sim.stop()
  }
  return { sim, one, other, id, bytes, link, adopting, end }
}

const trackersOf = (node: Node, id: string) =>
  torrentDetail.parse(node.engine.services.torrents.detail.read({ id })[0]).trackers.map(({ name }) => name)

describe('while a magnet becomes a torrent', () => {
  test('paused and resumed again: it runs; resumed and paused again: it rests', async () => {
    const { sim, other, id, link, adopting, end } = await world(31)
    const { torrents } = other.engine.services
    await other.magnet(link)
    await adopting()
    const [paused, resumed] = [torrents.pause({ id }), torrents.resume({ id })]
    await sim.within(MINUTE, Promise.all([paused, resumed]))
    await other.reaches(id, 'seeding')
    await sim.within(MINUTE, torrents.remove({ id, data: 'trash' }))
    await other.magnet(link)
    await adopting()
    const orders = [torrents.pause({ id }), torrents.resume({ id }), torrents.pause({ id })]
    await sim.within(MINUTE, Promise.all(orders))
    await sim.run(MINUTE)
    expect(other.row(id).state).toBe('paused')
    await other.kill()
    await sim.run(MINUTE)
    expect(other.row(id).state).toBe('paused')
    await end()
  })

  test('what another link knows besides is not lost', async () => {
    const { sim, one, other, id, link, adopting, end } = await world(32)
    await other.magnet(link)
    await adopting()
    const more = `${link}&tr=http://late.example/announce`
    await expect(other.magnet(more)).rejects.toMatchObject({ code: 'ALREADY_PRESENT' })
    await other.reaches(id, 'seeding')
    expect(trackersOf(other, id)).toContain('http://late.example/announce')
    await other.kill()
    await other.reaches(id, 'seeding', MINUTE)
    expect(trackersOf(other, id)).toContain('http://late.example/announce')
    expect(one.rows()).toHaveLength(1)
    await sim.run(SECOND)
    await end()
  })
})

describe('a magnet whose place is taken', () => {
  test('by a torrent made here of the same content: it ends, and what it knew goes on', async () => {
    const { sim, one, other, id, end } = await world(33)
    await other.magnet(`magnet:?xt=urn:btih:${id}&tr=http://told.example/announce&x.pe=10.9.9.9:7`)
    await sim.run(SECOND)
    other.host.files.put('/share/b.bin', BYTES)
    await other.share('/share', [], { pieceLength: 16 * KIB })
    await other.reaches(id, 'seeding', MINUTE)
    expect(other.rows()).toHaveLength(1)
    expect(trackersOf(other, id)).toContain('http://told.example/announce')
    await sim.within(MINUTE, other.engine.services.torrents.addPeers({ id, peers: [one.endpoint] }))
    await sim.run(MINUTE)
    expect(other.row(id).state).toBe('seeding')
    await end()
  })

  test('by a .torrent: peers that its link named are tried', async () => {
    const { sim, one, other, id, bytes, link, end } = await world(34)
    await one.stop()
    await other.magnet(link, { paused: true })
    await other.add(bytes)
    one.host = sim.restart(one.host)
    await one.begin()
    await other.reaches(id, 'seeding')
    await end()
  })
})

test('peers that were found for a magnet are tried again after a restart, though nobody tells of them any more', async () => {
  const sim = new Simulation({ seed: 36, latency: [5, 40] })
  const { url, tracker } = await trackerOn(sim)
  const one = await Node.start(sim, 'one', { ...ALONE, listenPort: 6881 })
  const other = await Node.start(sim, 'other', { ...ALONE, listenPort: 6881 })
  one.host.files.put('/share/b.bin', BYTES)
  const { id } = await one.share('/share', [url], { pieceLength: 16 * KIB })
  await sim.run(SECOND)
  one.host = sim.restart(one.host)
  await other.magnet(`magnet:?xt=urn:btih:${id}&tr=${encodeURIComponent(url)}`)
  await sim.until(MINUTE, () => other.row(id).metadata?.known === 1, 'hears of the peer')
  await sim.run(2 * MINUTE)
  await sim.within(MINUTE, tracker.close())
  await other.kill()
  await sim.until(MINUTE, () => other.row(id).metadata?.known === 1, 'knows the peer still')
  await one.begin()
  await other.reaches(id, 'seeding')
  for (const node of [other, one]) await node.stop()
  await sim.stop()
})

test('a tracker that another link names is asked too; who is connected stays', async () => {
  const { sim, one, other, id, link, end } = await world(35)
  await sim.within(MINUTE, one.engine.services.torrents.remove({ id, data: 'keep' }))
  await one.magnet(`magnet:?xt=urn:btih:${id}`)
  await other.magnet(link)
  await sim.until(MINUTE, () => other.row(id).metadata?.connected === 1, 'connects')
  const more = `${link}&tr=http://late.example/announce`
  await expect(other.magnet(more)).rejects.toMatchObject({ code: 'ALREADY_PRESENT' })
  expect(trackersOf(other, id)).toContain('http://late.example/announce')
  for (let n = 0; n < 20; n++) {
    await sim.run(100)
    expect(other.row(id).metadata?.connected).toBe(1)
  }
  await end()
})

test('an engine that stops while a torrent is being added begins nothing any more', async () => {
  for (const turns of [0, 1, 2, 3, 4, 6, 8, 12]) {
    const { sim, one, other, bytes, link, id, end } = await world(400 + turns)
    await other.magnet(link.replace(one.endpoint, '10.9.9.9:7'))
    const source = { bytes }
    const options = { directory: '/downloads', paused: false, useExisting: false, peers: [one.endpoint] }
    const adding = other.engine.services.torrents.add({ source, ...options }).catch(() => undefined)
    for (let n = 0; n < turns; n++) await Promise.resolve()
    await other.stop()
    await sim.within(MINUTE, adding)
    await sim.run(MINUTE)
    expect(one.row(id).uploaded ?? 0).toBe(0)
    expect(one.row(id).peers).toBe(0)
    await other.begin()
    expect(other.rows()).toHaveLength(1)
    await end()
  }
})
