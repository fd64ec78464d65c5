/**
 * The life of one torrent in the list: what is checked, when its swarm runs, and what follows when the disk refuses.
 *
 *     checking -> running | paused | data-missing | error
 *     running <-> paused           running -> disk-full -> running (by itself, once there is room)
 *     running -> data-missing -> checking (by itself, once the files are back)
 *
 * What the person wants (`paused` or not) is kept apart from what is possible now. Changes run one after the other;
 * a check under way is broken off by the next change. Whatever happens, nothing verified is forgotten.
 */
import { toHex } from '../../kernel/bytes.ts'
import { type Millis, SECOND } from '../../kernel/clock.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { TorrentRecord } from '../../storage/torrent-repository.ts'
import { Bitfield } from '../../torrent/bitfield.ts'
import type { DiskError } from '../../torrent/disk/piece-storage.ts'
import type { TorrentFiles } from '../../torrent/disk/torrent-files.ts'
import type { Metainfo } from '../../torrent/metainfo/metainfo.ts'
import { Swarm } from '../../torrent/swarm/swarm.ts'
import type { Phase, SessionParts } from './session-parts.ts'

/** How often a full disk or a missing drive is looked at again. */
export const PROBE_PERIOD: Millis = 10 * SECOND

/** How the pieces that are there become known: by the record and the crash rule, or by hashing everything. */
type Check = 'resume' | 'recheck'

/** Peers that a person has named and that are tried anew with each start. */
const MAX_GIVEN_PEERS = 100

export class TorrentSession {
  readonly id: string
  readonly metainfo: Metainfo
  readonly files: TorrentFiles
  readonly directory: string
  readonly addedAt: number
  private readonly parts: SessionParts
  private given: readonly Endpoint[]
  private state: Phase = { name: 'stopped' }
  private wantsPause: boolean
  private completed: number | undefined
  /** The pieces on disk are known. */
  private known = false
  private current: Swarm | undefined
  private totalsBefore: { uploaded: number; downloaded: number }
  private last: Promise<void> = Promise.resolve()

  /** @param given peers that a person named, to be tried besides those that sources find */
  constructor(
    parts: SessionParts,
    record: TorrentRecord,
    metainfo: Metainfo,
    files: TorrentFiles,
    given: readonly Endpoint[],
  ) {
    this.parts = parts
    this.id = toHex(record.infoHash)
    this.metainfo = metainfo
    this.files = files
    this.directory = record.directory
    this.addedAt = record.addedAt
    this.given = given
    this.wantsPause = record.paused
    this.completed = record.completedAt
    this.totalsBefore = { uploaded: record.uploaded, downloaded: record.downloaded }
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
    const now = this.current?.snapshot()
    return {
      uploaded: this.totalsBefore.uploaded + (now?.uploaded ?? 0),
      downloaded: this.totalsBefore.downloaded + (now?.downloaded ?? 0),
    }
  }

  /** Finds out what is on disk, then runs unless paused. Resolves when that is settled. */
  start(): Promise<void> {
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
    this.given = [...this.given, ...peers].slice(-MAX_GIVEN_PEERS)
    this.current?.addPeers(peers, 'given')
  }

  async pause(): Promise<void> {
    this.wantsPause = true
    this.parts.store.torrents.setPaused(this.metainfo.infoHash, true)
    this.breakOffCheck()
    await this.next(async () => {
      this.enter({ name: 'paused' })
      await this.stopSwarm()
    })
  }

