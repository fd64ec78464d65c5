/** What was lately heard of, by a hash of 32 bytes; the oldest is forgotten when there are too many. */
import { hashKey } from '../coins/coin.ts'

export class Recent<T> {
  readonly #limit: number
  /** In order of entry. */
  readonly #values = new Map<string, T>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#values.size
  }

  get(hash: Uint8Array): T | undefined {
    return this.#values.get(hashKey(hash))
  }

  has(hash: Uint8Array): boolean {
    return this.#values.has(hashKey(hash))
  }

  set(hash: Uint8Array, value: T): void {
    this.#values.set(hashKey(hash), value)
    if (this.#values.size <= this.#limit) return
    for (const oldest of this.#values.keys()) {
      this.#values.delete(oldest)
      return
    }
  }

  clear(): void {
    this.#values.clear()
  }
}
