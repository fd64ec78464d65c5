/**
 * How a mining thread spends its time: in batches of some 30 ms, so that it hears of a new order soon, each followed by a rest
 * that leaves its share of the time for mining. Told how long batches took.
 */
import type { Millis } from '../kernel/clock.ts'

/** What a batch should take. An order waits for two of them at most. */
export const BATCH_MS: Millis = 30
/** Nonces of the first batch: some milliseconds for the slowest kernel. */
export const FIRST_BATCH = 2_048
export const SMALLEST_BATCH = 256
export const LARGEST_BATCH = 2 ** 26
/** One batch is at most so many times as large as the one before it, or as small. */
const LARGEST_STEP = 4
/** Longer than any share asks for; a machine that slept in mid-batch would rest for days. */
export const LONGEST_REST: Millis = 5_000

export class MiningPace {
  #batch = FIRST_BATCH

  /** Nonces to try next. */
  get batch(): number {
    return this.#batch
  }

  /** A whole batch has taken `elapsed`. */
  took(elapsed: Millis): void {
    const factor = elapsed > 0 ? BATCH_MS / elapsed : LARGEST_STEP
    const step = Math.min(LARGEST_STEP, Math.max(1 / LARGEST_STEP, factor))
    this.#batch = Math.min(LARGEST_BATCH, Math.max(SMALLEST_BATCH, Math.round(this.#batch * step)))
  }
}

/** How long to rest after work of `elapsed`, so that `share` per cent of the time are work. */
export function restAfter(elapsed: Millis, share: number): Millis {
  return Math.min(LONGEST_REST, (elapsed * (100 - share)) / share)
}
