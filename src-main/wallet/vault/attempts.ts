/** Work with passwords, one piece at a time: each takes 128 MiB. What is more than a few in a row is refused at once. */
import { VaultError } from './vault-error.ts'

export const MAX_WAITING_ATTEMPTS = 3

export class Attempts {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** @throws VaultError `BUSY`, and what the work throws */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting > MAX_WAITING_ATTEMPTS) return Promise.reject(new VaultError({ code: 'BUSY' }))
    this.#waiting++
    const result = this.#last.then(work).finally(() => {
      this.#waiting--
    })
    this.#last = result.catch(() => undefined)
    return result
  }
}
