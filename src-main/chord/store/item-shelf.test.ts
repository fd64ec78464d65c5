import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../kernel/clock.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { compareIds, RingId } from '../ring-id.ts'
import { keyOf, signed, text } from '../test-support/store-world.ts'
import { ITEM_LIFE, ItemShelf, MAX_COPIES_OF_NETWORK, MAX_ITEMS, MAX_ITEMS_OF_NETWORK } from './item-shelf.ts'
import { isInRange } from './key-range.ts'

/** So many hosts that each item may come from a network of its own. */
const host = (n: number) => ({ host: `${1 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}.1` })

describe('an item', () => {
  test('is there for a day after its owner put it last', () => {
    const shelf = new ItemShelf()
    shelf.write(text('a'), host(1), 0)
    shelf.write(text('b'), host(1), 0)
    shelf.write(text('a'), host(2), HOUR)
    expect(shelf.get(keyOf(text('b')), ITEM_LIFE - 1)).toBeDefined()
    expect(shelf.get(keyOf(text('b')), ITEM_LIFE)).toBeUndefined()
    expect(shelf.all(ITEM_LIFE)).toHaveLength(1)
    shelf.expire(ITEM_LIFE)
    expect(shelf.size).toBe(1)
    shelf.expire(ITEM_LIFE + HOUR)
    expect(shelf.size).toBe(0)
  })

  test('that is copied has its age, and none of an age to be forgotten is taken', () => {
    const shelf = new ItemShelf()
    expect(shelf.adopt({ item: text('a'), age: 3_600 }, '1.2.3.4', HOUR)).toEqual({ outcome: 'kept' })
    expect(shelf.get(keyOf(text('a')), HOUR)?.putAt).toBe(0)
    expect(shelf.adopt({ item: text('a'), age: 7_200 }, '1.2.3.4', HOUR)).toEqual({ outcome: 'known' })
    expect(shelf.get(keyOf(text('a')), HOUR)?.putAt).toBe(0)
    expect(shelf.adopt({ item: text('a'), age: 0 }, '1.2.3.4', HOUR)).toEqual({ outcome: 'known' })
    expect(shelf.get(keyOf(text('a')), HOUR)?.putAt).toBe(HOUR)
    expect(shelf.adopt({ item: text('b'), age: ITEM_LIFE / SECOND }, '1.2.3.4', 0)).toEqual({ outcome: 'expired' })
    expect(shelf.adopt({ item: text('b'), age: -5 }, '1.2.3.4', 0)).toEqual({ outcome: 'kept' })
    expect(shelf.get(keyOf(text('b')), 0)?.putAt).toBe(0)
  })

  test('is not kept that its hash or signature does not bear out, from nobody', () => {
    const shelf = new ItemShelf()
    const forged = { ...signed(1, 1), seq: 2n }
    expect(shelf.write(forged, host(1), 0)).toMatchObject({ code: 206 })
    expect(shelf.adopt({ item: forged, age: 0 }, '1.2.3.4', 0)).toMatchObject({ code: 206 })
    expect(shelf.restore(forged, keyOf(forged).bytes, 0, 0)).toBe(false)
    expect(shelf.restore(text('a'), keyOf(text('b')).bytes, 0, 0)).toBe(false)
    expect(shelf.size).toBe(0)
  })

  test('an older version that is copied or restored changes nothing', () => {
    const shelf = new ItemShelf()
    shelf.write(signed(1, 5), host(1), 0)
    expect(shelf.adopt({ item: signed(1, 4), age: 0 }, '1.2.3.4', MINUTE)).toEqual({ outcome: 'known' })
    expect(shelf.restore(signed(1, 3), keyOf(signed(1, 3)).bytes, MINUTE, MINUTE)).toBe(true)
    expect(shelf.get(keyOf(signed(1, 5)), MINUTE)).toMatchObject({ item: signed(1, 5), putAt: 0 })
    expect(shelf.adopt({ item: signed(1, 6), age: 0 }, '1.2.3.4', MINUTE)).toEqual({ outcome: 'kept' })
    expect(shelf.get(keyOf(signed(1, 5)), MINUTE)?.item).toEqual(signed(1, 6))
  })

  test('that is restored over an older version that came meanwhile is to be kept anew', () => {
    const changed: string[] = []
    const shelf = new ItemShelf({ changed: (key) => changed.push(String(key)) })
    shelf.adopt({ item: signed(1, 2), age: 0 }, '9.8.7.6', MINUTE)
    const newer = signed(1, 3)
    expect(shelf.restore(newer, keyOf(newer).bytes, 0, MINUTE)).toBe(true)
    expect(shelf.get(keyOf(newer), MINUTE)?.item).toEqual(newer)
    expect(changed).toEqual(Array(2).fill(String(keyOf(newer))))
  })

  test('is a copy of what came: its bytes may be used again', () => {
    const shelf = new ItemShelf()
    const item = { kind: 'immutable', value: text('abc').value.slice() } as const
    const key = keyOf(item)
    shelf.write(item, host(1), 0)
    item.value.fill(0)
    expect(shelf.get(key, 0)?.item).toEqual(text('abc'))
  })

  test('says when it changes', () => {
    const changed: string[] = []
    const shelf = new ItemShelf({ changed: (key) => changed.push(String(key)) })
    const key = String(keyOf(signed(1, 1)))
    shelf.write(signed(1, 1), host(1), 0)
    shelf.adopt({ item: signed(1, 1), age: 9 }, '1.2.3.4', 0)
    shelf.adopt({ item: signed(1, 2), age: 0 }, '1.2.3.4', 0)
    shelf.drop(keyOf(signed(1, 2)))
    shelf.drop(keyOf(signed(1, 2)))
    expect(changed).toEqual([key, key, key])
  })
})

