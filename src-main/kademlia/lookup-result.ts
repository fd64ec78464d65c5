/** What a lookup knows of the nodes it meets, is told of their answers, and returns. */
import type { Millis } from '../kernel/clock.ts'
import type { Contact } from './contact.ts'
import type { NodeId } from './node-id.ts'

export type CandidateState = 'fresh' | 'asked' | 'stalled' | 'replied' | 'failed'

/** A node met in a lookup. Read-only outside. */
export interface Candidate {
  readonly id: NodeId
  readonly contact: Contact
  readonly path: number
  state: CandidateState
  /** Requests one after the other to get its answer: 1 for those known at the start, one more than its teller's otherwise. */
  readonly hop: number
  /** Who told us of it first; undefined for those known at the start. */
  readonly from: Candidate | undefined
  /** Whether a second node, or our own table, vouches for it. */
  confirmed: boolean
  askedAt: Millis | undefined
  repliedAt: Millis | undefined
}

export interface LookupReply<P> {
  /** The id that the answer bears. */
  readonly id: NodeId
  readonly nodes: readonly Contact[]
  /** What else it carries: a token, peers, an item. */
  readonly payload?: P
}

export interface LookupResult<P> {
  readonly target: NodeId
  /** The up to k nearest that answered, nearest first. */
  readonly closest: readonly Contact[]
  /** From a node known at the start to the nearest that answered, each having told us of the next. */
  readonly path: readonly Contact[]
  /** Requests one after the other until the nearest had answered: the length of `path`. */
  readonly hops: number
  readonly requests: number
  readonly replies: number
  /** Requests that became slow, answered later or not. */
  readonly stalls: number
  /** Requests that failed. */
  readonly timeouts: number
  /** All that carried something, nearest first. */
  readonly payloads: readonly { readonly contact: Contact; readonly payload: P }[]
  /** Everybody that was asked, in order of asking. */
  readonly asked: readonly Readonly<Candidate>[]
}

/** From a node known at the start to `nearest`, each having told us of the next; empty where nobody answered. */
export function pathTo(nearest: Candidate | undefined): Contact[] {
  const path: Contact[] = []
  for (let step = nearest; step; step = step.from) path.unshift(step.contact)
  return path
}
