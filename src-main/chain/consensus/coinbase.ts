/** What blocks ask of their first transaction beside its amount: the height (BIP 34), and that no two are alike (BIP 54). */
import { bytesEqual } from '../../kernel/bytes.ts'
import { SEQUENCE_FINAL, type Transaction } from '../primitives/transaction.ts'
import { Opcode } from '../script/opcodes.ts'
import { encodeNumber } from '../script/script-number.ts'
import { pushOf } from '../script/script-reader.ts'

/** How the input script of the coinbase at `height` starts: the height pushed, 1 to 16 by an opcode of one byte. BIP 34. */
export function coinbaseHeightScript(height: number): Uint8Array {
  if (height >= 1 && height <= 16) return Uint8Array.of(Opcode.OP_1 + height - 1)
  return pushOf(encodeNumber(height))
}

/** Whether a coinbase says which height it is for. */
export function hasCoinbaseHeight(coinbase: Transaction, height: number): boolean {
  const expected = coinbaseHeightScript(height)
  const script = coinbase.inputs[0]?.scriptSig
  return script !== undefined && bytesEqual(script.subarray(0, expected.length), expected)
}

/** Locktime of the coinbase at `height` (BIP 54). */
export function coinbaseLockTime(height: number): number {
  return height - 1
}

/** BIP 54: a locktime of the block before that is in force, which no coinbase from before BIP 34 has. */
export function coinbaseLockTimeFault(
  coinbase: Transaction,
  height: number,
): 'bad-cb-locktime' | 'bad-cb-sequence' | undefined {
  if (coinbase.lockTime !== coinbaseLockTime(height)) return 'bad-cb-locktime'
  return coinbase.inputs[0]?.sequence === SEQUENCE_FINAL ? 'bad-cb-sequence' : undefined
}
