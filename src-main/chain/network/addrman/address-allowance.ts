/**
 * How many gossiped addresses of one peer are taken: one in ten seconds, and a thousand more for each `getaddr` of ours.
 * What is above is passed over, at random, so that nobody can fill the tables through one connection.
 */
import { type Millis, SECOND } from '../../../kernel/clock.ts'
import { type Random, shuffled } from '../../../kernel/random.ts'
import { MAX_ADDRESSES } from '../messages/index.ts'

export const ADDRESSES_PER_SECOND = 0.1
/** Saved up at most. */
export const MAX_SAVED_UP = 1_000

export class AddressAllowance {
  readonly #random: Random
  #tokens = 1
  #at: Millis

  /** @param now monotonic: the connection's first moment */
  constructor(random: Random, now: Millis) {
    this.#random = random
    this.#at = now
  }

  /** We have sent `getaddr`. */
  asked(): void {
    this.#tokens += MAX_ADDRESSES
  }

  /** Those of `addresses` that may be taken now. */
  admit<T>(addresses: readonly T[], now: Millis): readonly T[] {
    const earned = ((now - this.#at) / SECOND) * ADDRESSES_PER_SECOND
    this.#at = now
    if (this.#tokens < MAX_SAVED_UP) this.#tokens = Math.min(MAX_SAVED_UP, this.#tokens + earned)
    const count = Math.min(addresses.length, Math.floor(this.#tokens))
    this.#tokens -= count
    return count === addresses.length ? addresses : shuffled(this.#random, addresses).slice(0, count)
  }
}
