/** All torrents of the engine: loads them at the start, adds, removes, and tells when anything that is shown has changed. */
import { isAbsolute } from 'node:path'
import { toHex } from '../../kernel/bytes.ts'
import { MINUTE, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import type { FileStore, Trash } from '../../kernel/files.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { NewFileRecord } from '../../storage/resume-repository.ts'
import { Bitfield } from '../../torrent/bitfield.ts'
import { claimTargets, prepareDirectory } from '../../torrent/disk/claims.ts'
import type { Disk } from '../../torrent/disk/disk.ts'
import { Layout } from '../../torrent/disk/layout.ts'
import { remove as trashFiles } from '../../torrent/disk/removal.ts'
import { parseMetainfo } from '../../torrent/metainfo/parse.ts'
import { Watchers } from '../watchers.ts'
import type { SessionParts } from './session-parts.ts'
import type { TorrentFile } from './torrent-file.ts'
import { TorrentSession } from './torrent-session.ts'
import { TorrentsError } from './torrents-error.ts'

/** Rates and times left move on their own: rows are looked at again this often while a torrent runs. */
const TICK: Millis = SECOND
const SAVE_PERIOD: Millis = MINUTE

export interface TorrentListOptions {
  readonly parts: Omit<SessionParts, 'changed'>
  readonly disk: Disk
  readonly files: FileStore
  readonly trash: Trash
  readonly platform: NodeJS.Platform
}

export interface Addition {
  readonly torrent: TorrentFile
  /** Absolute path of the download folder. */
  readonly directory: string
  readonly paused: boolean
  readonly useExisting: boolean
  readonly peers: readonly Endpoint[]
}

export class TorrentList {
  readonly watchers = new Watchers()
  private readonly options: TorrentListOptions
  private readonly sessions = new Map<string, TorrentSession>()
  /** Torrents being added or removed, so that nobody does it twice at once. */
  private readonly busy = new Set<string>()
  private unreadableCount = 0
  private readonly tick: Timer
  private readonly saving: Timer

  constructor(options: TorrentListOptions) {
    this.options = options
    const { clock } = options.parts
    this.tick = clock.every(TICK, () => {
      if (this.all().some(({ phase }) => phase.name === 'running')) this.watchers.notify()
    })
    this.saving = clock.every(SAVE_PERIOD, () => {
      for (const session of this.sessions.values()) session.save()
    })
  }

  /** Torrents of the last time that could not be taken up. */
  get unreadable(): number {
    return this.unreadableCount
  }

  all(): TorrentSession[] {
    return [...this.sessions.values()]
  }

  /** @throws TorrentsError NO_SUCH_TORRENT */
  get(id: string): TorrentSession {
    const session = this.sessions.get(id)
    if (!session) throw new TorrentsError({ code: 'NO_SUCH_TORRENT', id })
    return session
  }

  has(id: string): boolean {
    return this.sessions.has(id)
  }

  /** The .torrent as it was given. @throws TorrentsError NO_SUCH_TORRENT */
  torrentBytes(id: string): Uint8Array {
    const record = this.options.parts.store.torrents.get(this.get(id).metainfo.infoHash)
    if (!record) throw new TorrentsError({ code: 'NO_SUCH_TORRENT', id })
    return record.metainfo
  }

  /** Takes up every torrent of the last time. A record that cannot be read is said in the log and left where it is. */
  load(): void {
    const { parts, disk, platform } = this.options
    const { torrents, unreadable } = parts.store.torrents.list()
    this.unreadableCount = unreadable.length
    for (const { infoHash, reason } of unreadable)
      parts.log.write('error', 'torrent cannot be read', { infoHash, reason })
    for (const record of torrents) {
      try {
        const metainfo = parseMetainfo(record.metainfo, { platform })
        const files = disk.torrent(metainfo, record.directory)
        this.begin(new TorrentSession(this.partsOf(), record, metainfo, files, []), (session) => session.start())
      } catch (error) {
        this.unreadableCount++
        parts.log.write('error', 'torrent cannot be taken up', { infoHash: toHex(record.infoHash), error })
      }
    }
  }

  /** @returns its id. @throws TorrentsError, DiskError; then nothing has changed */
  async add({ torrent, directory, paused, useExisting, peers }: Addition): Promise<string> {
    const existing = (layout: Layout, others: Layout[]) => claimTargets(this.options.files, layout, others, useExisting)
    return this.adding(torrent, directory, async (layout, others) => {
      await prepareDirectory(this.options.files, directory)
      const found = await existing(layout, others)
      const there: NewFileRecord[] = found.map((index) => ({ index, made: false, seen: undefined }))
      // Nothing there: known to have nothing. Something there: unknown, so that it is checked.
      const have = found.length > 0 ? undefined : new Bitfield(torrent.metainfo.pieceCount).bytes
      return { paused, have, files: there, peers, start: (session) => session.start() }
    })
  }

  /** Seeds files that have just been hashed, where they stand. */
  async seedComplete(torrent: TorrentFile, directory: string): Promise<string> {
    return this.adding(torrent, directory, async (layout, others) => {
      const found = await claimTargets(this.options.files, layout, others, true)
      const files = found.map((index) => ({ index, made: false, seen: undefined }))
      return { paused: false, have: undefined, files, peers: [], start: (session) => session.startComplete() }
    })
  }

  /** @param trash also moves the files that this torrent made to the trash */
  async remove(id: string, trash: boolean): Promise<void> {
    const session = this.get(id)
    if (this.busy.has(id)) return
    this.busy.add(id)
    try {
      await session.stop()
      if (trash) {
        const others = this.all().filter((other) => other !== session)
        const removal = await session.files.planRemoval(others.map(({ files }) => files.layout))
        await trashFiles(this.options.files, this.options.trash, removal)
      }
      this.options.parts.store.torrents.remove(session.metainfo.infoHash)
      this.sessions.delete(id)
    } catch (error) {
      // It stays in the list as it was, so that nothing is lost and the person can try again.
      void session.start().catch(() => {})
      throw error
    } finally {
      this.busy.delete(id)
      this.watchers.notify()
    }
  }

  /** Ends all at once: trackers are told, everything verified is recorded. */
  async stop(): Promise<void> {
    this.tick.cancel()
    this.saving.cancel()
    await Promise.all(this.all().map((session) => session.stop()))
  }

  private async adding(
    { metainfo, bytes }: TorrentFile,
    directory: string,
    prepare: (layout: Layout, others: Layout[]) => Promise<Preparation>,
  ): Promise<string> {
    const { parts, disk } = this.options
    const id = toHex(metainfo.infoHash)
    if (!isAbsolute(directory)) throw new TorrentsError({ code: 'NOT_ABSOLUTE', path: directory })
    if (this.sessions.has(id) || this.busy.has(id))
      throw new TorrentsError({ code: 'ALREADY_PRESENT', id, name: metainfo.name })
    this.busy.add(id)
    try {
      const others = this.all().map(({ files }) => files.layout)
      const { paused, have, files, peers, start } = await prepare(new Layout(metainfo, directory), others)
      const { infoHash } = metainfo
      parts.store.torrents.add({
        ...{ infoHash, metainfo: bytes, directory, paused, have, files },
        addedAt: parts.clock.wallTime(),
      })
      const record = parts.store.torrents.get(infoHash)
      if (!record) throw new TorrentsError({ code: 'NO_SUCH_TORRENT', id })
      this.begin(new TorrentSession(this.partsOf(), record, metainfo, disk.torrent(metainfo, directory), peers), start)
      return id
    } finally {
      this.busy.delete(id)
    }
  }

  private begin(session: TorrentSession, start: (session: TorrentSession) => Promise<void>): void {
    this.sessions.set(session.id, session)
    this.watchers.notify()
    start(session).catch((error) =>
      this.options.parts.log.write('error', 'torrent did not start', { id: session.id, error }),
    )
  }

  private partsOf(): SessionParts {
    return { ...this.options.parts, changed: () => this.watchers.notify() }
  }
}

interface Preparation {
  readonly paused: boolean
  readonly have: Uint8Array | undefined
  readonly files: readonly NewFileRecord[]
  readonly peers: readonly Endpoint[]
  readonly start: (session: TorrentSession) => Promise<void>
}
