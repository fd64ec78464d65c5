/**
 * A transaction, its ids and its sizes. Immutable: what is worked out from the bytes is kept.
 *
 * Byte strings of a decoded transaction are views of the bytes it was decoded from; who gives the bytes away must not
 * change them afterwards. Values are read as they are (8 signed bytes): whether they are amounts is for consensus.
 * Source: BIP 141 (txid, wtxid, weight), BIP 144 (layout; see transaction-encoding.ts).
 */
import { bytesEqual } from '../../kernel/bytes.ts'
import { hash256, ZERO_HASH } from './hashes.ts'
import { encodeTransaction, hasWitness, strippedSize, WITNESS_MARK_BYTES, witnessSize } from './transaction-encoding.ts'

/** Weight units of a byte that every node keeps; a byte of a witness weighs one. BIP 141. */
export const WITNESS_SCALE = 4
/** `index` of the previous output of a coinbase. */
export const COINBASE_INDEX = 0xffff_ffff
/** `sequence` of an input that takes no part in locktimes. */
export const SEQUENCE_FINAL = 0xffff_ffff

/** Names an output: the transaction (32 bytes, internal byte order) and the place among its outputs, 0 to 2^32 - 1. */
export interface Outpoint {
  readonly txid: Uint8Array
  readonly index: number
}

export interface TransactionInput {
  readonly previous: Outpoint
  readonly scriptSig: Uint8Array
  /** 0 to 2^32 - 1. */
  readonly sequence: number
  /** The stack of the witness, first item first; empty where there is none. */
  readonly witness: readonly Uint8Array[]
}

export interface TransactionOutput {
  /** In grains; -2^63 to 2^63 - 1 as read, which consensus narrows. */
  readonly value: bigint
  readonly scriptPubKey: Uint8Array
}

export interface TransactionFields {
  /** Signed, 4 bytes. */
  readonly version: number
  readonly inputs: readonly TransactionInput[]
  readonly outputs: readonly TransactionOutput[]
  /** 0 to 2^32 - 1. */
  readonly lockTime: number
}

/** Where the parts lie in the bytes that a transaction was decoded from. */
export interface TransactionSource {
  /** The whole serialisation, with its witnesses. */
  readonly bytes: Uint8Array
  /** Offset of the witnesses in `bytes`; undefined for the layout without them. */
  readonly witnessAt: number | undefined
}

export class Transaction implements TransactionFields {
  readonly version: number
  readonly inputs: readonly TransactionInput[]
  readonly outputs: readonly TransactionOutput[]
  readonly lockTime: number
  readonly #source: TransactionSource | undefined
  #hasWitness: boolean | undefined
  #txid: Uint8Array | undefined
  #wtxid: Uint8Array | undefined
  #strippedSize: number | undefined
  #size: number | undefined

  /** `source` only from the decoder: the bytes must be the serialisation of the fields. */
  constructor(fields: TransactionFields, source?: TransactionSource) {
    this.version = fields.version
    this.inputs = fields.inputs
    this.outputs = fields.outputs
    this.lockTime = fields.lockTime
    this.#source = source
  }

  /** Whether any input has a witness: then the serialisation has a witness part. */
  get hasWitness(): boolean {
    if (this.#source) return this.#source.witnessAt !== undefined
    this.#hasWitness ??= hasWitness(this.inputs)
    return this.#hasWitness
  }

  /** One input, spending the output that cannot be. */
  get isCoinbase(): boolean {
    const [only] = this.inputs
    return (
      only !== undefined &&
      this.inputs.length === 1 &&
      only.previous.index === COINBASE_INDEX &&
      bytesEqual(only.previous.txid, ZERO_HASH)
    )
  }

  /** 32 bytes, internal byte order: the hash without witnesses. */
  get txid(): Uint8Array {
    this.#txid ??= hash256(...this.#strippedParts())
    return this.#txid
  }

  /** 32 bytes, internal byte order: the hash with witnesses; the txid where there are none. */
  get wtxid(): Uint8Array {
    this.#wtxid ??= this.hasWitness ? hash256(this.bytes()) : this.txid
    return this.#wtxid
  }

  /** Bytes of the serialisation with witnesses. */
  get size(): number {
    this.#size ??= this.#source?.bytes.length ?? this.strippedSize + (this.hasWitness ? witnessSize(this.inputs) : 0)
    return this.#size
  }

  /** Bytes of the serialisation without witnesses. */
  get strippedSize(): number {
    this.#strippedSize ??= this.#measureStripped()
    return this.#strippedSize
  }

  /** BIP 141: three times the size without witnesses plus the size with them. */
  get weight(): number {
    return this.strippedSize * (WITNESS_SCALE - 1) + this.size
  }

  /** A quarter of the weight, rounded up: what fee rates are counted by. */
  get virtualSize(): number {
    return Math.ceil(this.weight / WITNESS_SCALE)
  }

  /** The serialisation with witnesses. Not to be written to. */
  bytes(): Uint8Array {
    return this.#source?.bytes ?? encodeTransaction(this)
  }

  /** The serialisation without witnesses. Not to be written to. */
  strippedBytes(): Uint8Array {
    return this.#source && !this.hasWitness ? this.#source.bytes : encodeTransaction(this, { witness: false })
  }

  #strippedParts(): readonly Uint8Array[] {
    const source = this.#source
    if (source?.witnessAt === undefined) return [this.strippedBytes()]
    const { bytes, witnessAt } = source
    return [bytes.subarray(0, 4), bytes.subarray(4 + WITNESS_MARK_BYTES, witnessAt), bytes.subarray(bytes.length - 4)]
  }

  #measureStripped(): number {
    const source = this.#source
    if (source === undefined) return strippedSize(this)
    // Version, marker and flag lie before the rest, four bytes of locktime behind the witnesses.
    return source.witnessAt === undefined ? source.bytes.length : source.witnessAt - WITNESS_MARK_BYTES + 4
  }
}
