/**
 * What signatures outside witnesses sign: the transaction without input scripts, with `scriptCode` in the place of the
 * input that is being signed, and with parts left out by the hash type. Hashes as much data for each input as the
 * transaction has: blocks bound that by their limit of signature checks.
 */
import { ByteWriter, compactSizeBytes, sizedBytesSize } from '../../codec/byte-writer.ts'
import { concatBytes } from '../../kernel/bytes.ts'
import { HASH_BYTES, hash256 } from '../primitives/hashes.ts'
import type { TransactionFields, TransactionInput, TransactionOutput } from '../primitives/transaction.ts'
import { outputSize, writeOutput } from '../primitives/transaction-encoding.ts'
import { Opcode } from './opcodes.ts'
import { ScriptReader } from './script-reader.ts'
import { signedOutputs, signsOneInput } from './sighash-type.ts'

const EMPTY = new Uint8Array(0)
const INPUT_FIXED_BYTES = 32 + 4 + 4
/** Version, lock time and hash type. */
const FRAME_BYTES = 12
/** An output that is not signed: value -1, no script. */
const BLANK_OUTPUT: TransactionOutput = { value: -1n, scriptPubKey: EMPTY }

/**
 * The digest, 32 bytes. `scriptCode` is the executed script from the last CODESEPARATOR on, signatures already removed.
 * An input that is not there, and SINGLE without an output at its place, give the number 1: a bug that is consensus.
 */
export function legacySighash(
  transaction: TransactionFields,
  index: number,
  scriptCode: Uint8Array,
  hashType: number,
): Uint8Array {
  const outputsSigned = signedOutputs(hashType)
  const input = transaction.inputs[index]
  if (input === undefined || (outputsSigned === 'single' && index >= transaction.outputs.length)) return one()
  const script = withoutCodeSeparators(scriptCode)
  const inputs = signsOneInput(hashType)
    ? [{ ...input, scriptSig: script }]
    : transaction.inputs.map((other, i) => signedInput(other, i === index, script, outputsSigned === 'all'))
  const outputs = outputsOf(transaction.outputs, outputsSigned, index)
  return hash256(preimage(transaction, inputs, outputs, hashType))
}

function signedInput(input: TransactionInput, own: boolean, script: Uint8Array, keepsSequences: boolean) {
  const { previous } = input
  if (own) return { previous, scriptSig: script, sequence: input.sequence }
  return { previous, scriptSig: EMPTY, sequence: keepsSequences ? input.sequence : 0 }
}

function outputsOf(
  outputs: readonly TransactionOutput[],
  signed: 'all' | 'none' | 'single',
  index: number,
): readonly TransactionOutput[] {
  if (signed === 'all') return outputs
  if (signed === 'none') return []
  return outputs.slice(0, index + 1).map((output, i) => (i === index ? output : BLANK_OUTPUT))
}

function preimage(
  { version, lockTime }: TransactionFields,
  inputs: readonly Pick<TransactionInput, 'previous' | 'scriptSig' | 'sequence'>[],
  outputs: readonly TransactionOutput[],
  hashType: number,
): Uint8Array {
  let size = FRAME_BYTES + compactSizeBytes(inputs.length) + compactSizeBytes(outputs.length)
  for (const { scriptSig } of inputs) size += INPUT_FIXED_BYTES + sizedBytesSize(scriptSig)
  for (const output of outputs) size += outputSize(output)
  const writer = new ByteWriter(size).i32(version).compactSize(inputs.length)
  for (const { previous, scriptSig, sequence } of inputs)
    writer.bytes(previous.txid).u32(previous.index).sizedBytes(scriptSig).u32(sequence)
  writer.compactSize(outputs.length)
  for (const output of outputs) writeOutput(writer, output)
  return writer.u32(lockTime).i32(hashType).done()
}

/** From a place where the script breaks on, everything is kept: such a script fails whatever is signed. */
function withoutCodeSeparators(script: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = []
  const reader = new ScriptReader(script)
  let from = 0
  while (reader.next()) {
    if (reader.opcode !== Opcode.OP_CODESEPARATOR) continue
    parts.push(script.subarray(from, reader.at - 1))
    from = reader.at
  }
  return parts.length === 0 ? script : concatBytes([...parts, script.subarray(from)])
}

function one(): Uint8Array {
  const digest = new Uint8Array(HASH_BYTES)
  digest[0] = 1
  return digest
}
