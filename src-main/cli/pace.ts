import type { Clock, Millis } from '../kernel/clock.ts'

/** Says when the next line of progress is due, so that a fast disk does not flood a terminal or a script. */
export class Pace {
  private readonly clock: Pick<Clock, 'now'>
  private readonly period: Millis
  private next = Number.NEGATIVE_INFINITY

  constructor(clock: Pick<Clock, 'now'>, period: Millis) {
    this.clock = clock
    this.period = period
  }

  due(): boolean {
    const now = this.clock.now()
    if (now < this.next) return false
    this.next = now + this.period
    return true
  }
}
