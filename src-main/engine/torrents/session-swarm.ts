/** The swarm of a torrent in the list, made of what all torrents share and what is on disk of this one. */
import { Bitfield } from '../../torrent/bitfield.ts'
import type { TorrentFiles } from '../../torrent/disk/torrent-files.ts'
import type { FileSelection } from '../../torrent/file-selection.ts'
import type { Metainfo } from '../../torrent/metainfo/metainfo.ts'
import { Swarm } from '../../torrent/swarm/swarm.ts'
import type { SwarmEvents } from '../../torrent/swarm/swarm-options.ts'
import type { SessionParts } from './session-parts.ts'

export interface SessionSwarmParts {
  readonly metainfo: Metainfo
  readonly files: TorrentFiles
  /** Undefined: every file is wanted. */
  readonly wanted: FileSelection | undefined
  readonly events: SwarmEvents
}

/** It is not started yet. */
export function sessionSwarm(parts: SessionParts, { metainfo, files, wanted, events }: SessionSwarmParts): Swarm {
  const { clock, random, streams, hasher, log, budget, listener, peerId, slots, peerExchange, dhtPort } = parts
  return new Swarm({
    metainfo,
    have: new Bitfield(files.have.length, files.have.bytes),
    ...(wanted ? { wanted: wanted.pieces } : {}),
    storage: files.storage,
    ...{ clock, random, streams, hasher, log, budget, peerId },
    settings: { slots: slots() },
    port: () => listener.port,
    ...(dhtPort ? { dhtPort } : {}),
    ...(peerExchange ? { peerExchange: peerExchange() } : {}),
    events,
  })
}
