/** aria2 and Shoal, each seeding to the other, over our tracker. */
import { dirname } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectSame, manyFiles, singleFile } from './support/data.ts'
import { ADDRESS6, Machine } from './support/machine.ts'
import { aria2Leech, aria2Peer, aria2Seed, exitsWell, leaves, requirePeers } from './support/peers.ts'
import { Shoal } from './support/shoal.ts'

const LIMIT = 45_000
const LOCAL = '127.0.0.1'

beforeAll(requirePeers)

describe.concurrent('aria2 downloads from Shoal', () => {
  test('one file, HTTP tracker', async (context) => {
    const machine = await Machine.start(context)
    const shoal = await Shoal.start(machine, { tracker: LOCAL })
    const path = await singleFile(machine.folder)
    const { id, file } = await shoal.share(path, [shoal.httpTracker])
    await shoal.trackerSees(id, LIMIT, 'the seed', ({ seeds }) => seeds === 1)
    const peer = aria2Peer(machine, { torrent: file, directory: machine.path('copy') })
    await shoal.trackerSees(id, LIMIT, 'it completed', ({ seeds, completed }) => seeds === 2 && completed === 1)
    await leaves(machine, peer, LIMIT)
    await expectSame(path, machine.path('copy', 'a single file.bin'))
    await shoal.trackerSees(id, LIMIT, 'it leave', ({ seeds, leechers }) => seeds === 1 && leechers === 0)
    await shoal.until(id, LIMIT, 'all of it was given', ({ uploaded, size }) => uploaded >= size)
  })

  test('many files, UDP tracker', async (context) => {
    const machine = await Machine.start(context)
    const shoal = await Shoal.start(machine, { tracker: LOCAL })
    const path = await manyFiles(machine.folder)
    const { id, file } = await shoal.share(path, [shoal.udpTracker])
    await shoal.trackerSees(id, LIMIT, 'the seed', ({ seeds }) => seeds === 1)
    const peer = aria2Leech(machine, { torrent: file, directory: machine.path('copy') })
    await shoal.trackerSees(id, LIMIT, 'a leecher', ({ leechers }) => leechers === 1)
    await exitsWell(machine, peer, LIMIT)
    await expectSame(path, machine.path('copy', 'An album'))
    await shoal.trackerSees(id, LIMIT, 'it leave', ({ seeds, leechers }) => seeds === 1 && leechers === 0)
  })
})

test.concurrent('aria2 downloads from Shoal over IPv6, HTTP tracker', async (context) => {
  const machine = await Machine.start(context)
  const shoal = await Shoal.start(machine, { tracker: ADDRESS6 })
  const path = await singleFile(machine.folder)
  const { id, file } = await shoal.share(path, [shoal.httpTracker])
  await shoal.trackerSees(id, LIMIT, 'the seed', ({ seeds }) => seeds === 1)
  await exitsWell(machine, aria2Leech(machine, { torrent: file, directory: machine.path('copy') }), LIMIT)
  await expectSame(path, machine.path('copy', 'a single file.bin'))
})

describe.concurrent('Shoal downloads from aria2', () => {
  test.for([
    { what: 'one file, UDP tracker', make: singleFile, url: (shoal: Shoal) => shoal.udpTracker },
    { what: 'many files, HTTP tracker', make: manyFiles, url: (shoal: Shoal) => shoal.httpTracker },
  ])('$what', async ({ make, url }, context) => {
    const machine = await Machine.start(context)
    const shoal = await Shoal.start(machine, { tracker: LOCAL })
    const path = await make(machine.folder)
    const { infoHash: id, file } = await shoal.create(path, [url(shoal)])
    aria2Seed(machine, { torrent: file, directory: dirname(path) })
    await shoal.trackerSees(id, LIMIT, 'the seed', ({ seeds }) => seeds === 1)
    await shoal.add(file)
    const { downloaded, size } = await shoal.completes(id, LIMIT)
    expect(downloaded).toBeGreaterThanOrEqual(size)
    await expectSame(dirname(path), shoal.downloads)
    await shoal.trackerSees(id, LIMIT, 'it completed', ({ seeds, completed }) => seeds === 2 && completed === 1)
    await shoal.stop()
    await shoal.trackerSees(id, LIMIT, 'it leave', ({ seeds, leechers }) => seeds === 1 && leechers === 0)
  })
})
