/** What reaches the store, when, and what is left after a crash or a store that fails. */
import { describe, expect, test } from 'vitest'
import type { Millis } from '../../kernel/clock.ts'
import { networks } from '../consensus/networks.ts'
import type { Block } from '../primitives/block.ts'
import type { ChainCommit } from '../store/chain-store.ts'
import { MemoryChainStore } from '../store/memory-chain-store.ts'
import { differences, openChainstate, SteppedClock } from '../test-support/chainstate-bed.ts'
import { HASTY_NETWORK } from '../test-support/recorded-chain.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { ANYONE_CAN_SPEND, spendCoins } from '../test-support/test-keys.ts'
import type { Chainstate } from './chainstate.ts'
import { IDLE_COMMIT_DELAY, MAX_COMMIT_DELAY, RETRY_DELAY } from './commit-schedule.ts'
import { MAX_UNCOMMITTED_BLOCKS } from './uncommitted-blocks.ts'

const network = HASTY_NETWORK

/** Counts commits, and fails at the write that it is told. */
class FailingStore extends MemoryChainStore {
  commits: ChainCommit[] = []
  /** Writes that still succeed. */
  left = Infinity

  override addHeaders(...given: Parameters<MemoryChainStore['addHeaders']>): void {
    this.#write()
    super.addHeaders(...given)
  }

  override addBlock(...given: Parameters<MemoryChainStore['addBlock']>): void {
    this.#write()
    super.addBlock(...given)
  }

  override setStanding(...given: Parameters<MemoryChainStore['setStanding']>): void {
    this.#write()
    super.setStanding(...given)
  }

  override commit(commit: ChainCommit): void {
    this.#write()
    super.commit(commit)
    this.commits.push({
      ...commit,
      coins: new Map(commit.coins),
      connected: [...commit.connected],
      disconnected: [...commit.disconnected],
    })
  }

  #write(): void {
    if (this.left-- <= 0) throw Object.assign(new Error('no room'), { code: 'DISK_FULL' })
  }
}

async function take(chainstate: Chainstate, blocks: readonly Block[]): Promise<void> {
  for (const block of blocks) await chainstate.acceptBlock(block, 'peer', true)
}

/** Lets turns that a timer has asked for come. */
async function pass(clock: SteppedClock, time: Millis, chainstate: Chainstate): Promise<void> {
  clock.advance(time)
  await chainstate.flush().catch(() => undefined)
}

function chainOf(count: number): TestChain {
  const chain = new TestChain(network)
  for (let i = 0; i < count; i++) {
    const reward = i > 0 ? chain.reward(i) : undefined
    const spend = reward && spendCoins([reward], [{ value: 5n, scriptPubKey: ANYONE_CAN_SPEND }])
    chain.mine(spend && i % 2 === 1 ? { transactions: [spend] } : {})
  }
  return chain
}

