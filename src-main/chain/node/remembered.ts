/** What was worked out lately, by name: at most `limit` of them, and the one that was not asked for the longest goes first. */
export class Remembered<T> {
  readonly #limit: number
  readonly #values = new Map<string, T>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#values.size
  }

  /** The value of `name`, worked out where it is not remembered. `undefined` is not remembered. */
  get(name: string, work: () => T): T {
    const known = this.#values.get(name)
    const value = known === undefined ? work() : known
    if (value === undefined) return value
    this.#values.delete(name)
    this.#values.set(name, value)
    const [oldest] = this.#values.keys()
    if (this.#values.size > this.#limit && oldest !== undefined) this.#values.delete(oldest)
    return value
  }
}
