/**
 * The wallet: account, wallet.db, ledger and what people see of them, put together. No clock, no network, no keys that spend.
 *
 * Whatever changes is written in one transaction of wallet.db with everything that follows from it. Where that fails, all is
 * read again from there, so that what is in memory is never ahead of what is on the medium.
 */
import type { AddressRow, ContactRow, HistoryRow, PaymentTarget, WalletBalance } from '#shared/contract/wallet.ts'
import { decodeAddress, encodeAddress, scriptOfAddress } from '../chain/address/address.ts'
import type { BlockPosition, TransactionRemoval } from '../chain/chain.ts'
import { knownAddresses, type NetworkName, networks } from '../chain/consensus/networks.ts'
import type { WalletScan, WalletScanResult, WalletScripts } from '../chain/node/wallet-calls.ts'
import { parseHash } from '../chain/primitives/hashes.ts'
import type { Outpoint, Transaction } from '../chain/primitives/transaction.ts'
import { messageOf } from '../kernel/errors.ts'
import { AddressBook } from './address-book.ts'
import { Following } from './following.ts'
import { historyCsv } from './history-csv.ts'
import { accountNetworks } from './keys/account-network.ts'
import { type LabelLine, readLabels, writeLabels } from './labels/bip329.ts'
import { Ledger } from './ledger/ledger.ts'
import type { LedgerEntry } from './ledger/ledger-entry.ts'
import { Notes } from './notes.ts'
import { OwnTransactions } from './own-transactions.ts'
import { CoinRows } from './rows/coin-rows.ts'
import { HistoryRows } from './rows/history-rows.ts'
import { outpointText, type RowParts } from './rows/row-parts.ts'
import { ScanProgress } from './scan-progress.ts'
import type { SpendingView } from './spending/spending-types.ts'
import { SpendingViews } from './spending-views.ts'
import type { WalletStore } from './store/wallet-store.ts'
import { decodePaymentUri, isPaymentUri } from './uri/payment-uri.ts'
import type { OwnPending, Page, Rows, ScanOutcome, WalletBook } from './wallet-book.ts'
import { WalletError } from './wallet-error.ts'
import type { KeyPath, PublicAccount, WalletCoin } from './wallet-types.ts'

const FURTHER_SETTING = 'look-further'
/** Each address is looked for in each block: with more than these, rewards go to the last one again. */
export const MAX_ADDRESSES_FOR_REWARDS = 2_000

export interface WalletParts {
  readonly store: WalletStore
  readonly account: PublicAccount
  readonly network: NetworkName
}

/** What is read from wallet.db, and made anew when it has to be read again. */
interface Contents extends RowParts {
  /** Transactions in wallet.db that are not what was written. */
  readonly unreadable: number
  readonly progress: ScanProgress
  readonly following: Following
  readonly own: OwnTransactions
  readonly views: SpendingViews
  readonly history: HistoryRows
  readonly coinRows: CoinRows
}

export class Wallet implements WalletBook {
  readonly #parts: WalletParts
  #contents: Contents
  /** Grows when all is read again. */
  #readings = 0
  #failure: WalletError | undefined
  #writtenProgress = 0

