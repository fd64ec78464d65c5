/** What a wallet has in memory, as it is read from wallet.db. */
import type { BlockPosition } from '../chain/chain.ts'
import { type NetworkName, networks } from '../chain/consensus/networks.ts'
import { AddressBook } from './address-book.ts'
import { Following } from './following.ts'
import { accountNetworks } from './keys/account-network.ts'
import { Ledger } from './ledger/ledger.ts'
import type { LedgerEntry } from './ledger/ledger-entry.ts'
import { Notes } from './notes.ts'
import { OwnTransactions } from './own-transactions.ts'
import { CoinRows } from './rows/coin-rows.ts'
import { HistoryRows } from './rows/history-rows.ts'
import type { RowParts } from './rows/row-parts.ts'
import { ScanProgress } from './scan-progress.ts'
import { SpendingViews } from './spending-views.ts'
import type { WalletStore } from './store/wallet-store.ts'
import type { PublicAccount } from './wallet-types.ts'

/** Addresses that are looked for beyond the gap: the name in wallet.db. */
export const FURTHER_SETTING = 'look-further'

export interface WalletParts {
  readonly store: WalletStore
  readonly account: PublicAccount
  readonly network: NetworkName
}

export interface WalletContents extends RowParts {
  /** Transactions in wallet.db that are not what was written. */
  readonly unreadable: number
  readonly progress: ScanProgress
  readonly following: Following
  readonly own: OwnTransactions
  readonly views: SpendingViews
  readonly history: HistoryRows
  readonly coinRows: CoinRows
}

/** What the chain has as well and is damaged here is left out, and blocks are looked at again for it. */
export function readContents({ store, account, network }: WalletParts): WalletContents {
  const { coinbaseMaturity: maturity, addresses: prefixes } = networks[network]
  const { coinType } = accountNetworks[network]
  const { records, unreadable } = store.transactions.list()
  const addresses = new AddressBook(account, store.addresses.list(), furtherOf(store))
  const ledger = new Ledger({ maturity, pathOf: (script) => addresses.pathOf(script) })
  ledger.load(records)
  for (const outpoint of store.labels.frozen()) ledger.freeze(outpoint, true)
  const progress = new ScanProgress(store.scans.read(), topOf(ledger.entries))
  const following = new Following({ ledger, addresses, progress })
  following.markAllUsed()
  if (unreadable > 0 || addresses.repaired > 0) progress.restart()
  const parts: RowParts = { ledger, addresses, notes: new Notes(store.labels), prefixes, maturity, coinType }
  const views = new SpendingViews(parts)
  return {
    ...parts,
    unreadable,
    progress,
    following,
    own: new OwnTransactions(ledger, following),
    views,
    history: new HistoryRows(parts, () => views.view()),
    coinRows: new CoinRows(parts),
  }
}

function furtherOf(store: WalletStore): number {
  const text = store.labels.setting(FURTHER_SETTING) ?? ''
  return /^\d{1,6}$/.test(text) ? Number(text) : 0
}

/** The highest block that any of them is in. */
function topOf(entries: Iterable<LedgerEntry>): BlockPosition | undefined {
  let top: BlockPosition | undefined
  for (const { record } of entries) if (record.block && record.block.height >= (top?.height ?? 0)) top = record.block
  return top && { height: top.height, hash: top.hash }
}
