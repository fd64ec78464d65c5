/**
 * All torrents and magnets of the engine: takes them up at the start, removes, saves now and then, ends all, and
 * tells when anything that is shown has changed. How they come in: `Additions`.
 */
import { formatMagnet, parseMagnet } from '../../codec/magnet.ts'
import { toHex } from '../../kernel/bytes.ts'
import { MINUTE, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import type { FileStore, Trash } from '../../kernel/files.ts'
import type { MagnetRecord } from '../../storage/magnet-repository.ts'
import type { Disk } from '../../torrent/disk/disk.ts'
import { remove as trashFiles } from '../../torrent/disk/removal.ts'
import { keptSelection } from '../../torrent/file-selection.ts'
import { parseMetainfo } from '../../torrent/metainfo/parse.ts'
import { Watchers } from '../watchers.ts'
import { type Addition, Additions, type ListEntry, type MagnetAddition } from './additions.ts'
import { InTurns } from './in-turns.ts'
import type { MagnetSession } from './magnet-session.ts'
import type { SessionParts } from './session-parts.ts'
import type { TorrentFile } from './torrent-file.ts'
import { TorrentSession } from './torrent-session.ts'
import { TorrentsError } from './torrents-error.ts'

/** Rates and times left move on their own: rows are looked at again this often while a torrent runs. */
const TICK: Millis = SECOND
const SAVE_PERIOD: Millis = MINUTE

export type { Addition, ListEntry, MagnetAddition } from './additions.ts'

export interface TorrentListOptions {
  readonly parts: Omit<SessionParts, 'changed'>
  readonly disk: Disk
  readonly files: FileStore
  readonly trash: Trash
  readonly platform: NodeJS.Platform
}

export class TorrentList {
  readonly watchers = new Watchers()
  private readonly options: TorrentListOptions
  private readonly sessions = new Map<string, ListEntry>()
  /** Torrents being added or removed, so that nobody does it twice at once. */
  private readonly busy = new Set<string>()
  private waiting: InTurns<Uint8Array | MagnetRecord> | undefined
  /** Those whose totals and peers are being recorded. */
  private unsaved: InTurns<ListEntry> | undefined
  /** Nothing begins any more. */
  private ended = false
  private readonly unreadableIds = new Set<string>()
  private readonly tick: Timer
  private readonly saving: Timer
  private readonly parts: SessionParts
  private readonly additions: Additions

  constructor(options: TorrentListOptions) {
    this.options = options
    const { disk, files, platform } = options
    const { clock } = options.parts
    this.parts = { ...options.parts, changed: () => this.watchers.notify() }
    this.additions = new Additions({
      ...{ parts: this.parts, disk, files, platform, busy: this.busy },
      find: (id) => this.find(id),
      torrents: () => this.all(),
      begin: (entry, start) => this.begin(entry, start),
    })
    this.tick = clock.every(TICK, () => {
      if (this.entries().some(({ phase }) => phase.name === 'running' || phase.name === 'fetching'))
        this.watchers.notify()
    })
    this.saving = clock.every(SAVE_PERIOD, () => this.save())
  }

  /** @returns its id. @throws TorrentsError, DiskError; then nothing has changed */
  add(addition: Addition): Promise<string> {
    return this.additions.add(addition)
  }

  /** @returns its id. @throws TorrentsError; ALREADY_PRESENT, after what the link knows was passed on */
  addMagnet(addition: MagnetAddition): string {
    return this.additions.addMagnet(addition)
  }

  /** Adds what a followed link points to now; nothing where it is in the list. @throws TorrentsError */
  addFollowed(magnet: MagnetAddition['magnet'], where: Pick<Addition, 'directory' | 'paused'>): void {
    this.additions.addFollowed(magnet, where)
  }

  /** Seeds files that have just been hashed, where they stand. @returns its id. @throws TorrentsError, DiskError */
  seedComplete(torrent: TorrentFile, directory: string): Promise<string> {
    return this.additions.seedComplete(torrent, directory)
  }

  /** Torrents of the last time that could not be taken up. */
  get unreadable(): number {
    return this.unreadableIds.size
  }

  /** Torrents and magnets. */
  get size(): number {
    return this.sessions.size + (this.waiting?.size ?? 0)
  }

  /** Torrents and magnets that have been taken up, in the order they were added. */
  entries(): readonly ListEntry[] {
    return [...this.sessions.values()]
  }

  /** The torrents, without the magnets. */
  all(): TorrentSession[] {
    return this.entries().filter((entry) => entry.kind === 'torrent')
  }

  magnets(): MagnetSession[] {
    return this.entries().filter((entry) => entry.kind === 'magnet')
  }

  /** @throws TorrentsError NO_SUCH_TORRENT */
  entry(id: string): ListEntry {
    const entry = this.find(id)
    if (!entry) throw new TorrentsError({ code: 'NO_SUCH_TORRENT', id })
    return entry
  }

  /** @throws TorrentsError NO_SUCH_TORRENT, METADATA_MISSING where it is a magnet still */
  get(id: string): TorrentSession {
    const entry = this.entry(id)
    if (entry.kind === 'magnet') throw new TorrentsError({ code: 'METADATA_MISSING', id, name: entry.name })
    return entry
  }

  has(id: string): boolean {
    return this.sessions.has(id) || (this.waiting?.has(id) ?? false)
  }

  /** The .torrent as it was given, or as it came together. @throws TorrentsError NO_SUCH_TORRENT, METADATA_MISSING */
  torrentBytes(id: string): Uint8Array {
    const record = this.parts.store.torrents.get(this.get(id).metainfo.infoHash)
    if (!record) throw new TorrentsError({ code: 'NO_SUCH_TORRENT', id })
    return record.metainfo
  }

  /** A link to it with what is known of its trackers and web seeds. @throws TorrentsError NO_SUCH_TORRENT */
  magnetOf(id: string): string {
    const entry = this.entry(id)
    if (entry.kind === 'magnet') return formatMagnet({ ...entry.magnet, mutable: undefined })
    const { infoHash, name, trackers, webSeeds } = entry.metainfo
    return formatMagnet({ infoHash, name, trackers: trackers.flat(), webSeeds })
  }

  /**
   * Takes up everything of the last time, a few torrents a turn of the event loop; resolves when all are in the list. A
   * record that cannot be read is said in the log and left where it is.
   */
  load(): Promise<void> {
    const { store, clock } = this.parts
    const { magnets, unreadable } = store.magnets.list()
    for (const { infoHash, reason } of unreadable) this.leaveOut(infoHash, reason)
    const { torrents, unreadable: nameless } = store.torrents.summaries()
    for (let n = 1; n <= nameless; n++) this.leaveOut(`number ${n} without info-hash`, 'info_hash is not bytes')
    const all = [
      ...torrents.map(({ infoHash, addedAt }) => ({ id: toHex(infoHash), addedAt, item: infoHash })),
      ...magnets.map((item) => ({ id: toHex(item.infoHash), addedAt: item.addedAt, item })),
    ].sort((a, b) => a.addedAt - b.addedAt)
    // Of a damaged database both may have been saved: what is a torrent already is no magnet any more.
    const known = new Set(torrents.map(({ infoHash }) => toHex(infoHash)))
    const items = all.filter(({ id, item }) => item instanceof Uint8Array || !known.has(id))
    return new Promise((resolve) => {
      this.waiting = new InTurns<Uint8Array | MagnetRecord>(
        clock,
        new Map(items.map(({ id, item }) => [id, item])),
        (id, item) => this.takeUp(id, item),
        () => {
          this.watchers.notify()
          resolve()
        },
      )
      this.waiting.start()
    })
  }

  /** @param trash also moves the files that this torrent made to the trash */
  async remove(id: string, trash: boolean): Promise<void> {
    const found = this.entry(id)
    if (this.busy.has(id)) return
    this.busy.add(id)
    try {
      await found.stop()
      // A magnet may have become a torrent just before.
      const entry = this.entry(id)
      if (entry !== found) await entry.stop()
      await this.forget(entry, trash)
      this.sessions.delete(id)
    } catch (error) {
      // It stays in the list as it was, so that nothing is lost and the person can try again.
      const entry = this.sessions.get(id)
      if (entry) this.begin(entry)
      throw error
    } finally {
      this.busy.delete(id)
      this.watchers.notify()
    }
  }

  /** Ends all at once: trackers are told, everything verified is recorded. */
  async stop(): Promise<void> {
    this.ended = true
    this.tick.cancel()
    this.saving.cancel()
    this.waiting?.stop()
    this.unsaved?.stop()
    await Promise.all(this.entries().map((entry) => entry.stop()))
    // Those that have become torrents while the magnets were ending.
    await Promise.all(this.all().map((session) => session.stop()))
  }

  /** Takes it up where that is still to be done. */
  private find(id: string): ListEntry | undefined {
    this.waiting?.now(id)
    return this.sessions.get(id)
  }

  private async forget(entry: ListEntry, trash: boolean): Promise<void> {
    const { store } = this.parts
    if (entry.kind === 'magnet') {
      store.magnets.remove(entry.infoHash)
      return
    }
    if (trash) {
      const others = this.all().filter((other) => other !== entry)
      const removal = await entry.files.planRemoval(others.map(({ files }) => files.layout))
      await trashFiles(this.options.files, this.options.trash, removal)
    }
    store.torrents.remove(entry.metainfo.infoHash)
  }

  private takeUp(id: string, item: Uint8Array | MagnetRecord): void {
    const { store } = this.parts
    try {
      if (!(item instanceof Uint8Array)) {
        this.begin(this.additions.magnetSession(item, parseMagnet(item.uri)))
        return
      }
      const record = store.torrents.get(item)
      if (!record) return
      const metainfo = parseMetainfo(record.metainfo, { platform: this.options.platform })
      const files = this.options.disk.torrent(metainfo, record.directory)
      const selection = keptSelection(metainfo, store.selections.get(item))
      this.begin(new TorrentSession(this.parts, { record, metainfo, files, selection, given: [] }))
    } catch (error) {
      this.leaveOut(id, error)
    }
  }

  private save(): void {
    this.unsaved?.stop()
    const sessions = new Map(this.entries().map((entry) => [entry.id, entry]))
    this.unsaved = new InTurns(
      this.parts.clock,
      sessions,
      (_id, session) => session.save(),
      () => {},
    )
    this.unsaved.start()
  }

  private leaveOut(infoHash: string, error: unknown): void {
    this.unreadableIds.add(infoHash)
    this.parts.log.write('error', 'torrent cannot be taken up', { infoHash, error })
  }

  /** In the list from now on; in the place of the magnet that it was, if it was one. */
  private begin(entry: ListEntry, start: () => Promise<void> = () => entry.start()): void {
    this.sessions.set(entry.id, entry)
    this.unreadableIds.delete(entry.id)
    this.watchers.notify()
    // What was being added while all ends is taken up the next time.
    if (this.ended) return
    start().catch((error) => this.parts.log.write('error', 'torrent did not start', { id: entry.id, error }))
  }
}
