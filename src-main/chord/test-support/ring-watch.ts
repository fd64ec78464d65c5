/** Zave's invariant, looked at after every event in which a member's list has changed, until it is broken. */
import { RingCheck, type Violation } from '../invariants.ts'
import type { ChordMember } from '../member.ts'

export class RingWatch {
  violations: readonly Violation[] = []
  /** When it was broken. */
  brokenAt: number | undefined
  private readonly r: number
  private seen = ''

  constructor(r: number) {
    this.r = r
  }

  get isBroken(): boolean {
    return this.brokenAt !== undefined
  }

  look(members: readonly ChordMember[], time: number): void {
    if (this.isBroken) return
    const seen = members
      .map(({ self, successors }) => `${self.id.key}>${successors.map(({ id }) => id.key).join('')}`)
      .join('|')
    if (seen === this.seen) return
    this.seen = seen
    const violations = new RingCheck(members).violations(this.r)
    if (violations.length === 0) return
    this.violations = violations
    this.brokenAt = time
  }
}
