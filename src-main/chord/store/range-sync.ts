/**
 * Compares a range of keys with another host and moves what differs, each item in the direction of the newer version. Hashes of
 * the sixteenths of the range are compared, then those of the sixteenths that differ, down to single keys; what one side has
 * none of is moved without further questions. Equal ranges cost one question.
 *
 * Ends with `equal` where both have the same now (with `givesOnly`: the other has all that we have), `differs` where something could not be moved, `cut` at `maxQuestions`, `failed`
 * where the other does not answer. What has been moved stays, so that the next round begins further on.
 *
 * Limits: `maxQuestions`, `AT_ONCE` of them under way; keys and items told that are not in the range asked for are passed over.
 */

import { itemKey } from '../../items/item.ts'
import { bytesEqual } from '../../kernel/bytes.ts'
import type { Clock, Millis } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { CopiedItem, HostAnswer, HostPort, HostQuestion, KeyDigest, KeyRange } from '../host-messages.ts'
import { isBetween, RingId } from '../ring-id.ts'
import { MAX_COPIES_IN_MESSAGE } from '../wire/limits.ts'
import { copyFor } from './copies-page.ts'
import type { HeldItem, ItemShelf } from './item-shelf.ts'
import { isInRange, onlyKey, PARTS, sixteenths } from './key-range.ts'
import { digestOfAll, type RangeAnswer } from './range-digest.ts'
import { COPIES_ROOM, copySize } from './sizes.ts'

export const AT_ONCE = 4
export const MAX_SYNC_QUESTIONS = 256

export type SyncOutcome = 'equal' | 'differs' | 'cut' | 'failed'

export interface SyncParts {
  readonly items: ItemShelf
  readonly port: HostPort
  readonly clock: Pick<Clock, 'now'>
}

export interface SyncPlan {
  readonly range: KeyRange
  readonly with: Endpoint
  /** Only gives: what the other has besides is not wanted. */
  readonly givesOnly?: boolean
  readonly maxQuestions?: number
}

type Task =
  | { readonly kind: 'compare'; readonly range: KeyRange }
  | { readonly kind: 'fetch'; readonly range: KeyRange; readonly from?: RingId; readonly known?: KeyDigest }
  | { readonly kind: 'give'; readonly copies: readonly CopiedItem[] }

export class RangeSync {
  private readonly parts: SyncParts
  private readonly plan: SyncPlan
  private readonly done: (outcome: SyncOutcome) => void
  private readonly tasks: Task[] = []
  /** What the other lacks, until there is enough for a message. */
  private readonly outgoing = new Map<string, RingId>()
  private running = 0
  private left: number
  private isWhole = true
  private isOver = false

  /** `done` is called once, never from within `start`. */
  constructor(parts: SyncParts, plan: SyncPlan, done: (outcome: SyncOutcome) => void) {
    this.parts = parts
    this.plan = plan
    this.done = done
    this.left = plan.maxQuestions ?? MAX_SYNC_QUESTIONS
    this.tasks.push({ kind: 'compare', range: plan.range })
  }

  start(): void {
    this.pump()
  }

  /** Nothing is called or asked any more. */
  cancel(): void {
    this.isOver = true
  }

  private pump(): void {
    while (!this.isOver && this.running < AT_ONCE) {
      const task = this.nextTask()
      if (!task) break
      if (this.left === 0) {
        this.end('cut')
        return
      }
      this.left -= 1
      this.run(task)
    }
    if (!this.isOver && this.running === 0) this.end(this.isWhole ? 'equal' : 'differs')
  }

  /** Full messages first, so that little waits; one that is not full last of all. */
  private nextTask(): Task | undefined {
    const copies = this.batch(this.tasks.length === 0 && this.running === 0)
    return copies ? { kind: 'give', copies } : this.tasks.pop()
  }

  private batch(evenIfSmall: boolean): CopiedItem[] | undefined {
    const copies: CopiedItem[] = []
    let room = COPIES_ROOM
    let isFull = false
    for (const key of this.outgoing.values()) {
      const held = this.parts.items.get(key, this.now)
      if (held) {
        const size = copySize(held.item)
        isFull = copies.length >= MAX_COPIES_IN_MESSAGE || (copies.length > 0 && size > room)
        if (isFull) break
        room -= size
        copies.push(copyFor(held, this.now))
      }
    }
    if (copies.length === 0 || !(isFull || evenIfSmall)) return undefined
    for (const { item } of copies) this.outgoing.delete(RingId.of(itemKey(item)).key)
    return copies
  }

