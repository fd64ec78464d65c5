/** Hashes of filters are read and not worked out; a chain.db from before they were kept gets them step by step. */
import { afterEach, expect, test } from 'vitest'
import type { Database } from '../../kernel/database.ts'
import { filterHashOf } from '../light/filter-header.ts'
import { ChainStoreFolder, fill } from '../test-support/chain-store-folder.ts'
import { RecordedChain } from '../test-support/recorded-chain.ts'
import type { SqliteChainStore } from './sqlite-chain-store.ts'
import { FILTERS_OF_STEP } from './store-limits.ts'

const recorded = new RecordedChain()
const BLOCKS = 2 * FILTERS_OF_STEP + 20
for (let i = 1; i < BLOCKS; i++) recorded.mine()
const folders: ChainStoreFolder[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove()
})

async function filled(): Promise<{ folder: ChainStoreFolder; store: SqliteChainStore; db: Database }> {
  const folder = new ChainStoreFolder()
  folders.push(folder)
  const { store } = await folder.open()
  fill(store, recorded)
  return { folder, store, db: folder.database as Database }
}

const kept = (folder: ChainStoreFolder) =>
  Number(folder.database?.prepare('SELECT count(*) AS n FROM filter_hash').get()?.n)

function expectHashes(store: SqliteChainStore): void {
  for (const { hash } of recorded.chain.blocks) {
    const filter = store.filter(hash)?.filter
    expect(store.filterHash(hash)).toEqual(filter && filterHashOf(filter))
  }
}

test('a hash is kept with its filter, which is not read for it', async () => {
  const { folder, store, db } = await filled()
  expect(kept(folder)).toBe(BLOCKS)
  expectHashes(store)
  const hashes = recorded.chain.blocks.map(({ hash }) => store.filterHash(hash))
  expect(hashes.every((hash) => hash?.length === 32)).toBe(true)
  db.exec('UPDATE filter SET filter = NULL')
  expect(recorded.chain.blocks.map(({ hash }) => store.filterHash(hash))).toEqual(hashes)
  store.dropFilters(10)
  expect(kept(folder)).toBe(10)
  expect(store.filterHash(recorded.chain.blockAt(10).hash)).toBeUndefined()
  store.close()
})

test(`an older chain.db gets them by ${FILTERS_OF_STEP} in a step, goes on where it stopped, and gives them meanwhile`, async () => {
  const { folder, store, db } = await filled()
  db.exec('DROP TABLE filter_hash')
  db.setVersion(1)
  store.close()
  const first = (await folder.open()).store
  expect(kept(folder)).toBe(0)
  expectHashes(first)
  expect(first.upkeep()).toBe(true)
  expect(kept(folder)).toBe(FILTERS_OF_STEP)
  expectHashes(first)
  first.close()
  const second = (await folder.open()).store
  expect(second.upkeep()).toBe(true)
  expect(kept(folder)).toBe(2 * FILTERS_OF_STEP)
  while (second.upkeep());
  expect(kept(folder)).toBe(BLOCKS)
  expectHashes(second)
  expect(folder.database?.prepare("SELECT 1 FROM indexed WHERE name = 'filter-hashes'").get()).toBeUndefined()
  second.close()
})
