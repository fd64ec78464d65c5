/** The makers of blocks and transactions make good ones, and only good ones get into a chain. */
import { describe, expect, test } from 'vitest'
import { networks } from '../consensus/networks.ts'
import { decodeBlock } from '../primitives/block.ts'
import { TestChain } from './test-chain.ts'
import { ANYONE_CAN_SPEND, coinOf, spendCoins, TestKey, withFields } from './test-keys.ts'

const key = new TestKey(1)
const other = new TestKey(2)
const reward = 5_000_000_000n

describe('a chain of tests', () => {
  test('starts with the first block of its network', () => {
    const chain = new TestChain()
    expect([chain.height, chain.tip, chain.coins.size]).toEqual([0, networks.local.genesis, 0])
    expect(() => chain.undo()).toThrow(RangeError)
    expect(chain.height).toBe(0)
  })

  test('spends rewards by key hash with and without witness, several at once, and in the block that made the coin', () => {
    const chain = new TestChain()
    chain.mine({ payTo: key.p2wpkh })
    chain.mine({ payTo: key.p2pkh })
    chain.mine()
    chain.mineMany(100)
    const coins = [chain.reward(1, key), chain.reward(2, key), chain.reward(3)]
    const first = spendCoins(coins, [
      { value: reward, scriptPubKey: other.p2wpkh },
      { value: 2n * reward - 1000n, scriptPubKey: other.p2pkh },
    ])
    const second = spendCoins(
      [coinOf(first, 0, other), coinOf(first, 1, other)],
      [{ value: 3n * reward - 3000n, scriptPubKey: ANYONE_CAN_SPEND }],
    )
    const block = chain.mine({ transactions: [first, second] })
    expect(chain.height).toBe(104)
    expect(chain.coin({ txid: second.txid, index: 0 })).toMatchObject({ height: 104, isCoinbase: false })
    expect(chain.coin(coins[0]?.outpoint as never)).toBeUndefined()
    expect(block.transactions[0]?.outputs[0]?.value).toBe(reward + 3000n)
    expect(decodeBlock(block.bytes()).bytes()).toEqual(block.bytes())
  })

  test('refuses a wrong signature by the rule of its script', () => {
    const chain = new TestChain()
    chain.mine({ payTo: key.p2wpkh })
    chain.mineMany(100)
    const stolen = spendCoins([chain.reward(1, other)], [{ value: 1n, scriptPubKey: ANYONE_CAN_SPEND }])
    const changed = withFields(spendCoins([chain.reward(1, key)], [{ value: 1n, scriptPubKey: ANYONE_CAN_SPEND }]), {
      outputs: [{ value: 2n, scriptPubKey: ANYONE_CAN_SPEND }],
    })
    const faults = [stolen, changed].map((transaction) => chain.add(chain.next({ transactions: [transaction] })))
    expect(faults).toEqual([
      { reason: 'mandatory-script-verify-flag-failed (EQUALVERIFY)', kind: 'invalid' },
      { reason: 'mandatory-script-verify-flag-failed (EVAL_FALSE)', kind: 'invalid' },
    ])
    expect(chain.height).toBe(101)
    expect(() => chain.mine({ transactions: [stolen] })).toThrow('EQUALVERIFY')
  })

  test('forks: two branches know nothing of each other', () => {
    const chain = new TestChain()
    chain.mineMany(5)
    const branch = chain.fork(3)
    const here = chain.mine()
    const there = branch.mine({ extraNonce: 1 })
    expect([branch.height, chain.height]).toEqual([4, 6])
    expect(branch.blockAt(3)).toBe(chain.blockAt(3))
    expect(branch.coin({ txid: here.transactions[0]?.txid as Uint8Array, index: 0 })).toBeUndefined()
    expect(chain.add(there)).toEqual({ reason: 'prev-blk-not-found', kind: 'later' })
  })
})
