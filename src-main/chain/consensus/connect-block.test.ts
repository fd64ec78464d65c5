import { describe, expect, test } from 'vitest'
import { type Coin, type CoinSource, outpointKey } from '../coins/coin.ts'
import type { Block } from '../primitives/block.ts'
import type { Transaction, TransactionOutput } from '../primitives/transaction.ts'
import { Opcode } from '../script/opcodes.ts'
import { CONSENSUS_FLAGS } from '../script/script-flags.ts'
import { bitcoinMain } from '../test-support/bitcoin-networks.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { ANYONE_CAN_SPEND, coinOf, type OwnedCoin, type SpendOptions, spendCoins } from '../test-support/test-keys.ts'
import { MAX_MONEY } from './check-transaction.ts'
import { type BlockEffects, connectBlock, disconnectBlock, isBip30Needed, isBlockFault } from './connect-block.ts'
import { allFrom, type ChainNetwork, subsidyAt } from './network.ts'
import { networks } from './networks.ts'

const { local } = networks
const MATURE = 101
const REWARD = subsidyAt(local, 1)
const BY_TIME = 0x0040_0000
const invalid = (reason: string) => ({ reason, kind: 'invalid' })
const anyone = (value: bigint): TransactionOutput => ({ value, scriptPubKey: ANYONE_CAN_SPEND })

/** A chain whose next block may spend the reward of block 1, then 2 and so on. */
function matureChain(network: ChainNetwork = local, height = MATURE - 1): TestChain {
  const chain = new TestChain(network)
  chain.mineMany(height)
  return chain
}

const mature = matureChain()

function effectsOf(chain: TestChain, ...transactions: readonly Transaction[]): BlockEffects {
  const effects = chain.effectsOf(chain.next({ transactions }))
  if (isBlockFault(effects)) throw new Error(effects.reason)
  return effects
}

const faultOf = (chain: TestChain, ...transactions: readonly Transaction[]) =>
  chain.fork().add(chain.next({ transactions }))

const spendReward = (height: number, ...outputs: readonly TransactionOutput[]) =>
  spendCoins([mature.reward(height)], outputs)

describe('what a block does to the coins', () => {
  const key = (transaction: Transaction, index = 0) => outpointKey({ txid: transaction.txid, index })

  test('an empty one makes its reward, and no coin of the output that commits to witnesses', () => {
    const chain = new TestChain()
    const block = chain.next()
    const effects = chain.effectsOf(block) as BlockEffects
    const [coinbase] = block.transactions as [Transaction]
    expect(coinbase.outputs).toHaveLength(2)
    const coin: Coin = { ...anyone(REWARD), height: 1, isCoinbase: true }
    expect(effects.coins).toEqual(new Map([[key(coinbase), coin]]))
    expect([effects.spent, effects.fees, effects.flags]).toEqual([[], 0n, CONSENSUS_FLAGS])
    expect([...effects.spends()]).toEqual([])
  })

  test('coins come and go, fees are what is left over, and spends are in order', () => {
    const first = spendReward(1, anyone(1_000n), anyone(2_000n))
    const second = spendCoins([coinOf(first, 1)], [anyone(500n)])
    const effects = effectsOf(matureChain(local, MATURE), first, spendReward(2, anyone(REWARD)), second)
    expect(effects.fees).toBe(REWARD - 3_000n + 1_500n)
    expect(effects.coins.get(outpointKey(mature.reward(1).outpoint))).toBeUndefined()
    expect(effects.coins.has(outpointKey(mature.reward(1).outpoint))).toBe(true)
    expect(effects.coins.get(key(first, 0))).toEqual({ ...anyone(1_000n), height: MATURE + 1, isCoinbase: false })
    // Made and spent within the block: as if it had never been.
    expect(effects.coins.has(key(first, 1))).toBe(false)
    expect(effects.coins.size).toBe(1 + 2 + 3)
    expect(effects.spent.map((coins) => coins.map(({ value }) => value))).toEqual([[REWARD], [REWARD], [2_000n]])
    const spends = [...effects.spends()]
    expect(spends.map(({ index, spent }) => [index, spent.value])).toEqual([
      [0, REWARD],
      [0, REWARD],
      [0, 2_000n],
    ])
    expect(spends.map(({ shared }) => shared.transaction)).toEqual([first, expect.anything(), second])
  })

  test('inputs of one transaction share what is hashed for all of them', () => {
    const chain = matureChain(local, MATURE)
    const both = spendCoins([chain.reward(1), chain.reward(2)], [anyone(1n)])
    const [one, two] = [...effectsOf(chain, both).spends()]
    expect(one?.shared).toBe(two?.shared)
    expect([one?.index, two?.index]).toEqual([0, 1])
  })

  test('outputs that can never be spent become no coins', () => {
    const scripts = [
      Uint8Array.of(Opcode.OP_RETURN, 1, 2),
      new Uint8Array(10_001).fill(Opcode.OP_NOP),
      new Uint8Array(10_000).fill(Opcode.OP_NOP),
      new Uint8Array(0),
    ]
    const outputs = scripts.map((scriptPubKey) => ({ value: 1n, scriptPubKey }))
    const transaction = spendReward(1, ...outputs)
    const { coins } = effectsOf(mature, transaction)
    expect([0, 1, 2, 3].map((index) => coins.has(key(transaction, index)))).toEqual([false, false, true, true])
  })

  test('the first block of a network makes nothing that can be spent', () => {
    const chain = new TestChain(bitcoinMain)
    expect(chain.tip.transactions[0]?.outputs[0]?.value).toBe(5_000_000_000n)
    const context = { network: bitcoinMain, height: 0, medianTimePast: 0, coins: chain, medianTimePastAt: () => 0 }
    const outcome = connectBlock(chain.tip, { ...context, isBip30Needed: true })
    expect(outcome).toMatchObject({ coins: new Map(), spent: [], fees: 0n })
  })
})

