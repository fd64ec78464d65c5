/**
 * One feed, shared by every view that shows it. Subscribed while at least one view listens and the window can be seen;
 * what was read last stays, so a view that comes back shows it at once until the new snapshot is there.
 */

import { share } from '#shared/contract/client/share.ts'
import type { FeedListener, Unsubscribe } from '#shared/contract/service.ts'
import type { Visibility } from './visibility.ts'

export interface FeedFailure {
  readonly code: string
  readonly message: string
}

export type FeedState<Item> =
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly items: readonly Item[] }
  | { readonly status: 'failed'; readonly error: FeedFailure }

export class FeedStore<Item> {
  private readonly open: (listener: FeedListener<Item>) => Unsubscribe
  private readonly visibility: Visibility
  private readonly listeners = new Set<() => void>()
  private current: FeedState<Item> = { status: 'loading' }
  private close: Unsubscribe | undefined
  private unwatch: Unsubscribe | undefined

  constructor(open: (listener: FeedListener<Item>) => Unsubscribe, visibility: Visibility) {
    this.open = open
    this.visibility = visibility
  }

  get idle(): boolean {
    return this.listeners.size === 0
  }

  readonly state = (): FeedState<Item> => this.current

  readonly listen = (listener: () => void): Unsubscribe => {
    this.listeners.add(listener)
    if (this.listeners.size === 1) {
      this.unwatch = this.visibility.watch(() => this.settle())
      this.settle()
    }
    return () => {
      this.listeners.delete(listener)
      if (this.listeners.size > 0) return
      this.unwatch?.()
      this.unwatch = undefined
      this.settle()
    }
  }

  /** Asks anew after a failure. */
  readonly retry = (): void => {
    this.end()
    this.set({ status: 'loading' })
    this.settle()
  }

  private settle(): void {
    const wanted = this.listeners.size > 0 && this.visibility.visible()
    if (!wanted) this.end()
    if (!wanted || this.close !== undefined) return
    this.close = this.open({
      next: (items) => this.take(items),
      failed: (error) => this.set({ status: 'failed', error }),
    })
  }

  private take(items: readonly Item[]): void {
    const before = this.current
    const kept = before.status === 'ready' ? share(before.items, items) : items
    if (before.status !== 'ready' || before.items !== kept) this.set({ status: 'ready', items: kept })
  }

  private end(): void {
    this.close?.()
    this.close = undefined
  }

  private set(state: FeedState<Item>): void {
    this.current = state
    for (const listener of [...this.listeners]) listener()
  }
}
