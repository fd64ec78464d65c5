/** The built command line as people and scripts use it: real processes, real files, loopback. */
import { chmod, mkdir, open, readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { exists, sha256, withWorkFolder, writeData, writeText } from './files.ts'
import { ShoalRun, shoal } from './shoal-process.ts'

const HASH = /^[0-9a-f]{40}$/
const MIB = 1024 * 1024
/** Loopback only, any port. */
const NODE = ['--offline', '--listen', '127.0.0.1:0']

let work: string
let source: string
const at = (...path: string[]) => join(work, ...path)

withWorkFolder('cli', async (folder) => {
  work = folder
  source = at('shared föld er')
  await writeData(join(source, 'big.bin'), 24 * MIB + 12_345, 1)
  await writeData(join(source, 'sub', 'ärger 日本.bin'), 300_001, 2)
  await writeText(join(source, 'sub', 'note.txt'), 'hello\n')
  await writeText(join(source, 'empty'), '')
  await symlink('big.bin', join(source, 'link'))
})

async function make(name: string, path: string, ...more: string[]): Promise<string> {
  const file = at(name)
  const { status, run } = await shoal(['create', path, '-o', file, ...more])
  expect(status, run.stderr).toBe(0)
  return file
}

async function expectSame(folder: string): Promise<void> {
  for (const path of ['big.bin', 'sub/ärger 日本.bin', 'sub/note.txt', 'empty'])
    expect(await sha256(join(folder, path)), path).toBe(await sha256(join(source, path)))
}

/** A seed of `file`, ready, and where peers reach it. */
async function seedOf(file: string, ...more: string[]): Promise<{ run: ShoalRun; listen: string }> {
  const run = new ShoalRun(['seed', file, '--dir', work, ...NODE, ...more])
  return { run, listen: String((await run.event('ready')).listen) }
}

describe('from a folder to a copy of it', () => {
  test('create, inspect, verify say what is in the .torrent', async () => {
    const file = at('first.torrent')
    const { status, last } = await shoal(
      [
        'create',
        'shared föld er',
        '-o',
        'first.torrent',
        '--tracker',
        'http://127.0.0.1:1/announce',
        '--private',
        '--comment',
        'a note',
      ],
      { cwd: work },
    )
    expect(status).toBe(0)
    const bytes = 24 * MIB + 12_345 + 300_001 + 6
    expect(last).toMatchObject({
      event: 'done',
      infoHash: expect.stringMatching(HASH),
      pieceLength: 16_384,
      bytes,
      file,
    })
    expect(last.pieces).toBe(Math.ceil(bytes / 16_384))

    const shown = await shoal(['inspect', file])
    expect(shown.last).toMatchObject({
      ...{ event: 'done', infoHash: last.infoHash, name: 'shared föld er', bytes, fileCount: 4, private: true },
      ...{ comment: 'a note', trackers: [['http://127.0.0.1:1/announce']] },
    })
    expect(shown.last.files).toContainEqual({ path: 'shared föld er/sub/note.txt', size: 6 })

    const good = await shoal(['verify', file, '--dir', work])
    expect(good).toMatchObject({ status: 0, last: { event: 'done', infoHash: last.infoHash, bytes, done: bytes } })
    expect(good.run.lines.filter(({ event }) => event === 'file').map(({ state }) => state)).toEqual(
      Array(4).fill('complete'),
    )
  })

  test('tracker, seed and download with two processes; a second run finds it complete', async () => {
    const tracker = new ShoalRun(['tracker', '--http', '127.0.0.1:0', '--udp', '127.0.0.1:0'])
    const { http, udp } = await tracker.event('ready')
    const file = await make('tracked.torrent', source, '--tracker', String(http), '--tracker', String(udp))
    const { run: seeder } = await seedOf(file)
    const target = at('over tracker')
    const download = ['download', file, '--dir', target, '--timeout', '60', ...NODE]
    const first = await shoal(download)
    expect(first.status, first.run.stderr).toBe(0)
    const { infoHash, bytes, seconds } = first.last
    expect(first.last).toMatchObject({
      event: 'done',
      infoHash: expect.stringMatching(HASH),
      seconds: expect.any(Number),
    })
    expect([infoHash, bytes, seconds]).not.toContain(undefined)
    const progress = first.run.lines.filter(({ event }) => event === 'progress')
    expect(progress.at(-1)).toMatchObject({
      downloaded: bytes,
      total: bytes,
      downRate: expect.any(Number),
      peers: expect.any(Number),
    })
    await expectSame(join(target, 'shared föld er'))
    expect(await readdir(target)).toEqual(['shared föld er'])

    expect(await shoal(download)).toMatchObject({ status: 0, last: { event: 'done', downloaded: 0, bytes } })
    expect(await seeder.interrupt()).toBe(0)
    expect(seeder.last).toMatchObject({ event: 'done', uploaded: bytes })
    expect(await tracker.interrupt()).toBe(0)
    expect(tracker.last?.event).toBe('done')
  })

  test('a killed download goes on where it was, and its record is gone at the end', async () => {
    const file = await make('killed.torrent', source)
    const target = at('killed')
    // A seed that has only some of the data: the download comes to a stop there, and not by chance.
    const part = at('part')
    await mkdir(join(part, 'shared föld er'), { recursive: true })
    await writeData(join(part, 'shared föld er', 'big.bin'), 12 * MIB, 1)
    const profile = at('part profile')
    const partial = new ShoalRun(['daemon', '--profile', profile, ...NODE])
    const { listen } = await partial.event('ready')
    await shoal(['torrents', 'add', file, '--dir', part, '--use-existing', '--profile', profile])
    const download = ['download', file, '--dir', target, '--timeout', '60', ...NODE, '--peer']
    const first = new ShoalRun([...download, String(listen)])
    await first.line(({ event, downloaded }) => event === 'progress' && Number(downloaded) >= 12 * MIB)
    first.kill()
    await first.ended
    expect((await readdir(target)).filter((name) => name.startsWith('.shoal-'))).toHaveLength(1)
    expect(await partial.interrupt()).toBe(0)

    const { run: seeder, listen: whole } = await seedOf(file)
    const second = await shoal([...download, whole])
    expect(second.status, second.run.stderr).toBe(0)
    const { bytes, downloaded } = second.last
    expect(Number(downloaded)).toBeLessThanOrEqual(Number(bytes) - 12 * MIB)
    await expectSame(join(target, 'shared föld er'))
    expect(await readdir(target)).toEqual(['shared föld er'])
    await seeder.interrupt()
  })

  test('--seed-for shares what was received with the next', async () => {
    const file = await make('chain.torrent', source)
    const { run: seeder, listen } = await seedOf(file)
    const middle = new ShoalRun([
      'download',
      file,
      '--dir',
      at('middle'),
      '--seed-for',
      '60',
      ...NODE,
      '--peer',
      listen,
      '--profile',
      at('middle profile'),
    ])
    await middle.event('complete')
    await seeder.interrupt()
    const status = await shoal(['settings', 'get', 'uploadSlots', '--profile', at('middle profile')])
    expect(status.last).toEqual({ event: 'done', uploadSlots: 5 })
    expect(await middle.interrupt()).toBe(0)
    expect(middle.last).toMatchObject({ event: 'done' })
  })
})

describe('what bad input gets', () => {
  const failure = async (status: number, code: string, args: readonly string[]) => {
    const result = await shoal(args)
    expect(result.last).toEqual({ event: 'error', code, message: expect.stringMatching(/\w.*[.…)\]\w]$/s) })
    expect(result.status).toBe(status)
    return String(result.last.message)
  }

  test('wrong usage ends with 2', async () => {
    await failure(2, 'USAGE', ['inspekt', 'x'])
    await failure(2, 'USAGE', ['inspect'])
    await failure(2, 'USAGE', ['download', 'x.torrent'])
    await failure(2, 'USAGE', ['download', 'x.torrent', '--dir', work, '--dht', 'maybe'])
    await failure(2, 'USAGE', ['download', 'x.torrent', '--dir', work, '--chord', 'maybe'])
    await failure(2, 'USAGE', ['download', 'x.torrent', '--dir', work, '--peer', 'nonsense'])
    await failure(2, 'USAGE', ['torrents', 'explode'])
    await failure(2, 'USAGE', ['create', source])
    expect(await failure(2, 'USAGE', ['verify', 'magnet:?xt=urn:btih:0', '--dir', work])).toMatch(/magnet/i)
    await failure(1, 'BAD_HASH', ['inspect', 'magnet:?xt=urn:btih:0'])
    await failure(1, 'BAD_HASH', ['download', 'magnet:?xt=urn:btih:0', '--dir', work, '--offline'])
  })

  test('a malformed .torrent, a folder, a file that is not there: 1 and one sentence that names it', async () => {
    await writeText(at('five.torrent'), 'l-3:e')
    await writeText(at('nested.torrent'), 'l'.repeat(200_000))
    for (const name of ['five.torrent', 'nested.torrent'])
      for (const args of [
        ['inspect', at(name)],
        ['verify', at(name), '--dir', work],
        ['download', at(name), '--dir', at('nowhere')],
      ])
        expect((await shoal(args)).run.last, args.join(' ')).toMatchObject({
          event: 'error',
          code: expect.stringMatching(/^[A-Z_]+$/),
        })
    expect(await failure(1, 'UNREADABLE_FILE', ['inspect', work])).toContain(work)
    expect(await failure(1, 'UNREADABLE_FILE', ['inspect', at('gone.torrent')])).toContain('gone.torrent')
    expect(await failure(1, 'NOT_FOUND', ['create', at('gone'), '-o', at('gone.torrent')])).toContain('gone')
    expect(await exists(at('nowhere'))).toBe(false)
  })

  test('a folder that cannot be written', async () => {
    const file = await make('unwritable.torrent', source)
    await writeText(at('a file'), 'no folder')
    expect(await failure(1, 'NOT_WRITABLE', ['download', file, '--dir', at('a file', 'below'), '--offline'])).toContain(
      'below',
    )
    const locked = at('locked')
    await mkdir(locked)
    await chmod(locked, 0o500)
    // The superuser may write anywhere: then this part proves nothing and is left out.
    if (process.getuid?.() !== 0) await failure(1, 'NOT_WRITABLE', ['download', file, '--dir', locked, '--offline'])
  })

  test('nobody has it: 3 when the time is over, and nothing is left', async () => {
    const file = await make('alone.torrent', join(source, 'big.bin'))
    await failure(3, 'TIMED_OUT', ['download', file, '--dir', at('alone'), '--timeout', '1', ...NODE])
    expect(await readdir(at('alone'))).toEqual([])
  })

  test('files of others are never written over, those that are right already are used', async () => {
    const file = await make('foreign.torrent', source)
    const target = at('foreign')
    const foreign = join(target, 'shared föld er', 'sub', 'note.txt')
    await writeText(foreign, 'mine!\n')
    const { run: seeder, listen } = await seedOf(file)
    const download = ['download', file, '--dir', target, '--timeout', '60', ...NODE, '--peer', listen]
    expect(await failure(1, 'FILES_EXIST', download)).toContain('note.txt')
    expect(await readFile(foreign, 'utf8')).toBe('mine!\n')
    expect(await readdir(join(target, 'shared föld er', 'sub'))).toEqual(['note.txt'])
    const asked = await shoal([...download, '--use-existing'])
    expect(asked.status, asked.run.stderr).toBe(0)
    await expectSame(join(target, 'shared föld er'))
    await seeder.interrupt()
  })

  test('a seed or a check of what is not complete says what is missing, and makes nothing', async () => {
    const file = await make('incomplete.torrent', source)
    const target = at('incomplete')
    await mkdir(target)
    expect(await failure(1, 'INCOMPLETE', ['seed', file, '--dir', target, ...NODE])).toContain('0 B of')
    expect((await shoal(['verify', file, '--dir', target])).last).toMatchObject({ event: 'error', code: 'INCOMPLETE' })
    expect((await readdir(target, { recursive: true })).filter((name) => name.endsWith('.bin'))).toEqual([])
    const copy = at('damaged', 'shared föld er')
    await writeData(join(copy, 'big.bin'), 24 * MIB + 12_345, 9)
    const { run, status } = await shoal(['verify', file, '--dir', at('damaged')])
    expect(status).toBe(1)
    const states = Object.fromEntries(run.lines.filter((l) => l.event === 'file').map((l) => [l.path, l.state]))
    expect(states).toMatchObject({ 'shared föld er/big.bin': 'damaged', 'shared föld er/sub/note.txt': 'missing' })
  })

  test('a file that is there is not written over by create; Ctrl-C leaves nothing', async () => {
    const file = await make('once.torrent', source)
    const before = await sha256(file)
    await failure(1, 'FILES_EXIST', ['create', source, '-o', file])
    expect(await sha256(file)).toBe(before)
    const sparse = at('sparse.bin')
    const handle = await open(sparse, 'w')
    await handle.truncate(64 * 1024 * MIB)
    await handle.close()
    const run = new ShoalRun(['create', sparse, '-o', at('sparse.torrent')])
    await run.event('progress')
    expect(await run.interrupt()).toBe(1)
    expect(run.last).toMatchObject({ event: 'error', code: 'CANCELLED' })
    expect((await readdir(work)).filter((name) => name.startsWith('sparse.torrent'))).toEqual([])
  })

  test('a port that is taken', async () => {
    const tracker = new ShoalRun(['tracker', '--http', '127.0.0.1:0'])
    const { port, host } = new URL(String((await tracker.event('ready')).http))
    expect(await failure(1, 'CANNOT_LISTEN', ['tracker', '--http', host])).toContain(port)
    await failure(1, 'CANNOT_LISTEN', ['daemon', '--profile', at('port profile'), '--offline', '--listen', host])
    await tracker.interrupt()
  })
})

