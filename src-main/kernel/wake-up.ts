import type { Clock, Millis, Timer } from './clock.ts'

/** One timer for a part that wants to be called within some time; the soonest wish counts. */
export class WakeUp {
  private readonly clock: Clock
  private readonly run: () => void
  private timer: Timer | undefined
  private at: Millis = 0

  constructor(clock: Clock, run: () => void) {
    this.clock = clock
    this.run = run
  }

  /** Sees to it that `run` is called at the latest after `delay`. */
  within(delay: Millis): void {
    const at = this.clock.now() + delay
    if (this.timer && this.at <= at) return
    this.timer?.cancel()
    this.at = at
    this.timer = this.clock.after(delay, this.fire)
  }

  cancel(): void {
    this.timer?.cancel()
    this.timer = undefined
  }

  private readonly fire = (): void => {
    this.timer = undefined
    this.run()
  }
}
