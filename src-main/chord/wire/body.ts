/** What the readers and writers of all messages have in common: a dictionary in canonical bencoding, read strictly. */
import type { BencodeDictionary } from '../../codec/bencode-read.ts'
import { readDictionary } from '../../codec/bencode-read.ts'
import { KrpcWriter } from '../../rpc/krpc-writer.ts'
import { RingId } from '../ring-id.ts'

const ID_BYTES = 20
const MAX_DEPTH = 4
/** The largest message of ours has some 40 dictionaries of 12 items. */
const MAX_ITEMS = 600

/** Writes a dictionary's entries, with keys in byte order. */
export type WriteEntries = (to: KrpcWriter) => void

export function bodyOf(write: WriteEntries): Uint8Array {
  const bytes = new Uint8Array(bodySize(write))
  writeBody(new KrpcWriter(bytes), write)
  return bytes
}

/** Bytes that the dictionary takes, without making them. */
export function bodySize(write: WriteEntries): number {
  const counter = new KrpcWriter()
  writeBody(counter, write)
  return counter.length
}

/** @throws BencodeError unless it is one dictionary, nested no deeper and with no more in it than any message of ours */
export function readBody(bytes: Uint8Array): BencodeDictionary {
  return readDictionary(bytes, { maxDepth: MAX_DEPTH, maxItems: MAX_ITEMS }).dictionary
}

export function writeId(to: KrpcWriter, key: string, id: RingId): void {
  to.text(key).bytes(id.bytes)
}

/** @throws BencodeError where it is missing or has not 20 bytes */
export function readId(from: BencodeDictionary, key: string): RingId {
  return RingId.of(from.bytes(key, ID_BYTES))
}

export function writeFlag(to: KrpcWriter, key: string, isSet: boolean): void {
  if (isSet) to.text(key).integer(1)
}

/** Left out means no. @throws BencodeError where it is there and neither 0 nor 1 */
export function readFlag(from: BencodeDictionary, key: string): boolean {
  return from.has(key) && from.integer(key, { max: 1 }) === 1
}

function writeBody(to: KrpcWriter, write: WriteEntries): void {
  to.openDictionary()
  write(to)
  to.close()
}
