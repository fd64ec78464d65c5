/** Virtual time of a simulated ring: whatever is due happens in order, and `afterEvent` is called after each event. */
import type { Clock, Millis } from '../../kernel/clock.ts'
import { EventHeap } from '../../simulation/event-heap.ts'

export class WorldTime {
  readonly clock: Clock
  /** Called after each event. */
  afterEvent: () => void = () => {}
  events = 0
  private readonly heap = new EventHeap()
  private now: Millis = 0

  constructor() {
    const after: Clock['after'] = (delay, run) => {
      const event = this.heap.add(this.now + delay, run)
      return { cancel: () => this.heap.cancel(event) }
    }
    this.clock = {
      now: () => this.now,
      wallTime: () => this.now,
      after,
      every: (period, run) => {
        let timer = after(period, function fire() {
          timer = after(period, fire)
          run()
        })
        return { cancel: () => timer.cancel() }
      },
    }
  }

  get time(): Millis {
    return this.now
  }

  /** Timers that are set. */
  get waiting(): number {
    return this.heap.size
  }

  /** Lets time pass; ends early where `done` says so after an event. @returns whether it did */
  run(duration: Millis, done: () => boolean = () => false): boolean {
    const until = this.now + duration
    for (;;) {
      const next = this.heap.peek()
      if (next === undefined || next.at > until) break
      this.heap.take()
      this.now = next.at
      this.events += 1
      const run = next.run as () => void
      next.run = undefined
      run()
      this.afterEvent()
      if (done()) return true
    }
    this.now = until
    return false
  }
}
