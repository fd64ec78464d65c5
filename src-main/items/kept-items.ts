/**
 * Keeps our own items in an overlay: puts each again every hour, as those who hold them forget them after two, and at once
 * when those nearest to it have changed, which is looked at every `LOOK_EVERY`. Where fewer than `ENOUGH_HOLDERS` took it,
 * it is tried again sooner, with back-off. Limits: `MAX_KEPT` items, one search for each at a time, `AT_ONCE` in all.
 */
import { toHex } from '../kernel/bytes.ts'
import { type Clock, HOUR, MINUTE, type Millis, type Timer } from '../kernel/clock.ts'
import type { Item, PutReport, RunningRequest } from '../kernel/key-value-store.ts'
import type { Random } from '../kernel/random.ts'
import { itemKey } from './item.ts'

export const MAX_KEPT = 200
export const AT_ONCE = 4
export const PUT_EVERY: Millis = HOUR
export const LOOK_EVERY: Millis = 10 * MINUTE
export const FIRST_RETRY: Millis = MINUTE
export const ENOUGH_HOLDERS = 1

/** What is asked of the overlay. Neither callback is called from within. */
export interface KeepingStore {
  /** Whether there is anybody to ask. */
  readonly ready: boolean
  /** Who would hold what is stored under a key (20 bytes) now, each by a name of its own. */
  holders(target: Uint8Array, done: (names: readonly string[]) => void): RunningRequest
  /** Stores once. `offered`: the names of those it was offered to. */
  put(item: Item, done: (report: PutReport, offered: readonly string[]) => void): RunningRequest
}

export interface KeptItem {
  /** 20 bytes. */
  readonly target: Uint8Array
  readonly item: Item
  /** Nodes that took it the last time; undefined before. */
  readonly stored: number | undefined
}

interface Kept {
  readonly target: Uint8Array
  item: Item
  stored: number | undefined
  /** Names of those it was offered to the last time. */
  holders: ReadonlySet<string>
  putAt: Millis
  failures: number
  dueAt: Millis
  running: RunningRequest | undefined
}

export interface KeptItemsParts {
  /** Asked anew each time; undefined while the overlay is off. */
  readonly store: () => KeepingStore | undefined
  readonly clock: Clock
  readonly random: Random
  /** An item has been put again. */
  readonly put?: (target: Uint8Array, report: PutReport) => void
}

export class KeptItems {
  private readonly parts: KeptItemsParts
  private readonly kept = new Map<string, Kept>()
  private timer: Timer | undefined

  constructor(parts: KeptItemsParts) {
    this.parts = parts
  }

  list(): readonly KeptItem[] {
    return Array.from(this.kept.values(), ({ target, item, stored }) => ({ target, item, stored }))
  }

  /**
   * Keeps an item from now on, in place of an older one of the same target. `stored`: it has just been put, so many took it;
   * left out, it is put at once. @returns false where there is no room for another
   */
  keep(item: Item, stored?: number): boolean {
    const target = itemKey(item)
    const key = toHex(target)
    const known = this.kept.get(key)
    if (!known && this.kept.size >= MAX_KEPT) return false
    known?.running?.cancel()
    const now = this.parts.clock.now()
    const dueAt = stored === undefined ? now : now + this.jittered(LOOK_EVERY)
    const kept = {
      target,
      item,
      stored,
      holders: new Set<string>(),
      putAt: now,
      failures: 0,
      dueAt,
      running: undefined,
    }
    this.kept.set(key, kept)
    this.plan()
    return true
  }

  /** Leaves it to expire. */
  release(target: Uint8Array): void {
    const key = toHex(target)
    this.kept.get(key)?.running?.cancel()
    this.kept.delete(key)
    this.plan()
  }

  stop(): void {
    this.timer?.cancel()
    for (const { running } of this.kept.values()) running?.cancel()
    this.kept.clear()
  }

  /** Sets the one timer to the next item that is due. */
  private plan(): void {
    this.timer?.cancel()
    const waiting = [...this.kept.values()].filter(({ running }) => !running)
    const isFull = this.kept.size - waiting.length >= AT_ONCE
    const next = waiting.reduce<Millis>((first, { dueAt }) => Math.min(first, dueAt), Number.POSITIVE_INFINITY)
    if (isFull || next === Number.POSITIVE_INFINITY) return
    this.timer = this.parts.clock.after(Math.max(0, next - this.parts.clock.now()), () => this.act())
  }

  private act(): void {
    const now = this.parts.clock.now()
    const store = this.parts.store()
    const open = [...this.kept.values()].filter(({ running }) => running).length
    const due = [...this.kept.values()].filter((kept) => !kept.running && kept.dueAt <= now)
    for (const kept of due.slice(0, AT_ONCE - open)) {
      if (!store?.ready) kept.dueAt = now + this.jittered(FIRST_RETRY)
      else if (kept.stored && kept.holders.size > 0 && now - kept.putAt < PUT_EVERY) this.look(store, kept)
      else this.put(store, kept)
    }
    this.plan()
  }

  /** Puts it again if one of those that would hold it now was not offered it. */
  private look(store: KeepingStore, kept: Kept): void {
    kept.running = store.holders(kept.target, (names) => {
      kept.running = undefined
      if (names.every((name) => kept.holders.has(name))) this.rest(kept, LOOK_EVERY)
      else this.put(store, kept)
      this.plan()
    })
  }

  private put(store: KeepingStore, kept: Kept): void {
    kept.running = store.put(kept.item, (report, offered) => {
      kept.running = undefined
      kept.stored = report.stored
      kept.holders = new Set(offered)
      kept.putAt = this.parts.clock.now()
      const isEnough = report.stored >= ENOUGH_HOLDERS
      kept.failures = isEnough ? 0 : kept.failures + 1
      this.rest(kept, isEnough ? LOOK_EVERY : Math.min(LOOK_EVERY, FIRST_RETRY * 2 ** kept.failures))
      this.parts.put?.(kept.target, report)
      this.plan()
    })
  }

  private rest(kept: Kept, time: Millis): void {
    kept.dueAt = this.parts.clock.now() + this.jittered(time)
  }

  /** Up to a tenth less, so that many items are not put at the same time. */
  private jittered(time: Millis): Millis {
    return time - this.parts.random.below(Math.ceil(time / 10))
  }
}
