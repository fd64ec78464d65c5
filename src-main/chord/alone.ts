/**
 * A host that has heard nobody for so long that the others count as gone, with a virtual node whose list names others only:
 * nothing is left of the ring but this host, whose virtual nodes are a ring of their own from then on. Old contacts stay
 * remembered, so that it grows together with the others should they come back.
 */
import type { Clock } from '../kernel/clock.ts'
import { areSiblings } from './contact.ts'
import { IdealRing } from './ideal-ring.ts'
import type { ChordMember } from './member.ts'
import type { Outside } from './outside.ts'

/** `members`: the virtual nodes of one host. To be called now and then. @returns whether they have become a ring of their own */
export function standAlone(members: readonly ChordMember[], outside: Outside, clock: Pick<Clock, 'now'>): boolean {
  const active = members.filter(({ phase }) => phase === 'member')
  const isLost = ({ self, successors }: ChordMember) => successors.every((contact) => !areSiblings(contact, self))
  if (!outside.isGone(clock.now()) || !active.some(isLost)) return false
  const ring = new IdealRing(active.map(({ self }) => self))
  for (const member of active) {
    for (const contact of [...member.successors, member.predecessor]) {
      if (!areSiblings(contact, member.self)) member.fail(contact)
    }
    member.create(ring.pointersOf(member.self.id, member.capacity))
  }
  return true
}