describe('a block is refused for', () => {
  test('an output that never was', () => {
    const nowhere: OwnedCoin = { outpoint: { txid: new Uint8Array(32).fill(9), index: 0 }, output: anyone(1n) }
    const missing = invalid('bad-txns-inputs-missingorspent')
    expect(faultOf(mature, spendCoins([nowhere], [anyone(1n)]))).toEqual(missing)
    const beyond = { ...mature.reward(1), outpoint: { txid: mature.reward(1).outpoint.txid, index: 1 } }
    expect(faultOf(mature, spendCoins([beyond], [anyone(1n)]))).toEqual(missing)
  })

  test('an output that is spent: by an earlier block, in the block before, and twice if made in it', () => {
    const chain = mature.fork()
    const spent = spendReward(1, anyone(REWARD))
    chain.mine({ transactions: [spent] })
    const missing = invalid('bad-txns-inputs-missingorspent')
    expect(faultOf(chain, spendReward(1, anyone(1n)))).toEqual(missing)
    expect(faultOf(mature, spent, spendReward(1, anyone(1n)))).toEqual(missing)
    const again = [1n, 2n].map((value) => spendCoins([coinOf(spent, 0)], [anyone(value)]))
    expect(faultOf(mature, spent, ...again)).toEqual(missing)
    expect(faultOf(mature, spent, again[0] as Transaction)).toBeUndefined()
  })

  test('an output of a later transaction', () => {
    const first = spendReward(1, anyone(REWARD))
    const second = spendCoins([coinOf(first, 0)], [anyone(1n)])
    expect(faultOf(mature, second, first)).toEqual(invalid('bad-txns-inputs-missingorspent'))
  })

  test('a reward that is not mature', () => {
    const premature = invalid('bad-txns-premature-spend-of-coinbase')
    expect(faultOf(mature, spendReward(1, anyone(1n)))).toBeUndefined()
    expect(faultOf(mature, spendReward(2, anyone(1n)))).toEqual(premature)
    expect(faultOf(mature.fork(MATURE - 2), spendReward(1, anyone(1n)))).toEqual(premature)
    // Its own reward: the coinbase commits to nothing here, so that its id does not depend on what spends it.
    const bare = { ...local, activation: { ...local.activation, bip141: Infinity } }
    const chain = matureChain(bare, 3)
    const alone = chain.next()
    const spending = spendCoins([coinOf(alone.transactions[0] as Transaction, 0)], [anyone(REWARD)])
    expect(faultOf(chain, spending)).toEqual(premature)
  })

  test('more made than spent', () => {
    expect(faultOf(mature, spendReward(1, anyone(REWARD), anyone(0n)))).toBeUndefined()
    expect(faultOf(mature, spendReward(1, anyone(REWARD), anyone(1n)))).toEqual(invalid('bad-txns-in-belowout'))
  })

  test('amounts that no chain can hold', () => {
    const rich = (value: bigint): CoinSource => ({
      coin: () => ({ ...anyone(value), height: 1, isCoinbase: false }),
    })
    const spends = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        spendCoins(
          [{ ...mature.reward(1), outpoint: { txid: new Uint8Array(32).fill(i + 1), index: i } }],
          [anyone(0n)],
        ),
      )
    const outcome = (coins: CoinSource, transactions: readonly Transaction[]) =>
      connectWith(mature, mature.next({ transactions, fees: 0n }), coins)
    expect(outcome(rich(MAX_MONEY + 1n), spends(1))).toEqual(invalid('bad-txns-inputvalues-outofrange'))
    expect(outcome(rich(-1n), spends(1))).toEqual(invalid('bad-txns-inputvalues-outofrange'))
    const two = spendCoins([mature.reward(1), mature.reward(2)], [anyone(1n)])
    expect(outcome(rich(MAX_MONEY), [two])).toEqual(invalid('bad-txns-inputvalues-outofrange'))
    expect(outcome(rich(MAX_MONEY), spends(2))).toEqual(invalid('bad-txns-accumulated-fee-outofrange'))
    expect(isBlockFault(outcome(rich(MAX_MONEY), spends(1)))).toBe(false)
  })

  test('a coinbase that takes more than the subsidy and fees', () => {
    const transactions = [spendReward(1, anyone(REWARD - 7n))]
    const take = (fees: bigint) => mature.fork().add(mature.next({ transactions, fees }))
    expect(take(7n)).toBeUndefined()
    expect(take(6n)).toBeUndefined()
    expect(take(8n)).toEqual(invalid('bad-cb-amount'))
  })

  test('a coinbase that takes more than the halved subsidy', () => {
    const network = { ...local, subsidy: { first: 101n, halvingInterval: 3 } }
    const chain = matureChain(network, 2)
    expect(faultOf(chain)).toBeUndefined()
    const take = (value: bigint) => chain.fork().add(chain.next({ outputs: [anyone(value)] }))
    expect([take(50n), take(51n)]).toEqual([undefined, invalid('bad-cb-amount')])
  })

  describe('a transaction id that has coins left (BIP 30)', () => {
    const network: ChainNetwork = { ...local, activation: allFrom(Infinity), coinbaseMaturity: 1 }
    const scriptSig = Uint8Array.of(1, 2, 3)
    const twin = { coinbaseInput: { scriptSig } }
    const chain = new TestChain(network)
    const first = chain.mine(twin)

    test('is refused', () => {
      expect(isBip30Needed(network, 2)).toBe(true)
      expect(chain.fork().add(chain.next(twin))).toEqual(invalid('bad-txns-BIP30'))
    })

    test('and not when they are spent', () => {
      const spent = chain.fork()
      spent.mine({ transactions: [spendCoins([chain.reward(1)], [anyone(REWARD)])] })
      const second = spent.mine(twin)
      expect(second.transactions[0]?.txid).toEqual(first.transactions[0]?.txid)
    })

    test('needs no look where every coinbase names its height', () => {
      expect([1, 2, 100].map((height) => isBip30Needed(local, height))).toEqual([false, false, false])
      expect(isBip30Needed(local, 0)).toBe(true)
      expect(isBip30Needed({ ...local, activation: { ...local.activation, bip34: 2 } }, 100)).toBe(true)
    })
  })

  describe('a coin that is too young (BIP 68)', () => {
    const chain = mature.fork()
    const made = spendReward(1, anyone(REWARD))
    chain.mine({ transactions: [made] })
    const spending = (options: SpendOptions) => spendCoins([coinOf(made, 0)], [anyone(1n)], options)
    const nonfinal = invalid('bad-txns-nonfinal')

    test('by blocks', () => {
      expect(faultOf(chain, spending({ sequence: 1 }))).toBeUndefined()
      expect(faultOf(chain, spending({ sequence: 2 }))).toEqual(nonfinal)
      const later = chain.fork()
      later.mineMany(8)
      expect(faultOf(later, spending({ sequence: 9 }))).toBeUndefined()
      expect(faultOf(later, spending({ sequence: 10 }))).toEqual(nonfinal)
    })

    test('by time, from the median before the block that made it to that before this one', () => {
      const later = chain.fork()
      later.mineMany(11, { header: {} })
      const passed = later.medianTimePastAt(later.height) - later.medianTimePastAt(chain.height - 1)
      const units = Math.floor(passed / 512)
      expect(units).toBeGreaterThan(0)
      expect(faultOf(later, spending({ sequence: BY_TIME | units }))).toBeUndefined()
      expect(faultOf(later, spending({ sequence: BY_TIME | (units + 1) }))).toEqual(nonfinal)
    })

    test('made in the same block', () => {
      const first = spendReward(2, anyone(REWARD))
      const second = (sequence: number) => spendCoins([coinOf(first, 0)], [anyone(1n)], { sequence })
      expect(faultOf(chain, first, second(0))).toBeUndefined()
      expect(faultOf(chain, first, second(BY_TIME))).toBeUndefined()
      expect(faultOf(chain, first, second(1))).toEqual(nonfinal)
      expect(faultOf(chain, first, second(BY_TIME | 1))).toEqual(nonfinal)
    })

    test('not before the rule is in force, and not in version 1', () => {
      expect(faultOf(chain, spending({ sequence: 2, version: 1 }))).toBeUndefined()
      const network = { ...local, activation: { ...local.activation, bip68: 103 } }
      const early = chain.next({ transactions: [spending({ sequence: 2 })] })
      expect(isBlockFault(connectWith(chain, early, chain, network))).toBe(false)
      expect(isBlockFault(connectWith(chain, early, chain, { ...network, activation: allFrom(102) }))).toBe(true)
    })
  })
})

test('undo data of another block is a mistake of ours', () => {
  const chain = mature.fork()
  const block = chain.mine({ transactions: [spendReward(1, anyone(1n))] })
  expect(() => disconnectBlock(block, [])).toThrow(RangeError)
  expect(() => disconnectBlock(block, [[]])).toThrow(RangeError)
  expect(() => disconnectBlock(block, [[], []])).toThrow(RangeError)
})

/** Connects after the tip of `chain`, with other coins or rules. */
function connectWith(chain: TestChain, block: Block, coins: CoinSource, network: ChainNetwork = chain.network) {
  return connectBlock(block, {
    network,
    height: chain.height + 1,
    medianTimePast: chain.medianTimePastAt(chain.height),
    coins,
    medianTimePastAt: (height) => chain.medianTimePastAt(height),
    isBip30Needed: false,
  })
}
