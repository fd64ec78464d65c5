import { setImmediate } from 'node:timers'
import type { Clock, Millis, Timer } from '../kernel/clock.ts'
import { Checksum } from './checksum.ts'
import { EventHeap, type ScheduledEvent } from './event-heap.ts'
import type { Program } from './ledger.ts'

/** What `wallTime` says when a simulation starts: 2030-01-01 00:00 UTC. */
export const WALL_TIME_AT_START: Millis = Date.UTC(2030, 0, 1)
/** Turns of the real event loop asked for at once. Node empties the microtask queue after each of them. */
const TURNS_AT_ONCE = 64

/**
 * The one time line of a simulation. Events happen in the order of their time, then of their insertion; after each, all
 * promises and microtasks that it set off have run before the next one happens.
 *
 * That is done with one real `setImmediate` for each event: Node runs every microtask and `process.nextTick` after each
 * immediate, however deep the chain of promises is, and several immediates in one turn of its loop, so that it stays
 * fast. It is the only use of a real timer in a simulation; no real time is ever read or waited for.
 */
export class VirtualTime {
  readonly checksum = new Checksum()
  /** Events that have happened. */
  happened = 0
  private readonly heap = new EventHeap()
  private time: Millis = 0
  private running = false

  get now(): Millis {
    return this.time
  }

  /** Events that will still happen. */
  get waiting(): number {
    return this.heap.size
  }

  /** Calls `run` after `delay` milliseconds of virtual time; negative and NaN count as 0. */
  schedule(delay: Millis, run: () => void): ScheduledEvent {
    return this.heap.add(delay > 0 ? this.time + delay : this.time, run)
  }

  cancel(event: ScheduledEvent): void {
    this.heap.cancel(event)
  }

  /**
   * Lets time pass until `done` says so, nothing is left to happen, or `until` is reached (then the time is `until`).
   * An exception thrown by an event ends it. One at a time.
   */
  advance(until: Millis, done: () => boolean): Promise<'done' | 'empty' | 'time'> {
    if (this.running) return Promise.reject(new Error('the simulation is running already: await each step of it'))
    this.running = true
    return new Promise((resolve, reject) => {
      let turns = 0
      let finished = false
      const finish = (settle: () => void) => {
        finished = true
        this.running = false
        settle()
      }
      const turn = () => {
        if (finished) return
        turns--
        try {
          const outcome = this.step(until, done)
          if (outcome !== undefined) return finish(() => resolve(outcome))
        } catch (error) {
          return finish(() => reject(error))
        }
        if (turns === 0) askForTurns()
      }
      const askForTurns = () => {
        turns = TURNS_AT_ONCE
        for (let i = 0; i < TURNS_AT_ONCE; i++) setImmediate(turn)
      }
      askForTurns()
    })
  }

  private step(until: Millis, done: () => boolean): 'done' | 'empty' | 'time' | undefined {
    if (done()) return 'done'
    const next = this.heap.peek()
    if (next === undefined || next.at > until) {
      if (Number.isFinite(until)) this.time = until
      return next === undefined ? 'empty' : 'time'
    }
    this.heap.take()
    this.time = next.at
    this.happened++
    this.checksum.fold(next.order)
    this.checksum.fold(Math.round(next.at * 1000))
    const run = next.run as () => void
    next.run = undefined
    run()
    return undefined
  }
}

/** The clock of one program. Its timers end with the program. */
export class VirtualClock implements Clock {
  private readonly time: VirtualTime
  private readonly program: Program

  constructor(time: VirtualTime, program: Program) {
    this.time = time
    this.program = program
  }

  now(): Millis {
    return this.time.now
  }

  wallTime(): Millis {
    return Math.floor(WALL_TIME_AT_START + this.time.now)
  }

  after(delay: Millis, run: () => void): Timer {
    const claim = this.program.claim(
      'timer',
      () => `after ${delay} ms: ${sourceOf(run)}`,
      () => this.time.cancel(event),
    )
    const event = this.time.schedule(delay, () => {
      claim.release()
      run()
    })
    return { cancel: () => claim.end() }
  }

  every(period: Millis, run: () => void): Timer {
    if (!(period > 0)) throw new RangeError(`a period of ${period} ms`)
    const claim = this.program.claim(
      'timer',
      () => `every ${period} ms: ${sourceOf(run)}`,
      () => this.time.cancel(event),
    )
    const fire = () => {
      event = this.time.schedule(period, fire)
      run()
    }
    let event = this.time.schedule(period, fire)
    return { cancel: () => claim.end() }
  }
}

/** Characters of a timer's code that its description shows. */
const SOURCE_SHOWN = 80

function sourceOf(run: () => void): string {
  return run.toString().replace(/\s+/g, ' ').slice(0, SOURCE_SHOWN)
}
