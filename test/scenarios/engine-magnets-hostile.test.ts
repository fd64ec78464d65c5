/** Whole engines that get magnets from strangers: broken links, and peers whose metadata is not what it should be. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type BencodeInput, encodeBencode } from '../../src-main/codec/bencode.ts'
import { toHex } from '../../src-main/kernel/bytes.ts'
import { MINUTE } from '../../src-main/kernel/clock.ts'
import { formatEndpoint } from '../../src-main/kernel/network.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { content, Node } from './engine-world.ts'
import { describedTorrent, MetadataServer } from './metadata-world.ts'
import type { Torrent } from './swarm-world.ts'

const ALONE = { dht: 'off', localDiscovery: false } as const
const HASH = 'ab'.repeat(20)

describe('a broken link', () => {
  test.each([
    ['nothing of a magnet', 'https://shoal.example/', 'NOT_A_MAGNET'],
    ['no hash', 'magnet:?dn=a', 'NO_HASH'],
    ['a hash that is too short', 'magnet:?xt=urn:btih:abcd', 'BAD_HASH'],
    ['two hashes', `magnet:?xt=urn:btih:${HASH}&xt=urn:btih:${'cd'.repeat(20)}`, 'SEVERAL_HASHES'],
    ['version 2 only', `magnet:?xt=urn:btmh:1220${'ab'.repeat(32)}`, 'V2_ONLY'],
    ['a key that is too short', 'magnet:?xs=urn:btpk:abcd', 'BAD_PUBLIC_KEY'],
    ['a choice of files backwards', `magnet:?xt=urn:btih:${HASH}&so=4-2`, 'BAD_FILES'],
    ['17 KiB', `magnet:?xt=urn:btih:${HASH}&dn=${'a'.repeat(17_000)}`, 'TOO_LARGE'],
  ])('%s is refused and leaves nothing', async (_name, magnet, code) => {
    const sim = new Simulation({ seed: 50 })
    const node = await Node.start(sim, 'node', ALONE)
    const { torrents } = node.engine.services
    await expect(node.magnet(magnet)).rejects.toMatchObject({ code, message: expect.stringMatching(/\. [A-Z].*\.$/) })
    const preview = torrents.preview({ source: { magnet } })
    await expect(sim.within(MINUTE, preview)).rejects.toMatchObject({ code })
    expect(node.rows()).toEqual([])
    await node.stop()
    await sim.stop()
  })

  test('what only helps is dropped where it is broken', async () => {
    const sim = new Simulation({ seed: 51 })
    const node = await Node.start(sim, 'node', ALONE)
    const broken = [
      'tr=javascript:x',
      'tr=%ff',
      'ws=ftp://a/b',
      'x.pe=1.2.3.4:0',
      'x.pe=239.0.0.1:1',
      'x.pe=::',
      'dn=%zz',
    ]
    const id = await node.magnet(`magnet:?xt=urn:btih:${HASH}&${broken.join('&')}&x.pe=nowhere.invalid:1`)
    await sim.run(5 * MINUTE)
    expect(node.row(id)).toMatchObject({ name: HASH, state: 'fetching-metadata', metadata: { known: 0 } })
    expect((await node.engine.services.torrents.magnet({ id })).magnet).toBe(
      `magnet:?xt=urn:btih:${HASH}&x.pe=nowhere.invalid%3A1`,
    )
    const relative = node.engine.services.torrents.add({
      source: { magnet: `magnet:?xt=urn:btih:${'01'.repeat(20)}` },
      ...{ directory: 'downloads', paused: false, useExisting: false, peers: [] },
    })
    await expect(sim.within(MINUTE, relative)).rejects.toMatchObject({ code: 'NOT_ABSOLUTE' })
    expect(node.rows()).toHaveLength(1)
    await node.stop()
    await sim.stop()
  })
})

/** Metadata whose SHA-1 is right, whatever it says. */
function torrentOf(info: BencodeInput | Uint8Array): Torrent {
  const infoBytes = info instanceof Uint8Array ? info : encodeBencode(info)
  const infoHash = new Uint8Array(createHash('sha1').update(infoBytes).digest())
  const { data, metainfo } = describedTorrent()
  return { data, metainfo: { ...metainfo, infoBytes, infoHash } }
}

