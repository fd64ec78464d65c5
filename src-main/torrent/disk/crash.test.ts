/**
 * The crash rule, at every event of a small download: whatever was verified and written is recorded or claimed; after
 * the crash exactly the claimed pieces are hashed, and what then counts as there is there.
 */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { bytesEqual } from '../../kernel/bytes.ts'
import { MINUTE, pause, SECOND } from '../../kernel/clock.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { pieceHash, pieceSize } from '../metainfo/metainfo.ts'
import { RECORD_WITHIN } from './resume-recorder.ts'
import { closeRun, type Example, exampleTorrent, mixedTorrent, openRun } from './test-support.ts'

type Host = ReturnType<Simulation['host']>
const WORKERS = 3
/** Rounds over every crash point, each with other delays. */
const SEEDS = process.env.SHOAL_LONG === '1' ? 40 : 1

interface Progress {
  /** Virtual time at which `write` of each piece returned. */
  readonly written: Map<number, number>
  finished: boolean
}

/** Nine files over 19 pieces, some pieces over several files. */
function manyFiles(): Example {
  const lengths = [100, 0, 100_000, 60_000, 5, 20_000, 16_384, 80_000, 30_000]
  return exampleTorrent(lengths.map((length, n) => ({ path: n % 2 ? `folder ${n}/file` : `file ${n}`, length })))
}

/** A download of the whole example by three writers, and its clean end. */
async function download(host: Host, example: Example, progress: Progress): Promise<void> {
  const run = await openRun(host, example)
  const outcome = await run.files.resume()
  const wanted = Array.from({ length: example.metainfo.pieceCount }, (_, n) => n).filter((n) => !outcome.have.has(n))
  await Promise.all(
    Array.from({ length: WORKERS }, async () => {
      for (let piece = wanted.shift(); piece !== undefined; piece = wanted.shift()) {
        await run.files.storage.write(piece, example.piece(piece))
        progress.written.set(piece, host.clock.now())
        await pause(host.clock, 300)
      }
    }),
  )
  await closeRun(run)
  progress.finished = true
}

/** The pieces that are on disk whole, whatever is recorded. */
function piecesOnDisk(host: Host, { metainfo }: Example): Set<number> {
  const found = new Set<number>()
  const files = metainfo.files.map(({ path }) => host.files.get(`/drive/downloads/${path.join('/')}`))
  for (let piece = 0; piece < metainfo.pieceCount; piece++) {
    const bytes = new Uint8Array(pieceSize(metainfo, piece))
    metainfo.files.forEach(({ offset, length }, n) => {
      const start = piece * metainfo.pieceLength - offset
      const part = files[n]?.subarray(Math.max(0, start), Math.max(0, Math.min(length, start + bytes.length)))
      if (part?.length) bytes.set(part, Math.max(0, -start))
    })
    const digest = createHash('sha1').update(bytes).digest()
    if (bytesEqual(digest, pieceHash(metainfo, piece))) found.add(piece)
  }
  return found
}

/** Every piece that counts as there is there. */
function expectOnDisk(host: Host, example: Example, has: (piece: number) => boolean, where: string): void {
  const found = piecesOnDisk(host, example)
  for (let piece = 0; piece < example.metainfo.pieceCount; piece++)
    if (has(piece)) expect(found.has(piece), `piece ${piece} ${where}`).toBe(true)
}

async function crashAfter(events: number, seed: number): Promise<boolean> {
  const sim = new Simulation({ seed })
  const first = sim.host('pc', { diskDelay: [0.1, 40] })
  const example = manyFiles()
  const progress: Progress = { written: new Map(), finished: false }
  void download(first, example, progress)
  await sim.until(5 * MINUTE, () => sim.events >= events || progress.finished)
  const { finished } = progress
  const crashedAt = sim.elapsed
  const host = sim.restart(first)
  await sim.within(5 * MINUTE, afterCrash(host, example, progress, crashedAt, `after ${events} events, seed ${seed}`))
  await sim.stop()
  return finished
}

