import { describe, expect, test } from 'vitest'
import { MINUTE } from '../../kernel/clock.ts'
import { codeOf } from '../../kernel/errors.ts'
import { type FileSpan, type Hasher, HasherError } from '../../kernel/hasher.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { BATCH_BYTES, Checker, MAX_SMALL_JOBS, SMALL_JOB_BYTES } from './checker.ts'
import { FilePool } from './file-pool.ts'
import { Layout } from './layout.ts'
import { addTo, closeRun, DIRECTORY, exampleTorrent, mixedTorrent, openRun, PROFILE } from './test-support.ts'

type Host = ReturnType<Simulation['host']>

async function onHost(body: (host: Host, sim: Simulation) => Promise<void>, options = {}): Promise<void> {
  const sim = new Simulation({ seed: 2 })
  const host = sim.host('pc', options)
  await sim.within(10 * MINUTE, body(host, sim))
  await sim.stop()
}

const range = (count: number) => Array.from({ length: count }, (_, n) => n)

/** Answers at once that nothing is there, and counts what it is asked at once. */
class CountingHasher implements Hasher {
  open = 0
  most = 0
  largest = 0
  deaths = 0
  calls = 0
  sha1(): never {
    throw new Error('not used')
  }
  async sha1OfSpans(pieces: readonly (readonly FileSpan[])[]): Promise<undefined[]> {
    this.calls++
    if (this.deaths-- > 0) throw new HasherError({ code: 'WORKER_DIED', reason: 'test' }, 'died')
    this.most = Math.max(this.most, ++this.open)
    this.largest = Math.max(
      this.largest,
      pieces.flat().reduce((sum, { length }) => sum + length, 0),
    )
    for (let turn = 0; turn < 5; turn++) await Promise.resolve()
    this.open--
    return pieces.map(() => undefined)
  }
  async close(): Promise<void> {}
}

/** A torrent of so many pieces of which nothing is on disk. */
function absent(pieces: number, pieceLength: number): Layout {
  const { metainfo } = exampleTorrent([{ path: 'a', length: 1 }])
  const totalLength = pieces * pieceLength
  const files = [{ path: ['a'], length: totalLength, offset: 0, padding: false }]
  return new Layout({ ...metainfo, files, totalLength, pieceLength, pieceCount: pieces }, '/dl')
}

