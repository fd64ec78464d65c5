import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { content, Node, trackerOn } from './engine-world.ts'

const KIB = 1024
const FILES = {
  '/share/a.txt': content(70 * KIB, 1),
  '/share/deep/ünïcode 文.bin': content(300 * KIB, 2),
  '/share/empty': new Uint8Array(0),
}
const SIZE = 370 * KIB

/** A seeder with a folder, a tracker, and a leecher; all stopped by `end`, which checks that nothing is left. */
async function world(seed: number, leecherOptions = {}) {
  const sim = new Simulation({ seed, latency: [5, 40] })
  const { url, tracker } = await trackerOn(sim)
  const seeder = await Node.start(sim, 'seeder')
  const leecher = await Node.start(sim, 'leecher', {}, leecherOptions)
  for (const [path, bytes] of Object.entries(FILES)) seeder.host.files.put(path, bytes)
  const shared = await seeder.share('/share', [url], { pieceLength: 16 * KIB })
  const end = async () => {
    await leecher.stop()
    await seeder.stop()
    await sim.within(MINUTE, tracker.close())
    await sim.stop()
  }
  return { sim, seeder, leecher, shared, end }
}

function expectFiles(node: Node, directory = '/downloads') {
  for (const [path, bytes] of Object.entries(FILES)) {
    const found = node.host.files.get(path.replace('/share', `${directory}/share`))
    expect(found === undefined ? undefined : Buffer.compare(found, bytes), path).toBe(0)
  }
}

