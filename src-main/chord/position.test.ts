import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { contactAt, holdsItsPlace } from './contact.ts'
import { MAX_REMEMBERED, positionOf, rememberedPlaces, SLOTS } from './position.ts'

const sha1 = (...bytes: number[]) => createHash('sha1').update(Uint8Array.from(bytes)).digest('hex')

describe('the place of a host', () => {
  test('SHA-1 of four bytes of address and one of slot', () => {
    expect(String(positionOf('45.1.2.3', 0))).toBe(sha1(45, 1, 2, 3, 0))
    expect(String(positionOf('45.1.2.3', 63))).toBe(sha1(45, 1, 2, 3, 63))
  })

  test('IPv6 counts by its /64, IPv4 within IPv6 as itself', () => {
    expect(String(positionOf('2001:db8:1:2::5', 7))).toBe(sha1(0x20, 1, 0xd, 0xb8, 0, 1, 0, 2, 7))
    expect(String(positionOf('2001:db8:1:2:ffff::1', 7))).toBe(String(positionOf('2001:db8:1:2::5', 7)))
    expect(String(positionOf('2001:db8:1:3::5', 7))).not.toBe(String(positionOf('2001:db8:1:2::5', 7)))
    expect(String(positionOf('::ffff:45.1.2.3', 1))).toBe(String(positionOf('45.1.2.3', 1)))
  })

  test('an address has 64 places and no more', () => {
    const places = Array.from({ length: SLOTS }, (_, slot) => String(positionOf('45.1.2.3', slot)))
    expect(new Set(places).size).toBe(64)
    for (const slot of [64, -1, 0.5, Number.NaN]) expect(positionOf('45.1.2.3', slot)).toBeUndefined()
    for (const host of ['', 'example.org', '45.1.2', '45.1.2.256']) expect(positionOf(host, 0)).toBeUndefined()
  })
})

describe('places that are remembered', () => {
  test('are bounded, whoever names addresses, and the same each time', () => {
    const first = String(positionOf('45.1.2.3', 0))
    for (let i = 0; i < MAX_REMEMBERED + 100; i++) positionOf(`46.${i >> 8}.${i & 255}.1`, 0)
    expect(rememberedPlaces()).toBe(MAX_REMEMBERED)
    expect(String(positionOf('45.1.2.3', 0))).toBe(first)
    expect(positionOf('45.1.2.3', 0)).toBe(positionOf('45.1.2.3', 0))
  })

  test('of what is no place nothing is remembered', () => {
    const before = rememberedPlaces()
    for (const host of ['', 'example.org', '45.1.2.256']) positionOf(host, 0)
    positionOf('45.1.2.3', 64)
    expect(rememberedPlaces()).toBe(before)
  })
})

describe('a contact that others tell of', () => {
  const honest = contactAt({ host: '45.1.2.3', port: 6881 }, 5)

  test('holds its place where its address and slot put it', () => {
    expect(honest && holdsItsPlace(honest)).toBe(true)
  })

  test.each([
    ['another slot', { slot: 6 }],
    ['no slot', { slot: 64 }],
    ['another host', { endpoint: { host: '45.1.2.4', port: 6881 } }],
    ['no port', { endpoint: { host: '45.1.2.3', port: 0 } }],
    ['a port too large', { endpoint: { host: '45.1.2.3', port: 65_536 } }],
    ['a name', { endpoint: { host: 'example.org', port: 6881 } }],
    ['an address of many', contactAt({ host: '224.0.0.1', port: 6881 }, 5) ?? {}],
  ])('%s: refused', (_name, change) => {
    expect(honest && holdsItsPlace({ ...honest, ...change })).toBe(false)
  })
})
