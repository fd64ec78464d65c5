/** What people see of a torrent: projections of a session into the contract's rows. They decide nothing. */
import type {
  FileEntry,
  PeerEntry,
  TorrentDetail,
  TorrentRow,
  TorrentState,
  TrackerEntry,
} from '#shared/contract/torrents.ts'
import type { Millis } from '../../kernel/clock.ts'
import { formatEndpoint } from '../../kernel/network.ts'
import type { PeerSourceStatus } from '../../kernel/peer-source.ts'
import type { Bitfield } from '../../torrent/bitfield.ts'
import { type FileSelection, shownFiles } from '../../torrent/file-selection.ts'
import { type Metainfo, type MetainfoFile, pieceSize } from '../../torrent/metainfo/metainfo.ts'
import type { Peer } from '../../torrent/swarm/peer.ts'
import type { SwarmSnapshot } from '../../torrent/swarm/swarm.ts'
import { whyNoPeers } from './source-words.ts'
import type { TorrentSession } from './torrent-session.ts'

const MAP_CELLS = 200
const MAX_FILES = 2_000
const MAX_PEERS = 1_000
const MAX_TRACKERS = 200

export interface RowContext {
  readonly now: Millis
  /** Unix milliseconds. */
  readonly wallTime: Millis
  /** Packets may leave this machine. */
  readonly online: boolean
}

export function torrentRow(session: TorrentSession, context: RowContext): TorrentRow {
  const { metainfo, phase, swarm } = session
  const { selected, done } = wantedBytes(session)
  const live = swarm?.snapshot()
  const state = stateOf(session)
  const timeLeft = state === 'downloading' && live && live.downRate > 0 ? (selected - done) / live.downRate : undefined
  return {
    id: session.id,
    name: metainfo.name,
    state,
    reason: reasonOf(session, state, live, context),
    ...(phase.name === 'error' ? { code: phase.code } : {}),
    size: metainfo.totalLength,
    selected,
    done,
    checked: phase.name === 'checking' ? Math.min(1, phase.fraction) : 0,
    downRate: live?.downRate ?? 0,
    upRate: live?.upRate ?? 0,
    ...session.totalsWith(live),
    seeds: live?.seeds ?? 0,
    peers: live?.peers ?? 0,
    ...(timeLeft === undefined ? {} : { timeLeft }),
    directory: session.directory,
    private: metainfo.private,
    addedAt: session.addedAt,
    ...(session.completedAt === undefined ? {} : { completedAt: session.completedAt }),
  }
}

/** Bytes of the wanted files, and what of them is verified. */
function wantedBytes({ metainfo, have, selection }: TorrentSession): {
  readonly selected: number
  readonly done: number
} {
  if (selection) return { selected: selection.bytes, done: selection.done(have) }
  return { selected: metainfo.totalLength, done: verifiedBytes(metainfo, have) }
}

function stateOf({ phase, isComplete }: TorrentSession): TorrentState {
  switch (phase.name) {
    case 'running':
      return isComplete ? 'seeding' : 'downloading'
    case 'stopped':
      return 'paused'
    default:
      return phase.name
  }
}

function reasonOf(
  { phase, swarm }: TorrentSession,
  state: TorrentState,
  live: SwarmSnapshot | undefined,
  { now, online }: RowContext,
): string {
  if ('message' in phase) return phase.message
  if (state !== 'downloading' || !swarm || !live || live.seeds + live.peers > 0) return ''
  const { connecting, known } = live
  return whyNoPeers({ sources: swarm.sourceStatus(), connecting, known, now, online })
}

