/**
 * The pieces of one torrent in its files. One write for each file that a piece touches, at its place, so that files
 * are sparse until they are whole; reads go through the process-wide cache.
 *
 * Invariant: nothing is written before its claim is in session.db, and nothing outside the torrent's own files.
 */

import { pieceSize } from '../metainfo/metainfo.ts'
import { asDiskError } from './disk-faults.ts'
import type { FilePool } from './file-pool.ts'
import type { Layout, Stretch } from './layout.ts'
import type { OwnFiles } from './own-files.ts'
import { readRun } from './piece-reader.ts'
import type { DiskError, PieceStorage } from './piece-storage.ts'
import { READ_WINDOW, type ReadCache } from './read-cache.ts'
import type { ResumeRecorder } from './resume-recorder.ts'
import type { Room } from './room.ts'

export interface DiskStorageParts {
  readonly layout: Layout
  readonly pool: FilePool
  readonly cache: ReadCache
  readonly own: OwnFiles
  readonly recorder: ResumeRecorder
  readonly room: Room
  /** Names the torrent in the cache: unique in the process. */
  readonly cacheKey: string
}

export class DiskStorage implements PieceStorage {
  private readonly parts: DiskStorageParts
  private reads = 0

  constructor(parts: DiskStorageParts) {
    this.parts = parts
  }

  /** What was read before may not hold any more: files changed without us. */
  forgetReads(): void {
    this.reads++
  }

  /** With `into`, reads past the cache into that memory: a long run makes no garbage then. */
  async read(piece: number, begin: number, length: number, into?: Uint8Array): Promise<Uint8Array> {
    const { cache, layout, pool, recorder } = this.parts
    const start = begin - (begin % READ_WINDOW)
    const windowEnd = Math.min(start + READ_WINDOW, pieceSize(layout.metainfo, piece))
    try {
      if (into || begin + length > windowEnd) return await readRun(pool, layout, piece, begin, length, into)
      return await cache.read(this.cacheKey(piece, start), windowEnd - start, begin - start, length, (from, count) =>
        readRun(pool, layout, piece, start + from, count),
      )
    } catch (error) {
      const fault = this.asFault(error, layout.stretches(piece, begin, length))
      if (fault.code === 'SHORT_READ' && recorder.have.has(piece)) recorder.drop(piece)
      throw fault
    }
  }

  async write(piece: number, bytes: Uint8Array): Promise<void> {
    const { layout, own, recorder, room } = this.parts
    const stretches = layout.stretches(piece).filter(({ padding }) => !padding)
    try {
      await room.beforeWriting(bytes.length)
      const fresh = own.unannounced(stretches.map(({ file }) => file))
      await recorder.claim(piece, fresh)
      own.setAnnounced(fresh)
    } catch (error) {
      throw this.asFault(error, stretches)
    }
    for (const stretch of stretches) {
      try {
        await this.writeStretch(stretch, bytes.subarray(stretch.at, stretch.at + stretch.length))
      } catch (error) {
        throw this.asFault(error, [stretch])
      }
    }
    for (let at = 0; at < bytes.length; at += READ_WINDOW) this.parts.cache.forget(this.cacheKey(piece, at))
    recorder.wrote(piece)
  }

  private async writeStretch({ file, offset }: Stretch, bytes: Uint8Array): Promise<void> {
    const { layout, own, pool } = this.parts
    const path = layout.path(file)
    if (!own.isThere(file) || !pool.holds(path)) await own.prepare(file)
    await pool.write(path, bytes, offset)
  }

  private asFault(error: unknown, stretches: readonly Stretch[]): DiskError {
    const named = (error as { path?: unknown } | null)?.path
    const path = typeof named === 'string' ? named : this.pathOf(stretches)
    return asDiskError(error, path, () => Math.max(1, this.parts.room.remainingBytes))
  }

  private pathOf(stretches: readonly Stretch[]): string {
    const { layout } = this.parts
    return stretches.length === 1 && stretches[0] ? layout.path(stretches[0].file) : layout.root
  }

  private cacheKey(piece: number, begin: number): string {
    return `${this.parts.cacheKey}.${this.reads}/${piece}/${begin}`
  }
}
