/**
 * Rising places of transactions in a block, each as the compact size of its distance to the place after the one before
 * (BIP 152): 0, 2, 3 are written 0, 1, 0. A sum can overflow in others' arithmetic; here it is checked at each step.
 */
import type { ByteReader } from '../../codec/byte-reader.ts'
import { type ByteWriter, compactSizeBytes } from '../../codec/byte-writer.ts'
import { CompactBlockError } from './compact-block-error.ts'

/** The place after `previous` (-1 for none). @throws CompactBlockError `INDEX_OVERFLOW` unless it is below `limit` */
export function readIndex(reader: ByteReader, previous: number, limit: number): number {
  const distance = reader.compactSize()
  // Compared before it is added: a distance may be as large as exact numbers go.
  if (distance >= limit - previous - 1) throw new CompactBlockError({ code: 'INDEX_OVERFLOW', limit })
  return previous + 1 + distance
}

export function writeIndex(writer: ByteWriter, previous: number, index: number): void {
  writer.compactSize(index - previous - 1)
}

/** Bytes that `writeIndex` writes. */
export function indexSize(previous: number, index: number): number {
  return compactSizeBytes(index - previous - 1)
}
