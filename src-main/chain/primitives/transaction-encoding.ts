/**
 * Transactions to bytes, in the layouts with and without witnesses, and how large they become (BIP 144).
 */
import { ByteWriter, compactSizeBytes, sizedBytesSize } from '../../codec/byte-writer.ts'
import type { TransactionFields, TransactionInput, TransactionOutput } from './transaction.ts'

/** The flag after the marker (a count of no inputs) that says: witnesses follow the outputs. */
export const WITNESS_FLAG = 1
/** Bytes of marker and flag. */
export const WITNESS_MARK_BYTES = 2

export interface TransactionLayout {
  /** False: the layout before BIP 144, in which no inputs means no inputs. @default true */
  readonly witness?: boolean
}

/** Whether any input has a witness: then the serialisation has a witness part. */
export function hasWitness(inputs: readonly TransactionInput[]): boolean {
  return inputs.some((input) => input.witness.length > 0)
}

/** The serialisation: with witnesses if there are any, and unless told otherwise. */
export function encodeTransaction(fields: TransactionFields, { witness = true }: TransactionLayout = {}): Uint8Array {
  const { version, inputs, outputs, lockTime } = fields
  const withWitness = witness && hasWitness(inputs)
  const size = strippedSize(fields) + (withWitness ? witnessSize(inputs) : 0)
  const writer = new ByteWriter(size).i32(version)
  if (withWitness) writer.u8(0).u8(WITNESS_FLAG)
  writer.compactSize(inputs.length)
  for (const input of inputs)
    writer.bytes(input.previous.txid).u32(input.previous.index).sizedBytes(input.scriptSig).u32(input.sequence)
  writer.compactSize(outputs.length)
  for (const output of outputs) writeOutput(writer, output)
  if (withWitness) for (const input of inputs) writeWitness(writer, input.witness)
  return writer.u32(lockTime).done()
}

/** 8 bytes of value, then the script with its length: the form in which hashes commit to outputs. */
export function writeOutput(writer: ByteWriter, output: TransactionOutput): void {
  writer.i64(output.value).sizedBytes(output.scriptPubKey)
}

/** Bytes that `writeOutput` writes. */
export function outputSize(output: TransactionOutput): number {
  return 8 + sizedBytesSize(output.scriptPubKey)
}

/** Bytes of the serialisation without witnesses. */
export function strippedSize({ inputs, outputs }: TransactionFields): number {
  let size = 8 + compactSizeBytes(inputs.length) + compactSizeBytes(outputs.length)
  for (const input of inputs) size += 40 + sizedBytesSize(input.scriptSig)
  for (const output of outputs) size += outputSize(output)
  return size
}

/** Bytes that the witness part adds, marker and flag included. */
export function witnessSize(inputs: readonly TransactionInput[]): number {
  let size = WITNESS_MARK_BYTES
  for (const { witness } of inputs) {
    size += compactSizeBytes(witness.length)
    for (const item of witness) size += sizedBytesSize(item)
  }
  return size
}

function writeWitness(writer: ByteWriter, witness: readonly Uint8Array[]): void {
  writer.compactSize(witness.length)
  for (const item of witness) writer.sizedBytes(item)
}
