/**
 * How far a scan is, and how long it still takes: of this scan, whatever came before it. Told the time.
 * Invariant: `done` never goes back while one scan runs.
 */
import type { Millis } from '../../kernel/clock.ts'
import { RateMeter } from '../../kernel/rate-meter.ts'

/** Fewer blocks than this are no scan that anyone waits for. */
export const LEAST_SHOWN_BLOCKS = 20
const RATE_WINDOW_SECONDS = 10

export interface ShownProgress {
  readonly done: number
  readonly total: number
  /** Blocks a second. */
  readonly rate: number
  /** Seconds; undefined until there is a rate. */
  readonly remaining?: number
}

export class ScanPace {
  #from: number | undefined
  #rate = new RateMeter(RATE_WINDOW_SECONDS)
  #at = 0

  /** Blocks up to `height` were looked at, those up to `target` are to be. */
  moved(height: number, target: number, now: Millis): void {
    if (height >= target) {
      this.#from = undefined
      return
    }
    if (this.#from === undefined || height < this.#from) {
      this.#from = height
      this.#rate = new RateMeter(RATE_WINDOW_SECONDS)
    } else if (height > this.#at) this.#rate.add(height - this.#at, now)
    this.#at = height
  }

  /** Undefined where nothing goes on that is worth showing. */
  shown(target: number, now: Millis): ShownProgress | undefined {
    if (this.#from === undefined || target - this.#from < LEAST_SHOWN_BLOCKS) return undefined
    const done = this.#at - this.#from
    const total = target - this.#from
    const rate = this.#rate.rate(now)
    return { done, total, rate, ...(rate > 0 && { remaining: (total - done) / rate }) }
  }
}
