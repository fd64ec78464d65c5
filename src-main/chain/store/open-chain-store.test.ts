/** Opening chain.db on a real disk: sound, interrupted, damaged, of others. */
import { crc32 } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { networks } from '../consensus/networks.ts'
import { ChainStoreFolder, fill, randomChain } from '../test-support/chain-store-folder.ts'
import type { RecordedChain } from '../test-support/recorded-chain.ts'
import { seededNumbers } from '../test-support/recorded-chain.ts'
import { expectCoins } from '../test-support/tests-of-chain-stores.ts'
import type { OpenedChainStore } from './open-chain-store.ts'
import type { SqliteChainStore } from './sqlite-chain-store.ts'
import { MAX_KEPT_DAMAGED } from './store-limits.ts'

const PAGE_BYTES = 4_096
const runs = process.env.SHOAL_LONG === '1' ? 200 : 12
const recorded = randomChain(11, 120)
const folders: ChainStoreFolder[] = []

afterAll(() => {
  for (const folder of folders) folder.remove()
})

function newFolder(): ChainStoreFolder {
  const folder = new ChainStoreFolder()
  folders.push(folder)
  return folder
}

async function filledFolder(): Promise<ChainStoreFolder> {
  const folder = newFolder()
  const { store } = await folder.open()
  fill(store, recorded)
  store.close()
  return folder
}

function expectWhole(store: SqliteChainStore, chain: RecordedChain = recorded): void {
  expect(store.tip()).toEqual(chain.chain.tip.hash)
  expectCoins(store, chain.chain.coins)
  expect(store.query((queries) => queries.totals())).toEqual({
    height: chain.height,
    coins: chain.chain.coins.size,
    supply: [...chain.chain.coins.values()].reduce((sum, { value }) => sum + value, 0n),
  })
  expect(store.areCoinsSound()).toBe(true)
}

/** Whether it was damaged; all that is left of the chain is right, and the rest can be connected again. */
function expectMended({ store, damage }: OpenedChainStore): boolean {
  if (damage === undefined) {
    expectWhole(store)
    return false
  }
  expect(store.tip()).toBeUndefined()
  for (const { hash, height, hasBlock } of store.headers()) {
    const block = recorded.chain.blockAt(height)
    expect(hash).toEqual(block.hash)
    if (hasBlock) expect(store.block(hash)).toEqual(block.bytes())
  }
  fill(store, recorded)
  expectWhole(store)
  return true
}

describe('a sound chain.db', () => {
  test('says whether it ended cleanly, and is what it was', async () => {
    const folder = await filledFolder()
    expect(folder.names()).toEqual(['chain.db'])
    const first = await folder.open()
    expect([first.endedCleanly, first.damage]).toEqual([true, undefined])
    const killed = folder.copy()
    expect(killed.names()).toContain('chain.db-wal')
    expectWhole(first.store)
    first.store.close()
    const second = await killed.open()
    expect([second.endedCleanly, second.damage]).toEqual([false, undefined])
    expectWhole(second.store)
    second.store.close()
  })

  test('killed after commits: what was committed is there', async () => {
    const folder = newFolder()
    const { store } = await folder.open()
    fill(store, recorded)
    const killed = await folder.copy().open()
    expect(killed.endedCleanly).toBe(false)
    expectWhole(killed.store)
    killed.store.close()
    store.close()
  })
})

describe('a chain.db of others stays as it is', () => {
  test('of a newer Shoal', async () => {
    const folder = await filledFolder()
    await folder.open()
    folder.database?.setVersion(99)
    folder.database?.close()
    const before = folder.read()
    await expect(folder.open()).rejects.toMatchObject({ code: 'NEWER_THAN_APP', fault: { found: 99 } })
    expect(folder.read().equals(before)).toBe(true)
  })

  test('of another network', async () => {
    const folder = await filledFolder()
    const before = folder.read()
    await expect(folder.open({ network: networks.test })).rejects.toMatchObject({ code: 'WRONG_NETWORK' })
    expect(folder.read().equals(before)).toBe(true)
    const { store } = await folder.open()
    expectWhole(store)
    store.close()
  })

  test('a folder that is not there', async () => {
    const folder = newFolder()
    await expect(folder.open({ path: `${folder.folder}/missing/chain.db` })).rejects.toMatchObject({
      code: 'CANNOT_OPEN',
    })
  })
})