test('ranges are what a search through all finds, clockwise from their start', () => {
  const random = SeededRandom.of(9)
  const shelf = new ItemShelf()
  for (let n = 0; n < 300; n++) shelf.write(text(`${n}`), host(n), 0)
  for (let n = 0; n < 40; n++) shelf.drop(keyOf(text(`${n}`)))
  const all = shelf.all(0)
  expect(all.map(({ key }) => key)).toEqual([...all.map(({ key }) => key)].sort(compareIds))
  for (let n = 0; n < 100; n++) {
    const [after, upTo] = [0, 1].map(() => {
      return random.below(2) ? RingId.of(random.bytes(20)) : (all[random.below(all.length)]?.key as RingId)
    }) as [RingId, RingId]
    const range = { after, upTo: random.below(10) ? upTo : after }
    const expected = all
      .filter(({ key }) => isInRange(range, key))
      .sort((a, b) => compareIds(after.distanceTo(a.key), after.distanceTo(b.key)))
    const found = shelf.inRange(range, 0)
    expect(new Set(found)).toEqual(new Set(expected))
    expect(shelf.count(range)).toBe(expected.length)
    // Where the start itself is a key of the whole ring it is met last.
    if (!range.after.equals(range.upTo)) expect(found).toEqual(expected)
  }
})

describe('limits', () => {
  test('of all items; one that has a place keeps it, and room is made by what goes', () => {
    const shelf = new ItemShelf()
    for (let n = 0; n < MAX_ITEMS; n++) shelf.write(text(`${n}`), host(n), 0)
    expect(shelf.size).toBe(MAX_ITEMS)
    expect(shelf.write(text('more'), host(1 << 20), 0)).toMatchObject({ code: 202 })
    expect(shelf.adopt({ item: text('more'), age: 0 }, '99.1.1.1', 0)).toMatchObject({ code: 202 })
    expect(shelf.restore(text('more'), keyOf(text('more')).bytes, 0, 0)).toBe(false)
    expect(shelf.write(text('7'), host(7), 0)).toMatchObject({ ok: true })
    shelf.drop(keyOf(text('8')))
    expect(shelf.write(text('more'), host(1 << 20), 0)).toMatchObject({ ok: true })
  })

  test('of what one network writes, and of what it copies', () => {
    const shelf = new ItemShelf()
    for (let n = 0; n < MAX_ITEMS_OF_NETWORK; n++) shelf.write(text(`${n}`), { host: `9.9.9.${n % 250}` }, 0)
    expect(shelf.write(text('more'), { host: '9.9.9.251' }, 0)).toMatchObject({ code: 202 })
    expect(shelf.write(text('more'), { host: '9.9.8.1' }, 0)).toMatchObject({ ok: true })
    for (let n = 0; n < MAX_COPIES_OF_NETWORK; n++) shelf.adopt({ item: text(`c${n}`), age: 0 }, '9.9.9.1', 0)
    expect(shelf.adopt({ item: text('another'), age: 0 }, '9.9.9.2', 0)).toMatchObject({ code: 202 })
    shelf.drop(keyOf(text('c1')))
    expect(shelf.adopt({ item: text('another'), age: 0 }, '9.9.9.2', 0)).toEqual({ outcome: 'kept' })
    shelf.expire(ITEM_LIFE)
    expect(shelf.write(text('again'), { host: '9.9.9.1' }, ITEM_LIFE)).toMatchObject({ ok: true })
  })
})

