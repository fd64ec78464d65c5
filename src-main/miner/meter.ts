/**
 * What people see of mining: how fast, how much, how lucky. Told the time, so that it can be drawn for any moment.
 *
 * The rate is a moving average in which each second back counts less (`SMOOTHING_MS`): it settles soon after a change and
 * does not jump with each report.
 */
import { hashAsNumber } from '../chain/primitives/target.ts'
import { type Millis, SECOND } from '../kernel/clock.ts'
import type { MiningProgress } from '../kernel/mining-workers.ts'

/** After this time without a hash the rate shown is half of what it was. */
export const SMOOTHING_MS: Millis = 5 * SECOND
/** Rests of a thread with the smallest share last three seconds: nothing for longer than this is a stop. */
export const SILENCE_MS: Millis = 15 * SECOND

const FRACTION_BITS = 32n
const TWO_TO_256 = 1n << 256n

/** Hashes that are tried on average until one is not above the target: 2^256 / (target + 1). */
export function hashesForTarget(target: bigint): number {
  return Number((TWO_TO_256 << FRACTION_BITS) / (target + 1n)) / 2 ** Number(FRACTION_BITS)
}

export class MiningMeter {
  /** Hashes tried. */
  attempts = 0
  /** Blocks that these should have found on average, each hash at the target of its time. */
  expectedBlocks = 0
  blocksFound = 0
  #best: bigint | undefined
  #target: bigint | undefined
  /** Hashes and milliseconds, both weighted by their age. */
  #hashes = 0
  #time = 0
  #at: Millis | undefined

  /** The lowest hash so far, as a number. */
  get bestHash(): bigint | undefined {
    return this.#best
  }

  /** The difficulty that the best hash would have met: hashes it takes on average to find one as low; 0 before the first. */
  get bestShare(): number {
    return this.#best === undefined ? 0 : hashesForTarget(this.#best)
  }

  /** Mining begins, or goes on after a rest: the time of the rest does not count. */
  start(now: Millis): void {
    this.#at = now
    this.#hashes = 0
    this.#time = 0
  }

  /** Nothing is mined from here on: the rate is zero. */
  stop(): void {
    this.#at = undefined
  }

  /** What hashes have to meet from here on. */
  setTarget(target: bigint): void {
    this.#target = target
  }

  add({ attempts, best }: MiningProgress, now: Millis): void {
    this.attempts += attempts
    if (this.#target !== undefined) this.expectedBlocks += attempts / hashesForTarget(this.#target)
    if (best) {
      const number = hashAsNumber(best)
      if (this.#best === undefined || number < this.#best) this.#best = number
    }
    if (this.#at === undefined) return
    const elapsed = Math.max(0, now - this.#at)
    const keep = SMOOTHING_MS / (SMOOTHING_MS + elapsed)
    this.#hashes = this.#hashes * keep + attempts
    this.#time = this.#time * keep + elapsed
    this.#at = now
  }

  blockFound(): void {
    this.blocksFound++
  }

  /** Hashes per second: 0 while nothing is mined, or nothing is heard for `SILENCE_MS`. */
  rate(now: Millis): number {
    if (this.#at === undefined || this.#time === 0 || now - this.#at > SILENCE_MS) return 0
    return (this.#hashes * SECOND) / this.#time
  }

  /** Seconds to a block on average at the present rate; undefined without a rate or target. */
  expectedSeconds(now: Millis): number | undefined {
    const rate = this.rate(now)
    return rate > 0 && this.#target !== undefined ? hashesForTarget(this.#target) / rate : undefined
  }
}
