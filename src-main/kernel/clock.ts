/** Milliseconds: of `now()` since an arbitrary start, of `wallTime()` since 1970 UTC. */
export type Millis = number

/** Something that will happen later. Cancelling one that has fired or was cancelled does nothing. */
export interface Timer {
  cancel(): void
}

/** Time as a port. Protocol code takes callbacks, so that a virtual clock can drive it step by step. */
export interface Clock {
  /** Monotonic; never goes back, also when the system's time is set. For time-outs, rates and intervals. */
  now(): Millis
  /** The calendar's time. Only for what people or other programs are shown. */
  wallTime(): Millis
  /** Calls `run` once, at the earliest after `delay` milliseconds. */
  after(delay: Millis, run: () => void): Timer
  /** Calls `run` each `period` milliseconds, first after one period. */
  every(period: Millis, run: () => void): Timer
}

export const SECOND: Millis = 1_000
export const MINUTE: Millis = 60 * SECOND
export const HOUR: Millis = 60 * MINUTE

/** Resolves after `delay`. For the edges only: protocol cores use `after`. */
export function pause(clock: Clock, delay: Millis): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delay, resolve)
  })
}
