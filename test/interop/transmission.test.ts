/**
 * Transmission and Shoal, each seeding to the other over our tracker, and both in a swarm with aria2. Transmission dials
 * no 127/8, hence the other address.
 */
import { basename, dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectSame, manyFiles, singleFile } from './support/data.ts'
import { ADDRESS, Machine, MORE_ADDRESSES } from './support/machine.ts'
import { aria2Peer, leaves, requirePeers, transmission } from './support/peers.ts'
import type { Program } from './support/program.ts'
import { Shoal } from './support/shoal.ts'

/** Transmission 3 makes no empty files. */
const NEVER_MADE = ['An album/notes/empty.txt']
/** It idles between timers: 5 to 11 s before the first byte. */
const LIMIT = 80_000

/** Encryption preferred, uTP before TCP, PEX and local discovery on; the namespace keeps them to themselves. */
const AS_INSTALLED = { 'lpd-enabled': true, 'pex-enabled': true, 'utp-enabled': true }

beforeAll(requirePeers)

test.concurrent('one Shoal seeds to a Shoal, four aria2 and two Transmissions at once', async (context) => {
  const machine = await Machine.start(context)
  const path = await singleFile(machine.folder, 8 * 1024 * 1024 + 1)
  const shoal = await Shoal.start(machine, { name: 'seed', tracker: ADDRESS })
  const other = await Shoal.start(machine, { name: 'leech' })
  const { id, file } = await shoal.share(path, [shoal.httpTracker, shoal.udpTracker])
  await shoal.trackerSees(id, LIMIT, 'the seed', ({ seeds }) => seeds === 1)
  const peers: Program[] = []
  for (const name of ['aria2 1', 'aria2 2', 'aria2 3', 'aria2 4'])
    peers.push(aria2Peer(machine, { name, torrent: file, directory: machine.path(name) }))
  for (const address of MORE_ADDRESSES) {
    const name = `transmission at ${address}`
    const settings = { ...AS_INSTALLED, 'bind-address-ipv4': address }
    peers.push(await transmission(machine, { name, torrent: file, directory: machine.path(name) }, settings))
  }
  await other.add(file)
  await shoal.trackerSees(id, LIMIT, 'all complete', ({ seeds, completed }) => seeds === 8 && completed === 7)
  await Promise.all(peers.map((peer) => leaves(machine, peer, LIMIT)))
  for (const { name } of peers) await expectSame(path, machine.path(name, basename(path)))
  await expectSame(path, join(other.downloads, basename(path)))
  expect(shoal.row(id)?.state).toBe('seeding')
  await Promise.all([shoal.stop(), other.stop()])
})

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
