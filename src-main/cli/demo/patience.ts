import type { Clock, Millis, Timer } from '../../kernel/clock.ts'
import { TimedOut } from '../command.ts'
import { interrupted } from '../interrupted.ts'

/** A signal that is aborted when the command is stopped, when a part of it fails, or when nothing moves for too long. */
export class Patience {
  private readonly controller = new AbortController()
  private readonly clock: Clock
  private readonly limit: Millis
  private readonly stop: AbortSignal
  private readonly stopped = () => this.fail(interrupted('Everything it made is removed.'))
  private timer: Timer | undefined

  constructor(clock: Clock, limit: Millis, stop: AbortSignal) {
    this.clock = clock
    this.limit = limit
    this.stop = stop
    if (stop.aborted) this.stopped()
    stop.addEventListener('abort', this.stopped)
    this.renew()
  }

  get signal(): AbortSignal {
    return this.controller.signal
  }

  /** Something has moved. */
  renew(): void {
    this.timer?.cancel()
    if (this.signal.aborted) return
    const seconds = this.limit / 1_000
    const message = `Nothing has moved for ${seconds} s; try again, with --log debug for details.`
    this.timer = this.clock.after(this.limit, () => this.fail(new TimedOut({ code: 'TIMED_OUT', seconds }, message)))
  }

  fail(reason: unknown): void {
    this.timer?.cancel()
    this.controller.abort(reason)
  }

  /** It is over: nothing aborts any more. */
  end(): void {
    this.timer?.cancel()
    this.stop.removeEventListener('abort', this.stopped)
  }
}
