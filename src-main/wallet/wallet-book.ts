/**
 * The wallet as those who feed and ask it see it (`Wallet` in wallet.ts is the one implementation). It has no clock and no
 * network: times come in as Unix seconds, what the chain knows comes in as results of `WalletCalls`. Every change is in
 * wallet.db when a call returns, or the call throws and nothing has changed.
 *
 * Following the chain is a loop of whoever owns the wallet:
 *
 *     do { scan = wallet.nextScan(limit); outcome = wallet.takeScan(scan, await chain.scanForWallet(scan)) } while (outcome.again)
 *     pool = await chain.mempoolForWallet({ ...wallet.scripts(), after: 0 }); wallet.takeMempool(pool.transactions, now, 'whole')
 *
 * on each change of the tip, and for the mempool with `after: sequence` and `'news'` while no block came.
 * Hashes are 32 bytes in internal byte order, except where a contract's row or text is asked for.
 */
import type {
  AddressRow,
  CoinRow,
  ContactRow,
  HistoryRow,
  PaymentTarget,
  WalletBalance,
} from '#shared/contract/wallet.ts'
import type { BlockPosition, TransactionRemoval } from '../chain/chain.ts'
import type { WalletScan, WalletScanResult, WalletScripts } from '../chain/node/wallet-calls.ts'
import type { Outpoint, Transaction } from '../chain/primitives/transaction.ts'
import type { HistoryPage } from './history-csv.ts'
import type { SpendingView } from './spending/spending-types.ts'
import type { KeyPath, WalletCoin } from './wallet-types.ts'

export interface ScanOutcome {
  /** Ask again at once: not everything up to the best chain's end was looked at, or what was has to be looked at again. */
  readonly again: boolean
  /** Balance, history, coins or addresses are others than before. Confirmations change with the height alone. */
  readonly changed: boolean
}

export interface Page {
  readonly offset: number
  readonly limit: number
}

export interface Rows<R> {
  readonly rows: readonly R[]
  /** Of all pages. */
  readonly total: number
}

/** A transaction of ours that waits for a block, to be offered to peers again. Never a coinbase. */
export interface OwnPending {
  readonly txid: Uint8Array
  /** With witnesses. */
  readonly bytes: Uint8Array
  /** Unix seconds. */
  readonly firstSeen: number
  /** Why it was refused the last time; empty for not. */
  readonly refused: string
}

/** What reads and writes of the chain's side need. */
export interface WalletFollowing {
  /** Highest block that was looked at; undefined before the first scan. Confirmations count from here. */
  readonly top: BlockPosition | undefined
  /** Where the next scan goes on; below `top` while blocks are looked at again. */
  readonly cursor: BlockPosition | undefined
  /** Begins a wallet that has seen nothing at a block, before which nothing can have been paid to it; genesis if never called. */
  startAt(position: BlockPosition): void
  /** All blocks above the newest one known at or below `from` (undefined: from the start) are looked at again; rows stay meanwhile. @throws WalletError `BEYOND_SCANNED` */
  rescan(from?: number): void
  /** Looks `more` addresses further than the gap on both chains, and begins a rescan from the start. */
  lookFurther(more: number): void
  /** At most `limit` blocks. */
  nextScan(limit: number): WalletScan
  /** `scan` is the last one that `nextScan` gave; another's result is left alone and `again` is true. */
  takeScan(scan: WalletScan, result: WalletScanResult): ScanOutcome
  /** For `mempoolForWallet`. */
  scripts(): WalletScripts
  /** `whole`: all that concerns us in the mempool, so that unconfirmed ones of others that are not among them are forgotten. Whether anything changed. */
  takeMempool(transactions: readonly Uint8Array[], now: number, which: 'whole' | 'news'): boolean
  /** It left the mempool without being in a block: forgotten unless it is ours. Whether anything changed. */
  leftMempool(txid: Uint8Array, reason: TransactionRemoval): boolean
}

/** What sending needs. */
export interface WalletSending {
  /** For plans: coins, pending transactions, where change goes. */
  spendingView(): SpendingView
  /** All unspent outputs, of every status. */
  coins(): readonly WalletCoin[]
  /** A transaction of ours, signed: kept before it is offered to anybody. */
  takeOwn(transaction: Transaction, now: number): void
  /** Our mempool's or a peer's reason; empty for accepted. Unknown ones are left alone. */
  setRefused(txid: Uint8Array, reason: string): void
  /** Takes back `takeOwn` of one that nobody was offered. @throws WalletError `NO_SUCH_TRANSACTION` */
  forgetOwn(txid: Uint8Array): void
  /** Parents before children: pending, ours, no coinbase. */
  ownPending(): readonly OwnPending[]
  /** @throws WalletError `NO_SUCH_TRANSACTION`, `NOT_TO_BE_ABANDONED` */
  abandon(txid: Uint8Array): void
  /** Its bytes; it is not abandoned any more. @throws WalletError `NO_SUCH_TRANSACTION`, `NOT_TO_BE_OFFERED` */
  rebroadcast(txid: Uint8Array): OwnPending
  transaction(txid: Uint8Array): Transaction | undefined
}

export interface WalletAddresses {
  /** Reserved: in wallet.db when this returns. */
  newAddress(now: number, label?: string): AddressRow
  /** The address that the miner is to pay to: the same one until it was paid to, and then on where there are `MAX_ADDRESSES_FOR_REWARDS`. Reserved. */
  rewardAddress(now: number): AddressRow
  /** Addresses that were handed out after the last one that was paid to. */
  readonly unpaidInRow: number
  pathOf(script: Uint8Array): KeyPath | undefined
  /** Paid to by us, or ours and paid to. */
  isUsed(script: Uint8Array): boolean
  addresses(chain: 'receive' | 'change', page: Page): Rows<AddressRow>
  /** What an address or a BIP 21 URI stands for. @throws AddressError, PaymentUriError */
  readTarget(text: string): PaymentTarget
}

export interface WalletRecords {
  /** Grows with each change of anything that rows show, confirmations included. */
  readonly version: number
  readonly transactions: number
  readonly unconfirmed: number
  balance(): WalletBalance
  /** Newest first: what waits for a block, then by time. */
  history(search: string, page: Page): Rows<HistoryRow>
  recent(limit: number): readonly HistoryRow[]
  historyRow(txid: Uint8Array): HistoryRow | undefined
  coinRows(page: Page): Rows<CoinRow>
  /** @throws WalletError `NO_SUCH_COIN` */
  freeze(outpoint: Outpoint, frozen: boolean): void
  setLabel(type: 'tx' | 'addr' | 'output', ref: string, label: string): void
  labelOf(type: 'tx' | 'addr' | 'output', ref: string): string
  contacts(): readonly ContactRow[]
  /** @throws AddressError, WalletError `TOO_MANY_CONTACTS` */
  setContact(contact: Omit<ContactRow, 'id'> & { readonly id?: string | undefined }): ContactRow
  removeContact(id: string): void
  exportLabels(): string
  importLabels(text: string): { readonly taken: number; readonly ignored: number }
  /** As CSV, page by page (history-csv.ts). */
  exportHistory(from?: number): HistoryPage
}

export interface WalletBook extends WalletFollowing, WalletSending, WalletAddresses, WalletRecords {}
