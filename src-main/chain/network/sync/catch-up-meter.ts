import type { Millis } from '../../../kernel/clock.ts'
import { RateMeter } from '../../../kernel/rate-meter.ts'
import type { SyncProgress } from './block-sync.ts'

/** Fewer blocks behind are not called a catch-up. */
export const CATCH_UP_BLOCKS = 3
const RATE_WINDOW_SECONDS = 10

/** Measures a catch-up from where it began to the best header. Told the time. */
export class CatchUpMeter {
  readonly #rate = new RateMeter(RATE_WINDOW_SECONDS)
  #from: number | undefined

  /** So many blocks more are part of the chain. */
  connected(blocks: number, now: Millis): void {
    this.#rate.add(blocks, now)
  }

  /** To be asked when one may have begun, and as often as one likes. */
  progress(height: number, best: number, now: Millis): SyncProgress | undefined {
    if (best - height < CATCH_UP_BLOCKS) {
      this.#from = undefined
      return undefined
    }
    if (this.#from === undefined || this.#from > height) this.#from = height
    const rate = this.#rate.rate(now)
    const left = best - height
    return {
      done: height - this.#from,
      total: best - this.#from,
      rate,
      remaining: rate > 0 ? left / rate : undefined,
    }
  }
}
