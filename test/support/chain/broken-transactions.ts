/** Transactions that cannot be in any block, or not in the next one for what they spend. */
import { ZERO_HASH } from '../../../src-main/chain/primitives/hashes.ts'
import { COINBASE_INDEX } from '../../../src-main/chain/primitives/transaction.ts'
import { type BrokenBlock, blockOf, coin, FEE, filled, payTo, spend } from './ground.ts'
import { coinOf, payment, type TestCoin } from './test-key.ts'

const MAX_MONEY = 2_100_000_000_000_000n

export const TRANSACTIONS: readonly BrokenBlock[] = [
  { reason: 'bad-txns-vout-empty', how: 'no outputs', make: (ground) => blockOf(ground, payTo(ground, [])) },
  {
    reason: 'bad-txns-vout-negative',
    how: 'an output of -1',
    make: (ground) => blockOf(ground, payTo(ground, [{ value: -1n, scriptPubKey: ground.chain.key.script }])),
  },
  {
    reason: 'bad-txns-vout-toolarge',
    how: 'an output of all money and one grain',
    make: (ground) =>
      blockOf(ground, payTo(ground, [{ value: MAX_MONEY + 1n, scriptPubKey: ground.chain.key.script }])),
  },
  {
    reason: 'bad-txns-txouttotal-toolarge',
    how: 'outputs of all money and one grain (CVE-2010-5139)',
    make: (ground) => {
      const { script } = ground.chain.key
      return blockOf(
        ground,
        payTo(
          ground,
          [MAX_MONEY, 1n].map((value) => ({ value, scriptPubKey: script })),
        ),
      )
    },
  },
  {
    reason: 'bad-txns-inputs-duplicate',
    how: 'one output spent twice by one transaction (CVE-2018-17144)',
    make: (ground) =>
      blockOf(
        ground,
        payment([coin(ground), coin(ground)], [{ value: coin(ground).value, scriptPubKey: ground.chain.key.script }]),
      ),
  },
  {
    reason: 'bad-txns-prevout-null',
    how: 'an input like that of a coinbase beside another',
    make: (ground) => {
      const nothing: TestCoin = { ...coin(ground), outpoint: { txid: ZERO_HASH, index: COINBASE_INDEX } }
      return blockOf(ground, payment([coin(ground), nothing], [{ value: 1n, scriptPubKey: ground.chain.key.script }]))
    },
  },
  {
    reason: 'bad-txns-inputs-missingorspent',
    how: 'an output that never was',
    make: (ground) => {
      const unknown: TestCoin = { ...coin(ground), outpoint: { txid: filled(32, 9), index: 0 } }
      return blockOf(ground, payment([unknown], [{ value: 1n, scriptPubKey: ground.chain.key.script }]))
    },
  },
  {
    reason: 'bad-txns-inputs-missingorspent',
    how: 'an output spent by two transactions',
    make: (ground) => blockOf(ground, spend(ground), spend(ground, 1, { sequence: 0x8000_0000 })),
  },
  {
    reason: 'bad-txns-inputs-missingorspent',
    how: 'an output of a later transaction',
    make: (ground) => {
      const parent = spend(ground)
      const child = payment(
        [coinOf(parent, 0, ground.chain.key)],
        [{ value: 1n, scriptPubKey: ground.chain.key.script }],
      )
      return blockOf(ground, child, parent)
    },
  },
  {
    reason: 'bad-txns-in-belowout',
    how: 'one grain more out than in',
    make: (ground) =>
      blockOf(ground, payTo(ground, [{ value: coin(ground).value + 1n, scriptPubKey: ground.chain.key.script }])),
  },
  {
    reason: 'bad-txns-premature-spend-of-coinbase',
    how: 'a coinbase one block too early',
    make: (ground) => {
      const { chain } = ground
      const early = chain.coinbase(chain.tip.height + 2 - chain.network.coinbaseMaturity)
      return blockOf(ground, payment([early], [{ value: early.value - FEE, scriptPubKey: chain.key.script }]))
    },
  },
]
