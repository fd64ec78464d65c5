/** What tests of a connection need: a clock that is moved by hand, and a socket that records. */
import { concatBytes } from '../../kernel/bytes.ts'
import type { Clock, Millis, Timer } from '../../kernel/clock.ts'
import type { Endpoint, StreamSocket } from '../../kernel/network.ts'

/** 2030-01-01 00:00 UTC. */
export const WALL_TIME: Millis = Date.UTC(2030, 0, 1)

interface Waiting {
  at: Millis
  readonly period: Millis | undefined
  readonly run: () => void
}

export class ManualClock implements Clock {
  #time: Millis = 0
  #waiting: Waiting[] = []

  /** Timers that have not fired and were not cancelled. */
  get timers(): number {
    return this.#waiting.length
  }

  now(): Millis {
    return this.#time
  }

  wallTime(): Millis {
    return WALL_TIME + this.#time
  }

  after(delay: Millis, run: () => void): Timer {
    return this.#wait({ at: this.#time + delay, period: undefined, run })
  }

  every(period: Millis, run: () => void): Timer {
    return this.#wait({ at: this.#time + period, period, run })
  }

  /** Lets time pass and fires what is due, in order. */
  pass(duration: Millis): void {
    const until = this.#time + duration
    for (;;) {
      const [next] = this.#waiting.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#time = next.at
      if (next.period === undefined) this.#forget(next)
      else next.at += next.period
      next.run()
    }
    this.#time = until
  }

  #wait(entry: Waiting): Timer {
    this.#waiting.push(entry)
    return { cancel: () => this.#forget(entry) }
  }

  #forget(entry: Waiting): void {
    this.#waiting = this.#waiting.filter((other) => other !== entry)
  }
}

/** Keeps what is written, copied at once. `bufferedBytes` counts what is `held`. */
export class FakeSocket implements StreamSocket {
  readonly local: Endpoint = { host: '10.0.0.1', port: 29_533 }
  readonly remote: Endpoint
  #written: Uint8Array[] = []
  bufferedBytes = 0
  /** Whether the other side takes nothing. */
  isStuck = false
  isDestroyed = false
  isPaused = false

  constructor(remote: Endpoint = { host: '10.0.0.2', port: 40_000 }) {
    this.remote = remote
  }

  write(...parts: readonly Uint8Array[]): void {
    if (this.isDestroyed) return
    const bytes = concatBytes(parts)
    this.#written.push(bytes)
    if (this.isStuck) this.bufferedBytes += bytes.length
  }

  /** Everything written since the last time. */
  take(): Uint8Array {
    const bytes = concatBytes(this.#written)
    this.#written = []
    return bytes
  }

  pauseReading(): void {
    this.isPaused = true
  }

  resumeReading(): void {
    this.isPaused = false
  }

  end(): void {
    throw new Error('a connection of the chain never ends its half alone')
  }

  destroy(): void {
    this.isDestroyed = true
  }
}