describe('a full shelf', () => {
  const ownKey = keyOf(text('edge'))
  /** Owns the half of the ring behind one key. */
  const range = { after: ownKey, upTo: ownKey.plusPowerOfTwo(159) }
  const [inside, outside] = [true, false].map((wanted) => {
    const names = Array.from({ length: 2_000 }, (_, n) => text(`${n}`))
    return names.filter((item) => isInRange(range, keyOf(item)) === wanted)
  }) as [ReturnType<typeof text>[], ReturnType<typeof text>[]]
  const make = (items: number) => new ItemShelf({ ranges: () => [range], limits: { items } })
  const has = (shelf: ItemShelf, item = text('')) => shelf.get(keyOf(item), 0) !== undefined

  test('gives what is outside our ranges for what is inside: copies first, of the network that has most', () => {
    const shelf = make(40)
    for (const item of outside.slice(0, 20)) shelf.adopt({ item, age: 0 }, '9.9.9.1', 0)
    for (const item of outside.slice(20, 30)) shelf.adopt({ item, age: 0 }, '8.8.8.1', 0)
    for (const item of outside.slice(30, 35)) shelf.write(item, { host: '7.7.7.1' }, 0)
    for (const item of inside.slice(0, 5)) shelf.write(item, { host: '7.7.7.1' }, 0)
    expect(shelf.write(inside[5] as never, { host: '7.7.7.1' }, 0)).toMatchObject({ ok: true })
    expect([shelf.size, has(shelf, outside[19])]).toEqual([40, false])
    for (const item of inside.slice(6, 35))
      expect(shelf.write(item, { host: '7.7.7.1' }, 0)).toMatchObject({ ok: true })
    expect(outside.slice(0, 35).map((item) => has(shelf, item))).toEqual(Array.from({ length: 35 }, (_, n) => n >= 30))
    for (const item of inside.slice(35, 40))
      expect(shelf.write(item, { host: '7.7.7.1' }, 0)).toMatchObject({ ok: true })
    expect(shelf.write(inside[40] as never, { host: '7.7.7.1' }, 0)).toMatchObject({ code: 202 })
    expect(shelf.adopt({ item: outside[0] as never, age: 0 }, '6.6.6.1', 0)).toMatchObject({ code: 202 })
    expect(inside.slice(0, 40).every((item) => has(shelf, item))).toBe(true)
  })

  test('is shared evenly by networks: a new one finds room, down to as much as it has itself', () => {
    const shelf = make(100)
    for (const [n, item] of inside.slice(0, 100).entries()) shelf.write(item, { host: `9.9.${n % 2}.1` }, 0)
    const answers = inside.slice(100, 200).map((item) => shelf.write(item, { host: '7.7.7.1' }, 0).ok)
    expect(answers.filter(Boolean)).toHaveLength(33)
    expect(answers.slice(0, 33).every(Boolean)).toBe(true)
    // Of the others went what came last.
    expect(inside.slice(0, 66).every((item) => has(shelf, item))).toBe(true)
    expect(shelf.size).toBe(100)
  })

  test('filled by two networks with copies, or by five with writes, takes what an honest owner writes', () => {
    for (const networks of [2, 5]) {
      const shelf = make(1_000)
      for (const [n, item] of inside.entries()) {
        const host = `9.9.${n % networks}.1`
        if (networks === 2) shelf.adopt({ item, age: 0 }, host, 0)
        else shelf.write(item, { host }, 0)
      }
      for (const item of outside) shelf.adopt({ item, age: 0 }, '9.9.8.1', 0)
      expect(shelf.size).toBe(1_000)
      for (let n = 0; n < 20; n++) {
        const item = inside.at(-1 - n) as never
        shelf.drop(keyOf(item))
      }
      const honest = Array.from({ length: 60 }, (_, n) => text(`honest ${n}`)).filter((item) =>
        isInRange(range, keyOf(item)),
      )
      for (const item of honest) expect(shelf.write(item, { host: '7.7.7.1' }, 0)).toMatchObject({ ok: true })
      expect(honest.every((item) => has(shelf, item))).toBe(true)
    }
  })
})
