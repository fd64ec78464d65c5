/**
 * The finger table of one member: finger i is the first member at or after self + 2^i (the literature counts them from 1).
 * Most of the 160 are one and the same member, so each distinct one is held once, with the lowest i that it stands for.
 *
 * Fingers only make lookups short: nothing else depends on their being right or there at all.
 */
import type { ChordContact } from './contact.ts'
import { compareIds, isBetween, type RingId } from './ring-id.ts'

interface Finger {
  /** It stands for this power and those up to the next finger's. */
  from: number
  contact: ChordContact
}

export class Fingers {
  private readonly self: RingId
  /** By `from`, rising; neighbours are different members. At most m. */
  private table: Finger[] = []
  /** The power that is looked up next. */
  private due = 0

  constructor(self: RingId) {
    this.self = self
  }

  /** The distinct ones, nearest clockwise first. */
  get distinct(): ChordContact[] {
    return this.table.map(({ contact }) => contact)
  }

  /** The same, each with the lowest power that it stands for. */
  get withPowers(): { readonly power: number; readonly contact: ChordContact }[] {
    return this.table.map(({ from, contact }) => ({ power: from, contact }))
  }

  /** What stands at power `index`, 0 to m - 1; undefined where nothing is known. */
  at(index: number): ChordContact | undefined {
    return this.table.findLast(({ from }) => from <= index)?.contact
  }

  /**
   * The power to look up now, which goes through the distinct fingers and back to the first: powers that the successor or
   * the finger found last stand for are skipped, as the answer is known.
   */
  next(successor: ChordContact | undefined): number {
    const { bits } = this.self
    const known = successor === undefined ? 0 : this.self.distanceTo(successor.id).highestBit + 1
    if (this.due < known) this.due = known
    if (this.due >= bits) this.due = known >= bits ? 0 : known
    return this.due
  }

  /** A lookup of self + 2^`index` has found `contact`. */
  found(index: number, contact: ChordContact): void {
    const last = Math.max(index, this.self.distanceTo(contact.id).highestBit)
    // Ourselves: nobody is that far away, nor farther.
    const end = contact.id.equals(this.self) ? this.self.bits - 1 : last
    const before = this.at(end + 1)
    const after = before && this.self.distanceTo(before.id).highestBit > end ? before : undefined
    const kept = this.table.filter(({ from }) => from < index || from > end)
    if (!contact.id.equals(this.self)) kept.push({ from: index, contact })
    const isCovered = kept.some(({ from }) => from === end + 1)
    if (after && !isCovered && end + 1 < this.self.bits) kept.push({ from: end + 1, contact: after })
    this.table = merged(kept.sort((a, b) => a.from - b.from))
    this.due = end + 1
  }

  /** It is dead: the finger before it, or none, stands in its place until that is looked up. */
  remove(contact: ChordContact): void {
    this.table = merged(this.table.filter((finger) => !finger.contact.id.equals(contact.id)))
  }

  /** All at once, as a warm start has them. `found` gives the first member at or after an identifier. */
  fill(found: (start: RingId) => ChordContact): void {
    this.table = []
    const { bits } = this.self
    for (let index = 0; index < bits; ) {
      const contact = found(this.self.plusPowerOfTwo(index))
      this.found(index, contact)
      index = this.due
    }
    this.due = 0
  }

  /** Those that come before `target`, nearest to it first. */
  preceding(target: RingId, limit: number): ChordContact[] {
    const result: ChordContact[] = []
    for (let i = this.table.length - 1; i >= 0 && result.length < limit; i--) {
      const { contact } = this.table[i] as Finger
      if (isBetween(this.self, contact.id, target)) result.push(contact)
    }
    return result
  }
}

/** Without those that are the same member as the one before. */
function merged(table: readonly Finger[]): Finger[] {
  return table.filter(({ contact }, i) => {
    const before = table[i - 1]
    return before === undefined || compareIds(before.contact.id, contact.id) !== 0
  })
}