async function afterCrash(host: Host, example: Example, progress: Progress, at: number, where: string): Promise<void> {
  const run = await openRun(host, example)
  const { infoHash, pieceLength } = example.metainfo
  const record = run.session.resume.load(infoHash)
  const claimed = new Set(record.writing.map(({ piece }) => piece))
  const recorded = (piece: number) => (((record.have?.[piece >> 3] ?? 0) << (piece & 7)) & 0x80) !== 0
  for (const [piece, time] of progress.written) {
    expect(recorded(piece) || claimed.has(piece), `piece ${piece} ${where}`).toBe(true)
    if (at - time > RECORD_WITHIN) expect(recorded(piece), `piece ${piece} in time ${where}`).toBe(true)
  }
  for (const piece of piecesOnDisk(host, example))
    expect(recorded(piece) || claimed.has(piece), `piece ${piece} on disk ${where}`).toBe(true)
  const outcome = await run.files.resume()
  expect(outcome.state, where).toBe('ready')
  if (outcome.state !== 'ready') return
  expect(outcome.lost, where).toBe(0)
  expect(outcome.hashed, where).toBeLessThanOrEqual(claimed.size * pieceLength)
  expect(run.session.endedCleanly || claimed.size <= WORKERS + WORKERS * 4).toBe(true)
  if (progress.finished) expect([outcome.hashed, claimed.size], where).toEqual([0, 0])
  for (const piece of progress.written.keys()) expect(outcome.have.has(piece), `piece ${piece} ${where}`).toBe(true)
  expectOnDisk(host, example, (piece) => outcome.have.has(piece), where)
  await closeRun(run)

  const rest: Progress = { written: new Map(), finished: false }
  await download(host, example, rest)
  for (const piece of rest.written.keys()) expect(outcome.have.has(piece), `${piece} twice ${where}`).toBe(false)
  expectOnDisk(host, example, () => true, where)
}

describe('a crash', () => {
  test('at every event of a download loses nothing beyond the rule and hashes nothing else', async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      let points = 0
      while (!(await crashAfter(points + 1, seed))) points++
      expect(points).toBeGreaterThan(100)
    }
  }, 600_000)

  test('crash upon crash: what was there stays', async () => {
    const sim = new Simulation({ seed: 5 })
    let host = sim.host('pc', { diskDelay: [0.1, 40] })
    const example = mixedTorrent()
    const progress: Progress = { written: new Map(), finished: false }
    for (let round = 0; round < 30 && !progress.finished; round++) {
      const until = sim.elapsed + 150 + ((round * 97) % 400)
      void download(host, example, progress)
      await sim.until(5 * MINUTE, () => sim.elapsed >= until || progress.finished)
      host = sim.restart(host)
    }
    await sim.within(MINUTE, download(host, example, progress))
    expectOnDisk(host, example, () => true, 'at the end')
    await sim.stop()
  })

  test('a power cut: what was synced is believed, what was lost with its time is noticed', async () => {
    for (const survivors of [0, 0.5, 1]) {
      const sim = new Simulation({ seed: 9 })
      const first = sim.host('pc', { diskDelay: [0.1, 5] })
      const example = mixedTorrent()
      const run = await sim.within(MINUTE, openRun(first, example))
      await sim.within(MINUTE, run.files.resume())
      for (const piece of [0, 1, 2, 3]) await sim.within(MINUTE, run.files.storage.write(piece, example.piece(piece)))
      await sim.run(40 * SECOND)
      for (const piece of [8, 9]) await sim.within(MINUTE, run.files.storage.write(piece, example.piece(piece)))
      await sim.run(2 * SECOND)
      const host = sim.restart(first)
      host.files.crash(survivors)
      const again = await sim.within(MINUTE, openRun(host, example))
      const outcome = await sim.within(MINUTE, again.files.resume())
      if (outcome.state === 'data-missing') await sim.within(MINUTE, again.files.recheck())
      for (const piece of [0, 1, 2, 3]) expect(again.files.have.has(piece), `${piece} of ${survivors}`).toBe(true)
      expectOnDisk(host, example, (piece) => again.files.have.has(piece), `after a power cut, ${survivors}`)
      await sim.within(MINUTE, closeRun(again))
      await sim.stop()
    }
  })
})
