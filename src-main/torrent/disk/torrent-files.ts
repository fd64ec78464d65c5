/**
 * One torrent's data on disk: the parts of this folder put together for the engine.
 *
 * Order of calls: `resume` (again while it says `data-missing`), then `storage` is used, then `stop`. `recheck` and
 * `planRemoval` only while nothing is being written.
 */
import type { FileStore } from '../../kernel/files.ts'
import type { ResumeRecord, ResumeRepository, SeenFile } from '../../storage/resume-repository.ts'
import { Bitfield } from '../bitfield.ts'
import type { FileSelection } from '../file-selection.ts'
import { pieceSize } from '../metainfo/metainfo.ts'
import type { Checker, CheckOptions } from './checker.ts'
import { asDiskError, dataMissing } from './disk-faults.ts'
import { DiskStorage } from './disk-storage.ts'
import type { FilePool } from './file-pool.ts'
import type { Layout } from './layout.ts'
import { OwnFiles } from './own-files.ts'
import { bitfieldOf, holdsAny, planResume } from './plan-resume.ts'
import type { ReadCache } from './read-cache.ts'
import { planRemoval, type Removal } from './removal.ts'
import { type RecorderPorts, ResumeRecorder } from './resume-recorder.ts'
import { Room } from './room.ts'
import { statTarget } from './stat-target.ts'

/** Looks at this many files at once. */
const STATS_AT_ONCE = 16

export interface TorrentFilesParts {
  readonly ports: RecorderPorts
  readonly store: ResumeRepository
  readonly pool: FilePool
  readonly cache: ReadCache
  readonly checker: Checker
  readonly cacheKey: string
}

export type ResumeOutcome =
  | {
      readonly state: 'ready'
      /** A copy. */
      readonly have: Bitfield
      /** Bytes that had to be hashed. */
      readonly hashed: number
      /** Recorded pieces that turned out not to be there. */
      readonly lost: number
    }
  /** Files that were there are gone: the drive may be away. Nothing was changed. */
  | { readonly state: 'data-missing'; readonly have: Bitfield; readonly missing: readonly string[] }

export class TorrentFiles {
  readonly layout: Layout
  readonly storage: DiskStorage
  private readonly files: FileStore
  private readonly parts: TorrentFilesParts
  private readonly own: OwnFiles
  private readonly recorder: ResumeRecorder
  private readonly room: Room
  private selection: FileSelection | undefined

  constructor(parts: TorrentFilesParts, layout: Layout) {
    this.parts = parts
    this.layout = layout
    this.files = parts.ports.files
    this.recorder = new ResumeRecorder(parts.ports, parts.store, parts.pool, layout)
    this.own = new OwnFiles(this.files, parts.pool, layout, (file) => this.recorder.forgetFiles([file]))
    this.room = new Room(this.files, layout.directory, () => this.remaining())
    const { pool, cache, cacheKey } = parts
    const { own, recorder, room } = this
    this.storage = new DiskStorage({ layout, pool, cache, own, recorder, room, cacheKey })
  }

  /** Pieces on disk and verified. Never change it. */
  get have(): Bitfield {
    return this.recorder.have
  }

  /**
   * Which files are wanted; undefined, as at first: all. Room is needed for their pieces only, and of the empty files
   * only wanted ones are made. A wanted piece that reaches into another file is written whole, so that file is made too.
   */
  select(selection: FileSelection | undefined): void {
    this.selection = selection
  }

