/** Coinbases and commitments that break a rule. */
import { coinbaseHeightScript } from '../../../src-main/chain/consensus/coinbase.ts'
import type { Transaction } from '../../../src-main/chain/primitives/transaction.ts'
import { concatBytes } from '../../../src-main/kernel/bytes.ts'
import { type BrokenBlock, blockOf, coin, filled, KEY, spend, withCoinbase, withInput, withReserved } from './ground.ts'

const MAX_SCRIPT_BYTES = 100

export const COINBASES: readonly BrokenBlock[] = [
  {
    reason: 'bad-cb-missing',
    how: 'the first transaction spends an output',
    make: (ground) =>
      withCoinbase(blockOf(ground), (fields) => withInput(fields, { previous: coin(ground).outpoint, witness: [] })),
  },
  {
    reason: 'bad-cb-multiple',
    how: 'a second coinbase',
    make: (ground) => {
      const other = ground.chain.next({ extraNonce: 1 }).transactions[0] as Transaction
      return blockOf(ground, other)
    },
  },
  {
    reason: 'bad-cb-length',
    how: 'an input script of 101 bytes',
    make: ({ chain }) => {
      const height = coinbaseHeightScript(chain.height + 1)
      const scriptSig = concatBytes([height, filled(MAX_SCRIPT_BYTES + 1 - height.length, 0)])
      return chain.next({ coinbaseInput: { scriptSig } })
    },
  },
  {
    reason: 'bad-cb-height',
    how: 'the height of the parent',
    make: ({ chain }) => {
      const scriptSig = concatBytes([coinbaseHeightScript(chain.height), filled(4, 0)])
      return chain.next({ coinbaseInput: { scriptSig } })
    },
  },
  {
    reason: 'bad-cb-amount',
    how: 'one grain more than subsidy and fees',
    make: (ground) => {
      const transactions = [spend(coin(ground))]
      const outputs = blockOf(ground, ...transactions).transactions[0]?.outputs.slice(0, 1) ?? []
      return ground.chain.next({ transactions, outputs: outputs.map((o) => ({ ...o, value: o.value + 1n })) })
    },
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
    make: (ground) => {
      const block = ground.chain.next({ transactions: [spend(coin(ground))], payTo: KEY.p2wpkh })
      return withCoinbase(block, ({ version, inputs, outputs, lockTime }) =>
        withInput({ version, inputs, outputs: outputs.slice(0, 1), lockTime }, { witness: [] }),
      )
    },
  },
]
