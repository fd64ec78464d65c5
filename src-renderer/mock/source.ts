import type { FeedListener, Unsubscribe } from '#shared/contract/service.ts'

/** A list that tells its listeners when it changes. */
export class Source<Item> {
  private items: readonly Item[]
  private readonly listeners = new Set<FeedListener<Item>>()

  constructor(items: readonly Item[]) {
    this.items = items
  }

  get all(): readonly Item[] {
    return this.items
  }

  /** How many views follow it now. */
  get followers(): number {
    return this.listeners.size
  }

  set(items: readonly Item[]): void {
    this.items = items
    for (const listener of [...this.listeners]) listener.next(items)
  }

  readonly feed = (_args: unknown, listener: FeedListener<Item>): Unsubscribe => {
    this.listeners.add(listener)
    listener.next(this.items)
    return () => this.listeners.delete(listener)
  }
}
