import { compareDistance, type NodeId } from './node-id.ts'

/**
 * At most `limit` values, each stored under an id: those whose ids are nearest to ours. A node is responsible for what is near
 * it, so a flood of other things cannot drive out what others look for here.
 */
export class NearestMap<T> {
  private self: NodeId
  private readonly limit: number
  private readonly entries = new Map<string, { readonly id: NodeId; readonly value: T }>()

  constructor(self: NodeId, limit: number) {
    this.self = self
    this.limit = limit
  }

  get size(): number {
    return this.entries.size
  }

  /** Measures from another id from now on; everything stays. */
  moveTo(self: NodeId): void {
    this.self = self
  }

  get(id: NodeId): T | undefined {
    return this.entries.get(id.key)?.value
  }

  /** Whether `set` would keep a value of this id. */
  hasRoomFor(id: NodeId): boolean {
    if (this.entries.size < this.limit || this.entries.has(id.key)) return true
    return compareDistance(id, this.farthest(), this.self) < 0
  }

  /** Stores or replaces. @returns what had to go: the farthest value, or `value` itself where nothing is farther */
  set(id: NodeId, value: T): T | undefined {
    const displaced = this.entries.size < this.limit || this.entries.has(id.key) ? undefined : this.farthest()
    if (displaced && compareDistance(id, displaced, this.self) >= 0) return value
    const evicted = displaced && this.get(displaced)
    if (displaced) this.entries.delete(displaced.key)
    this.entries.set(id.key, { id, value })
    return evicted
  }

  delete(id: NodeId): void {
    this.entries.delete(id.key)
  }

  ids(): NodeId[] {
    return Array.from(this.entries.values(), ({ id }) => id)
  }

  values(): T[] {
    return Array.from(this.entries.values(), ({ value }) => value)
  }

  private farthest(): NodeId {
    let farthest: NodeId | undefined
    for (const { id } of this.entries.values()) {
      if (!farthest || compareDistance(id, farthest, this.self) > 0) farthest = id
    }
    return farthest as NodeId
  }
}
