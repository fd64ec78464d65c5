/** All members that are there, in the order of their identifiers: the truth that lookups are measured by. */
import type { ChordContact } from '../../chord/contact.ts'
import { compareIds, type RingId } from '../../chord/ring-id.ts'

export class SortedRing<T extends { readonly self: ChordContact }> {
  private readonly items: T[] = []

  get all(): readonly T[] {
    return this.items
  }

  addAll(items: Iterable<T>): void {
    for (const item of items) this.items.push(item)
    this.items.sort((a, b) => compareIds(a.self.id, b.self.id))
  }

  add(item: T): void {
    this.items.splice(this.indexOf(item.self.id), 0, item)
  }

  delete(item: T): void {
    const index = this.indexOf(item.self.id)
    if (this.items[index] === item) this.items.splice(index, 1)
  }

  /** The first at or after a key; undefined where nobody is there. */
  ownerOf(key: RingId): T | undefined {
    return this.items[this.indexOf(key) % this.items.length]
  }

  /** Those from the owner of a key on, all the way around. */
  *from(key: RingId): Generator<T> {
    const { length } = this.items
    const start = this.indexOf(key)
    for (let step = 0; step < length; step++) yield this.items[(start + step) % length] as T
  }

  /** Those before a member, nearest first, all the way around. */
  *before(item: T): Generator<T> {
    const { length } = this.items
    const start = this.indexOf(item.self.id)
    for (let step = 1; step < length; step++) yield this.items[(start + length - step) % length] as T
  }

  /** Where an identifier is, or would be. */
  private indexOf(id: RingId): number {
    let [from, to] = [0, this.items.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if (compareIds((this.items[middle] as T).self.id, id) < 0) from = middle + 1
      else to = middle
    }
    return from
  }
}