  /**
   * Finds out what is there, hashing what the crash rule says (see `plan-resume`), and makes the torrent's empty files.
   * @throws DiskError; the reason of `options.signal`
   */
  async resume(options: CheckOptions = {}): Promise<ResumeOutcome> {
    await this.letGo()
    const record = this.parts.store.load(this.layout.metainfo.infoHash)
    this.own.reset(record.files)
    const seen = await this.look(this.ownFiles(record))
    const plan = planResume(this.layout, record, (file) => seen.get(file))
    if (!plan.unknown) this.recorder.begin(bitfieldOf(record.have, plan.trusted.length) ?? plan.trusted)
    const missing = plan.missing.length > 0 ? plan.missing : await this.missingFolder(record)
    if (missing.length > 0) return { state: 'data-missing', have: copyOf(plan.trusted), missing }
    this.forgetUnmade(record, seen)
    const good = await this.parts.checker.check(this.layout, plan.hashAgain, options)
    const bad = plan.hashAgain.filter((piece) => !good.has(piece))
    const gone = bad.length > 0 ? await this.goneSince(seen) : []
    if (gone.length > 0) return { state: 'data-missing', have: copyOf(this.recorder.have), missing: gone }
    const have = copyOf(plan.trusted)
    for (const piece of plan.hashAgain) if (good.has(piece)) have.set(piece)
    if (plan.unknown || plan.hashAgain.length > 0 || plan.dropped.length > 0 || record.writing.length > 0)
      this.settle(have, record, seen)
    this.recorder.begin(have)
    await this.makeEmptyFiles()
    const recorded = bitfieldOf(record.have, have.length)
    const lost = [...plan.dropped, ...bad].filter((piece) => recorded?.has(piece)).length
    return { state: 'ready', have: copyOf(have), hashed: this.bytesOf(plan.hashAgain), lost }
  }

  /**
   * Hashes everything that is there and takes that for the truth; files that are gone may then be made again.
   * @returns a copy of what is there. @throws DiskError DATA_MISSING where the download folder is gone or a file goes
   * away meanwhile; the reason of `options.signal`. Then nothing has changed
   */
  async recheck(options: CheckOptions = {}): Promise<Bitfield> {
    await this.recorder.flush()
    await this.letGo()
    const { infoHash } = this.layout.metainfo
    const { directory } = this.layout
    if (this.have.count > 0 && !(await this.isThere(directory))) throw dataMissing(directory)
    const seen = await this.look(this.layout.fileIndexes)
    const record = { have: undefined, writing: [], files: [] }
    const { hashAgain } = planResume(this.layout, record, (file) => seen.get(file))
    const have = await this.parts.checker.check(this.layout, hashAgain, options)
    const [gone] = have.count < hashAgain.length ? await this.goneSince(seen) : []
    if (gone !== undefined) throw dataMissing(gone)
    const old = this.parts.store.load(infoHash)
    this.parts.store.forgetFiles(
      infoHash,
      old.files.map(({ index }) => index).filter((index) => !seen.has(index)),
    )
    this.settle(have, old, seen)
    this.recorder.begin(have)
    return copyOf(have)
  }

  /** Takes everything as there without a check: it has just been hashed. @throws DiskError DATA_MISSING */
  async adoptComplete(): Promise<Bitfield> {
    const seen = await this.look(this.layout.fileIndexes)
    for (const file of this.layout.fileIndexes)
      if (seen.get(file)?.size !== this.layout.file(file).length) throw dataMissing(this.layout.path(file))
    const have = Bitfield.full(this.layout.metainfo.pieceCount)
    this.settle(have, { have: undefined, writing: [], files: [] }, seen)
    this.recorder.begin(have)
    return copyOf(have)
  }

  /** @throws DiskError DISK_FULL where what is lacking does not fit */
  async checkRoom(): Promise<void> {
    await this.room.check()
  }

  /** Whether the disk has room again for all that is lacking. */
  async roomAgain(): Promise<boolean> {
    return (await this.room.lacking()) === 0
  }

  /** Records what is not recorded yet. */
  async flush(): Promise<void> {
    await this.recorder.flush()
  }

  /** A clean end: everything recorded and durable, files closed. Wait for every `write` first. */
  async stop(): Promise<void> {
    try {
      await this.recorder.stop()
    } finally {
      await this.letGo()
    }
  }

  /** @param others layouts of the other torrents in the list */
  planRemoval(others: Iterable<Layout>): Promise<Removal> {
    return planRemoval(this.files, this.layout, this.own, others)
  }

  /** Nothing that was opened or read before is trusted to be what stands at its path now. */
  private async letGo(): Promise<void> {
    this.storage.forgetReads()
    await this.parts.pool.release(this.layout.fileIndexes.map((file) => this.layout.path(file)))
  }

  private settle(have: Bitfield, record: ResumeRecord, seen: ReadonlyMap<number, SeenFile>): void {
    const pieces = record.writing.map(({ piece }) => piece)
    const { infoHash } = this.layout.metainfo
    this.parts.store.record(infoHash, have.bytes, pieces, seen)
    this.own.reset(this.parts.store.load(infoHash).files)
  }

