import { describe, expect, test } from 'vitest'
import { type Coin, outpointKey } from '../coins/coin.ts'
import type { Outpoint } from '../primitives/transaction.ts'
import { seededNumbers } from '../test-support/recorded-chain.ts'
import { CoinCache } from './coin-cache.ts'

const outpoint = (n: number): Outpoint => ({ txid: new Uint8Array(32).fill(7), index: n })
const key = (n: number) => outpointKey(outpoint(n))
const coin = (height: number): Coin => ({
  value: BigInt(height),
  scriptPubKey: new Uint8Array(25),
  height,
  isCoinbase: false,
})

function over(stored: Map<string, Coin>, limit = 100_000) {
  let reads = 0
  const source = {
    coin: (at: Outpoint) => {
      reads++
      return stored.get(outpointKey(at))
    },
  }
  return { cache: new CoinCache(source, limit), reads: () => reads }
}

describe('the coin cache', () => {
  test('a coin that is made and spent leaves nothing, one of the store leaves a note', () => {
    const { cache } = over(new Map([[key(1), coin(1)]]))
    cache.connect(new Map([[key(2), coin(2)]]))
    cache.connect(
      new Map([
        [key(1), undefined],
        [key(2), undefined],
      ]),
    )
    expect([...cache.changes]).toEqual([[key(1), undefined]])
    expect([1, 2].map((n) => cache.coin(outpoint(n)))).toEqual([undefined, undefined])
    expect(cache.changedBytes).toBeGreaterThan(0)
    cache.committed()
    expect([cache.changes.size, cache.changedBytes]).toEqual([0, 0])
  })

  test('a coin that comes back by a disconnected block is noted when it is spent again', () => {
    const stored = new Map([[key(1), coin(1)]])
    const { cache } = over(stored)
    cache.connect(new Map([[key(1), undefined]]))
    cache.disconnect(new Map([[key(1), coin(1)]]))
    expect(cache.coin(outpoint(1))).toEqual(coin(1))
    cache.connect(new Map([[key(1), undefined]]))
    expect([...cache.changes]).toEqual([[key(1), undefined]])
  })

  test('asks the store once for what it reads again, and forgets the oldest beyond its share', () => {
    const stored = new Map(Array.from({ length: 200 }, (_, n) => [key(n), coin(n)] as const))
    const { cache, reads } = over(stored, 40_000)
    cache.coin(outpoint(0))
    cache.coin(outpoint(0))
    expect(reads()).toBe(1)
    for (let n = 0; n < 200; n++) cache.coin(outpoint(n))
    expect(cache.readBytes).toBeLessThanOrEqual(10_000)
    expect(reads()).toBe(200)
    cache.coin(outpoint(199))
    expect(reads()).toBe(200)
    cache.coin(outpoint(0))
    expect(reads()).toBe(201)
  })

  test('over a store that it is committed to now and then, is like one map of all coins', () => {
    const below = seededNumbers(5)
    const stored = new Map<string, Coin>()
    const all = new Map<string, Coin>()
    const { cache } = over(stored, 3_000)
    for (let step = 1; step < 3_000; step++) {
      const n = below(40)
      if (below(3) === 0) expect(cache.coin(outpoint(n))).toEqual(all.get(key(n)))
      const next = all.has(key(n)) ? undefined : coin(step)
      // A coin that is new to the chain comes by a block that connects; any change may come by one that is taken back.
      if (below(2) === 0) cache.connect(new Map([[key(n), next]]))
      else cache.disconnect(new Map([[key(n), next]]))
      if (next) all.set(key(n), next)
      else all.delete(key(n))
      if (below(30) > 0) continue
      for (const [at, changed] of cache.changes) changed ? stored.set(at, changed) : stored.delete(at)
      cache.committed()
      expect(stored).toEqual(all)
    }
  })
})
