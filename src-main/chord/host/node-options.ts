/**
 * What a host of the ring is made of and told, and its limits: `new ChordNode(port, parts, options)`, where `port` is a
 * `ChordPort` over its socket. The socket is its owner's: opened before, closed after `leave` or `stop`.
 */
import { type Clock, MINUTE, type Millis, SECOND } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import type { ChordContact } from '../contact.ts'
import type { UpkeepPeriods } from '../upkeep.ts'
import type { HostStore, StoreHost } from './host-store.ts'

/** v: places of a host on the ring, where its creator has not more to spare. */
export const DEFAULT_VIRTUAL_NODES = 4
export const MAX_VIRTUAL_NODES = 16
/** A node that leaves hands its keys over and says goodbye in this time, or goes without. */
export const LONGEST_LEAVE: Millis = 15 * SECOND
/** What is seen of the outside, and what follows, is looked at in this period. */
export const TICK: Millis = 5 * SECOND
/** After a new address has been seen for so long the places of the old one are left. */
export const ADDRESS_SETTLED: Millis = MINUTE

export interface ChordNodeParts {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Makes what keeps its keys; without it the host keeps none, and finds none. */
  readonly store?: (host: StoreHost) => HostStore
}

export interface ChordNodeOptions {
  /** v, 1 to 16; 4 when left out. */
  readonly virtualNodes?: number
  /** r, the length of successor lists; 16 when left out. */
  readonly successors?: number
  /**
   * Our address where it is given: loopback, or one that a person has named to listen on. It needs no votes, and counts as
   * reached.
   */
  readonly address?: string | undefined
  /** Our address as others tell it elsewhere (the votes of a DHT's nodes over the same socket); asked anew each time. */
  readonly external?: () => string | undefined
  /** Whether strangers are known from elsewhere to reach this socket (a DHT's node over it serves); asked anew each time. */
  readonly reached?: () => boolean
  /** Tells of each host that is asked over our socket, by whoever shares it, until the result is called. */
  readonly watchAsked?: (asked: (host: string) => void) => () => void
  /** Finds hosts for each attempt to join and hands them over, at once or later. Host names are resolved there. */
  readonly bootstrap?: (found: (endpoints: readonly Endpoint[]) => void) => void
  /** What `saved` returned in an earlier run. */
  readonly saved?: readonly ChordContact[]
  /** Of upkeep; the usual ones when left out. */
  readonly periods?: UpkeepPeriods
}
