import type { Millis } from '../kernel/clock.ts'

/**
 * Counts requests over short stretches of time, for each address and in all, and says when one is too many. Told the time.
 * Its memory is bounded by `total`, because an address that is not counted in is not kept.
 */
export class RequestQuota {
  private readonly counts = new Map<string, number>()
  private readonly limits: { readonly period: Millis; readonly perAddress: number; readonly total: number }
  private endsAt: Millis = 0
  private taken = 0

  constructor(limits: RequestQuota['limits']) {
    this.limits = limits
  }

  /** Whether one more request from this address is within the limits; counts it where it is. */
  take(address: string, now: Millis): boolean {
    if (now >= this.endsAt) {
      this.counts.clear()
      this.taken = 0
      this.endsAt = now + this.limits.period
    }
    const count = this.counts.get(address) ?? 0
    if (count >= this.limits.perAddress || this.taken >= this.limits.total) return false
    this.counts.set(address, count + 1)
    this.taken += 1
    return true
  }
}
