/**
 * Whom the members of this host see on the ring, themselves included, and for how long without a gap. Who has been seen for long
 * enough stands in all the lists that it belongs to: news of a member goes back one list in each round of stabilising. Whom one of
 * our lists passes over (it has just joined, or has been silent for a while) counts from then on only.
 *
 * At most what the lists of our members hold.
 */
import type { Millis } from '../../kernel/clock.ts'
import { areSiblings, type ChordContact } from '../contact.ts'
import { isBetween } from '../ring-id.ts'
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
        if (!own.has(key) && areSiblings(contact, self)) continue
        const known = this.seen.get(key)
        seen.set(key, known && !isSkipped(contact, members) ? known : { contact, since: now })
      }
    }
    this.seen = seen
  }

  /** Those that have been seen for `age`. */
  settled(age: Millis, now: Millis): readonly ChordContact[] {
    return [...this.seen.values()].filter(({ since }) => now - since >= age).map(({ contact }) => contact)
  }
}

/** Whether it stands between two neighbours of a list without being in it. */
function isSkipped({ id }: ChordContact, members: readonly ListedMember[]): boolean {
  return members.some(({ self, successors }) =>
    successors.some((contact, i) => isBetween((successors[i - 1] ?? self).id, id, contact.id)),
  )
}
