/**
 * How long things last, by the distributions of churn studies. Each is given by its median, because means of heavy tails
 * say little: memoryless (exponential) as in most simulations of overlays, Weibull with a shape of 0.34 to 0.59 as measured in BitTorrent
 * and Kad (Stutzbach and Rejaie, IMC 2006), and Pareto, the heaviest tail.
 */
import type { Millis } from '../kernel/clock.ts'
import { naturalLog, power } from './exact-math.ts'
import type { SeededRandom } from './random.ts'

export type Lifetimes =
  | { readonly kind: 'exponential'; readonly median: Millis }
  /** A shape below 1: whoever has stayed long will stay longer. */
  | { readonly kind: 'weibull'; readonly median: Millis; readonly shape: number }
  /** Survival falls by the power -`shape`; a shape of 1 or less has no mean. */
  | { readonly kind: 'pareto'; readonly median: Millis; readonly shape: number }

const TWO_TO_32 = 2 ** 32

/** One lifetime. Draws one word. */
export function drawLifetime(lifetimes: Lifetimes, random: SeededRandom): Millis {
  return quantile(lifetimes, (random.word() + 0.5) / TWO_TO_32)
}

/** The time that a share `1 - survival` of all lifetimes stays below; `survival` between 0 and 1, both left out. */
export function quantile(lifetimes: Lifetimes, survival: number): Millis {
  const { median } = lifetimes
  switch (lifetimes.kind) {
    case 'exponential':
      return (median * -naturalLog(survival)) / Math.LN2
    case 'weibull':
      return median * power(-naturalLog(survival) / Math.LN2, 1 / lifetimes.shape)
    case 'pareto':
      return median * power(2 * survival, -1 / lifetimes.shape)
  }
}

/** Mean of memoryless lifetimes with this median. */
export function meanOfExponential(median: Millis): Millis {
  return median / Math.LN2
}
