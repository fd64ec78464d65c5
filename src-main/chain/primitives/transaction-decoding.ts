/**
 * Transactions from bytes, in the layouts with and without witnesses (BIP 144).
 *
 * One transaction has one serialisation: counts are minimal, a witness part in which every witness is empty is refused,
 * and nothing follows the end. Counts are held against the bytes that are left before anything is made.
 */
import { ByteReader } from '../../codec/byte-reader.ts'
import { SerializationError } from '../../codec/serialization-error.ts'
import { HASH_BYTES } from './hashes.ts'
import { Transaction, type TransactionInput, type TransactionOutput } from './transaction.ts'
import { type TransactionLayout, WITNESS_FLAG } from './transaction-encoding.ts'

/** No block can hold more: four million units of weight, and no byte weighs less than one. */
export const MAX_TRANSACTION_BYTES = 4_000_000
/** Of an input with an empty script, and of an output with one. */
export const MIN_INPUT_BYTES = 41
export const MIN_OUTPUT_BYTES = 9

const MAX_INPUTS = Math.floor(MAX_TRANSACTION_BYTES / MIN_INPUT_BYTES)
const MAX_OUTPUTS = Math.floor(MAX_TRANSACTION_BYTES / MIN_OUTPUT_BYTES)
const NO_WITNESS: readonly Uint8Array[] = Object.freeze([])

/** @throws SerializationError */
export function decodeTransaction(bytes: Uint8Array, layout: TransactionLayout = {}): Transaction {
  if (bytes.length > MAX_TRANSACTION_BYTES)
    throw new SerializationError({
      code: 'TOO_MANY',
      what: 'bytes of a transaction',
      count: bytes.length,
      limit: MAX_TRANSACTION_BYTES,
    })
  const reader = new ByteReader(bytes)
  const transaction = readTransaction(reader, layout)
  reader.end()
  return transaction
}

/** Reads one where more may follow; whoever made the reader has bounded its bytes. @throws SerializationError */
export function readTransaction(reader: ByteReader, { witness = true }: TransactionLayout = {}): Transaction {
  const start = reader.position
  const version = reader.i32()
  let flags = 0
  let inputs = readInputs(reader)
  let outputs: readonly TransactionOutput[] = []
  // No inputs is the marker of the layout with witnesses; flags of 0 are then the count of no outputs.
  if (inputs.length === 0 && witness) {
    flags = reader.u8()
    if (flags !== 0) {
      inputs = readInputs(reader)
      outputs = readOutputs(reader)
    }
  } else {
    outputs = readOutputs(reader)
  }
  const witnessAt = flags === 0 ? undefined : reader.position - start
  if (flags !== 0) {
    if (flags !== WITNESS_FLAG) throw new SerializationError({ code: 'UNKNOWN_FLAGS', flags })
    inputs = readWitnesses(reader, inputs)
  }
  const lockTime = reader.u32()
  const bytes = reader.slice(start, reader.position)
  return new Transaction({ version, inputs, outputs, lockTime }, { bytes, witnessAt })
}

/** @throws SerializationError */
export function readOutput(reader: ByteReader): TransactionOutput {
  const value = reader.i64()
  return { value, scriptPubKey: reader.sizedBytes() }
}

function readInputs(reader: ByteReader): readonly TransactionInput[] {
  const count = reader.count('inputs', MIN_INPUT_BYTES, MAX_INPUTS)
  const inputs: TransactionInput[] = []
  for (let i = 0; i < count; i++) {
    const txid = reader.bytes(HASH_BYTES)
    const index = reader.u32()
    const scriptSig = reader.sizedBytes()
    inputs.push({ previous: { txid, index }, scriptSig, sequence: reader.u32(), witness: NO_WITNESS })
  }
  return inputs
}

function readOutputs(reader: ByteReader): readonly TransactionOutput[] {
  const count = reader.count('outputs', MIN_OUTPUT_BYTES, MAX_OUTPUTS)
  const outputs: TransactionOutput[] = []
  for (let i = 0; i < count; i++) outputs.push(readOutput(reader))
  return outputs
}

function readWitnesses(reader: ByteReader, inputs: readonly TransactionInput[]): readonly TransactionInput[] {
  let found = false
  const complete: TransactionInput[] = []
  for (const { previous, scriptSig, sequence } of inputs) {
    const count = reader.count('witness items', 1, MAX_TRANSACTION_BYTES)
    const witness: Uint8Array[] = []
    for (let i = 0; i < count; i++) witness.push(reader.sizedBytes())
    found ||= count > 0
    complete.push({ previous, scriptSig, sequence, witness })
  }
  if (!found) throw new SerializationError({ code: 'SUPERFLUOUS_WITNESS' })
  return complete
}
