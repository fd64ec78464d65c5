/**
 * Pastry's state as a long life without failures would leave it, made from the sorted list of all ids: the right leaves, in each place
 * of the routing table that can be filled a random node that belongs there, random neighbours.
 */
import type { Random } from '../../kernel/random.ts'
import type { PastryState } from './next-hop.ts'
import { BASE, digitOf } from './pastry-id.ts'
import { type Peer, UNMEASURED } from './peer.ts'

export interface WarmShape {
  /** L. */
  readonly leaves: number
  /** M. */
  readonly neighbours: number
}

/** Fills the state of the node at `index` of the sorted list. */
export function fillPerfectly(
  state: PastryState,
  sorted: readonly Peer[],
  index: number,
  shape: WarmShape,
  random: Random,
): void {
  fillLeaves(state, sorted, index, shape.leaves / 2)
  fillTable(state, sorted, random)
  for (let i = 0; i < Math.min(shape.neighbours, sorted.length - 1); i++) {
    const peer = sorted[random.below(sorted.length)] as Peer
    if (peer !== state.self) state.neighbours.offer(peer, UNMEASURED)
  }
}

function fillLeaves({ leaves }: PastryState, sorted: readonly Peer[], index: number, half: number): void {
  const count = sorted.length
  for (let step = 1; step <= Math.min(half, count - 1); step++) {
    leaves.offer(sorted[(index + step) % count] as Peer)
    leaves.offer(sorted[(index + count - step) % count] as Peer)
  }
}

function fillTable({ self, table }: PastryState, sorted: readonly Peer[], random: Random): void {
  let [low, high] = [0, sorted.length]
  for (let row = 0; high - low > 1; row++) {
    const own = digitOf(self.id, row)
    let from = low
    let [ownLow, ownHigh] = [low, high]
    for (let digit = 0; digit < BASE; digit++) {
      const to = firstAbove(sorted, from, high, row, digit)
      if (digit === own) [ownLow, ownHigh] = [from, to]
      else if (to > from) table.offer(sorted[from + random.below(to - from)] as Peer)
      from = to
    }
    ;[low, high] = [ownLow, ownHigh]
  }
}

/** Of ids from `low` up to `high` that agree before digit `row`: the first whose digit there is above `digit`. */
function firstAbove(sorted: readonly Peer[], low: number, high: number, row: number, digit: number): number {
  let [from, to] = [low, high]
  while (from < to) {
    const middle = (from + to) >> 1
    if (digitOf((sorted[middle] as Peer).id, row) > digit) to = middle
    else from = middle + 1
  }
  return from
}
