/** Blocks that come and go, by the rules that Bitcoin Core tests in mempool_reorg, _resurrect and _spend_coinbase. */
import { describe, expect, test } from 'vitest'
import type { Block } from '../primitives/block.ts'
import type { Transaction } from '../primitives/transaction.ts'
import {
  countingVerifiers,
  free,
  MempoolFixture,
  mempoolChainOf,
  pay,
  spend,
  split,
} from '../test-support/mempool-fixture.ts'
import { coinOf, spendCoins, TestKey } from '../test-support/test-keys.ts'
import { DisconnectedTransactions } from './disconnected-transactions.ts'
import { Mempool } from './mempool.ts'
import { memoryOf } from './mempool-entry.ts'
import { MAX_DESCENDANTS } from './policy.ts'

const FEE = 1_000

describe('a block', () => {
  test('takes its transactions out, and what they make impossible', async () => {
    const fixture = new MempoolFixture()
    const [one, two] = [pay([fixture.coin(1)], FEE), pay([fixture.coin(2)], FEE)] as const
    const loser = pay([fixture.coin(3)], FEE)
    const child = pay([coinOf(loser, 0)], FEE)
    const grandchild = pay([coinOf(one, 0)], FEE)
    await fixture.acceptAll([one, two, loser, child, grandchild])
    fixture.mine([one, pay([fixture.coin(3)], 50)])
    expect([two, grandchild].map((transaction) => fixture.has(transaction))).toEqual([true, true])
    expect(fixture.mempool.size).toBe(2)
    expect(fixture.removed.map(({ reason }) => reason)).toEqual(['conflict', 'conflict'])
    expect(fixture.mempool.find(grandchild.txid)?.ancestors.count).toBe(1)
  })

  test('another version of a transaction with the same id takes its place', async () => {
    const fixture = new MempoolFixture()
    const key = new TestKey(1)
    const funding = spend([fixture.coin(1)], [{ value: 100_000n, scriptPubKey: key.p2wpkh }])
    fixture.mine([funding])
    const coins = [coinOf(funding, 0, key)]
    const here = spendCoins(coins, [free(50_000)])
    const child = pay([coinOf(here, 0)], FEE)
    await fixture.acceptAll([here, child])
    fixture.mine([spendCoins(coins, [free(50_000)])])
    expect(fixture.mempool.size).toBe(1)
    expect(fixture.mempool.find(child.txid)?.parents.size).toBe(0)
  })
})

