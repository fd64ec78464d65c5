/**
 * Members met earlier, neighbours and those called dead among them. One is asked now and then for our own place: where a
 * partition has made two rings of one, the answer names a nearer successor than ours, and the rings grow together
 * (Stoica et al. 2001, section 5; Chord's own upkeep never joins two rings).
 *
 * At most `MAX_OLD_CONTACTS`; a new one takes the place of one at random.
 */
import type { Random } from '../kernel/random.ts'
import type { ChordContact } from './contact.ts'

export const MAX_OLD_CONTACTS = 64

export class OldContacts {
  private readonly random: Random
  private readonly contacts: ChordContact[] = []

  constructor(random: Random) {
    this.random = random
  }

  get all(): readonly ChordContact[] {
    return this.contacts
  }

  remember(contact: ChordContact): void {
    if (this.contacts.some(({ id }) => id.equals(contact.id))) return
    if (this.contacts.length < MAX_OLD_CONTACTS) this.contacts.push(contact)
    else this.contacts[this.random.below(MAX_OLD_CONTACTS)] = contact
  }

  /** It is known to be no member any more. */
  forget(contact: ChordContact): void {
    const at = this.contacts.findIndex(({ id }) => id.equals(contact.id))
    if (at >= 0) this.contacts.splice(at, 1)
  }
}
