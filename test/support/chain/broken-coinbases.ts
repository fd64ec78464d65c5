/** Coinbases and commitments that break a rule. */
import type { Transaction } from '../../../src-main/chain/primitives/transaction.ts'
import { concatBytes } from '../../../src-main/kernel/bytes.ts'
import { type BrokenBlock, coin, FEE, filled, spend, withCoinbase, withInput, withReserved } from './ground.ts'
import { heightScript } from './hand-made-blocks.ts'

export const COINBASES: readonly BrokenBlock[] = [
  {
    reason: 'bad-cb-missing',
    how: 'the first transaction spends an output',
    make: (ground) =>
      withCoinbase(ground, (fields) => withInput(fields, { previous: coin(ground).outpoint, witness: [] })),
  },
  {
    reason: 'bad-cb-multiple',
    how: 'a second coinbase',
    make: (ground) => {
      const [coinbase] = ground.chain.next({ tag: 'second', commit: false }).transactions
      return ground.chain.next({ transactions: [coinbase as Transaction] })
    },
  },
  {
    reason: 'bad-cb-length',
    how: 'an input script of 101 bytes',
    make: (ground) => {
      const start = heightScript(ground.chain.tip.height + 1)
      return withCoinbase(ground, (fields) =>
        withInput(fields, { scriptSig: concatBytes([start, filled(101 - start.length, 0)]) }),
      )
    },
  },
  {
    reason: 'bad-cb-height',
    how: 'the height of the parent',
    make: (ground) =>
      withCoinbase(ground, (fields) =>
        withInput(fields, { scriptSig: concatBytes([heightScript(ground.chain.tip.height), filled(4, 0)]) }),
      ),
  },
  {
    reason: 'bad-cb-amount',
    how: 'one grain more than subsidy and fees',
    make: ({ chain }) => chain.next({ fees: 1n }),
  },
  {
    reason: 'bad-witness-nonce-size',
    how: 'a reserved value of 31 bytes',
    make: ({ chain }) => withReserved(chain.next(), [filled(31, 0)]),
  },
  {
    reason: 'bad-witness-nonce-size',
    how: 'no reserved value',
    make: ({ chain }) => withReserved(chain.next(), []),
  },
  {
    reason: 'bad-witness-merkle-match',
    how: 'another reserved value',
    make: ({ chain }) => withReserved(chain.next(), [filled(32, 1)]),
  },
  {
    reason: 'unexpected-witness',
    how: 'witnesses without a commitment',
    make: (ground) => ground.chain.next({ transactions: [spend(ground)], fees: FEE, commit: false }),
  },
]
