import { describe, expect, test } from 'vitest'
import { bytesEqual } from '../../kernel/bytes.ts'
import type { Coin } from '../coins/coin.ts'
import type { Block } from '../primitives/block.ts'
import type { Transaction } from '../primitives/transaction.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { ANYONE_CAN_SPEND, coinOf, spendCoins } from '../test-support/test-keys.ts'
import { WALLET_NETWORK } from '../test-support/wallet-chains.ts'
import { blockFeesOf, type LeftTransaction, MAX_TAKEN, TIME_TO_SPREAD, takenBy } from './block-fees.ts'
import { bucketOf, FEE_BUCKETS, FEE_STEP, FeeWeights, rateOf } from './fee-buckets.ts'

describe('fee rates in steps', () => {
  test('are found again: the lowest of a bucket is in it, one grain less is not', () => {
    for (let bucket = 1; bucket < FEE_BUCKETS; bucket++) {
      expect(bucketOf(rateOf(bucket))).toBe(bucket)
      expect(bucketOf(rateOf(bucket) - 1)).toBe(bucket - 1)
      expect(rateOf(bucket) / rateOf(bucket - 1)).toBeCloseTo(FEE_STEP, 1)
    }
    expect(bucketOf(0)).toBe(0)
    expect(bucketOf(Number.MAX_SAFE_INTEGER)).toBe(FEE_BUCKETS - 1)
    expect(rateOf(FEE_BUCKETS)).toBe(rateOf(FEE_BUCKETS - 1))
  })

  test('have weights, of which a share is found from the cheapest on', () => {
    const weights = new FeeWeights()
    expect(weights.quantile(0.5)).toBe(0)
    weights.add(1_000, 10)
    weights.add(5_000, 85)
    weights.add(50_000, 5)
    expect(weights.total).toBe(100)
    expect(weights.at(bucketOf(5_000))).toBe(85)
    expect([0, 0.05, 0.1, 0.94, 0.96].map((share) => weights.quantile(share))).toEqual(
      [1_000, 1_000, 5_000, 5_000, 50_000].map(bucketOf),
    )
  })
})

describe('a block', () => {
  const seen = (left: readonly LeftTransaction[]) => ({ left, now: 1_000, since: 500 })
  const taken = [
    { feeRate: 2_000, weight: 300_000, foreseen: 300_000 },
    { feeRate: 9_000, weight: 100_000, foreseen: 0 },
  ]
  const cheap = { feeRate: 1_200, weight: 200_000, entered: 600 }

  test('says what it took, how much of it was foreseen, and what was just enough', () => {
    const fees = blockFeesOf(taken, seen([]))
    expect(fees).toMatchObject({ capacity: MAX_TAKEN, foreseen: 0.75 })
    expect(bucketOf(fees.cheapest as number)).toBe(bucketOf(2_000))
    expect(blockFeesOf(taken)).toMatchObject({ capacity: MAX_TAKEN, foreseen: undefined })
    expect(blockFeesOf([], seen([]))).toMatchObject({ capacity: MAX_TAKEN, cheapest: undefined, foreseen: undefined })
  })

  test('that left much that was cheaper was as large as its miner makes them', () => {
    expect(blockFeesOf(taken, seen([cheap])).capacity).toBe(400_000)
    expect(blockFeesOf(taken, seen([{ ...cheap, weight: 90_000 }])).capacity).toBe(MAX_TAKEN)
    // It was not there in time, or is dearer than what was taken: miners have not got it.
    expect(blockFeesOf(taken, seen([{ ...cheap, entered: 1_001 - TIME_TO_SPREAD }])).capacity).toBe(MAX_TAKEN)
    expect(blockFeesOf(taken, seen([{ ...cheap, feeRate: 3_000 }])).capacity).toBe(MAX_TAKEN)
    // Of so few nothing can be told.
    const few = taken.map((one) => ({ ...one, weight: 1_000 }))
    expect(blockFeesOf(few, seen([cheap])).capacity).toBe(MAX_TAKEN)
  })

  test('that took nothing of what waited is one of a miner who takes nothing, unless all of that was passed over before', () => {
    expect(blockFeesOf([], seen([cheap])).capacity).toBe(0)
    expect(blockFeesOf([], seen([{ ...cheap, entered: 499 }])).capacity).toBe(MAX_TAKEN)
  })

  test('counts a child together with the parent that it pays for', () => {
    const chain = new TestChain(WALLET_NETWORK)
    chain.mineMany(6)
    const pay = (fee: bigint, height: number) => {
      const coin = chain.reward(height)
      return spendCoins([coin], [{ value: coin.output.value - fee, scriptPubKey: ANYONE_CAN_SPEND }])
    }
    const parent = pay(0n, 1)
    const { value } = coinOf(parent, 0).output
    const child = spendCoins([coinOf(parent, 0)], [{ value: value - 4_000n, scriptPubKey: ANYONE_CAN_SPEND }])
    const single = pay(1_000n, 2)
    const block = chain.mine({ transactions: [parent, single, child] })
    const known = takenBy({ height: 7, block, spent: spentBy(block, chain) }, (transaction) => transaction === child)
    const rate = (fee: number, ...of: Transaction[]) => (fee * 4_000) / of.reduce((sum, { weight }) => sum + weight, 0)
    expect(known.sort((a, b) => a.feeRate - b.feeRate)).toEqual([
      { feeRate: rate(1_000, single), weight: single.weight, foreseen: 0 },
      { feeRate: rate(4_000, parent, child), weight: parent.weight + child.weight, foreseen: child.weight },
    ])
  })
})

function spentBy({ transactions }: Block, { blocks }: TestChain): Coin[][] {
  return transactions.slice(1).map(({ inputs }) =>
    inputs.map(({ previous }) => {
      const height = blocks.findIndex((block) => block.transactions.some(({ txid }) => bytesEqual(txid, previous.txid)))
      const parent = blocks[height]?.transactions.find(({ txid }) => bytesEqual(txid, previous.txid)) as Transaction
      return { ...coinOf(parent, previous.index).output, height, isCoinbase: false }
    }),
  )
}
