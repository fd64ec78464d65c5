/** The L nodes next to one on the ring, half of them on either side (Pastry's leaf set). With few nodes one may be on both. */
import { compareDownwards, compareNearness, compareUpwards, type PastryId } from './pastry-id.ts'
import type { Peer } from './peer.ts'

export type Side = 'larger' | 'smaller'

export class LeafSet {
  /** Up the ring from the owner, nearest first; at most half of the size. */
  readonly larger: Peer[] = []
  /** Down the ring from the owner, nearest first. */
  readonly smaller: Peer[] = []
  private readonly self: Peer
  private readonly half: number

  /** `size`: L, an even number. */
  constructor(self: Peer, size: number) {
    this.self = self
    this.half = size / 2
  }

  /** @returns whether it is one of them and was not before */
  offer(peer: Peer): boolean {
    if (peer === this.self) return false
    const { id } = this.self
    const larger = enter(this.larger, peer, this.half, (a, b) => compareUpwards(id, a, b))
    return enter(this.smaller, peer, this.half, (a, b) => compareDownwards(id, a, b)) || larger
  }

  /** Whether it would enter. */
  wants(peer: Peer): boolean {
    if (peer === this.self || this.larger.includes(peer) || this.smaller.includes(peer)) return false
    const { id } = this.self
    const [top, bottom] = [this.larger[this.half - 1], this.smaller[this.half - 1]]
    if (!top || compareUpwards(id, peer.id, top.id) < 0) return true
    return !bottom || compareDownwards(id, peer.id, bottom.id) < 0
  }

  /** @returns the sides that it was on */
  remove(peer: Peer): Side[] {
    return (['larger', 'smaller'] as const).filter((side) => {
      const at = this[side].indexOf(peer)
      if (at >= 0) this[side].splice(at, 1)
      return at >= 0
    })
  }

  /** Whether a key is between the farthest on either side, so that nobody but these and the owner can be nearest to it. */
  covers(key: PastryId): boolean {
    const { id } = this.self
    const [top, bottom] = [this.larger.at(-1), this.smaller.at(-1)]
    if (top && compareUpwards(id, key, top.id) <= 0) return true
    return bottom !== undefined && compareDownwards(id, key, bottom.id) <= 0
  }

  /** The nearest to a key among them and the owner, without those to `avoid`. */
  closest(key: PastryId, avoid: ReadonlySet<Peer>): Peer {
    let best = this.self
    for (const side of [this.larger, this.smaller])
      for (const peer of side) if (!avoid.has(peer) && compareNearness(peer.id, best.id, key) < 0) best = peer
    return best
  }

  /** Each once. */
  get all(): Peer[] {
    return [...new Set([...this.larger, ...this.smaller])]
  }
}

/** Puts `peer` in its place of a sorted list. @returns whether it entered */
function enter(list: Peer[], peer: Peer, limit: number, compare: (a: PastryId, b: PastryId) => number): boolean {
  let at = list.length
  while (at > 0) {
    const other = list[at - 1] as Peer
    if (other === peer) return false
    if (compare(other.id, peer.id) < 0) break
    at--
  }
  if (at >= limit) return false
  list.splice(at, 0, peer)
  if (list.length > limit) list.pop()
  return true
}
