/** Trouble of every kind around whole engines: nothing of the person's is lost, and the engine lives on. */
import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { codeOf } from '../../src-main/kernel/errors.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { content, Node, trackerOn } from './engine-world.ts'

const KIB = 1024
const FILE = content(400 * KIB, 3)

/** A seed of one file, a tracker and a leecher; `end` checks that nothing is left. */
async function world(seed: number, leecherOptions = {}, trackers: 'announced' | 'none' = 'announced') {
  const sim = new Simulation({ seed, latency: [5, 40] })
  const { url, tracker } = await trackerOn(sim)
  const seeder = await Node.start(sim, 'seeder')
  const leecher = await Node.start(sim, 'leecher', {}, leecherOptions)
  seeder.host.files.put('/share/film.bin', FILE)
  const shared = await seeder.share('/share/film.bin', trackers === 'none' ? [] : [url], { pieceLength: 16 * KIB })
  const end = async () => {
    await leecher.stop()
    await seeder.stop()
    await sim.within(MINUTE, tracker.close())
    await sim.stop()
  }
  return { sim, seeder, leecher, shared, end, ...shared }
}

const isWhole = (node: Node, path = '/downloads/film.bin') =>
  Buffer.compare(node.host.files.get(path) ?? new Uint8Array(), FILE) === 0

describe('a file that comes to stand where the torrent wants to write', () => {
  test('is never written over, neither by resuming nor after a restart, and never goes to the trash', async () => {
    const { sim, leecher, seeder, id, bytes, end } = await world(21)
    await sim.within(MINUTE, seeder.engine.services.torrents.pause({ id }))
    await leecher.add(bytes)
    const mine = content(1_000, 9)
    leecher.host.files.put('/downloads/film.bin', mine)
    await sim.within(MINUTE, seeder.engine.services.torrents.resume({ id }))
    await leecher.reaches(id, 'error')
    expect(leecher.row(id).code).toBe('FILES_EXIST')
    const { torrents } = leecher.engine.services
    await sim.within(MINUTE, torrents.resume({ id }))
    await leecher.reaches(id, 'error')
    await leecher.kill()
    await leecher.reaches(id, 'error')
    expect(Buffer.compare(leecher.host.files.get('/downloads/film.bin') as Uint8Array, mine)).toBe(0)
    await sim.within(MINUTE, leecher.engine.services.torrents.remove({ id, data: 'trash' }))
    expect(Buffer.compare(leecher.host.files.get('/downloads/film.bin') as Uint8Array, mine)).toBe(0)
    await end()
  })

  test('also where the disk was full before the torrent could make its own', async () => {
    const { sim, leecher, id, bytes, end } = await world(22, { capacity: 2_000_000 })
    const takeAway = leecher.host.files.inject({ on: 'open', path: /film/, code: 'ENOSPC' })
    await leecher.add(bytes)
    await leecher.reaches(id, 'disk-full')
    await leecher.kill()
    takeAway()
    await leecher.reaches(id, 'downloading', MINUTE)
    const mine = content(1_000, 9)
    leecher.host.files.put('/downloads/film.bin', mine)
    await sim.run(2 * MINUTE)
    expect(Buffer.compare(leecher.host.files.get('/downloads/film.bin') as Uint8Array, mine)).toBe(0)
    await end()
  })
})

