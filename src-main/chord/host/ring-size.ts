/**
 * What a host can tell of the whole ring from the lists of its own members: how many members there are, whether one of its own
 * may leave, whether there are too few. A list that is full and does not hold the owner's predecessor shows at least r + 2
 * members.
 */
import { areSiblings } from '../contact.ts'
import type { ChordMember } from '../member.ts'

const TWO_TO_32 = 2 ** 32

export type ListedMember = Pick<ChordMember, 'self' | 'successors' | 'predecessor' | 'capacity'>

/** Whether the ring has more than r + 1 members without this one. */
export function isSpare({ self, successors, predecessor, capacity }: ListedMember): boolean {
  const isFull = successors.length >= capacity
  return isFull && !predecessor.id.equals(self.id) && !successors.some(({ id }) => id.equals(predecessor.id))
}

/** Whether the ring has fewer than r + 1 members, going by this one's list. */
export function isShort({ self, successors, capacity }: ListedMember): boolean {
  return successors.filter(({ id }) => !id.equals(self.id)).length < capacity
}

/** Whether fewer than r + 1 members on other hosts are to be seen, so that replication is limited. */
export function isRingSmall(members: readonly ListedMember[], r: number): boolean {
  const others = new Set<string>()
  for (const { self, successors, predecessor } of members) {
    for (const contact of [...successors, predecessor]) if (!areSiblings(contact, self)) others.add(contact.id.key)
  }
  return others.size < r + 1
}

/** Members of the whole ring, estimated from how densely those in the lists stand; undefined without members. */
export function estimateMembers(members: readonly ListedMember[]): number | undefined {
  const around = members.find(({ self, successors, predecessor }) =>
    [self, ...successors].some(({ id }) => id.equals(predecessor.id)),
  )
  if (around) return new Set([around.self, ...around.successors].map(({ id }) => id.key)).size
  let [counted, part] = [0, 0]
  for (const { self, successors } of members) {
    const last = successors.at(-1)
    if (!last) continue
    counted += successors.length
    part += self.id.distanceTo(last.id).head / TWO_TO_32
  }
  return part > 0 ? Math.max(Math.round(counted / part), members.length) : undefined
}
