import { describe, expect, test } from 'vitest'
import { HOUR } from '../kernel/clock.ts'
import { SeededRandom } from '../simulation/random.ts'
import type { NodeId } from './node-id.ts'
import { ID_LIFE } from './node-options.ts'
import { OwnId, SHORTEST_ID_LIFE } from './own-id.ts'
import { isSecureId, makeSecureId } from './secure-id.ts'

const random = SeededRandom.of(71)
const NOW = 1_800_000_000_000
const HOST = '45.6.7.8'
const savedAs = (id: NodeId, idSince = NOW - HOUR) => ({ id, idSince, contacts: [] })

describe('at the start', () => {
  test('a saved id is kept while it fits the address and is younger than 30 days', () => {
    const id = makeSecureId(HOST, random)
    const kept = new OwnId({ saved: savedAs(id), external: HOST }, random, NOW)
    expect([kept.current, kept.since]).toEqual([id, NOW - HOUR])
    expect(new OwnId({ saved: savedAs(id) }, random, NOW).current).toBe(id)
  })

  test.each([
    ['another address', { saved: savedAs(makeSecureId('99.1.1.1', random)), external: HOST }],
    ['30 days', { saved: savedAs(makeSecureId(HOST, random), NOW - ID_LIFE), external: HOST }],
    ['a time that has not come', { saved: savedAs(makeSecureId(HOST, random), NOW + 2 * HOUR), external: HOST }],
    ['nothing saved', { external: HOST }],
  ])('%s: a new one that fits', (_what, options) => {
    const own = new OwnId(options, random, NOW)
    expect('saved' in options && own.current.equals(options.saved.id)).toBe(false)
    expect(own.since).toBe(NOW)
    expect(isSecureId(own.current, HOST)).toBe(true)
  })
})

describe('later', () => {
  test('it changes with the address, at most once an hour', () => {
    const own = new OwnId({}, random, NOW)
    expect(own.renew(undefined, 0, NOW)).toBe(false)
    expect(own.renew(HOST, 0, NOW)).toBe(true)
    expect(isSecureId(own.current, HOST)).toBe(true)
    expect(own.renew(HOST, 0, NOW)).toBe(false)
    expect(own.renew('99.1.1.1', SHORTEST_ID_LIFE - 1, NOW)).toBe(false)
    expect(own.renew('99.1.1.1', SHORTEST_ID_LIFE, NOW)).toBe(true)
  })

  test('after 30 days in one run', () => {
    const own = new OwnId({ external: HOST }, random, NOW)
    const before = own.current
    expect(own.renew(HOST, 0, NOW + ID_LIFE - 1)).toBe(false)
    expect(own.renew(HOST, 0, NOW + ID_LIFE)).toBe(true)
    expect(own.current.equals(before)).toBe(false)
  })

  test('loopback and private addresses may have any', () => {
    const own = new OwnId({}, random, NOW)
    for (const host of ['127.0.0.1', '192.168.1.2', '10.0.0.1', '::1', 'fe80::1']) {
      expect(own.renew(host, 0, NOW)).toBe(false)
    }
  })
})
