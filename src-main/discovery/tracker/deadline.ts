import type { Clock, Millis } from '../../kernel/clock.ts'

export interface Deadline {
  readonly clock: Clock
  readonly limit: Millis
  /** Breaks the work off from outside. */
  readonly signal: AbortSignal
  /** What it rejects with when the time is over, and when it was broken off. */
  readonly timedOut: () => Error
  readonly aborted: () => Error
}

/**
 * Runs `work` and settles when it does, but at the latest at the limit or when broken off, also where `work` does not
 * listen. The signal that `work` gets tells it to give up.
 */
export function withDeadline<T>(deadline: Deadline, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, limit, signal, timedOut, aborted } = deadline
  if (signal.aborted) return Promise.reject(aborted())
  const inner = new AbortController()
  return new Promise<T>((resolve, reject) => {
    const giveUp = (error: Error) => {
      release()
      reject(error)
      inner.abort()
    }
    const timer = clock.after(limit, () => giveUp(timedOut()))
    const onAbort = () => giveUp(aborted())
    const release = () => {
      timer.cancel()
      signal.removeEventListener('abort', onAbort)
    }
    signal.addEventListener('abort', onAbort)
    work(inner.signal).finally(release).then(resolve, reject)
  })
}