describe('a session database that cannot be written', () => {
  test('does not end the engine, nor keep a download from being paused; the wish is kept once there is room', async () => {
    const { sim, leecher, id, bytes, end } = await world(23)
    await leecher.add(bytes)
    await sim.until(MINUTE, () => leecher.row(id).done > 0, 'a piece is there')
    leecher.host.databases.refuse('SQLITE_FULL')
    await sim.run(3 * MINUTE)
    expect(leecher.row(id).state).toBe('disk-full')
    expect(leecher.row(id).reason).toMatch(/Free some space/)
    await sim.within(MINUTE, leecher.engine.services.torrents.pause({ id }))
    expect(leecher.row(id)).toMatchObject({ state: 'paused', peers: 0, seeds: 0 })
    await sim.run(5 * MINUTE)
    leecher.host.databases.refuse(undefined)
    await sim.run(2 * MINUTE)
    await leecher.kill()
    await leecher.reaches(id, 'paused', MINUTE)
    await sim.within(MINUTE, leecher.engine.services.torrents.resume({ id }))
    await leecher.reaches(id, 'seeding')
    expect(isWhole(leecher)).toBe(true)
    await end()
  })

  test('just at the end of a download: it goes on when there is room, with everything that was verified', async () => {
    const { sim, leecher, id, bytes, end } = await world(24)
    await leecher.add(bytes)
    await sim.until(MINUTE, () => leecher.row(id).done > FILE.length / 2, 'half is there')
    leecher.host.databases.refuse('SQLITE_IOERR')
    await sim.run(2 * MINUTE)
    leecher.host.databases.refuse(undefined)
    await sim.within(MINUTE, leecher.engine.services.torrents.resume({ id }))
    await leecher.reaches(id, 'seeding')
    expect(leecher.row(id).completedAt).toBeDefined()
    await end()
  })

  test('refuses to remove or add in words, loses nothing, and the engine still ends', async () => {
    const { sim, leecher, id, bytes, end } = await world(25)
    await leecher.add(bytes)
    await leecher.reaches(id, 'seeding')
    leecher.host.databases.refuse('SQLITE_FULL')
    const removal = leecher.engine.services.torrents.remove({ id, data: 'keep' })
    expect(
      await sim.within(
        MINUTE,
        removal.then(() => 'done', codeOf),
      ),
    ).toBe('SQLITE_FULL')
    expect(leecher.row(id).done).toBe(FILE.length)
    await sim.within(
      MINUTE,
      leecher.engine.stop().catch(() => {}),
    )
    await sim.run(10 * MINUTE)
    expect(leecher.host.program.held().map((claim) => claim.describe())).toEqual([])
    leecher.host = sim.restart(leecher.host)
    await leecher.begin()
    await leecher.reaches(id, 'seeding', MINUTE)
    await end()
  })
})

describe('orders that cross', () => {
  test('resume, recheck and pause while a torrent is being removed do not bring it back', async () => {
    const { sim, leecher, id, bytes, end } = await world(26, { diskDelay: [1, 5] })
    for (const order of ['resume', 'recheck', 'pause'] as const) {
      await leecher.add(bytes)
      await leecher.reaches(id, 'seeding')
      const { torrents } = leecher.engine.services
      const removal = torrents.remove({ id, data: 'trash' })
      const other = torrents[order]({ id }).then(() => 'done', codeOf)
      await sim.within(MINUTE, Promise.all([removal, other]))
      expect(leecher.rows()).toEqual([])
      await sim.run(MINUTE)
      expect(leecher.host.files.tree('/downloads'), order).toEqual([])
    }
    await end()
  })

  test('recheck while the drive is away waits for it and keeps the progress', async () => {
    const { sim, leecher, id, bytes, end } = await world(27)
    await sim.within(MINUTE, leecher.host.files.makeDirectory('/media/usb'))
    await leecher.add(bytes, { directory: '/media/usb' })
    await leecher.reaches(id, 'seeding')
    leecher.host.files.unmount('/media/usb')
    await sim.within(MINUTE, leecher.engine.services.torrents.recheck({ id }))
    await leecher.reaches(id, 'data-missing', MINUTE)
    expect(leecher.row(id).done).toBe(FILE.length)
    leecher.host.files.mount('/media/usb')
    await leecher.reaches(id, 'seeding', MINUTE)
    expect(isWhole(leecher, '/media/usb/film.bin')).toBe(true)
    await end()
  })

  test('a check begun by resume and broken off by pause makes nothing unknown', async () => {
    const { sim, leecher, seeder, id, bytes, end } = await world(28, { hashDelay: 200 })
    await leecher.add(bytes)
    await sim.until(MINUTE, () => leecher.row(id).done > FILE.length / 2, 'half is there')
    await leecher.kill()
    const done = () => leecher.row(id).done
    await sim.within(MINUTE, seeder.engine.services.torrents.pause({ id }))
    const { torrents } = leecher.engine.services
    await sim.within(MINUTE, torrents.pause({ id }))
    await sim.within(MINUTE, torrents.resume({ id }))
    await leecher.reaches(id, 'downloading', MINUTE)
    expect(done()).toBeGreaterThan(FILE.length / 2)
    await end()
  })
})

test('consent taken back ends every connection, also of a torrent that waits for room', async () => {
  const { sim, leecher, id, bytes, end } = await world(29, { capacity: 300 * KIB })
  await leecher.add(bytes)
  await leecher.reaches(id, 'disk-full')
  expect(leecher.row(id).seeds).toBe(1)
  await sim.within(MINUTE, leecher.engine.services.settings.set({ networkConsent: 'refused' }))
  await sim.run(10 * SECOND)
  expect(leecher.row(id)).toMatchObject({ seeds: 0, peers: 0 })
  leecher.host.files.setCapacity(1_000_000_000)
  await end()
})
