import type { Clock, Timer } from '../kernel/clock.ts'
import type { PendingQuery } from './pending-query.ts'

/** Queries that are not asked. Says so from the event loop, because nobody expects to be called back from within `query`. */
export class RefusedQueries {
  private readonly clock: Clock
  private queries: PendingQuery[] = []
  private timer: Timer | undefined
  private isClosed = false

  constructor(clock: Clock) {
    this.clock = clock
  }

  add(query: PendingQuery): void {
    this.queries.push(query)
    if (this.queries.length === 1) this.timer = this.clock.after(0, () => this.tell())
  }

  /** Tells nobody any more. */
  close(): void {
    this.isClosed = true
    this.timer?.cancel()
    this.queries = []
  }

  private tell(): void {
    const { queries } = this
    this.queries = []
    for (const query of queries) {
      const callbacks = query.end()
      if (!this.isClosed) callbacks?.failed('overload')
    }
  }
}
