/**
 * What the wallet makes of what a chain tells it: scans of blocks, and the mempool.
 *
 * After a scan the ledger says of every height that was looked at exactly what the scan says, and nothing of heights that
 * have left the chain. Where a block pays to an address that makes the wallet look for further ones, it and what follows are
 * looked at again. Where more was undone than the scan asked about (a coin whose spend was taken for buried is free again),
 * the scan counts for the undoing alone and is made again.
 */
import type { TransactionRemoval } from '../chain/chain.ts'
import { hashKey } from '../chain/coins/coin.ts'
import {
  MAX_WALLET_OUTPOINTS,
  type WalletBlock,
  type WalletScan,
  type WalletScanResult,
  type WalletScripts,
} from '../chain/node/wallet-calls.ts'
import type { Transaction } from '../chain/primitives/transaction.ts'
import { decodeTransaction } from '../chain/primitives/transaction-decoding.ts'
import { bytesEqual } from '../kernel/bytes.ts'
import type { AddressBook } from './address-book.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { LedgerEntry } from './ledger/ledger-entry.ts'
import type { BlockPlace } from './ledger/ledger-record.ts'
import { isSamePosition, type ScanProgress } from './scan-progress.ts'
import type { ScanOutcome } from './wallet-book.ts'

/** A spend under so many blocks is not asked about any more. */
export const BURIED_BLOCKS = 100

interface Asked {
  readonly scan: WalletScan
  /** Spends up to this height were not asked about. */
  readonly buried: number
}

export interface FollowingParts {
  readonly ledger: Ledger
  readonly addresses: AddressBook
  readonly progress: ScanProgress
}

export class Following {
  readonly #ledger: Ledger
  readonly #addresses: AddressBook
  readonly #progress: ScanProgress
  #asked: Asked | undefined

  constructor({ ledger, addresses, progress }: FollowingParts) {
    this.#ledger = ledger
    this.#addresses = addresses
    this.#progress = progress
    ledger.setHeight(progress.top?.height ?? 0)
  }

