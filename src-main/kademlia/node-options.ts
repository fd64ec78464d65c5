/** What a node is made of and told, and its limits. */
import type { Clock, Millis } from '../kernel/clock.ts'
import { HOUR } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import type { Endpoint } from '../kernel/network.ts'
import type { Random } from '../kernel/random.ts'
import type { RpcCounters } from '../rpc/rpc-counters.ts'
import type { RpcPort } from '../rpc/rpc-port.ts'
import type { KademliaNodePort, ServingMode } from './dht.ts'
import type { SavedState } from './saved-state.ts'

/** Other programs may place what they store by a node's id, so it is kept; but not for ever (BEP 42). */
export const ID_LIFE: Millis = 30 * 24 * HOUR

export interface NodeParts {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/** The socket's RPC layer; its owner closes it after the node has stopped. */
export type NodeRpc = RpcPort & { readonly counters: RpcCounters }

export interface KademliaNodeOptions {
  readonly mode: ServingMode
  /** Entries of a bucket, and how many nearest a lookup finds: 8 (BEP 5) when left out, 20 in the literature. */
  readonly k?: number
  /** Requests of a lookup under way at once: 4 when left out, 3 in the literature. */
  readonly alpha?: number
  /** Disjoint paths of a lookup; 1 when left out. */
  readonly paths?: number
  /** What `saved` returned in an earlier run. The id is kept until it is 30 days old, and while it fits the address. */
  readonly saved?: SavedState | undefined
  /**
   * Finds well-known nodes for each attempt to join and hands them over, at once or later. Host names are resolved there.
   */
  readonly routers?: (found: (endpoints: readonly Endpoint[]) => void) => void
  /** Our address as others see it, where it is known. Else the answers of others tell. */
  readonly external?: string | undefined
  /** The node of the other address family on this machine (BEP 32), asked anew each time. */
  readonly sibling?: () => KademliaNodePort | undefined
  /** Whether only ids that fit their address count among the nearest (BEP 42). Off when left out: many are not. */
  readonly secureOnly?: boolean
  /** Whether an address is taken once, and a /24 or /64 once a bucket. On when left out; the laboratory has few networks. */
  readonly onePerNetwork?: boolean
  /** Whether the far buckets are larger. On when left out; off in the literature. */
  readonly enlarged?: boolean
  /** How long a full bucket's oldest entry is left in peace after an answer; 0 asks always, as the literature does. */
  readonly goodFor?: Millis
  /** Whether the table is kept fresh by questions of its own, and every bucket filled after joining. On when left out. */
  readonly upkeep?: boolean
  /** Tells of each host that is asked over our socket, by whoever shares it, until the result is called. */
  readonly watchAsked?: (asked: (host: string) => void) => () => void
  /** Whether somebody who asks us is asked back where the table has a place for it. On when left out. */
  readonly asksBack?: boolean
}
