/**
 * Does something with each of many things, a few at a time, so that a list of thousands does not hold up the process: the
 * first ones at once, the others turn by turn of the event loop. One that is asked for comes out of turn.
 */
import type { Clock, Millis, Timer } from '../../kernel/clock.ts'

/** A turn ends after this long, or after so many. */
export const TURN_LIMIT: Millis = 4
export const TURN_COUNT = 4

export class InTurns<T> {
  private readonly clock: Clock
  private readonly waiting: Map<string, T>
  private readonly work: (id: string, item: T) => void
  private readonly done: () => void
  private timer: Timer | undefined

  /** @param work must not throw. @param done called once, after the last or when it is stopped before */
  constructor(clock: Clock, items: ReadonlyMap<string, T>, work: (id: string, item: T) => void, done: () => void) {
    this.clock = clock
    this.waiting = new Map(items)
    this.work = work
    this.done = done
  }

  /** Whether it still waits. */
  has(id: string): boolean {
    return this.waiting.has(id)
  }

  get size(): number {
    return this.waiting.size
  }

  /** Begins with the first ones, and plans the rest. */
  start(): void {
    this.turn()
  }

  /** This one now, where it waits. */
  now(id: string): void {
    const item = this.waiting.get(id)
    if (item === undefined) return
    this.waiting.delete(id)
    this.work(id, item)
  }

  stop(): void {
    this.timer?.cancel()
    const broken = this.waiting.size > 0
    this.waiting.clear()
    if (broken) this.done()
  }

  private turn(): void {
    const until = this.clock.now() + TURN_LIMIT
    let count = 0
    for (const id of this.waiting.keys()) {
      this.now(id)
      if (++count >= TURN_COUNT || this.clock.now() >= until) break
    }
    if (this.waiting.size > 0) this.timer = this.clock.after(0, () => this.turn())
    else this.done()
  }
}
