import { beforeEach, describe, expect, test } from 'vitest'
import { Simulation } from '../../simulation/simulation.ts'
import { type RunningLine, start } from '../test-support.ts'

const TEXT = new TextEncoder()
const data = (size: number, seed: number) =>
  Uint8Array.from({ length: size }, (_, n) => (n * 31 + seed * 7 + (n >> 8)) & 0xff)

let sim: Simulation
let host: ReturnType<Simulation['host']>
let machine: Parameters<typeof start>[0]

beforeEach(() => {
  sim = new Simulation({ seed: 11 })
  host = sim.host('desk', { hashDelay: 50 })
  machine = { host, makeFolder: (path) => host.files.put(`${path}/lock`, new Uint8Array()) }
  host.files.put('/home/photos/a.bin', data(200_000, 1))
  host.files.put('/home/photos/sub/b.bin', data(70_000, 2))
  host.files.put('/home/photos/empty', new Uint8Array())
})

const ended = (running: RunningLine) => sim.within(3_600_000, running.status)

async function run(...args: string[]) {
  const running = start(machine, [...args, '--json'])
  const status = await ended(running)
  return { status, lines: running.lines, last: running.lines.at(-1) }
}

describe('create', () => {
  test('writes the .torrent, with progress and the facts of the last line', async () => {
    const { status, lines, last } = await run(
      'create',
      'photos',
      '-o',
      'p.torrent',
      '--piece-size',
      '16384',
      '--private',
    )
    expect(status).toBe(0)
    expect(lines[0]).toEqual({ event: 'scanned', files: 3, bytes: 270_000, skipped: 0 })
    expect(lines.filter(({ event }) => event === 'progress').length).toBeGreaterThan(1)
    expect(last).toEqual({
      ...{ event: 'done', infoHash: expect.stringMatching(/^[0-9a-f]{40}$/), pieces: 17, pieceLength: 16_384 },
      ...{ bytes: 270_000, file: '/home/p.torrent' },
    })
    expect(host.files.get('/home/p.torrent')).toBeDefined()
    await sim.stop()
  })

  test('Ctrl-C in the middle: nothing is written', async () => {
    const running = start(machine, ['create', 'photos', '-o', 'p.torrent', '--json'], ({ event }) => {
      if (event === 'progress') running.stop()
    })
    expect(await ended(running)).toBe(1)
    expect(running.lines.at(-1)).toMatchObject({ event: 'error', code: 'CANCELLED' })
    expect(await sim.within(1_000, host.files.list('/home'))).toEqual(['photos'])
    await sim.stop()
  })

  test.each([
    [['create', 'gone', '-o', 'p.torrent'], 1, 'NOT_FOUND'],
    [['create', 'photos', '-o', 'no/p.torrent'], 1, 'NOT_FOUND'],
    [['create', 'photos', '-o', 'photos/empty'], 1, 'FILES_EXIST'],
    [['create', 'photos', '-o', 'p.torrent', '--piece-size', '20000'], 1, 'BAD_PIECE_LENGTH'],
    [['create', 'photos', '-o', 'p.torrent', '--piece-size', 'big'], 2, 'USAGE'],
    [['create', 'photos', '-o', 'p.torrent', '--tracker', 'file:///x'], 1, 'BAD_URL'],
    [['create', 'photos'], 2, 'USAGE'],
  ])('%j ends with %i %s', async (args, status, code) => {
    expect(await run(...args)).toMatchObject({ status, last: { event: 'error', code } })
    expect(host.files.get('/home/photos/empty')).toEqual(new Uint8Array())
    await sim.stop()
  })
})

