/**
 * Keeps session.db true about what a torrent has on disk.
 *
 * Before the first byte of a piece is written the piece is claimed; once written it is recorded, together with size and
 * time of its files, at most `RECORD_WITHIN` later, in one transaction that also ends the claim. Claims are gathered
 * for a millisecond or a few, so that committing them takes a small part of the time; the first of a burst is not
 * held back. So after an end at any moment the claimed
 * pieces are exactly those that may be on disk without being recorded.
 *
 * Guaranteed when the process dies (`kill -9`, a crash): every verified piece is recorded or claimed. Guaranteed when
 * the power goes: session.db is whole (WAL); what was recorded less than `SYNC_EVERY` ago, or since the database's last
 * checkpoint, may have been lost on either side. Files that lost their last bytes with their time are noticed and hashed
 * again; lost bytes behind an unchanged size and time only by a full check.
 */
import { type Clock, pause, SECOND, type Timer } from '../../kernel/clock.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { FileStore } from '../../kernel/files.ts'
import type { Log } from '../../kernel/log.ts'
import type { ResumeRepository, SeenFile } from '../../storage/resume-repository.ts'
import { Bitfield } from '../bitfield.ts'
import type { FilePool } from './file-pool.ts'
import type { Layout } from './layout.ts'
import { statTarget } from './stat-target.ts'

export const RECORD_WITHIN = SECOND
/** Leaves time to look at the files before `RECORD_WITHIN` is over. */
const RECORD_DELAY = 700
const RECORD_RETRY = 5 * SECOND
/** Between two commits of claims: so many times as long as the last one took, within these limits. */
const CLAIM_REST = 6
const MIN_CLAIM_SPACING = 1
const MAX_CLAIM_SPACING = 20
export const SYNC_EVERY = 30 * SECOND

export interface RecorderPorts {
  readonly files: FileStore
  readonly clock: Clock
  readonly log: Log
}

export class ResumeRecorder {
  private readonly ports: RecorderPorts
  private readonly store: ResumeRepository
  private readonly pool: FilePool
  private readonly layout: Layout
  private recorded: Bitfield
  private onDisk: Bitfield

  private claims = new Set<number>()
  private claimedFiles = new Set<number>()
  private claimBatch: Promise<void> | undefined
  private nextClaimAt = Number.NEGATIVE_INFINITY

  private written = new Set<number>()
  /** Pieces were dropped, which is not recorded yet. */
  private dropped = false
  private touched = new Set<number>()
  private recording: Promise<void> | undefined
  private recordTimer: Timer | undefined
  private unsynced = new Set<number>()
  private syncTimer: Timer | undefined

  constructor(ports: RecorderPorts, store: ResumeRepository, pool: FilePool, layout: Layout) {
    this.ports = ports
    this.store = store
    this.pool = pool
    this.layout = layout
    this.recorded = new Bitfield(layout.metainfo.pieceCount)
    this.onDisk = new Bitfield(layout.metainfo.pieceCount)
  }

  /** Pieces written and verified, recorded or about to be. Never change it. */
  get have(): Bitfield {
    return this.onDisk
  }

  /** Starts from what `resume` or a check has found: what was not recorded before is in it, or fetched again. */
  begin(have: Bitfield): void {
    this.written.clear()
    this.touched.clear()
    this.dropped = false
    this.recorded = new Bitfield(have.length, have.bytes)
    this.onDisk = new Bitfield(have.length, have.bytes)
  }

  /**
   * To be awaited before the bytes of `piece` are written. @param files that will be made for it
   * @throws the database's error; then nothing may be written
   */
  claim(piece: number, files: readonly number[]): Promise<void> {
    this.claims.add(piece)
    for (const file of files) this.claimedFiles.add(file)
    this.claimBatch ??= this.claimSoon()
    return this.claimBatch
  }

  /** The bytes of `piece` have been written. */
  wrote(piece: number): void {
    this.onDisk.set(piece)
    this.written.add(piece)
    for (const { file, padding } of this.layout.stretches(piece)) {
      if (padding) continue
      this.touched.add(file)
      this.unsynced.add(file)
    }
    this.recordTimer ??= this.ports.clock.after(RECORD_DELAY, () => this.recordQuietly())
    this.syncTimer ??= this.ports.clock.after(SYNC_EVERY, () => this.syncQuietly())
  }

