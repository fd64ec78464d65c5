/**
 * What nodes of the laboratory's Pastry say to each other. Objects, never changed once sent. Pastry has no published bytes on the
 * wire, so `sizeOf` counts what a plain encoding would take.
 */
import type { PastryId } from './pastry-id.ts'
import type { Peer } from './peer.ts'

/** Goes from node to node towards a key. Each that has it acknowledges it. */
export interface Routed {
  readonly key: PastryId
  /** Steps so far. */
  readonly hops: number
  /** Whether a leaf set on its way has covered the key. */
  readonly near: boolean
  /** Nodes so far that did not acknowledge it. */
  readonly missed: number
  readonly purpose: { readonly kind: 'lookup'; readonly lookup: number; readonly origin: Peer } | Joining
}

export interface Joining {
  readonly kind: 'join'
  readonly newcomer: Peer
}

/** What may be asked of a node. */
export type Question =
  | { readonly kind: 'alive' }
  | { readonly kind: 'leaves' }
  | { readonly kind: 'neighbours' }
  | { readonly kind: 'entry'; readonly row: number; readonly column: number }

export type MessageBody =
  | { readonly kind: 'route'; readonly serial: number; readonly routed: Routed }
  | { readonly kind: 'ask'; readonly serial: number; readonly question: Question }
  /** Of a question, or, without peers, that a routed message has come. */
  | { readonly kind: 'answer'; readonly serial: number; readonly peers: readonly Peer[] }
  /** From the last node, straight to who looks up. */
  | { readonly kind: 'found'; readonly lookup: number; readonly hops: number; readonly missed: number }
  /** From each node on the way of a newcomer's message, straight to the newcomer. */
  | StatePart

export interface StatePart {
  readonly kind: 'state'
  /** Rows of the routing table that the newcomer shares; from the first node its neighbourhood too. */
  readonly peers: readonly Peer[]
  readonly neighbours: readonly Peer[]
  /** From the last node, whose leaf set is the newcomer's: its own. */
  readonly leaves?: readonly Peer[]
}

export type PastryMessage = MessageBody & {
  readonly from: Peer
  /** Whether the sender has joined, and so belongs in tables. */
  readonly member: boolean
}

/** IP and UDP headers, kind, flags, serial number, id of the sender. */
const HEADER_BYTES = 28 + 6 + 16
/** Id and IPv4 endpoint. */
const PEER_BYTES = 22
const ROUTED_BYTES = 16 + 2 + 4

export function sizeOf(message: MessageBody): number {
  switch (message.kind) {
    case 'route':
      return HEADER_BYTES + ROUTED_BYTES + PEER_BYTES
    case 'ask':
      return HEADER_BYTES + 2
    case 'answer':
      return HEADER_BYTES + PEER_BYTES * message.peers.length
    case 'found':
      return HEADER_BYTES + ROUTED_BYTES
    case 'state':
      return (
        HEADER_BYTES + PEER_BYTES * (message.peers.length + message.neighbours.length + (message.leaves?.length ?? 0))
      )
  }
}
