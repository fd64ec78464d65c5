import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../kernel/clock.ts'
import { codeOf } from '../../kernel/errors.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { selectionOf } from '../file-selection.ts'
import { MAX_OPEN_FILES } from './file-pool.ts'
import { closeRun, DIRECTORY, exampleTorrent, mixedTorrent, openRun, PROFILE } from './test-support.ts'

type Host = ReturnType<Simulation['host']>

/** Runs `body` on a fresh host and checks that nothing is left over. */
async function onHost(body: (sim: Simulation, host: Host) => Promise<void>, options = {}): Promise<void> {
  const sim = new Simulation({ seed: 11 })
  const host = sim.host('pc', { diskDelay: [0.1, 3], ...options })
  await sim.within(10 * MINUTE, body(sim, host))
  await sim.stop()
}

const path = (name: string) => `${DIRECTORY}/shared/${name}`

describe('pieces in files', () => {
  test('what is written piece by piece is the files, and reads back block by block', () =>
    onHost(async (_sim, host) => {
      const example = mixedTorrent()
      const run = await openRun(host, example)
      expect(await run.files.resume()).toMatchObject({ state: 'ready', hashed: 0, lost: 0 })
      const { storage, layout } = run.files
      for (const piece of [9, 3, 0, 5, 1, 2, 4, 8, 6, 7]) await storage.write(piece, example.piece(piece))
      for (const file of layout.fileIndexes) expect(host.files.get(layout.path(file))).toEqual(example.contents(file))
      for (let piece = 0; piece < 9; piece++)
        expect(await storage.read(piece, 8_192, 8_192)).toEqual(Buffer.from(example.piece(piece).subarray(8_192)))
      expect(run.files.have.complete).toBe(true)
      await closeRun(run)
      expect(host.files.tree(DIRECTORY)).toEqual(['deep/er/last.bin', 'empty', 'large.bin', 'small.txt'].map(path))
    }))

  test('a long run is read into the memory that was brought', () =>
    onHost(async (_sim, host) => {
      const example = mixedTorrent()
      const run = await openRun(host, example)
      await run.files.resume()
      for (let piece = 0; piece < 10; piece++) await run.files.storage.write(piece, example.piece(piece))
      const into = new Uint8Array(20_000)
      const direct = await run.files.storage.read(0, 50, 12_000, into)
      expect(direct).toHaveLength(12_000)
      expect(direct.buffer).toBe(into.buffer)
      expect(Buffer.compare(direct, example.piece(0).subarray(50, 12_050))).toBe(0)
      const over = await run.files.storage.read(0, 16_000, 384, into)
      expect(over.buffer).toBe(into.buffer)
      expect(Buffer.compare(over, example.piece(0).subarray(16_000))).toBe(0)
      const own = await run.files.storage.read(0, 0, 16_384)
      expect(own.buffer).not.toBe(into.buffer)
      await expect(run.files.storage.read(9, 0, 20_000, into)).rejects.toThrow('piece 9 has no 20000 bytes')
      await closeRun(run)
    }))

  test('files are sparse: the last piece of a large file takes no more than itself', () =>
    onHost(async (_sim, host) => {
      const example = exampleTorrent([{ path: 'a', length: 4_000_000 }])
      const run = await openRun(host, example)
      await run.files.resume()
      const before = host.files.usedBytes
      await run.files.storage.write(244, example.piece(244))
      expect(host.files.usedBytes - before).toBeLessThan(40_000)
      await closeRun(run)
    }))

  test('padding is read as zeros and written nowhere', () =>
    onHost(async (_sim, host) => {
      const example = exampleTorrent([
        { path: 'a', length: 10_000 },
        { path: '.pad/1', length: 6_384, padding: true },
        { path: 'b', length: 5_000 },
      ])
      const run = await openRun(host, example)
      await run.files.resume()
      await run.files.storage.write(0, example.piece(0))
      expect(await run.files.storage.read(0, 9_990, 100)).toEqual(Buffer.from(example.piece(0).subarray(9_990, 10_090)))
      expect(host.files.tree(DIRECTORY)).toEqual([path('a')])
      expect((await run.files.recheck()).has(0)).toBe(true)
      await closeRun(run)
    }))

  test('only wanted files are made: empty ones at once, others with their first piece and what reaches into them', () =>
    onHost(async (_sim, host) => {
      const example = mixedTorrent()
      const run = await openRun(host, example)
      run.files.select(selectionOf(example.metainfo, [3]))
      await run.files.resume()
      expect(host.files.tree(DIRECTORY)).toEqual([])
      await run.files.storage.write(9, example.piece(9))
      expect(host.files.tree(DIRECTORY)).toEqual([path('deep/er/last.bin')])
      await run.files.storage.write(6, example.piece(6))
      expect(host.files.tree(DIRECTORY)).toEqual([path('deep/er/last.bin'), path('large.bin')])
      run.files.select(undefined)
      await run.files.makeEmptyFiles()
      expect(host.files.tree(DIRECTORY)).toContain(path('empty'))
      await closeRun(run)
    }))

  test('room is needed for wanted pieces only', () =>
    onHost(
      async (_sim, host) => {
        const example = mixedTorrent()
        const run = await openRun(host, example)
        await run.files.resume()
        expect(await run.files.roomAgain()).toBe(false)
        run.files.select(selectionOf(example.metainfo, [0]))
        expect(await run.files.roomAgain()).toBe(true)
        await closeRun(run)
      },
      { capacity: 140_000 },
    ))

  test('many small files: never more than the pool allows are open', () =>
    onHost(async (_sim, host) => {
      const files = Array.from({ length: 300 }, (_, n) => ({ path: `f${n}`, length: 1_000 }))
      const example = exampleTorrent(files, { pieceLength: 65_536 })
      const run = await openRun(host, example)
      await run.files.resume()
      let most = 0
      const watch = host.clock.every(1, () => {
        most = Math.max(most, host.program.held('open file').length)
      })
      const pieces = Array.from({ length: example.metainfo.pieceCount }, (_, n) => n)
      await Promise.all(pieces.map((piece) => run.files.storage.write(piece, example.piece(piece))))
      await Promise.all(pieces.map((piece) => run.files.storage.read(piece, 0, 16_384)))
      watch.cancel()
      expect(most).toBeGreaterThan(MAX_OPEN_FILES / 2)
      expect(most).toBeLessThanOrEqual(MAX_OPEN_FILES)
      for (const file of [0, 150, 299]) expect(host.files.get(path(`f${file}`))).toEqual(example.contents(file))
      await closeRun(run)
    }))
})

