/**
 * Turns a feed's messages into the list a view shows.
 *
 * Owns the numbering: a snapshot has number 0, every message after it one more. A missed number is a gap, and the reader
 * then knows nothing until it is reset and a new snapshot arrives. Unchanged items stay the same objects, also across a
 * reset. Spec: `FeedMessage` in the contract.
 */
import { type FeedMessage, type FeedShape, feedMessageSchema } from '../service.ts'
import { share } from './share.ts'

export type Reading =
  | { readonly outcome: 'items'; readonly items: readonly unknown[] }
  | { readonly outcome: 'gap' }
  | { readonly outcome: 'refused' }

export class FeedReader {
  private readonly schema: ReturnType<typeof feedMessageSchema>
  private items: readonly unknown[] = []
  private next = 0

  constructor(feed: FeedShape) {
    this.schema = feedMessageSchema(feed)
  }

  /** Waits for a new snapshot; what was read so far stays as the ground for sharing. */
  reset(): void {
    this.next = 0
  }

  /** Messages taken since the last reset. */
  get taken(): number {
    return this.next
  }

  accept(raw: unknown): Reading {
    const parsed = this.schema.safeParse(raw)
    if (!parsed.success) return { outcome: 'refused' }
    const message = parsed.data
    if (message.sequence !== this.next || (message.kind === 'patch' && this.next === 0)) return { outcome: 'gap' }
    this.next += 1
    this.items = this.apply(message)
    return { outcome: 'items', items: this.items }
  }

  private apply(message: FeedMessage<unknown>): readonly unknown[] {
    if (message.kind === 'value') return share(this.items, [message.value])
    if (message.kind === 'rows') return share(this.items, message.rows)
    return patched(this.items as readonly Keyed[], message.changed as readonly Keyed[], message.removed)
  }
}

interface Keyed {
  readonly id: string
}

/** The list with changed rows in their old places, new ones at the end, removed ones gone; the same list if nothing is new. */
function patched(items: readonly Keyed[], changed: readonly Keyed[], removed: readonly string[]): readonly Keyed[] {
  const news = new Map(changed.map((row) => [row.id, row]))
  const gone = new Set(removed)
  let same = true
  const list: Keyed[] = []
  for (const old of items) {
    const next = news.get(old.id)
    news.delete(old.id)
    const kept = next === undefined ? old : share(old, next)
    if (next === undefined && gone.has(old.id)) {
      same = false
      continue
    }
    if (kept !== old) same = false
    list.push(kept)
  }
  list.push(...news.values())
  return same && list.length === items.length ? items : list
}
