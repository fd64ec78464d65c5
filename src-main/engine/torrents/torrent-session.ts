/**
 * The life of one torrent in the list: what is checked, when its swarm runs, and what follows when the disk refuses.
 *
 *     checking -> running | paused | data-missing | error
 *     running <-> paused           running -> disk-full -> running (by itself, once there is room)
 *     running -> data-missing -> checking (by itself, once the files are back)
 *
 * What the person wants (`paused` or not) is kept apart from what is possible now. Changes run one after the other;
 * a check under way is broken off by the next change. Whatever happens, nothing verified is forgotten. A database that
 * cannot be written stops nothing: what it refused is recorded with the next `save`.
 */
import { toHex } from '../../kernel/bytes.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { TorrentRecord } from '../../storage/torrent-repository.ts'
import { Bitfield } from '../../torrent/bitfield.ts'
import { asDiskError } from '../../torrent/disk/disk-faults.ts'
import type { DiskError } from '../../torrent/disk/piece-storage.ts'
import type { TorrentFiles } from '../../torrent/disk/torrent-files.ts'
import type { FileSelection } from '../../torrent/file-selection.ts'
import type { Metainfo } from '../../torrent/metainfo/metainfo.ts'
import type { Swarm, SwarmSnapshot } from '../../torrent/swarm/swarm.ts'
import { awaitData, awaitRoom, type DiskWaiter } from './disk-waits.ts'
import { KnownPeers } from './known-peers.ts'
import type { Phase, SessionParts, SessionStart } from './session-parts.ts'
import { SessionRecord } from './session-record.ts'
import { sessionSwarm } from './session-swarm.ts'

/** How the pieces that are there become known: by the record and the crash rule, or by hashing everything. */
type Check = 'resume' | 'recheck'

export class TorrentSession {
  readonly kind = 'torrent'
  readonly id: string
  readonly files: TorrentFiles
  readonly directory: string
  readonly addedAt: number
  private readonly parts: SessionParts
  private description: Metainfo
  private wanted: FileSelection | undefined
  private state: Phase = { name: 'stopped' }
  private wantsPause: boolean
  private completed: number | undefined
  /** The pieces on disk are known. */
  private known = false
  private current: Swarm | undefined
  private totalsBefore: { uploaded: number; downloaded: number }
  private failure: TorrentRecord['error']
  /** Ended by `stop`: nothing begins until `start`. */
  private ended = false
  private readonly knownPeers: KnownPeers
  private readonly record: SessionRecord
  private readonly diskWaiter: DiskWaiter
  private last: Promise<void> = Promise.resolve()

  constructor(parts: SessionParts, start: SessionStart) {
    const { record, metainfo, files, selection } = start
    this.parts = parts
    this.id = toHex(record.infoHash)
    this.description = metainfo
    this.files = files
    this.directory = record.directory
    this.addedAt = record.addedAt
    this.wantsPause = record.paused
    this.completed = record.completedAt
    this.totalsBefore = { uploaded: record.uploaded, downloaded: record.downloaded }
    this.failure = record.error
    this.wanted = selection
    files.select(selection)
    this.knownPeers = new KnownPeers(parts, start, () => this.current)
    this.record = new SessionRecord(parts, record.infoHash, () => ({
      ...{ paused: this.wantsPause, completedAt: this.completed, error: this.failure, ...this.totals },
    }))
    this.diskWaiter = this.asDiskWaiter()
  }

  get metainfo(): Metainfo {
    return this.description
  }

  /** Undefined where every file is wanted. */
  get selection(): FileSelection | undefined {
    return this.wanted
  }

  /** Everything that is wanted is there. */
  get isComplete(): boolean {
    return this.wanted ? this.wanted.isComplete(this.have) : this.have.complete
  }

  get phase(): Phase {
    return this.state
  }

  get swarm(): Swarm | undefined {
    return this.current
  }

  get completedAt(): number | undefined {
    return this.completed
  }

  /** Verified pieces on disk. Read only. */
  get have(): Bitfield {
    return this.files.have
  }

  /** Payload bytes of all times. */
  get totals(): { readonly uploaded: number; readonly downloaded: number } {
    return this.totalsWith(this.current?.snapshot())
  }

  /** The same, with what the swarm shows now. */
  totalsWith(now: Pick<SwarmSnapshot, 'uploaded' | 'downloaded'> | undefined): TorrentSession['totals'] {
    return {
      uploaded: this.totalsBefore.uploaded + (now?.uploaded ?? 0),
      downloaded: this.totalsBefore.downloaded + (now?.downloaded ?? 0),
    }
  }

