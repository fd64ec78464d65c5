/** Blocks of Bitcoin: the first 255 from genesis on, and two by themselves with the outputs they spend. */
import { describe, expect, test } from 'vitest'
import { ByteReader } from '../../codec/byte-reader.ts'
import { type Coin, type CoinSource, outpointKey } from '../coins/coin.ts'
import { decodeBlock } from '../primitives/block.ts'
import type { Transaction } from '../primitives/transaction.ts'
import { readOutput } from '../primitives/transaction-decoding.ts'
import { bitcoinMain } from '../test-support/bitcoin-networks.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { vectorBytes } from '../test-support/vectors.ts'
import { blockFault, contextualBlockFault } from './block-rules.ts'
import {
  type BlockEffects,
  type ConnectContext,
  connectBlock,
  disconnectBlock,
  isBip30Needed,
} from './connect-block.ts'
import { subsidyAt } from './network.ts'

test('the first 255 blocks of Bitcoin follow each other, and taken away leave nothing', () => {
  const reader = new ByteReader(vectorBytes('blocks/mainnet_1-256.dat'))
  const chain = new TestChain(bitcoinMain)
  while (reader.left > 0) {
    reader.u32()
    const block = decodeBlock(reader.bytes(reader.u32()))
    expect(chain.add(block)).toBeUndefined()
  }
  expect(chain.height).toBe(255)
  const rewards = chain.blocks.reduce(
    (sum, _, height) => sum + (height === 0 ? 0n : subsidyAt(bitcoinMain, height)),
    0n,
  )
  expect([...chain.coins.values()].reduce((sum, { value }) => sum + value, 0n)).toBe(rewards)
  while (chain.height > 0) chain.undo()
  expect(chain.coins.size).toBe(0)
})

describe.each([
  { name: 'block300025', height: 300_025, inputs: 1_427 },
  { name: 'block1087400', height: 1_087_400, inputs: 205 },
])('$name', ({ name, height, inputs }) => {
  const block = decodeBlock(vectorBytes(`blocks/bcoin_${name}.raw`))
  const [coinbase, ...others] = block.transactions as [Transaction, ...Transaction[]]
  const { coins, before } = coinsBefore(others, new ByteReader(vectorBytes(`blocks/bcoin_${name}-undo.raw`)))
  const context: ConnectContext = {
    network: bitcoinMain,
    height,
    medianTimePast: block.header.time - 3_600,
    coins,
    medianTimePastAt: () => 0,
    isBip30Needed: isBip30Needed(bitcoinMain, height),
  }

  test('keeps every rule', () => {
    expect(block.header.hasProofOfWork(bitcoinMain.proofOfWork.limit)).toBe(true)
    expect(blockFault(block)).toBeUndefined()
    expect(contextualBlockFault(block, context)).toBeUndefined()
  })

  test('spends what its undo data says, and pays its miner the subsidy and the fees', () => {
    const effects = connectBlock(block, context) as BlockEffects
    expect(effects.spent.flat()).toHaveLength(inputs)
    expect([...effects.spends()]).toHaveLength(inputs)
    const taken = coinbase.outputs.reduce((sum, { value }) => sum + value, 0n)
    expect(effects.fees).toBeGreaterThan(0n)
    expect(taken).toBe(subsidyAt(bitcoinMain, height) + effects.fees)
  })

  test('taken away, leaves the coins as they were', () => {
    const effects = connectBlock(block, context) as BlockEffects
    const after = new Map(before)
    const apply = (changes: ReadonlyMap<string, Coin | undefined>) => {
      for (const [key, coin] of changes) coin === undefined ? after.delete(key) : after.set(key, coin)
    }
    apply(effects.coins)
    expect(after).not.toEqual(before)
    apply(disconnectBlock(block, effects.spent))
    expect(after).toEqual(before)
  })
})

/** The coins that a block finds there: what it spends but for what it makes itself. */
function coinsBefore(
  transactions: readonly Transaction[],
  undo: ByteReader,
): { coins: CoinSource; before: ReadonlyMap<string, Coin> } {
  const own = new Set(transactions.map(({ txid }) => txid.toString()))
  const before = new Map<string, Coin>()
  for (const { inputs } of transactions)
    for (const { previous } of inputs) {
      const output = readOutput(undo)
      if (!own.has(previous.txid.toString()))
        before.set(outpointKey(previous), { ...output, height: 1, isCoinbase: false })
    }
  undo.end()
  return { coins: { coin: (outpoint) => before.get(outpointKey(outpoint)) }, before }
}
