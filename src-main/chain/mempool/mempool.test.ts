import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { outpointKey } from '../coins/coin.ts'
import { networks } from '../consensus/networks.ts'
import { Block } from '../primitives/block.ts'
import { Transaction } from '../primitives/transaction.ts'
import {
  countingVerifiers,
  FIXTURE_COINS,
  free,
  MempoolFixture,
  mempoolChainOf,
  pay,
  spend,
  split,
} from '../test-support/mempool-fixture.ts'
import { coinOf, type OwnedCoin, TestKey } from '../test-support/test-keys.ts'
import { isWithinLimits } from './chain-limits.ts'
import { Mempool } from './mempool.ts'
import type { MempoolChain } from './mempool-chain.ts'
import { MempoolEntry } from './mempool-entry.ts'
import { Recent } from './recent.ts'
import { TransactionGraph } from './transaction-graph.ts'
import { MAX_WAITING } from './transaction-intake.ts'

const isLong = process.env.SHOAL_LONG === '1'

describe('what is there', () => {
  test('can be found, listed and summed up', async () => {
    const fixture = new MempoolFixture()
    const { mempool } = fixture
    const parent = split([fixture.coin(1)], 2, 1_000)
    const child = pay([coinOf(parent, 0)], 50_000)
    await fixture.acceptAll([parent, child])
    expect(mempool.size).toBe(2)
    expect(mempool.find(child.wtxid)?.transaction.txid).toEqual(child.txid)
    expect(mempool.spender({ txid: parent.txid, index: 0 })?.transaction.txid).toEqual(child.txid)
    expect(mempool.spender({ txid: parent.txid, index: 1 })).toBeUndefined()
    expect(mempool.output({ txid: parent.txid, index: 1 })).toEqual(parent.outputs[1])
    expect(mempool.output({ txid: parent.txid, index: 2 })).toBeUndefined()
    expect(mempool.inventory().map(({ txid }) => txid)).toEqual([child.txid, parent.txid])
    const { bands, ...summary } = mempool.summary()
    expect(summary).toEqual({
      transactions: 2,
      virtualBytes: parent.virtualSize + child.virtualSize,
      memory: mempool.memory,
      memoryLimit: 300_000_000,
      fees: 51_000n,
      minimumFeeRate: 1_000,
      orphans: 0,
    })
    const filled = bands.filter(({ transactions }) => transactions > 0)
    expect(filled).toEqual([
      { from: 8, transactions: 1, virtualBytes: parent.virtualSize },
      { from: 500, transactions: 1, virtualBytes: child.virtualSize },
    ])
  })

  test('does not hold on to the bytes it came in', async () => {
    const fixture = new MempoolFixture()
    const transaction = pay([fixture.coin(1)], 1_000)
    await fixture.acceptAll([transaction])
    const kept = fixture.mempool.find(transaction.txid)?.transaction.bytes() as Uint8Array
    expect(kept.byteLength).toBe(kept.buffer.byteLength)
    expect(kept).toEqual(transaction.bytes())
  })
})

describe('bounds', () => {
  test('of what is lately heard of', () => {
    const recent = new Recent<number>(10)
    const ids = Array.from({ length: 25 }, (_, n) => new Uint8Array(32).fill(n))
    for (const [n, id] of ids.entries()) recent.set(id, n)
    expect(recent.size).toBe(10)
    expect(ids.map((id) => recent.get(id)).filter((n) => n !== undefined)).toEqual(
      Array.from({ length: 10 }, (_, n) => 15 + n),
    )
    recent.clear()
    expect(recent.size).toBe(0)
  })

  test(`of what waits: ${MAX_WAITING}`, async () => {
    const fixture = new MempoolFixture()
    const nothing = new Transaction({ version: 2, inputs: [], outputs: [], lockTime: 0 })
    const verdicts = await Promise.all(Array.from({ length: MAX_WAITING + 3 }, () => fixture.verdict(nothing)))
    expect(verdicts.filter((verdict) => verdict === 'policy: mempool-busy')).toHaveLength(3)
    expect(await fixture.verdict(nothing)).toBe('invalid: bad-txns-vin-empty')
  })

  test('signatures that cannot be checked are an error, and the next is looked at', async () => {
    const fixture = new MempoolFixture()
    const key = new TestKey(1)
    const funding = spend([fixture.coin(1)], [{ value: 100_000n, scriptPubKey: key.p2wpkh }])
    fixture.mine([funding])
    const { verifier } = countingVerifiers()
    const batches = { verifyAll: () => Promise.reject(new Error('threads are gone')) }
    const mempool = new Mempool({ chain: mempoolChainOf(fixture.chain), verifiers: { verifier, batches } })
    const signed = spend([coinOf(funding, 0, key)], [free(50_000)])
    await expect(mempool.accept(signed, 'a', 0)).rejects.toThrow('threads are gone')
    expect(mempool.knows(signed.wtxid)).toBe(false)
    expect(await mempool.accept(pay([fixture.coin(2)], 1_000), 'a', 0)).toMatchObject({ status: 'accepted' })
  })
})

