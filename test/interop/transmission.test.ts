/** Transmission and Shoal, each seeding to the other, over our tracker. It dials no 127/8, hence the other address. */
import { dirname } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectSame, manyFiles, singleFile } from './support/data.ts'
import { ADDRESS, Machine } from './support/machine.ts'
import { leaves, requirePeers, transmission } from './support/peers.ts'
import { Shoal } from './support/shoal.ts'

/** Transmission 3 makes no empty files. */
const NEVER_MADE = ['An album/notes/empty.txt']
/** It idles between timers: 5 to 11 s before the first byte. */
const LIMIT = 45_000

beforeAll(requirePeers)

const cases = [
  // Ctrl-C closes its HTTP client before `stopped` has gone out.
  { what: 'one file, HTTP tracker', make: singleFile, url: (shoal: Shoal) => shoal.httpTracker, goodbye: false },
  { what: 'many files, UDP tracker', make: manyFiles, url: (shoal: Shoal) => shoal.udpTracker, goodbye: true },
]

describe.concurrent('Transmission downloads from Shoal', () => {
  test.for(cases)('$what', async ({ make, url, goodbye }, context) => {
    const machine = await Machine.start(context)
    const shoal = await Shoal.start(machine, { tracker: ADDRESS })
    const path = await make(machine.folder)
    const { id, file } = await shoal.share(path, [url(shoal)])
    await shoal.trackerSees(id, LIMIT, 'the seed', ({ seeds }) => seeds === 1)
    const peer = await transmission(machine, { torrent: file, directory: machine.path('copy') })
    await shoal.trackerSees(id, LIMIT, 'it completed', ({ seeds, completed }) => seeds === 2 && completed === 1)
    await leaves(machine, peer, LIMIT)
    await expectSame(dirname(path), machine.path('copy'), NEVER_MADE)
    const others = goodbye ? 1 : 2
    await shoal.trackerSees(id, LIMIT, 'who is left', ({ seeds, leechers }) => seeds === others && leechers === 0)
  })
})

describe.concurrent('Shoal downloads from Transmission', () => {
  test.for(cases)('$what', async ({ make, url }, context) => {
    const machine = await Machine.start(context)
    const shoal = await Shoal.start(machine, { tracker: ADDRESS })
    const path = await make(machine.folder)
    const { infoHash: id, file } = await shoal.create(path, [url(shoal)])
    await transmission(machine, { torrent: file, directory: dirname(path) })
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
