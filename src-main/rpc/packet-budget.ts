/**
 * Token buckets, told the time: how many packets and bytes there may be, in all and for each address. A bucket of burst B and
 * rate R lets at most B + R·t through in any stretch of t seconds.
 */
import { type Millis, SECOND } from '../kernel/clock.ts'

export interface BucketRate {
  readonly perSecond: number
  readonly burst: number
}

/** No limit at all: whoever gives it to every budget of senders spares the bookkeeping, as the laboratory does. */
export const UNLIMITED: BucketRate = { perSecond: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY }

export function isUnlimited({ burst }: BucketRate): boolean {
  return burst === Number.POSITIVE_INFINITY
}

export class TokenBucket {
  private readonly rate: BucketRate
  private tokens: number
  private at: Millis

  constructor(rate: BucketRate, now: Millis) {
    this.rate = rate
    this.tokens = rate.burst
    this.at = now
  }

  holds(amount: number, now: Millis): boolean {
    this.fill(now)
    return amount <= this.tokens
  }

  /** Takes all of `amount` or nothing. */
  take(amount: number, now: Millis): boolean {
    if (!this.holds(amount, now)) return false
    this.tokens -= amount
    return true
  }

  /**
   * Takes `amount` in advance, into debt where needed, and says how long it is until the bucket would have held it; takes
   * nothing and answers undefined where that is longer than `longest`.
   */
  reserve(amount: number, longest: Millis, now: Millis): Millis | undefined {
    this.fill(now)
    const missing = amount - this.tokens
    const delay = missing > 0 ? (missing * SECOND) / this.rate.perSecond : 0
    if (delay > longest) return undefined
    this.tokens -= amount
    return delay
  }

  /** Whether it is as good as new, so that it need not be remembered. */
  isFull(now: Millis): boolean {
    this.fill(now)
    return this.tokens >= this.rate.burst
  }

  private fill(now: Millis): void {
    if (now > this.at) {
      const earned = ((now - this.at) * this.rate.perSecond) / SECOND
      this.tokens = Math.min(this.rate.burst, this.tokens + earned)
      this.at = now
    }
  }
}

/** Buckets looked at for one to forget, when there is no room for a new one. */
const FORGET_ATTEMPTS = 8

/**
 * Forgets one entry of a full table that may be forgotten. Looks at a few of the first; those that must stay are put at the end,
 * so that the next look is at others. @returns whether there is room now
 */
export function forgetOne<K, V>(table: Map<K, V>, mayGo: (value: V, key: K) => boolean): boolean {
  let attempts = FORGET_ATTEMPTS
  for (const [key, value] of table) {
    table.delete(key)
    if (mayGo(value, key)) return true
    table.set(key, value)
    attempts -= 1
    if (attempts === 0) return false
  }
  return false
}

/**
 * A bucket for each key. At most `capacity` are remembered; only a full one is forgotten, since forgetting another would hand
 * out its burst anew. Where there is none, a new key is refused: an attack with more addresses than fit can shut new ones out
 * for a moment, but not break the limit of any.
 */
export class KeyedBuckets {
  private readonly rate: BucketRate
  private readonly capacity: number
  private readonly buckets = new Map<string, TokenBucket>()

  constructor(rate: BucketRate, capacity: number) {
    this.rate = rate
    this.capacity = capacity
  }

  get size(): number {
    return this.buckets.size
  }

  /** The bucket of `key`, made where there is none; undefined where there is no room for it. */
  of(key: string, now: Millis): TokenBucket | undefined {
    const known = this.buckets.get(key)
    if (known) return known
    if (this.buckets.size >= this.capacity && !forgetOne(this.buckets, (bucket) => bucket.isFull(now))) return undefined
    const bucket = new TokenBucket(this.rate, now)
    this.buckets.set(key, bucket)
    return bucket
  }
}

/** Takes `amount` from every bucket or from none; a bucket that there is no room for refuses. */
export function takeFromAll(
  parts: readonly (readonly [bucket: TokenBucket | undefined, amount: number])[],
  now: Millis,
): boolean {
  if (!parts.every(([bucket, amount]) => bucket?.holds(amount, now))) return false
  for (const [bucket, amount] of parts) bucket?.take(amount, now)
  return true
}
