import { SEQUENCE_FINAL, Transaction, type TransactionInput } from '../../../src-main/chain/primitives/transaction.ts'
import { Opcode } from '../../../src-main/chain/script/opcodes.ts'
import { type BrokenBlock, blockOf, coin, FEE, payTo, withCoinbase, withInput } from './ground.ts'

/** Rules that are ours alone (BIP 54 among them): good blocks to Bitcoin. */
export const BROKEN_BY_OUR_RULES_ALONE: readonly BrokenBlock[] = [
  {
    reason: 'time-too-old',
    how: 'the time of the parent, which is above the median',
    make: ({ chain }) => chain.next({ time: chain.tip.time }),
  },
  {
    reason: 'bad-cb-locktime',
    how: 'no locktime in the coinbase',
    make: (ground) => withCoinbase(ground, (fields) => ({ ...fields, lockTime: 0 })),
  },
  {
    reason: 'bad-cb-sequence',
    how: 'a final sequence in the coinbase',
    make: (ground) => withCoinbase(ground, (fields) => withInput(fields, { sequence: SEQUENCE_FINAL })),
  },
  {
    reason: 'bad-txns-size',
    how: 'a transaction of 64 bytes',
    make: (ground) =>
      blockOf(
        ground,
        payTo(ground, [{ value: coin(ground).value - FEE, scriptPubKey: Uint8Array.of(Opcode.OP_RETURN, 2, 0, 0) }]),
      ),
  },
  {
    reason: 'bad-txns-legacy-sigops',
    how: 'an input that counts as 2,600 signature checks',
    make: (ground) => {
      const { outpoint, value } = ground.costly
      const input: TransactionInput = {
        previous: outpoint,
        scriptSig: new Uint8Array(0),
        sequence: SEQUENCE_FINAL,
        witness: [],
      }
      const outputs = [{ value: value - FEE, scriptPubKey: ground.chain.key.script }]
      return blockOf(ground, new Transaction({ version: 2, inputs: [input], outputs, lockTime: 0 }))
    },
  },
]
