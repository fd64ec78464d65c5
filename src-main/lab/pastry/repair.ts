/** What a node does about one that has failed: takes it out of its state, and asks others for who could take its places. */
import type { Side } from './leaf-set.ts'
import type { Question } from './messages.ts'
import type { PastryState } from './next-hop.ts'
import { DIGITS } from './pastry-id.ts'
import type { Peer } from './peer.ts'
import type { Place } from './routing-table.ts'

/** Nodes asked for one lost entry of the routing table. */
export const MAX_ENTRY_QUESTIONS = 4
/** Nodes measured for a lost neighbour. */
const MAX_NEIGHBOUR_QUESTIONS = 2

export interface RepairParts {
  /** `answered` with undefined where no answer came. */
  ask(peer: Peer, question: Question, answered: (peers: readonly Peer[] | undefined) => void): void
  hasFailed(peer: Peer): boolean
}

type Learn = (peers: readonly Peer[]) => void

export class Repair {
  private readonly state: PastryState
  private readonly parts: RepairParts

  constructor(state: PastryState, parts: RepairParts) {
    this.state = state
    this.parts = parts
  }

  /** `learn` is told of nodes that may take the places of the failed one. */
  without(failed: Peer, learn: Learn): void {
    const { leaves, table, neighbours } = this.state
    for (const side of leaves.remove(failed)) this.mendLeaves(side, learn)
    const place = table.remove(failed)
    if (place) this.mendEntry(place, this.helpersFor(place), learn)
    if (neighbours.remove(failed)) this.mendNeighbours()
  }

  /** Of the farthest leaf on that side, whose own leaves reach farther; where there is none, of the farthest on the other. */
  private mendLeaves(side: Side, learn: Learn): void {
    const { leaves } = this.state
    const farthest = leaves[side].at(-1) ?? leaves[side === 'larger' ? 'smaller' : 'larger'].at(-1)
    if (farthest) this.parts.ask(farthest, { kind: 'leaves' }, (peers) => learn(peers ?? []))
  }

  /** First those of the same row, who share as many digits with the lost one as we do, then those of the rows below. */
  private helpersFor({ row }: Place): Peer[] {
    const { table } = this.state
    const helpers: Peer[] = []
    for (let at = row; at < DIGITS && helpers.length < MAX_ENTRY_QUESTIONS; at++) helpers.push(...table.row(at))
    return helpers.slice(0, MAX_ENTRY_QUESTIONS)
  }

  private mendEntry(place: Place, [helper, ...others]: readonly Peer[], learn: Learn): void {
    if (helper === undefined) return
    this.parts.ask(helper, { kind: 'entry', ...place }, (peers) => {
      const usable = (peers ?? []).filter((peer) => !this.parts.hasFailed(peer))
      learn(usable)
      if (usable.length === 0 && !this.state.table.at(place.row, place.column)) this.mendEntry(place, others, learn)
    })
  }

  /** Whoever answers is measured, and enters by that. */
  private mendNeighbours(): void {
    const { neighbours } = this.state
    const helper = neighbours.all.at(-1)
    if (helper === undefined) return
    this.parts.ask(helper, { kind: 'neighbours' }, (peers) => {
      const strangers = (peers ?? []).filter((peer) => !neighbours.has(peer) && !this.parts.hasFailed(peer))
      for (const peer of strangers.filter((one) => one !== this.state.self).slice(0, MAX_NEIGHBOUR_QUESTIONS))
        this.parts.ask(peer, { kind: 'alive' }, () => {})
    })
  }
}
