/**
 * What all virtual nodes of a host know together of the world outside it: who of other hosts was heard last, and when. Who
 * hears nobody is cut off itself, and does not call the others dead for it, unless that lasts for `CUT_OFF_FOR`: then the
 * others are gone for all that can be known.
 */
import { type Millis, SECOND } from '../kernel/clock.ts'
import type { ChordContact } from './contact.ts'

export const CUT_OFF_FOR: Millis = 60 * SECOND
/** Of the others, those heard last. */
export const MAX_HEARD = 16

export class Outside {
  private heardAt: Millis
  private readonly cutOffFor: Millis
  /** Heard last at the end. */
  private readonly heard = new Map<string, ChordContact>()

  /** `cutOffFor`: where members ask each other in other periods than the usual ones. */
  constructor(now: Millis, cutOffFor = CUT_OFF_FOR) {
    this.heardAt = now
    this.cutOffFor = cutOffFor
  }

  /** A member of another host. */
  hear(contact: ChordContact, now: Millis): void {
    this.heardAt = now
    this.heard.delete(contact.id.key)
    this.heard.set(contact.id.key, contact)
    if (this.heard.size > MAX_HEARD) this.heard.delete(this.heard.keys().next().value as string)
  }

  /** Until now nobody could be heard, because this machine slept: that says nothing of the others. */
  slept(now: Millis): void {
    this.heardAt = now
  }

  /** Whoever `wanted` allows, heard last first. */
  latest(wanted: (contact: ChordContact) => boolean): ChordContact | undefined {
    return [...this.heard.values()].findLast(wanted)
  }

  /** Whether nobody has been heard for so long that the others count as gone. */
  isGone(now: Millis): boolean {
    return now - this.heardAt >= this.cutOffFor
  }
}
