/** What is known of a transaction of the wallet; all else about it is worked out from these. */
import type { Transaction } from '../../chain/primitives/transaction.ts'

/** Where a transaction stands in the best chain. */
export interface BlockPlace {
  readonly height: number
  /** Of the block. */
  readonly hash: Uint8Array
  /** Header time, Unix seconds. */
  readonly time: number
  /** 0 for the coinbase. */
  readonly place: number
}

export interface LedgerRecord {
  readonly transaction: Transaction
  /** Undefined while it is in no block of the best chain. */
  readonly block: BlockPlace | undefined
  /** Unix seconds. */
  readonly firstSeen: number
  /** Grows with each time that a transaction becomes unconfirmed: of two that spend the same coin the later one counts. 0: only ever seen in a block. */
  readonly arrival: number
  /** By the person: its coins are free again. */
  readonly abandoned: boolean
  /** It left the mempool for another that does not concern us, and something of ours depends on it. */
  readonly gone: boolean
  /** Why it was refused the last time; empty for not. */
  readonly refused: string
}
