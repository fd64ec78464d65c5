import { type Millis, SECOND } from '../kernel/clock.ts'

export const SHORTEST_STALL: Millis = 300
export const LONGEST_STALL: Millis = 2 * SECOND
/** Until there are enough answers to tell. */
const FIRST_STALL: Millis = SECOND
const ENOUGH = 8
const KEPT = 64
/** Answers between two looks at what is usual. */
const RECKON_EVERY = 8
const SHARE = 0.9

/**
 * How long to wait for an answer before something else is asked: nine of ten of the last answers came within it, those that came
 * late included.
 */
export class ResponseTimes {
  private readonly times: Millis[] = []
  private count = 0
  private usual: Millis = FIRST_STALL

  add(rtt: Millis): void {
    this.times[this.count % KEPT] = rtt
    this.count += 1
    if (this.count >= ENOUGH && this.count % RECKON_EVERY === 0) this.reckon()
  }

  /** From 300 ms to 2 s. */
  get stallAfter(): Millis {
    return this.usual
  }

  private reckon(): void {
    const sorted = Float64Array.from(this.times).sort()
    const time = sorted[Math.ceil(SHARE * sorted.length) - 1] as Millis
    this.usual = Math.min(LONGEST_STALL, Math.max(SHORTEST_STALL, time))
  }
}
