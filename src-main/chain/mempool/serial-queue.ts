/** Runs jobs one after the other, each once the one before is settled. Who gives jobs bounds how many wait. */
export class SerialQueue {
  #waiting = 0
  #last: Promise<unknown> = Promise.resolve()

  /** Jobs that have not begun. */
  get waiting(): number {
    return this.#waiting
  }

  /** Settles as the job does. */
  run<T>(job: () => Promise<T> | T): Promise<T> {
    this.#waiting++
    const result = this.#last.then(() => {
      this.#waiting--
      return job()
    })
    // The next job does not depend on how this one ends.
    this.#last = result.catch(() => undefined)
    return result
  }
}
