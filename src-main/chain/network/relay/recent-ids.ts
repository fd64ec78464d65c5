import { hashKey } from '../../coins/coin.ts'

/**
 * The last ids seen, at least `capacity` and at most twice as many: two generations, of which the older is dropped whole
 * when the younger is full. Remembers exactly; never grows beyond.
 */
export class RecentIds {
  readonly #capacity: number
  #young = new Set<string>()
  #old = new Set<string>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Ids that are remembered now. */
  get size(): number {
    return this.#young.size + this.#old.size
  }

  add(id: Uint8Array): void {
    const key = hashKey(id)
    if (this.#young.has(key)) return
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young
      this.#young = new Set()
    }
    this.#old.delete(key)
    this.#young.add(key)
  }

  has(id: Uint8Array): boolean {
    const key = hashKey(id)
    return this.#young.has(key) || this.#old.has(key)
  }

  delete(id: Uint8Array): void {
    const key = hashKey(id)
    this.#young.delete(key)
    this.#old.delete(key)
  }
}