describe('a disk that refuses', () => {
  test('full: one error with what is lacking; once freed, it goes on by itself', () =>
    onHost(
      async (sim, host) => {
        const example = exampleTorrent([{ path: 'a', length: 1_000_000 }])
        const run = await openRun(host, example)
        await run.files.resume()
        host.files.setCapacity(host.files.usedBytes + 300_000)
        expect(await codeOfCall(run.files.checkRoom())).toBe('DISK_FULL')
        let written = 0
        let fault: unknown
        while (fault === undefined && written < example.metainfo.pieceCount)
          await run.files.storage.write(written, example.piece(written)).then(
            () => written++,
            (error) => {
              fault = error
            },
          )
        expect(fault).toMatchObject({ code: 'DISK_FULL', fault: { needed: expect.any(Number) } })
        expect((fault as { fault: { needed: number } }).fault.needed).toBeGreaterThan(600_000)
        expect(written).toBeGreaterThan(5)
        expect(await run.files.roomAgain()).toBe(false)
        const unrecorded = () => run.session.resume.load(example.metainfo.infoHash).writing.length
        expect(unrecorded()).toBeGreaterThan(0)
        await run.files.stop()
        expect(unrecorded()).toBe(0)
        host.files.setCapacity(2 ** 30)
        expect(await run.files.roomAgain()).toBe(true)
        for (let piece = written; piece < example.metainfo.pieceCount; piece++)
          await run.files.storage.write(piece, example.piece(piece))
        expect(host.files.get(path('a'))).toEqual(example.contents(0))
        expect(sim.elapsed).toBeGreaterThan(0)
        await closeRun(run)
      },
      { capacity: 2 ** 30 },
    ))

  test.each(['write', 'open', 'stat', 'makeDirectory', 'freeSpace'] as const)(
    'every single %s that fails: the piece is refused, tried again, and nothing is lost',
    (on) =>
      onHost(async (_sim, host) => {
        for (let nth = 1; nth <= 25; nth++) {
          const example = mixedTorrent(`t${nth}`, nth)
          const run = await openRun(host, example)
          await run.files.resume()
          const stop = host.files.inject({ on, nth, times: 1, path: /\/downloads/, code: 'EIO' })
          for (let piece = 0; piece < example.metainfo.pieceCount; piece++)
            await run.files.storage.write(piece, example.piece(piece)).catch(async (error) => {
              expect(error).toMatchObject({ code: 'IO', fault: { cause: 'EIO' } })
              expect(run.files.have.has(piece)).toBe(false)
              await run.files.storage.write(piece, example.piece(piece))
            })
          stop()
          await closeRun(run)
          const again = await openRun(host, example)
          const outcome = await again.files.resume()
          expect(outcome, `${on} ${nth}`).toMatchObject({ state: 'ready', hashed: 0, lost: 0 })
          expect(outcome.have.complete).toBe(true)
          for (const file of again.files.layout.fileIndexes)
            expect(host.files.get(again.files.layout.path(file))).toEqual(example.contents(file))
          await closeRun(again)
        }
      }),
  )

  test('a folder that cannot be written is named', () =>
    onHost(async (_sim, host) => {
      const example = mixedTorrent()
      const run = await openRun(host, example)
      host.files.setReadOnly(DIRECTORY, true)
      await expect(run.files.resume()).rejects.toMatchObject({ code: 'NOT_WRITABLE' })
      host.files.setReadOnly(DIRECTORY, false)
      await run.files.resume()
      await closeRun(run)
    }))

  test('a file cut under our feet: that piece alone is dropped, and written anew', () =>
    onHost(async (_sim, host) => {
      const example = mixedTorrent()
      const run = await openRun(host, example)
      await run.files.resume()
      for (let piece = 0; piece < 10; piece++) await run.files.storage.write(piece, example.piece(piece))
      const large = await host.files.open(path('large.bin'), 'update')
      await large.truncate(20_000)
      await large.close()
      await expect(run.files.storage.read(4, 0, 16_384)).rejects.toMatchObject({
        code: 'SHORT_READ',
        fault: { piece: 4, path: path('large.bin') },
      })
      expect(run.files.have.has(4)).toBe(false)
      expect(run.files.have.count).toBe(9)
      await run.files.storage.write(4, example.piece(4))
      expect(await run.files.storage.read(4, 0, 16_384)).toEqual(Buffer.from(example.piece(4)))
      await closeRun(run)
    }))
})

