/** What a store does when a commit makes no sense or the disk fails: nothing, and it says so. */
import { describe, expect, test } from 'vitest'
import { MINUTE } from '../../kernel/clock.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { basicFilterOf } from '../light/basic-filter.ts'
import { filterHashOf, filterHeaderOf } from '../light/filter-header.ts'
import { ZERO_HASH } from '../primitives/hashes.ts'
import { randomChain } from '../test-support/chain-store-folder.ts'
import { HASTY_NETWORK } from '../test-support/recorded-chain.ts'
import { expectCoins } from '../test-support/tests-of-chain-stores.ts'
import { openChainStore } from './open-chain-store.ts'
import type { SqliteChainStore } from './sqlite-chain-store.ts'

const recorded = randomChain(41, 30)
const start = recorded.fork(12)

async function onStore(
  work: (store: SqliteChainStore, refuse: (code: 'SQLITE_FULL' | 'SQLITE_IOERR' | undefined) => void) => void,
  mode: 'archive' | 'light' = 'archive',
): Promise<void> {
  const sim = new Simulation({ seed: 1 })
  const { databases, files } = sim.host()
  await sim.within(MINUTE, files.makeDirectory('/profile'))
  const { store } = await sim.within(
    MINUTE,
    openChainStore(
      { databases, files },
      {
        ...{ path: '/profile/chain.db', network: HASTY_NETWORK, mode, keep: { blocks: 288 } },
        indexes: { transactions: true, filters: true },
      },
    ),
  )
  work(store, (code) => databases.refuse(code))
  store.close()
  await sim.stop()
}

function expectUnchanged(store: SqliteChainStore): void {
  expect(store.tip()).toEqual(start.chain.tip.hash)
  expectCoins(store, start.chain.coins)
  expect(store.state.coins).toBe(start.chain.coins.size)
  expect(store.areCoinsSound()).toBe(true)
}

describe('a commit that does not follow from where the store stands', () => {
  const good = recorded.commitFrom(start)
  const [first, ...others] = good.connected
  if (first === undefined) throw new Error('blocks are connected')
  test.each([
    ['a gap', { ...good, connected: others }],
    ['the wrong order', { ...good, connected: [...good.connected].reverse() }],
    ['another height than that of its blocks', { ...good, tipHeight: good.tipHeight + 1 }],
    ['another tip than its last block', { ...good, tip: first.block.hash }],
    ['a tip without blocks', { ...good, connected: [] }],
    [
      'a disconnected block that is not the tip',
      { ...good, disconnected: [{ height: 5, hash: start.chain.blockAt(5).hash }] },
    ],
  ])('%s: it is refused as a whole', async (_name, commit) => {
    await onStore((store) => {
      recorded.offer(store)
      store.commit(start.commitFrom(undefined))
      expect(() => store.commit(commit)).toThrow(RangeError)
      expectUnchanged(store)
      store.commit(good)
      expectCoins(store, recorded.chain.coins)
    })
  })

  test('a block without its header is refused', async () => {
    await onStore((store) => {
      const { tip } = recorded.chain
      expect(() => store.addBlock(tip.hash, recorded.height, tip.bytes())).toThrow(RangeError)
    })
  })
})

describe('a disk that fails', () => {
  test.each([
    ['SQLITE_FULL', 'DISK_FULL'],
    ['SQLITE_IOERR', 'CANNOT_WRITE'],
  ] as const)('%s is %s: nothing is changed, and it works when the disk does', async (cause, code) => {
    await onStore((store, refuse) => {
      recorded.offer(store)
      store.commit(start.commitFrom(undefined))
      refuse(cause)
      const fails = expect.objectContaining({ code, message: expect.stringContaining('/profile/chain.db') })
      expect(() => store.commit(recorded.commitFrom(start))).toThrow(fails)
      expect(() => store.setStanding([start.chain.tip.hash], 'bad')).toThrow(fails)
      expect(() => store.beginRebuild()).toThrow(fails)
      expect(() => store.setMode('light')).toThrow(fails)
      expectUnchanged(store)
      expect([store.mode, store.rebuildTo]).toEqual(['archive', undefined])
      refuse(undefined)
      store.commit(recorded.commitFrom(start))
      expectCoins(store, recorded.chain.coins)
      expect(store.query((queries) => queries.transactionRange)).toEqual({ first: 0, next: recorded.height + 1 })
    })
  })
})

test('a light store keeps filters that were given, and headers of filters alone', async () => {
  await onStore((store) => {
    const { blocks } = recorded.chain
    recorded.offer(store)
    let previous = ZERO_HASH
    const filters = blocks.map((block, height) => {
      const scripts = recorded.spentAt(height).flatMap((coins) => coins.map(({ scriptPubKey }) => scriptPubKey))
      const filter = basicFilterOf(block, scripts).bytes
      previous = filterHeaderOf(filterHashOf(filter), previous)
      return { blockHash: block.hash, header: previous, filter }
    })
    store.addFilters(filters.map(({ blockHash, header }) => ({ blockHash, header, filter: undefined })))
    const tip = filters[recorded.height] as (typeof filters)[number]
    expect(store.filter(tip.blockHash)).toEqual({ header: tip.header, filter: undefined })
    store.addFilters([tip])
    store.addFilters([{ ...tip, filter: undefined }])
    expect(store.filter(tip.blockHash)).toEqual({ header: tip.header, filter: tip.filter })
    expect(() => store.addFilters([{ ...tip, blockHash: ZERO_HASH }])).toThrow(RangeError)
    expect(store.filter(ZERO_HASH)).toBeUndefined()
  }, 'light')
})
