/** What goes wrong between aria2 and Shoal: encryption that we do not speak, and programs that die half-way. */
import { dirname } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectSame, singleFile } from './support/data.ts'
import { Machine } from './support/machine.ts'
import { aria2Leech, aria2Seed, exitsWell, requirePeers } from './support/peers.ts'
import { Shoal } from './support/shoal.ts'

const LIMIT = 40_000
const LOCAL = '127.0.0.1'
const MIB = 1024 * 1024
const ENCRYPTED_ONLY = ['--bt-require-crypto=true', '--bt-min-crypto-level=arc4']

beforeAll(requirePeers)

describe.concurrent('aria2 that insists on encryption', () => {
  test('is refused at once, tries again, and disturbs nobody', async (context) => {
    const machine = await Machine.start(context)
    const shoal = await Shoal.start(machine, { tracker: LOCAL })
    const path = await singleFile(machine.folder)
    const { id, file } = await shoal.share(path, [shoal.httpTracker])
    await shoal.trackerSees(id, LIMIT, 'the seed', ({ seeds }) => seeds === 1)
    const options = { torrent: file, extra: ENCRYPTED_ONLY, name: 'encrypted' }
    const encrypted = aria2Leech(machine, { ...options, directory: machine.path('none') })
    await machine.until(LIMIT, 'two attempts', () => {
      return (encrypted.output.match(/legacy BitTorrent handshake is disabled/g)?.length ?? 0) >= 2
    })
    const plain = aria2Leech(machine, { torrent: file, directory: machine.path('copy') })
    await exitsWell(machine, plain, LIMIT)
    await expectSame(path, machine.path('copy', 'a single file.bin'))
    expect(shoal.row(id)?.state).toBe('seeding')
  })

  test('as a seed gives nothing, and another seed is used', async (context) => {
    const machine = await Machine.start(context)
    const shoal = await Shoal.start(machine, { tracker: LOCAL })
    const path = await singleFile(machine.folder)
    const { infoHash: id, file } = await shoal.create(path, [shoal.httpTracker])
    const directory = dirname(path)
    aria2Seed(machine, { name: 'encrypted', torrent: file, directory, extra: ENCRYPTED_ONLY })
    await shoal.trackerSees(id, LIMIT, 'the encrypted seed', ({ seeds }) => seeds === 1)
    await shoal.add(file)
    await shoal.trackerSees(id, LIMIT, 'us', ({ leechers }) => leechers === 1)
    await shoal.until(id, LIMIT, 'the refusal is told', ({ reason }) => /^No peer is connected/.test(reason))
    aria2Seed(machine, { name: 'plain', torrent: file, directory })
    await shoal.completes(id, LIMIT)
    await expectSame(directory, shoal.downloads)
  })
})

describe.concurrent('kill -9 half-way', () => {
  const LENGTH = 8 * MIB + 1

  test('of aria2: started again, it goes on from there', async (context) => {
    const machine = await Machine.start(context)
    const shoal = await Shoal.start(machine, { tracker: LOCAL })
    const path = await singleFile(machine.folder, LENGTH)
    const { id, file } = await shoal.share(path, [shoal.httpTracker])
    await shoal.trackerSees(id, LIMIT, 'the seed', ({ seeds }) => seeds === 1)
    const options = { torrent: file, directory: machine.path('copy') }
    const slow = { ...options, name: 'first', extra: ['--max-download-limit=1M', '--auto-save-interval=1'] }
    const first = aria2Leech(machine, slow)
    await shoal.until(id, LIMIT, 'a part is sent', ({ uploaded }) => uploaded > 3 * MIB)
    await first.kill()
    await shoal.until(id, LIMIT, 'it is gone', ({ peers, seeds }) => peers + seeds === 0)
    const before = shoal.row(id)?.uploaded ?? 0
    await exitsWell(machine, aria2Leech(machine, { ...options, name: 'second' }), LIMIT)
    await expectSame(path, machine.path('copy', 'a single file.bin'))
    const after = await shoal.until(id, LIMIT, 'the rest is counted', ({ uploaded }) => uploaded >= LENGTH)
    expect(after.uploaded - before).toBeLessThan(LENGTH)
  })

  test('of Shoal: started again, it has every verified piece and completes', async (context) => {
    const machine = await Machine.start(context)
    const tracker = await Shoal.start(machine, { name: 'tracker', tracker: LOCAL, engine: false })
    const maker = await Shoal.start(machine, { name: 'maker' })
    const path = await singleFile(machine.folder, LENGTH)
    const { infoHash: id, file } = await maker.create(path, [tracker.httpTracker])
    aria2Seed(machine, { torrent: file, directory: dirname(path), extra: ['--max-upload-limit=2M'] })
    await tracker.trackerSees(id, LIMIT, 'the seed', ({ seeds }) => seeds === 1)
    const first = await Shoal.start(machine, { name: 'leech' })
    await first.add(file)
    const { done } = await first.until(id, LIMIT, 'a part is there', (row) => row.done > 2 * MIB)
    await first.kill()
    const second = await Shoal.start(machine, { name: 'leech' })
    const checked = await second.until(id, LIMIT, 'it knows what is there', ({ state }) => state !== 'checking')
    expect(checked.done).toBeGreaterThanOrEqual(done)
    const { downloaded } = await second.completes(id, LIMIT)
    await expectSame(dirname(path), second.downloads)
    expect(downloaded).toBeLessThan(LENGTH + done)
  })
})
