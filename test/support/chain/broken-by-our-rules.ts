import { SEQUENCE_FINAL } from '../../../src-main/chain/primitives/transaction.ts'
import { Opcode } from '../../../src-main/chain/script/opcodes.ts'
import { type BrokenBlock, blockOf, coin, FEE, payTo, spend } from './ground.ts'

/** Rules that are ours alone (BIP 54 among them): good blocks to Bitcoin. */
export const BROKEN_BY_OUR_RULES_ALONE: readonly BrokenBlock[] = [
  {
    reason: 'time-too-old',
    how: 'the time of the parent, which is above the median',
    make: ({ chain }) => chain.next({ header: { time: chain.tip.header.time } }),
  },
  {
    reason: 'bad-cb-locktime',
    how: 'no locktime in the coinbase',
    make: ({ chain }) => chain.next({ coinbase: { lockTime: 0 } }),
  },
  {
    reason: 'bad-cb-sequence',
    how: 'a final sequence in the coinbase',
    make: ({ chain }) => chain.next({ coinbaseInput: { sequence: SEQUENCE_FINAL } }),
  },
  {
    reason: 'bad-txns-size',
    how: 'a transaction of 64 bytes',
    make: (ground) => {
      const scriptPubKey = Uint8Array.of(Opcode.OP_RETURN, 2, 0, 0)
      return blockOf(ground, payTo(ground, [{ value: coin(ground).output.value - FEE, scriptPubKey }]))
    },
  },
  {
    reason: 'bad-txns-legacy-sigops',
    how: 'an input that counts as 2,600 signature checks',
    make: (ground) => blockOf(ground, spend(ground.costly)),
  },
]
