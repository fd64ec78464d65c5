import { describe, expect, test } from 'vitest'
import type { Coin } from '../coins/coin.ts'
import type { MempoolEntry } from '../mempool/mempool-entry.ts'
import { MINIMUM_RELAY_FEE_RATE } from '../mempool/policy.ts'
import { MAX_FEE_TARGET } from '../node/wallet-calls.ts'
import { Block } from '../primitives/block.ts'
import { Transaction } from '../primitives/transaction.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { ANYONE_CAN_SPEND } from '../test-support/test-keys.ts'
import { WALLET_NETWORK } from '../test-support/wallet-chains.ts'
import { FEE_BLOCKS, MIN_FEE_BLOCKS } from './estimate-fees.ts'
import { FeeEstimates, type FeeEstimatesParts, MAX_READ_BYTES, MAX_REMEMBERED } from './fee-estimates.ts'

const NOW = 1_000_000

interface Waiting {
  readonly fee: number
  readonly virtualSize: number
  readonly weight: number
  readonly ancestors: { readonly fee: number; readonly virtualSize: number }
  readonly descendants: { readonly fee: number; readonly virtualSize: number }
}

/** Estimates over a chain of tests and nothing, or these entries, in the mempool. */
class Bed {
  readonly chain: TestChain
  readonly entries: Waiting[] = []
  readonly estimates: FeeEstimates
  keptFrom = 0
  phase: FeeEstimatesParts['chain']['phase'] = 'synced'
  minimum: number = MINIMUM_RELAY_FEE_RATE
  read = 0
  pauses = 0
  /** Instead of blocks of the chain. */
  block: Block | undefined

  constructor(chain: TestChain) {
    this.chain = chain
    const bed = this
    this.estimates = new FeeEstimates({
      chain: {
        get tip() {
          return { hash: chain.tip.hash, height: chain.height }
        },
        get phase() {
          return bed.phase
        },
        blockAt: (height) => ({ hash: chain.blockAt(height).hash, height }),
      },
      mempool: {
        entries: () => bed.entries.values() as unknown as IterableIterator<MempoolEntry>,
        find: () => undefined,
        minimumFeeRate: () => bed.minimum,
      },
      contents: (hash) => {
        bed.read++
        const height = chain.blocks.findIndex((block) => Buffer.compare(block.hash, hash) === 0)
        const block = bed.block ?? chain.blockAt(height)
        return height < bed.keptFrom ? undefined : { block, spent: spentBy(block) }
      },
      clock: { now: () => 0 },
      pause: async () => {
        bed.pauses++
      },
    })
  }
}

/** Blocks of tests here spend coins of one value. */
function spentBy({ transactions }: Block): Coin[][] {
  const coin: Coin = { value: 5_000_000_000n, scriptPubKey: ANYONE_CAN_SPEND, height: 1, isCoinbase: true }
  return transactions.slice(1).map(({ inputs }) => inputs.map(() => coin))
}

function emptyChain(blocks: number): TestChain {
  const chain = new TestChain(WALLET_NETWORK)
  chain.mineMany(blocks)
  return chain
}

