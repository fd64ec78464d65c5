/** Blocks that hold too much. */
import { Transaction } from '../../../src-main/chain/primitives/transaction.ts'
import { Opcode } from '../../../src-main/chain/script/opcodes.ts'
import { type BrokenBlock, blockOf, coin, filled, plusOutput, spend, withCoinbase } from './ground.ts'

export const SIZES: readonly BrokenBlock[] = [
  {
    reason: 'bad-blk-length',
    how: 'over a million bytes without witnesses',
    make: ({ chain }) => withCoinbase(chain.next(), (fields) => plusOutput(fields, filled(1_000_000, Opcode.OP_NOP))),
  },
  {
    reason: 'bad-blk-weight',
    how: 'a witness of almost four million bytes',
    make: (ground) => {
      const { version, inputs, outputs, lockTime } = spend(coin(ground))
      const heavy = inputs.map((input) => ({ ...input, witness: [filled(3_999_300, 0), ...input.witness] }))
      return blockOf(ground, new Transaction({ version, inputs: heavy, outputs, lockTime }))
    },
  },
  {
    reason: 'bad-blk-sigops',
    how: '20,001 signature checks in an output script',
    make: ({ chain }) => withCoinbase(chain.next(), (fields) => plusOutput(fields, filled(20_001, Opcode.OP_CHECKSIG))),
  },
]
