/** Modes, pruning and indexes: what a store keeps, what it costs to change that, and that the change is what was said. */
import { afterEach, describe, expect, test } from 'vitest'
import { basicFilterOf } from '../light/basic-filter.ts'
import { filterHashOf, filterHeaderOf } from '../light/filter-header.ts'
import { ZERO_HASH } from '../primitives/hashes.ts'
import { ChainStoreFolder, fill, randomChain } from '../test-support/chain-store-folder.ts'
import { RecordedChain, seededNumbers } from '../test-support/recorded-chain.ts'
import { expectCoins } from '../test-support/tests-of-chain-stores.ts'
import { encodeSpent } from './coin-encoding.ts'
import type { OpenChainStoreOptions } from './open-chain-store.ts'
import type { SqliteChainStore } from './sqlite-chain-store.ts'
import { BLOCKS_OF_STEP, MIN_KEPT_BLOCKS, PRUNED_BESIDE } from './store-limits.ts'

const long = longChain(700)
const short = randomChain(21, 90)
const folders: ChainStoreFolder[] = []
const stores: SqliteChainStore[] = []

afterEach(() => {
  for (const store of stores.splice(0)) store.close()
  for (const folder of folders.splice(0)) folder.remove()
})

/** Mostly empty blocks, with some random ones at the end. */
function longChain(blocks: number): RecordedChain {
  const recorded = new RecordedChain()
  const random = seededNumbers(4)
  for (let i = 0; i < blocks; i++) {
    if (i % 10 === 9) recorded.mineAtRandom(random)
    else recorded.mine()
  }
  return recorded
}

async function opened(folder: ChainStoreFolder, options: Partial<OpenChainStoreOptions> = {}) {
  const { store } = await folder.open(options)
  stores.push(store)
  return store
}

function newFolder(): ChainStoreFolder {
  const folder = new ChainStoreFolder()
  folders.push(folder)
  return folder
}

async function filled(recorded: RecordedChain, options: Partial<OpenChainStoreOptions> = {}) {
  const folder = newFolder()
  const store = await opened(folder, options)
  fill(store, recorded, 200)
  const reopen = (more: Partial<OpenChainStoreOptions> = {}) => {
    stores.splice(stores.indexOf(store), 1)
    store.close()
    return opened(folder, { ...options, ...more })
  }
  return { store, folder, reopen }
}

/** All of the upkeep. Gives the steps it took. */
function keepUp(store: SqliteChainStore): number {
  let steps = 1
  for (; store.upkeep(); steps++) if (steps > 10_000) throw new Error('the upkeep does not end')
  return steps
}