describe('estimates', () => {
  test(`say the minimum with fewer than ${MIN_FEE_BLOCKS} blocks, also where it is raised, and estimate from as many`, async () => {
    const bed = new Bed(emptyChain(MIN_FEE_BLOCKS - 1))
    bed.minimum = 2_345
    const minimum = { feeRate: 2_345, basis: 'minimum' }
    expect(await bed.estimates.estimate([1, 10], NOW)).toEqual([
      { target: 1, ...minimum },
      { target: 10, ...minimum },
    ])
    bed.chain.mine()
    expect(await bed.estimates.estimate([3], NOW)).toEqual([{ target: 3, feeRate: 2_345, basis: 'estimate' }])
  })

  test('count what waits, and fall with the target; targets beyond the bounds count as the nearest', async () => {
    const bed = new Bed(emptyChain(30))
    for (let i = 1; i <= 300; i++) {
      const totals = { fee: i * 100, virtualSize: 10_000 }
      bed.entries.push({ ...totals, weight: 40_000, ancestors: totals, descendants: totals })
    }
    const [first, third, last, ...beyond] = await bed.estimates.estimate([1, 3, 144, 0, -5, 145, 9_999], NOW)
    // A hundred of them fill a block: the dearest pay from 2,000 to 3,000.
    expect(first?.feeRate).toBeGreaterThan(2_000)
    expect(first?.feeRate).toBeLessThan(2_300)
    expect(third?.feeRate).toBeLessThan(first?.feeRate as number)
    expect(last?.feeRate).toBe(MINIMUM_RELAY_FEE_RATE)
    expect(beyond.map(({ target, feeRate }) => [target, feeRate])).toEqual([
      [0, first?.feeRate],
      [-5, first?.feeRate],
      [145, last?.feeRate],
      [9_999, last?.feeRate],
    ])
    expect(MAX_FEE_TARGET).toBe(144)
  })

  test('ask no more than a step above what anybody pays, whatever miners leave', async () => {
    const bed = new Bed(emptyChain(30))
    const totals = { fee: 3_000, virtualSize: 1_000 }
    for (let i = 0; i < 10_000; i++)
      bed.entries.push({ ...totals, weight: 4_000, ancestors: totals, descendants: totals })
    const [next] = await bed.estimates.estimate([1], NOW)
    expect(next?.feeRate).toBeGreaterThan(3_000)
    expect(next?.feeRate).toBeLessThan(3_300)
  })

  test(`read the newest ${FEE_BLOCKS} blocks once, in turns, and remember at most ${MAX_REMEMBERED}`, async () => {
    const bed = new Bed(emptyChain(FEE_BLOCKS + 50))
    await bed.estimates.estimate([1], NOW)
    expect(bed.read).toBe(FEE_BLOCKS)
    await bed.estimates.estimate([1], NOW)
    expect(bed.read).toBe(FEE_BLOCKS)
    for (let i = 0; i < MAX_REMEMBERED; i++) {
      const block = bed.chain.mine()
      bed.estimates.blockConnected({ height: bed.chain.height, block, spent: [] }, NOW)
    }
    expect(bed.estimates.remembered).toBe(MAX_REMEMBERED)
    await bed.estimates.estimate([1], NOW)
    expect(bed.read).toBe(FEE_BLOCKS)
  })

  test('look at blocks that come while we catch up only when somebody asks', async () => {
    const bed = new Bed(emptyChain(MIN_FEE_BLOCKS))
    bed.phase = 'initial-sync'
    bed.estimates.blockConnected({ height: bed.chain.height, block: bed.chain.tip, spent: [] }, NOW)
    expect(bed.estimates.remembered).toBe(0)
    expect(await bed.estimates.estimate([1], NOW)).toMatchObject([{ basis: 'estimate' }])
    expect(bed.read).toBe(MIN_FEE_BLOCKS)
  })

  test('read no more bytes than they must, and go on with the next question', async () => {
    const bed = new Bed(emptyChain(FEE_BLOCKS))
    const padding = { value: 0n, scriptPubKey: new Uint8Array(MAX_READ_BYTES / 10).fill(0x6a) }
    const large = new Transaction({ version: 2, inputs: [], outputs: [padding], lockTime: 0 })
    bed.block = new Block(bed.chain.tip.header, [...bed.chain.tip.transactions, large])
    await bed.estimates.estimate([1], NOW)
    expect(bed.read).toBe(MIN_FEE_BLOCKS)
    await bed.estimates.estimate([1], NOW)
    expect(bed.read).toBeGreaterThan(MIN_FEE_BLOCKS)
  })

  test('do with the blocks that are kept', async () => {
    const bed = new Bed(emptyChain(60))
    bed.keptFrom = 45
    expect(await bed.estimates.estimate([1], NOW)).toMatchObject([{ basis: 'minimum' }])
    bed.keptFrom = 35
    expect(await bed.estimates.estimate([1], NOW)).toMatchObject([{ basis: 'estimate' }])
  })
})