describe('two engines and a tracker', () => {
  test('a folder shared by one arrives at the other, and both go on after a restart without a check', async () => {
    const { sim, seeder, leecher, shared, end } = await world(1)
    await leecher.add(shared.bytes)
    await leecher.reaches(shared.id, 'seeding')
    expectFiles(leecher)
    expect(leecher.row(shared.id)).toMatchObject({ done: SIZE, size: SIZE, downloaded: SIZE })
    for (const node of [leecher, seeder]) {
      await node.stop()
      node.host = sim.restart(node.host)
      let read = 0
      const { sha1OfSpans } = node.host.hasher
      Object.assign(node.host.hasher, {
        sha1OfSpans: (...args: Parameters<typeof sha1OfSpans>) => {
          read += args[0].length
          return sha1OfSpans.apply(node.host.hasher, args)
        },
      })
      await node.begin()
      await node.reaches(shared.id, 'seeding', MINUTE)
      expect(read).toBe(0)
    }
    expect(leecher.row(shared.id)).toMatchObject({ downloaded: SIZE, done: SIZE })
    await end()
  })

  test('pause stops it, resume goes on, and a paused torrent stays paused over a restart', async () => {
    const { sim, leecher, shared, end } = await world(2)
    await leecher.add(shared.bytes)
    await sim.until(10 * MINUTE, () => leecher.row(shared.id).done > 0, 'a piece is there')
    await sim.within(MINUTE, leecher.engine.services.torrents.pause({ id: shared.id }))
    const { done, state } = leecher.row(shared.id)
    expect(state).toBe('paused')
    await sim.run(5 * MINUTE)
    expect(leecher.row(shared.id)).toMatchObject({ state: 'paused', done, downRate: 0 })
    await leecher.stop()
    leecher.host = sim.restart(leecher.host)
    await leecher.begin()
    await leecher.reaches(shared.id, 'paused', MINUTE)
    expect(leecher.row(shared.id).done).toBe(done)
    await sim.within(MINUTE, leecher.engine.services.torrents.resume({ id: shared.id }))
    await leecher.reaches(shared.id, 'seeding')
    expectFiles(leecher)
    await end()
  })

  test('killed in mid-download it goes on with what was recorded', async () => {
    const { sim, leecher, shared, end } = await world(3)
    await leecher.add(shared.bytes)
    await sim.until(10 * MINUTE, () => leecher.row(shared.id).done >= SIZE / 3, 'a third is there')
    await sim.run(1.1 * SECOND)
    const { done } = leecher.row(shared.id)
    await leecher.kill()
    await sim.until(MINUTE, () => leecher.row(shared.id).state !== 'checking', 'checked')
    expect(leecher.row(shared.id).done).toBeGreaterThanOrEqual(done)
    await leecher.reaches(shared.id, 'seeding')
    expectFiles(leecher)
    await end()
  })

  test('a full disk is said, and the download goes on by itself once there is room', async () => {
    const { sim, leecher, shared, end } = await world(4, { capacity: 220 * KIB })
    await leecher.add(shared.bytes)
    await leecher.reaches(shared.id, 'disk-full')
    expect(leecher.row(shared.id).reason).toMatch(/full.*Free some space/)
    await sim.run(10 * MINUTE)
    expect(leecher.row(shared.id).state).toBe('disk-full')
    leecher.host.files.setCapacity(100 * 1024 * KIB)
    await leecher.reaches(shared.id, 'seeding')
    expectFiles(leecher)
    await end()
  })

  test('a drive that goes away keeps its progress and comes back by itself', async () => {
    const { sim, leecher, shared, end } = await world(5)
    await sim.within(MINUTE, leecher.host.files.makeDirectory('/media/usb'))
    await leecher.add(shared.bytes, { directory: '/media/usb' })
    await leecher.reaches(shared.id, 'seeding')
    await leecher.stop()
    leecher.host.files.unmount('/media/usb')
    leecher.host = sim.restart(leecher.host)
    await leecher.begin()
    await leecher.reaches(shared.id, 'data-missing', MINUTE)
    expect(leecher.row(shared.id)).toMatchObject({ done: SIZE })
    expect(leecher.row(shared.id).reason).toMatch(/Connect the drive/)
    leecher.host.files.mount('/media/usb')
    await leecher.reaches(shared.id, 'seeding', MINUTE)
    expectFiles(leecher, '/media/usb')
    await end()
  })

  test('a recheck finds what was changed, drops that alone, and fetches it again', async () => {
    const { sim, leecher, shared, end } = await world(6)
    await leecher.add(shared.bytes)
    await leecher.reaches(shared.id, 'seeding')
    const path = '/downloads/share/a.txt'
    const changed = Uint8Array.from(leecher.host.files.get(path) as Uint8Array)
    changed[20 * KIB] = (changed[20 * KIB] as number) ^ 1
    leecher.host.files.put(path, changed)
    await sim.within(MINUTE, leecher.engine.services.torrents.pause({ id: shared.id }))
    await sim.within(MINUTE, leecher.engine.services.torrents.recheck({ id: shared.id }))
    await leecher.reaches(shared.id, 'paused', MINUTE)
    expect(leecher.row(shared.id).done).toBe(SIZE - 16 * KIB)
    await sim.within(MINUTE, leecher.engine.services.torrents.resume({ id: shared.id }))
    await leecher.reaches(shared.id, 'seeding')
    expectFiles(leecher)
    await end()
  })
})

