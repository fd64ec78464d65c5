/** Changes one after the other, in the order in which they were asked for. Limit: `MAX_WAITING_CHANGES` wait. */
import { ChainstateError } from './chainstate-error.ts'

export const MAX_WAITING_CHANGES = 1_024

export class Turns {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #closed = false

  /** @throws ChainstateError `BUSY`, `CLOSED`; what `work` throws */
  take<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new ChainstateError({ code: 'CLOSED' }))
    if (this.#waiting >= MAX_WAITING_CHANGES)
      return Promise.reject(new ChainstateError({ code: 'BUSY', limit: MAX_WAITING_CHANGES }))
    return this.#enqueue(work)
  }

  /** `work` is the last turn: what waits already comes before it, and nothing after. */
  close(work: () => void): Promise<void> {
    if (this.#closed) return this.#last.then(() => undefined)
    this.#closed = true
    return this.#enqueue(work)
  }

  #enqueue<T>(work: () => T | Promise<T>): Promise<T> {
    this.#waiting++
    const turn = this.#last.then(work)
    const over = () => {
      this.#waiting--
    }
    this.#last = turn.then(over, over)
    return turn
  }
}
