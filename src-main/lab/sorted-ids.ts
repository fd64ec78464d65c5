/** Nodes in the order of their ids: the nearest of all to a target without looking at each. */
import { bitOf, closest, ID_BITS, type Identified, type NodeId } from '../kademlia/node-id.ts'
import { compareBytes } from '../kernel/bytes.ts'

export class SortedIds<T extends Identified> {
  private readonly items: T[]

  constructor(items: Iterable<T> = []) {
    this.items = [...items].sort((a, b) => compareIds(a.id, b.id))
  }

  get size(): number {
    return this.items.length
  }

  get all(): readonly T[] {
    return this.items
  }

  add(item: T): void {
    this.items.splice(this.indexOf(item.id), 0, item)
  }

  /** Many at once, in one go. */
  addAll(items: readonly T[]): void {
    this.items.push(...items)
    this.items.sort((a, b) => compareIds(a.id, b.id))
  }

  delete(item: T): void {
    const index = this.indexOf(item.id)
    if (this.items[index] === item) this.items.splice(index, 1)
  }

  /**
   * The `n` nearest to the target. They are in the smallest range of a common prefix on the target's side that holds as many,
   * since all in it are nearer than all outside.
   */
  closest(target: NodeId, n: number): T[] {
    let [low, high] = [0, this.items.length]
    for (let depth = 0; high - low > n && depth < ID_BITS; depth++) {
      const middle = this.firstWithBit(low, high, depth)
      const [from, to] = bitOf(target, depth) === 1 ? [middle, high] : [low, middle]
      if (to - from < n) break
      low = from
      high = to
    }
    return closest(this.items.slice(low, high), target, n)
  }

  /** Of a range of ids that agree before bit `depth`: where the part begins in which that bit is 1. */
  firstWithBit(low: number, high: number, depth: number): number {
    let [from, to] = [low, high]
    while (from < to) {
      const middle = (from + to) >> 1
      if (bitOf((this.items[middle] as T).id, depth) === 1) to = middle
      else from = middle + 1
    }
    return from
  }

  /** Where an id is, or would be. */
  private indexOf(id: NodeId): number {
    let [from, to] = [0, this.items.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if (compareIds((this.items[middle] as T).id, id) < 0) from = middle + 1
      else to = middle
    }
    return from
  }
}

/** By their first 32 bits, which nearly always differ, then by all. */
function compareIds(a: NodeId, b: NodeId): number {
  return (a.head >>> 0) - (b.head >>> 0) || compareBytes(a.bytes, b.bytes)
}
