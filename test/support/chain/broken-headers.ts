/** Headers that do not fit, and transactions that are not those of their header. */
import { type BrokenBlock, blockOf, coin, filled, spend, swapped, withoutWork } from './ground.ts'

export const HEADERS: readonly BrokenBlock[] = [
  {
    reason: 'high-hash',
    how: 'the nonce is not enough',
    make: ({ chain }) => withoutWork(chain.next(), chain.network.proofOfWork.limit),
  },
  {
    reason: 'bad-diffbits',
    how: 'a harder target than asked for',
    make: ({ chain }) => chain.next({ header: { bits: chain.tip.header.bits - 1 } }),
  },
  {
    reason: 'time-too-old',
    how: 'the time of genesis',
    make: ({ chain }) => chain.next({ header: { time: chain.network.genesis.header.time } }),
  },
  {
    reason: 'time-too-new',
    how: 'two hours and ten minutes ahead',
    make: ({ chain }) => chain.next({ header: { time: chain.now + chain.network.headerTime.furthestAhead + 600 } }),
  },
  {
    reason: 'bad-version(0x00000003)',
    how: 'version 3',
    make: ({ chain }) => chain.next({ header: { version: 3 } }),
  },
  {
    reason: 'bad-txnmrklroot',
    how: 'another merkle root',
    make: ({ chain }) => chain.next({ header: { merkleRoot: filled(32, 7) } }),
  },
  {
    reason: 'bad-txns-duplicate',
    how: 'the last transaction repeated, which gives the same root (CVE-2012-2459)',
    make: (ground) => {
      const last = spend(coin(ground, 1))
      const block = blockOf(ground, spend(coin(ground)), last)
      return swapped(block, [...block.transactions, last])
    },
  },
]
