/**
 * How large a transaction of the wallet becomes once it is signed, exactly but for the length of signatures, of which the
 * longest is assumed: every input spends pay to witness public key hash. Source: BIP 141 (weight), BIP 144 (layout).
 */
import { type TransactionOutput, WITNESS_SCALE } from '../../chain/primitives/transaction.ts'
import { outputSize, WITNESS_MARK_BYTES } from '../../chain/primitives/transaction-encoding.ts'
import { compactSizeBytes } from '../../codec/byte-writer.ts'

/** DER of two numbers, both below half of their range as the vault makes them, and the hash type; seldom a byte less. */
export const MAX_SIGNATURE_BYTES = 71
const PUBLIC_KEY_BYTES = 33
/** Outpoint, length of the empty script, sequence. */
const INPUT_BYTES = 36 + 1 + 4
/** Number of items, then each with its length. */
const INPUT_WITNESS_BYTES = 1 + 1 + MAX_SIGNATURE_BYTES + 1 + PUBLIC_KEY_BYTES
/** Weight units of an input: 271. */
export const INPUT_WEIGHT = INPUT_BYTES * WITNESS_SCALE + INPUT_WITNESS_BYTES
/** Virtual bytes of an input, with a fraction: 67.75. */
export const INPUT_VIRTUAL_SIZE = INPUT_WEIGHT / WITNESS_SCALE
/** Version and locktime. */
const FIXED_BYTES = 4 + 4

/** Number and weight of outputs. */
export interface OutputsSize {
  readonly count: number
  /** Weight units. */
  readonly weight: number
}

/** Value 8 bytes, script of 22 with its length. */
export const CHANGE_SIZE: OutputsSize = { count: 1, weight: (8 + 1 + 22) * WITNESS_SCALE }

export function sizeOfOutputs(outputs: readonly Pick<TransactionOutput, 'scriptPubKey'>[]): OutputsSize {
  let weight = 0
  for (const { scriptPubKey } of outputs) weight += outputSize({ value: 0n, scriptPubKey }) * WITNESS_SCALE
  return { count: outputs.length, weight }
}

export function addSizes(a: OutputsSize, b: OutputsSize): OutputsSize {
  return { count: a.count + b.count, weight: a.weight + b.weight }
}

/** Weight units of the signed transaction. */
export function signedWeight(inputs: number, outputs: OutputsSize): number {
  const bytes = FIXED_BYTES + compactSizeBytes(inputs) + compactSizeBytes(outputs.count)
  return bytes * WITNESS_SCALE + WITNESS_MARK_BYTES + inputs * INPUT_WEIGHT + outputs.weight
}

export function virtualSizeOf(weight: number): number {
  return Math.ceil(weight / WITNESS_SCALE)
}
