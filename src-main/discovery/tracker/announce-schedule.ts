/**
 * Decides which tracker of one torrent is asked next, when, and with which event. Pure: told the time and the outcome of
 * each announce, at most one of which is open at a time.
 *
 * A round walks the tiers in order (BEP 12): trackers of a tier in an order shuffled once, the one that answers moves to
 * the front of its tier, the next tier is asked only when every tracker of the tier before has failed or must not be
 * asked yet. The round ends with the first answer; the next starts after that tracker's interval. When all have failed,
 * the next round starts with the first back-off that ends.
 *
 * Events: `started` goes to each tracker first, until it has taken it once; `completed` to the next tracker that takes
 * it, once; `stopped` is due to those that have taken `started`.
 *
 * Limits: intervals from 1 minute to 4 hours; back-off 5 + 12.5 n² s up to 60 min after the n-th failure in a row, plus up
 * to a tenth by chance, so that clients that failed together do not come back together.
 */
import { MINUTE, type Millis, SECOND } from '../../kernel/clock.ts'
import { type Random, shuffled } from '../../kernel/random.ts'
import type { AnnounceAnswer, AnnounceEvent } from './announce.ts'

export const INTERVAL_FLOOR: Millis = MINUTE
export const INTERVAL_CEILING: Millis = 240 * MINUTE
/** Where the tracker names none. */
export const DEFAULT_INTERVAL: Millis = 30 * MINUTE
export const DEFAULT_MIN_INTERVAL: Millis = 5 * MINUTE
export const BACK_OFF_CEILING: Millis = 60 * MINUTE

/** What the schedule knows of one tracker. */
export interface TrackerRecord {
  readonly url: string
  readonly tier: number
  /** It has taken `started` in this run. */
  readonly started: boolean
  /** Failures in a row. */
  readonly failures: number
  /** Not to be asked before; Infinity: never again in this run. */
  readonly notBefore: Millis
  readonly trackerId: Uint8Array | undefined
}
type Entry = { -readonly [K in keyof TrackerRecord]: TrackerRecord[K] }

export type Decision =
  | { readonly kind: 'announce'; readonly tracker: TrackerRecord; readonly event: AnnounceEvent }
  | { readonly kind: 'wait'; readonly until: Millis }
  /** No tracker is left that may be asked, now or later. */
  | { readonly kind: 'nothing' }

/** Milliseconds to wait after the `failures`-th failure in a row, without the part by chance. */
export function backOff(failures: number): Millis {
  return Math.min((5 + 12.5 * failures * failures) * SECOND, BACK_OFF_CEILING)
}

export class AnnounceSchedule {
  private readonly tiers: Entry[][]
  private readonly random: Random
  /** Trackers already asked in the round under way. */
  private readonly asked = new Set<Entry>()
  private roundAt: Millis = 0
  /** Refreshing before this is too early. */
  private refreshAt: Millis = 0
  private completedDue = false
  private open: { entry: Entry; event: AnnounceEvent } | undefined

  /** `tiers` hold URLs fit to be asked. `numbers`: what each tier is called in records; its index when left out. */
  constructor(tiers: readonly (readonly string[])[], random: Random, numbers?: readonly number[]) {
    this.random = random
    this.tiers = tiers.map((urls, index) =>
      shuffled(random, urls).map((url) => ({
        url,
        tier: numbers?.[index] ?? index,
        started: false,
        failures: 0,
        notBefore: 0,
        trackerId: undefined,
      })),
    )
  }

  /** In the order in which they would be asked. */
  get trackers(): readonly TrackerRecord[] {
    return this.tiers.flat()
  }

  /** When this tracker will be asked at the earliest as things stand, or undefined when it will not be. */
  plannedAt(tracker: TrackerRecord): Millis | undefined {
    const at = Math.max(tracker.notBefore, this.roundAt)
    return at === Number.POSITIVE_INFINITY || this.open?.entry === tracker ? undefined : at
  }

