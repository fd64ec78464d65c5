import { type Millis, SECOND } from './clock.ts'

/**
 * Average bytes per second over the last few seconds, the present one for as much of it as is over. It counts from the
 * first bytes, or from the first after a silence as long as the window, so that a new flow shows its rate after its
 * first second. Told the time; keeps one counter a second.
 */
export class RateMeter {
  private readonly counts: Float64Array
  private second = -1
  /** When the flow began that the counters hold. */
  private since: Millis | undefined
  total = 0

  constructor(windowSeconds = 5) {
    this.counts = new Float64Array(windowSeconds)
  }

  add(bytes: number, now: Millis): void {
    this.advance(now)
    this.since ??= now
    const slot = this.second % this.counts.length
    this.counts[slot] = (this.counts[slot] as number) + bytes
    this.total += bytes
  }

  /** Bytes per second over the window, or over the time since the flow began, at least a second. */
  rate(now: Millis): number {
    this.advance(now)
    if (this.since === undefined) return 0
    let sum = 0
    for (const count of this.counts) sum += count
    const counted = (this.counts.length - 1) * SECOND + (now - this.second * SECOND)
    return (sum * SECOND) / Math.max(SECOND, Math.min(counted, now - this.since))
  }

  private advance(now: Millis): void {
    const second = Math.floor(now / SECOND)
    if (this.second < 0) this.second = second
    const steps = Math.min(second - this.second, this.counts.length)
    for (let i = 1; i <= steps; i++) this.counts[(this.second + i) % this.counts.length] = 0
    if (second > this.second) this.second = second
    if (steps > 0 && this.counts.every((count) => count === 0)) this.since = undefined
  }
}
