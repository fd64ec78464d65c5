/** What every `ChainStore` promises, run against each of them. */
import { describe, expect, test } from 'vitest'
import { type Coin, hashKey } from '../coins/coin.ts'
import type { ChainStore, StoredHeader } from '../store/chain-store.ts'
import { outpointOf, RecordedChain, seededNumbers, storedHeader } from './recorded-chain.ts'

export interface ChainStoreBed {
  readonly store: ChainStore
  /** Closes the store and opens what it kept; undefined for one that keeps nothing. */
  reopen?(): ChainStore | Promise<ChainStore>
  close(): void | Promise<void>
}

const runs = process.env.SHOAL_LONG === '1' ? 30 : 3

export function expectCoins(store: ChainStore, coins: ReadonlyMap<string, Coin>): void {
  for (const [key, coin] of coins) expect(store.coins.coin(outpointOf(key))).toEqual(plain(coin))
}

function plain({ value, scriptPubKey, height, isCoinbase }: Coin): Coin {
  return { value, scriptPubKey, height, isCoinbase }
}

const headersOf = (store: ChainStore): StoredHeader[] => [...store.headers()]
const byHash = (store: ChainStore) => new Map(headersOf(store).map((header) => [hashKey(header.hash), header]))

export function testsOfChainStores(name: string, create: () => ChainStoreBed | Promise<ChainStoreBed>): void {
  const onStore = (work: (bed: ChainStoreBed) => void | Promise<void>) => async () => {
    const bed = await create()
    try {
      await work(bed)
    } finally {
      await bed.close()
    }
  }

  describe(`${name} as a ChainStore`, () => {
    test(
      'a new one has nothing',
      onStore(({ store }) => {
        const { chain } = new RecordedChain()
        expect(store.tip()).toBeUndefined()
        expect(headersOf(store)).toEqual([])
        expect(store.block(chain.tip.hash)).toBeUndefined()
        expect(store.spentBy(chain.tip.hash)).toBeUndefined()
        expect(store.coins.coin({ txid: chain.tip.hash, index: 0 })).toBeUndefined()
      }),
    )
    test('headers come back as they went in, parents first, with their standing and blocks', onStore(keepsHeaders))
    test('a commit changes coins, undo data and tip', onStore(commits))
    test('a reorganisation takes back what the old branch did', onStore(reorganises))
    for (let seed = 1; seed <= runs; seed++)
      test(
        `a random walk (seed ${seed}) ends with the coins of its chain at every step`,
        onStore((bed) => walk(bed, seed)),
      )
  })
}

async function keepsHeaders(bed: ChainStoreBed): Promise<void> {
  const recorded = new RecordedChain()
  for (let i = 0; i < 5; i++) recorded.mine()
  const { blocks } = recorded.chain
  const headers = blocks.map((block, height) => storedHeader(block, height))
  bed.store.addHeaders(headers.slice(0, 2))
  bed.store.addHeaders(headers.slice(2))
  expect(headersOf(bed.store)).toEqual(headers)
  const [, first, second, third] = blocks as [unknown, ...typeof blocks]
  if (!first || !second || !third) throw new Error('five blocks')
  bed.store.addBlock(second.hash, 2, second.bytes())
  bed.store.addBlock(second.hash, 2, second.bytes())
  bed.store.setStanding([second.hash, third.hash], 'bad')
  bed.store.setStanding([third.hash], 'good')
  const check = (store: ChainStore) => {
    expect(store.block(second.hash)).toEqual(second.bytes())
    expect(store.block(first.hash)).toBeUndefined()
    expect(headersOf(store).map(({ hasBlock }) => hasBlock)).toEqual([false, false, true, false, false, false])
    expect(headersOf(store).map(({ standing }) => standing)).toEqual(['good', 'good', 'bad', 'good', 'good', 'good'])
  }
  check(bed.store)
  if (bed.reopen) check(await bed.reopen())
}

async function commits(bed: ChainStoreBed): Promise<void> {
  const recorded = new RecordedChain()
  const random = seededNumbers(5)
  for (let i = 0; i < 12; i++) recorded.mineAtRandom(random)
  recorded.offer(bed.store)
  bed.store.commit(recorded.commitFrom(undefined))
  const check = (store: ChainStore) => {
    expect(store.tip()).toEqual(recorded.chain.tip.hash)
    expectCoins(store, recorded.chain.coins)
    for (const [height, { hash }] of recorded.chain.blocks.entries())
      expect(store.spentBy(hash)?.map((coins) => coins.map(plain))).toEqual(
        recorded.spentAt(height).map((coins) => coins.map(plain)),
      )
  }
  check(bed.store)
  if (bed.reopen) check(await bed.reopen())
}

async function reorganises(bed: ChainStoreBed): Promise<void> {
  const random = seededNumbers(9)
  const old = new RecordedChain()
  for (let i = 0; i < 15; i++) old.mineAtRandom(random)
  old.offer(bed.store)
  bed.store.commit(old.commitFrom(undefined))
  const better = old.fork(4)
  for (let i = 0; i < 14; i++) better.mineAtRandom(random)
  better.offer(bed.store, 5)
  bed.store.commit(better.commitFrom(old))
  const gone = new Map([...old.chain.coins].filter(([key]) => !better.chain.coins.has(key)))
  expect(gone.size).toBeGreaterThan(5)
  const check = (store: ChainStore) => {
    expect(store.tip()).toEqual(better.chain.tip.hash)
    expectCoins(store, better.chain.coins)
    for (const key of gone.keys()) expect(store.coins.coin(outpointOf(key))).toBeUndefined()
    expect(store.block(old.chain.tip.hash)).toEqual(old.chain.tip.bytes())
  }
  check(bed.store)
  const store = bed.reopen ? await bed.reopen() : bed.store
  check(store)
  // And back: blocks and their undo data are as good as before.
  const again = old.fork(old.height)
  for (let i = 0; i < 6; i++) again.mineAtRandom(random)
  again.offer(store, old.height + 1)
  store.commit(again.commitFrom(better))
  expectCoins(store, again.chain.coins)
  expect(store.spentBy(again.chain.tip.hash)).toBeDefined()
}

async function walk(bed: ChainStoreBed, seed: number): Promise<void> {
  const random = seededNumbers(seed)
  let { store } = bed
  let chain = new RecordedChain()
  chain.offer(store)
  store.commit(chain.commitFrom(undefined))
  const everSeen = new Set<string>()
  for (let step = 0; step < 25; step++) {
    const back = random(3) === 0 ? random(Math.min(chain.height, 6) + 1) : 0
    const next = chain.fork(chain.height - back)
    for (let n = random(3) + 1; n > 0; n--) next.mineAtRandom(random)
    next.offer(store, chain.height - back + 1)
    store.commit(next.commitFrom(chain))
    chain = next
    for (const key of chain.chain.coins.keys()) everSeen.add(key)
    expect(store.tip()).toEqual(chain.chain.tip.hash)
    if (bed.reopen && random(6) === 0) store = await bed.reopen()
    for (const key of everSeen) {
      const coin = chain.chain.coins.get(key)
      expect(store.coins.coin(outpointOf(key)), `seed ${seed}, step ${step}`).toEqual(coin && plain(coin))
    }
  }
  expect(byHash(store).get(hashKey(chain.chain.tip.hash))?.hasBlock).toBe(true)
}
