/** Tells watchers each second that what they show may have changed on its own. No timer runs while nobody watches. */
import { type Clock, type Millis, SECOND, type Timer } from '../kernel/clock.ts'
import { Watchers } from './watchers.ts'

export class Heartbeat {
  private readonly clock: Clock
  private readonly period: Millis
  private readonly watchers = new Watchers()
  private count = 0
  private timer: Timer | undefined

  constructor(clock: Clock, period: Millis = SECOND) {
    this.clock = clock
    this.period = period
  }

  /** @returns the function that ends it */
  add(changed: () => void): () => void {
    const remove = this.watchers.add(changed)
    this.count++
    this.timer ??= this.clock.every(this.period, () => this.watchers.notify())
    let ended = false
    return () => {
      if (ended) return
      ended = true
      remove()
      if (--this.count > 0) return
      this.timer?.cancel()
      this.timer = undefined
    }
  }
}