  async resume(): Promise<void> {
    this.wantsPause = false
    this.parts.store.torrents.setPaused(this.metainfo.infoHash, false)
    this.parts.store.torrents.setError(this.metainfo.infoHash, undefined)
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
      if (this.state.name !== 'running') return
      await this.stopSwarm()
      this.settle()
    })
  }

  /** Hashes everything again. Resolves when it has begun. */
  async recheck(): Promise<void> {
    this.breakOffCheck()
    await new Promise<void>((begun) => {
      void this.next(async () => {
        begun()
        await this.stopSwarm()
        await this.bringUp('recheck')
      })
    })
  }

  /** A clean end: goodbye said, everything recorded. */
  stop(): Promise<void> {
    this.breakOffCheck()
    return this.next(async () => {
      this.enter({ name: 'stopped' })
      await this.stopSwarm()
      await this.files.stop()
    })
  }

  /** Records totals and good peers, now and then and at the end. */
  save(): void {
    const { store, clock } = this.parts
    store.torrents.setTotals(this.metainfo.infoHash, this.totals)
    if (!this.current) return
    const good = [...this.current.list.known.values()].filter((peer) => peer.failures === 0 && !peer.self)
    const connected = good.filter((peer) => peer.busy)
    const peers = [...connected, ...good.filter((peer) => !peer.busy)].map(({ endpoint }) => endpoint)
    store.peers.save(this.metainfo.infoHash, peers, clock.wallTime())
  }

  private next(work: () => Promise<void>): Promise<void> {
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
    const progress = (done: number, total: number) => {
      checking.fraction = total > 0 ? done / total : 1
      this.parts.changed()
    }
    try {
      if (!(await this.look(check, { progress, signal: abort.signal }))) return
    } catch (error) {
      if (abort.signal.aborted) this.enter({ name: 'paused' })
      else this.fail(error)
      return
    }
    this.known = true
    this.settle()
  }

  /** @returns whether it is known what is there; otherwise the files are away and it is looked again */
  private async look(check: Check, options: Parameters<TorrentFiles['resume']>[0]): Promise<boolean> {
    const { store } = this.parts
    if (check === 'recheck') {
      const have = await this.files.recheck(options)
      if (!have.complete && this.completed !== undefined) store.torrents.setCompleted(this.metainfo.infoHash, undefined)
      if (!have.complete) this.completed = undefined
      return true
    }
    const outcome = await this.files.resume(options)
    if (outcome.state === 'ready') return true
    const [path] = outcome.missing
    this.awaitData(
      `${path} is not there. Connect the drive or put it back, and it goes on by itself; or choose Recheck.`,
    )
    return false
  }

  /** What is there is known: goes on as the person wants it. */
  private settle(): void {
    if (this.have.complete) this.noteCompleted()
    if (this.wantsPause) this.enter({ name: 'paused' })
    else this.run()
  }

  private run(): void {
    const { clock, random, streams, hasher, log, budget, listener, peerId, slots, store, sourcesFor } = this.parts
    const swarm = new Swarm({
      metainfo: this.metainfo,
      have: new Bitfield(this.have.length, this.have.bytes),
      storage: this.files.storage,
      ...{ clock, random, streams, hasher, log, budget, peerId },
      settings: { slots: slots() },
      port: () => listener.port,
      events: {
        pieceVerified: () => this.parts.changed(),
        pieceLost: () => this.lostPiece(),
        completed: () => this.noteCompleted(),
        diskFailed: (error) => this.diskFailed(swarm, error),
      },
    })
    this.current = swarm
    listener.add(swarm)
    this.enter({ name: 'running' })
    swarm.start(sourcesFor(this.metainfo))
    swarm.addPeers(this.given, 'given')
    swarm.addPeers(store.peers.list(this.metainfo.infoHash), 'given')
  }

  private async stopSwarm(): Promise<void> {
    const swarm = this.current
    if (!swarm) return
    this.parts.listener.remove(swarm)
    this.save()
    await swarm.stop()
    this.totalsBefore = this.totals
    this.current = undefined
    this.save()
    await this.files.flush()
  }

  private noteCompleted(): void {
    this.parts.changed()
    if (this.completed !== undefined) return
    this.completed = this.parts.clock.wallTime()
    this.parts.store.torrents.setCompleted(this.metainfo.infoHash, this.completed)
  }

  private lostPiece(): void {
    this.completed = undefined
    this.parts.store.torrents.setCompleted(this.metainfo.infoHash, undefined)
    this.parts.changed()
  }

  private diskFailed(swarm: Swarm, error: DiskError): void {
    if (swarm !== this.current || this.state.name !== 'running') return
    this.parts.log.write('warn', 'disk refused', { torrent: this.id, code: error.code, message: error.message })
    if (error.fault.code === 'DISK_FULL') this.awaitRoom(error.message)
    else if (error.fault.code === 'DATA_MISSING') {
      this.awaitData(error.message)
      void this.next(() => this.stopSwarm())
    } else {
      this.fail(error)
      void this.next(() => this.stopSwarm())
    }
  }

  private fail(error: unknown): void {
    const reason = { code: codeOf(error), message: messageOf(error) }
    this.parts.store.torrents.setError(this.metainfo.infoHash, reason)
    this.parts.log.write('warn', 'torrent stopped', { torrent: this.id, ...reason })
    this.enter({ name: 'error', ...reason })
  }

  /** The swarm stays: what is there is served on, fetching rests until there is room. */
  private awaitRoom(message: string): void {
    const look = async (): Promise<void> => {
      const room = await this.files.roomAgain().catch(() => false)
      if (this.state !== waiting) return
      if (room) {
        this.enter({ name: 'running' })
        this.current?.resumeDisk()
      } else this.awaitRoom(message)
    }
    const waiting: Phase = {
      name: 'disk-full',
      message,
      probe: this.parts.clock.after(PROBE_PERIOD, () => void look()),
    }
    this.enter(waiting)
  }

  private awaitData(message: string): void {
    const look = (): void => {
      void this.next(async () => {
        if (this.state !== waiting) return
        await this.bringUp('resume')
      })
    }
    const waiting: Phase = { name: 'data-missing', message, probe: this.parts.clock.after(PROBE_PERIOD, look) }
    this.enter(waiting)
  }
}
