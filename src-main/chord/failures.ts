/**
 * Who has been called dead lately: it is not asked again for a while, and not believed from hearsay to be there. Whatever is
 * heard from it itself ends that at once. At most `MAX_FAILURES`, the oldest forgotten first.
 */
import { type Millis, SECOND } from '../kernel/clock.ts'
import type { ChordContact } from './contact.ts'

export const FAILED_FOR: Millis = 60 * SECOND
export const MAX_FAILURES = 256

export class Failures {
  /** By identifier: since when. In the order of failing. */
  private readonly since = new Map<string, Millis>()

  add({ id }: ChordContact, now: Millis): void {
    this.since.delete(id.key)
    this.since.set(id.key, now)
    if (this.since.size > MAX_FAILURES) this.since.delete(this.since.keys().next().value as string)
  }

  remove({ id }: ChordContact): void {
    this.since.delete(id.key)
  }

  /** When it was called dead; undefined where it was not, or long ago. */
  failedAt({ id }: ChordContact, now: Millis): Millis | undefined {
    const at = this.since.get(id.key)
    return at !== undefined && now - at < FAILED_FOR ? at : undefined
  }

  has(contact: ChordContact, now: Millis): boolean {
    return this.failedAt(contact, now) !== undefined
  }
}
