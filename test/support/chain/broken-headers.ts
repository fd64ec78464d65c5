/** Headers that do not fit, and transactions that are not those of their header. */
import { Block } from '../../../src-main/chain/primitives/block.ts'
import type { Transaction } from '../../../src-main/chain/primitives/transaction.ts'
import { type BrokenBlock, blockOf, coin, FEE, filled, spend, swapped } from './ground.ts'
import { unmined } from './hand-made-blocks.ts'
import { payment } from './test-key.ts'

export const HEADERS: readonly BrokenBlock[] = [
  {
    reason: 'high-hash',
    how: 'the nonce is not enough',
    make: ({ chain }) => {
      const { header, transactions } = chain.next()
      return new Block(unmined(header, chain.network.proofOfWork.limit), transactions)
    },
  },
  {
    reason: 'bad-diffbits',
    how: 'a harder target than asked for',
    make: ({ chain }) => chain.next({ header: (fields) => ({ ...fields, bits: fields.bits - 1 }) }),
  },
  {
    reason: 'time-too-old',
    how: 'the time of genesis',
    make: ({ chain }) => chain.next({ time: chain.network.genesis.header.time }),
  },
  {
    reason: 'time-too-new',
    how: 'two hours and ten minutes ahead',
    make: ({ chain, now }) => chain.next({ time: now + chain.network.headerTime.furthestAhead + 600 }),
  },
  {
    reason: 'bad-version(0x00000003)',
    how: 'version 3',
    make: ({ chain }) => chain.next({ header: (fields) => ({ ...fields, version: 3 }) }),
  },
  {
    reason: 'bad-txnmrklroot',
    how: 'another merkle root',
    make: ({ chain }) => chain.next({ header: (fields) => ({ ...fields, merkleRoot: filled(32, 7) }) }),
  },
  {
    reason: 'bad-txns-duplicate',
    how: 'the last transaction repeated, which gives the same root (CVE-2012-2459)',
    make: (ground) => {
      const block = blockOf(
        ground,
        spend(ground),
        payment([coin(ground, 1)], [{ value: coin(ground, 1).value - FEE, scriptPubKey: ground.chain.key.script }]),
      )
      return swapped(block, [...block.transactions, block.transactions.at(-1) as Transaction])
    },
  },
]