describe('adding and removing', () => {
  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error) => error.code,
    )

  test('files that are there and not ours are refused, or checked and used when asked', async () => {
    const { sim, leecher, shared, end } = await world(7)
    const mine = content(300 * KIB, 2)
    leecher.host.files.put('/downloads/share/deep/ünïcode 文.bin', mine)
    const before = leecher.host.files.tree('/downloads')
    const { torrents } = leecher.engine.services
    const source = { source: { bytes: shared.bytes }, directory: '/downloads', paused: true, peers: [] }
    expect(await sim.within(MINUTE, code(torrents.add({ ...source, useExisting: false })))).toBe('FILES_EXIST')
    expect(leecher.host.files.tree('/downloads')).toEqual(before)
    expect(leecher.rows()).toEqual([])
    await leecher.add(shared.bytes, { paused: true, useExisting: true })
    await leecher.reaches(shared.id, 'paused', MINUTE)
    // 300 KiB of 16 KiB pieces after 70 KiB: the piece that both files share cannot be known.
    expect(leecher.row(shared.id).done).toBe(288 * KIB + 2 * KIB)
    await sim.within(MINUTE, torrents.remove({ id: shared.id, data: 'trash' }))
    expect(Buffer.compare(leecher.host.files.get('/downloads/share/deep/ünïcode 文.bin') as Uint8Array, mine)).toBe(0)
    await end()
  })

  test('twice is refused; remove keeps the data, or moves what it made to the trash', async () => {
    const { sim, leecher, shared, end } = await world(8)
    const { torrents } = leecher.engine.services
    await leecher.add(shared.bytes)
    expect(
      await code(
        torrents.add({
          source: { bytes: shared.bytes },
          directory: '/other',
          paused: false,
          useExisting: false,
          peers: [],
        }),
      ),
    ).toBe('ALREADY_PRESENT')
    await leecher.reaches(shared.id, 'seeding')
    await sim.within(MINUTE, torrents.remove({ id: shared.id, data: 'keep' }))
    expectFiles(leecher)
    await leecher.add(shared.bytes, { useExisting: true })
    await leecher.reaches(shared.id, 'seeding')
    await sim.within(MINUTE, torrents.remove({ id: shared.id, data: 'trash' }))
    // The second time the files were not its own: they stay.
    expectFiles(leecher)
    await leecher.add(shared.bytes, { directory: '/elsewhere' })
    await leecher.reaches(shared.id, 'seeding')
    await sim.within(MINUTE, torrents.remove({ id: shared.id, data: 'trash' }))
    expect(leecher.host.files.tree('/elsewhere')).toEqual([])
    await end()
  })

  test('a folder that cannot be written, a damaged torrent and a strange path are refused in words', async () => {
    const { sim, seeder, leecher, shared, end } = await world(9)
    const { torrents } = leecher.engine.services
    const add = (bytes: Uint8Array<ArrayBuffer>, directory: string) =>
      sim.within(
        MINUTE,
        code(torrents.add({ source: { bytes }, directory, paused: false, useExisting: false, peers: [] })),
      )
    await sim.within(MINUTE, leecher.host.files.makeDirectory('/locked'))
    leecher.host.files.setReadOnly('/locked', true)
    expect(await add(shared.bytes, '/locked/new')).toBe('NOT_WRITABLE')
    expect(await add(shared.bytes, 'relative')).toBe('NOT_ABSOLUTE')
    seeder.host.files.put('/home/notes.txt', content(10, 1))
    const overwriting = seeder.engine.services.torrents.saveTorrentFile({ id: shared.id, file: '/home/notes.txt' })
    expect(await sim.within(MINUTE, code(overwriting))).toBe('NOT_A_TORRENT_NAME')
    expect(await add(Uint8Array.from(Buffer.from('l-3:e')), '/downloads')).toMatch(/^[A-Z_]+$/)
    expect(leecher.rows()).toEqual([])
    await end()
  })
})

describe('consent', () => {
  test('before it nothing leaves the machine; with it the torrent that waited goes on', async () => {
    const sim = new Simulation({ seed: 10, latency: [5, 40] })
    const { url, tracker } = await trackerOn(sim)
    const seeder = await Node.start(sim, 'seeder')
    const leecher = await Node.start(sim, 'leecher', { networkConsent: 'unasked' })
    for (const [path, bytes] of Object.entries(FILES)) seeder.host.files.put(path, bytes)
    const shared = await seeder.share('/share', [url])
    await leecher.add(shared.bytes)
    await sim.run(10 * MINUTE)
    expect(leecher.row(shared.id)).toMatchObject({ state: 'downloading', done: 0 })
    expect(leecher.row(shared.id).reason).toMatch(/allow (it|the network) in Settings/)
    expect(tracker.swarms()).toMatchObject([{ seeds: 1, leechers: 0 }])
    await sim.within(MINUTE, leecher.engine.services.settings.set({ networkConsent: 'granted' }))
    await leecher.reaches(shared.id, 'seeding')
    expectFiles(leecher)
    await leecher.stop()
    await seeder.stop()
    await sim.within(MINUTE, tracker.close())
    await sim.stop()
  })
})