  /** Finds out what is on disk, then runs unless paused. Resolves when that is settled. */
  start(): Promise<void> {
    this.ended = false
    return this.next(() => this.bringUp('resume'))
  }

  /** For a torrent that was just hashed: everything is there. Where a file has changed since, it is checked after all. */
  startComplete(): Promise<void> {
    return this.next(async () => {
      try {
        await this.files.adoptComplete()
      } catch {
        return this.bringUp('resume')
      }
      this.known = true
      this.settle()
    })
  }

  /** Peers that a person named: tried now, and again when the swarm starts anew. The last ones are kept. */
  addPeers(peers: readonly Endpoint[]): void {
    this.knownPeers.add(peers)
  }

  /** Further trackers, each in a tier of its own: asked from now on. @param torrent the .torrent with them */
  addTrackers(torrent: Uint8Array, trackers: Metainfo['trackers']): void {
    const { infoHash, private: isPrivate } = this.metainfo
    this.parts.store.torrents.setMetainfo(infoHash, torrent)
    const known = this.description.trackers.length
    this.description = { ...this.description, trackers }
    const needs = { trackers: trackers.slice(known), private: isPrivate, everyTier: true }
    this.current?.follow(this.parts.sourcesFor(needs).filter(({ kind }) => kind === 'tracker'))
    this.parts.changed()
  }

  /** Which files are wanted from now on; undefined: all. @throws where that cannot be recorded; then nothing has changed */
  select(selection: FileSelection | undefined): void {
    this.parts.store.selections.set(this.metainfo.infoHash, selection?.files.bytes)
    this.wanted = selection
    this.files.select(selection)
    this.current?.select(selection?.pieces ?? Bitfield.full(this.have.length))
    if (!this.known) return
    if (this.isComplete) this.noteCompleted()
    else this.noteIncomplete()
    void this.next(() => this.makeEmptyFiles())
  }

  async pause(): Promise<void> {
    this.wantsPause = true
    this.record.write()
    this.breakOffCheck()
    await this.next(async () => {
      this.enter({ name: 'paused' })
      await this.stopSwarm()
    })
  }

  async resume(): Promise<void> {
    this.wantsPause = false
    this.failure = undefined
    this.record.write()
    await this.next(async () => {
      if (this.current && this.state.name === 'running') return
      await this.stopSwarm()
      if (this.known && this.state.name === 'paused') this.settle()
      else await this.bringUp('resume')
    })
  }

  /** Closes every connection and begins anew: what may be reached has changed. */
  reconnect(): Promise<void> {
    return this.next(async () => {
      if (!this.current) return
      await this.stopSwarm()
      this.settle()
    })
  }

  /** Hashes everything again. Resolves when it has begun. */
  async recheck(): Promise<void> {
    this.breakOffCheck()
    await this.last
    void this.next(async () => {
      await this.stopSwarm()
      await this.bringUp('recheck')
    })
  }

  /** A clean end: goodbye said, everything recorded. Nothing begins any more, unless by `start`. */
  stop(): Promise<void> {
    this.breakOffCheck()
    const stopped = this.next(async () => {
      this.enter({ name: 'stopped' })
      await this.stopSwarm()
      // at worst, what is not recorded is hashed again at the next start; a drive that is away must not keep it here
      await this.files.stop().catch((error) => this.record.complain('torrent not ended cleanly', error))
    })
    this.ended = true
    return stopped
  }

  /** Records totals and good peers, now and then and at the end. */
  save(): void {
    if (!this.current && !this.record.isBehind) return
    this.record.write()
    if (this.current && !this.record.isBehind) this.record.writePeers(this.current)
  }

  /** After what went before. Nothing is done any more once the session has ended. */
  private next(work: () => Promise<void>): Promise<void> {
    if (this.ended) return this.last
    const done = this.last.then(work)
    this.last = done.catch(() => {})
    return done
  }

  private enter(phase: Phase): void {
    if ('probe' in this.state) this.state.probe.cancel()
    this.state = phase
    this.parts.changed()
  }

  private breakOffCheck(): void {
    if (this.state.name === 'checking') this.state.abort.abort()
  }

  private async bringUp(check: Check): Promise<void> {
    const abort = new AbortController()
    const checking: Phase = { name: 'checking', fraction: 0, abort }
    this.enter(checking)
    // What is known stays so through a full check that is broken off; the crash rule sets out from the record alone.
    if (check === 'resume') this.known = false
    const progress = (done: number, total: number) => {
      checking.fraction = total > 0 ? done / total : 1
      this.parts.changed()
    }
    try {
      if (!(await this.look(check, { progress, signal: abort.signal }))) return
    } catch (error) {
      if (abort.signal.aborted) this.enter({ name: 'paused' })
      else this.refusedBy(asDiskError(error, this.files.layout.root, () => 1))
      return
    }
    this.known = true
    this.settle()
  }

