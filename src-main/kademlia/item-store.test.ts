import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isSigned } from '../items/ed25519.ts'
import { MAX_SALT_BYTES, MAX_VALUE_BYTES, signItem } from '../items/item.ts'
import { fromHex, utf8 } from '../kernel/bytes.ts'
import type { ImmutableItem, MutableItem } from '../kernel/key-value-store.ts'
import { SeededRandom } from '../simulation/random.ts'
import { ITEM_LIFE, ItemStore, MAX_ITEMS, MAX_ITEMS_OF_NETWORK } from './item-store.ts'
import { targetOf } from './item-target.ts'
import { NodeId } from './node-id.ts'

const random = SeededRandom.of(41)
const self = NodeId.random(random)
const seed = random.bytes(32)
const from = { host: '1.2.3.4' }
const create = () => new ItemStore(self, isSigned)
const text = (value: string) => utf8(`${value.length}:${value}`)
const version = (seq: number, value = `v${seq}`, salt = '') =>
  signItem(seed, { salt: utf8(salt), seq: BigInt(seq), value: text(value) })
const immutable = (value: string): ImmutableItem => ({ kind: 'immutable', value: text(value) })
const code = (outcome: ReturnType<ItemStore['put']>) => (outcome.ok ? 'ok' : outcome.code)

describe('a put', () => {
  test('of the items of BEP 44 is accepted at their targets', () => {
    const store = create()
    const url = new URL('../../test/vectors/dht/bep44_items.json', import.meta.url)
    for (const vector of JSON.parse(readFileSync(url, 'utf8')).items) {
      const value = utf8(vector.v_bencoded)
      const item: ImmutableItem | MutableItem = vector.k
        ? {
            kind: 'mutable',
            value,
            publicKey: fromHex(vector.k),
            salt: utf8(vector.salt ?? ''),
            seq: BigInt(vector.seq),
            signature: fromHex(vector.sig),
          }
        : { kind: 'immutable', value }
      expect(store.put(item, from, 0)).toEqual({ ok: true, target: NodeId.fromHex(vector.target) })
      expect(store.get(NodeId.fromHex(vector.target), 0)).toEqual(item)
    }
    expect(store.size).toBe(3)
  })

  test('is refused with 205, 207, 206 or 203 for what is wrong with it', () => {
    const store = create()
    const item = version(1)
    const large = 'x'.repeat(MAX_VALUE_BYTES - 4)
    expect(code(store.put({ kind: 'immutable', value: text(large) }, from, 0))).toBe('ok')
    expect(code(store.put({ kind: 'immutable', value: text(`${large}x`) }, from, 0))).toBe(205)
    expect(code(store.put(version(1, 'v', 's'.repeat(MAX_SALT_BYTES)), from, 0))).toBe('ok')
    expect(code(store.put(version(1, 'v', 's'.repeat(MAX_SALT_BYTES + 1)), from, 0))).toBe(207)
    expect(code(store.put({ ...item, value: text('v2') }, from, 0))).toBe(206)
    expect(code(store.put({ ...item, salt: utf8('s') }, from, 0))).toBe(206)
    expect(code(store.put({ ...item, signature: item.signature.subarray(1) }, from, 0))).toBe(206)
    expect(code(store.put({ ...item, publicKey: item.publicKey.subarray(1) }, from, 0))).toBe(203)
    for (const seq of [-1n, 2n ** 63n]) expect(code(store.put({ ...item, seq }, from, 0))).toBe(203)
    expect(store.get(targetOf(item), 0)).toBeUndefined()
  })

  test('keeps its own copy', () => {
    const store = create()
    const item = immutable('first')
    const target = targetOf(item)
    store.put(item, from, 0)
    item.value.fill(0)
    expect(store.get(target, 0)).toEqual(immutable('first'))
  })
})

describe('versions', () => {
  const target = targetOf(version(0))

  test('only a higher one replaces, the same one again is welcome, another of the same number is not', () => {
    const store = create()
    expect(code(store.put(version(5), from, 0))).toBe('ok')
    expect(code(store.put(version(4), from, 0))).toBe(302)
    expect(code(store.put(version(5, 'other'), from, 0))).toBe(302)
    expect(code(store.put(version(5), from, 0))).toBe('ok')
    expect(code(store.put(version(6), from, 0))).toBe('ok')
    expect(store.get(target, 0)).toEqual(version(6))
  })

  test('with cas only if the stored one has that number; with nothing stored it does not matter', () => {
    const store = create()
    expect(code(store.put(version(5), { ...from, cas: 3n }, 0))).toBe('ok')
    expect(code(store.put(version(6), { ...from, cas: 4n }, 0))).toBe(301)
    expect(code(store.put(version(6), { ...from, cas: 5n }, 0))).toBe('ok')
  })

  test('one with a false signature does not replace', () => {
    const store = create()
    store.put(version(5), from, 0)
    expect(code(store.put({ ...version(6), signature: version(5).signature }, from, 0))).toBe(206)
    expect(store.get(target, 0)).toEqual(version(5))
  })

  test('the same again is not checked twice', () => {
    let checks = 0
    const store = new ItemStore(self, (...signed) => {
      checks++
      return isSigned(...signed)
    })
    for (let i = 0; i < 3; i++) store.put(version(5), from, i)
    expect(checks).toBe(1)
  })
})

describe('limits', () => {
  test('an item is forgotten two hours after it was last put', () => {
    const store = create()
    const target = targetOf(immutable('a'))
    store.put(immutable('a'), from, 0)
    store.put(immutable('a'), from, 10)
    expect(store.get(target, ITEM_LIFE + 9)).toBeDefined()
    expect(store.get(target, ITEM_LIFE + 10)).toBeUndefined()
    expect(store.size).toBe(1)
    store.expire(ITEM_LIFE + 10)
    expect(store.size).toBe(0)
  })

  test('one network may put so many, and more when they are forgotten', () => {
    const store = create()
    for (let n = 0; n < MAX_ITEMS_OF_NETWORK; n++) {
      expect(code(store.put(immutable(`n${n}`), { host: `1.2.3.${n}` }, 0))).toBe('ok')
    }
    expect(code(store.put(immutable('more'), { host: '1.2.3.250' }, 0))).toBe(202)
    expect(code(store.put(immutable('n0'), { host: '1.2.3.250' }, 0))).toBe('ok')
    expect(code(store.put(immutable('more'), { host: '1.2.4.1' }, 0))).toBe('ok')
    store.expire(ITEM_LIFE)
    expect(code(store.put(immutable('again'), { host: '1.2.3.250' }, ITEM_LIFE))).toBe('ok')
  })

  test('of all items the nearest to us stay', () => {
    const store = create()
    for (let n = 0; n < MAX_ITEMS + 200; n++) store.put(immutable(`n${n}`), { host: `1.${n >> 8}.${n & 255}.1` }, 0)
    expect(store.size).toBe(MAX_ITEMS)
    expect(store.list()).toHaveLength(MAX_ITEMS)
    const codes = new Set(
      Array.from({ length: 60 }, (_, n) => code(store.put(immutable(`m${n}`), { host: `2.0.${n}.1` }, 0))),
    )
    expect(codes).toEqual(new Set(['ok', 202]))
    expect(store.size).toBe(MAX_ITEMS)
  })
})
