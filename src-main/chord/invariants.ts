/**
 * What is true of a ring at every moment, and what becomes true once nothing happens any more (Zave 2017). For at most some
 * hundreds of members after every event, for more of them now and then: one check takes the time of sorting all lists.
 *
 * Members are those that have joined and live. Whoever is listed and not among them is dead.
 */
import type { ChordContact } from './contact.ts'
import { IdealRing } from './ideal-ring.ts'
import { compareIds, isBetween, type RingId } from './ring-id.ts'

/** A member as an onlooker sees it who can see all at once. */
export interface SeenMember {
  readonly self: ChordContact
  readonly successors: readonly ChordContact[]
  readonly predecessor: ChordContact
}

export type Violation =
  /** A member's list names nobody who lives. */
  | { readonly rule: 'LiveSuccessor'; readonly at: RingId }
  /** Fewer than r + 1 members are skipped by nobody. */
  | { readonly rule: 'Principals'; readonly principals: number; readonly wanted: number }
  /** The first live successors lead to no ring, or to several. */
  | { readonly rule: 'OneRing'; readonly rings: number }
  /** The ring goes around more than once. */
  | { readonly rule: 'OrderedRing'; readonly at: RingId }
  | { readonly rule: 'OrderedLists'; readonly at: RingId }
  | { readonly rule: 'NoDuplicates'; readonly at: RingId }
  /** A member outside of the ring does not lead to it. */
  | { readonly rule: 'ConnectedAppendages'; readonly at: RingId }

export class RingCheck {
  private readonly members: readonly SeenMember[]
  private readonly rank = new Map<string, number>()
  /** Of each member by rank: the rank of the first in its list that lives; -1 where none does. */
  private readonly next: readonly number[]

  constructor(members: readonly SeenMember[]) {
    this.members = [...members].sort((a, b) => compareIds(a.self.id, b.self.id))
    this.members.forEach(({ self }, i) => {
      this.rank.set(self.id.key, i)
    })
    this.next = this.members.map(({ successors }) => {
      for (const { id } of successors) {
        const rank = this.rank.get(id.key)
        if (rank !== undefined) return rank
      }
      return -1
    })
  }

  /** Members that no neighbouring pair of any member's [self, successors...] skips. */
  principals(): ChordContact[] {
    const skipped = this.skipCounts()
    return this.members.filter((_, i) => skipped[i] === 0).map(({ self }) => self)
  }

  /**
   * All that is broken; empty where nothing is. `r` is the length of lists. A ring that has lost more than its lists can bear
   * has fewer than r + 1 principals for good: leave `r` out to check the rest.
   */
  violations(r?: number): Violation[] {
    if (this.members.length === 0) return []
    const found: Violation[] = []
    this.members.forEach(({ self }, i) => {
      if (this.next[i] === -1) found.push({ rule: 'LiveSuccessor', at: self.id })
    })
    if (r !== undefined) {
      const principals = this.principals().length
      if (principals < r + 1) found.push({ rule: 'Principals', principals, wanted: r + 1 })
    }
    found.push(...this.ringViolations(), ...this.listViolations())
    return found
  }

  /** Whether every pointer is what it should be, with lists of `r`. */
  isIdeal(r: number): boolean {
    if (this.members.length === 0) return true
    const ring = new IdealRing(this.members.map(({ self }) => self))
    return this.members.every(({ self, successors, predecessor }) => {
      const ideal = ring.pointersOf(self.id, r)
      return (
        predecessor.id.equals(ideal.predecessor.id) &&
        successors.length === ideal.successors.length &&
        ideal.successors.every(({ id }, i) => id.equals((successors[i] as ChordContact).id))
      )
    })
  }

  /** Ranks of the members on cycles of first live successors, cycle by cycle. */
  rings(): number[][] {
    const rings: number[][] = []
    const seenIn = new Array<number>(this.members.length).fill(-1)
    for (let start = 0; start < this.members.length; start++) {
      let at = start
      while (at !== -1 && seenIn[at] === -1) {
        seenIn[at] = start
        at = this.next[at] as number
      }
      if (at === -1 || seenIn[at] !== start) continue
      const ring = [at]
      for (let on = this.next[at] as number; on !== at; on = this.next[on] as number) ring.push(on)
      rings.push(ring)
    }
    return rings
  }

  private ringViolations(): Violation[] {
    const rings = this.rings()
    const found: Violation[] = []
    if (rings.length !== 1) found.push({ rule: 'OneRing', rings: rings.length })
    for (const ring of rings) {
      // Going up all the way but for one step.
      const falls = ring.filter((rank, i) => rank >= (ring[(i + 1) % ring.length] as number))
      if (falls.length > 1) found.push({ rule: 'OrderedRing', at: this.idAt(falls[0] as number) })
    }
    const onRing = new Set(rings.flat())
    this.members.forEach(({ self }, i) => {
      if (!onRing.has(i) && !this.leadsTo(onRing, i)) found.push({ rule: 'ConnectedAppendages', at: self.id })
    })
    return found
  }

  private leadsTo(ring: ReadonlySet<number>, from: number): boolean {
    let at = from
    for (let steps = 0; steps <= this.members.length && at !== -1; steps++) {
      if (ring.has(at)) return true
      at = this.next[at] as number
    }
    return false
  }

  private listViolations(): Violation[] {
    const found: Violation[] = []
    for (const { self, successors } of this.members) {
      const isAlone = successors.length === 1 && (successors[0] as ChordContact).id.equals(self.id)
      const extended = isAlone ? [self] : [self, ...successors]
      if (new Set(extended.map(({ id }) => id.key)).size < extended.length) {
        found.push({ rule: 'NoDuplicates', at: self.id })
      }
      // Each lies between its forerunner and the list's owner.
      const isOrdered = successors.every(
        ({ id }, i) => isAlone || i === 0 || isBetween((successors[i - 1] as ChordContact).id, id, self.id),
      )
      if (!isOrdered) found.push({ rule: 'OrderedLists', at: self.id })
    }
    return found
  }

  /** How many pairs skip each member: a pair's stretch is marked where it begins and ends, then all are summed up. */
  private skipCounts(): number[] {
    const { length } = this.members
    const marks = new Array<number>(length + 1).fill(0)
    const mark = (from: number, to: number) => {
      marks[from] = (marks[from] as number) + 1
      marks[to] = (marks[to] as number) - 1
    }
    for (const { self, successors } of this.members) {
      let before = self
      for (const contact of successors) {
        const [from, to] = [this.firstFrom(before.id, true), this.firstFrom(contact.id, false)]
        const wraps = compareIds(before.id, contact.id) >= 0
        if (wraps) {
          mark(from, length)
          mark(0, to)
        } else if (from < to) mark(from, to)
        before = contact
      }
    }
    let sum = 0
    return marks.slice(0, length).map((change) => {
      sum += change
      return sum
    })
  }

  /** The lowest rank at `id` or above it; above it only with `after`. */
  private firstFrom(id: RingId, after: boolean): number {
    const own = this.rank.get(id.key)
    if (own !== undefined) return after ? own + 1 : own
    let low = 0
    let high = this.members.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (compareIds(this.idAt(middle), id) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  private idAt(rank: number): RingId {
    return (this.members[rank] as SeenMember).self.id
  }
}
