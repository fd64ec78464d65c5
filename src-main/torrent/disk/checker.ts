/**
 * Hashes pieces on disk: a full check, the check of files that were there before, and the few pieces of a crash.
 *
 * One torrent at a time in the process; a small job does not wait behind a large one. Work goes to the `Hasher` in
 * batches of about `BATCH_BYTES`, `BATCHES` at once. Never creates or changes a file.
 */

import { bytesEqual } from '../../kernel/bytes.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { Hasher } from '../../kernel/hasher.ts'
import { Bitfield } from '../bitfield.ts'
import { pieceHash, pieceSize } from '../metainfo/metainfo.ts'
import type { FilePool } from './file-pool.ts'
import type { Layout } from './layout.ts'
import { readRun } from './piece-reader.ts'

const MIB = 1024 * 1024
export const BATCH_BYTES = 16 * MIB
const MAX_BATCH_PIECES = 256
const BATCHES = 2
/** Jobs up to this size do not wait for larger ones. */
export const SMALL_JOB_BYTES = 64 * MIB
/** So many small ones at once: after a crash every torrent has one. */
export const MAX_SMALL_JOBS = 8
/** Tries of a batch whose worker died. */
const TRIES = 2

export interface CheckOptions {
  /** Bytes looked at so far and in all; at least once at the end. */
  readonly progress?: (done: number, total: number) => void
  /** Rejects with the signal's reason; nothing is recorded then. */
  readonly signal?: AbortSignal
}

export class Checker {
  private readonly hasher: Hasher
  private readonly pool: FilePool
  private last: Promise<unknown> = Promise.resolve()
  private small = 0
  private readonly waiting: (() => void)[] = []

  constructor(hasher: Hasher, pool: FilePool) {
    this.hasher = hasher
    this.pool = pool
  }

  /** @returns which of `pieces` are on disk and right. @throws the signal's reason; HasherError `CLOSED` */
  async check(layout: Layout, pieces: readonly number[], options: CheckOptions = {}): Promise<Bitfield> {
    const total = pieces.reduce((sum, piece) => sum + pieceSize(layout.metainfo, piece), 0)
    const run = () => this.run(layout, pieces, total, options)
    if (total <= SMALL_JOB_BYTES) return this.runSmall(run)
    const turn = this.last.then(run)
    this.last = turn.catch(() => undefined)
    return turn
  }

  private async runSmall<T>(run: () => Promise<T>): Promise<T> {
    while (this.small >= MAX_SMALL_JOBS) await new Promise<void>((resolve) => this.waiting.push(resolve))
    this.small++
    try {
      return await run()
    } finally {
      this.small--
      this.waiting.shift()?.()
    }
  }

  private async run(
    layout: Layout,
    pieces: readonly number[],
    total: number,
    { progress, signal }: CheckOptions,
  ): Promise<Bitfield> {
    const good = new Bitfield(layout.metainfo.pieceCount)
    const batches = batchesOf(layout, pieces)
    let done = 0
    const work = async () => {
      for (let batch = batches.shift(); batch; batch = batches.shift()) {
        signal?.throwIfAborted()
        const digests = await this.digests(layout, batch, signal)
        batch.forEach((piece, n) => {
          const digest = digests[n]
          if (digest && bytesEqual(digest, pieceHash(layout.metainfo, piece))) good.set(piece)
          done += pieceSize(layout.metainfo, piece)
        })
        progress?.(done, total)
      }
    }
    signal?.throwIfAborted()
    await Promise.all(Array.from({ length: BATCHES }, work))
    signal?.throwIfAborted()
    return good
  }

  private async digests(
    layout: Layout,
    pieces: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<(Uint8Array | undefined)[]> {
    const spans = pieces.map((piece) => layout.spans(piece))
    const plain = spans.filter((list) => list !== undefined)
    const found = plain.length > 0 ? await this.retried(() => this.hasher.sha1OfSpans(plain, signal && { signal })) : []
    const digests: (Uint8Array | undefined)[] = []
    let next = 0
    for (const [n, list] of spans.entries())
      digests.push(list ? found[next++] : await this.paddedDigest(layout, pieces[n] as number))
    return digests
  }

  /** A piece with padding is put together here, because the zeros are in no file. */
  private async paddedDigest(layout: Layout, piece: number): Promise<Uint8Array | undefined> {
    let bytes: Uint8Array
    try {
      bytes = await readRun(this.pool, layout, piece, 0, pieceSize(layout.metainfo, piece))
    } catch {
      return undefined
    }
    return (await this.retried(() => this.hasher.sha1(new Uint8Array(bytes)))).digest
  }

  private async retried<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work()
      } catch (error) {
        if (codeOf(error) !== 'WORKER_DIED' || tries >= TRIES) throw error
      }
    }
  }
}

function batchesOf(layout: Layout, pieces: readonly number[]): number[][] {
  const batches: number[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const piece of pieces) {
    const last = batches.at(-1)
    const size = pieceSize(layout.metainfo, piece)
    if (last && bytes + size <= BATCH_BYTES && last.length < MAX_BATCH_PIECES) {
      last.push(piece)
      bytes += size
    } else {
      batches.push([piece])
      bytes = size
    }
  }
  return batches
}