  /** Looks for further addresses beyond all that were ever paid to. */
  markAllUsed(): void {
    for (const { record } of [...this.#ledger.entries]) this.#markUsed(record.transaction)
  }

  /** What was asked does not count any more: the next scan begins elsewhere. */
  forgetAsked(): void {
    this.#asked = undefined
  }

  /** Anybody may pay us a great many outputs: what is more than may be asked about is found by the key that its spend shows. */
  scripts(): WalletScripts {
    const { scripts } = this.#addresses
    const outpoints = this.#ledger.openOutpoints(this.#buried)
    return { scripts, outpoints: outpoints.slice(0, MAX_WALLET_OUTPOINTS) }
  }

  nextScan(limit: number): WalletScan {
    const scan = { ...this.scripts(), known: this.#progress.known, limit }
    this.#asked = { scan, buried: this.#buried }
    return scan
  }

  takeScan(scan: WalletScan, result: WalletScanResult): ScanOutcome {
    const asked = this.#asked
    if (asked?.scan !== scan) return { again: true, changed: false }
    this.#asked = undefined
    const version = this.#ledger.version
    const { fork } = result
    const outcome = this.#goBack(fork) && fork.height < asked.buried ? true : this.#goOn(result)
    const changed = this.#ledger.version !== version
    this.#ledger.setHeight(this.#progress.top?.height ?? 0)
    return { again: outcome, changed }
  }

  /** @param firstSeen Unix seconds */
  takeMempool(transactions: readonly Uint8Array[], firstSeen: number, which: 'whole' | 'news'): boolean {
    const version = this.#ledger.version
    const here = new Set<string>()
    for (const bytes of transactions) {
      const transaction = decodeTransaction(bytes)
      if (!this.#ledger.concerns(transaction)) continue
      here.add(hashKey(transaction.txid))
      this.takeUnconfirmed(transaction, firstSeen)
    }
    if (which === 'whole')
      for (const entry of [...this.#ledger.unconfirmed]) if (!here.has(entry.id)) this.#drop(entry, undefined)
    return this.#ledger.version !== version
  }

  /** It is in our mempool, or was made by us. */
  takeUnconfirmed(transaction: Transaction, firstSeen: number): void {
    const ledger = this.#ledger
    const known = ledger.find(transaction.txid)
    if (known?.record.block) return
    if (known === undefined) {
      const fresh = { block: undefined, abandoned: false, gone: false, refused: '' }
      ledger.put({ transaction, firstSeen, arrival: ledger.nextArrival(), ...fresh })
      if (this.#markUsed(transaction)) this.#progress.grow()
      return
    }
    const { record } = known
    if (known.standing === 'replaced' || record.gone)
      ledger.put({ ...record, arrival: ledger.nextArrival(), gone: false, refused: '' })
    else if (record.refused !== '') ledger.put({ ...record, refused: '' })
  }

  leftMempool(txid: Uint8Array, reason: TransactionRemoval): boolean {
    const version = this.#ledger.version
    const entry = this.#ledger.find(txid)
    if (entry) this.#drop(entry, reason)
    return this.#ledger.version !== version
  }

  get #buried(): number {
    return (this.#progress.cursor?.height ?? 0) - BURIED_BLOCKS
  }

  /** Takes back what is above the fork. Whether there was a reorganisation. */
  #goBack(fork: WalletScanResult['fork']): boolean {
    const { cursor } = this.#progress
    if (cursor === undefined) {
      this.#progress.startAt(fork)
      return false
    }
    if (isSamePosition(cursor, fork)) return false
    this.#disconnect(this.#ledger.confirmedIn(fork.height + 1, Number.MAX_SAFE_INTEGER))
    this.#progress.back(fork)
    return true
  }

  /** Whether another scan is to follow at once. */
  #goOn({ fork, blocks, scanned, height }: WalletScanResult): boolean {
    const found = new Set<string>()
    let grown: WalletBlock | undefined
    for (const block of blocks) if (this.#connect(block, found)) grown ??= block
    const gone = this.#ledger.confirmedIn(fork.height + 1, scanned.height).filter(({ id }) => !found.has(id))
    this.#disconnect(gone)
    this.#progress.advance(scanned, grown && { hash: grown.previous, height: grown.position.height - 1 })
    if (grown) return true
    if (scanned.height < height) return scanned.height > fork.height
    this.#disconnect(this.#ledger.confirmedIn(scanned.height + 1, Number.MAX_SAFE_INTEGER))
    return this.#progress.finish(scanned)
  }

  /** Whether further addresses are looked for because of it. */
  #connect({ position, time, transactions }: WalletBlock, found: Set<string>): boolean {
    let hasGrown = false
    for (const { place, bytes } of transactions) {
      const transaction = decodeTransaction(bytes)
      if (!this.#ledger.concerns(transaction)) continue
      found.add(hashKey(transaction.txid))
      this.#confirm(transaction, { height: position.height, hash: position.hash, time, place })
      if (this.#markUsed(transaction)) hasGrown = true
    }
    return hasGrown
  }

  #confirm(transaction: Transaction, block: BlockPlace): void {
    const known = this.#ledger.find(transaction.txid)?.record
    if (known?.block && bytesEqual(known.block.hash, block.hash)) return
    const { firstSeen, arrival } = known ?? { firstSeen: block.time, arrival: 0 }
    this.#ledger.put({ transaction, block, firstSeen, arrival, abandoned: false, gone: false, refused: '' })
  }

  #disconnect(entries: readonly LedgerEntry[]): void {
    for (const { record } of entries)
      this.#ledger.put({ ...record, block: undefined, arrival: this.#ledger.nextArrival() })
  }

  #markUsed({ outputs }: Transaction): boolean {
    let hasGrown = false
    for (const { scriptPubKey } of outputs) {
      const path = this.#addresses.pathOf(scriptPubKey)
      if (path) this.#addresses.markUsed(path)
      const added = this.#addresses.takeAdded()
      if (added.length === 0) continue
      this.#ledger.scriptsAdded(added)
      hasGrown = true
    }
    return hasGrown
  }

  /** What others paid and is in no mempool any more is forgotten; where something of ours depends on it, it stays. */
  #drop(entry: LedgerEntry, reason: TransactionRemoval | undefined): void {
    const { record } = entry
    if (record.block || this.#ledger.factsOf(entry).isOwn) return
    if (!this.#isSpentByUs(entry)) this.#ledger.remove(record.transaction.txid)
    else if ((reason === 'conflict' || reason === 'replaced') && !record.gone)
      this.#ledger.put({ ...record, gone: true })
  }

  #isSpentByUs({ own, record: { transaction } }: LedgerEntry): boolean {
    const { txid } = transaction
    return [...own.keys()].some((index) => this.#ledger.hasSpender({ txid, index }))
  }
}
