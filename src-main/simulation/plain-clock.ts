import type { Clock, Millis, Timer } from '../kernel/clock.ts'
import { type VirtualTime, WALL_TIME_AT_START } from './virtual-clock.ts'

/**
 * The clock of a program on virtual time, without the ledger of `VirtualClock`: nothing tells what is left over, and a timer
 * costs little more than its place in the heap. Where `alive` says no, timers fire no more.
 */
export class PlainClock implements Clock {
  private readonly time: VirtualTime
  private readonly alive: () => boolean

  constructor(time: VirtualTime, alive: () => boolean = () => true) {
    this.time = time
    this.alive = alive
  }

  now(): Millis {
    return this.time.now
  }

  wallTime(): Millis {
    return Math.floor(WALL_TIME_AT_START + this.time.now)
  }

  after(delay: Millis, run: () => void): Timer {
    const { time } = this
    const event = time.schedule(delay, () => {
      if (this.alive()) run()
    })
    return { cancel: () => time.cancel(event) }
  }

  every(period: Millis, run: () => void): Timer {
    if (!(period > 0)) throw new RangeError(`a period of ${period} ms`)
    const { time } = this
    const fire = () => {
      if (!this.alive()) return
      event = time.schedule(period, fire)
      run()
    }
    let event = time.schedule(period, fire)
    return { cancel: () => time.cancel(event) }
  }
}
