/** What a metadata swarm needs, what it tells, and what it shows. */
import type { Clock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import type { Endpoint, Streams } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import type { ConnectionBudget } from '../swarm/connection-budget.ts'
import type { PeerOrigin } from '../swarm/peer-list.ts'
import type { SwarmSettings } from '../swarm/swarm-options.ts'

/** An endpoint and where we have it from. */
export interface OriginatedPeer {
  readonly endpoint: Endpoint
  readonly origin: PeerOrigin
}

export interface FoundMetadata {
  /** The raw info dictionary: its SHA-1 is the info hash. At most 10 MB; nothing else of it has been checked. */
  readonly infoBytes: Uint8Array
  /** Endpoints that are known and can be dialled, those that were connected first. At most `MAX_KNOWN`. */
  readonly peers: readonly OriginatedPeer[]
}

export interface MetadataSwarmEvents {
  /** The metadata is there: at most once, and never after `stop`. The swarm has stopped by itself. */
  found(metadata: FoundMetadata): void
  /** A peer told the port of its DHT node (BEP 5). */
  dhtNode?(endpoint: Endpoint): void
  /** It sent metadata that was not what the info hash stands for. */
  peerBanned?(host: string): void
}

export interface MetadataSwarmOptions {
  /** 20 bytes. */
  readonly infoHash: Uint8Array
  /** 20 bytes. */
  readonly peerId: Uint8Array
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly streams: Streams
  readonly budget: ConnectionBudget
  /** The port on which the session takes connections; 0 while there is none. */
  readonly port: () => number
  /** Our UDP port while our DHT node runs; undefined while it does not. */
  readonly dhtPort?: () => number | undefined
  /** Whether endpoints are taken from peers (BEP 11); true where left out. */
  readonly peerExchange?: boolean
  /** Only `ourAddress` is used. */
  readonly settings?: SwarmSettings
  readonly events: MetadataSwarmEvents
}

/** What a row shows. */
export interface MetadataSnapshot {
  /** Unix milliseconds of the last start. */
  readonly since: number
  /** Endpoints known, being connected to, connected, and of those the ones that offer metadata. */
  readonly known: number
  readonly connecting: number
  readonly connected: number
  readonly serving: number
  /** Bytes of the metadata, as the peers say that are asked now, and how many of them are here; 0 while unknown. */
  readonly size: number
  readonly received: number
}