  /** @returns whether it is known what is there; otherwise the files are away and it is looked again */
  private async look(check: Check, options: Parameters<TorrentFiles['resume']>[0]): Promise<boolean> {
    if (check === 'recheck') {
      await this.files.recheck(options)
      if (!this.isComplete) this.noteIncomplete()
      return true
    }
    const outcome = await this.files.resume(options)
    if (outcome.state === 'ready') return true
    const [path] = outcome.missing
    awaitData(
      this.diskWaiter,
      `${path} is not there. Connect the drive or put it back, and it goes on by itself; or choose Recheck.`,
    )
    return false
  }

  /** What is there is known: goes on as the person wants it. */
  private settle(): void {
    if (this.isComplete) this.noteCompleted()
    if (this.wantsPause) this.enter({ name: 'paused' })
    else this.run()
  }

  private run(): void {
    const { listener, sourcesFor, dhtNodes } = this.parts
    const { metainfo, files, wanted, knownPeers } = this
    const swarm = sessionSwarm(this.parts, {
      ...{ metainfo, files, wanted },
      events: {
        pieceVerified: () => this.parts.changed(),
        pieceLost: () => this.noteLost(),
        completed: () => this.noteCompleted(),
        diskFailed: (error) => this.diskFailed(swarm, error),
        dhtNode: (endpoint) => dhtNodes?.([endpoint]),
      },
    })
    this.current = swarm
    listener.add(swarm)
    this.enter({ name: 'running' })
    swarm.start(sourcesFor(metainfo))
    knownPeers.tell(swarm)
    this.record.kept(({ peers }) => swarm.addPeers(peers.list(metainfo.infoHash), 'given'))
    knownPeers.suggestNodes(metainfo, () => this.ended)
  }

  private async makeEmptyFiles(): Promise<void> {
    if (!this.known || this.state.name === 'data-missing') return
    try {
      await this.files.makeEmptyFiles()
    } catch (error) {
      this.refusedBy(asDiskError(error, this.files.layout.root, () => 1))
    }
  }

  private async stopSwarm(): Promise<void> {
    const swarm = this.current
    if (!swarm) return
    this.parts.listener.remove(swarm)
    this.save()
    await swarm.stop()
    this.totalsBefore = this.totals
    this.current = undefined
    this.record.write()
    // tried again by itself; at worst, hashed again at the next start
    await this.files.flush().catch((error) => this.record.complain('progress not recorded', error))
  }

  private noteCompleted(): void {
    this.parts.changed()
    if (this.completed !== undefined || this.wanted?.bytes === 0) return
    this.completed = this.parts.clock.wallTime()
    this.record.write()
  }

  private noteLost(): void {
    if (this.isComplete) this.parts.changed()
    else this.noteIncomplete()
  }

  /** Something that is wanted is not on disk, or not any more. */
  private noteIncomplete(): void {
    this.parts.changed()
    if (this.ended || this.completed === undefined) return
    this.completed = undefined
    this.record.write()
  }

  private diskFailed(swarm: Swarm, error: DiskError): void {
    if (swarm !== this.current || this.state.name !== 'running') return
    this.parts.log.write('warn', 'disk refused', { torrent: this.id, code: error.code, message: error.message })
    this.refusedBy(error)
    if (error.fault.code !== 'DISK_FULL') void this.next(() => this.stopSwarm())
  }

  private refusedBy(error: DiskError): void {
    if (error.fault.code === 'DISK_FULL') awaitRoom(this.diskWaiter, error.message)
    else if (error.fault.code === 'DATA_MISSING') awaitData(this.diskWaiter, error.message)
    else this.fail(error)
  }

  private fail(error: DiskError): void {
    const reason = { code: error.code, message: error.message }
    this.failure = reason
    this.record.write()
    this.parts.log.write('warn', 'torrent stopped', { torrent: this.id, ...reason })
    this.enter({ name: 'error', ...reason })
  }

  private asDiskWaiter(): DiskWaiter {
    const lookAnew = (isWanted: () => boolean) =>
      this.next(async () => {
        if (isWanted()) await this.bringUp('resume')
      })
    return {
      clock: this.parts.clock,
      phase: () => this.state,
      enter: (phase) => this.enter(phase),
      hasRoom: () => this.files.roomAgain(),
      goOn: async (isWanted) => {
        if (!this.current) return lookAnew(isWanted)
        this.enter({ name: 'running' })
        this.current.resumeDisk()
      },
      lookAnew,
    }
  }
}
