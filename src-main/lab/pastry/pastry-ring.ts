/** All that are there, in the order of their ids: the truth that lookups are measured by. */
import { compareIds, compareNearness, type PastryId } from './pastry-id.ts'

export class PastryRing<T extends { readonly self: { readonly id: PastryId } }> {
  private readonly items: T[] = []

  get all(): readonly T[] {
    return this.items
  }

  addAll(items: Iterable<T>): void {
    this.items.push(...items)
    this.items.sort((a, b) => compareIds(a.self.id, b.self.id))
  }

  add(item: T): void {
    this.items.splice(this.indexOf(item.self.id), 0, item)
  }

  delete(item: T): void {
    const index = this.indexOf(item.self.id)
    if (this.items[index] === item) this.items.splice(index, 1)
  }

  /** The one whose id is nearest to the key; undefined where nobody is there. */
  nearest(key: PastryId): T | undefined {
    const count = this.items.length
    const above = this.indexOf(key)
    const up = this.items[above % count]
    const down = this.items[(above + count - 1) % count]
    if (up === undefined || down === undefined) return undefined
    return compareNearness(up.self.id, down.self.id, key) <= 0 ? up : down
  }

  /** Where an id is, or would be. */
  private indexOf(id: PastryId): number {
    let [from, to] = [0, this.items.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if (compareIds((this.items[middle] as T).self.id, id) < 0) from = middle + 1
      else to = middle
    }
    return from
  }
}
