/** What a Pastry node is given, and what it gives back. */
import type { Clock } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'
import type { MessageBody } from './messages.ts'
import type { Peer } from './peer.ts'

/** Where a node lives. */
export interface PastryPort {
  readonly self: Peer
  readonly clock: Clock
  readonly random: Random
  send(to: Peer, message: MessageBody, member: boolean): void
}

export interface PastryNodeOptions {
  /** L, an even number. */
  readonly leaves: number
  /** M. */
  readonly neighbours: number
  /** Whether it asks its leaves in turn whether they are still there; needed where nodes come or go. */
  readonly upkeep: boolean
}

export interface PastryLookupResult {
  /** The node that took itself for the nearest to the key; undefined where none said so in time. */
  readonly root: Peer | undefined
  readonly hops: number
  /** Messages on the way that nobody acknowledged. */
  readonly missed: number
}
