/**
 * What Zave's proof takes for granted of failures: that every member keeps a live successor, and that r + 1 members stay that
 * nobody skips. To be asked before somebody is taken away.
 */
import { RingCheck, type SeenMember } from '../invariants.ts'

export interface Remainder {
  /** Members that would be left, as they are. */
  readonly members: readonly SeenMember[]
  /** Lists that answers under way will make of theirs, or of a joiner's, in full. */
  readonly underWay: readonly SeenMember[]
  /** Keys of those that would answer. */
  readonly inTouch: ReadonlySet<string>
}

export function keepsAssumption({ members, underWay, inTouch }: Remainder, r: number): boolean {
  // As they will be cut to r. One that joins by such an answer is a member then.
  const soon = underWay.map((seen) => ({ ...seen, successors: seen.successors.slice(0, r) }))
  const changed = new Map(soon.map((member) => [member.self.id.key, member]))
  const later = [...members.filter(({ self }) => !changed.has(self.id.key)), ...changed.values()]
  const [now, then] = [members, later].map((each) => new RingCheck(each).principals())
  const lasting = new Set(then?.map(({ id }) => id.key))
  const principals = (now ?? []).filter(({ id }) => inTouch.has(id.key) && lasting.has(id.key))
  const hasLive = [...members, ...soon].every(({ successors }) => successors.some(({ id }) => inTouch.has(id.key)))
  return hasLive && principals.length >= r + 1
}
