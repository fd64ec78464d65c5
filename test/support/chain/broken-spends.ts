/** Transactions whose locks are not over, and inputs that may not spend. */
import { Opcode } from '../../../src-main/chain/script/opcodes.ts'
import { TestKey, withFields } from '../../../src-main/chain/test-support/test-keys.ts'
import { type BrokenBlock, blockOf, coin, spend, toKey, withInput } from './ground.ts'

export const LOCKS_AND_SCRIPTS: readonly BrokenBlock[] = [
  {
    reason: 'bad-txns-nonfinal',
    how: 'a locktime of the block itself',
    make: (ground) => blockOf(ground, spend(coin(ground), { lockTime: ground.chain.height + 1 })),
  },
  {
    reason: 'bad-txns-nonfinal',
    how: 'a locktime of the time of the parent, which the median has not reached (BIP 113)',
    make: (ground) => blockOf(ground, spend(coin(ground), { lockTime: ground.chain.tip.header.time })),
  },
  {
    reason: 'bad-txns-nonfinal',
    how: 'coins one block younger than the sequence asks (BIP 68)',
    make: (ground) => blockOf(ground, spend(coin(ground), { sequence: 3 })),
  },
  {
    reason: 'bad-txns-nonfinal',
    how: 'coins younger than the 512 seconds that the sequence asks (BIP 68)',
    make: (ground) => blockOf(ground, spend(coin(ground), { sequence: (1 << 22) | 1 })),
  },
  {
    reason: 'mandatory-script-verify-flag-failed (EQUALVERIFY)',
    how: "somebody else's key",
    make: (ground) => blockOf(ground, spend({ ...coin(ground), key: new TestKey(666) })),
  },
  {
    reason: 'mandatory-script-verify-flag-failed (EVAL_FALSE)',
    how: 'an output changed after the signature',
    make: (ground) => {
      const { value } = coin(ground).output
      return blockOf(ground, withFields(spend(coin(ground)), { outputs: [toKey(value - 2_000n)] }))
    },
  },
  {
    reason: 'mandatory-script-verify-flag-failed (WITNESS_PROGRAM_MISMATCH)',
    how: 'no witness',
    make: (ground) => {
      const signed = spend(coin(ground))
      return blockOf(ground, withFields(signed, withInput(signed, { witness: [] })))
    },
  },
  {
    reason: 'mandatory-script-verify-flag-failed (WITNESS_MALLEATED)',
    how: 'an input script beside the witness',
    make: (ground) => {
      const signed = spend(coin(ground))
      return blockOf(ground, withFields(signed, withInput(signed, { scriptSig: Uint8Array.of(Opcode.OP_1) })))
    },
  },
]