describe('a daemon and the commands that talk to it', () => {
  test('torrents and settings over the socket; everything is there after a restart', async () => {
    const file = await make('daemon.torrent', source)
    const profile = at('daemon profile')
    const on = ['--profile', profile]
    expect((await shoal(['torrents', 'list', ...on])).last).toMatchObject({ event: 'error', code: 'NOT_RUNNING' })

    const daemon = new ShoalRun(['daemon', ...on, ...NODE])
    expect(await daemon.event('ready')).toMatchObject({ listen: expect.stringMatching(/^127\.0\.0\.1:\d+$/), profile })
    expect((await shoal(['daemon', ...on, ...NODE])).last).toMatchObject({ event: 'error', code: 'PROFILE_IN_USE' })
    expect((await shoal(['torrents', 'list', ...on])).last).toEqual({ event: 'done', torrents: 0 })

    const set = await shoal(['settings', 'set', 'downloadDirectory', work, ...on])
    expect(set).toMatchObject({ status: 0, last: { event: 'done', downloadDirectory: work } })
    expect((await shoal(['settings', 'set', 'uploadSlots', '1', ...on])).status).toBe(2)
    const refused = await shoal(['torrents', 'add', file, ...on])
    expect(refused).toMatchObject({ status: 1, last: { event: 'error', code: 'FILES_EXIST' } })
    const added = await shoal(['torrents', 'add', file, '--use-existing', '--paused', ...on])
    const id = String(added.last.id)
    expect(id).toMatch(HASH)
    const short = id.slice(0, 6)
    expect((await shoal(['torrents', 'pause', short, ...on])).last).toMatchObject({ event: 'done', id })
    expect((await shoal(['torrents', 'resume', short, ...on])).status).toBe(0)
    expect((await shoal(['torrents', 'recheck', short, ...on])).status).toBe(0)
    expect((await shoal(['torrents', 'info', short, ...on])).last).toMatchObject({ event: 'done', id, fileCount: 4 })
    const nobody = await shoal(['torrents', 'info', 'ffffffffff', ...on])
    expect(nobody).toMatchObject({ status: 1, last: { event: 'error', code: 'NO_SUCH_TORRENT' } })

    expect(await daemon.interrupt()).toBe(0)
    const again = new ShoalRun(['daemon', ...on, ...NODE])
    await again.event('ready')
    const { run: list } = await shoal(['torrents', 'list', ...on])
    expect(list.lines).toMatchObject([
      { event: 'row', id, directory: work },
      { event: 'done', torrents: 1 },
    ])
    expect((await shoal(['torrents', 'remove', short, ...on])).status).toBe(0)
    expect((await shoal(['torrents', 'list', ...on])).last).toEqual({ event: 'done', torrents: 0 })
    await expectSame(source)
    await again.interrupt()
  })
})

