/**
 * Decides when which torrents are announced on the local network (BEP 14): each soon after it was added and every five
 * minutes from then on, but never more than one announce a minute in all, however many torrents there are.
 *
 * One announce takes along everything that would be due within the minute in which there can be no other; the longest
 * due come first, so that nothing waits for ever. Pure: told the time.
 */
import { MINUTE, type Millis, SECOND } from '../../kernel/clock.ts'

/** BEP 14: how often each torrent is announced. */
export const LOCAL_ANNOUNCE_INTERVAL: Millis = 5 * MINUTE
/** BEP 14: at most one announce in this time. */
export const LOCAL_ANNOUNCE_SPACING: Millis = MINUTE
/** What is added within this time after the first goes into one announce with it, as when a program starts. */
export const LOCAL_SETTLE_TIME: Millis = SECOND / 2
/** Torrents in one announce; the others wait for the next. */
export const MAX_TORRENTS_PER_ANNOUNCE = 184

export class LocalSchedule<T> {
  private readonly dueAt = new Map<T, Millis>()
  private lastAt = Number.NEGATIVE_INFINITY
  /** As it was before what was taken last. */
  private lastBefore = Number.NEGATIVE_INFINITY

  add(torrent: T, now: Millis): void {
    this.dueAt.set(torrent, now + LOCAL_SETTLE_TIME)
  }

  remove(torrent: T): void {
    this.dueAt.delete(torrent)
  }

  /** Announces it again as soon as the spacing allows: somebody new is there, or it was asked for. */
  hasten(torrent: T, now: Millis): void {
    const due = this.dueAt.get(torrent)
    if (due !== undefined) this.dueAt.set(torrent, Math.min(due, now + LOCAL_SETTLE_TIME))
  }

  /** It was taken and could not be announced yet: it is due again after the spacing, or when it is hastened. */
  postpone(torrent: T, now: Millis): void {
    if (this.dueAt.has(torrent)) this.dueAt.set(torrent, now + LOCAL_ANNOUNCE_SPACING)
  }

  /** Nothing of what was taken last has been sent, so that the next announce need not wait for it. */
  sentNothing(): void {
    this.lastAt = this.lastBefore
  }

  /** All of them: a new network is there. */
  hastenAll(now: Millis): void {
    for (const torrent of this.dueAt.keys()) this.hasten(torrent, now)
  }

  /** When the torrent is announced next; undefined where it is not followed. Another announce may take it along earlier. */
  plannedAt(torrent: T): Millis | undefined {
    const due = this.dueAt.get(torrent)
    return due === undefined ? undefined : Math.max(due, this.lastAt + LOCAL_ANNOUNCE_SPACING)
  }

  /** When there is something to announce; undefined where nothing is followed. */
  nextAt(): Millis | undefined {
    let first: Millis | undefined
    for (const due of this.dueAt.values()) if (first === undefined || due < first) first = due
    return first === undefined ? undefined : Math.max(first, this.lastAt + LOCAL_ANNOUNCE_SPACING)
  }

  /** What to announce now, which counts as announced: none before `nextAt`, at most `MAX_TORRENTS_PER_ANNOUNCE`. */
  take(now: Millis): T[] {
    const next = this.nextAt()
    if (next === undefined || now < next) return []
    const due = [...this.dueAt].filter(([, at]) => at < now + LOCAL_ANNOUNCE_SPACING)
    const taken = due.sort(([, a], [, b]) => a - b).slice(0, MAX_TORRENTS_PER_ANNOUNCE)
    for (const [torrent] of taken) this.dueAt.set(torrent, now + LOCAL_ANNOUNCE_INTERVAL)
    this.lastBefore = this.lastAt
    this.lastAt = now
    return taken.map(([torrent]) => torrent)
  }
}
