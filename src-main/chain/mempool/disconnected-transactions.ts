/**
 * Transactions of blocks that left the best chain, until it is known which blocks took their place; then those that are in
 * none come back to the mempool, parents first. At most `MAX_DISCONNECTED_MEMORY` bytes, estimated: over that the last of the
 * highest block are let go of first, on which none of the others depends.
 */
import { hashKey } from '../coins/coin.ts'
import type { Block } from '../primitives/block.ts'
import type { Transaction } from '../primitives/transaction.ts'
import { memoryOf } from './mempool-entry.ts'

/** As Bitcoin Core. */
const MAX_DISCONNECTED_MEMORY = 20_000_000

export class DisconnectedTransactions {
  readonly #limit: number
  /** By txid; highest block first, last transaction first. */
  readonly #transactions = new Map<string, Transaction>()
  #memory = 0

  constructor(limit: number = MAX_DISCONNECTED_MEMORY) {
    this.#limit = limit
  }

  get size(): number {
    return this.#transactions.size
  }

  /** Blocks come highest first. Gives back those that there is no room for. */
  add(block: Block): Transaction[] {
    for (let i = block.transactions.length - 1; i > 0; i--) {
      const transaction = block.transactions[i] as Transaction
      this.#transactions.set(hashKey(transaction.txid), transaction)
      this.#memory += memoryOf(transaction)
    }
    const dropped: Transaction[] = []
    for (const transaction of this.#transactions.values()) {
      if (this.#memory <= this.#limit) break
      this.remove(transaction)
      dropped.push(transaction)
    }
    return dropped
  }

  /** It is in a block again. */
  remove(transaction: Transaction): void {
    if (this.#transactions.delete(hashKey(transaction.txid))) this.#memory -= memoryOf(transaction)
  }

  /** All, parents before children; nothing is kept. */
  takeAll(): Transaction[] {
    const all = [...this.#transactions.values()].reverse()
    this.#transactions.clear()
    this.#memory = 0
    return all
  }
}
