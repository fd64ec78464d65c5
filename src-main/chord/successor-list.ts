/**
 * The list of successors: nearest first, in order around the ring, without its owner. A list is replaced as a whole and never
 * merged (Zave 2017).
 *
 * Zave's model fills up a list that has become short with the identifier after its last, which belongs to nobody. Here it just
 * stays short: the pair of last and filler skips no member either, and nobody can be asked in its place.
 */
import type { ChordContact } from './contact.ts'
import { isBetween, type RingId } from './ring-id.ts'

/**
 * The list of the member `self` that follows `head`, whose own list is `tail`. What `admits` refuses is left out; it ends
 * where `tail` is out of order or comes around to ourselves, and after `r`.
 */
export function listBehind(
  self: RingId,
  head: ChordContact,
  tail: readonly ChordContact[],
  r: number,
  admits: (contact: ChordContact) => boolean,
): ChordContact[] {
  const list = [head]
  for (const contact of tail) {
    if (list.length >= r) break
    if (!admits(contact)) continue
    if (!isBetween((list.at(-1) as ChordContact).id, contact.id, self)) break
    list.push(contact)
  }
  return list
}