describe('the demo', () => {
  test('one step a line, every file the same, nothing left behind', async () => {
    const temporary = at('temporary')
    await mkdir(temporary)
    const { status, run, last } = await shoal(['demo', source], { env: { TMPDIR: temporary } })
    expect(status, run.stderr).toBe(0)
    const steps = run.lines.filter(({ event }) => event === 'step').map(({ step }) => step)
    expect(steps).toEqual([
      ...['start-receiver', 'start-sender', 'create', 'announce', 'magnet', 'metadata', 'download', 'compare'],
      ...['wallet-sender', 'wallet-receiver', 'mine', 'send', 'pending', 'confirmed', 'block'],
    ])
    expect(last).toMatchObject({ event: 'done', infoHash: expect.stringMatching(HASH), files: 4 })
    expect(Number(last.seconds)).toBeLessThan(60)
    expect(await readdir(temporary)).toEqual([])
  })

  test('Ctrl-C ends its processes and removes what it made', async () => {
    const temporary = at('temporary too')
    await mkdir(temporary)
    const run = new ShoalRun(['demo', source], { env: { TMPDIR: temporary } })
    const { pid } = await run.line(({ step }) => step === 'start-sender')
    expect(await run.interrupt()).toBe(1)
    expect(run.last).toMatchObject({ event: 'error', code: 'INTERRUPTED' })
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH')
    expect(await readdir(temporary)).toEqual([])
  })
})
