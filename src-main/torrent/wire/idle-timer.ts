import type { Clock, Millis, Timer } from '../../kernel/clock.ts'

/**
 * Fires whenever `limit` milliseconds have passed since `last()`, until cancelled. Activity only moves what `last`
 * answers: no timer is set anew for each frame, yet it fires at the exact time.
 */
export class IdleTimer implements Timer {
  private readonly clock: Clock
  private readonly limit: Millis
  private readonly last: () => Millis
  private readonly expired: () => void
  private timer: Timer | undefined

  constructor(clock: Clock, limit: Millis, last: () => Millis, expired: () => void) {
    this.clock = clock
    this.limit = limit
    this.last = last
    this.expired = expired
    this.arm(this.remaining())
  }

  cancel(): void {
    this.timer?.cancel()
    this.timer = undefined
  }

  private remaining(): Millis {
    return this.last() + this.limit - this.clock.now()
  }

  private arm(delay: Millis): void {
    this.timer = this.clock.after(delay, () => this.check())
  }

  private check(): void {
    const remaining = this.remaining()
    if (remaining > 0) {
      this.arm(remaining)
      return
    }
    this.expired()
    if (this.timer) this.arm(this.limit)
  }
}
