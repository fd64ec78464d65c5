/**
 * Magnet links and the DHT with real programs, each in a network of the test's own and on a /24 of its own, with all
 * production rules on. A Shoal daemon that holds no torrent is everybody's entry point; there is no tracker.
 */
import { dirname } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectSame, manyFiles, singleFile } from './support/data.ts'
import { ADDRESS, Machine } from './support/machine.ts'
import { aria2Magnet, aria2Trackerless, exitsWell, leaves, requirePeers, transmission } from './support/peers.ts'
import { Shoal } from './support/shoal.ts'
import { ShoalCommand, shoalDone } from './support/shoal-command.ts'

const LIMIT = 90_000
const START = 30_000
/** Milliseconds within which the seed has announced. */
const ANNOUNCED = 60_000
const TRACKERS_ONLY = { dht: 'off', localDiscovery: false } as const

beforeAll(requirePeers)

/** A DHT node at 127.0.1.1 that others begin with. */
async function startNode(machine: Machine): Promise<string> {
  const node = new ShoalCommand(machine, 'dht node', [
    ...['daemon', '--profile', machine.path('node'), '--offline', '--listen', '127.0.1.1:0'],
    ...['--dht', 'on', '--local-discovery', 'off'],
  ])
  const { listen, nodeId } = await node.event(START, 'ready')
  expect(nodeId).toMatch(/^[0-9a-f]{40}$/)
  return String(listen)
}

const through = (entry: string, address: string) => [
  ...['--offline', '--listen', `${address}:0`, '--dht', 'on', '--bootstrap', entry, '--local-discovery', 'off'],
]

async function createAt(
  machine: Machine,
  path: string,
  ...more: string[]
): Promise<{ file: string; infoHash: string }> {
  const file = machine.path('made.torrent')
  const { infoHash } = await shoalDone(machine, 'create', ['create', path, '-o', file, ...more])
  return { file, infoHash: String(infoHash) }
}

/** Seeds, and waits until somebody in the DHT knows of it. */
async function seedThrough(machine: Machine, entry: string, path: string, file: string, infoHash: string) {
  const profile = machine.path('seed-profile')
  const args = ['seed', file, '--dir', dirname(path), '--profile', profile, ...through(entry, '127.0.2.1')]
  const seed = new ShoalCommand(machine, 'seed', args)
  await seed.event(START, 'ready')
  await announcedAs(machine, profile, infoHash)
  return seed
}

/** Looks the announcement up, again until it is there. */
async function announcedAs(machine: Machine, profile: string, infoHash: string): Promise<void> {
  const ends = performance.now() + ANNOUNCED
  for (let look = 0; performance.now() < ends; look++) {
    const info = await shoalDone(machine, `look ${look}`, ['torrents', 'info', infoHash, '--profile', profile])
    const sources = info.trackers as readonly { name: string; state: string }[]
    if (sources.some(({ name, state }) => name === 'DHT' && state === 'working')) return
  }
  throw new Error('the seed is not announced in the DHT')
}

test.concurrent('three Shoals: a magnet with nothing but a hash is downloaded through the DHT', async (context) => {
  const machine = await Machine.start(context)
  const path = await manyFiles(machine.folder)
  const { file, infoHash } = await createAt(machine, path)
  const entry = await startNode(machine)
  await seedThrough(machine, entry, path, file, infoHash)
  const magnet = `magnet:?xt=urn:btih:${infoHash}`
  const target = machine.path('copy')
  const download = new ShoalCommand(machine, 'download', [
    ...['download', magnet, '--dir', target, ...through(entry, '127.0.3.1')],
  ])
  const first = await download.event(START, 'progress')
  expect(first).toMatchObject({ state: 'fetching-metadata' })
  expect(await download.done(LIMIT)).toMatchObject({ infoHash, name: 'An album' })
  await expectSame(dirname(path), target)
})

