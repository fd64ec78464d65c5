/**
 * How torrents and magnets come into the list: added by a person, made here, or made of a magnet whose metadata has come.
 * Whatever fails leaves everything as it was; what succeeds is in the database and in the list together.
 */
import { isAbsolute } from 'node:path'
import { formatMagnet, type Magnet } from '../../codec/magnet.ts'
import { toHex } from '../../kernel/bytes.ts'
import type { FileStore } from '../../kernel/files.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { MagnetRecord } from '../../storage/magnet-repository.ts'
import { Bitfield } from '../../torrent/bitfield.ts'
import { claimTargets, prepareDirectory } from '../../torrent/disk/claims.ts'
import type { Disk } from '../../torrent/disk/disk.ts'
import { Layout } from '../../torrent/disk/layout.ts'
import type { FileSelection } from '../../torrent/file-selection.ts'
import type { OriginatedPeer } from '../../torrent/metadata/metadata-swarm-options.ts'
import { adoptedSelection, adoptedTorrent, carriedPeers, withFurtherTrackers } from './adopted-torrent.ts'
import { chosenFiles, keptChoice } from './file-choice.ts'
import { MagnetSession } from './magnet-session.ts'
import { mergedMagnet } from './merged-magnet.ts'
import type { SessionParts } from './session-parts.ts'
import type { TorrentFile } from './torrent-file.ts'
import { TorrentSession } from './torrent-session.ts'
import { TorrentsError } from './torrents-error.ts'

export type ListEntry = TorrentSession | MagnetSession

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

/** The list, as far as additions need it. */
export interface ListPlace {
  readonly parts: SessionParts
  readonly disk: Disk
  readonly files: FileStore
  readonly platform: NodeJS.Platform
  /** What is in the list under this id. */
  find(id: string): ListEntry | undefined
  torrents(): readonly TorrentSession[]
  /** Torrents being added or removed, so that nobody does it twice at once. */
  readonly busy: Set<string>
  /** In the list from now on; in the place of the magnet that it was, if it was one. */
  begin(entry: ListEntry, start?: () => Promise<void>): void
}

export class Additions {
  private readonly place: ListPlace

  constructor(place: ListPlace) {
    this.place = place
  }

  /** @returns its id. @throws TorrentsError, DiskError; then nothing has changed */
  async add({ torrent, directory, paused, useExisting, peers, wanted }: Addition): Promise<string> {
    const selection = chosenFiles(torrent.metainfo, wanted)
    const rest = { directory, useExisting, selection, given: peers, paused: () => paused }
    return this.bringInFor({ torrent, ...rest })
  }

  /** Seeds files that have just been hashed, where they stand. @returns its id. @throws TorrentsError, DiskError */
  async seedComplete(torrent: TorrentFile, directory: string): Promise<string> {
    const rest = { useExisting: true, selection: undefined, given: [], paused: () => false }
    return this.bringInFor({ torrent, directory, ...rest, hashed: true })
  }

