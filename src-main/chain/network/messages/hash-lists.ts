/** Counted lists of hashes, 32 bytes each, which many messages hold. */
import type { ByteReader } from '../../../codec/byte-reader.ts'
import { type ByteWriter, compactSizeBytes } from '../../../codec/byte-writer.ts'
import { HASH_BYTES } from '../../primitives/hashes.ts'

/** Largest serialisation of a list of so many. */
export function maxHashListBytes(limit: number): number {
  return compactSizeBytes(limit) + limit * HASH_BYTES
}

/** @throws SerializationError `TOO_MANY` */
export function readHashes(reader: ByteReader, what: string, limit: number): Uint8Array[] {
  const hashes: Uint8Array[] = []
  for (let left = reader.count(what, HASH_BYTES, limit); left > 0; left--) hashes.push(reader.bytes(HASH_BYTES))
  return hashes
}

export function hashListSize(hashes: readonly Uint8Array[]): number {
  return compactSizeBytes(hashes.length) + hashes.length * HASH_BYTES
}

export function writeHashes(writer: ByteWriter, hashes: readonly Uint8Array[]): ByteWriter {
  writer.compactSize(hashes.length)
  for (const hash of hashes) writer.bytes(hash)
  return writer
}