describe.concurrent('aria2 and Shoal through the DHT alone, metadata included', () => {
  test('Shoal downloads a magnet from aria2', async (context) => {
    const machine = await Machine.start(context)
    const path = await singleFile(machine.folder)
    const { file, infoHash } = await createAt(machine, path)
    const entry = await startNode(machine)
    const seed = aria2Trackerless(machine, { torrent: file, directory: dirname(path) }, { entry, address: '127.0.2.1' })
    const target = machine.path('copy')
    const magnet = `magnet:?xt=urn:btih:${infoHash}`
    const download = new ShoalCommand(machine, 'download', [
      ...['download', magnet, '--dir', target, ...through(entry, '127.0.3.1')],
    ])
    expect(await download.done(LIMIT)).toMatchObject({ infoHash })
    await expectSame(dirname(path), target)
    await leaves(machine, seed, LIMIT)
  })

  test('aria2 downloads a magnet from Shoal', async (context) => {
    const machine = await Machine.start(context)
    const path = await manyFiles(machine.folder)
    const { file, infoHash } = await createAt(machine, path)
    const entry = await startNode(machine)
    await seedThrough(machine, entry, path, file, infoHash)
    const magnet = `magnet:?xt=urn:btih:${infoHash}`
    const peer = aria2Magnet(
      machine,
      { torrent: magnet, directory: machine.path('copy') },
      { entry, address: '127.0.3.1' },
    )
    await exitsWell(machine, peer, LIMIT)
    await expectSame(path, machine.path('copy', 'An album'))
  })
})

describe.concurrent('Transmission and Shoal by a magnet with a tracker, metadata included', () => {
  const magnetOf = (id: string, url: string) => `magnet:?xt=urn:btih:${id}&tr=${encodeURIComponent(url)}`

  test('Shoal downloads from Transmission', async (context) => {
    const machine = await Machine.start(context)
    const shoal = await Shoal.start(machine, { tracker: ADDRESS, settings: TRACKERS_ONLY })
    const path = await singleFile(machine.folder)
    const { infoHash: id, file } = await shoal.create(path, [shoal.httpTracker])
    await transmission(machine, { torrent: file, directory: dirname(path) })
    await shoal.trackerSees(id, LIMIT, 'the seed', ({ seeds }) => seeds === 1)
    await shoal.torrents.add({ source: { magnet: magnetOf(id, shoal.httpTracker) }, directory: shoal.downloads })
    await shoal.completes(id, LIMIT)
    await expectSame(dirname(path), shoal.downloads)
    await shoal.stop()
  })

  test('Transmission downloads from Shoal', async (context) => {
    const machine = await Machine.start(context)
    const shoal = await Shoal.start(machine, { tracker: ADDRESS, settings: TRACKERS_ONLY })
    const path = await singleFile(machine.folder)
    const { id } = await shoal.share(path, [shoal.httpTracker])
    await shoal.trackerSees(id, LIMIT, 'the seed', ({ seeds }) => seeds === 1)
    const magnet = magnetOf(id, shoal.httpTracker)
    const peer = await transmission(machine, { torrent: magnet, directory: machine.path('copy') })
    await shoal.trackerSees(id, LIMIT, 'it completed', ({ seeds, completed }) => seeds === 2 && completed === 1)
    await leaves(machine, peer, LIMIT)
    await expectSame(dirname(path), machine.path('copy'))
  })
})

test.concurrent('kill -9 while the metadata is looked for and while it downloads: the same command goes on', async (context) => {
  const machine = await Machine.start(context)
  const path = await singleFile(machine.folder, 48 * 1024 * 1024)
  const { file, infoHash } = await createAt(machine, path)
  const entry = await startNode(machine)
  const target = machine.path('copy')
  const args = ['download', `magnet:?xt=urn:btih:${infoHash}`, '--dir', target, ...through(entry, '127.0.3.1')]
  const first = new ShoalCommand(machine, 'first download', args)
  await first.line(START, 'it looks', ({ state }) => state === 'fetching-metadata')
  await first.kill('SIGKILL')
  await seedThrough(machine, entry, path, file, infoHash)
  const second = new ShoalCommand(machine, 'second download', args)
  const { downloaded } = await second.line(LIMIT, 'it downloads', (line) => Number(line.downloaded) > 1024 * 1024)
  await second.kill('SIGKILL')
  const third = new ShoalCommand(machine, 'third download', args)
  const done = await third.done(LIMIT)
  expect(done).toMatchObject({ infoHash, bytes: 48 * 1024 * 1024 })
  expect(Number(done.downloaded)).toBeLessThan(48 * 1024 * 1024 - Number(downloaded) / 2)
  await expectSame(dirname(path), target)
})
