import type { Millis } from './clock.ts'

/** Average bytes per second over the last few seconds. Told the time; keeps one counter a second. */
export class RateMeter {
  private readonly counts: Float64Array
  private second = -1
  total = 0

  constructor(windowSeconds = 5) {
    this.counts = new Float64Array(windowSeconds)
  }

  add(bytes: number, now: Millis): void {
    this.advance(now)
    const slot = this.second % this.counts.length
    this.counts[slot] = (this.counts[slot] as number) + bytes
    this.total += bytes
  }

  /** Bytes per second over the window. */
  rate(now: Millis): number {
    this.advance(now)
    let sum = 0
    for (const count of this.counts) sum += count
    return sum / this.counts.length
  }

  private advance(now: Millis): void {
    const second = Math.floor(now / 1000)
    if (this.second < 0) this.second = second
    const steps = Math.min(second - this.second, this.counts.length)
    for (let i = 1; i <= steps; i++) this.counts[(this.second + i) % this.counts.length] = 0
    if (second > this.second) this.second = second
  }
}
