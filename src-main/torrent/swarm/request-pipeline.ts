/**
 * How many requests may be open to one peer, and when it has been silent for too long.
 *
 * Slow start: one more for each block that arrives, which doubles the depth each round trip, until a second brings less
 * than 5 kB/s more than the one before; from then on three seconds' worth of the measured rate. A peer that owes us
 * blocks and sends none for 20 s is snubbed: one request at a time, until a block comes.
 * Told the time; no timers. Figures of libtorrent.
 */
import { type Millis, SECOND } from '../../kernel/clock.ts'
import { BLOCK_LENGTH } from '../wire/peer-wire.ts'

export const MIN_DEPTH = 2
/** Ours; the peer's `reqq` may be lower. */
export const MAX_DEPTH = 2_000
export const INITIAL_DEPTH = 8
/** Where a peer tells no `reqq`. */
export const DEFAULT_REQUEST_QUEUE = 250
const QUEUE_SECONDS = 3
const SLOW_START_GROWTH = 5_000
/** No block for so long while requests are open. */
export const SNUB_AFTER: Millis = 20 * SECOND
/** One request open for so long. */
export const REQUEST_TIMEOUT: Millis = 60 * SECOND
/** Rates over less than this are noise. */
const SHORTEST_MEASURE: Millis = 900

export class RequestPipeline {
  snubbed = false
  /** Bytes per second over the last whole measure. */
  rate = 0
  private ceiling = DEFAULT_REQUEST_QUEUE
  private target = INITIAL_DEPTH
  private slowStart = true
  private bytes = 0
  private measuredFrom: Millis = -1
  private lastBlockAt: Millis = 0

  /** Requests that may be open now. */
  get depth(): number {
    return this.snubbed ? 1 : Math.max(MIN_DEPTH, Math.min(this.target, this.ceiling))
  }

  /** The peer's `reqq` (BEP 10): how many requests it will queue. */
  allow(requestQueue: number): void {
    this.ceiling = Math.min(requestQueue, MAX_DEPTH)
  }

  /** A block we asked for has arrived. */
  received(bytes: number, now: Millis): void {
    if (this.measuredFrom < 0) this.measuredFrom = now
    this.bytes += bytes
    this.lastBlockAt = now
    this.snubbed = false
    if (this.slowStart && this.target < MAX_DEPTH) this.target++
  }

  /** Once a second. @param oldest when the oldest open request was made. @returns whether the peer has just become snubbed */
  tick(now: Millis, oldest: Millis | undefined): boolean {
    this.measure(now, oldest !== undefined)
    if (this.snubbed || oldest === undefined) return false
    const silence = now - Math.max(oldest, this.lastBlockAt)
    if (silence < SNUB_AFTER && now - oldest < REQUEST_TIMEOUT) return false
    this.snubbed = true
    this.target = INITIAL_DEPTH
    this.slowStart = true
    return true
  }

  private measure(now: Millis, busy: boolean): void {
    const elapsed = now - this.measuredFrom
    if (this.measuredFrom < 0 || elapsed < SHORTEST_MEASURE) return
    const rate = (this.bytes * SECOND) / elapsed
    if (busy && this.slowStart && rate - this.rate < SLOW_START_GROWTH) this.slowStart = false
    if (busy && !this.slowStart) {
      this.target = Math.ceil((QUEUE_SECONDS * Math.max(rate, (rate + this.rate) / 2)) / BLOCK_LENGTH)
    }
    this.rate = rate
    this.bytes = 0
    this.measuredFrom = now
  }
}
