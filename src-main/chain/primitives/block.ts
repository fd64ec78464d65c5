/**
 * A block: header and transactions, its serialisation and its sizes. Nothing is checked here but the shape of the bytes;
 * whether the transactions are those that the header commits to is `merkle.ts` and `witness-commitment.ts`.
 */
import { ByteReader } from '../../codec/byte-reader.ts'
import { ByteWriter, compactSizeBytes } from '../../codec/byte-writer.ts'
import { SerializationError } from '../../codec/serialization-error.ts'
import { type BlockHeader, HEADER_BYTES, readHeader } from './header.ts'
import { type Transaction, WITNESS_SCALE } from './transaction.ts'
import { readTransaction } from './transaction-decoding.ts'

/** The largest serialisation that can weigh no more than four million units. BIP 141. */
export const MAX_BLOCK_BYTES = 4_000_000
/** Version, two counts of nothing and locktime: less cannot be read as a transaction. */
const MIN_TRANSACTION_BYTES = 10

export class Block {
  readonly header: BlockHeader
  readonly transactions: readonly Transaction[]
  readonly #source: Uint8Array | undefined
  #size: number | undefined
  #strippedSize: number | undefined

  /** `source` only from the decoder: the serialisation of both. */
  constructor(header: BlockHeader, transactions: readonly Transaction[], source?: Uint8Array) {
    this.header = header
    this.transactions = transactions
    this.#source = source
  }

  /** Name of the block: 32 bytes, internal byte order. */
  get hash(): Uint8Array {
    return this.header.hash
  }

  /** Bytes of the serialisation with witnesses. */
  get size(): number {
    this.#size ??= this.#source?.length ?? this.#measure((transaction) => transaction.size)
    return this.#size
  }

  /** Bytes of the serialisation without witnesses. */
  get strippedSize(): number {
    this.#strippedSize ??= this.#measure((transaction) => transaction.strippedSize)
    return this.#strippedSize
  }

  /** BIP 141: three times the size without witnesses plus the size with them. */
  get weight(): number {
    return this.strippedSize * (WITNESS_SCALE - 1) + this.size
  }

  /** The serialisation with witnesses. Not to be written to. */
  bytes(): Uint8Array {
    if (this.#source) return this.#source
    const writer = new ByteWriter(this.size).bytes(this.header.bytes()).compactSize(this.transactions.length)
    for (const transaction of this.transactions) writer.bytes(transaction.bytes())
    return writer.done()
  }

  #measure(sizeOf: (transaction: Transaction) => number): number {
    let size = HEADER_BYTES + compactSizeBytes(this.transactions.length)
    for (const transaction of this.transactions) size += sizeOf(transaction)
    return size
  }
}

/** The transactions are views of `bytes`, which must not be changed afterwards. @throws SerializationError */
export function decodeBlock(bytes: Uint8Array): Block {
  const { header, transactions } = openBlock(bytes)
  return new Block(header, [...transactions], bytes)
}

/**
 * A block whose transactions are decoded as they are asked for, once: for who must not take long at a time. They are views of
 * `bytes`. @throws SerializationError, also while they are asked for
 */
export function openBlock(bytes: Uint8Array): {
  readonly header: BlockHeader
  readonly transactions: Iterable<Transaction>
} {
  if (bytes.length > MAX_BLOCK_BYTES)
    throw new SerializationError({
      code: 'TOO_MANY',
      what: 'bytes of a block',
      count: bytes.length,
      limit: MAX_BLOCK_BYTES,
    })
  const reader = new ByteReader(bytes)
  return { header: readHeader(reader), transactions: readTransactions(reader) }
}

function* readTransactions(reader: ByteReader): Generator<Transaction> {
  const count = reader.count('transactions', MIN_TRANSACTION_BYTES, MAX_BLOCK_BYTES / MIN_TRANSACTION_BYTES)
  for (let i = 0; i < count; i++) yield readTransaction(reader)
  reader.end()
}
