import { describe, expect, test } from 'vitest'
import { encodeBencode } from '../codec/bencode.ts'
import { isSigned } from './ed25519.ts'
import { signItem } from './item.ts'
import { copyOf, isGenuine, isSameVersion, newer, shapeFault, versionFault } from './item-rules.ts'

const seed = new Uint8Array(32).fill(7)
const salt = new Uint8Array(3).fill(1)
const item = signItem(seed, { value: encodeBencode('old'), seq: 4n, salt })

describe('what can be no item', () => {
  test.each([
    [205, { value: new Uint8Array(1_001) }],
    [207, { salt: new Uint8Array(65) }],
    [203, { seq: -1n }],
    [203, { seq: 2n ** 63n }],
    [203, { publicKey: new Uint8Array(31) }],
    [206, { signature: new Uint8Array(63) }],
  ])('%i', (code, wrong) => {
    expect(shapeFault(item)).toBeUndefined()
    expect(shapeFault({ ...item, ...wrong })?.code).toBe(code)
  })
})

test('what may replace what is stored', () => {
  const other = signItem(seed, { value: encodeBencode('other'), seq: 4n, salt })
  const next = signItem(seed, { value: encodeBencode('next'), seq: 5n, salt })
  expect(versionFault(item, undefined, 9n)).toBeUndefined()
  expect(versionFault(item, item, undefined)).toBeUndefined()
  expect(versionFault(other, item, undefined)?.code).toBe(302)
  expect(versionFault(item, next, undefined)?.code).toBe(302)
  expect(versionFault(next, item, 3n)?.code).toBe(301)
  expect(versionFault(next, item, 4n)).toBeUndefined()
})

test('the very same version needs no second check; anything else does', () => {
  expect(isSameVersion(item, copyOf(item))).toBe(true)
  expect(isSameVersion({ ...item, value: encodeBencode('odd') }, item)).toBe(false)
  expect(isGenuine(item, isSigned)).toBe(true)
  expect(isGenuine({ ...item, value: encodeBencode('odd') }, isSigned)).toBe(false)
})

test('the newest counts, the first of equals', () => {
  const newest = signItem(seed, { value: encodeBencode('new'), seq: 5n, salt })
  expect(newer(undefined, item)).toBe(item)
  expect(newer(item, undefined)).toBe(item)
  expect(newer(item, newest)).toBe(newest)
  expect(newer(newest, item)).toBe(newest)
  expect(newer(item, { ...item })).toBe(item)
})
