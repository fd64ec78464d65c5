import type { BlockPosition } from '../../chain.ts'
import type { Peer, PeerPart } from '../peer.ts'

/** Of this catch-up, not from genesis: what a person wants to know. */
export interface SyncProgress {
  /** Blocks got since it began, and all that it takes. */
  readonly done: number
  readonly total: number
  /** Blocks a second, lately. */
  readonly rate: number
  /** Seconds left, where that can be told. */
  readonly remaining: number | undefined
}

/**
 * How a node gets from headers to what it keeps: a full node fetches blocks; a light node fetches filters, and blocks only
 * where they matter. Takes the messages that bring either.
 */
export interface BlockSync extends PeerPart {
  /** The peer's head moved, or it has told all it has. */
  headMoved(peer: Peer): void
  /** Our best chain changed. */
  tipChanged(change: {
    readonly disconnected: readonly BlockPosition[]
    readonly connected: readonly BlockPosition[]
  }): void
  /** Undefined while there is nothing to catch up with. */
  progress(): SyncProgress | undefined
  /** What is being done with the peer, in a few words; empty for nothing. */
  activity(peer: Peer): string
}
