/** What people see of a magnet that is no torrent yet: projections into the contract's rows. They decide nothing. */
import type { MetadataProgress, TorrentDetail, TorrentRow, TorrentState } from '#shared/contract/torrents.ts'
import type { PeerSourceStatus } from '../../kernel/peer-source.ts'
import type { MagnetSession } from './magnet-session.ts'
import { idleTracker, peerEntry, type RowContext, trackerEntry } from './rows.ts'
import { askedSources, listed, whyNoPeers } from './source-words.ts'

const MAX_PEERS = 1_000
const MAX_TRACKERS = 200

export function magnetRow(session: MagnetSession, context: RowContext): TorrentRow {
  const { id, phase, swarm, name, directory, addedAt } = session
  const sources = swarm?.sourceStatus() ?? []
  const metadata = progressOf(session, sources)
  return {
    ...{ id, name, directory, addedAt },
    state: stateOf(session),
    reason: 'message' in phase ? phase.message : reasonOf(session, metadata, sources, context),
    ...(phase.name === 'error' ? { code: phase.code } : {}),
    ...{ size: 0, selected: 0, done: 0, checked: 0, downRate: 0, upRate: 0, downloaded: 0, uploaded: 0, seeds: 0 },
    ...(metadata ? { metadata } : {}),
    peers: metadata?.connected ?? 0,
    private: false,
  }
}

function stateOf({ phase }: MagnetSession): TorrentState {
  switch (phase.name) {
    case 'fetching':
    case 'adopting':
      return 'fetching-metadata'
    case 'stopped':
      return 'paused'
    case 'waiting':
      return phase.for
    default:
      return phase.name
  }
}

function progressOf(
  { swarm, magnet }: MagnetSession,
  sources: readonly PeerSourceStatus[],
): MetadataProgress | undefined {
  if (!swarm) return undefined
  const given = magnet.peers.length > 0 ? ['given peers'] : []
  return { ...swarm.snapshot(), asking: [...askedSources(sources), ...given].slice(0, 10) }
}

/** How far it has come. What is asked since when is in `metadata`. */
function reasonOf(
  { phase }: MagnetSession,
  metadata: MetadataProgress | undefined,
  sources: readonly PeerSourceStatus[],
  { now, online }: RowContext,
): string {
  if (phase.name === 'adopting') return 'The description is there; looking at the download folder.'
  if (!metadata) return ''
  const { connecting, connected, known, serving, size, received, asking } = metadata
  if (serving > 0 && size > 0)
    return `Fetching the description from ${count(serving, 'peer')}: ${received} of ${size} bytes.`
  if (connected > 0)
    return `Connected to ${count(connected, 'peer')} without the description; asking ${listed(asking) || 'them'} for others.`
  if (connecting > 0) return `Connecting to ${connecting} of ${count(known, 'known peer')}.`
  return whyNoPeers({ sources, connecting, known, now, online })
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

/** The trackers and peers of a magnet; of files and pieces nothing is known yet. */
export function magnetDetail({ id, magnet, swarm }: MagnetSession, context: RowContext): TorrentDetail {
  const trackers = swarm?.sourceStatus() ?? magnet.trackers.map(idleTracker)
  return {
    ...{
      id,
      pieceLength: 0,
      pieces: 0,
      pieceMap: [],
      comment: '',
      createdBy: '',
      files: [],
      fileCount: 0,
      unlistedWanted: 0,
    },
    peers: (swarm?.peers() ?? []).slice(0, MAX_PEERS).map((peer) => peerEntry(peer, false, context.now)),
    trackers: trackers.slice(0, MAX_TRACKERS).map((status) => trackerEntry(status, context.now)),
  }
}
