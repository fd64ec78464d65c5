/**
 * The payloads around `cmpctblock` (BIP 152, version 2): `sendcmpct` (the wish for compact blocks), `getblocktxn` (which
 * transactions of one are missing) and `blocktxn` (those transactions, with their witnesses).
 */
import { ByteReader } from '../../codec/byte-reader.ts'
import { ByteWriter, compactSizeBytes } from '../../codec/byte-writer.ts'
import { type Block, MAX_BLOCK_BYTES } from '../primitives/block.ts'
import { HASH_BYTES } from '../primitives/hashes.ts'
import { MAX_BLOCK_TRANSACTIONS } from '../primitives/partial-merkle-tree.ts'
import type { Transaction } from '../primitives/transaction.ts'
import { readTransaction } from '../primitives/transaction-decoding.ts'
import { CompactBlockError } from './compact-block-error.ts'
import { indexSize, readIndex, writeIndex } from './differential-indexes.ts'

/** With wtxids; version 1 is not spoken here. */
export const COMPACT_BLOCK_VERSION = 2n
const SEND_COMPACT_BYTES = 9
/** A hash, a count, and an index of at most three bytes for each transaction. */
export const MAX_GET_BLOCK_TRANSACTIONS_BYTES = HASH_BYTES + 3 + 3 * MAX_BLOCK_TRANSACTIONS
/** A hash in place of a header is shorter than a block. */
export const MAX_BLOCK_TRANSACTIONS_BYTES = MAX_BLOCK_BYTES
/** Version, two counts of nothing and locktime. */
const MIN_TRANSACTION_BYTES = 10

export interface SendCompact {
  /** Whether new blocks shall come as `cmpctblock` unasked (high bandwidth). */
  readonly announce: boolean
  /** 64 bits; a peer may speak several, one message for each. */
  readonly version: bigint
}

export interface GetBlockTransactions {
  /** 32 bytes, internal byte order. */
  readonly blockHash: Uint8Array
  /** Rising places in the block. */
  readonly indexes: readonly number[]
}

export interface BlockTransactions {
  /** 32 bytes, internal byte order. */
  readonly blockHash: Uint8Array
  /** In the order in which they were asked for. */
  readonly transactions: readonly Transaction[]
}

export function encodeSendCompact({ announce, version }: SendCompact): Uint8Array {
  return new ByteWriter(SEND_COMPACT_BYTES)
    .u8(announce ? 1 : 0)
    .u64(version)
    .done()
}

/** @throws CompactBlockError, SerializationError */
export function decodeSendCompact(bytes: Uint8Array): SendCompact {
  const reader = new ByteReader(bytes)
  const announce = reader.u8()
  const version = reader.u64()
  reader.end()
  if (announce > 1) throw new CompactBlockError({ code: 'ANNOUNCE_VALUE', value: announce })
  return { announce: announce === 1, version }
}

export function encodeGetBlockTransactions({ blockHash, indexes }: GetBlockTransactions): Uint8Array {
  let size = HASH_BYTES + compactSizeBytes(indexes.length)
  for (const [at, index] of indexes.entries()) size += indexSize(indexes[at - 1] ?? -1, index)
  const writer = new ByteWriter(size).bytes(blockHash).compactSize(indexes.length)
  for (const [at, index] of indexes.entries()) writeIndex(writer, indexes[at - 1] ?? -1, index)
  return writer.done()
}

/** @throws CompactBlockError, SerializationError */
export function decodeGetBlockTransactions(bytes: Uint8Array): GetBlockTransactions {
  checkSize(bytes, MAX_GET_BLOCK_TRANSACTIONS_BYTES)
  const reader = new ByteReader(bytes)
  const blockHash = reader.bytes(HASH_BYTES)
  const indexes: number[] = []
  for (let left = reader.count('indexes', 1, MAX_BLOCK_TRANSACTIONS); left > 0; left--)
    indexes.push(readIndex(reader, indexes.at(-1) ?? -1, MAX_BLOCK_TRANSACTIONS))
  reader.end()
  return { blockHash, indexes }
}

export function encodeBlockTransactions({ blockHash, transactions }: BlockTransactions): Uint8Array {
  return blockTransactionsOf(
    blockHash,
    transactions.map((transaction) => transaction.bytes()),
  )
}

/** The same of transactions that are serialised already, with their witnesses. */
export function blockTransactionsOf(blockHash: Uint8Array, transactions: readonly Uint8Array[]): Uint8Array {
  let size = HASH_BYTES + compactSizeBytes(transactions.length)
  for (const transaction of transactions) size += transaction.length
  const writer = new ByteWriter(size).bytes(blockHash).compactSize(transactions.length)
  for (const transaction of transactions) writer.bytes(transaction)
  return writer.done()
}

/** Transactions are views of `bytes`. @throws CompactBlockError, SerializationError */
export function decodeBlockTransactions(bytes: Uint8Array): BlockTransactions {
  checkSize(bytes, MAX_BLOCK_TRANSACTIONS_BYTES)
  const reader = new ByteReader(bytes)
  const blockHash = reader.bytes(HASH_BYTES)
  const transactions: Transaction[] = []
  for (let left = reader.count('transactions', MIN_TRANSACTION_BYTES, MAX_BLOCK_TRANSACTIONS); left > 0; left--)
    transactions.push(readTransaction(reader))
  reader.end()
  return { blockHash, transactions }
}

/** What answers a peer that asks about `block`. @throws CompactBlockError `INDEX_OVERFLOW` where it asks for what is not there */
export function answerTo({ blockHash, indexes }: GetBlockTransactions, block: Block): BlockTransactions {
  const transactions = indexes.map((index) => {
    const transaction = block.transactions[index]
    if (transaction === undefined)
      throw new CompactBlockError({ code: 'INDEX_OVERFLOW', limit: block.transactions.length })
    return transaction
  })
  return { blockHash, transactions }
}

function checkSize(bytes: Uint8Array, limit: number): void {
  if (bytes.length > limit) throw new CompactBlockError({ code: 'PAYLOAD_TOO_LARGE', size: bytes.length, limit })
}
