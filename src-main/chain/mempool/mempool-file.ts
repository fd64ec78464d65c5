/**
 * The mempool as bytes, to be kept while the program does not run.
 *
 * `53 4c 4d 50` ("SLMP"), version 1 (1 byte), magic of the network (4), number of entries (compact size); for each the time of
 * its entry (8 bytes, seconds since 1970) and the transaction with its length in front (compact size), parents first; SHA-256
 * of all that (32 bytes). Numbers are little-endian. An empty mempool of the local network:
 * `53 4c 4d 50 01 fc 53 48 4c 00` and the hash.
 *
 * Nothing of it is believed when it is read again but the times: transactions are checked anew.
 */
import { ByteReader } from '../../codec/byte-reader.ts'
import { ByteWriter, compactSizeBytes, sizedBytesSize } from '../../codec/byte-writer.ts'
import { SerializationError } from '../../codec/serialization-error.ts'
import { bytesEqual } from '../../kernel/bytes.ts'
import { CodedError, type Fault } from '../../kernel/errors.ts'
import { HASH_BYTES, sha256 } from '../primitives/hashes.ts'
import type { Transaction } from '../primitives/transaction.ts'
import { decodeTransaction } from '../primitives/transaction-decoding.ts'

const MEMPOOL_FILE_VERSION = 1
/** More than the mempool can hold. */
export const MAX_MEMPOOL_FILE_BYTES = 400_000_000
const START = Uint8Array.of(0x53, 0x4c, 0x4d, 0x50)
const MAGIC_BYTES = 4
const HEADER_BYTES = START.length + 1 + MAGIC_BYTES
/** Time, length and the smallest transaction. */
const MIN_ENTRY_BYTES = 8 + 1 + 60

export interface SavedTransaction {
  readonly transaction: Transaction
  /** Seconds since 1970. */
  readonly entered: number
}

export type MempoolFileFault = Fault &
  (
    | { readonly code: 'DAMAGED' }
    | { readonly code: 'OTHER_VERSION'; readonly version: number }
    | { readonly code: 'OTHER_NETWORK' }
  )

/** Bytes that are no saved mempool of this network and version. */
export class MempoolFileError extends CodedError<MempoolFileFault> {
  constructor(fault: MempoolFileFault, options?: ErrorOptions) {
    super(fault, sentenceOf(fault), options)
  }
}

function sentenceOf(fault: MempoolFileFault): string {
  const next = 'Nothing is to be done: peers send unconfirmed transactions again.'
  switch (fault.code) {
    case 'DAMAGED':
      return `The saved mempool is damaged. ${next}`
    case 'OTHER_VERSION':
      return `The saved mempool has format ${fault.version}, which this version of Shoal does not know. ${next}`
    case 'OTHER_NETWORK':
      return `The saved mempool is of another network. ${next}`
  }
}

export function encodeMempool(networkMagic: Uint8Array, saved: readonly SavedTransaction[]): Uint8Array {
  const bytes = saved.map(({ transaction }) => transaction.bytes())
  let size = HEADER_BYTES + compactSizeBytes(saved.length)
  for (const transaction of bytes) size += 8 + sizedBytesSize(transaction)
  const writer = new ByteWriter(size)
    .bytes(START)
    .u8(MEMPOOL_FILE_VERSION)
    .bytes(networkMagic)
    .compactSize(saved.length)
  for (const [i, { entered }] of saved.entries()) writer.u64(BigInt(entered)).sizedBytes(bytes[i] as Uint8Array)
  const content = writer.done()
  return new ByteWriter(size + HASH_BYTES).bytes(content).bytes(sha256(content)).done()
}

/** Transactions are views of `bytes`. @throws MempoolFileError */
export function decodeMempool(networkMagic: Uint8Array, bytes: Uint8Array): SavedTransaction[] {
  const end = bytes.length - HASH_BYTES
  if (end < HEADER_BYTES || bytes.length > MAX_MEMPOOL_FILE_BYTES) throw new MempoolFileError({ code: 'DAMAGED' })
  const content = bytes.subarray(0, end)
  if (!bytesEqual(sha256(content), bytes.subarray(end))) throw new MempoolFileError({ code: 'DAMAGED' })
  try {
    return readContent(networkMagic, new ByteReader(content))
  } catch (error) {
    if (error instanceof SerializationError) throw new MempoolFileError({ code: 'DAMAGED' }, { cause: error })
    throw error
  }
}

function readContent(networkMagic: Uint8Array, reader: ByteReader): SavedTransaction[] {
  if (!bytesEqual(reader.bytes(START.length), START)) throw new MempoolFileError({ code: 'DAMAGED' })
  const version = reader.u8()
  if (version !== MEMPOOL_FILE_VERSION) throw new MempoolFileError({ code: 'OTHER_VERSION', version })
  if (!bytesEqual(reader.bytes(MAGIC_BYTES), networkMagic)) throw new MempoolFileError({ code: 'OTHER_NETWORK' })
  const count = reader.count('transactions', MIN_ENTRY_BYTES, MAX_MEMPOOL_FILE_BYTES / MIN_ENTRY_BYTES)
  const saved: SavedTransaction[] = []
  for (let i = 0; i < count; i++) {
    const entered = Number(reader.u64())
    saved.push({ entered, transaction: decodeTransaction(reader.sizedBytes()) })
  }
  reader.end()
  return saved
}
