/** Blocks and transactions as those see them who do not know of witnesses (BIP 144): asked for without the witness flag. */
import { ByteWriter } from '../../../codec/byte-writer.ts'
import { decodeBlock } from '../../primitives/block.ts'
import { decodeTransaction } from '../../primitives/transaction-decoding.ts'
import { encodeTransaction } from '../../primitives/transaction-encoding.ts'

/** @param bytes of a block that was good */
export function blockWithoutWitnesses(bytes: Uint8Array): Uint8Array {
  const { header, transactions, strippedSize } = decodeBlock(bytes)
  if (strippedSize === bytes.length) return bytes
  const head = header.bytes()
  const writer = new ByteWriter(strippedSize).bytes(head).compactSize(transactions.length)
  for (const transaction of transactions) writer.bytes(encodeTransaction(transaction, { witness: false }))
  return writer.done()
}

/** @param bytes of a transaction of the mempool */
export function transactionWithoutWitness(bytes: Uint8Array): Uint8Array {
  const transaction = decodeTransaction(bytes)
  return transaction.strippedSize === bytes.length ? bytes : encodeTransaction(transaction, { witness: false })
}
