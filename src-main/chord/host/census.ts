/**
 * Whom the members of this host see on the ring, themselves included, and for how long without a gap. Who has been seen for long
 * enough stands in all the lists that it belongs to: news of a member goes back one list in each round of stabilising.
 *
 * At most what the lists of our members hold.
 */
import type { Millis } from '../../kernel/clock.ts'
import { areSiblings, type ChordContact } from '../contact.ts'
import type { ListedMember } from './ring-size.ts'

export class Census {
  private seen = new Map<string, { readonly contact: ChordContact; readonly since: Millis }>()

  /**
   * To be called every few seconds, with all members of this host. A virtual node of our own that is not among them has left,
   * whoever names it still: lists learn of that one after the other.
   */
  take(members: readonly ListedMember[], now: Millis): void {
    const seen: typeof this.seen = new Map()
    const own = new Set(members.map(({ self }) => self.id.key))
    for (const { self, predecessor, successors } of members) {
      for (const contact of [self, predecessor, ...successors]) {
        const { key } = contact.id
        if (own.has(key) || !areSiblings(contact, self)) seen.set(key, this.seen.get(key) ?? { contact, since: now })
      }
    }
    this.seen = seen
  }

  /** Those that have been seen for `age`. */
  settled(age: Millis, now: Millis): readonly ChordContact[] {
    return [...this.seen.values()].filter(({ since }) => now - since >= age).map(({ contact }) => contact)
  }
}