  /** What to do now. An `announce` stays open until `answered`, `failed` or `abandoned` closes it. */
  next(now: Millis): Decision {
    if (this.open) throw new Error('an announce is open')
    if (this.roundAt === Number.POSITIVE_INFINITY) return { kind: 'nothing' }
    if (now < this.roundAt) return { kind: 'wait', until: this.roundAt }
    for (const entry of this.tiers.flat()) {
      if (this.asked.has(entry) || now < entry.notBefore) continue
      this.asked.add(entry)
      const event = !entry.started ? 'started' : this.completedDue ? 'completed' : 'none'
      this.open = { entry, event }
      return { kind: 'announce', tracker: entry, event }
    }
    this.asked.clear()
    this.roundAt = Math.min(...this.tiers.flat().map((entry) => entry.notBefore))
    if (this.roundAt === Number.POSITIVE_INFINITY) return { kind: 'nothing' }
    return { kind: 'wait', until: this.roundAt }
  }

  /** The open announce was answered: the round is over. */
  answered(answer: AnnounceAnswer, now: Millis): void {
    const { entry, event } = this.close()
    entry.failures = 0
    entry.notBefore = 0
    entry.started = true
    entry.trackerId = answer.trackerId ?? entry.trackerId
    if (event === 'completed') this.completedDue = false
    const tier = this.tiers.find((entries) => entries.includes(entry)) as Entry[]
    tier.splice(tier.indexOf(entry), 1)
    tier.unshift(entry)
    const { interval, minInterval } = intervals(answer)
    this.asked.clear()
    this.refreshAt = now + minInterval
    this.roundAt = this.completedDue ? now : now + interval
  }

  /** The open announce failed; `retryMinutes` is what the tracker asked for (BEP 31). The round goes on. */
  failed(retryMinutes: number | 'never' | undefined, now: Millis): void {
    const { entry } = this.close()
    entry.failures += 1
    const wait = backOff(entry.failures)
    const spread = this.random.below(Math.floor(wait / 10) + 1)
    entry.notBefore = retryMinutes === 'never' ? Number.POSITIVE_INFINITY : now + wait + spread
    if (typeof retryMinutes === 'number')
      entry.notBefore = now + Math.min(Math.max(retryMinutes * MINUTE, INTERVAL_FLOOR), MAX_RETRY)
  }

  /** The open announce was broken off by us: as if it had not been made. */
  abandoned(): void {
    this.asked.delete(this.close().entry)
  }

  /** The download has just become complete: say so at once, whatever the interval. */
  completed(now: Millis): void {
    this.completedDue = true
    this.startRound(now)
  }

  /** Ask sooner than planned, but not sooner than the last answer's minimum interval allows. */
  refresh(now: Millis): void {
    this.startRound(Math.max(now, this.refreshAt))
  }

  /** Trackers to say goodbye to. */
  get startedTrackers(): readonly TrackerRecord[] {
    return this.tiers.flat().filter((entry) => entry.started)
  }

  /** Moves the next round to `at` where that is earlier. A round that is waiting for a back-off stays as it is. */
  private startRound(at: Millis): void {
    if (this.open) return
    const first = Math.min(...this.tiers.flat().map((entry) => entry.notBefore))
    this.roundAt = Math.min(this.roundAt, Math.max(at, first))
  }

  private close(): { entry: Entry; event: AnnounceEvent } {
    if (!this.open) throw new Error('no announce is open')
    const { open } = this
    this.open = undefined
    return open
  }
}

/** A week: a tracker that asks for more is asked again then. */
const MAX_RETRY: Millis = 7 * 24 * 60 * MINUTE

/** The two intervals in milliseconds within our bounds, the minimum never above the other. */
function intervals(answer: AnnounceAnswer): { interval: Millis; minInterval: Millis } {
  const bounded = (seconds: number | undefined, otherwise: Millis) =>
    seconds === undefined ? otherwise : Math.min(Math.max(seconds * SECOND, INTERVAL_FLOOR), INTERVAL_CEILING)
  const minInterval = bounded(answer.minInterval, DEFAULT_MIN_INTERVAL)
  const interval = bounded(answer.interval, DEFAULT_INTERVAL)
  if (answer.minInterval === undefined) return { interval, minInterval: Math.min(minInterval, interval) }
  return { interval: Math.max(interval, minInterval), minInterval }
}
