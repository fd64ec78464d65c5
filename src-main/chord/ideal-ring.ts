/**
 * A ring as it is when nothing is left to repair: what a creator starts with, what large simulations start from, and what
 * tests compare with.
 */
import type { ChordContact } from './contact.ts'
import { compareIds, type RingId } from './ring-id.ts'

/** A member's pointers. */
export interface Pointers {
  /** Nearest first: at most r, without the member itself unless it is alone. */
  readonly successors: readonly ChordContact[]
  readonly predecessor: ChordContact
}

export class IdealRing {
  /** By identifier, rising. */
  readonly members: readonly ChordContact[]

  /** @throws RangeError where there are none, or two at one place */
  constructor(members: readonly ChordContact[]) {
    if (members.length === 0) throw new RangeError('a ring has members')
    this.members = [...members].sort((a, b) => compareIds(a.id, b.id))
    for (let i = 1; i < this.members.length; i++) {
      if (compareIds(this.at(i).id, this.at(i - 1).id) === 0) throw new RangeError('two members at one place')
    }
  }

  /** The first member at or after `id`. */
  successorOf(id: RingId): ChordContact {
    return this.at(this.indexOf(id))
  }

  /** What the member at `id` points to, with lists of `r`. */
  pointersOf(id: RingId, r: number): Pointers {
    const { length } = this.members
    const index = this.indexOf(id)
    const wanted = Math.max(1, Math.min(r, length - 1))
    return {
      successors: Array.from({ length: wanted }, (_, i) => this.at(index + 1 + i)),
      predecessor: this.at(index - 1),
    }
  }

  private at(index: number): ChordContact {
    const { length } = this.members
    return this.members[(index + length) % length] as ChordContact
  }

  /** Of the first at or after `id`; the number of members where that is the first of all. */
  private indexOf(id: RingId): number {
    let low = 0
    let high = this.members.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (compareIds((this.members[middle] as ChordContact).id, id) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
