/**
 * Transactions of this machine that a light node passes on: there is no mempool to check them against, so only what every
 * node checks without coins is checked. Kept until they are seen in a block or are old, at most `MAX_OWN_TRANSACTIONS`.
 */
import { SerializationError } from '../../codec/serialization-error.ts'
import { toHex } from '../../kernel/bytes.ts'
import type { TransactionOutcome } from '../chain.ts'
import { transactionFault } from '../consensus/check-transaction.ts'
import type { Block } from '../primitives/block.ts'
import { hash256 } from '../primitives/hashes.ts'
import type { Transaction } from '../primitives/transaction.ts'
import { decodeTransaction } from '../primitives/transaction-decoding.ts'

export const MAX_OWN_TRANSACTIONS = 200
/** As mempools keep them, seconds: 336 hours. */
export const OWN_TRANSACTION_AGE = 336 * 3_600
/** What it pays is not known here: whoever takes it looks for himself. Grains per 1,000 virtual bytes. */
export const UNKNOWN_FEE_RATE: number = Number.MAX_SAFE_INTEGER

interface Own {
  readonly transaction: Transaction
  /** Seconds since 1970. */
  readonly since: number
  /** Order of entry. */
  readonly sequence: number
}

export class OwnTransactions {
  /** By txid. */
  readonly #own = new Map<string, Own>()
  #nextSequence: number

  constructor(firstSequence = 0) {
    this.#nextSequence = firstSequence
  }

  /** What the next one's `sequence` will be. */
  get nextSequence(): number {
    return this.#nextSequence
  }

  get size(): number {
    return this.#own.size
  }

  /** Oldest first. */
  get all(): readonly Own[] {
    return [...this.#own.values()]
  }

  /** `accepted` means that it will be offered to peers; its fee is not known. `now`: seconds since 1970. */
  submit(bytes: Uint8Array, now: number): TransactionOutcome {
    const transaction = decoded(bytes)
    if (transaction === undefined) {
      const id = hash256(bytes)
      return { status: 'refused', txid: id, wtxid: id, reason: 'tx-decode-failed', kind: 'invalid' }
    }
    const { txid, wtxid } = transaction
    if (this.#own.has(toHex(txid))) return { status: 'known', txid }
    const reason = transaction.isCoinbase ? 'coinbase' : transactionFault(transaction)
    if (reason) return { status: 'refused', txid, wtxid, reason, kind: 'invalid' }
    if (this.#own.size >= MAX_OWN_TRANSACTIONS)
      return { status: 'refused', txid, wtxid, reason: 'mempool-full', kind: 'policy' }
    this.#own.set(toHex(txid), { transaction, since: now, sequence: this.#nextSequence++ })
    return { status: 'accepted', txid, wtxid, fee: 0n }
  }

  /** By txid or wtxid. */
  find(id: Uint8Array): Transaction | undefined {
    const byTxid = this.#own.get(toHex(id))
    if (byTxid) return byTxid.transaction
    const key = toHex(id)
    return this.all.find(({ transaction }) => toHex(transaction.wtxid) === key)?.transaction
  }

  /** Those of the block are settled. Whether there were any. */
  confirm(block: Block): boolean {
    const before = this.#own.size
    if (before > 0) for (const { txid } of block.transactions) this.#own.delete(toHex(txid))
    return this.#own.size < before
  }

  /** Txids of those that are too old; they are forgotten. */
  expire(now: number): Uint8Array[] {
    const old = this.all.filter(({ since }) => now - since >= OWN_TRANSACTION_AGE)
    for (const { transaction } of old) this.#own.delete(toHex(transaction.txid))
    return old.map(({ transaction }) => transaction.txid)
  }
}

function decoded(bytes: Uint8Array): Transaction | undefined {
  try {
    return decodeTransaction(bytes)
  } catch (error) {
    if (error instanceof SerializationError) return undefined
    throw error
  }
}
