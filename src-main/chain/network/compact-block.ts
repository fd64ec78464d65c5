/**
 * The payload of `cmpctblock` (BIP 152, version 2): a block with short ids in place of most transactions.
 *
 * Layout: header 80 · nonce 8 · short ids, counted, 6 bytes each · prefilled transactions, counted, each a differential
 * index and a transaction with its witnesses. Places without a prefilled transaction take the short ids in order.
 */
import { ByteReader } from '../../codec/byte-reader.ts'
import { ByteWriter, compactSizeBytes } from '../../codec/byte-writer.ts'
import { type Block, MAX_BLOCK_BYTES } from '../primitives/block.ts'
import { type BlockHeader, HEADER_BYTES, readHeader } from '../primitives/header.ts'
import { MAX_BLOCK_TRANSACTIONS } from '../primitives/partial-merkle-tree.ts'
import type { Transaction } from '../primitives/transaction.ts'
import { readTransaction } from '../primitives/transaction-decoding.ts'
import { CompactBlockError } from './compact-block-error.ts'
import { indexSize, readIndex, writeIndex } from './differential-indexes.ts'
import { SHORT_ID_BYTES, ShortIds } from './short-transaction-ids.ts'

/** A nonce and two counts more than a block, and an index for each transaction; short ids are shorter than what they name. */
export const MAX_COMPACT_BLOCK_BYTES = MAX_BLOCK_BYTES + 8 + 2 * 3 + 3 * MAX_BLOCK_TRANSACTIONS
/** A place and the shortest transaction. */
const MIN_PREFILLED_BYTES = 11

export interface PrefilledTransaction {
  /** Place in the block. */
  readonly index: number
  readonly transaction: Transaction
}

export interface CompactBlock {
  readonly header: BlockHeader
  /** 64 bits, unsigned. */
  readonly nonce: bigint
  /** 0 to 2^48 - 1 each. */
  readonly shortIds: readonly number[]
  /** By rising place. */
  readonly prefilled: readonly PrefilledTransaction[]
}

/**
 * The compact form of a block under a fresh random nonce. `prefilled`: rising places of the transactions that the
 * receiver cannot have. @default the coinbase
 */
export function compactBlockOf(block: Block, nonce: bigint, prefilled: readonly number[] = [0]): CompactBlock {
  const ids = new ShortIds(block.header, nonce)
  const places = new Set(prefilled)
  const rest = block.transactions.filter((_, index) => !places.has(index))
  return {
    header: block.header,
    nonce,
    shortIds: rest.map(({ wtxid }) => ids.of(wtxid)),
    prefilled: prefilled.map((index) => ({ index, transaction: transactionAt(block, index) })),
  }
}

export function encodeCompactBlock({ header, nonce, shortIds, prefilled }: CompactBlock): Uint8Array {
  let size = HEADER_BYTES + 8 + compactSizeBytes(shortIds.length) + SHORT_ID_BYTES * shortIds.length
  size += compactSizeBytes(prefilled.length)
  let previous = -1
  for (const { index, transaction } of prefilled) {
    size += indexSize(previous, index) + transaction.size
    previous = index
  }
  const writer = new ByteWriter(size).bytes(header.bytes()).u64(nonce).compactSize(shortIds.length)
  for (const id of shortIds) writer.u32(id % 0x1_0000_0000).u16(Math.floor(id / 0x1_0000_0000))
  writer.compactSize(prefilled.length)
  previous = -1
  for (const { index, transaction } of prefilled) {
    writeIndex(writer, previous, index)
    writer.bytes(transaction.bytes())
    previous = index
  }
  return writer.done()
}

/**
 * Every place is below the number of transactions. Transactions are views of `bytes`.
 * @throws CompactBlockError, SerializationError
 */
export function decodeCompactBlock(bytes: Uint8Array): CompactBlock {
  if (bytes.length > MAX_COMPACT_BLOCK_BYTES)
    throw new CompactBlockError({ code: 'PAYLOAD_TOO_LARGE', size: bytes.length, limit: MAX_COMPACT_BLOCK_BYTES })
  const reader = new ByteReader(bytes)
  const header = readHeader(reader)
  const nonce = reader.u64()
  const shortIds: number[] = []
  for (let left = reader.count('short ids', SHORT_ID_BYTES, MAX_BLOCK_TRANSACTIONS); left > 0; left--) {
    const low = reader.u32()
    shortIds.push(reader.u16() * 0x1_0000_0000 + low)
  }
  const filled = reader.count('prefilled transactions', MIN_PREFILLED_BYTES, MAX_BLOCK_TRANSACTIONS)
  const count = shortIds.length + filled
  if (count < 1 || count > MAX_BLOCK_TRANSACTIONS)
    throw new CompactBlockError({ code: 'TRANSACTION_COUNT', count, limit: MAX_BLOCK_TRANSACTIONS })
  const prefilled: PrefilledTransaction[] = []
  for (let previous = -1; prefilled.length < filled; ) {
    const index = readIndex(reader, previous, count)
    prefilled.push({ index, transaction: readTransaction(reader) })
    previous = index
  }
  reader.end()
  return { header, nonce, shortIds, prefilled }
}

function transactionAt(block: Block, index: number): Transaction {
  const transaction = block.transactions[index]
  if (transaction === undefined) throw new RangeError(`the block has no transaction ${index}`)
  return transaction
}