  /** What else stands at the torrent's paths is another's, and not looked at. All of them where the record is not known. */
  private ownFiles({ have: recorded, files }: ResumeRecord): readonly number[] {
    const { fileIndexes, metainfo } = this.layout
    const have = bitfieldOf(recorded, metainfo.pieceCount)
    if (!have) return fileIndexes
    const known = new Set(files.map(({ index }) => index))
    return fileIndexes.filter((file) => known.has(file) || holdsAny(this.layout, have, file))
  }

  private async look(indexes: readonly number[]): Promise<Map<number, SeenFile>> {
    const seen = new Map<number, SeenFile>()
    for (let at = 0; at < indexes.length; at += STATS_AT_ONCE)
      await Promise.all(
        indexes.slice(at, at + STATS_AT_ONCE).map(async (index) => {
          const stat = await statTarget(this.files, this.layout.path(index)).catch(() => undefined)
          if (stat) seen.set(index, stat)
        }),
      )
    return seen
  }

  /** Files that were announced at an unclean end and then not made: what comes to stand there is another's. */
  private forgetUnmade({ files }: ResumeRecord, seen: ReadonlyMap<number, SeenFile>): void {
    const unmade = files.filter((file) => file.made && !file.seen && !seen.has(file.index)).map(({ index }) => index)
    if (unmade.length === 0) return
    this.recorder.forgetFiles(unmade)
    this.own.reset(this.parts.store.load(this.layout.metainfo.infoHash).files)
  }

  /** The download folder where it is gone with all that may have been begun in it. */
  private async missingFolder({ files, writing }: ResumeRecord): Promise<string[]> {
    const { directory } = this.layout
    return files.length + writing.length === 0 || (await this.isThere(directory)) ? [] : [directory]
  }

  private async isThere(folder: string): Promise<boolean> {
    return (await this.files.stat(folder).catch(() => undefined)) !== undefined
  }

  /** Paths of files that were seen and are not there any more: a piece that could not be read is then no bad piece. */
  private async goneSince(seen: ReadonlyMap<number, SeenFile>): Promise<string[]> {
    const now = await this.look([...seen.keys()])
    return [...seen.keys()].filter((file) => !now.has(file)).map((file) => this.layout.path(file))
  }

  /** Makes the wanted files without bytes that are not there yet. Only after `resume`. @throws DiskError */
  async makeEmptyFiles(): Promise<void> {
    const { infoHash } = this.layout.metainfo
    const isMissing = (i: number) => this.layout.file(i).length === 0 && !this.own.isThere(i)
    const empty = this.layout.fileIndexes.filter((i) => isMissing(i) && (this.selection?.files.has(i) ?? true))
    if (empty.length === 0) return
    const fresh = this.own.unannounced(empty)
    this.parts.store.claim(infoHash, [], fresh, this.parts.ports.clock.wallTime())
    this.own.setAnnounced(fresh)
    for (const file of empty) {
      try {
        await this.own.prepare(file)
      } catch (error) {
        throw asDiskError(error, this.layout.path(file), () => 1)
      }
    }
    this.settle(this.recorder.have, { have: undefined, writing: [], files: [] }, await this.look(empty))
  }

  private remaining(): number {
    const { totalLength, pieceLength, pieceCount } = this.layout.metainfo
    const { have } = this.recorder
    if (have.complete) return 0
    if (this.selection) return this.remainingOf(this.selection)
    const last = pieceCount - 1
    const lastSize = pieceSize(this.layout.metainfo, last)
    return totalLength - have.count * pieceLength + (have.has(last) ? pieceLength - lastSize : 0)
  }

  private remainingOf({ pieces }: FileSelection): number {
    let bytes = 0
    for (let piece = 0; piece < pieces.length; piece++)
      if (pieces.has(piece) && !this.have.has(piece)) bytes += pieceSize(this.layout.metainfo, piece)
    return bytes
  }

  private bytesOf(pieces: readonly number[]): number {
    return pieces.reduce((sum, piece) => sum + pieceSize(this.layout.metainfo, piece), 0)
  }
}

function copyOf(have: Bitfield): Bitfield {
  return new Bitfield(have.length, have.bytes)
}
