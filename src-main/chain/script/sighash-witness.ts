/**
 * What signatures of witness version 0 sign (BIP 143): the value spent too, and the rest of the transaction through
 * three hashes that all its inputs share. They are made at most once for each transaction.
 */
import { ByteWriter, sizedBytesSize } from '../../codec/byte-writer.ts'
import { hash256, ZERO_HASH } from '../primitives/hashes.ts'
import type { TransactionFields, TransactionOutput } from '../primitives/transaction.ts'
import { outputSize, writeOutput } from '../primitives/transaction-encoding.ts'
import { signedOutputs, signsOneInput } from './sighash-type.ts'

const OUTPOINT_BYTES = 36
/** Everything in the preimage but the script code: six numbers, an outpoint, three hashes. */
const PREIMAGE_FIXED_BYTES = 4 + 32 + 32 + OUTPOINT_BYTES + 8 + 4 + 32 + 4 + 4

/** The three hashes of one transaction, made when they are first asked for. */
export class SharedSighashes {
  readonly transaction: TransactionFields
  #prevouts: Uint8Array | undefined
  #sequences: Uint8Array | undefined
  #outputs: Uint8Array | undefined

  constructor(transaction: TransactionFields) {
    this.transaction = transaction
  }

  get prevouts(): Uint8Array {
    this.#prevouts ??= this.#hashPrevouts()
    return this.#prevouts
  }

  get sequences(): Uint8Array {
    this.#sequences ??= this.#hashSequences()
    return this.#sequences
  }

  get outputs(): Uint8Array {
    this.#outputs ??= hashOutputs(this.transaction.outputs)
    return this.#outputs
  }

  #hashPrevouts(): Uint8Array {
    const { inputs } = this.transaction
    const writer = new ByteWriter(inputs.length * OUTPOINT_BYTES)
    for (const { previous } of inputs) writer.bytes(previous.txid).u32(previous.index)
    return hash256(writer.done())
  }

  #hashSequences(): Uint8Array {
    const { inputs } = this.transaction
    const [only] = inputs
    if (only !== undefined && inputs.length === 1) return hashOfSequence(only.sequence)
    const writer = new ByteWriter(inputs.length * 4)
    for (const { sequence } of inputs) writer.u32(sequence)
    return hash256(writer.done())
  }
}

/** Most transactions have one input and the sequence of most wallets: the hashes of the last few are kept. */
const MAX_KEPT_SEQUENCES = 16
const keptSequences = new Map<number, Uint8Array>()

function hashOfSequence(sequence: number): Uint8Array {
  const kept = keptSequences.get(sequence)
  if (kept) return kept
  const hash = hash256(new ByteWriter(4).u32(sequence).done())
  if (keptSequences.size >= MAX_KEPT_SEQUENCES) keptSequences.clear()
  keptSequences.set(sequence, hash)
  return hash
}

/**
 * The digest, 32 bytes. `scriptCode` is the executed script from the last CODESEPARATOR on, `value` what the input spends.
 * @throws RangeError for an input that is not there
 */
export function witnessSighash(
  shared: SharedSighashes,
  index: number,
  scriptCode: Uint8Array,
  value: bigint,
  hashType: number,
): Uint8Array {
  return hash256(witnessPreimage(shared, index, scriptCode, value, hashType))
}

/** The bytes under the digest. */
export function witnessPreimage(
  shared: SharedSighashes,
  index: number,
  scriptCode: Uint8Array,
  value: bigint,
  hashType: number,
): Uint8Array {
  const { version, inputs, lockTime } = shared.transaction
  const input = inputs[index]
  if (input === undefined) throw new RangeError(`no input ${index}`)
  const oneInput = signsOneInput(hashType)
  const allOutputs = signedOutputs(hashType) === 'all'
  return new ByteWriter(PREIMAGE_FIXED_BYTES + sizedBytesSize(scriptCode))
    .i32(version)
    .bytes(oneInput ? ZERO_HASH : shared.prevouts)
    .bytes(oneInput || !allOutputs ? ZERO_HASH : shared.sequences)
    .bytes(input.previous.txid)
    .u32(input.previous.index)
    .sizedBytes(scriptCode)
    .i64(value)
    .u32(input.sequence)
    .bytes(outputsHash(shared, index, hashType))
    .u32(lockTime)
    .i32(hashType)
    .done()
}

function outputsHash(shared: SharedSighashes, index: number, hashType: number): Uint8Array {
  const signed = signedOutputs(hashType)
  if (signed === 'all') return shared.outputs
  const own = signed === 'single' ? shared.transaction.outputs[index] : undefined
  return own ? hashOutputs([own]) : ZERO_HASH
}

function hashOutputs(outputs: readonly TransactionOutput[]): Uint8Array {
  let size = 0
  for (const output of outputs) size += outputSize(output)
  const writer = new ByteWriter(size)
  for (const output of outputs) writeOutput(writer, output)
  return hash256(writer.done())
}
