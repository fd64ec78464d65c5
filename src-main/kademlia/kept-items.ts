/**
 * Keeps our own items in the DHT: puts each again every hour, as those who hold them forget them after two, and at once when
 * the nodes nearest to it have changed, which is looked at every `LOOK_EVERY`. Where fewer than `ENOUGH_HOLDERS` took it,
 * it is tried again sooner, with back-off. Limits: `MAX_KEPT` items, one search for each at a time, `AT_ONCE` in all.
 */
import { type Clock, HOUR, MINUTE, type Millis, type Timer } from '../kernel/clock.ts'
import type { Item, PutReport, RunningRequest } from '../kernel/key-value-store.ts'
import type { Random } from '../kernel/random.ts'
import type { Contact } from './contact.ts'
import type { KademliaSearches } from './dht.ts'
import { targetOf } from './item-target.ts'
import type { NodeId } from './node-id.ts'

export const MAX_KEPT = 200
export const AT_ONCE = 4
export const PUT_EVERY: Millis = HOUR
export const LOOK_EVERY: Millis = 10 * MINUTE
export const FIRST_RETRY: Millis = MINUTE
export const ENOUGH_HOLDERS = 1

export interface KeptItem {
  readonly target: NodeId
  readonly item: Item
  /** Nodes that took it the last time; undefined before. */
  readonly stored: number | undefined
}

interface Kept {
  readonly target: NodeId
  item: Item
  stored: number | undefined
  /** Ids of those it was offered to the last time. */
  holders: ReadonlySet<string>
  putAt: Millis
  failures: number
  dueAt: Millis
  running: RunningRequest | undefined
}

export interface KeptItemsParts {
  /** Asked anew each time; undefined while the DHT is off. */
  readonly dht: () => KademliaSearches | undefined
  readonly clock: Clock
  readonly random: Random
  /** An item has been put again. */
  readonly put?: (target: NodeId, report: PutReport) => void
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
    const target = targetOf(item)
    const known = this.kept.get(target.key)
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
    this.kept.set(target.key, kept)
    this.plan()
    return true
  }

  /** Leaves it to expire. */
  release(target: NodeId): void {
    this.kept.get(target.key)?.running?.cancel()
    this.kept.delete(target.key)
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
    const dht = this.parts.dht()
    const open = [...this.kept.values()].filter(({ running }) => running).length
    const due = [...this.kept.values()].filter((kept) => !kept.running && kept.dueAt <= now)
    for (const kept of due.slice(0, AT_ONCE - open)) {
      if (!dht?.ready) kept.dueAt = now + this.jittered(FIRST_RETRY)
      else if (kept.stored && kept.holders.size > 0 && now - kept.putAt < PUT_EVERY) this.look(dht, kept)
      else this.put(dht, kept)
    }
    this.plan()
  }

  /** Puts it again if one of those nearest to it now was not offered it. */
  private look(dht: KademliaSearches, kept: Kept): void {
    kept.running = dht.findNode(kept.target, {
      done: ({ closest }) => {
        kept.running = undefined
        if (closest.every(({ id }) => kept.holders.has(id.key))) this.rest(kept, LOOK_EVERY)
        else this.put(dht, kept)
        this.plan()
      },
    })
  }

  private put(dht: KademliaSearches, kept: Kept): void {
    const holders = new Set<string>()
    const nearest = (contacts: readonly Contact[]) => {
      for (const { id } of contacts) holders.add(id.key)
    }
    kept.running = dht.put(kept.item, { nearest }, (report) => {
      kept.running = undefined
      kept.stored = report.stored
      kept.holders = holders
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
