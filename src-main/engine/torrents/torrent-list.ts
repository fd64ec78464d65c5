/**
 * All torrents and magnets of the engine: takes them up at the start, adds, removes, makes torrents of magnets, and tells
 * when anything that is shown has changed.
 */
import { isAbsolute } from 'node:path'
import { formatMagnet, type Magnet, parseMagnet } from '../../codec/magnet.ts'
import { toHex } from '../../kernel/bytes.ts'
import { MINUTE, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import type { FileStore, Trash } from '../../kernel/files.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { MagnetRecord } from '../../storage/magnet-repository.ts'
import { Bitfield } from '../../torrent/bitfield.ts'
import { claimTargets, prepareDirectory } from '../../torrent/disk/claims.ts'
import type { Disk } from '../../torrent/disk/disk.ts'
import { Layout } from '../../torrent/disk/layout.ts'
import { remove as trashFiles } from '../../torrent/disk/removal.ts'
import { type FileSelection, keptSelection } from '../../torrent/file-selection.ts'
import type { OriginatedPeer } from '../../torrent/metadata/metadata-swarm-options.ts'
import { parseMetainfo } from '../../torrent/metainfo/parse.ts'
import { Watchers } from '../watchers.ts'
import { adoptedSelection, adoptedTorrent, carriedPeers, withFurtherTrackers } from './adopted-torrent.ts'
import { chosenFiles, keptChoice } from './file-choice.ts'
import { type MagnetParts, MagnetSession } from './magnet-session.ts'
import { mergedMagnet } from './merged-magnet.ts'
import type { SessionParts } from './session-parts.ts'
import { TakeUp } from './take-up.ts'
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

interface Destination {
  /** Absolute path of the download folder. */
  readonly directory: string
  readonly paused: boolean
  readonly useExisting: boolean
  readonly peers: readonly Endpoint[]
  /** Numbers among the files that people are shown; undefined: all, or what the link says. */
  readonly wanted?: readonly number[] | undefined
}

export interface Addition extends Destination {
  readonly torrent: TorrentFile
}

export interface MagnetAddition extends Destination {
  /** With an info-hash. */
  readonly magnet: Magnet & { readonly infoHash: Uint8Array }
}

export type ListEntry = TorrentSession | MagnetSession

export class TorrentList {
  readonly watchers = new Watchers()
  private readonly options: TorrentListOptions
  private readonly sessions = new Map<string, ListEntry>()
  /** Torrents being added or removed, so that nobody does it twice at once. */
  private readonly busy = new Set<string>()
  private waiting: TakeUp<Uint8Array | MagnetRecord> | undefined
  private readonly unreadableIds = new Set<string>()
  private readonly tick: Timer
  private readonly saving: Timer

  constructor(options: TorrentListOptions) {
    this.options = options
    const { clock } = options.parts
    this.tick = clock.every(TICK, () => {
      if (this.entries().some(({ phase }) => phase.name === 'running' || phase.name === 'fetching'))
        this.watchers.notify()
    })
    this.saving = clock.every(SAVE_PERIOD, () => {
      for (const session of this.all()) session.save()
    })
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
    this.waiting?.now(id)
    const entry = this.sessions.get(id)
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
    const record = this.options.parts.store.torrents.get(this.get(id).metainfo.infoHash)
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
   * Takes up everything of the last time: the first ones at once, the others by and by. A record that cannot be read is
   * said in the log and left where it is.
   */
  load(): void {
    const { store, clock } = this.options.parts
    const { magnets, unreadable } = store.magnets.list()
    for (const { infoHash, reason } of unreadable) this.leaveOut(infoHash, reason)
    const { torrents, unreadable: nameless } = store.torrents.summaries()
    for (let n = 1; n <= nameless; n++) this.leaveOut(`number ${n} without info-hash`, 'info_hash is not bytes')
    const all = [
      ...torrents.map(({ infoHash, addedAt }) => ({ infoHash, addedAt, item: infoHash })),
      ...magnets.map((item) => ({ infoHash: item.infoHash, addedAt: item.addedAt, item })),
    ].sort((a, b) => a.addedAt - b.addedAt)
    this.waiting = new TakeUp<Uint8Array | MagnetRecord>(
      clock,
      new Map(all.map(({ infoHash, item }) => [toHex(infoHash), item])),
      (id, item) => this.takeUp(id, item),
      () => this.watchers.notify(),
    )
    this.waiting.start()
  }

  /** @returns its id. @throws TorrentsError, DiskError; then nothing has changed */
  async add({ torrent, directory, paused, useExisting, peers, wanted }: Addition): Promise<string> {
    const selection = chosenFiles(torrent.metainfo, wanted)
    const id = this.claim(torrent.metainfo.infoHash, torrent.metainfo.name, directory)
    const magnet = this.magnets().find((other) => other.id === id)
    try {
      await magnet?.stop()
      // Its own metadata may have come just before.
      if (this.sessions.get(id)?.kind === 'torrent')
        throw new TorrentsError({ code: 'ALREADY_PRESENT', id, name: torrent.metainfo.name })
      const known = magnet ? this.merged(torrent, magnet) : torrent
      await this.bringIn({ torrent: known, directory, useExisting, selection, given: peers, paused: () => paused })
      return id
    } catch (error) {
      if (magnet && this.sessions.get(id) === magnet) void magnet.start()
      throw error
    } finally {
      this.busy.delete(id)
    }
  }

  /** Seeds files that have just been hashed, where they stand. */
  async seedComplete(torrent: TorrentFile, directory: string): Promise<string> {
    const id = this.claim(torrent.metainfo.infoHash, torrent.metainfo.name, directory)
    try {
      const rest = { useExisting: true, selection: undefined, given: [], paused: () => false }
      await this.bringIn({ torrent, directory, ...rest, hashed: true })
      return id
    } finally {
      this.busy.delete(id)
    }
  }

  /**
   * Adds a magnet; its torrent follows once peers have told what it is. One that has failed is tried again as it is asked
   * for now. @returns its id. @throws TorrentsError; ALREADY_PRESENT, after what the link knows was passed on
   */
  addMagnet({ magnet, directory, paused, useExisting, peers, wanted }: MagnetAddition): string {
    const { infoHash } = magnet
    const link = mergedMagnet({ ...magnet, mutable: undefined, peers }, magnet)
    const chosen = keptChoice(wanted)
    const id = toHex(infoHash)
    this.waiting?.now(id)
    const present = this.sessions.get(id)
    if (present?.kind === 'magnet' && present.phase.name === 'error') {
      void present.retry({ magnet: link, directory, paused, useExisting, wanted: chosen })
      return id
    }
    if (present) {
      this.passOn(present, link)
      const name = present.kind === 'magnet' ? present.name : present.metainfo.name
      throw new TorrentsError({ code: 'ALREADY_PRESENT', id, name })
    }
    this.claim(infoHash, link.name || id, directory)
    try {
      const { store, clock } = this.options.parts
      const record: MagnetRecord = {
        ...{ infoHash, directory, paused, useExisting, wanted: chosen, info: undefined, error: undefined },
        uri: formatMagnet(link),
        addedAt: clock.wallTime(),
      }
      store.magnets.add(record)
      this.begin(new MagnetSession(this.magnetParts(), record, link))
      return id
    } finally {
      this.busy.delete(id)
    }
  }

  /** Adds what a followed link points to now; nothing where it is in the list. @throws TorrentsError */
  addFollowed(magnet: MagnetAddition['magnet'], where: Pick<Destination, 'directory' | 'paused'>): void {
    if (this.has(toHex(magnet.infoHash))) return
    const { directory, paused } = where
    this.addMagnet({ magnet, directory, paused, useExisting: false, peers: [] })
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
      void this.sessions
        .get(id)
        ?.start()
        .catch(() => {})
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
    this.waiting?.stop()
    await Promise.all(this.entries().map((entry) => entry.stop()))
    // Those that have become torrents while the magnets were ending.
    await Promise.all(this.all().map((session) => session.stop()))
  }

  private async forget(entry: ListEntry, trash: boolean): Promise<void> {
    const { store } = this.options.parts
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
    const { store } = this.options.parts
    try {
      if (!(item instanceof Uint8Array)) {
        this.begin(new MagnetSession(this.magnetParts(), item, parseMagnet(item.uri)))
        return
      }
      const record = store.torrents.get(item)
      if (!record) return
      const metainfo = parseMetainfo(record.metainfo, { platform: this.options.platform })
      const files = this.options.disk.torrent(metainfo, record.directory)
      const selection = keptSelection(metainfo, store.selections.get(item))
      this.begin(new TorrentSession(this.partsOf(), { record, metainfo, files, selection, given: [] }))
    } catch (error) {
      this.leaveOut(id, error)
    }
  }

  private leaveOut(infoHash: string, error: unknown): void {
    this.unreadableIds.add(infoHash)
    this.options.parts.log.write('error', 'torrent cannot be taken up', { infoHash, error })
  }

  /** Nobody else adds or removes it until it is let go. @returns its id. @throws TorrentsError NOT_ABSOLUTE, ALREADY_PRESENT */
  private claim(infoHash: Uint8Array, name: string, directory: string): string {
    const id = toHex(infoHash)
    if (!isAbsolute(directory)) throw new TorrentsError({ code: 'NOT_ABSOLUTE', path: directory })
    this.waiting?.now(id)
    const present = this.sessions.get(id)
    if (present?.kind === 'torrent' || this.busy.has(id)) throw new TorrentsError({ code: 'ALREADY_PRESENT', id, name })
    this.busy.add(id)
    return id
  }

  /** The torrent, in the list and running. Undefined where what it was for has ended meanwhile. @throws DiskError; then nothing has changed */
  private async bringIn(plan: Plan): Promise<TorrentSession | undefined> {
    const { files, disk, parts } = this.options
    const { torrent, directory, useExisting, selection, given, carried = [], hashed = false } = plan
    const { metainfo, bytes } = torrent
    const { infoHash } = metainfo
    const id = toHex(infoHash)
    const layout = new Layout(metainfo, directory)
    if (!hashed) await prepareDirectory(files, directory)
    const others = this.all().map((session) => session.files.layout)
    const found = await claimTargets(files, layout, others, useExisting)
    if (plan.isOver?.()) return undefined
    // Nothing there: known to have nothing. Something there: unknown, so that it is checked.
    const have = hashed || found.length > 0 ? undefined : new Bitfield(metainfo.pieceCount).bytes
    const { store, clock } = parts
    const record = store.transaction(() => {
      store.magnets.remove(infoHash)
      // One that could not be read is replaced.
      store.torrents.remove(infoHash)
      store.torrents.add({
        ...{ infoHash, metainfo: bytes, directory, have },
        paused: plan.paused(),
        files: found.map((index) => ({ index, made: false, seen: undefined })),
        addedAt: plan.addedAt ?? clock.wallTime(),
      })
      if (selection) store.selections.set(infoHash, selection.files.bytes)
      const peers = carried.map(({ endpoint }) => endpoint)
      if (peers.length > 0) store.peers.save(infoHash, peers, clock.wallTime())
      return store.torrents.get(infoHash)
    })
    if (!record) throw new TorrentsError({ code: 'NO_SUCH_TORRENT', id })
    this.unreadableIds.delete(id)
    const start = { record, metainfo, files: disk.torrent(metainfo, directory), selection, given, carried }
    const session = new TorrentSession(this.partsOf(), start)
    this.begin(session, hashed ? () => session.startComplete() : () => session.start())
    return session
  }

  private async adopt(
    magnet: MagnetSession,
    info: Uint8Array,
    peers: readonly OriginatedPeer[],
  ): Promise<TorrentSession | undefined> {
    const torrent = adoptedTorrent(magnet.infoHash, info, magnet.magnet, this.options.platform)
    return this.bringIn({
      torrent,
      directory: magnet.directory,
      useExisting: magnet.useExisting,
      selection: adoptedSelection(torrent.metainfo, magnet.wanted, magnet.magnet),
      given: magnet.magnet.peers,
      carried: carriedPeers(peers, torrent.metainfo.private),
      addedAt: magnet.addedAt,
      paused: () => magnet.paused,
      isOver: () => magnet.isEnded || this.sessions.get(magnet.id) !== magnet,
    })
  }

  /** A link to what is in the list already may know more of it. A private torrent takes nothing from links. */
  private passOn(present: ListEntry, link: Magnet): void {
    if (present.kind === 'magnet') {
      present.merge(link)
      return
    }
    if (present.metainfo.private) return
    present.addPeers(link.peers)
    const known = { bytes: this.torrentBytes(present.id), metainfo: present.metainfo }
    const further = withFurtherTrackers(known, link.trackers)
    if (further) present.addTrackers(further.bytes, further.trackers)
  }

  /** A .torrent with what the magnet in whose place it comes knows besides. */
  private merged(torrent: TorrentFile, { magnet }: MagnetSession): TorrentFile {
    const further = torrent.metainfo.private ? undefined : withFurtherTrackers(torrent, magnet.trackers)
    if (!further) return torrent
    return { bytes: further.bytes, metainfo: { ...torrent.metainfo, trackers: further.trackers } }
  }

  /** In the list from now on; in the place of the magnet that it was, if it was one. */
  private begin(entry: ListEntry, start: () => Promise<void> = () => entry.start()): void {
    this.sessions.set(entry.id, entry)
    this.watchers.notify()
    start().catch((error) => this.options.parts.log.write('error', 'torrent did not start', { id: entry.id, error }))
  }

  private partsOf(): SessionParts {
    return { ...this.options.parts, changed: () => this.watchers.notify() }
  }

  private magnetParts(): MagnetParts {
    return { ...this.partsOf(), adopt: (magnet, info, peers) => this.adopt(magnet, info, peers) }
  }
}

interface Plan {
  readonly torrent: TorrentFile
  readonly directory: string
  readonly useExisting: boolean
  readonly selection: FileSelection | undefined
  readonly given: readonly Endpoint[]
  readonly carried?: readonly OriginatedPeer[]
  /** Unix milliseconds; now where left out. */
  readonly addedAt?: number
  /** Asked when it is recorded. */
  readonly paused: () => boolean
  /** Its files have just been hashed and are all there. */
  readonly hashed?: boolean
  /** Asked once the disk has been looked at. */
  readonly isOver?: () => boolean
}