  /** A piece is not there any more. Recorded at once, so that its next writing is hashed again after a crash. */
  drop(piece: number): void {
    this.onDisk.clear(piece)
    this.written.delete(piece)
    if (!this.recorded.clear(piece)) return
    try {
      this.store.record(this.layout.metainfo.infoHash, this.recorded.bytes, [], [])
    } catch (error) {
      this.complain('lost piece not recorded', error)
      this.dropped = true
      this.recordTimer ??= this.ports.clock.after(RECORD_RETRY, () => this.recordQuietly())
    }
  }

  /** Files that are gone, or turned out not to be ours. */
  forgetFiles(files: readonly number[]): void {
    try {
      this.store.forgetFiles(this.layout.metainfo.infoHash, files)
    } catch (error) {
      this.complain('files not forgotten', error)
    }
  }

  /** Records what is not recorded yet. @throws the database's error; it is tried again later */
  async flush(): Promise<void> {
    while (this.recording) await this.recording
    if (this.written.size === 0 && !this.dropped) return
    this.recordTimer?.cancel()
    this.recordTimer = undefined
    this.recording = this.record().finally(() => {
      this.recording = undefined
    })
    await this.recording
  }

  /**
   * A clean end: everything recorded and durable, no claim left. No piece may be in the middle of being written.
   * @throws the database's or the system's error; then claims stay, and what they name is hashed again at the next start
   */
  async stop(): Promise<void> {
    try {
      await this.claimBatch?.catch(() => undefined)
      await this.flush()
      await this.sync()
      this.store.clearWriting(this.layout.metainfo.infoHash)
    } finally {
      this.recordTimer?.cancel()
      this.recordTimer = undefined
      this.syncTimer?.cancel()
      this.syncTimer = undefined
    }
  }

  /** Makes what was written durable. @throws the system's error */
  async sync(): Promise<void> {
    const files = this.unsynced
    this.unsynced = new Set()
    try {
      await this.pool.sync(Array.from(files, (file) => this.layout.path(file)))
    } catch (error) {
      for (const file of files) this.unsynced.add(file)
      throw error
    }
  }

  private async claimSoon(): Promise<void> {
    const { clock } = this.ports
    const wait = this.nextClaimAt - clock.now()
    // also without a wait the commit comes after this turn, so that pieces of one turn share it
    await (wait > 0 ? pause(clock, wait) : undefined)
    const [pieces, files] = [this.claims, this.claimedFiles]
    this.claims = new Set()
    this.claimedFiles = new Set()
    this.claimBatch = undefined
    const start = clock.now()
    try {
      this.store.claim(this.layout.metainfo.infoHash, pieces, files, clock.wallTime())
    } finally {
      const rest = CLAIM_REST * (clock.now() - start)
      this.nextClaimAt = clock.now() + Math.min(MAX_CLAIM_SPACING, Math.max(MIN_CLAIM_SPACING, rest))
    }
  }

  private async record(): Promise<void> {
    const [written, touched] = [this.written, this.touched]
    this.written = new Set()
    this.touched = new Set()
    try {
      const files: [number, SeenFile][] = []
      for (const file of touched) {
        const path = this.layout.path(file)
        const seen = await statTarget(this.ports.files, path).catch(() => undefined)
        if (seen) files.push([file, seen])
        // its name is gone: what is open leads nowhere, and the next write must find out
        else await this.pool.release([path])
      }
      const next = new Bitfield(this.recorded.length, this.recorded.bytes)
      for (const piece of written) if (this.onDisk.has(piece)) next.set(piece)
      this.store.record(this.layout.metainfo.infoHash, next.bytes, written, files)
      this.recorded = next
      this.dropped = false
    } catch (error) {
      for (const piece of written) this.written.add(piece)
      for (const file of touched) this.touched.add(file)
      this.recordTimer ??= this.ports.clock.after(RECORD_RETRY, () => this.recordQuietly())
      throw error
    }
  }

  private recordQuietly(): void {
    this.recordTimer = undefined
    this.flush().catch((error) => this.complain('progress not recorded', error))
  }

  private syncQuietly(): void {
    this.syncTimer = undefined
    this.sync().catch((error) => this.complain('files not synced', error))
  }

  private complain(event: string, error: unknown): void {
    this.ports.log.write('error', event, { code: codeOf(error), message: messageOf(error) })
  }
}