/** Heights of the best chain whose blocks and undo data are here. */
function keptHeights(store: SqliteChainStore, { chain }: RecordedChain): number[] {
  return chain.blocks.flatMap(({ hash }, height) => {
    const isKept = store.block(hash) !== undefined
    expect(store.spentBy(hash) !== undefined).toBe(isKept)
    return isKept ? [height] : []
  })
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

describe('a pruned store', () => {
  test(`keeps the newest ${MIN_KEPT_BLOCKS} blocks, not one more or less, whatever is asked below that`, async () => {
    const { store } = await filled(long, { mode: 'pruned', keep: { blocks: 10 } })
    keepUp(store)
    const lowest = long.height + 1 - MIN_KEPT_BLOCKS
    expect(keptHeights(store, long)).toEqual(range(lowest, long.height))
    expect(store.keptFrom).toBe(lowest)
    expectCoins(store, long.chain.coins)
    expect(store.areCoinsSound()).toBe(true)
    expect([...store.headers()].map(({ hasBlock }) => hasBlock)).toEqual(
      long.chain.blocks.map((_, height) => height >= lowest),
    )
  })

  test('follows the tip commit by commit without upkeep, a bounded number of blocks each', async () => {
    const { reopen } = await filled(long.fork(400))
    const pruned = await reopen({ mode: 'pruned', keep: { blocks: 300 } })
    expect(pruned.keptFrom).toBe(0)
    let before = long.fork(400)
    long.offer(pruned, 401)
    for (let height = 401; height <= 420; height++) {
      const next = long.fork(height)
      const from = pruned.keptFrom as number
      pruned.commit(next.commitFrom(before))
      before = next
      expect(pruned.keptFrom).toBe(Math.min(from + 1 + PRUNED_BESIDE, height + 1 - 300))
    }
    expect(pruned.keptFrom).toBe(121)
    expect(keptHeights(pruned, before)).toEqual(range(121, 420))
  })

  test('by size: as much as fits, and never fewer blocks than a reorganisation may need', async () => {
    const { store, reopen } = await filled(long)
    const all = store.sizes().blocks
    const bytes = all - 40_000
    const pruned = await reopen({ mode: 'pruned', keep: { bytes } })
    expect(keepUp(pruned)).toBeGreaterThan(2)
    expect(pruned.sizes().blocks).toBeLessThanOrEqual(bytes)
    const lowest = pruned.keptFrom as number
    const last = long.chain.blockAt(lowest - 1).size
    expect(pruned.sizes().blocks + last).toBeGreaterThan(bytes)
    expect(keptHeights(pruned, long)).toEqual(range(lowest, long.height))
  })

  test('by a size of nothing it keeps 288 blocks', async () => {
    const { store } = await filled(long, { mode: 'pruned', keep: { bytes: 0 } })
    keepUp(store)
    expect(keptHeights(store, long)).toEqual(range(long.height + 1 - MIN_KEPT_BLOCKS, long.height))
  })

  test('still goes back 288 blocks, and side branches go with the old blocks', async () => {
    const options = { mode: 'pruned', keep: { blocks: 288 } } as const
    const { store } = await filled(long, options)
    keepUp(store)
    const other = long.fork(long.height - MIN_KEPT_BLOCKS)
    for (let i = 0; i <= MIN_KEPT_BLOCKS; i++) other.mine({ extraNonce: 7 })
    other.offer(store, long.height - MIN_KEPT_BLOCKS + 1)
    store.commit(other.commitFrom(long))
    expectCoins(store, other.chain.coins)
    expect(store.areCoinsSound()).toBe(true)
    const next = other.fork(other.height)
    for (let i = 0; i < MIN_KEPT_BLOCKS + 10; i++) next.mine()
    next.offer(store, other.height + 1)
    store.commit(next.commitFrom(other))
    keepUp(store)
    expect(keptHeights(store, next)).toEqual(range(next.height + 1 - MIN_KEPT_BLOCKS, next.height))
    expect(keptHeights(store, long)).toEqual([])
    expect(store.sizes().undo).toBe(undoBytesOf(next, next.height + 1 - MIN_KEPT_BLOCKS))
  })

  test('serves all filters, and transactions from what it keeps', async () => {
    const { store } = await filled(long, { mode: 'pruned', keep: { blocks: 288 } })
    keepUp(store)
    expectFilters(store, long)
    const lowest = store.keptFrom as number
    expect(store.query((queries) => queries.transactionRange)).toEqual({ first: lowest, next: long.height + 1 })
    const place = (height: number) =>
      store.query((queries) => queries.transaction(long.chain.blockAt(height).transactions[0]?.txid as Uint8Array))
    expect(place(lowest - 1)).toBeUndefined()
    expect(place(lowest)).toEqual({ blockHash: long.chain.blockAt(lowest).hash, height: lowest, place: 0 })
    const [oldest] = store.query((queries) => queries.blocks(lowest - 1, 1))
    expect(oldest).toMatchObject({ height: lowest - 1, isKept: false, size: long.chain.blockAt(lowest - 1).size })
  })
})

function undoBytesOf(recorded: RecordedChain, from: number): number {
  return range(from, recorded.height).reduce((sum, height) => sum + encodeSpent(recorded.spentAt(height)).length, 0)
}

function expectFilters(store: SqliteChainStore, recorded: RecordedChain): void {
  let previous = ZERO_HASH
  for (const [height, block] of recorded.chain.blocks.entries()) {
    const scripts = recorded.spentAt(height).flatMap((coins) => coins.map(({ scriptPubKey }) => scriptPubKey))
    const filter = basicFilterOf(block, scripts).bytes
    previous = filterHeaderOf(filterHashOf(filter), previous)
    expect(store.filter(block.hash), `filter of block ${height}`).toEqual({ header: previous, filter })
    expect(store.filterHash(block.hash), `filter hash of block ${height}`).toEqual(filterHashOf(filter))
  }
}

describe('a change of mode', () => {
  test('to pruned: what is said to be freed is freed', async () => {
    const { store, reopen } = await filled(long)
    const before = store.sizes()
    const cost = store.costOf('pruned')
    expect(cost).toMatchObject({ downloadBlocks: 0, downloadBytes: 0, connectsAgain: 0 })
    store.setMode('pruned')
    keepUp(store)
    const after = store.sizes()
    expect(before.blocks - after.blocks).toBeLessThanOrEqual(cost.frees)
    const freed = before.blocks + before.undo - after.blocks - after.undo
    expect(Math.abs(freed - cost.frees)).toBeLessThan(cost.frees / 20)
    expect((await reopen({ mode: 'pruned' })).mode).toBe('pruned')
  })

  test('back to archive: all blocks are to be had and connected again, as was said', async () => {
    const { store } = await filled(long, { mode: 'pruned' })
    keepUp(store)
    const lowest = store.keptFrom as number
    const downloadBytes = long.chain.blocks.slice(0, lowest).reduce((sum, { size }) => sum + size, 0)
    expect(store.costOf('archive')).toEqual({
      ...{ frees: 0, downloadBlocks: lowest, downloadBytes },
      connectsAgain: long.height + 1,
    })
    store.setMode('archive')
    expect([store.tip(), store.keptFrom, store.rebuildTo]).toEqual([undefined, 0, long.height])
    expect([...store.headers()].filter(({ hasBlock }) => !hasBlock).map(({ height }) => height)).toEqual(
      range(0, lowest - 1),
    )
    fill(store, long, 200)
    keepUp(store)
    expect(keptHeights(store, long)).toEqual(range(0, long.height))
    expect(store.rebuildTo).toBeUndefined()
    expectFilters(store, long)
  })

  test('to archive before anything was pruned costs nothing', async () => {
    const { store } = await filled(short, { mode: 'pruned' })
    keepUp(store)
    expect(store.costOf('archive')).toEqual({ frees: 0, downloadBlocks: 0, downloadBytes: 0, connectsAgain: 0 })
    store.setMode('archive')
    expect(store.tip()).toEqual(short.chain.tip.hash)
  })

  test('to light: headers and filters stay, all else goes; and back', async () => {
    const { store, reopen } = await filled(short)
    const sizes = store.sizes()
    expect(store.costOf('light').frees).toBe(sizes.blocks + sizes.undo + sizes.coins)
    store.setMode('light')
    expect(keepUp(store)).toBeGreaterThanOrEqual(Math.floor(short.height / BLOCKS_OF_STEP))
    expect([store.tip(), store.keptFrom]).toEqual([undefined, undefined])
    expect(store.sizes()).toMatchObject({ blocks: 0, undo: 0, coins: 0 })
    expect(keptHeights(store, short)).toEqual([])
    expectFilters(store, short)
    const again = await reopen({ mode: 'light' })
    expect(again.costOf('archive')).toEqual({
      ...{ frees: 0, downloadBlocks: short.height + 1, downloadBytes: undefined },
      connectsAgain: short.height + 1,
    })
    again.setMode('archive')
    fill(again, short)
    expectCoins(again, short.chain.coins)
    expectFilters(again, short)
    expect(again.query((queries) => queries.transactionRange)).toEqual({ first: 0, next: short.height + 1 })
  })
})

describe('indexes', () => {
  const none = { transactions: false, filters: false }
  const both = { transactions: true, filters: true }

  test('turned on later are made from the blocks step by step, while the chain grows', async () => {
    const { store, reopen } = await filled(short, { indexes: none })
    expect(store.query((queries) => queries.transactionRange)).toBeUndefined()
    expect(store.filter(short.chain.tip.hash)).toBeUndefined()
    const indexed = await reopen({ indexes: both })
    expect(indexed.upkeep()).toBe(true)
    const next = short.fork(short.height)
    next.mineAtRandom(seededNumbers(3))
    next.offer(indexed, next.height)
    indexed.commit(next.commitFrom(short))
    keepUp(indexed)
    expectFilters(indexed, next)
    expect(indexed.query((queries) => queries.transactionRange)).toEqual({ first: 0, next: next.height + 1 })
    const whole = await filled(next)
    for (const table of ['tx', 'script', 'filter', 'indexed'])
      expect(rows(folders[0], table)).toEqual(rows(whole.folder, table))
  })

  test('turned off are removed', async () => {
    const { reopen } = await filled(short)
    const store = await reopen({ indexes: none })
    keepUp(store)
    expect(store.query((queries) => queries.transactionRange)).toBeUndefined()
    expect(
      store.query((queries) => queries.transaction(short.chain.tip.transactions[0]?.txid as Uint8Array)),
    ).toBeUndefined()
    expect(store.filter(short.chain.tip.hash)).toBeUndefined()
  })

  test('of a pruned store: transactions from the lowest block on; filters need all blocks', async () => {
    const options = { mode: 'pruned', keep: { blocks: 288 } } as const
    const { store, reopen } = await filled(long, { ...options, indexes: none })
    keepUp(store)
    const lowest = store.keptFrom as number
    const indexed = await reopen({ indexes: both })
    keepUp(indexed)
    expect(indexed.query((queries) => queries.transactionRange)).toEqual({ first: lowest, next: long.height + 1 })
    expect(indexed.filter(long.chain.tip.hash)).toBeUndefined()
  })
})

/** Of the database that was opened last in the folder. */
function rows(folder: ChainStoreFolder | undefined, table: string): unknown {
  return folder?.database?.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all()
}

describe('a rebuild', () => {
  test('forgets what was worked out, and comes to the same', async () => {
    const { store, folder } = await filled(short)
    const tables = ['coin', 'undo', 'best', 'tx', 'script', 'filter', 'indexed', 'state']
    const before = tables.map((table) => rows(folder, table))
    store.beginRebuild()
    expect([store.tip(), store.rebuildTo, store.state.coins]).toEqual([undefined, short.height, 0])
    expect(keptBlocks(store)).toBe(short.height + 1)
    store.commit(short.fork(40).commitFrom(undefined))
    expect(store.rebuildTo).toBe(short.height)
    store.commit(short.commitFrom(short.fork(40)))
    expect(store.rebuildTo).toBeUndefined()
    expect(tables.map((table) => rows(folder, table))).toEqual(before)
  })

  test('that was interrupted goes on where it was, and can be declared over', async () => {
    const { store, reopen } = await filled(short)
    store.beginRebuild()
    store.commit(short.fork(30).commitFrom(undefined))
    const again = await reopen()
    expect([again.tip(), again.rebuildTo]).toEqual([short.chain.blockAt(30).hash, short.height])
    again.endRebuild()
    expect(again.rebuildTo).toBeUndefined()
  })
})

function keptBlocks(store: SqliteChainStore): number {
  return [...store.headers()].filter(({ hasBlock }) => hasBlock).length
}

test('free space is given back to the disk in steps', async () => {
  const { store, folder } = await filled(short)
  folder.database?.exec('CREATE TABLE ballast (x); INSERT INTO ballast VALUES (zeroblob(60000000)); DROP TABLE ballast')
  const before = store.sizes()
  expect(before.free).toBeGreaterThan(50_000_000)
  expect(keepUp(store)).toBeGreaterThan(4)
  const after = store.sizes()
  expect(after.file).toBeLessThan(before.file - 40_000_000)
  expectCoins(store, short.chain.coins)
})
