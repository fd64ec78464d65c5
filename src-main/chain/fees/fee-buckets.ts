/** Fee rates in steps of five per cent, so that weights can be added up by them. */
import { type FeeRate, MINIMUM_RELAY_FEE_RATE } from '../mempool/policy.ts'

/** From one step to the next. */
export const FEE_STEP = 1.05
/** The last is a million times the first: whatever is dearer counts as that. */
export const FEE_BUCKETS = 284

/** Lowest fee rate of each bucket, grains per 1,000 virtual bytes. What is cheaper than the first counts as that. */
const LOWEST: Float64Array = lowestRates()

export function bucketOf(rate: FeeRate): number {
  let low = 0
  let high = FEE_BUCKETS - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if ((LOWEST[middle] as number) <= rate) low = middle
    else high = middle - 1
  }
  return low
}

/** Whole grains per 1,000 virtual bytes. */
export function rateOf(bucket: number): FeeRate {
  return Math.ceil(LOWEST[Math.min(bucket, FEE_BUCKETS - 1)] as number)
}

/** By multiplication alone, which is exact everywhere. */
function lowestRates(): Float64Array {
  const rates = new Float64Array(FEE_BUCKETS)
  let rate = MINIMUM_RELAY_FEE_RATE
  for (let bucket = 0; bucket < FEE_BUCKETS; bucket++) {
    rates[bucket] = rate
    rate *= FEE_STEP
  }
  return rates
}

/** Weight units by bucket. */
export class FeeWeights {
  readonly #weights = new Float64Array(FEE_BUCKETS)
  #total = 0

  get total(): number {
    return this.#total
  }

  add(rate: FeeRate, weight: number): void {
    const bucket = bucketOf(rate)
    this.#weights[bucket] = (this.#weights[bucket] as number) + weight
    this.#total += weight
  }

  at(bucket: number): number {
    return this.#weights[bucket] as number
  }

  /** The bucket up to which `share` of the weight is, from the cheapest on. 0 where there is none. */
  quantile(share: number): number {
    let left = this.#total * share
    for (let bucket = 0; bucket < FEE_BUCKETS; bucket++) {
      left -= this.#weights[bucket] as number
      if (left < 0) return bucket
    }
    return 0
  }
}
