/** kill -9 on real processes at the worst times, then a start on the same profile: nothing verified is lost, nothing is corrupt. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { connectLocally } from '../../src-main/engine/serving/local-client.ts'
import { createLocalSockets } from '../../src-main/host/local-sockets.ts'
import { createClients } from '../../src-shared/contract/client/clients.ts'
import type { Clients } from '../../src-shared/contract/index.ts'
import type { TorrentRow } from '../../src-shared/contract/torrents.ts'
import { exists, sha256, withWorkFolder, writeData } from './files.ts'
import { ShoalRun, shoal } from './shoal-process.ts'

const MIB = 1024 * 1024
const SIZE = 384 * MIB
const NAME = 'large.bin'

let work: string
let file: string
let tracker: ShoalRun
const at = (...path: string[]) => join(work, ...path)
const closing: (() => void)[] = []

withWorkFolder('crash', async (folder) => {
  work = folder
  await writeData(at('source', NAME), SIZE, 7)
})

afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A tracker, and a .torrent of the large file that names it. */
async function startTracker(name: string): Promise<void> {
  tracker = new ShoalRun(['tracker', '--http', '127.0.0.1:0'])
  const { http } = await tracker.event('ready')
  file = at(`${name}.torrent`)
  const made = await shoal([
    'create',
    at('source', NAME),
    '-o',
    file,
    '--tracker',
    String(http),
    '--piece-size',
    '65536',
  ])
  expect(made.status, made.run.stderr).toBe(0)
}

class Daemon {
  readonly run: ShoalRun
  readonly clients: Clients

  private constructor(run: ShoalRun, clients: Clients) {
    this.run = run
    this.clients = clients
  }

  static async start(profile: string): Promise<Daemon> {
    const run = new ShoalRun(['daemon', '--profile', profile, '--offline', '--listen', '127.0.0.1:0'])
    await run.event('ready')
    const { transport, close } = await connectLocally(createLocalSockets(), profile, process.platform)
    closing.push(close)
    return new Daemon(run, createClients(transport))
  }

  async add(directory: string, useExisting = false): Promise<{ id: string }> {
    const { id } = await this.clients.torrents.add({ source: { path: file }, directory, useExisting })
    return { id: id as string }
  }

  /** The first row of the only torrent that fits, from now on. */
  row(fits: (row: TorrentRow) => boolean): Promise<TorrentRow> {
    return new Promise((resolve, reject) => {
      const stop = this.clients.torrents.rows(undefined, {
        next: ([row]) => {
          if (!row || !fits(row)) return
          queueMicrotask(() => stop())
          resolve(row)
        },
        failed: reject,
      })
    })
  }

  async rows(): Promise<readonly TorrentRow[]> {
    return new Promise((resolve, reject) => {
      const stop = this.clients.torrents.rows(undefined, {
        next: (rows) => {
          queueMicrotask(() => stop())
          resolve(rows)
        },
        failed: reject,
      })
    })
  }

  /** kill -9, and wait until it is dead. */
  async kill(): Promise<void> {
    this.run.kill()
    expect(await this.run.ended).toBe('SIGKILL')
  }

  async stop(): Promise<void> {
    expect(await this.run.interrupt(), this.run.stderr).toBe(0)
  }
}

const isSeeding = ({ state }: TorrentRow) => state === 'seeding'
const settled = ({ state }: TorrentRow) => state !== 'checking'

test('the receiver dies in the middle: it goes on where it was', async () => {
  await startTracker('receiver')
  const seeder = await Daemon.start(at('receiver', 'seeder'))
  await seeder.add(at('source'), true)
  await seeder.row(isSeeding)
  const profile = at('receiver', 'leecher')
  const target = at('receiver', 'data')
  const first = await Daemon.start(profile)
  const { id } = await first.add(target)
  const before = await first.row(({ done }) => done > 0.2 * SIZE)
  await first.kill()
  expect(before.done).toBeLessThan(SIZE)

  const second = await Daemon.start(profile)
  const after = await second.row(settled)
  expect(after).toMatchObject({ id, directory: target, reason: expect.any(String) })
  expect(after.state).not.toBe('error')
  expect(after.done).toBeGreaterThanOrEqual(before.done)
  const complete = await second.row(isSeeding)
  // What was there was not fetched again.
  expect(complete.downloaded).toBeLessThanOrEqual(SIZE - before.done)
  expect(await sha256(join(target, NAME))).toBe(await sha256(at('source', NAME)))
  await second.stop()
  await seeder.stop()
  expect(await shoal(['verify', file, '--dir', target])).toMatchObject({
    status: 0,
    last: { event: 'done', done: SIZE },
  })
  await tracker.interrupt()
})

