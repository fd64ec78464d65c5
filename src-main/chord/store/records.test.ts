import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../kernel/clock.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { RecordingLog } from '../../simulation/recording-log.ts'
import { keyOf, StoreWorld, signed, text } from '../test-support/store-world.ts'
import { ITEM_LIFE, ItemShelf } from './item-shelf.ts'
import {
  bytesOf,
  type ChordItemRecord,
  type ChordItemRecords,
  ItemRecords,
  itemOf,
  KEEP_AFTER,
  KEEP_AGAIN_AFTER,
  LOADED_AT_ONCE,
  MAX_CHANGES_AT_ONCE,
} from './records.ts'

/** A table in memory that may refuse. */
class Table implements ChordItemRecords {
  rows = new Map<string, ChordItemRecord>()
  refuses = false
  transactions = 0

  all(): readonly ChordItemRecord[] {
    return [...this.rows.values()]
  }

  change(kept: readonly ChordItemRecord[], removed: readonly Uint8Array[]): void {
    if (this.refuses) throw Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' })
    this.transactions += 1
    for (const row of kept) this.rows.set(String(row.key), row)
    for (const key of removed) this.rows.delete(String(key))
  }
}

function make(table = new Table()) {
  const world = new StoreWorld({ seed: 1 })
  const log = new RecordingLog(world.clock)
  const records = new ItemRecords({ records: table, clock: world.clock, log })
  const shelf: ItemShelf = new ItemShelf({
    changed: (key) => {
      records.note(key)
      records.plan(shelf)
    },
  })
  return { world, table, records, shelf, log }
}

const by = { host: '9.8.7.6' }

describe('an item as bytes', () => {
  test.each([
    ['immutable', text('x')],
    ['mutable', signed(1, 7)],
    ['mutable with a salt', signed(1, 2 ** 40, 'v', 'salt')],
  ])('%s', (_name, item) => {
    expect(itemOf(bytesOf(item))).toEqual(item)
  })

  test('damaged in any place it is none, or another that its key tells apart', () => {
    const item = signed(1, 7)
    const random = SeededRandom.of(2)
    for (let n = 0; n < 300; n++) {
      const bytes = bytesOf(item).slice()
      bytes[random.below(bytes.length)] = random.below(256)
      const shelf = new ItemShelf()
      const read = itemOf(bytes)
      if (read) shelf.restore(read, keyOf(item).bytes, 0, 0)
      for (const held of shelf.all(0)) expect(held.item).toEqual(item)
    }
    expect(itemOf(new Uint8Array([0x69, 0x31, 0x65]))).toBeUndefined()
  })
})

describe('items kept', () => {
  test('are written together, and come back with their age', () => {
    const { world, table, shelf } = make()
    for (let n = 0; n < 50; n++) shelf.write(text(`${n}`), by, world.time)
    expect(table.transactions).toBe(0)
    world.run(KEEP_AFTER)
    expect([table.transactions, table.rows.size]).toEqual([1, 50])

    const second = make(table)
    second.world.run(3 * HOUR)
    second.records.load(second.shelf)
    expect(second.shelf.size).toBe(50)
    expect(second.shelf.get(keyOf(text('7')), 3 * HOUR)?.putAt).toBe(0)
    second.world.run(ITEM_LIFE)
    second.shelf.expire(second.world.time)
    second.world.run(KEEP_AFTER)
    expect([second.shelf.size, table.rows.size]).toEqual([0, 0])
  })

  test('more than one transaction takes follow in the next', () => {
    const { world, table, shelf, records } = make()
    for (let n = 0; n < MAX_CHANGES_AT_ONCE + 5; n++) shelf.adopt({ item: text(`${n}`), age: 0 }, '1.2.3.4', 0)
    world.run(KEEP_AFTER)
    expect([table.rows.size, records.open]).toEqual([MAX_CHANGES_AT_ONCE, 5])
    world.run(KEEP_AFTER)
    expect([table.rows.size, records.open]).toEqual([MAX_CHANGES_AT_ONCE + 5, 0])
  })

  test('a database that refuses loses nothing in memory, says so, and is tried again', () => {
    const { world, table, shelf, records, log } = make()
    table.refuses = true
    shelf.write(text('a'), by, 0)
    world.run(KEEP_AFTER)
    expect([shelf.size, records.open, table.rows.size]).toEqual([1, 1, 0])
    expect(log.entries.at(-1)).toMatchObject({ level: 'warn', event: 'items not kept', facts: { code: 'SQLITE_FULL' } })
    table.refuses = false
    world.run(KEEP_AGAIN_AFTER)
    expect([records.open, table.rows.size]).toEqual([0, 1])
  })

  test('closing writes what is open, once, also where that is refused', () => {
    const { world, table, shelf, records } = make()
    shelf.write(text('a'), by, 0)
    records.close(shelf)
    expect(table.rows.size).toBe(1)
    table.refuses = true
    shelf.write(text('b'), by, 0)
    records.close(shelf)
    expect(records.open).toBe(1)
    world.run(MINUTE)
    expect(table.rows.size).toBe(1)
  })

  test('what is damaged, forged, too old or under another key is dropped, with a line in the log', () => {
    const table = new Table()
    const good = signed(1, 3)
    const rows = [
      { key: keyOf(good).bytes, bytes: bytesOf(good), putAt: 0 },
      { key: new Uint8Array(20).fill(1), bytes: bytesOf(text('elsewhere')), putAt: 0 },
      { key: keyOf(signed(2, 1)).bytes, bytes: bytesOf({ ...signed(2, 1), seq: 2n }), putAt: 0 },
      { key: keyOf(text('old')).bytes, bytes: bytesOf(text('old')), putAt: -ITEM_LIFE },
      { key: new Uint8Array(20).fill(2), bytes: new Uint8Array([1, 2, 3]), putAt: 0 },
    ]
    table.change(rows, [])
    const { world, shelf, records, log } = make(table)
    records.load(shelf)
    expect(shelf.all(0).map(({ item }) => item)).toEqual([good])
    expect(log.entries).toMatchObject([{ level: 'info', facts: { count: 4 } }])
    world.run(SECOND)
    expect(table.rows.size).toBe(1)
  })

  test('many are read over several turns, and nothing newer is lost meanwhile', () => {
    const table = new Table()
    const rows = Array.from({ length: 2 * LOADED_AT_ONCE }, (_, n) => signed(1, 1, 'old', `${n}`))
    table.change(
      rows.map((item) => ({ key: keyOf(item).bytes, bytes: bytesOf(item), putAt: 0 })),
      [],
    )
    const { world, shelf, records } = make(table)
    records.load(shelf)
    expect(shelf.size).toBe(LOADED_AT_ONCE)
    const last = signed(1, 2, 'new', `${2 * LOADED_AT_ONCE - 1}`)
    shelf.write(last, by, 0)
    world.run(SECOND)
    expect(shelf.size).toBe(2 * LOADED_AT_ONCE)
    expect(shelf.get(keyOf(last), 0)?.item).toEqual(last)
    world.run(KEEP_AFTER)
    expect(itemOf(table.rows.get(String(keyOf(last).bytes))?.bytes as Uint8Array)).toEqual(last)
  })

  test('a table that cannot be read leaves us with nothing, and says so', () => {
    const table = new Table()
    table.all = () => {
      throw Object.assign(new Error('malformed'), { code: 'SQLITE_CORRUPT' })
    }
    const { shelf, records, log } = make(table)
    records.load(shelf)
    expect([shelf.size, log.entries.at(-1)?.facts?.code]).toEqual([0, 'SQLITE_CORRUPT'])
  })
})
