/** A transaction in the ledger, with what was worked out about it. */
import type { Outpoint } from '../../chain/primitives/transaction.ts'
import type { KeyPath } from '../wallet-types.ts'
import type { LedgerRecord } from './ledger-record.ts'

/**
 * `pending`: in no block, and it may be in the next. The others are in no block and cannot be in one as things stand, or
 * are given up: an output of a reward that is not in the chain is spent (`orphaned`), something that is in a block spends
 * the same (`conflicted`), the person gave it up (`abandoned`), a later one spends the same (`replaced`). What depends on
 * such a one stands as it does.
 */
export type Standing = 'confirmed' | 'pending' | 'orphaned' | 'conflicted' | 'abandoned' | 'replaced'

/** What an input spends, where it is ours. */
export interface OwnOutput {
  readonly value: bigint
  readonly script: Uint8Array
  readonly path: KeyPath
}

/** Where it comes in the history: the first of two is the newer one. */
export interface HistoryPlace {
  readonly isPending: boolean
  /** Of the block, or when it was first seen. */
  readonly time: number
  readonly height: number
  readonly place: number
  readonly arrival: number
  readonly id: string
}

/** Changed by the ledger alone. */
export interface LedgerEntry {
  /** `hashKey` of the txid. */
  readonly id: string
  record: LedgerRecord
  /** Outputs that pay to us, by their place. */
  readonly own: Map<number, KeyPath>
  standing: Standing
  /** Id of what took its place. */
  replacedBy: string | undefined
  /** In no block, and everything that it hangs on was paid by us alone. */
  isTrusted: boolean
  historyPlace: HistoryPlace
  facts: TransactionFacts | undefined
}

export interface TransactionFacts {
  readonly kind: 'received' | 'sent' | 'moved' | 'mined'
  /** What the wallet gained or lost, the fee counted. */
  readonly delta: bigint
  /** Where all inputs are ours. */
  readonly fee: bigint | undefined
  /** Output scripts of those that were paid, or of ours that were paid to, each once. */
  readonly scripts: readonly Uint8Array[]
  /** Any input is ours, or it is a reward of ours. */
  readonly isOwn: boolean
}

/** An unspent output of the wallet. */
export interface LedgerCoin extends OwnOutput {
  readonly outpoint: Outpoint
  readonly isReward: boolean
  /** Of the block that it is in. */
  readonly height: number | undefined
  readonly status: 'available' | 'change' | 'pending' | 'immature'
  readonly isFrozen: boolean
}

export function isLive({ standing }: LedgerEntry): boolean {
  return standing === 'confirmed' || standing === 'pending'
}
