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
import { RingId } from '../ring-id.ts'
import { readItem } from '../wire/item-entries.ts'
import type { ItemShelf } from './item-shelf.ts'

export const KEEP_AFTER: Millis = SECOND
export const KEEP_AGAIN_AFTER: Millis = MINUTE
/** Rows of one transaction. */
export const MAX_CHANGES_AT_ONCE = 1_000
export const LOADED_AT_ONCE = 200

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
  private loading: Timer | undefined

  constructor(parts: ItemRecordsParts) {
    this.parts = parts
  }

  /** Changes that are not written yet. */
  get open(): number {
    return this.changed.size
  }

  /**
   * Fills the shelf, `LOADED_AT_ONCE` rows in a turn, as checking signatures takes its time; what is no item, or has expired, is
   * removed.
   */
  load(shelf: ItemShelf): void {
    const { records, log } = this.parts
    try {
      this.loadFrom(records.all(), shelf)
    } catch (error) {
      log.write('warn', 'kept items not read', { code: codeOf(error), message: messageOf(error) })
    }
  }

  private loadFrom(rows: readonly ChordItemRecord[], shelf: ItemShelf): void {
    const { clock, log } = this.parts
    const [now, wall] = [clock.now(), clock.wallTime()]
    let lost = 0
    for (const { key, bytes, putAt } of rows.slice(0, LOADED_AT_ONCE)) {
      const item = itemOf(bytes)
      // A clock that was set back makes no item older.
      if (item && shelf.restore(item, key, now - Math.max(0, wall - putAt), now)) continue
      lost += 1
      this.note(RingId.of(key))
    }
    if (lost > 0) {
      log.write('info', 'kept items dropped: expired, damaged or too many', { count: lost })
      this.plan(shelf)
    }
    const rest = rows.slice(LOADED_AT_ONCE)
    if (rest.length > 0) this.loading = clock.after(0, () => this.loadFrom(rest, shelf))
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
    this.loading?.cancel()
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
