/**
 * The fee rate that a full mempool asks for: what was dropped last and a step more, so that the same is not taken again at
 * once. From the next block on it halves every 12 hours, sooner in a mempool that is nearly empty. As Bitcoin Core's
 * `GetMinFee`. Told the time; reads no clock.
 */
import { type FeeRate, INCREMENTAL_RELAY_FEE_RATE } from './policy.ts'

/** Seconds. */
const HALF_LIFE = 12 * 3_600
/** Seconds between two steps downwards. */
const STEP_SECONDS = 10
/** Bits of the fraction of a half-life that count. */
const FRACTION_BITS = 16
/** `ROOTS[i]` is 2^(-1/2^(i+1)); square roots are exact everywhere, other powers are not. */
const ROOTS = rootsOfHalf()

export class RollingMinimum {
  #rate = 0
  #changed = 0
  #isFalling = false

  /** Grains per 1,000 virtual bytes now; 0 for none. `fullness`: memory used, as a fraction of the limit. */
  rate(now: number, fullness: number): FeeRate {
    if (!this.#isFalling || this.#rate === 0) return this.#rate
    if (now > this.#changed + STEP_SECONDS) {
      const halfLife = fullness < 1 / 4 ? HALF_LIFE / 4 : fullness < 1 / 2 ? HALF_LIFE / 2 : HALF_LIFE
      this.#rate *= halved((now - this.#changed) / halfLife)
      this.#changed = now
      if (this.#rate < INCREMENTAL_RELAY_FEE_RATE / 2) this.#rate = 0
    }
    return this.#rate === 0 ? 0 : Math.max(this.#rate, INCREMENTAL_RELAY_FEE_RATE)
  }

  /** A package of this rate was dropped for want of room. */
  dropped(rate: FeeRate): void {
    const floor = rate + INCREMENTAL_RELAY_FEE_RATE
    if (floor <= this.#rate) return
    this.#rate = floor
    this.#isFalling = false
  }

  /** A block made room. */
  blockConnected(now: number): void {
    this.#changed = now
    this.#isFalling = true
  }
}

/** 2 to the power of -`times`. */
function halved(times: number): number {
  const whole = Math.min(Math.floor(times), 1_000)
  let result = 1
  for (let i = 0; i < whole; i++) result /= 2
  let fraction = times - Math.floor(times)
  for (const root of ROOTS) {
    fraction *= 2
    if (fraction >= 1) {
      result *= root
      fraction -= 1
    }
  }
  return result
}

function rootsOfHalf(): readonly number[] {
  const roots: number[] = []
  let root = 0.5
  for (let i = 0; i < FRACTION_BITS; i++) {
    root = Math.sqrt(root)
    roots.push(root)
  }
  return roots
}
