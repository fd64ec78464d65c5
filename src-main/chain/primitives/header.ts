/**
 * A block header: 80 bytes, whose double SHA-256 names the block and is its proof of work. Immutable; the hash is worked
 * out once. Whether the header follows its parent (difficulty, time) is for consensus.
 */
import { ByteReader } from '../../codec/byte-reader.ts'
import { ByteWriter } from '../../codec/byte-writer.ts'
import { HASH_BYTES, hash256 } from './hashes.ts'
import { meetsProofOfWork, workOfBits } from './target.ts'

export const HEADER_BYTES = 80

export interface BlockHeaderFields {
  /** Signed, 4 bytes. */
  readonly version: number
  /** Hash of the parent, 32 bytes, internal byte order. */
  readonly previous: Uint8Array
  /** 32 bytes, internal byte order. */
  readonly merkleRoot: Uint8Array
  /** Seconds since 1970, 0 to 2^32 - 1. */
  readonly time: number
  /** The target in compact form, 0 to 2^32 - 1. */
  readonly bits: number
  /** 0 to 2^32 - 1. */
  readonly nonce: number
}

export class BlockHeader implements BlockHeaderFields {
  readonly version: number
  readonly previous: Uint8Array
  readonly merkleRoot: Uint8Array
  readonly time: number
  readonly bits: number
  readonly nonce: number
  #bytes: Uint8Array | undefined
  #hash: Uint8Array | undefined

  /** `bytes` only from the decoder: they must be the serialisation of the fields. */
  constructor(fields: BlockHeaderFields, bytes?: Uint8Array) {
    this.version = fields.version
    this.previous = fields.previous
    this.merkleRoot = fields.merkleRoot
    this.time = fields.time
    this.bits = fields.bits
    this.nonce = fields.nonce
    this.#bytes = bytes
  }

  /** Name of the block: 32 bytes, internal byte order. */
  get hash(): Uint8Array {
    this.#hash ??= hash256(this.bytes())
    return this.#hash
  }

  /** Hashes that a block of this difficulty takes on average; 0 where `bits` stands for no valid target. */
  get work(): bigint {
    return workOfBits(this.bits)
  }

  /** Whether the target is one from 1 to `limit` and the hash not above it. */
  hasProofOfWork(limit: bigint): boolean {
    return meetsProofOfWork(this.hash, this.bits, limit)
  }

  /** The 80 bytes. Not to be written to. */
  bytes(): Uint8Array {
    this.#bytes ??= new ByteWriter(HEADER_BYTES)
      .i32(this.version)
      .bytes(this.previous)
      .bytes(this.merkleRoot)
      .u32(this.time)
      .u32(this.bits)
      .u32(this.nonce)
      .done()
    return this.#bytes
  }
}

/** The header in the next 80 bytes. It is a copy: headers are kept for long, the blocks they came in are not. */
export function readHeader(reader: ByteReader): BlockHeader {
  const bytes = reader.bytes(HEADER_BYTES).slice()
  const fields = new ByteReader(bytes)
  return new BlockHeader(
    {
      version: fields.i32(),
      previous: fields.bytes(HASH_BYTES),
      merkleRoot: fields.bytes(HASH_BYTES),
      time: fields.u32(),
      bits: fields.u32(),
      nonce: fields.u32(),
    },
    bytes,
  )
}

/** @throws SerializationError where there are not exactly 80 bytes */
export function decodeHeader(bytes: Uint8Array): BlockHeader {
  const reader = new ByteReader(bytes)
  const header = readHeader(reader)
  reader.end()
  return header
}
