import type { Clock, Timer } from '../kernel/clock.ts'

/** The longest delay that Node's timers take; a longer one would fire at once. */
const MAX_TIMER_DELAY = 2 ** 31 - 1

/** Fires once `due` is reached by the monotonic clock: Node's own timers may be a fraction of a millisecond early. */
function fireAt(due: number, run: () => void): Timer {
  let timer: NodeJS.Timeout
  const wait = (): void => {
    const left = Math.ceil(due - performance.now())
    timer = setTimeout(() => (performance.now() < due ? wait() : run()), Math.min(Math.max(left, 0), MAX_TIMER_DELAY))
  }
  wait()
  return { cancel: () => clearTimeout(timer) }
}

/** Repeats without drift: each firing is planned from the one before, and those missed while the machine slept are left out. */
function fireEvery(period: number, run: () => void): Timer {
  if (!(period > 0)) throw new RangeError(`not a period: ${period}`)
  let due = performance.now() + period
  let cancelled = false
  let timer: Timer
  const next = (): void => {
    timer = fireAt(due, () => {
      due += period
      const now = performance.now()
      if (due <= now) due = now + period
      try {
        run()
      } finally {
        if (!cancelled) next()
      }
    })
  }
  next()
  return {
    cancel: () => {
      cancelled = true
      timer.cancel()
    },
  }
}

/** The machine's clocks and Node's timers. An open timer keeps the process alive. */
export function createClock(): Clock {
  return {
    now: () => performance.now(),
    wallTime: () => Date.now(),
    after: (delay, run) => fireAt(performance.now() + Math.max(delay, 0), run),
    every: fireEvery,
  }
}
