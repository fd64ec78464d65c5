/**
 * Whom the members of this host see on the ring, themselves included, and for how long without a gap. Who has been seen for long
 * enough stands in all the lists that it belongs to: news of a member goes back one list in each round of stabilising.
 *
 * At most what the lists of our members hold.
 */
import type { Millis } from '../../kernel/clock.ts'
import { areSiblings } from '../contact.ts'
import type { ListedMember } from './ring-size.ts'

export class Census {
  private seenSince = new Map<string, Millis>()

  /**
   * To be called every few seconds, with all members of this host. A virtual node of our own that is not among them has left,
   * whoever names it still: lists learn of that one after the other.
   */
  take(members: readonly ListedMember[], now: Millis): void {
    const seen = new Map<string, Millis>()
    const own = new Set(members.map(({ self }) => self.id.key))
    for (const { self, predecessor, successors } of members) {
      for (const contact of [self, predecessor, ...successors]) {
        const { key } = contact.id
        if (own.has(key) || !areSiblings(contact, self)) seen.set(key, this.seenSince.get(key) ?? now)
      }
    }
    this.seenSince = seen
  }

  /** How many have been seen for `age`. */
  settled(age: Millis, now: Millis): number {
    let count = 0
    for (const since of this.seenSince.values()) if (now - since >= age) count += 1
    return count
  }
}
