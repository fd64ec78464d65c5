/** The wallet as spending sees it, made when it is asked for and kept until something changes. */
import type { Ledger } from './ledger/ledger.ts'
import type { LedgerCoin, LedgerEntry } from './ledger/ledger-entry.ts'
import { confirmationsOf, type RowParts } from './rows/row-parts.ts'
import type { PendingTransaction, SpendingView } from './spending/spending-types.ts'
import type { WalletCoin } from './wallet-types.ts'

export class SpendingViews {
  readonly #parts: RowParts
  #kept: { readonly version: number; readonly view: SpendingView } | undefined

  constructor(parts: RowParts) {
    this.#parts = parts
  }

  /** The same object until the ledger or the addresses change. */
  view(): SpendingView {
    const { ledger, addresses } = this.#parts
    const version = ledger.version + addresses.version
    if (this.#kept?.version !== version) this.#kept = { version, view: viewOf(this.#parts) }
    return this.#kept.view
  }
}

function viewOf({ ledger, addresses, prefixes }: RowParts): SpendingView {
  const { height } = ledger
  return {
    addresses: prefixes,
    tipHeight: height,
    coins: Array.from(ledger.coins, (coin) => coinOf(coin, height)),
    pending: Array.from(ledger.pending, (entry) => pendingOf(entry, ledger)),
    // Only who plans a payment needs one; there may be none left.
    get change() {
      const { path, script } = addresses.change()
      return { path, script }
    },
    pathOf: (script) => addresses.pathOf(script),
    isUsed: (script) => ledger.isPaidTo(script),
  }
}

function coinOf({ height, isFrozen, ...coin }: LedgerCoin, top: number): WalletCoin {
  return { ...coin, confirmations: confirmationsOf(height, top), frozen: isFrozen }
}

function pendingOf(entry: LedgerEntry, ledger: Ledger): PendingTransaction {
  const { transaction } = entry.record
  return {
    transaction,
    inputs: transaction.inputs.map(({ previous }) => ledger.ownOutput(previous)),
    outputs: entry.own,
    fee: ledger.factsOf(entry).fee,
  }
}