describe('nothing outside the own folder', () => {
  test('a link planted for the torrent folder, a folder in it, or a file is refused', () =>
    onHost(async (_sim, host) => {
      host.files.put('/home/precious/last.bin', new Uint8Array([1, 2, 3]))
      for (const [n, at] of ['shared', 'shared/deep', 'shared/deep/er', 'shared/deep/er/last.bin'].entries()) {
        const example = mixedTorrent(`shared`, n + 20)
        host.files.symlink(at.endsWith('.bin') ? '/home/precious/last.bin' : '/home/precious', `${DIRECTORY}/${at}`)
        const run = await openRun(host, example)
        await run.files.resume().catch(() => undefined)
        const write = run.files.storage.write(9, example.piece(9))
        await expect(write, at).rejects.toMatchObject({ code: at.endsWith('.bin') ? 'FILES_EXIST' : 'NOT_WRITABLE' })
        await closeRun(run)
        await host.files.remove(`${DIRECTORY}/${at}`)
      }
      expect(host.files.tree('/home')).toEqual(['/home/precious/last.bin'])
      expect(host.files.get('/home/precious/last.bin')).toEqual(new Uint8Array([1, 2, 3]))
    }))

  test('a link put in place of our file is read through but never written', () =>
    onHost(async (_sim, host) => {
      const example = exampleTorrent([{ path: 'a', length: 40_000 }])
      const run = await openRun(host, example)
      await run.files.resume()
      await run.files.storage.write(0, example.piece(0))
      await closeRun(run)
      await host.files.rename(path('a'), '/drive/elsewhere')
      host.files.symlink('/drive/elsewhere', path('a'))
      const again = await openRun(host, example)
      expect(await again.files.resume()).toMatchObject({ state: 'ready', hashed: 0, lost: 0 })
      expect(await again.files.storage.read(0, 0, 100)).toEqual(Buffer.from(example.piece(0).subarray(0, 100)))
      await expect(again.files.storage.write(1, example.piece(1))).rejects.toMatchObject({ code: 'NOT_WRITABLE' })
      expect(host.files.get('/drive/elsewhere')).toHaveLength(16_384)
      await closeRun(again)
    }))

  test('a file that appeared since the torrent was added is not written to', () =>
    onHost(async (_sim, host) => {
      const example = mixedTorrent()
      const run = await openRun(host, example)
      await run.files.resume()
      host.files.put(path('large.bin'), new Uint8Array([7]))
      await expect(run.files.storage.write(0, example.piece(0))).rejects.toMatchObject({ code: 'FILES_EXIST' })
      expect(host.files.get(path('large.bin'))).toEqual(new Uint8Array([7]))
      await closeRun(run)
    }))
})

