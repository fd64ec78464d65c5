/** What a swarm needs, what it tells, and what it shows. */
import type { Clock } from '../../kernel/clock.ts'
import type { Hasher } from '../../kernel/hasher.ts'
import type { Log } from '../../kernel/log.ts'
import type { Endpoint, Streams } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import type { Bitfield } from '../bitfield.ts'
import type { DiskError, PieceStorage } from '../disk/piece-storage.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { ConnectionBudget } from './connection-budget.ts'

export interface SwarmEvents {
  /** The piece is verified and on disk. */
  pieceVerified(piece: number): void
  /** A piece that we had is no longer on disk; it is wanted again. */
  pieceLost(piece: number): void
  /** Everything wanted is there: the last piece of it has come, or what was missing is no longer wanted. */
  completed(): void
  /** The disk refused. Fetching (or, where reading failed, serving) rests until `resumeDisk`. */
  diskFailed(error: DiskError): void
  peerBanned?(host: string): void
  /** A peer told the port of its DHT node (BEP 5): once for each connection, never for a private torrent. */
  dhtNode?(endpoint: Endpoint): void
}

export interface SwarmSettings {
  /** Regular upload slots, besides the optimistic one. */
  readonly slots?: number
  /** Our address as others see it, where known (BEP 40). */
  readonly ourAddress?: Endpoint
}

export interface SwarmOptions {
  readonly metainfo: Metainfo
  /** What is verified on disk. The swarm changes it from here on. */
  readonly have: Bitfield
  /** Pieces to fetch; all where left out. `Swarm.select` changes them. */
  readonly wanted?: Bitfield
  readonly storage: PieceStorage
  readonly hasher: Hasher
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly streams: Streams
  /** 20 bytes. */
  readonly peerId: Uint8Array
  readonly budget: ConnectionBudget
  readonly settings?: SwarmSettings
  /** The port on which the session takes connections; 0 while there is none. */
  readonly port: () => number
  /** Our UDP port while our DHT node runs; undefined while it does not. Peers that have a node are told (BEP 5). */
  readonly dhtPort?: () => number | undefined
  /** Whether endpoints are exchanged with peers (BEP 11); true where left out. Never for a private torrent. */
  readonly peerExchange?: boolean
  readonly events: SwarmEvents
}

/** What a row shows. Rates are bytes of payload per second. */
export interface SwarmSnapshot {
  readonly downRate: number
  readonly upRate: number
  readonly downloaded: number
  readonly uploaded: number
  readonly wasted: number
  /** Connected peers with everything, and the others. */
  readonly seeds: number
  readonly peers: number
  readonly connecting: number
  /** Endpoints known. */
  readonly known: number
}
