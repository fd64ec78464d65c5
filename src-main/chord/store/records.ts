/**
 * What of a host's items outlives its process. Changes are gathered for `KEEP_AFTER` and written together; where the database
 * refuses they are tried again later, and nothing is lost in memory. Read back, an item is believed only as far as its hash or
 * signature goes.
 *
 * A row's bytes are the item as BEP 44 names it (`k`, `salt`, `seq`, `sig` of a mutable one, `v`), bencoded.
 */
import { type BencodeInput, decodeBencode, encodeBencode } from '../../codec/bencode.ts'
import { asDictionary } from '../../codec/bencode-read.ts'
import { type Clock, MINUTE, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { Item } from '../../kernel/key-value-store.ts'
import type { Log } from '../../kernel/log.ts'
import type { RingId } from '../ring-id.ts'
import { readItem } from '../wire/item-entries.ts'
import type { ItemShelf } from './item-shelf.ts'

export const KEEP_AFTER: Millis = SECOND
export const KEEP_AGAIN_AFTER: Millis = MINUTE
/** Rows of one transaction. */
export const MAX_CHANGES_AT_ONCE = 1_000

export interface ChordItemRecord {
  /** 20 bytes. */
  readonly key: Uint8Array
  readonly bytes: Uint8Array
  /** Unix milliseconds. */
  readonly putAt: Millis
}

/** Where records are kept; all methods throw where that fails. */
export interface ChordItemRecords {
  /** Without those that cannot be read. */
  all(): readonly ChordItemRecord[]
  /** All of it or nothing. */
  change(kept: readonly ChordItemRecord[], removed: readonly Uint8Array[]): void
}

export interface ItemRecordsParts {
  readonly records: ChordItemRecords
  readonly clock: Clock
  readonly log: Log
}

export class ItemRecords {
  private readonly parts: ItemRecordsParts
  private readonly changed = new Map<string, RingId>()
  private timer: Timer | undefined

  constructor(parts: ItemRecordsParts) {
    this.parts = parts
  }

  /** Changes that are not written yet. */
  get open(): number {
    return this.changed.size
  }

  /** Fills the shelf; what is no item, or has expired, is removed. */
  load(shelf: ItemShelf): void {
    const { records, clock, log } = this.parts
    const [now, wall] = [clock.now(), clock.wallTime()]
    try {
      const lost: Uint8Array[] = []
      for (const { key, bytes, putAt } of records.all()) {
        const item = itemOf(bytes)
        // A clock that was set back does not make an item older, nor one that was set ahead.
        if (!item || !shelf.restore(item, key, now - Math.max(0, wall - putAt), now)) lost.push(key)
      }
      if (lost.length > 0)
        log.write('info', 'kept items that have expired or are damaged are dropped', { count: lost.length })
      this.changed.clear()
      if (lost.length > 0) records.change([], lost)
    } catch (error) {
      log.write('warn', 'kept items not read', { code: codeOf(error), message: messageOf(error) })
    }
  }

  /** What is held under this key is another now, or nothing. */
  note(key: RingId): void {
    this.changed.set(key.key, key)
  }

  /** Sees to it that what was noted is written before long. */
  plan(shelf: ItemShelf, after: Millis = KEEP_AFTER): void {
    if (this.timer || this.changed.size === 0) return
    this.timer = this.parts.clock.after(after, () => {
      this.timer = undefined
      this.plan(shelf, this.write(shelf) ? KEEP_AFTER : KEEP_AGAIN_AFTER)
    })
  }

  /** Writes what is open, as far as one transaction goes. @returns whether the database took it */
  write(shelf: ItemShelf): boolean {
    const { records, clock, log } = this.parts
    const keys = [...this.changed.values()].slice(0, MAX_CHANGES_AT_ONCE)
    const [now, wall] = [clock.now(), clock.wallTime()]
    const kept: ChordItemRecord[] = []
    const removed: Uint8Array[] = []
    for (const key of keys) {
      const held = shelf.get(key, now)
      if (held) kept.push({ key: key.bytes, bytes: bytesOf(held.item), putAt: wall - (now - held.putAt) })
      else removed.push(key.bytes)
    }
    try {
      records.change(kept, removed)
      for (const key of keys) this.changed.delete(key.key)
      return true
    } catch (error) {
      log.write('warn', 'items not kept', { count: keys.length, code: codeOf(error), message: messageOf(error) })
      return false
    }
  }

  /** Writes all that is open and sets no timer any more. */
  close(shelf: ItemShelf): void {
    this.timer?.cancel()
    while (this.changed.size > 0 && this.write(shelf));
  }
}

export function bytesOf(item: Item): Uint8Array {
  if (item.kind === 'immutable') return encodeBencode({ v: item.value })
  const { publicKey: k, salt, seq, signature: sig, value: v } = item
  const entries: Record<string, BencodeInput> = { k, seq, sig, v }
  return encodeBencode(salt.length > 0 ? { ...entries, salt } : entries)
}

/** Undefined where the bytes are no item. */
export function itemOf(bytes: Uint8Array): Item | undefined {
  try {
    const dictionary = asDictionary(decodeBencode(bytes).value)
    return dictionary && readItem(dictionary)
  } catch {
    return undefined
  }
}
