import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../../simulation/random.ts'
import {
  connectionToEvict,
  type EvictionCandidate,
  PROTECTED_BY_BLOCKS,
  PROTECTED_BY_NETGROUP,
  PROTECTED_BY_PING,
  PROTECTED_BY_TRANSACTIONS,
} from './inbound-eviction.ts'

const key = new Uint8Array(16).fill(5)
const PROTECTED = PROTECTED_BY_NETGROUP + PROTECTED_BY_PING + PROTECTED_BY_BLOCKS + PROTECTED_BY_TRANSACTIONS

function candidates(
  count: number,
  change: (i: number) => Partial<EvictionCandidate> = () => ({}),
): EvictionCandidate[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `peer ${i}`,
    netgroup: `10.${i}`,
    minimumPing: 100 + i,
    lastBlockAt: undefined,
    lastTransactionAt: undefined,
    connectedAt: i,
    ...change(i),
  }))
}

/** How many of the peers that `isSafe` names go when one after another does. */
function evictedOf(all: readonly EvictionCandidate[], isSafe: (id: string) => boolean): string[] {
  let left = [...all]
  const evicted: string[] = []
  for (let one = connectionToEvict(left, key); one !== undefined; one = connectionToEvict(left, key)) {
    evicted.push(one.id)
    left = left.filter((each) => each !== one)
  }
  return evicted.filter(isSafe)
}

describe('who makes room', () => {
  test('nobody while all are protected', () => {
    expect(connectionToEvict([], key)).toBeUndefined()
    expect(connectionToEvict(candidates(PROTECTED), key)).toBeUndefined()
    expect(connectionToEvict(candidates(PROTECTED + 1), key)).toBeDefined()
  })

  test('not those nearest, nor those that brought transactions or blocks last', () => {
    const all = candidates(100, (i) => ({
      minimumPing: i < PROTECTED_BY_PING ? i : 1_000 + i,
      lastTransactionAt: i >= 10 && i < 10 + PROTECTED_BY_TRANSACTIONS ? 9_000 + i : i,
      lastBlockAt: i >= 20 && i < 20 + PROTECTED_BY_BLOCKS ? 9_000 + i : undefined,
    }))
    const isSafe = (id: string) => {
      const i = Number(id.slice(5))
      return i < PROTECTED_BY_PING || (i >= 10 && i < 14) || (i >= 20 && i < 24)
    }
    expect(evictedOf(all, isSafe)).toEqual([])
  })

  test('the youngest of the network with most connections: an attacker drives out his own', () => {
    const honest = candidates(40)
    const flood = candidates(80, (i) => ({
      id: `attacker ${i}`,
      netgroup: '66.6',
      minimumPing: 50 + i,
      connectedAt: 1_000 + i,
    }))
    let all = [...honest, ...flood]
    for (let i = 0; i < 40; i++) {
      const one = connectionToEvict(all, key)
      expect(one?.id).toMatch(/^attacker/)
      all = all.filter((each) => each !== one)
    }
  })

  test('half of those that are left are safe by their age', () => {
    const random = SeededRandom.of(4)
    const all = candidates(60, (i) => ({ minimumPing: random.below(1_000), netgroup: '10.1', connectedAt: i }))
    const one = connectionToEvict(all, key)
    expect(one?.connectedAt).toBeGreaterThan((60 - PROTECTED) / 2)
  })
})