export function torrentDetail(session: TorrentSession, context: RowContext): TorrentDetail {
  const { metainfo, have, swarm, selection } = session
  const files = fileEntries(metainfo, have, selection)
  const fileCount = shownFiles(metainfo).length
  const allWanted = selection?.files.count ?? fileCount
  const unlistedWanted = allWanted - files.filter(({ wanted }) => wanted).length
  const trackers =
    swarm?.sourceStatus() ?? metainfo.trackers.flatMap((tier, n) => tier.map((url) => idleTracker(url, n)))
  return {
    id: session.id,
    pieceLength: metainfo.pieceLength,
    pieces: metainfo.pieceCount,
    pieceMap: pieceMap(have),
    comment: metainfo.comment,
    createdBy: metainfo.createdBy,
    ...(metainfo.creationDate === undefined ? {} : { createdAt: metainfo.creationDate * 1_000 }),
    files,
    ...{ fileCount, unlistedWanted },
    peers: (swarm?.peers() ?? [])
      .slice(0, MAX_PEERS)
      .map((peer) => peerEntry(peer, swarm?.optimistic === peer, context.now)),
    trackers: trackers.slice(0, MAX_TRACKERS).map((status) => trackerEntry(status, context.now)),
  }
}

/** Verified bytes: whole pieces, the last one shorter. */
export function verifiedBytes(metainfo: Metainfo, have: Bitfield): number {
  if (metainfo.pieceCount === 0) return 0
  const last = metainfo.pieceCount - 1
  const lacking = have.has(last) ? metainfo.pieceLength - pieceSize(metainfo, last) : 0
  return have.count * metainfo.pieceLength - lacking
}

/** Per cent verified of each of at most 200 equal stretches. */
export function pieceMap(have: Bitfield): number[] {
  const cells = Math.min(MAP_CELLS, have.length)
  return Array.from({ length: cells }, (_, cell) => {
    const from = Math.floor((cell * have.length) / cells)
    const to = Math.floor(((cell + 1) * have.length) / cells)
    let count = 0
    for (let piece = from; piece < to; piece++) if (have.has(piece)) count++
    return Math.floor((100 * count) / (to - from))
  })
}

/** Verified bytes of one file: those in pieces that are there. */
export function verifiedBytesOf(
  { pieceLength }: Pick<Metainfo, 'pieceLength'>,
  have: Bitfield,
  { offset, length }: Pick<MetainfoFile, 'offset' | 'length'>,
): number {
  let done = 0
  for (let at = offset; at < offset + length; ) {
    const piece = Math.floor(at / pieceLength)
    const end = Math.min(offset + length, (piece + 1) * pieceLength)
    if (have.has(piece)) done += end - at
    at = end
  }
  return done
}

/** The first files with their verified bytes; pad files are nobody's business. */
function fileEntries(metainfo: Metainfo, have: Bitfield, selection: FileSelection | undefined): FileEntry[] {
  return shownFiles(metainfo)
    .slice(0, MAX_FILES)
    .map((index) => {
      const file = metainfo.files[index] as MetainfoFile
      return {
        path: file.path.join('/'),
        size: file.length,
        done: verifiedBytesOf(metainfo, have, file),
        wanted: selection?.files.has(index) ?? true,
      }
    })
}

/** A connected peer, as every view of peers shows it. */
export function peerEntry(peer: Peer, optimistic: boolean, now: Millis): PeerEntry {
  const pieces = peer.pick?.have
  const { amInterested, peerChoking, peerInterested, amChoking, snubbed } = peer
  return {
    id: String(peer.serial),
    address: formatEndpoint(peer.endpoint),
    client: peer.client,
    source: peer.origin,
    progress: pieces && pieces.length > 0 ? pieces.count / pieces.length : 0,
    downRate: peer.down.rate(now),
    upRate: peer.up.rate(now),
    downloaded: peer.down.total,
    uploaded: peer.up.total,
    flags: { amInterested, peerChoking, peerInterested, amChoking, snubbed, optimistic },
    connectedAt: peer.since,
  }
}

export function trackerEntry(status: PeerSourceStatus, now: Millis): TrackerEntry {
  const { name, tier, state, message, seeds, leechers, peers, nextAt } = status
  return {
    ...{ name, tier, state, message, peers },
    ...(seeds === undefined ? {} : { seeds }),
    ...(leechers === undefined ? {} : { leechers }),
    ...(nextAt === undefined ? {} : { nextIn: Math.max(0, (nextAt - now) / 1_000) }),
  }
}

export function idleTracker(name: string, tier: number): PeerSourceStatus {
  return { name, tier, state: 'idle', message: '', seeds: undefined, leechers: undefined, peers: 0, nextAt: undefined }
}