test('the sender dies in the middle: it shares again without a check, and the receiver gets the rest', async () => {
  await startTracker('sender')
  const profile = at('sender', 'seeder')
  const first = await Daemon.start(profile)
  await first.add(at('source'), true)
  await first.row(isSeeding)
  const leecher = await Daemon.start(at('sender', 'leecher'))
  const { id } = await leecher.add(at('sender', 'data'))
  await leecher.row(({ done }) => done > 0.2 * SIZE)
  await first.kill()
  // It waits, so that all that the new sender reads before it shares is what a check would read.
  await leecher.clients.torrents.pause({ id })

  const second = await Daemon.start(profile)
  const row = await second.row(isSeeding)
  expect(row).toMatchObject({ id, done: SIZE })
  expect(await bytesRead(second.run.pid)).toBeLessThan(SIZE / 4)
  await leecher.clients.torrents.resume({ id })
  await leecher.row(isSeeding)
  expect(await sha256(at('sender', 'data', NAME))).toBe(await sha256(at('source', NAME)))
  await leecher.stop()
  await second.stop()
  await tracker.interrupt()
})

describe('death in the middle of writing what is kept', () => {
  test('a full check broken off takes nothing away', async () => {
    await startTracker('recheck')
    const profile = at('recheck', 'profile')
    const first = await Daemon.start(profile)
    const { id } = await first.add(at('source'), true)
    await first.row(isSeeding)
    await first.clients.torrents.recheck({ id })
    await first.row(({ state, checked }) => state === 'checking' && checked > 0 && checked < 1)
    await first.kill()
    const second = await Daemon.start(profile)
    expect(await second.row(settled)).toMatchObject({ id, state: 'seeding', done: SIZE })
    await second.stop()
    await tracker.interrupt()
  })

  test('every setting, addition and removal that was answered is there', async () => {
    const profile = at('writes', 'profile')
    const [files, confirmed] = [await smallTorrents(24), new Set<string>()]
    const first = await Daemon.start(profile)
    let slots = 2
    const removed = new Set<string>()
    const add = async (path: string) => {
      const source = { path }
      const added = await first.clients.torrents.add({ source, directory: at('writes', 'data'), paused: true })
      const id = added.id as string
      confirmed.add(id)
      return id
    }
    const old = await add(files[0] as string)
    const work = (async () => {
      for (const [n, path] of files.slice(1).entries()) {
        // Three writes under way at once, so that the end finds some of them unanswered.
        const [, id] = await Promise.all([
          first.clients.settings.set({ uploadSlots: n + 3 }).then(() => {
            slots = n + 3
          }),
          add(path),
          n === 4 ? first.clients.torrents.remove({ id: old, data: 'keep' }).then(() => removed.add(old)) : undefined,
        ])
        if (n === 12) first.run.kill()
        expect(id).toBeDefined()
      }
    })().catch((error: unknown) => error)
    expect(await first.run.ended).toBe('SIGKILL')
    expect(await work).toMatchObject({ code: 'CONNECTION_LOST' })

    const second = await Daemon.start(profile)
    const ids = (await second.rows()).map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining([...confirmed].filter((id) => !removed.has(id))))
    expect(removed.size).toBe(1)
    expect(ids).not.toContain(old)
    expect(ids.length).toBeLessThanOrEqual(files.length)
    const settings = await second.clients.settings.get()
    expect([slots, slots + 1]).toContain(settings.uploadSlots)
    // It can still write.
    await second.clients.settings.set({ uploadSlots: 50 })
    expect(await exists(join(profile, 'session.db'))).toBe(true)
    await second.stop()
    const third = await Daemon.start(profile)
    expect((await third.clients.settings.get()).uploadSlots).toBe(50)
    expect((await third.rows()).length).toBe(ids.length)
    await third.stop()
  })
})

async function smallTorrents(count: number): Promise<string[]> {
  const files: string[] = []
  for (let n = 0; n < count; n++) {
    const data = at('writes', 'made', `file ${n}`)
    await writeData(data, 20_000 + n, n)
    const torrent = at('writes', `${n}.torrent`)
    expect((await shoal(['create', data, '-o', torrent])).status).toBe(0)
    files.push(torrent)
  }
  return files
}

/** Bytes that a process has read from files, sockets and pipes (proc(5), `io`). */
async function bytesRead(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/io`, 'utf8')
  return Number(/^rchar: (\d+)$/m.exec(text)?.[1])
}
