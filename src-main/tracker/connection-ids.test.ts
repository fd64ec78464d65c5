import { expect, test } from 'vitest'
import type { Random } from '../kernel/random.ts'
import { ConnectionIds, KEY_LIFETIME } from './connection-ids.ts'

/** A different key each time. */
function counting(): Random {
  let n = 0
  return { bytes: (length) => new Uint8Array(length).fill(++n), below: () => 0 }
}

test('an id is good for its address, whatever the port, and for no other', () => {
  const ids = new ConnectionIds(counting(), 0)
  const id = ids.issue('10.0.0.1', 0)
  expect(id).toHaveLength(8)
  expect(ids.isValid(id, '10.0.0.1', 1)).toBe(true)
  expect(ids.isValid(id, '10.0.0.2', 1)).toBe(false)
  expect(ids.isValid(ids.issue('2001:db8::1', 0), '2001:db8::2', 0)).toBe(false)
  expect(ids.isValid(new Uint8Array(8), '10.0.0.1', 1)).toBe(false)
})

test('an id lives through one change of key and not through two', () => {
  const ids = new ConnectionIds(counting(), 0)
  const id = ids.issue('10.0.0.1', KEY_LIFETIME - 1)
  expect(ids.isValid(id, '10.0.0.1', KEY_LIFETIME)).toBe(true)
  expect(ids.isValid(id, '10.0.0.1', 2 * KEY_LIFETIME - 1)).toBe(true)
  expect(ids.isValid(id, '10.0.0.1', 2 * KEY_LIFETIME)).toBe(false)
})

test('an id does not outlive a long silence', () => {
  const ids = new ConnectionIds(counting(), 0)
  const id = ids.issue('10.0.0.1', 0)
  expect(ids.isValid(id, '10.0.0.1', 10 * KEY_LIFETIME)).toBe(false)
})
