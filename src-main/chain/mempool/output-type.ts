/** The known forms of output scripts, and when an output is dust. As Bitcoin Core's `Solver` and `GetDustThreshold`. */

import { destinationOf } from '../address/output-script.ts'
import { isUnspendable } from '../coins/unspendable.ts'
import { type TransactionOutput, WITNESS_SCALE } from '../primitives/transaction.ts'
import { outputSize } from '../primitives/transaction-encoding.ts'
import { Opcode } from '../script/opcodes.ts'
import { witnessProgramOf } from '../script/script-patterns.ts'
import { isPushOnly, ScriptReader } from '../script/script-reader.ts'
import { DUST_FEE_RATE, type FeeRate, feeFor } from './policy.ts'

/**
 * `witness`: a witness version above 0, or version 0 of a length that nobody can spend; anyone's or no one's.
 * `data`: OP_RETURN and pushes.
 */
export type OutputType =
  | { readonly type: 'p2pk' | 'p2pkh' | 'p2sh' | 'p2wpkh' | 'p2wsh' | 'witness' | 'data' | 'nonstandard' }
  | { readonly type: 'multisig'; readonly required: number; readonly keys: number }

const NONSTANDARD: OutputType = { type: 'nonstandard' }

export function outputTypeOf(script: Uint8Array): OutputType {
  const destination = destinationOf(script)
  if (destination) return { type: destination.type }
  if (witnessProgramOf(script)) return { type: 'witness' }
  if (script[0] === Opcode.OP_RETURN) return isPushOnly(script.subarray(1)) ? { type: 'data' } : NONSTANDARD
  if (isPayToPublicKey(script)) return { type: 'p2pk' }
  return multisigOf(script) ?? NONSTANDARD
}

function isPayToPublicKey(script: Uint8Array): boolean {
  const length = script[0]
  if (length !== 33 && length !== 65) return false
  return (
    script.length === length + 2 &&
    script[length + 1] === Opcode.OP_CHECKSIG &&
    isPublicKeyShaped(script.subarray(1, length + 1))
  )
}

/** `m <key>… n CHECKMULTISIG` with 1 <= m <= n <= 16. */
function multisigOf(script: Uint8Array): OutputType | undefined {
  if (script[script.length - 1] !== Opcode.OP_CHECKMULTISIG) return undefined
  const reader = new ScriptReader(script)
  if (!reader.next()) return undefined
  const required = smallNumber(reader.opcode)
  if (required === undefined) return undefined
  let keys = 0
  while (reader.next() && isPublicKeyShaped(reader.push)) keys++
  const isWhole = smallNumber(reader.opcode) === keys && reader.at === script.length - 1
  return isWhole && required <= keys ? { type: 'multisig', required, keys } : undefined
}

/** 1 to 16, or undefined. */
function smallNumber(opcode: number): number | undefined {
  return opcode >= Opcode.OP_1 && opcode <= Opcode.OP_16 ? opcode - Opcode.OP_1 + 1 : undefined
}

/** By the first byte: 33 bytes compressed, 65 uncompressed or hybrid. */
function isPublicKeyShaped(bytes: Uint8Array): boolean {
  const first = bytes[0]
  if (first === 2 || first === 3) return bytes.length === 33
  return (first === 4 || first === 6 || first === 7) && bytes.length === 65
}

/** Outpoint, length of the script, signature and key, sequence. */
const SPENDING_BYTES = 32 + 4 + 1 + 107 + 4
/** The same with signature and key in the witness. */
const SPENDING_WITNESS_BYTES = 32 + 4 + 1 + Math.floor(107 / WITNESS_SCALE) + 4

/** Grains below which the output is dust; 0 for one that nobody can spend. */
export function dustThreshold(output: TransactionOutput, rate: FeeRate = DUST_FEE_RATE): number {
  const { scriptPubKey } = output
  if (isUnspendable(scriptPubKey)) return 0
  return feeFor(rate, outputSize(output) + (witnessProgramOf(scriptPubKey) ? SPENDING_WITNESS_BYTES : SPENDING_BYTES))
}
