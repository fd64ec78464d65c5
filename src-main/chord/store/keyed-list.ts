import type { KeyRange } from '../host-messages.ts'
import { compareIds, type RingId } from '../ring-id.ts'

/** Values by their keys, one each, in the order of the ring. Whoever fills it sees to its size. */
export class KeyedList<T extends { readonly key: RingId }> {
  private readonly byKey = new Map<string, T>()
  private readonly order: T[] = []

  get size(): number {
    return this.order.length
  }

  get(key: RingId): T | undefined {
    return this.byKey.get(key.key)
  }

  /** Adds it, or puts it in the place of the one with the same key. */
  set(value: T): void {
    const isNew = !this.byKey.has(value.key.key)
    this.byKey.set(value.key.key, value)
    this.order.splice(this.firstFrom(value.key), isNew ? 0 : 1, value)
  }

  /** @returns what was there */
  delete(key: RingId): T | undefined {
    const value = this.byKey.get(key.key)
    if (!value) return undefined
    this.byKey.delete(key.key)
    this.order.splice(this.firstFrom(key), 1)
    return value
  }

  /** In numerical order. */
  all(): readonly T[] {
    return this.order.slice()
  }

  /** Clockwise from the start of the range. */
  inRange({ after, upTo }: KeyRange): T[] {
    const [start, end] = [this.firstAfter(after), this.firstAfter(upTo)]
    if (compareIds(after, upTo) < 0) return this.order.slice(start, end)
    return [...this.order.slice(start), ...this.order.slice(0, end)]
  }

  /** How many are in the range. */
  count({ after, upTo }: KeyRange): number {
    const [start, end] = [this.firstAfter(after), this.firstAfter(upTo)]
    return compareIds(after, upTo) < 0 ? end - start : this.order.length - start + end
  }

  /** The place of the first that is not before `key`. */
  private firstFrom(key: RingId): number {
    let [low, high] = [0, this.order.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (compareIds((this.order[middle] as T).key, key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  private firstAfter(key: RingId): number {
    const at = this.firstFrom(key)
    return this.order[at]?.key.equals(key) ? at + 1 : at
  }
}