describe('a damaged chain.db', () => {
  test('pages overwritten and bytes changed anywhere: it is sound, or mended with nothing wrong in it', async () => {
    const source = await filledFolder()
    const { store } = await source.open()
    // As after a power cut that took the log: the whole database is looked at.
    const folder = source.copy()
    folder.remove('chain.db-wal')
    store.close()
    const random = seededNumbers(3)
    let damaged = 0
    for (let run = 0; run < runs; run++) {
      const copy = folder.copy()
      const bytes = copy.read()
      const pages = bytes.length / PAGE_BYTES
      for (let n = 1 + random(3); n > 0; n--) {
        const page = random(pages)
        if (run % 2 === 0) bytes.fill(random(256), page * PAGE_BYTES + random(64), (page + 1) * PAGE_BYTES)
        else
          for (let flips = random(20); flips >= 0; flips--) bytes[page * PAGE_BYTES + random(PAGE_BYTES)] = random(256)
      }
      copy.write(bytes)
      const opened = await copy.open()
      if (expectMended(opened)) damaged++
      opened.store.close()
      copy.remove()
    }
    expect(damaged).toBeGreaterThan(runs / 3)
  })

  test.each([
    ['cut in the middle', (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 2))],
    ['cut within a page', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1_000)],
    ['only its first page', (bytes: Buffer) => bytes.subarray(0, PAGE_BYTES)],
    ['no database at all', () => Buffer.from('no database '.repeat(1_000))],
    ['zeros', (bytes: Buffer) => Buffer.alloc(bytes.length)],
    ['its first page without a version', (bytes: Buffer) => bytes.fill(0, 60, 64)],
  ])('%s', async (_name, damage) => {
    const folder = await filledFolder()
    folder.write(damage(folder.read()))
    const opened = await folder.open()
    expect(opened.damage?.movedTo).toBe(`${folder.path}.damaged-1`)
    expect(opened.endedCleanly).toBe(false)
    expect(expectMended(opened)).toBe(true)
    opened.store.close()
    const again = await folder.open()
    expect([again.endedCleanly, again.damage]).toEqual([true, undefined])
    expectWhole(again.store)
    again.store.close()
  })

  test('an empty file is a new store', async () => {
    const folder = await filledFolder()
    folder.write(new Uint8Array(0))
    const { store, damage } = await folder.open()
    expect([damage, store.tip()]).toEqual([undefined, undefined])
    store.close()
  })

  test('the coins alone: headers and blocks are all kept', async () => {
    const folder = await filledFolder()
    await folder.open()
    folder.database?.exec('UPDATE coin SET coin = zeroblob(3) WHERE outpoint = (SELECT max(outpoint) FROM coin)')
    folder.database?.close()
    folder.remove('chain.db-wal')
    const { store, damage } = await folder.open()
    expect(damage).toMatchObject({ headers: recorded.height + 1, blocks: recorded.height + 1, incomplete: false })
    expect(store.rebuildTo).toBe(recorded.height)
    store.commit(recorded.commitFrom(undefined))
    expect(store.rebuildTo).toBeUndefined()
    expectWhole(store)
    store.close()
  })

  test('a block that was changed in place is left out, its header is kept', async () => {
    const folder = await filledFolder()
    await folder.open()
    const { hash } = recorded.chain.blockAt(50)
    const id = 'SELECT id FROM header WHERE hash = ?'
    const bytes = recorded.chain.blockAt(50).bytes().slice()
    bytes[bytes.length - 1] = 0xff
    folder.database
      ?.prepare(`UPDATE block SET bytes = ?, checksum = ? WHERE header = (${id})`)
      .run(bytes, crc32(bytes), hash)
    folder.database?.exec("UPDATE state SET suspect = 'found while it was used'")
    folder.database?.close()
    const { store, damage } = await folder.open()
    expect(damage).toMatchObject({
      cause: 'found while it was used',
      headers: recorded.height + 1,
      blocks: recorded.height,
      incomplete: true,
    })
    expect(store.block(hash)).toBeUndefined()
    store.close()
  })

  test('damage that is met while it is used is remembered for the next opening', async () => {
    const folder = await filledFolder()
    const { store } = await folder.open()
    folder.database?.exec("UPDATE undo SET bytes = x'ffff'")
    expect(() => store.spentBy(recorded.chain.tip.hash)).toThrow(expect.objectContaining({ code: 'DAMAGED' }))
    store.close()
    const again = await folder.open()
    expect(again.damage).toMatchObject({ blocks: recorded.height + 1 })
    expect(expectMended(again)).toBe(true)
    again.store.close()
  })

  test('without the log of a run that did not end: seen, whatever is missing', async () => {
    const folder = await filledFolder()
    const shorter = recorded.fork(100)
    const longer = shorter.fork(100)
    const random = seededNumbers(77)
    for (let i = 0; i < 30; i++) longer.mineAtRandom(random)
    const { store } = await folder.open()
    longer.offer(store, 101)
    store.commit(longer.commitFrom(recorded))
    const killed = folder.copy()
    killed.remove('chain.db-wal')
    store.close()
    const opened = await killed.open()
    expect(opened.endedCleanly).toBe(false)
    expectMended(opened)
    opened.store.close()
  })

  test(`at most ${MAX_KEPT_DAMAGED} damaged ones are kept, the newest`, async () => {
    const folder = await filledFolder()
    for (let n = 1; n <= MAX_KEPT_DAMAGED + 2; n++) {
      folder.write(Buffer.from(`no database ${n} `.repeat(500)))
      const { store, damage } = await folder.open()
      expect(damage?.movedTo).toBe(`${folder.path}.damaged-${n}`)
      store.close()
    }
    const kept = Array.from({ length: MAX_KEPT_DAMAGED }, (_, i) => `chain.db.damaged-${i + 3}`)
    expect(folder.names()).toEqual(['chain.db', ...kept])
  })

  test('a replacing that was cut off between its renames is finished, without the old log', async () => {
    const folder = await filledFolder()
    folder.write(folder.read(), 'chain.db.salvage')
    folder.write(folder.read(), 'chain.db.damaged-7')
    folder.remove('chain.db')
    folder.write(new Uint8Array(5_000).fill(3), 'chain.db-wal')
    const { store } = await folder.open()
    expectWhole(store)
    store.close()
    expect(folder.names()).toEqual(['chain.db', 'chain.db.damaged-7', 'chain.db.damaged-7-wal'])
  })

  test('a repair that is stopped begins anew', async () => {
    const folder = await filledFolder()
    const stop = new Error('stopped')
    const told: unknown[] = []
    folder.write(folder.read().subarray(0, -100))
    await expect(
      folder.open({
        progress: () => {
          throw stop
        },
      }),
    ).rejects.toBe(stop)
    const opened = await folder.open({ progress: (done) => void told.push(done) })
    expect(told.length).toBeGreaterThan(0)
    expect(expectMended(opened)).toBe(true)
    opened.store.close()
  })
})

describe('a disk without room', () => {
  test('the commit fails as a whole, and works later', async () => {
    const folder = newFolder()
    const { store } = await folder.open()
    const start = recorded.fork(10)
    start.offer(store)
    store.commit(start.commitFrom(undefined))
    recorded.offer(store, 11)
    folder.database?.exec('PRAGMA max_page_count = 1')
    const commit = recorded.commitFrom(start)
    for (let attempt = 0; attempt < 3; attempt++)
      expect(() => store.commit(commit)).toThrow(expect.objectContaining({ code: 'DISK_FULL' }))
    expectWhole(store, start)
    expect(store.query((queries) => queries.transactionRange)).toEqual({ first: 0, next: 11 })
    folder.database?.exec('PRAGMA max_page_count = 1000000')
    store.commit(commit)
    expectWhole(store)
    store.close()
    const again = await folder.open()
    expectWhole(again.store)
    again.store.close()
  })
})