describe('check', () => {
  test('a full check finds exactly the good pieces, with progress to the end, and changes nothing', () =>
    onHost(async (host) => {
      const example = mixedTorrent()
      const run = await openRun(host, example, false)
      host.files.put(`${DIRECTORY}/shared/large.bin`, example.contents(2))
      host.files.put(`${DIRECTORY}/shared/deep/er/last.bin`, example.contents(3).slice().fill(0, 30_000, 30_001))
      const before = host.files.tree(DIRECTORY)
      const seen: number[] = []
      const have = await run.files.recheck({ progress: (done, total) => seen.push(done / total) })
      expect(range(10).filter((piece) => have.has(piece))).toEqual([1, 2, 3, 4, 5, 6, 8, 9].filter((p) => p !== 7))
      expect(seen.at(-1)).toBe(1)
      expect(host.files.tree(DIRECTORY)).toEqual(before)
      await closeRun(run)
    }))

  test('files that were there before: checked at the start, what is right is kept, the rest is fetched', () =>
    onHost(async (host) => {
      const example = mixedTorrent()
      await host.files.makeDirectory(PROFILE)
      host.files.put(`${DIRECTORY}/shared/large.bin`, example.contents(2))
      const run = await openRun(host, example, false)
      const outcome = await run.files.resume()
      expect(outcome).toMatchObject({ state: 'ready', lost: 0 })
      expect(outcome.have.count).toBe(5)
      for (const piece of range(10))
        if (!outcome.have.has(piece)) await run.files.storage.write(piece, example.piece(piece))
      await closeRun(run)
      for (const file of run.files.layout.fileIndexes)
        expect(host.files.get(run.files.layout.path(file))).toEqual(example.contents(file))
      const again = await openRun(host, example)
      expect(await again.files.resume()).toMatchObject({ state: 'ready', hashed: 0, lost: 0 })
      expect((await again.files.planRemoval([])).kept).toEqual([
        { path: `${DIRECTORY}/shared/large.bin`, reason: 'not made by this torrent' },
      ])
      await closeRun(again)
    }))

  test('what was just hashed is taken without a check, unless something is missing', () =>
    onHost(async (host) => {
      const example = mixedTorrent()
      const run = await openRun(host, example)
      for (const file of [0, 1, 2]) host.files.put(run.files.layout.path(file), example.contents(file))
      expect(await run.files.adoptComplete().then(String, codeOf)).toBe('DATA_MISSING')
      host.files.put(run.files.layout.path(3), example.contents(3))
      expect((await run.files.adoptComplete()).complete).toBe(true)
      await closeRun(run)
      const again = await openRun(host, example)
      expect(await again.files.resume()).toMatchObject({ state: 'ready', hashed: 0 })
      expect(again.files.have.complete).toBe(true)
      await closeRun(again)
    }))

  test('one that is called off changes nothing', () =>
    onHost(
      async (host) => {
        const example = mixedTorrent()
        const run = await openRun(host, example)
        await run.files.resume()
        for (const piece of range(10)) await run.files.storage.write(piece, example.piece(piece))
        const stop = new AbortController()
        const check = run.files.recheck({ signal: stop.signal })
        host.clock.after(25, () => stop.abort(new Error('called off')))
        await expect(check).rejects.toThrow('called off')
        expect(run.files.have.complete).toBe(true)
        await expect(run.files.recheck({ signal: stop.signal })).rejects.toThrow('called off')
        await closeRun(run)
      },
      { hashDelay: 10 },
    ))

  test('large jobs take turns in bounded batches; small ones do not wait for them, a few at a time', () =>
    onHost(async (host) => {
      const hasher = new CountingHasher()
      const checker = new Checker(hasher, new FilePool(host.files, host.clock))
      const large = absent(SMALL_JOB_BYTES / 1_048_576 + 40, 1_048_576)
      const ends: string[] = []
      const job = (name: string) => checker.check(large, range(large.metainfo.pieceCount)).then(() => ends.push(name))
      await Promise.all([job('first'), job('second'), job('third')])
      expect(ends).toEqual(['first', 'second', 'third'])
      expect(hasher.most).toBe(2)
      expect(hasher.largest).toBe(BATCH_BYTES)

      const small = absent(1, 16_384)
      hasher.most = 0
      const many = Array.from({ length: 24 }, () => checker.check(small, [0]))
      await Promise.all([job('large'), ...many.map((one) => one.then(() => ends.push('small')))])
      expect(ends.at(-1)).toBe('large')
      expect(hasher.most).toBeLessThanOrEqual(MAX_SMALL_JOBS + 2)
    }))

  test('a worker that dies costs a second try, one that keeps dying is said', () =>
    onHost(async (host) => {
      const hasher = new CountingHasher()
      const checker = new Checker(hasher, new FilePool(host.files, host.clock))
      hasher.deaths = 1
      expect((await checker.check(absent(2, 16_384), [0, 1])).count).toBe(0)
      expect(hasher.calls).toBe(2)
      hasher.deaths = 99
      expect(await checker.check(absent(2, 16_384), [0, 1]).then(String, codeOf)).toBe('WORKER_DIED')
    }))

  test('a damaged bitfield has that torrent checked, and no other', () =>
    onHost(async (host) => {
      const [one, two] = [mixedTorrent('one', 1), mixedTorrent('two', 2)]
      const run = await openRun(host, one)
      addTo(run.session, two.metainfo, new Uint8Array(2))
      const files = run.disk.torrent(two.metainfo, DIRECTORY)
      for (const [torrent, example] of [
        [run.files, one],
        [files, two],
      ] as const) {
        await torrent.resume()
        for (const piece of range(10)) await torrent.storage.write(piece, example.piece(piece))
        await torrent.stop()
      }
      run.session.resume.record(one.metainfo.infoHash, new Uint8Array(7), [], [])
      expect(await run.files.resume()).toMatchObject({ state: 'ready', hashed: one.metainfo.totalLength })
      expect(run.files.have.complete).toBe(true)
      expect(await files.resume()).toMatchObject({ state: 'ready', hashed: 0 })
      await files.stop()
      await closeRun(run)
    }))
})