  /** In the place of its magnet, where it is one; what that one knows goes on. */
  private async bringInFor(plan: Plan): Promise<string> {
    const { torrent, directory } = plan
    const { metainfo } = torrent
    const id = this.claim(metainfo.infoHash, metainfo.name, directory)
    const present = this.place.find(id)
    const magnet = present?.kind === 'magnet' ? present : undefined
    try {
      await magnet?.stop()
      // Its own metadata may have come just before.
      if (this.place.find(id)?.kind === 'torrent')
        throw new TorrentsError({ code: 'ALREADY_PRESENT', id, name: metainfo.name })
      const latest = magnet && {
        torrent: () => merged(torrent, magnet.magnet),
        given: () => (metainfo.private ? plan.given : [...magnet.magnet.peers, ...plan.given]),
      }
      await this.bringIn({ ...plan, latest })
      return id
    } catch (error) {
      if (magnet && this.place.find(id) === magnet) this.place.begin(magnet)
      throw error
    } finally {
      this.place.busy.delete(id)
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
    const present = this.place.find(id)
    if (present?.kind === 'magnet' && present.phase.name === 'error' && !this.place.busy.has(id)) {
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
      const { store, clock } = this.place.parts
      const record: MagnetRecord = {
        ...{ infoHash, directory, paused, useExisting, wanted: chosen, info: undefined, error: undefined },
        uri: formatMagnet(link),
        addedAt: clock.wallTime(),
      }
      store.magnets.add(record)
      this.place.begin(this.magnetSession(record, link))
      return id
    } finally {
      this.place.busy.delete(id)
    }
  }

  /** Adds what a followed link points to now; nothing where it is in the list. @throws TorrentsError */
  addFollowed(magnet: MagnetAddition['magnet'], where: Pick<Destination, 'directory' | 'paused'>): void {
    if (this.place.find(toHex(magnet.infoHash))) return
    const { directory, paused } = where
    this.addMagnet({ magnet, directory, paused, useExisting: false, peers: [] })
  }

  /** A magnet with this record, not started yet. */
  magnetSession(record: MagnetRecord, link: Magnet): MagnetSession {
    const adopt = (magnet: MagnetSession, info: Uint8Array, peers: readonly OriginatedPeer[]) =>
      this.adopt(magnet, info, peers)
    return new MagnetSession({ ...this.place.parts, adopt }, record, link)
  }

  /** The torrent, in the list and running. Undefined where what it was for has ended meanwhile. @throws DiskError; then nothing has changed */
  private async bringIn(plan: Plan): Promise<TorrentSession | undefined> {
    const { files, disk, parts } = this.place
    const { directory, useExisting, selection, carried = [], hashed = false } = plan
    const { metainfo: described } = plan.torrent
    const { infoHash } = described
    const id = toHex(infoHash)
    const layout = new Layout(described, directory)
    if (!hashed) await prepareDirectory(files, directory)
    const others = this.place.torrents().map((session) => session.files.layout)
    const found = await claimTargets(files, layout, others, useExisting)
    if (plan.isOver?.()) return undefined
    // Nothing there: known to have nothing. Something there: unknown, so that it is checked.
    const have = hashed || found.length > 0 ? undefined : new Bitfield(described.pieceCount).bytes
    const { metainfo, bytes } = plan.latest?.torrent() ?? plan.torrent
    const given = plan.latest?.given() ?? plan.given
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
    const start = { record, metainfo, files: disk.torrent(metainfo, directory), selection, given, carried }
    const session = new TorrentSession(parts, start)
    this.place.begin(session, hashed ? () => session.startComplete() : () => session.start())
    return session
  }

  private async adopt(
    magnet: MagnetSession,
    info: Uint8Array,
    peers: readonly OriginatedPeer[],
  ): Promise<TorrentSession | undefined> {
    const link = magnet.magnet
    const torrent = adoptedTorrent(magnet.infoHash, info, link, this.place.platform)
    return this.bringIn({
      torrent,
      directory: magnet.directory,
      useExisting: magnet.useExisting,
      selection: adoptedSelection(torrent.metainfo, magnet.wanted, magnet.magnet),
      given: link.peers,
      latest: {
        torrent: () => (magnet.magnet === link ? torrent : merged(torrent, magnet.magnet)),
        given: () => magnet.magnet.peers,
      },
      carried: carriedPeers(peers, torrent.metainfo.private),
      addedAt: magnet.addedAt,
      paused: () => magnet.paused,
      isOver: () => magnet.isEnded || this.place.find(magnet.id) !== magnet,
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
    const bytes = this.place.parts.store.torrents.get(present.metainfo.infoHash)?.metainfo
    const further = bytes && withFurtherTrackers({ bytes, metainfo: present.metainfo }, link.trackers)
    if (further) present.addTrackers(further.bytes, further.trackers)
  }

  /** Nobody else adds or removes it until it is let go. @returns its id. @throws TorrentsError NOT_ABSOLUTE, ALREADY_PRESENT */
  private claim(infoHash: Uint8Array, name: string, directory: string): string {
    const { busy } = this.place
    const id = toHex(infoHash)
    if (!isAbsolute(directory)) throw new TorrentsError({ code: 'NOT_ABSOLUTE', path: directory })
    if (this.place.find(id)?.kind === 'torrent' || busy.has(id))
      throw new TorrentsError({ code: 'ALREADY_PRESENT', id, name })
    busy.add(id)
    return id
  }
}

/** A .torrent with what a link to it knows besides. A private one takes nothing from links. */
function merged(torrent: TorrentFile, { trackers }: Magnet): TorrentFile {
  const further = torrent.metainfo.private ? undefined : withFurtherTrackers(torrent, trackers)
  if (!further) return torrent
  return { bytes: further.bytes, metainfo: { ...torrent.metainfo, trackers: further.trackers } }
}

interface Plan {
  readonly torrent: TorrentFile
  readonly directory: string
  readonly useExisting: boolean
  readonly selection: FileSelection | undefined
  readonly given: readonly Endpoint[]
  /** Both as they are once the disk has been looked at: more may be known by then. */
  readonly latest?: { torrent(): TorrentFile; given(): readonly Endpoint[] } | undefined
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
