import { expect, test } from 'vitest'
import { encodeBencode } from '../codec/bencode.ts'
import { signItem } from '../items/item.ts'
import { utf8 } from '../kernel/bytes.ts'
import type { MutableItem } from '../kernel/key-value-store.ts'
import { ItemReader } from './item-answer.ts'
import { mutableTarget, targetOf } from './item-target.ts'

const seed = new Uint8Array(32).fill(3)
const salt = utf8('salt')
const token = utf8('token')
const item = signItem(seed, { value: encodeBencode('value'), seq: 4n, salt })
const fields = ({ value, publicKey, signature, seq }: MutableItem) => ({ v: value, k: publicKey, sig: signature, seq })
const reader = () => new ItemReader(mutableTarget(item.publicKey, salt), salt)

test('a mutable item comes out as it was put in, the second time without another check', () => {
  const read = reader()
  const first = read.read({ token, ...fields(item) })
  expect(first).toEqual({ token, item, seq: 4n })
  expect(read.read(fields(item))?.item).toBe(first?.item)
})

test.each([
  ['another value', { ...fields(item), v: encodeBencode('forged') }],
  ['another seq', { ...fields(item), seq: 5n }],
  ['another key', { ...fields(item), k: new Uint8Array(32) }],
  ['no signature', { v: item.value, k: item.publicKey, seq: 4n }],
  ['no seq', { v: item.value, k: item.publicKey, sig: item.signature }],
  ['no key', { v: item.value }],
  ['a value that is too large', { ...fields(item), v: new Uint8Array(1_001) }],
])('%s is no item', (_what, answer) => {
  expect(reader().read({ token, ...answer })?.item).toBeUndefined()
})

test('the same under another salt or none is no item', () => {
  const { publicKey } = item
  expect(new ItemReader(mutableTarget(publicKey, salt)).read(fields(item))?.item).toBeUndefined()
  expect(new ItemReader(mutableTarget(publicKey, utf8('x')), utf8('x')).read(fields(item))?.item).toBeUndefined()
})

test('an immutable item is what has the hash', () => {
  const immutable = { kind: 'immutable', value: encodeBencode('hash me') } as const
  const read = new ItemReader(targetOf(immutable))
  expect(read.read({ v: immutable.value })?.item).toEqual(immutable)
  expect(read.read({ v: encodeBencode('something else') })).toBeUndefined()
  expect(read.read({})).toBeUndefined()
})