  private run(task: Task): void {
    const question: HostQuestion =
      task.kind === 'compare'
        ? { kind: 'range', range: task.range }
        : task.kind === 'give'
          ? { kind: 'store', copies: task.copies }
          : { kind: 'copies', range: task.range, ...(task.from ? { from: task.from } : {}) }
    this.running += 1
    this.parts.port.ask(this.plan.with, question, {
      answered: (answer) => {
        if (this.isOver) return
        this.running -= 1
        this.take(task, answer)
        this.pump()
      },
      missed: () => this.end('failed'),
    })
  }

  private take(task: Task, answer: HostAnswer): void {
    if (task.kind === 'compare' && answer.kind === 'range') this.compare(task.range, answer)
    else if (task.kind === 'fetch' && answer.kind === 'copies') this.fetched(task, answer)
    // One that was refused is kept where it is; why is the other's business.
    else if (task.kind === 'give') this.isWhole &&= answer.kind === 'done'
    else this.end('failed')
  }

  private compare(range: KeyRange, { parts, keys }: RangeAnswer): void {
    if (keys) {
      this.compareKeys(
        range,
        keys.filter(({ key }) => isInRange(range, key)),
      )
      return
    }
    const sub = sixteenths(range)
    if (!sub || parts?.length !== PARTS) {
      this.end('failed')
      return
    }
    for (const [n, part] of sub.entries()) {
      const held = this.parts.items.inRange(part, this.now)
      const theirs = parts[n] as Uint8Array
      if (bytesEqual(digestOfAll(held), theirs)) continue
      if (held.length === 0) this.want({ kind: 'fetch', range: part })
      else if (theirs.every((byte) => byte === 0)) this.give(held)
      else this.tasks.push({ kind: 'compare', range: part })
    }
  }

  private compareKeys(range: KeyRange, told: readonly KeyDigest[]): void {
    const held = this.parts.items.inRange(range, this.now)
    if (held.length === 0 && told.length > 0) {
      this.want({ kind: 'fetch', range })
      return
    }
    const theirs = new Map(told.map((one) => [one.key.key, one]))
    this.give(held.filter(({ key }) => !theirs.has(key.key)))
    for (const one of theirs.values()) {
      const own = this.parts.items.get(one.key, this.now)
      if (own && bytesEqual(own.digest, one.digest)) continue
      const task: Task = { kind: 'fetch', range: onlyKey(one.key), known: one }
      // Of two versions it takes theirs to tell which is the newer.
      if (own) this.tasks.push(task)
      else this.want(task)
    }
  }

  private fetched(task: Extract<Task, { kind: 'fetch' }>, page: Extract<HostAnswer, { kind: 'copies' }>): void {
    const { range, from, known } = task
    for (const copy of page.items) {
      if (isInRange(range, RingId.of(itemKey(copy.item)))) {
        const outcome = this.parts.items.adopt(copy, this.plan.with.host, this.now)
        if ('code' in outcome) this.isWhole = false
      }
    }
    const own = known && this.parts.items.get(known.key, this.now)
    // Ours is the newer one.
    if (own && !bytesEqual(own.digest, known.digest)) this.give([own])
    const next = nextOf(range, from, page.next)
    if (next) this.tasks.push({ kind: 'fetch', range, from: next })
  }

  private want(task: Task): void {
    if (!this.plan.givesOnly) this.tasks.push(task)
  }

  private give(held: readonly HeldItem[]): void {
    for (const { key } of held) this.outgoing.set(key.key, key)
  }

  private end(outcome: SyncOutcome): void {
    if (this.isOver) return
    this.isOver = true
    this.done(outcome)
  }

  private get now(): Millis {
    return this.parts.clock.now()
  }
}

/** Where to go on, if that leads further into the range. */
export function nextOf(range: KeyRange, from: RingId | undefined, next: RingId | undefined): RingId | undefined {
  if (!next || !isInRange(range, next) || next.equals(range.upTo)) return undefined
  return isBetween(from ?? range.after, next, range.upTo) ? next : undefined
}
