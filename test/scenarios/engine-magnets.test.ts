/** Whole engines with nothing but a magnet link between them. */
import { describe, expect, test } from 'vitest'
import { type TorrentPreview, torrentDetail, torrentPreview } from '#shared/contract/torrents.ts'
import { HOUR, MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { parseMetainfo } from '../../src-main/torrent/metainfo/parse.ts'
import { content, Node, trackerOn } from './engine-world.ts'

const KIB = 1024
const FILES = {
  '/share/a.txt': content(70 * KIB, 1),
  '/share/b.bin': content(300 * KIB, 2),
  '/share/empty': new Uint8Array(0),
}
const SIZE = 370 * KIB

/** Nothing but what a link says: what else finds peers is looked at elsewhere. */
const ALONE = { dht: 'off', localDiscovery: false } as const

/** A seeder that shares a folder over no tracker, and a leecher; both stopped by `end`, which checks that nothing is left. */
async function world(seed: number, { trackers = [] as string[], ...options } = {}) {
  const sim = new Simulation({ seed, latency: [5, 40] })
  const seeder = await Node.start(sim, 'seeder', { ...ALONE, listenPort: 6881 })
  const leecher = await Node.start(sim, 'leecher', { ...ALONE, listenPort: 6881 })
  for (const [path, bytes] of Object.entries(FILES)) seeder.host.files.put(path, bytes)
  const { id, bytes } = await seeder.share('/share', trackers, { pieceLength: 16 * KIB, ...options })
  const link = `magnet:?xt=urn:btih:${id}&dn=My+folder`
  const end = async () => {
    await leecher.stop()
    await seeder.stop()
    await sim.stop()
  }
  return { sim, seeder, leecher, id, bytes, link, end }
}

function expectFiles(node: Node, names = ['a.txt', 'b.bin', 'empty'], directory = '/downloads') {
  const found = node.host.files.tree(`${directory}/share`)
  expect(found).toEqual(names.map((name) => `${directory}/share/${name}`))
  for (const name of names) {
    const bytes = node.host.files.get(`${directory}/share/${name}`) as Uint8Array
    expect(Buffer.compare(bytes, FILES[`/share/${name}` as keyof typeof FILES]), name).toBe(0)
  }
}

const detailOf = (node: Node, id: string) => torrentDetail.parse(node.engine.services.torrents.detail.read({ id })[0])
const torrents = (node: Node) => node.engine.services.torrents
const linkTo = (node: Node, link: string) => `${link}&x.pe=${node.endpoint}`

describe('a magnet', () => {
  test('of a peer that it names: description, then data; the .torrent that comes of it is the same', async () => {
    const { sim, seeder, leecher, id, bytes, link, end } = await world(1)
    const at = await leecher.magnet(`${linkTo(seeder, link)}&ws=http://web.example/f`)
    expect(at).toBe(id)
    expect(leecher.row(id)).toMatchObject({
      ...{ name: 'My folder', state: 'fetching-metadata', size: 0, directory: '/downloads' },
      metadata: { asking: ['given peers'], known: 1 },
    })
    expect(leecher.row(id).reason).toMatch(/^Connecting to 1 of 1 known peer\.$/)
    await leecher.reaches(id, 'seeding')
    expectFiles(leecher)
    expect(leecher.row(id)).toMatchObject({ name: 'share', size: SIZE, selected: SIZE, done: SIZE })
    expect(leecher.row(id).metadata).toBeUndefined()
    await sim.within(MINUTE, torrents(leecher).saveTorrentFile({ id, file: '/out.torrent' }))
    const got = parseMetainfo(leecher.host.files.get('/out.torrent') as Uint8Array, { platform: 'linux' })
    const original = parseMetainfo(bytes, { platform: 'linux' })
    expect(Buffer.compare(got.infoBytes, original.infoBytes)).toBe(0)
    expect(got.webSeeds).toEqual(['http://web.example/f'])
    await end()
  })

  test('of a peer that is named by its host name', async () => {
    const { leecher, id, link, end } = await world(2)
    await leecher.magnet(`${link}&x.pe=seeder:6881`)
    await leecher.reaches(id, 'seeding')
    expectFiles(leecher)
    await end()
  })

  test('of trackers, of which only one knows anything', async () => {
    const sim = new Simulation({ seed: 3, latency: [5, 40] })
    const empty = await trackerOn(sim, 'empty')
    const good = await trackerOn(sim, 'good')
    const seeder = await Node.start(sim, 'seeder', ALONE)
    const leecher = await Node.start(sim, 'leecher', ALONE)
    for (const [path, bytes] of Object.entries(FILES)) seeder.host.files.put(path, bytes)
    const { id } = await seeder.share('/share', [good.url], { pieceLength: 16 * KIB })
    const trackers = [empty.url, 'http://nobody.invalid/announce', good.url]
    await leecher.magnet(`magnet:?xt=urn:btih:${id}${trackers.map((url) => `&tr=${encodeURIComponent(url)}`).join('')}`)
    expect(leecher.row(id).name).toBe(id)
    await sim.until(MINUTE, () => leecher.row(id).metadata?.asking[0] === '3 trackers', 'asks')
    await leecher.reaches(id, 'seeding')
    expectFiles(leecher)
    expect(detailOf(leecher, id).trackers.map(({ name }) => name)).toEqual(expect.arrayContaining(trackers))
    expect((await torrents(leecher).magnet({ id })).magnet).toContain(encodeURIComponent(good.url))
    for (const node of [leecher, seeder]) await node.stop()
    for (const { tracker } of [empty, good]) await sim.within(MINUTE, tracker.close())
    await sim.stop()
  })

  test('says what it tries, and survives a kill in the middle of it', async () => {
    const { sim, seeder, leecher, id, link, end } = await world(4)
    const magnet = linkTo(seeder, link)
    await seeder.stop()
    seeder.host = sim.restart(seeder.host)
    await leecher.magnet(magnet)
    await sim.run(3 * MINUTE)
    expect(leecher.row(id)).toMatchObject({
      reason: expect.stringMatching(/the one known is tried again by and by\.$/),
      metadata: { asking: ['given peers'], since: expect.any(Number) },
    })
    await leecher.kill()
    expect(leecher.row(id)).toMatchObject({ name: 'My folder', state: 'fetching-metadata' })
    await sim.run(MINUTE)
    await seeder.begin()
    await leecher.reaches(id, 'seeding', HOUR)
    expectFiles(leecher)
    await leecher.kill()
    await leecher.reaches(id, 'seeding', MINUTE)
    expect(leecher.rows()).toHaveLength(1)
    await end()
  })

  test('rests while paused, also over a restart; goes on when resumed; leaves nothing once removed', async () => {
    const { sim, seeder, leecher, id, link, end } = await world(5)
    await leecher.magnet(linkTo(seeder, link), { paused: true })
    await sim.run(10 * MINUTE)
    expect(leecher.row(id)).toMatchObject({ state: 'paused', reason: '' })
    await leecher.kill()
    await sim.run(MINUTE)
    expect(leecher.row(id).state).toBe('paused')
    await sim.within(MINUTE, torrents(leecher).resume({ id }))
    await sim.within(MINUTE, torrents(leecher).pause({ id }))
    await sim.run(10 * MINUTE)
    expect(leecher.row(id).state).toBe('paused')
    await sim.within(MINUTE, torrents(leecher).remove({ id, data: 'trash' }))
    expect(leecher.rows()).toEqual([])
    await leecher.kill()
    expect(leecher.rows()).toEqual([])
    expect(leecher.host.files.tree('/downloads')).toEqual([])
    await leecher.magnet(linkTo(seeder, link))
    await leecher.reaches(id, 'seeding')
    await end()
  })

  test('becomes a paused torrent where it was paused just as its description came', async () => {
    const { sim, seeder, leecher, id, link, end } = await world(6)
    await leecher.magnet(linkTo(seeder, link))
    await sim.until(
      MINUTE,
      () => leecher.row(id).metadata === undefined || leecher.row(id).metadata?.size !== 0,
      'asks',
    )
    await sim.within(MINUTE, torrents(leecher).pause({ id }))
    await sim.run(MINUTE)
    expect(leecher.row(id).state).toBe('paused')
    await sim.within(MINUTE, torrents(leecher).resume({ id }))
    await leecher.reaches(id, 'seeding')
    await end()
  })

  test('is removed in the very moment in which it becomes a torrent', async () => {
    for (const wait of [0, 20, 40, 60, 80, 100, 120, 150, 200, 300]) {
      const { sim, seeder, leecher, id, link, end } = await world(700 + wait)
      await leecher.magnet(linkTo(seeder, link))
      await sim.run(wait)
      await sim.within(MINUTE, torrents(leecher).remove({ id, data: 'trash' }))
      await sim.run(10 * SECOND)
      expect(leecher.rows()).toEqual([])
      await leecher.kill()
      expect(leecher.rows()).toEqual([])
      await end()
    }
  })

  test('of a private torrent: its peers come from trackers alone from then on', async () => {
    const sim = new Simulation({ seed: 8, latency: [5, 40] })
    const { url, tracker } = await trackerOn(sim)
    const seeder = await Node.start(sim, 'seeder', ALONE)
    const leecher = await Node.start(sim, 'leecher', ALONE)
    for (const [path, bytes] of Object.entries(FILES)) seeder.host.files.put(path, bytes)
    const { id } = await seeder.share('/share', [url], { pieceLength: 16 * KIB, private: true })
    await leecher.magnet(`magnet:?xt=urn:btih:${id}&tr=${encodeURIComponent(url)}`)
    await leecher.reaches(id, 'seeding')
    expect(leecher.row(id).private).toBe(true)
    const other = `magnet:?xt=urn:btih:${id}&tr=http://other.example/announce&x.pe=10.9.9.9:1`
    await expect(leecher.magnet(other)).rejects.toMatchObject({ code: 'ALREADY_PRESENT' })
    expect(detailOf(leecher, id).trackers.map(({ name }) => name)).not.toContain('http://other.example/announce')
    const publish = torrents(leecher).publish({ id, under: { name: 'mine' } })
    await expect(sim.within(MINUTE, publish)).rejects.toMatchObject({ code: 'PRIVATE_TORRENT' })
    for (const node of [leecher, seeder]) await node.stop()
    await sim.within(MINUTE, tracker.close())
    await sim.stop()
  })
})

describe('files in the way', () => {
  test('are said in the row, and used once that is asked for; the description is not fetched twice', async () => {
    const { sim, seeder, leecher, id, link, end } = await world(10)
    leecher.host.files.put('/downloads/share/a.txt', FILES['/share/a.txt'])
    await leecher.magnet(linkTo(seeder, link))
    await leecher.reaches(id, 'error')
    expect(leecher.row(id)).toMatchObject({ name: 'My folder', code: 'FILES_EXIST' })
    expect(leecher.row(id).reason).toMatch(/a\.txt is there already.*Choose another folder/)
    await leecher.kill()
    expect(leecher.row(id)).toMatchObject({ state: 'error', code: 'FILES_EXIST' })
    await seeder.stop()
    seeder.host = sim.restart(seeder.host)
    await sim.within(MINUTE, torrents(leecher).resume({ id }))
    await leecher.reaches(id, 'error', SECOND)
    expect(await leecher.magnet(link, { useExisting: true })).toBe(id)
    await leecher.reaches(id, 'downloading', MINUTE)
    expect(leecher.row(id)).toMatchObject({ name: 'share', downloaded: 0 })
    expect(leecher.row(id).done).toBeGreaterThanOrEqual(64 * KIB)
    await seeder.begin()
    await leecher.reaches(id, 'seeding', HOUR)
    expectFiles(leecher)
    await end()
  })

  test('are left alone when another folder is chosen instead', async () => {
    const { seeder, leecher, id, link, end } = await world(11)
    leecher.host.files.put('/downloads/share/a.txt', new Uint8Array([1, 2, 3]))
    await leecher.magnet(linkTo(seeder, link))
    await leecher.reaches(id, 'error')
    await leecher.magnet(link, { directory: '/elsewhere' })
    await leecher.reaches(id, 'seeding')
    expectFiles(leecher, undefined, '/elsewhere')
    expect(leecher.host.files.get('/downloads/share/a.txt')).toEqual(new Uint8Array([1, 2, 3]))
    await end()
  })
})

describe('a database that is full', () => {
  test('when the description comes: said as such, and it goes on by itself once there is room', async () => {
    const { sim, seeder, leecher, id, link, end } = await world(19)
    await leecher.magnet(linkTo(seeder, link))
    leecher.host.databases.refuse('SQLITE_FULL')
    await leecher.reaches(id, 'disk-full')
    expect(leecher.row(id).reason).toMatch(/session\.db.*is full.*goes on by itself\.$/)
    await sim.run(5 * MINUTE)
    expect(leecher.row(id).state).toBe('disk-full')
    leecher.host.databases.refuse(undefined)
    await leecher.reaches(id, 'seeding', MINUTE)
    expectFiles(leecher)
    await end()
  })

  test('when the magnet is added: refused in a sentence, and nothing is left', async () => {
    const { leecher, id, link, end } = await world(20)
    leecher.host.databases.refuse('SQLITE_FULL')
    await expect(leecher.magnet(link)).rejects.toMatchObject({ code: 'SQLITE_FULL' })
    expect(leecher.rows()).toEqual([])
    leecher.host.databases.refuse(undefined)
    expect(await leecher.magnet(link)).toBe(id)
    await end()
  })
})

describe('what is in the list already', () => {
  test('a second link passes on its trackers and peers, to a magnet as to a torrent', async () => {
    const { seeder, leecher, id, link, end } = await world(12)
    await leecher.magnet(`${link}&tr=http://one.example/announce`)
    const more = `${linkTo(seeder, link)}&tr=http://two.example/announce`
    await expect(leecher.magnet(more)).rejects.toMatchObject({ code: 'ALREADY_PRESENT' })
    await leecher.reaches(id, 'seeding')
    const urls = ['http://one.example/announce', 'http://two.example/announce', 'udp://three.example:1']
    const third = `${link}&tr=udp://three.example:1`
    await expect(leecher.magnet(third)).rejects.toMatchObject({ code: 'ALREADY_PRESENT' })
    const trackers = () => detailOf(leecher, id).trackers.map(({ name }) => name)
    expect(trackers()).toEqual(expect.arrayContaining(urls))
    await leecher.kill()
    await leecher.reaches(id, 'seeding', MINUTE)
    expect(trackers()).toEqual(expect.arrayContaining(urls))
    expect(leecher.row(id).done).toBe(SIZE)
    await end()
  })

  test('a .torrent takes the place of its magnet', async () => {
    const { sim, seeder, leecher, id, bytes, link, end } = await world(13)
    await leecher.magnet(`${link}&tr=http://one.example/announce`)
    leecher.host.files.put('/downloads/share/a.txt', FILES['/share/a.txt'])
    await expect(leecher.add(bytes)).rejects.toMatchObject({ code: 'FILES_EXIST' })
    expect(leecher.row(id).state).toBe('fetching-metadata')
    await leecher.add(bytes, { useExisting: true })
    await leecher.reaches(id, 'downloading', MINUTE)
    expect(detailOf(leecher, id).trackers.map(({ name }) => name)).toContain('http://one.example/announce')
    await sim.within(MINUTE, torrents(leecher).addPeers({ id, peers: [seeder.endpoint] }))
    await leecher.reaches(id, 'seeding')
    expect(leecher.rows()).toHaveLength(1)
    await end()
  })

  test('what needs the description is refused until it is there', async () => {
    const { sim, leecher, id, link, end } = await world(14)
    await leecher.magnet(link)
    const calls = [
      () => torrents(leecher).recheck({ id }),
      () => torrents(leecher).saveTorrentFile({ id, file: '/x.torrent' }),
      () => torrents(leecher).selectFiles({ id, files: [0] }),
      () => torrents(leecher).publish({ id, under: { name: 'x' } }),
    ]
    for (const call of calls)
      await expect(sim.within<unknown>(MINUTE, call())).rejects.toMatchObject({
        code: 'METADATA_MISSING',
        message: expect.stringContaining('“My folder”'),
      })
    expect((await torrents(leecher).magnet({ id })).magnet).toBe(`magnet:?xt=urn:btih:${id}&dn=My%20folder`)
    expect(detailOf(leecher, id)).toMatchObject({ pieces: 0, files: [] })
    await end()
  })
})

describe('a choice of files', () => {
  test('in the link: only they are fetched and made, the rest follows when it is wanted', async () => {
    const { sim, seeder, leecher, id, link, end } = await world(15)
    await leecher.magnet(`${linkTo(seeder, link)}&so=0`)
    await leecher.reaches(id, 'seeding')
    expect(leecher.row(id)).toMatchObject({ size: SIZE, selected: 70 * KIB, done: 70 * KIB })
    expect(leecher.row(id).completedAt).toBeDefined()
    expect(detailOf(leecher, id).files.map(({ wanted }) => wanted)).toEqual([true, false, false])
    expect(leecher.host.files.tree('/downloads/share')).not.toContain('/downloads/share/empty')
    expect(leecher.row(id).downloaded).toBeLessThan(100 * KIB)
    await leecher.kill()
    await leecher.reaches(id, 'seeding', MINUTE)
    expect(leecher.row(id).selected).toBe(70 * KIB)
    await sim.within(MINUTE, torrents(leecher).selectFiles({ id, files: [0, 1, 2] }))
    expect(leecher.row(id)).toMatchObject({ state: 'downloading', selected: SIZE })
    expect(leecher.row(id).completedAt).toBeUndefined()
    await leecher.reaches(id, 'seeding')
    expectFiles(leecher)
    await end()
  })

  test('made when adding counts over the link; of a .torrent likewise', async () => {
    const { sim, seeder, leecher, id, bytes, link, end } = await world(16)
    await leecher.magnet(`${linkTo(seeder, link)}&so=0`, { files: [2] })
    await leecher.reaches(id, 'seeding')
    expectFiles(leecher, ['empty'])
    await sim.within(MINUTE, torrents(leecher).remove({ id, data: 'trash' }))
    const source = { bytes }
    const add = (files: number[]) =>
      torrents(leecher).add({
        ...{ source, directory: '/downloads', paused: false, useExisting: false, files },
        peers: [seeder.endpoint],
      })
    await expect(sim.within(MINUTE, add([3]))).rejects.toMatchObject({ code: 'NO_SUCH_FILE' })
    expect(leecher.rows()).toEqual([])
    await sim.within(MINUTE, add([1]))
    await leecher.reaches(id, 'seeding')
    expect(leecher.row(id)).toMatchObject({ selected: 300 * KIB, done: 300 * KIB })
    await sim.within(MINUTE, torrents(leecher).recheck({ id }))
    await sim.run(MINUTE)
    expect(leecher.row(id)).toMatchObject({ state: 'seeding', done: 300 * KIB })
    await end()
  })

  test('of nothing at all downloads nothing, and a file that is left out in mid-download ends it', async () => {
    const { sim, seeder, leecher, id, link, end } = await world(17)
    await leecher.magnet(linkTo(seeder, link), { files: [] })
    await sim.run(MINUTE)
    expect(leecher.row(id)).toMatchObject({ state: 'seeding', selected: 0, done: 0, downloaded: 0 })
    expect(leecher.row(id).completedAt).toBeUndefined()
    await sim.within(MINUTE, torrents(leecher).selectFiles({ id, files: [0, 1] }))
    await sim.until(MINUTE, () => leecher.row(id).done > 0, 'a piece is there')
    await sim.within(MINUTE, torrents(leecher).selectFiles({ id, files: [2] }))
    await leecher.reaches(id, 'seeding', MINUTE)
    const { done } = leecher.row(id)
    await sim.run(MINUTE)
    expect(leecher.row(id).done).toBe(done)
    expect(leecher.host.files.tree('/downloads/share')).toContain('/downloads/share/empty')
    await end()
  })
})

describe('a preview', () => {
  test('of a link tells what it says, and whether it is in the list', async () => {
    const { sim, leecher, id, link, end } = await world(18)
    const preview = async (magnet: string): Promise<TorrentPreview> =>
      torrentPreview.parse(await sim.within(MINUTE, torrents(leecher).preview({ source: { magnet } })))
    expect(await preview(`${link}&tr=http://one.example/announce`)).toMatchObject({
      ...{ kind: 'magnet', id, name: 'My folder', size: 0, files: [], present: false },
      trackers: ['http://one.example/announce'],
    })
    await leecher.magnet(link)
    expect((await preview(link)).present).toBe(true)
    const key = 'ab'.repeat(32)
    const mutable = await preview(`magnet:?xs=urn:btpk:${key}&dn=News`)
    expect(mutable).toMatchObject({ kind: 'mutable', name: 'News', present: false })
    expect(mutable.id).toBeUndefined()
    await end()
  })
})