/** Everything in the mempool could stand in the next block together, and its sums are right. */
function assertSound({ mempool, chain }: MempoolFixture): void {
  const spent = new Set<string>()
  const graph = new TransactionGraph()
  const entries = [...mempool.entries()]
  for (const entry of entries) graph.add(new MempoolEntry({ ...entry, spendsCoinbase: false }))
  expect([mempool.size, mempool.memory, mempool.virtualBytes]).toEqual([graph.size, graph.memory, graph.virtualSize])
  for (const entry of entries) {
    const anew = graph.byTxid(entry.transaction.txid) as MempoolEntry
    expect([entry.ancestors, entry.descendants]).toEqual([anew.ancestors, anew.descendants])
    expect(isWithinLimits(entry)).toBe(true)
    for (const { previous } of entry.transaction.inputs) {
      expect(spent.has(outpointKey(previous))).toBe(false)
      spent.add(outpointKey(previous))
      expect(chain.coin(previous) ?? mempool.output(previous)).toBeDefined()
    }
  }
}

const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('send' as const),
        coins: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
        outputs: fc.integer({ min: 1, max: 4 }),
        fee: fc.integer({ min: 50, max: 20_000 }),
        sequence: fc.constantFrom(0xffff_fffd, 0xffff_fffd, 0, 1, 2),
        lockBack: fc.integer({ min: -1, max: 3 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('mine' as const), maxWeight: fc.integer({ min: 1_000, max: 20_000 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('rival' as const), coin: fc.nat() }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('reorganise' as const),
        depth: fc.integer({ min: 1, max: 4 }),
        keep: fc.array(fc.boolean(), { maxLength: 12 }),
      }),
    },
  ),
  { minLength: 40, maxLength: 80 },
)

describe('a random life', () => {
  test('with blocks, rivals and reorganisations: what is selected is always a valid block', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (life) => {
        const fixture = new MempoolFixture({ memoryLimit: 120_000 })
        const { mempool, chain } = fixture
        const made: OwnedCoin[] = Array.from({ length: FIXTURE_COINS }, (_, n) => fixture.coin(n + 1))
        for (const step of life) {
          if (step.kind === 'send') {
            // Mostly what was made lately, so that chains grow.
            const coins = [...new Set(step.coins.map((n) => made[made.length - 1 - (n % 14)] as OwnedCoin))]
            const total = coins.reduce((sum, { output }) => sum + output.value, 0n)
            const each = (total - BigInt(step.fee)) / BigInt(step.outputs)
            if (each < 1_000n) continue
            const { sequence } = step
            const outputs = Array.from({ length: step.outputs }, () => free(each))
            const transaction = spend(coins, outputs, { sequence, lockTime: chain.height - step.lockBack })
            const { status } = await fixture.accept(transaction, 'a')
            if (status === 'accepted') made.push(...outputs.map((_, index) => coinOf(transaction, index)))
          } else if (step.kind === 'mine') {
            fixture.mine(mempool.selectFor({ maxWeight: step.maxWeight }).map(({ transaction }) => transaction))
          } else if (step.kind === 'rival') {
            const coin = made[step.coin % made.length] as OwnedCoin
            if (chain.coin(coin.outpoint)) fixture.mine([pay([coin], 10)])
          } else {
            const lost = chain.blocks.slice(-step.depth).flatMap(({ transactions }) => transactions.slice(1))
            const depth = step.depth
            // Those of the old branch that stand on what is left, as far as they are wanted.
            const branch = chain.fork(chain.height - depth)
            const kept: Transaction[] = []
            for (const [n, transaction] of lost.entries())
              if (
                step.keep[n] &&
                branch.fork().add(branch.next({ transactions: [...kept, transaction] })) === undefined
              )
                kept.push(transaction)
            fixture.reorganise(depth, [kept, ...Array.from({ length: depth }, () => [])])
          }
          await fixture.settled(3)
          assertSound(fixture)
          const transactions = mempool.selectFor({ maxWeight: 3_990_000 }).map(({ transaction }) => transaction)
          expect(transactions).toHaveLength(mempool.size)
          expect(chain.fork().add(chain.next({ transactions }))).toBeUndefined()
        }
      }),
      { seed: 85, numRuns: isLong ? 300 : 12 },
    )
  })
})

describe('many', () => {
  test('10,000 transactions come and go', async () => {
    const coins = new Map<string, OwnedCoin>()
    const start = (n: number): OwnedCoin => {
      const txid = new Uint8Array(32).fill(1)
      return { outpoint: { txid, index: n }, output: free(1_000_000) }
    }
    for (let n = 0; n < 1_000; n++) coins.set(outpointKey(start(n).outpoint), start(n))
    const chain: MempoolChain = {
      network: networks.local,
      tipHeight: 10,
      medianTimePast: 0,
      medianTimePastAt: () => 0,
      coin: (outpoint) => {
        const output = coins.get(outpointKey(outpoint))?.output
        return output && { ...output, height: 1, isCoinbase: false }
      },
    }
    const mempool = new Mempool({ chain, verifiers: countingVerifiers() })
    const all: Transaction[] = []
    for (let n = 0; n < 1_000; n++) {
      let coin = start(n)
      for (let link = 0; link < 10; link++) {
        const transaction = pay([coin], 1_000 + ((n * 31 + link * 17) % 997))
        all.push(transaction)
        coin = coinOf(transaction, 0)
      }
    }
    for (const transaction of all) expect((await mempool.accept(transaction, undefined, 0)).status).toBe('accepted')
    expect(mempool.size).toBe(10_000)
    expect(mempool.selectFor()).toHaveLength(10_000)
    const fixture = new MempoolFixture()
    const coinbase = fixture.chain.tip.transactions[0] as Transaction
    const { header } = fixture.chain.tip
    mempool.blockConnected(new Block(header, [coinbase, ...all]), 0)
    mempool.chainChanged(0)
    expect([mempool.size, mempool.memory, mempool.virtualBytes]).toEqual([0, 0, 0])
  })
})
