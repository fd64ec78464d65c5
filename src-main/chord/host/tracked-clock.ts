import type { Clock, Millis, Timer } from '../../kernel/clock.ts'

/** A clock whose timers end together: after `stop` none of them fires any more, and no new one is set. */
export class TrackedClock implements Clock {
  private readonly clock: Clock
  private readonly running = new Set<Timer>()
  private isStopped = false

  constructor(clock: Clock) {
    this.clock = clock
  }

  now(): Millis {
    return this.clock.now()
  }

  wallTime(): Millis {
    return this.clock.wallTime()
  }

  after(delay: Millis, run: () => void): Timer {
    if (this.isStopped) return { cancel() {} }
    const timer = this.clock.after(delay, () => {
      this.running.delete(timer)
      run()
    })
    return this.track(timer)
  }

  every(period: Millis, run: () => void): Timer {
    return this.isStopped ? { cancel() {} } : this.track(this.clock.every(period, run))
  }

  stop(): void {
    this.isStopped = true
    for (const timer of this.running) timer.cancel()
    this.running.clear()
  }

  private track(timer: Timer): Timer {
    this.running.add(timer)
    return {
      cancel: () => {
        this.running.delete(timer)
        timer.cancel()
      },
    }
  }
}
