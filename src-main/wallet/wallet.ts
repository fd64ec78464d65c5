/**
 * The wallet: account, wallet.db, ledger and what people see of them, put together. No clock, no network, no keys that spend.
 *
 * Whatever changes is written in one transaction of wallet.db with everything that follows from it. Where that fails, all is
 * read again from there, so that what is in memory is never ahead of what is on the medium.
 */
import type { AddressRow, ContactRow, HistoryRow, PaymentTarget, WalletBalance } from '#shared/contract/wallet.ts'
import { decodeAddress, encodeAddress } from '../chain/address/address.ts'
import type { BlockPosition, TransactionRemoval } from '../chain/chain.ts'
import { knownAddresses } from '../chain/consensus/networks.ts'
import type { WalletScan, WalletScanResult, WalletScripts } from '../chain/node/wallet-calls.ts'
import type { Outpoint, Transaction } from '../chain/primitives/transaction.ts'
import { messageOf } from '../kernel/errors.ts'
import type { HistoryPage } from './history-csv.ts'
import { readLabels } from './labels/bip329.ts'
import { frozenIn, labelsText } from './labels/label-exchange.ts'
import { paymentTarget } from './payment-target.ts'
import { outpointText } from './rows/row-parts.ts'
import type { SpendingView } from './spending/spending-types.ts'
import type { OwnPending, Page, Rows, ScanOutcome, WalletBook } from './wallet-book.ts'
import { FURTHER_SETTING, readContents, type WalletContents, type WalletParts } from './wallet-contents.ts'
import { WalletError } from './wallet-error.ts'
import type { KeyPath, WalletCoin } from './wallet-types.ts'

/** Each address is looked for in each block: with more than these, rewards go to the last one again. */
export const MAX_ADDRESSES_FOR_REWARDS = 2_000

export class Wallet implements WalletBook {
  readonly #parts: WalletParts
  #contents: WalletContents
  /** Grows when all is read again. */
  #readings = 0
  #failure: WalletError | undefined
  #writtenProgress = 0

  constructor(parts: WalletParts) {
    this.#parts = parts
    this.#contents = readContents(this.#parts)
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
    const height = this.top?.height ?? 0
    if (from !== undefined && from > height) throw new WalletError({ code: 'BEYOND_SCANNED', height })
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

  get unpaidInRow(): number {
    return this.#contents.addresses.unpaidInRow
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
    return paymentTarget(text, this.#contents)
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
    this.#change(() => this.#setFrozen(outpoint, frozen))
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
    return labelsText(this.#contents.notes, this.#parts.store.labels.frozen())
  }

  importLabels(text: string): { readonly taken: number; readonly ignored: number } {
    const { lines, ignored } = readLabels(text)
    this.#change(({ notes }) => {
      for (const { type, ref, label } of lines) if (label !== '') notes.setLabel(type, ref, label)
      for (const { outpoint, isFrozen } of frozenIn(lines)) this.#setFrozen(outpoint, isFrozen)
    })
    return { taken: lines.length, ignored }
  }

  exportHistory(from?: number): HistoryPage {
    return this.#contents.history.exportPage(from)
  }

  #setFrozen(outpoint: Outpoint, isFrozen: boolean): void {
    this.#contents.ledger.freeze(outpoint, isFrozen)
    this.#parts.store.labels.setFrozen(outpoint, isFrozen)
  }

  /** Does something and writes down what came of it, or nothing of both. */
  #change<T>(work: (contents: WalletContents) => T): T {
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
      this.#contents = readContents(this.#parts)
      this.#writtenProgress = 0
      this.#readings = before + 1
    } catch (error) {
      this.#failure = new WalletError({ code: 'WALLET_NOT_WRITTEN', cause: messageOf(error) }, { cause: error })
    }
  }
}
