/** Pastry's routing step (Rowstron and Druschel 2001, table 1), a rule over the state of one node. */
import type { LeafSet } from './leaf-set.ts'
import type { Neighbourhood } from './neighbourhood.ts'
import { compareNearness, DIGITS, digitOf, type PastryId, sharedDigits } from './pastry-id.ts'
import type { Peer } from './peer.ts'
import type { RoutingTable } from './routing-table.ts'

/** All that a node knows. */
export interface PastryState {
  readonly self: Peer
  readonly leaves: LeafSet
  readonly table: RoutingTable
  readonly neighbours: Neighbourhood
}

/**
 * Who is to have a message for `key` next, of those not to `avoid`; the owner of the state where nobody is better. `near`: it
 * has come from a leaf set that covered the key. From then on each step is nearer than the one before, so that nodes that
 * are still repairing their leaf sets do not hand it to and fro; the paper leaves that open.
 */
export function nextHop(state: PastryState, key: PastryId, avoid: ReadonlySet<Peer>, near = false): Peer {
  const { self, leaves, table } = state
  if (leaves.covers(key)) return leaves.closest(key, avoid)
  if (near) return nearerOne(state, key, 0, avoid)
  const shared = sharedDigits(self.id, key)
  if (shared === DIGITS) return self
  const entry = table.at(shared, digitOf(key, shared))
  return entry && !avoid.has(entry) ? entry : nearerOne(state, key, shared, avoid)
}

/** The rare case: nobody with one more digit is known, so the nearest of those that share no fewer and are nearer than we. */
function nearerOne(state: PastryState, key: PastryId, shared: number, avoid: ReadonlySet<Peer>): Peer {
  const { self, leaves, table, neighbours } = state
  let best = self
  for (const peer of [...leaves.all, ...table.all, ...neighbours.all]) {
    if (avoid.has(peer) || sharedDigits(peer.id, key) < shared) continue
    if (compareNearness(peer.id, best.id, key) < 0) best = peer
  }
  return best
}