const pieces = new Uint8Array(20)
const good = { length: 5, name: 'a', 'piece length': 16_384, pieces }

describe('metadata that is what the hash stands for, but no torrent', () => {
  test.each<[string, BencodeInput | Uint8Array]>([
    ['a number', 7],
    ['an empty dictionary', {}],
    ['no pieces', { ...good, pieces: undefined }],
    ['the wrong number of pieces', { ...good, length: 100_000 }],
    ['a path that goes nowhere', { ...good, length: undefined, files: [{ length: 5, path: [] }] }],
    ['bytes that are no bencoding', new Uint8Array(40_000).fill(0x6c)],
    ['something behind the dictionary', Buffer.concat([encodeBencode(good), Buffer.from('5:evil!0:')])],
    ['an end in the middle', Buffer.from('d4:name1:aee3:abci1e')],
  ])('%s: the row says so, also after a restart; it is not fetched again', async (_name, info) => {
    const sim = new Simulation({ seed: 52, latency: [5, 40] })
    const torrent = torrentOf(info)
    const server = new MetadataServer(sim, torrent, 'server')
    await sim.within(MINUTE, server.start())
    const node = await Node.start(sim, 'node', ALONE)
    const id = toHex(torrent.metainfo.infoHash)
    await node.magnet(`magnet:?xt=urn:btih:${id}&x.pe=${formatEndpoint(server.endpoint)}&tr=http://t.invalid/announce`)
    await node.reaches(id, 'error', 5 * MINUTE)
    const told = {
      state: 'error',
      code: 'UNUSABLE_METADATA',
      reason: expect.stringMatching(/^The torrent behind.*\.$/),
    }
    expect(node.row(id)).toMatchObject(told)
    const asked = server.requests.length
    await node.kill()
    expect(node.row(id)).toMatchObject(told)
    await sim.within(MINUTE, node.engine.services.torrents.resume({ id }))
    await sim.run(MINUTE)
    expect(node.row(id)).toMatchObject(told)
    expect(server.requests).toHaveLength(asked)
    expect(node.host.files.tree('/downloads')).toEqual([])
    await sim.within(MINUTE, node.engine.services.torrents.remove({ id, data: 'trash' }))
    expect(node.rows()).toEqual([])
    await node.stop()
    await sim.within(MINUTE, server.stop())
    await sim.stop()
  })
})

test('liars about the size, and one who sends nothing, do not keep the good one from being heard', async () => {
  const sim = new Simulation({ seed: 53, latency: [5, 40] })
  const seeder = await Node.start(sim, 'seeder', { ...ALONE, listenPort: 6881 })
  const leecher = await Node.start(sim, 'leecher', ALONE)
  seeder.host.files.put('/share/film.bin', content(200_000, 5))
  const { id, bytes } = await seeder.share('/share/film.bin', [], { pieceLength: 16 * 1024 })
  const { metainfo, data } = describedTorrent()
  const infoHash = Buffer.from(id, 'hex')
  const sizes = [10_000_000, 9_999_999, 1, 16_384, bytes.length]
  const liars = sizes.map((size, n) => {
    const silent = () => ({})
    const torrent = { data, metainfo: { ...metainfo, infoHash } }
    return new MetadataServer(sim, torrent, `liar ${n}`, n % 2 === 0 ? { size } : { size, manner: silent })
  })
  for (const liar of liars) await sim.within(MINUTE, liar.start())
  const peers = [...liars.map(({ endpoint }) => formatEndpoint(endpoint)), seeder.endpoint]
  await leecher.magnet(`magnet:?xt=urn:btih:${id}${peers.map((peer) => `&x.pe=${peer}`).join('')}`)
  await leecher.reaches(id, 'seeding', 10 * MINUTE)
  expect(Buffer.compare(leecher.host.files.get('/downloads/film.bin') as Uint8Array, content(200_000, 5))).toBe(0)
  await leecher.stop()
  await seeder.stop()
  for (const liar of liars) await sim.within(MINUTE, liar.stop())
  await sim.stop()
})