describe('inspect', () => {
  test('says what is in it, to programs and to people', async () => {
    await run(
      'create',
      'photos',
      '-o',
      'p.torrent',
      '--tracker',
      'udp://t.example:80/announce',
      '--comment',
      'by\x1b[2J me',
    )
    const { last } = await run('inspect', 'p.torrent')
    expect(last).toMatchObject({
      ...{ event: 'done', name: 'photos', bytes: 270_000, fileCount: 3, private: false, comment: 'by\x1b[2J me' },
      files: [
        { path: 'photos/a.bin', size: 200_000 },
        { path: 'photos/empty', size: 0 },
        { path: 'photos/sub/b.bin', size: 70_000 },
      ],
      trackers: [['udp://t.example:80/announce']],
    })
    const shown = start(machine, ['inspect', 'p.torrent'])
    expect(await ended(shown)).toBe(0)
    expect(shown.text.stdout).toContain('270 kB in 3 files')
    expect(shown.text.stdout).toContain('photos/sub/b.bin')
    const link = start(machine, ['inspect', 'p.torrent', '--magnet'])
    expect(await ended(link)).toBe(0)
    const hash = String(last?.infoHash)
    expect(link.text.stdout).toBe(`magnet:?xt=urn:btih:${hash}&dn=photos&tr=udp%3A%2F%2Ft.example%3A80%2Fannounce\n`)
    expect(await run('inspect', link.text.stdout.trim())).toMatchObject({
      ...{ status: 0, last: { event: 'done', infoHash: hash, name: 'photos', peers: [] } },
    })
    // A comment cannot steer the terminal.
    expect(shown.text.stdout).not.toContain('\x1b')
    await sim.stop()
  })

  test.each([
    ['magnet:?xt=urn:btih:aa', 1, 'BAD_HASH'],
    ['http://example.org/a.torrent', 2, 'USAGE'],
    ['bad.torrent', 1, 'NOT_BENCODED'],
    ['photos', 1, 'UNREADABLE_FILE'],
  ])('%s ends with %i %s', async (source, status, code) => {
    host.files.put('/home/bad.torrent', TEXT.encode('l-3:e'))
    expect(await run('inspect', source)).toMatchObject({ status, last: { event: 'error', code } })
    await sim.stop()
  })
})

describe('verify', () => {
  const files = (lines: readonly Record<string, unknown>[]) =>
    lines.filter(({ event }) => event === 'file').map(({ path, state }) => [path, state])

  beforeEach(async () => {
    await run('create', 'photos', '-o', 'p.torrent', '--piece-size', '16384')
  })

  test('everything right', async () => {
    const { status, lines, last } = await run('verify', 'p.torrent', '--dir', '/home')
    expect(status).toBe(0)
    expect(files(lines)).toEqual([
      ['photos/a.bin', 'complete'],
      ['photos/empty', 'complete'],
      ['photos/sub/b.bin', 'complete'],
    ])
    expect(last).toMatchObject({ event: 'done', bytes: 270_000, done: 270_000, files: 3 })
    await sim.stop()
  })

  test('says which file is damaged, missing, or of another size, and changes nothing', async () => {
    const wrong = data(200_000, 1)
    wrong[100_000] = 1 + (wrong[100_000] as number)
    host.files.put('/home/photos/a.bin', wrong)
    host.files.put('/home/photos/empty', new Uint8Array(3))
    await sim.within(1_000, host.files.remove('/home/photos/sub/b.bin'))
    const { status, lines, last } = await run('verify', 'p.torrent', '--dir', '/home')
    expect(status).toBe(1)
    expect(files(lines)).toEqual([
      ['photos/a.bin', 'damaged'],
      ['photos/empty', 'wrong-size'],
      ['photos/sub/b.bin', 'missing'],
    ])
    expect(last).toMatchObject({ event: 'error', code: 'INCOMPLETE' })
    expect(await sim.within(1_000, host.files.list('/home/photos/sub'))).toEqual([])
    await sim.stop()
  })

  test('a folder that is not there is not made', async () => {
    const { status, last } = await run('verify', 'p.torrent', '--dir', '/other')
    expect([status, last]).toEqual([1, expect.objectContaining({ code: 'NOT_FOUND' })])
    expect(await sim.within(1_000, host.files.stat('/other'))).toBeUndefined()
    await sim.stop()
  })
})