describe('commits', () => {
  test('come a while after a change at the tip, and a coin that came and went leaves no trace', async () => {
    const chain = chainOf(4)
    const store = new FailingStore()
    const clock = new SteppedClock(chain.tip.header.time)
    const chainstate = await openChainstate({ network, store, clock })
    await take(chainstate, chain.blocks.slice(1))
    expect(chainstate.phase).toBe('synced')
    expect([store.commits.length, clock.waiting]).toEqual([1, 1])
    // Several came at once: there may be more.
    clock.advance(IDLE_COMMIT_DELAY)
    clock.advance(IDLE_COMMIT_DELAY)
    await Promise.resolve()
    expect(store.commits).toHaveLength(2)
    const last = store.commits.at(-1) as ChainCommit
    expect([last.tipHeight, last.connected.length, last.disconnected.length]).toEqual([4, 4, 0])
    expect([...last.coins.values()].filter((coin) => coin === undefined)).toEqual([])
    expect(store.allCoins()).toEqual(chain.coins)
    expect(clock.waiting).toBe(0)
  })

  test('wait while a bulk of blocks comes in, until it pauses', async () => {
    const chain = chainOf(3)
    const store = new FailingStore()
    const maxTipAge = 60
    const clock = new SteppedClock(chain.tip.header.time + 2 * maxTipAge)
    const chainstate = await openChainstate({ network: { ...network, maxTipAge }, store, clock })
    await take(chainstate, chain.blocks.slice(1))
    clock.advance(IDLE_COMMIT_DELAY)
    await Promise.resolve()
    expect(store.commits).toHaveLength(1)
    clock.advance(IDLE_COMMIT_DELAY)
    await Promise.resolve()
    expect(store.commits).toHaveLength(2)
  })

  test('come at the latest after a while where blocks at the tip keep coming', async () => {
    const chain = chainOf(40)
    const store = new FailingStore()
    const clock = new SteppedClock(chain.tip.header.time)
    const chainstate = await openChainstate({ network, store, clock })
    let waited = 0
    for (const block of chain.blocks.slice(1)) {
      await take(chainstate, [block])
      if (store.commits.length > 1) break
      clock.advance(IDLE_COMMIT_DELAY / 2)
      waited += IDLE_COMMIT_DELAY / 2
      await Promise.resolve()
    }
    expect(store.commits.length).toBe(2)
    expect(waited).toBeGreaterThanOrEqual(MAX_COMMIT_DELAY)
    expect(waited).toBeLessThanOrEqual(MAX_COMMIT_DELAY + 2 * IDLE_COMMIT_DELAY)
  })

  test('come at once where the blocks that wait are many, or take much memory', async () => {
    const chain = new TestChain(networks.local)
    chain.mineMany(MAX_UNCOMMITTED_BLOCKS)
    const store = new FailingStore()
    await take(await openChainstate({ store }), chain.blocks.slice(1))
    expect(store.commits.map(({ tipHeight }) => tipHeight)).toEqual([0, MAX_UNCOMMITTED_BLOCKS])
    const small = new FailingStore()
    await take(await openChainstate({ store: small, cacheBytes: 64 * 1024 }), chain.blocks.slice(1))
    expect(small.commits.length).toBeGreaterThan(20)
    expect(small.allCoins().size).toBe(small.commits.at(-1)?.tipHeight)
  })

  test('of a reorganisation name what goes and what comes; a block that comes back is neither', async () => {
    const chain = chainOf(5)
    const store = new FailingStore()
    const chainstate = await openChainstate({ network, store })
    await take(chainstate, chain.blocks.slice(1))
    await chainstate.flush()
    const commits = store.commits.length
    await chainstate.invalidate(chain.blockAt(4).hash)
    await chainstate.reconsider(chain.blockAt(4).hash)
    await chainstate.flush()
    expect(store.commits).toHaveLength(commits)
    const other = chain.fork(3)
    other.mineMany(3, { extraNonce: 1 })
    await take(chainstate, other.blocks.slice(4))
    await chainstate.close()
    const last = store.commits.at(-1) as ChainCommit
    expect(last.disconnected.map(({ height }) => height)).toEqual([5, 4])
    expect(last.connected.map(({ height }) => height)).toEqual([4, 5, 6])
    expect(store.allCoins()).toEqual(other.coins)
    await expect(chainstate.flush()).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(chainstate.acceptBlock(chain.tip, 'peer', true)).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

describe('a store that fails', () => {
  test('stops the chain until it has room, and nothing is lost', async () => {
    const chain = chainOf(8)
    const store = new FailingStore()
    const clock = new SteppedClock()
    const chainstate = await openChainstate({ network, store, clock })
    const failures: unknown[] = []
    chainstate.watch({ commitFailed: (error) => failures.push(error) })
    await take(chainstate, chain.blocks.slice(1, 5))
    store.left = 0
    await expect(chainstate.flush()).rejects.toMatchObject({ code: 'DISK_FULL' })
    await expect(chainstate.acceptBlock(chain.blockAt(5), 'peer', true)).rejects.toMatchObject({ code: 'DISK_FULL' })
    expect(chainstate.tip.height).toBe(4)
    await pass(clock, RETRY_DELAY, chainstate)
    expect(failures.length).toBeGreaterThanOrEqual(3)
    store.left = Infinity
    await pass(clock, RETRY_DELAY, chainstate)
    expect(store.allCoins()).toEqual(chain.fork(4).coins)
    await take(chainstate, chain.blocks.slice(5))
    expect(differences(chainstate, chain)).toEqual([])
    await chainstate.close()
    expect(clock.waiting).toBe(0)
  })

  test('in the middle of a long way goes on from there by itself', async () => {
    const chain = chainOf(40)
    const store = new FailingStore()
    const clock = new SteppedClock()
    const chainstate = await openChainstate({ network, store, clock, cacheBytes: 20_000 })
    await take(chainstate, chain.blocks.slice(1, 2))
    chainstate.acceptHeaders(Buffer.concat(chain.blocks.slice(2).map(({ header }) => header.bytes())), 'peer')
    await take(chainstate, chain.blocks.slice(3))
    store.left = 1
    await expect(chainstate.acceptBlock(chain.blockAt(2), 'peer', true)).rejects.toMatchObject({ code: 'DISK_FULL' })
    expect(chainstate.tip.height).toBeLessThan(20)
    store.left = Infinity
    await pass(clock, RETRY_DELAY, chainstate)
    expect(differences(chainstate, chain)).toEqual([])
  })

  test('at any write leaves what opens again and ends on the same chain', async () => {
    const chain = chainOf(6)
    const better = chain.fork(3)
    better.mineMany(4, { extraNonce: 2 })
    const blocks = [...chain.blocks.slice(1), ...better.blocks.slice(4)]
    for (let writes = 0; ; writes++) {
      const store = new FailingStore()
      store.left = writes
      let isWhole = true
      try {
        const chainstate = await openChainstate({ network, store, cacheBytes: 6_000 })
        await take(chainstate, blocks)
        await chainstate.close()
      } catch (error) {
        expect(error).toMatchObject({ code: 'DISK_FULL' })
        isWhole = false
      }
      store.left = Infinity
      const again = await openChainstate({ network, store })
      const at = again.heightOf(better.tip.hash) === undefined ? chain : better
      const expected = at.fork(again.tip.height)
      expect(differences(again, expected, [chain.coins, better.coins])).toEqual([])
      await take(again, blocks)
      expect(differences(again, better, [chain.coins])).toEqual([])
      await again.close()
      expect(store.allCoins()).toEqual(better.coins)
      if (isWhole) return
    }
  })
})

describe('a store that has lost something', () => {
  test('a block of a better branch is asked for again', async () => {
    const chain = chainOf(3)
    const better = chain.fork(1)
    better.mineMany(3, { extraNonce: 2 })
    const lost = better.blockAt(3)
    const store = new MemoryChainStore()
    const chainstate = await openChainstate({ network, store })
    await take(chainstate, [...chain.blocks.slice(1), ...better.blocks.slice(2, 4)])
    const bytes = lost.bytes()
    bytes[90] = (bytes[90] as number) ^ 1
    store.addBlock(lost.hash, 3, bytes)
    await take(chainstate, better.blocks.slice(4))
    expect(differences(chainstate, chain)).toEqual([])
    expect(chainstate.missingBlocks(better.tip.hash, 9)).toEqual([{ hash: lost.hash, height: 3 }])
    await take(chainstate, [lost])
    expect(differences(chainstate, better)).toEqual([])
  })

  test('what a block spent, or a header, is said', async () => {
    const chain = chainOf(3)
    class Forgetful extends MemoryChainStore {
      override spentBy(): undefined {}
    }
    const store = new Forgetful()
    const chainstate = await openChainstate({ network, store })
    await take(chainstate, chain.blocks.slice(1))
    await chainstate.flush()
    await expect(chainstate.invalidate(chain.tip.hash)).rejects.toMatchObject({ code: 'UNDO_MISSING' })
    class Headless extends MemoryChainStore {
      override tip(): Uint8Array {
        return chain.tip.hash
      }
    }
    await expect(openChainstate({ network, store: new Headless() })).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
    class Rootless extends MemoryChainStore {
      override *headers() {
        yield {
          header: chain.tip.header.bytes(),
          hash: chain.tip.hash,
          height: 3,
          standing: 'good',
          hasBlock: false,
        } as const
      }
    }
    await expect(openChainstate({ network, store: new Rootless() })).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
  })
})
