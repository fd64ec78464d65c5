/**
 * A member with no successor left, for as long as that lasts: until one of its list has answered, or another has been adopted.
 * That those of the list have been called dead is forgotten after a while, and does not end it. When it has lasted for
 * `CUT_OFF_FOR` (whoever was cut off for a moment has a place to come back to) whoever else is known is tried, each once
 * before any a second time: among those remembered may be more dead than can be tried before their deaths are forgotten.
 */
import type { Millis } from '../kernel/clock.ts'
import type { ChordContact } from './contact.ts'
import { CUT_OFF_FOR } from './outside.ts'
import { isBetween, type RingId } from './ring-id.ts'

/** What it looks at. */
export interface StrandedMember {
  readonly self: ChordContact
  readonly successors: readonly ChordContact[]
  readonly isStranded: boolean
}

export class Stranded {
  private readonly member: StrandedMember
  /** The list that was dead; a list that has answered is another one. */
  private list: readonly ChordContact[] | undefined
  private since: Millis = 0
  /** By identifier: whom we have tried. */
  private readonly tried = new Set<string>()

  constructor(member: StrandedMember) {
    this.member = member
  }

  /** Whether others than those of the list are to be tried. To be asked often. */
  isLasting(now: Millis): boolean {
    const { successors, isStranded } = this.member
    if (this.list !== successors) this.list = undefined
    if (this.list === undefined && isStranded) {
      this.list = successors
      this.since = now
      this.tried.clear()
    }
    return this.list !== undefined && now - this.since >= CUT_OFF_FOR
  }

  /** The nearest clockwise of `known` that has not been tried yet, counted as tried; undefined where nobody else is known. */
  next(known: readonly ChordContact[]): ChordContact | undefined {
    const { self, successors } = this.member
    const isListed = ({ id }: ChordContact) => successors.some((listed) => listed.id.equals(id))
    const others = known.filter((contact) => !contact.id.equals(self.id) && !isListed(contact))
    let fresh = others.filter(({ id }) => !this.tried.has(id.key))
    if (fresh.length === 0) {
      this.tried.clear()
      fresh = others
    }
    const next = nearestAfter(self.id, fresh)
    if (next) this.tried.add(next.id.key)
    return next
  }
}

function nearestAfter(id: RingId, contacts: readonly ChordContact[]): ChordContact | undefined {
  let nearest: ChordContact | undefined
  for (const contact of contacts) if (!nearest || isBetween(id, contact.id, nearest.id)) nearest = contact
  return nearest
}
