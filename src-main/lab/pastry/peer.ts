import type { Millis } from '../../kernel/clock.ts'
import type { PastryId } from './pastry-id.ts'

/** A node as others know it. One object for each node, handed from node to node: equal when it is the same. */
export interface Peer {
  readonly id: PastryId
  /** The number of its host. */
  readonly index: number
}

/** A node, and how far it is: its round trip; infinite while that has not been measured. */
export interface Measured {
  readonly peer: Peer
  distance: Millis
}

export const UNMEASURED: Millis = Number.POSITIVE_INFINITY
