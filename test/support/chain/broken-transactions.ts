/** Transactions that cannot be in any block, or not in the next one for what they spend. */
import { ZERO_HASH } from '../../../src-main/chain/primitives/hashes.ts'
import { COINBASE_INDEX } from '../../../src-main/chain/primitives/transaction.ts'
import { coinOf, spendCoins } from '../../../src-main/chain/test-support/test-keys.ts'
import { type BrokenBlock, blockOf, coin, filled, KEY, payTo, spend, toKey } from './ground.ts'

const MAX_MONEY = 2_100_000_000_000_000n

export const TRANSACTIONS: readonly BrokenBlock[] = [
  { reason: 'bad-txns-vout-empty', how: 'no outputs', make: (ground) => blockOf(ground, payTo(ground, [])) },
  {
    reason: 'bad-txns-vout-negative',
    how: 'an output of -1',
    make: (ground) => blockOf(ground, payTo(ground, [toKey(-1n)])),
  },
  {
    reason: 'bad-txns-vout-toolarge',
    how: 'an output of all money and one grain',
    make: (ground) => blockOf(ground, payTo(ground, [toKey(MAX_MONEY + 1n)])),
  },
  {
    reason: 'bad-txns-txouttotal-toolarge',
    how: 'outputs of all money and one grain (CVE-2010-5139)',
    make: (ground) => blockOf(ground, payTo(ground, [toKey(MAX_MONEY), toKey(1n)])),
  },
  {
    reason: 'bad-txns-inputs-duplicate',
    how: 'one output spent twice by one transaction (CVE-2018-17144)',
    make: (ground) => blockOf(ground, spendCoins([coin(ground), coin(ground)], [toKey(coin(ground).output.value)])),
  },
  {
    reason: 'bad-txns-prevout-null',
    how: 'an input like that of a coinbase beside another',
    make: (ground) => {
      const nothing = { ...coin(ground), outpoint: { txid: ZERO_HASH, index: COINBASE_INDEX } }
      return blockOf(ground, spendCoins([coin(ground), nothing], [toKey(1n)]))
    },
  },
  {
    reason: 'bad-txns-inputs-missingorspent',
    how: 'an output that never was',
    make: (ground) => blockOf(ground, spend({ ...coin(ground), outpoint: { txid: filled(32, 9), index: 0 } })),
  },
  {
    reason: 'bad-txns-inputs-missingorspent',
    how: 'an output spent by two transactions',
    make: (ground) => blockOf(ground, spend(coin(ground)), spend(coin(ground), { sequence: 0x8000_0000 })),
  },
  {
    reason: 'bad-txns-inputs-missingorspent',
    how: 'an output of a later transaction',
    make: (ground) => {
      const parent = spend(coin(ground))
      return blockOf(ground, spend(coinOf(parent, 0, KEY)), parent)
    },
  },
  {
    reason: 'bad-txns-in-belowout',
    how: 'one grain more out than in',
    make: (ground) => blockOf(ground, payTo(ground, [toKey(coin(ground).output.value + 1n)])),
  },
  {
    reason: 'bad-txns-premature-spend-of-coinbase',
    how: 'a coinbase one block too early',
    make: (ground) => {
      const { chain } = ground
      return blockOf(ground, spend(chain.reward(chain.height + 2 - chain.network.coinbaseMaturity)))
    },
  },
]