describe('a drive that is away', () => {
  test('at the start: progress stays, nothing is made, and it goes on when it is back', () =>
    onHost(async (_sim, host) => {
      const example = mixedTorrent()
      const run = await openRun(host, example)
      await run.files.resume()
      for (const piece of [0, 1, 2, 3]) await run.files.storage.write(piece, example.piece(piece))
      await closeRun(run)
      const before = host.files.tree('/drive')
      host.files.unmount('/drive')

      const session = await openRunAway(host, example)
      const outcome = await session.files.resume()
      expect(outcome).toMatchObject({ state: 'data-missing', missing: [path('small.txt'), path('large.bin')] })
      expect(outcome.have.count).toBe(4)
      await expect(session.files.storage.write(5, example.piece(5))).rejects.toMatchObject({ code: 'DATA_MISSING' })
      host.files.mount('/drive')
      expect(host.files.tree('/drive')).toEqual(before)
      expect(await session.files.resume()).toMatchObject({ state: 'ready', lost: 0, hashed: 0 })
      await session.files.storage.write(5, example.piece(5))
      expect(session.files.have.count).toBe(5)
      await closeRun(session)
    }))

  test('while reading and writing: DATA_MISSING or IO, and all is there again afterwards', () =>
    onHost(async (_sim, host) => {
      const example = mixedTorrent()
      const run = await openRun(host, example)
      await run.files.resume()
      for (const piece of [0, 1, 2, 3]) await run.files.storage.write(piece, example.piece(piece))
      await run.files.flush()
      host.files.unmount('/drive')
      const calls = [run.files.storage.write(4, example.piece(4)), run.files.storage.read(2, 0, 16_384)]
      for (const code of await Promise.all(calls.map(codeOfCall))) expect(['DATA_MISSING', 'IO']).toContain(code)
      expect(await codeOfCall(run.files.storage.write(9, example.piece(9)))).toBe('DATA_MISSING')
      expect(run.files.have.count).toBe(4)
      host.files.mount('/drive')
      expect(await run.files.resume()).toMatchObject({ state: 'ready', lost: 0 })
      await run.files.storage.write(4, example.piece(4))
      expect(await run.files.storage.read(2, 0, 16_384)).toEqual(Buffer.from(example.piece(2)))
      await closeRun(run)
    }))

  test('in the middle of a check: nothing is taken for lost', () =>
    onHost(
      async (sim, host) => {
        const example = exampleTorrent([{ path: 'a', length: 2_000_000 }])
        const run = await openRun(host, example)
        await run.files.resume()
        for (let piece = 0; piece < 100; piece++) await run.files.storage.write(piece, example.piece(piece))
        const check = run.files.recheck()
        host.clock.after(0.3 * SECOND, () => host.files.unmount('/drive'))
        expect(await codeOfCall(check)).toBe('DATA_MISSING')
        host.files.mount('/drive')
        expect(run.files.have.count).toBe(100)
        expect((await run.files.recheck()).count).toBe(100)
        expect(sim.elapsed).toBeGreaterThan(0)
        await closeRun(run)
      },
      { hashDelay: 10 },
    ))

  test('a check that a person asks for takes what is there for the truth', () =>
    onHost(async (_sim, host) => {
      const example = mixedTorrent()
      const run = await openRun(host, example)
      await run.files.resume()
      for (let piece = 0; piece < 10; piece++) await run.files.storage.write(piece, example.piece(piece))
      await run.files.flush()
      await host.files.remove(path('large.bin'))
      expect(await run.files.resume()).toMatchObject({ state: 'data-missing', missing: [path('large.bin')] })
      const have = await run.files.recheck()
      expect([have.has(0), have.has(3), have.has(7), have.has(9)]).toEqual([false, false, true, true])
      expect(await run.files.resume()).toMatchObject({ state: 'ready' })
      for (let piece = 0; piece < 7; piece++) await run.files.storage.write(piece, example.piece(piece))
      expect(host.files.get(path('large.bin'))).toEqual(example.contents(2))
      await closeRun(run)
    }))
})

async function codeOfCall(call: Promise<unknown>): Promise<string> {
  return call.then(() => 'RESOLVED', codeOf)
}

/** Like `openRun`, without making the download folder. */
async function openRunAway(host: Host, example: ReturnType<typeof mixedTorrent>) {
  const { openSessionStore } = await import('../../storage/open-session.ts')
  const { Disk } = await import('./disk.ts')
  const session = await openSessionStore(host, PROFILE)
  const disk = new Disk(host, session.resume)
  return { session, disk, files: disk.torrent(example.metainfo, DIRECTORY) }
}