  constructor(parts: WalletParts) {
    this.#parts = parts
    this.#contents = this.#read()
    this.#change(({ unreadable }) => {
      if (unreadable > 0) parts.store.transactions.removeUnreadable()
    })
  }

  get version(): number {
    const { ledger, notes, addresses } = this.#contents
    return this.#readings + ledger.version + notes.version + addresses.version
  }

  get top(): BlockPosition | undefined {
    return this.#contents.progress.top
  }

  get cursor(): BlockPosition | undefined {
    return this.#contents.progress.cursor
  }

  get transactions(): number {
    return this.#contents.ledger.size
  }

  get unconfirmed(): number {
    return this.#contents.ledger.pending.size
  }

  startAt(position: BlockPosition): void {
    this.#change(({ progress, following }) => {
      following.forgetAsked()
      progress.startAt(position)
    })
  }

  rescan(from?: number): void {
    this.#change(({ progress, following }) => {
      following.forgetAsked()
      progress.restart(from)
    })
  }

  lookFurther(more: number): void {
    this.#change(({ addresses, progress, following }) => {
      following.forgetAsked()
      addresses.lookFurther(more)
      this.#parts.store.labels.set(FURTHER_SETTING, String(addresses.further))
      progress.restart()
    })
  }

  nextScan(limit: number): WalletScan {
    return this.#contents.following.nextScan(limit)
  }

  takeScan(scan: WalletScan, result: WalletScanResult): ScanOutcome {
    return this.#change(({ following }) => following.takeScan(scan, result))
  }

  scripts(): WalletScripts {
    return this.#contents.following.scripts()
  }

  takeMempool(transactions: readonly Uint8Array[], now: number, which: 'whole' | 'news'): boolean {
    return this.#change(({ following }) => following.takeMempool(transactions, now, which))
  }

  leftMempool(txid: Uint8Array, reason: TransactionRemoval): boolean {
    return this.#change(({ following }) => following.leftMempool(txid, reason))
  }

  spendingView(): SpendingView {
    return this.#contents.views.view()
  }

  coins(): readonly WalletCoin[] {
    return this.spendingView().coins
  }

  takeOwn(transaction: Transaction, now: number): void {
    this.#change(({ own }) => own.take(transaction, now))
  }

  setRefused(txid: Uint8Array, reason: string): void {
    this.#change(({ own }) => own.setRefused(txid, reason))
  }

  forgetOwn(txid: Uint8Array): void {
    this.#change(({ own }) => own.forget(txid))
  }

  ownPending(): readonly OwnPending[] {
    return this.#contents.own.pending()
  }

  abandon(txid: Uint8Array): void {
    this.#change(({ own }) => own.abandon(txid))
  }

  rebroadcast(txid: Uint8Array): OwnPending {
    return this.#change(({ own }) => own.offerAgain(txid))
  }

  transaction(txid: Uint8Array): Transaction | undefined {
    return this.#contents.ledger.find(txid)?.record.transaction
  }

  newAddress(now: number, label = ''): AddressRow {
    return this.#change(({ addresses, notes, coinRows, progress }) => {
      const address = addresses.handOut(now, 'payment')
      // Of a restored wallet the further ones that are looked for now may have been paid to in blocks that were passed.
      progress.grow()
      if (label !== '') notes.setLabel('addr', addresses.addressOf(address), label)
      return coinRows.addressRow(address)
    })
  }

  rewardAddress(now: number): AddressRow {
    const { addresses, coinRows } = this.#contents
    const last = addresses.lastForRewards()
    const isEnough = addresses.size > MAX_ADDRESSES_FOR_REWARDS
    if (last && (isEnough || !this.isUsed(last.script))) return coinRows.addressRow(last)
    return this.#change(() => coinRows.addressRow(addresses.handOut(now, 'reward')))
  }

  pathOf(script: Uint8Array): KeyPath | undefined {
    return this.#contents.addresses.pathOf(script)
  }

  isUsed(script: Uint8Array): boolean {
    return this.#contents.ledger.isPaidTo(script)
  }

  addresses(chain: 'receive' | 'change', page: Page): Rows<AddressRow> {
    return this.#contents.coinRows.addresses(chain, page)
  }

  readTarget(text: string): PaymentTarget {
    const { prefixes, notes } = this.#contents
    const written = text.trim()
    const { amount, ...uri } = isPaymentUri(written) ? decodePaymentUri(written) : { address: written }
    const destination = decodeAddress(uri.address, prefixes, knownAddresses)
    const address = encodeAddress(destination, prefixes)
    const script = scriptOfAddress(address, prefixes)
    const contact = notes.contactOf(address)
    return {
      ...uri,
      address,
      // A link that asks for nothing leaves it to the person.
      ...(amount !== undefined && amount > 0n && { amount }),
      ...(contact !== undefined && { contact }),
      used: this.isUsed(script),
      own: this.pathOf(script) !== undefined,
    }
  }

  balance(): WalletBalance {
    return this.#contents.ledger.totals
  }

  history(search: string, page: Page): Rows<HistoryRow> {
    return this.#contents.history.page(search, page)
  }

  recent(limit: number): readonly HistoryRow[] {
    return this.history('', { offset: 0, limit }).rows
  }

  historyRow(txid: Uint8Array): HistoryRow | undefined {
    const { ledger, history } = this.#contents
    const entry = ledger.find(txid)
    return entry && history.row(entry)
  }

  coinRows(page: Page) {
    return this.#contents.coinRows.coins(page)
  }

  freeze(outpoint: Outpoint, frozen: boolean): void {
    if (frozen && this.#contents.ledger.coin(outpoint) === undefined)
      throw new WalletError({ code: 'NO_SUCH_COIN', coin: outpointText(outpoint) })
    this.#change(({ ledger }) => {
      ledger.freeze(outpoint, frozen)
      this.#parts.store.labels.setFrozen(outpoint, frozen)
    })
  }

  setLabel(type: 'tx' | 'addr' | 'output', ref: string, label: string): void {
    this.#change(({ notes }) => notes.setLabel(type, ref, label))
  }

  labelOf(type: 'tx' | 'addr' | 'output', ref: string): string {
    return this.#contents.notes.labelOf(type, ref)
  }

  contacts(): readonly ContactRow[] {
    return this.#contents.notes.contacts
  }

  setContact(contact: Omit<ContactRow, 'id'> & { readonly id?: string | undefined }): ContactRow {
    const { prefixes } = this.#contents
    const address = encodeAddress(decodeAddress(contact.address.trim(), prefixes, knownAddresses), prefixes)
    return this.#change(({ notes }) => notes.setContact({ ...contact, address }))
  }

  removeContact(id: string): void {
    this.#change(({ notes }) => notes.removeContact(id))
  }

  exportLabels(): string {
    const { notes } = this.#contents
    const frozen = new Set(this.#parts.store.labels.frozen().map(outpointText))
    const lines: LabelLine[] = []
    for (const { type, ref, label } of notes.labels) {
      const isFrozen = type === 'output' && frozen.delete(ref)
      lines.push({ type, ref, label, ...(isFrozen && { spendable: false }) })
    }
    for (const ref of frozen) lines.push({ type: 'output', ref, label: '', spendable: false })
    return writeLabels(lines)
  }

  importLabels(text: string): { readonly taken: number; readonly ignored: number } {
    const { lines, ignored } = readLabels(text)
    this.#change(({ notes, ledger }) => {
      for (const { type, ref, label, spendable } of lines) {
        if (label !== '') notes.setLabel(type, ref, label)
        if (spendable === undefined) continue
        const outpoint = { txid: parseHash(ref.slice(0, 64)) as Uint8Array, index: Number(ref.slice(65)) }
        ledger.freeze(outpoint, !spendable)
        this.#parts.store.labels.setFrozen(outpoint, !spendable)
      }
    })
    return { taken: lines.length, ignored }
  }

  exportHistory(): string {
    return historyCsv(this.#contents.history.all())
  }

  /** Does something and writes down what came of it, or nothing of both. */
  #change<T>(work: (contents: Contents) => T): T {
    if (this.#failure) throw this.#failure
    const { progress } = this.#contents
    const before = [this.version, progress.version]
    try {
      return this.#parts.store.transaction(() => {
        const result = work(this.#contents)
        this.#write()
        return result
      })
    } catch (error) {
      if (before[0] !== this.version || before[1] !== progress.version) this.#readAgain()
      throw error
    }
  }

  #write(): void {
    const { store } = this.#parts
    const { ledger, addresses, progress } = this.#contents
    ledger.scriptsAdded(addresses.takeAdded())
    for (const change of ledger.takeChanges()) {
      if (change.record) store.transactions.put(change.record)
      else store.transactions.remove(change.txid)
    }
    for (const address of addresses.takeChanges()) store.addresses.put(address)
    if (progress.version !== this.#writtenProgress) store.scans.write(progress.kept)
    this.#writtenProgress = progress.version
  }

  #readAgain(): void {
    const before = this.version
    try {
      this.#contents = this.#read()
      this.#writtenProgress = 0
      this.#readings = before + 1
    } catch (error) {
      this.#failure = new WalletError({ code: 'WALLET_NOT_WRITTEN', cause: messageOf(error) }, { cause: error })
    }
  }

  #read(): Contents {
    const { store, account, network } = this.#parts
    const { coinbaseMaturity: maturity, addresses: prefixes } = networks[network]
    const { coinType } = accountNetworks[network]
    const { records, unreadable } = store.transactions.list()
    const addresses = new AddressBook(account, store.addresses.list(), furtherOf(store))
    const notes = new Notes(store.labels)
    const ledger = new Ledger({ maturity, pathOf: (script) => addresses.pathOf(script) })
    ledger.load(records)
    for (const outpoint of store.labels.frozen()) ledger.freeze(outpoint, true)
    const progress = new ScanProgress(store.scans.read(), topOf(ledger.entries))
    const parts: RowParts = { ledger, addresses, notes, prefixes, maturity, coinType }
    const following = new Following({ ledger, addresses, progress })
    following.markAllUsed()
    if (unreadable > 0 || addresses.repaired > 0) progress.restart()
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
