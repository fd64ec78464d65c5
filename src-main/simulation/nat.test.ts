import { describe, expect, test } from 'vitest'
import { DEFAULT_MAPPING_TIMEOUT, MAX_MAPPINGS, Nat, type NatKind } from './nat.ts'

const INSIDE = 6881
const friend = { host: '192.0.2.1', port: 10 }
const friendsOtherPort = { host: '192.0.2.1', port: 11 }
const stranger = { host: '192.0.2.2', port: 10 }

describe('who comes through after a packet to one friend', () => {
  test.each<[NatKind, boolean, boolean, boolean]>([
    ['full-cone', true, true, true],
    ['restricted', true, true, false],
    ['port-restricted', true, false, false],
    ['symmetric', true, false, false],
  ])('%s: the friend %s, from another port %s, a stranger %s', (kind, ...expected) => {
    const nat = new Nat({ kind })
    const outside = nat.outgoing(INSIDE, friend, 0)
    const through = [friend, friendsOtherPort, stranger].map((from) => nat.incoming(outside, from, 1) === INSIDE)
    expect(through).toEqual(expected)
    expect(nat.incoming(outside + 1, friend, 1)).toBeUndefined()
  })
})

test('nothing comes in before something went out', () => {
  for (const kind of ['full-cone', 'restricted', 'port-restricted', 'symmetric'] as const) {
    expect(new Nat({ kind }).incoming(INSIDE, friend, 0)).toBeUndefined()
  }
})

test('a cone shows one port to all, a symmetric router another one to each', () => {
  const cone = new Nat({ kind: 'restricted' })
  expect([cone.outgoing(INSIDE, friend, 0), cone.outgoing(INSIDE, stranger, 0)]).toEqual([INSIDE, INSIDE])
  const symmetric = new Nat({ kind: 'symmetric' })
  const ports = [friend, friendsOtherPort, stranger, friend].map((to) => symmetric.outgoing(INSIDE, to, 0))
  expect(new Set(ports).size).toBe(3)
  expect(ports[3]).toBe(ports[0])
})

describe('a mapping', () => {
  test('lasts from the last packet that went out; what comes in does not prolong it', () => {
    for (const kind of ['full-cone', 'symmetric'] as const) {
      const nat = new Nat({ kind })
      const outside = nat.outgoing(INSIDE, friend, 0)
      const atTheEnd = DEFAULT_MAPPING_TIMEOUT - 1
      expect(nat.incoming(outside, friend, atTheEnd)).toBe(INSIDE)
      expect(nat.incoming(outside, friend, atTheEnd + 1)).toBeUndefined()
      expect(nat.outgoing(INSIDE, friend, atTheEnd)).toBe(outside)
      expect(nat.incoming(outside, friend, 2 * DEFAULT_MAPPING_TIMEOUT - 2)).toBe(INSIDE)
    }
  })

  test('of a restricted router lets each address in for its own time', () => {
    const nat = new Nat({ kind: 'restricted', timeout: 100 })
    const outside = nat.outgoing(INSIDE, friend, 0)
    nat.outgoing(INSIDE, stranger, 60)
    expect(nat.incoming(outside, friend, 99)).toBe(INSIDE)
    expect(nat.incoming(outside, friend, 100)).toBeUndefined()
    expect(nat.incoming(outside, stranger, 159)).toBe(INSIDE)
  })

  test('that has run out gets another port from a symmetric router', () => {
    const nat = new Nat({ kind: 'symmetric', timeout: 100 })
    const before = nat.outgoing(INSIDE, friend, 0)
    const after = nat.outgoing(INSIDE, friend, 100)
    expect(after).not.toBe(before)
    expect(nat.incoming(before, friend, 101)).toBeUndefined()
    expect(nat.incoming(after, friend, 101)).toBe(INSIDE)
  })
})

describe('is bounded', () => {
  const other = (n: number) => ({ host: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, port: 1 })

  test('in mappings: the one unused for longest goes', () => {
    const nat = new Nat({ kind: 'symmetric' })
    const kept = nat.outgoing(INSIDE, friend, 0)
    const lost = nat.outgoing(INSIDE, stranger, 0)
    for (let n = 0; n < MAX_MAPPINGS - 1; n++) {
      nat.outgoing(INSIDE, friend, 0)
      nat.outgoing(INSIDE, other(n), 0)
    }
    expect(nat.size).toBe(MAX_MAPPINGS)
    expect(nat.incoming(kept, friend, 1)).toBe(INSIDE)
    expect(nat.incoming(lost, stranger, 1)).toBeUndefined()
  })

  test('in addresses that one mapping lets in', () => {
    const nat = new Nat({ kind: 'restricted' })
    nat.outgoing(INSIDE, friend, 0)
    for (let n = 0; n < MAX_MAPPINGS; n++) nat.outgoing(INSIDE, other(n), 0)
    expect(nat.incoming(INSIDE, friend, 1)).toBeUndefined()
    expect(nat.incoming(INSIDE, other(0), 1)).toBe(INSIDE)
  })
})