describe('a reorganisation', () => {
  test('brings back what the new blocks do not hold, parents before children', async () => {
    const fixture = new MempoolFixture()
    const parent = pay([fixture.coin(1)], FEE)
    const child = pay([coinOf(parent, 0)], FEE)
    const waiting = pay([coinOf(child, 0)], FEE)
    const other = pay([fixture.coin(2)], FEE)
    await fixture.acceptAll([parent, child, waiting, other])
    fixture.mine([parent, other])
    fixture.mine([child])
    expect(fixture.mempool.size).toBe(1)
    fixture.reorganise(2, [[other], [], []])
    expect([parent, child, waiting, other].map((transaction) => fixture.has(transaction))).toEqual([
      true,
      true,
      true,
      false,
    ])
    expect(fixture.mempool.find(parent.txid)?.descendants).toMatchObject({ count: 3, fee: 3 * FEE })
    expect(fixture.mempool.find(waiting.txid)?.ancestors).toMatchObject({ count: 3, fee: 3 * FEE })
    expect(fixture.removed).toEqual([])
    expect(fixture.mempool.selectFor().map(({ transaction }) => transaction.txid)).toEqual(
      [parent, child, waiting].map(({ txid }) => txid),
    )
    fixture.mine([parent, child, waiting])
    expect(fixture.mempool.size).toBe(0)
  })

  test('what was replaced in the new branch goes, with what depends on it', async () => {
    const fixture = new MempoolFixture()
    const first = pay([fixture.coin(1)], FEE)
    fixture.mine([first])
    const child = pay([coinOf(first, 0)], FEE)
    await fixture.acceptAll([child])
    fixture.reorganise(1, [[pay([fixture.coin(1)], 50)], []])
    expect(fixture.mempool.size).toBe(0)
    expect(fixture.removed.map(({ reason }) => reason)).toEqual(['reorganised'])
    expect(await fixture.verdict(child)).toBe('policy: bad-txns-inputs-missingorspent')
  })

  test('rewards of blocks that are gone are not spent, nor those that are immature again', async () => {
    const fixture = new MempoolFixture()
    fixture.mine()
    fixture.mine()
    const { height, network } = fixture.chain
    const ripe = height + 1 - network.coinbaseMaturity
    const young = pay([fixture.chain.reward(ripe)], FEE)
    const older = pay([fixture.chain.reward(ripe - 2)], FEE)
    const child = pay([coinOf(young, 0)], FEE)
    await fixture.acceptAll([young, older, child])
    fixture.reorganise(2, [[]])
    expect([young, older, child].map((transaction) => fixture.has(transaction))).toEqual([false, true, false])
    expect(fixture.removed.map(({ reason }) => reason)).toEqual(['reorganised', 'reorganised'])
    fixture.mine()
    expect(await fixture.verdict(young)).toBe('accepted')
  })

  test('the reward itself may be gone', async () => {
    const fixture = new MempoolFixture()
    const block = fixture.mine()
    for (let i = 0; i < 100; i++) fixture.mine()
    const spending = pay([coinOf(block.transactions[0] as Transaction, 0)], FEE)
    await fixture.acceptAll([spending])
    fixture.reorganise(
      101,
      Array.from({ length: 102 }, () => []),
    )
    expect(fixture.has(spending)).toBe(false)
  })

  test('locktimes that are no longer over', async () => {
    const fixture = new MempoolFixture()
    fixture.mine()
    const { height } = fixture.chain
    const absolute = pay([fixture.coin(1)], FEE, { lockTime: height, sequence: 0 })
    const funding = split([fixture.coin(2)], 2, FEE)
    fixture.mine([funding])
    fixture.mine()
    const relative = pay([coinOf(funding, 0)], FEE, { sequence: 2 })
    const free = pay([coinOf(funding, 1)], FEE, { sequence: 0 })
    await fixture.acceptAll([absolute, relative, free])
    fixture.reorganise(3, [[funding]])
    expect([absolute, relative, free].map((transaction) => fixture.has(transaction))).toEqual([true, false, true])
    fixture.reorganise(1, [])
    expect([absolute, relative, free].map((transaction) => fixture.has(transaction))).toEqual([false, false, true])
  })

  test('what a block held without being standard does not come back', async () => {
    const fixture = new MempoolFixture()
    const odd = pay([fixture.coin(1)], FEE, { version: 3 })
    fixture.mine([odd])
    const child = pay([coinOf(odd, 0)], FEE)
    await fixture.acceptAll([child])
    fixture.reorganise(1, [[], []])
    expect(fixture.mempool.size).toBe(0)
  })

  test('fees are not asked for, signatures not checked again', async () => {
    const fixture = new MempoolFixture()
    const key = new TestKey(1)
    const funding = spend([fixture.coin(1)], [{ value: 100_000n, scriptPubKey: key.p2wpkh }])
    fixture.mine([funding])
    const gift = spendCoins([coinOf(funding, 0, key)], [free(100_000)])
    fixture.mine([gift])
    fixture.reorganise(1, [[], []])
    expect(fixture.has(gift)).toBe(true)
    expect(fixture.verifiers.asked).toEqual([])
  })

  test('chains that grew too long over the blocks are cut', async () => {
    const fixture = new MempoolFixture()
    const root = split([fixture.coin(1)], MAX_DESCENDANTS, 10_000)
    fixture.mine([root])
    const children = Array.from({ length: MAX_DESCENDANTS }, (_, n) => pay([coinOf(root, n)], FEE))
    await fixture.acceptAll(children)
    fixture.reorganise(1, [[], []])
    expect(fixture.has(root)).toBe(true)
    expect(fixture.mempool.size).toBe(1)
    expect(fixture.mempool.find(root.txid)?.descendants.count).toBe(1)
  })

  test('while it is under way nothing is selected', async () => {
    const fixture = new MempoolFixture()
    const first = pay([fixture.coin(1)], FEE)
    fixture.mine([first])
    await fixture.acceptAll([pay([coinOf(first, 0)], FEE)])
    fixture.mempool.blockDisconnected(fixture.chain.undo())
    expect(fixture.mempool.selectFor()).toEqual([])
    fixture.mempool.chainChanged(fixture.now)
    expect(fixture.mempool.selectFor()).toHaveLength(2)
  })

  test('what comes between two of its blocks is held against the chain as it ends', async () => {
    const fixture = new MempoolFixture()
    const { mempool, chain } = fixture
    const parent = pay([fixture.coin(1)], FEE)
    const odd = pay([fixture.coin(2)], FEE, { version: 3 })
    fixture.mine([parent, odd])
    fixture.mine()
    const { height, network } = chain
    mempool.blockDisconnected(chain.undo())
    // Good on the block before the last; that one leaves too.
    const child = pay([coinOf(parent, 0)], FEE)
    const ofOdd = pay([coinOf(odd, 0)], FEE)
    const young = pay([chain.reward(height - network.coinbaseMaturity)], FEE)
    const locked = pay([fixture.coin(3)], FEE, { lockTime: height - 1, sequence: 0 })
    const ofReward = pay([fixture.coin(4)], FEE)
    await fixture.acceptAll([child, ofOdd, young, locked, ofReward])
    mempool.blockDisconnected(chain.undo())
    mempool.chainChanged(fixture.now)
    const here = [parent, child, odd, ofOdd, young, locked, ofReward].map((transaction) => fixture.has(transaction))
    expect(here).toEqual([true, true, false, false, false, false, true])
    expect(chain.add(chain.next({ transactions: mempool.selectFor().map(({ transaction }) => transaction) }))).toBe(
      undefined,
    )
  })

  test('one that is being checked meanwhile is looked at anew', async () => {
    const fixture = new MempoolFixture()
    const key = new TestKey(1)
    const funding = spend([fixture.coin(1)], [{ value: 100_000n, scriptPubKey: key.p2wpkh }])
    const { asked, cache, verifier, batches } = countingVerifiers()
    let meanwhile = () => {}
    const slow = {
      verifyAll: (checks: Parameters<typeof batches.verifyAll>[0]) => {
        meanwhile()
        return batches.verifyAll(checks)
      },
    }
    fixture.mine([funding])
    const mempool = new Mempool({ chain: mempoolChainOf(fixture.chain), verifiers: { verifier, batches: slow, cache } })
    const late = spendCoins([coinOf(funding, 0, key)], [free(50_000)])
    meanwhile = () => {
      meanwhile = () => {}
      const block = fixture.chain.mine({ transactions: [spendCoins([coinOf(funding, 0, key)], [free(60_000)])] })
      mempool.blockConnected(block, fixture.now)
      mempool.chainChanged(fixture.now)
    }
    expect(await mempool.accept(late, 'a', fixture.now)).toMatchObject({ status: 'orphan' })
    expect(mempool.size).toBe(0)
    expect(asked.length).toBeGreaterThan(0)
  })
})

describe('transactions of blocks that left', () => {
  const blockOf = (transactions: readonly Transaction[]) => ({ transactions }) as unknown as Block

  test('are bounded: the last of the highest block go first', () => {
    const fixture = new MempoolFixture()
    const coinbase = fixture.chain.tip.transactions[0] as Transaction
    const [a, b, c, d] = [1, 2, 3, 4].map((n) => pay([fixture.coin(n)], FEE)) as [
      Transaction,
      Transaction,
      Transaction,
      Transaction,
    ]
    const kept = new DisconnectedTransactions(3 * memoryOf(a))
    expect(kept.add(blockOf([coinbase, c, d]))).toEqual([])
    expect(kept.add(blockOf([coinbase, a, b]))).toEqual([d])
    kept.remove(b)
    expect(kept.takeAll()).toEqual([a, c])
    expect(kept.size).toBe(0)
  })
})
