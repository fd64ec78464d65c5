/** Transactions whose locks are not over, and inputs that may not spend. */
import { Transaction } from '../../../src-main/chain/primitives/transaction.ts'
import { Opcode } from '../../../src-main/chain/script/opcodes.ts'
import { type BrokenBlock, blockOf, coin, FEE, spend } from './ground.ts'
import { payment, type TestCoin, TestKey } from './test-key.ts'

export const LOCKS_AND_SCRIPTS: readonly BrokenBlock[] = [
  {
    reason: 'bad-txns-nonfinal',
    how: 'a locktime of the block itself',
    make: (ground) => blockOf(ground, spend(ground, 1, { lockTime: ground.chain.tip.height + 1 })),
  },
  {
    reason: 'bad-txns-nonfinal',
    how: 'a locktime of the time of the parent, which the median has not reached (BIP 113)',
    make: (ground) => blockOf(ground, spend(ground, 1, { lockTime: ground.chain.tip.time })),
  },
  {
    reason: 'bad-txns-nonfinal',
    how: 'coins one block younger than the sequence asks (BIP 68)',
    make: (ground) => blockOf(ground, spend(ground, 1, { sequence: 3 })),
  },
  {
    reason: 'bad-txns-nonfinal',
    how: 'coins younger than the 512 seconds that the sequence asks (BIP 68)',
    make: (ground) => blockOf(ground, spend(ground, 1, { sequence: (1 << 22) | 1 })),
  },
  {
    reason: 'mandatory-script-verify-flag-failed (EQUALVERIFY)',
    how: "somebody else's key",
    make: (ground) => {
      const theirs: TestCoin = { ...coin(ground), key: new TestKey('thief') }
      return blockOf(ground, payment([theirs], [{ value: theirs.value - FEE, scriptPubKey: ground.chain.key.script }]))
    },
  },
  {
    reason: 'mandatory-script-verify-flag-failed (EVAL_FALSE)',
    how: 'a signature of another amount',
    make: (ground) => {
      const more: TestCoin = { ...coin(ground), value: coin(ground).value + 1n }
      return blockOf(ground, payment([more], [{ value: more.value - FEE - 1n, scriptPubKey: ground.chain.key.script }]))
    },
  },
  {
    reason: 'mandatory-script-verify-flag-failed (WITNESS_PROGRAM_MISMATCH)',
    how: 'no witness',
    make: (ground) => {
      const { version, inputs, outputs, lockTime } = spend(ground)
      const bare = inputs.map((input) => ({ ...input, witness: [] }))
      return blockOf(ground, new Transaction({ version, inputs: bare, outputs, lockTime }))
    },
  },
  {
    reason: 'mandatory-script-verify-flag-failed (WITNESS_MALLEATED)',
    how: 'an input script beside the witness',
    make: (ground) => {
      const { version, inputs, outputs, lockTime } = spend(ground)
      const more = inputs.map((input) => ({ ...input, scriptSig: Uint8Array.of(Opcode.OP_1) }))
      return blockOf(ground, new Transaction({ version, inputs: more, outputs, lockTime }))
    },
  },
]
