/** Transactions that this wallet has made: kept before anybody is offered them, given up, offered again. Never a coinbase. */
import { outpointKey } from '../chain/coins/coin.ts'
import { displayHash } from '../chain/primitives/hashes.ts'
import type { Transaction } from '../chain/primitives/transaction.ts'
import type { Following } from './following.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { LedgerEntry, Standing } from './ledger/ledger-entry.ts'
import { plainText } from './plain-text.ts'
import { MAX_REFUSED_CHARACTERS } from './store/transaction-repository.ts'
import type { OwnPending } from './wallet-book.ts'
import { WalletError } from './wallet-error.ts'

const WHY_NOT: Readonly<Record<Standing, string>> = {
  confirmed: 'it is in a block',
  pending: 'it waits for a block',
  orphaned: 'it spends a reward of a block that left the chain',
  conflicted: 'something in a block spends the same coins',
  abandoned: 'it was abandoned',
  replaced: 'another transaction took its place',
}

export class OwnTransactions {
  readonly #ledger: Ledger
  readonly #following: Following

  constructor(ledger: Ledger, following: Following) {
    this.#ledger = ledger
    this.#following = following
  }

  /** @param now Unix seconds */
  take(transaction: Transaction, now: number): void {
    const known = this.#ledger.find(transaction.txid)
    if (known?.record.abandoned) this.#takeBack(known)
    this.#following.takeUnconfirmed(transaction, now)
  }

  setRefused(txid: Uint8Array, reason: string): void {
    const record = this.#ledger.find(txid)?.record
    const refused = plainText(reason, MAX_REFUSED_CHARACTERS)
    if (record && record.block === undefined && record.refused !== refused) this.#ledger.put({ ...record, refused })
  }

  /** One that nobody was offered. @throws WalletError `NO_SUCH_TRANSACTION` */
  forget(txid: Uint8Array): void {
    const { record } = this.#entry(txid)
    if (record.block === undefined && !record.transaction.isCoinbase) this.#ledger.remove(txid)
  }

  /** Parents before children. */
  pending(): readonly OwnPending[] {
    const left = new Set([...this.#ledger.pending].filter((entry) => this.#isOurs(entry)).sort(byArrival))
    const ordered: LedgerEntry[] = []
    const take = (entry: LedgerEntry) => {
      if (!left.delete(entry)) return
      for (const { previous } of entry.record.transaction.inputs) {
        const parent = this.#ledger.find(previous.txid)
        if (parent) take(parent)
      }
      ordered.push(entry)
    }
    for (const entry of [...left]) take(entry)
    return ordered.map(offerOf)
  }

  /**
   * With it go all of ours that spend the same: those whose place it took would wait in its stead, and keep its coins.
   * @throws WalletError `NO_SUCH_TRANSACTION`, `NOT_TO_BE_ABANDONED`
   */
  abandon(txid: Uint8Array): void {
    const entry = this.#entry(txid)
    const reason = this.#isOurs(entry) ? WHY_NOT[entry.standing] : 'it was made by others'
    if (entry.standing !== 'pending' || !this.#isOurs(entry))
      throw new WalletError({ code: 'NOT_TO_BE_ABANDONED', reason })
    const spent = new Set(entry.record.transaction.inputs.map(({ previous }) => outpointKey(previous)))
    const isSame = ({ record: { transaction } }: LedgerEntry) =>
      transaction.inputs.some(({ previous }) => spent.has(outpointKey(previous)))
    const given = [...this.#ledger.unconfirmed].filter((other) => isSame(other) && this.#isOurs(other))
    for (const { record } of given) this.#ledger.put({ ...record, abandoned: true })
  }

  /** @throws WalletError `NO_SUCH_TRANSACTION`, `NOT_TO_BE_OFFERED` */
  offerAgain(txid: Uint8Array): OwnPending {
    const entry = this.#entry(txid)
    if (!this.#isOurs(entry)) throw new WalletError({ code: 'NOT_TO_BE_OFFERED', reason: 'it was made by others' })
    if (entry.standing === 'abandoned') this.#takeBack(entry)
    if (entry.standing !== 'pending')
      throw new WalletError({ code: 'NOT_TO_BE_OFFERED', reason: WHY_NOT[entry.standing] })
    return offerOf(entry)
  }

  /** Abandoned, and wanted after all; unless its coins went elsewhere meanwhile. */
  #takeBack(entry: LedgerEntry): void {
    const { record } = entry
    if (record.transaction.inputs.some(({ previous }) => this.#ledger.spenderOf(previous)))
      throw new WalletError({ code: 'NOT_TO_BE_OFFERED', reason: 'its coins were spent by another transaction' })
    this.#ledger.put({ ...record, abandoned: false, refused: '', arrival: this.#ledger.nextArrival() })
    // Worked out before it is looked at again.
    this.#ledger.find(record.transaction.txid)
  }

  #entry(txid: Uint8Array): LedgerEntry {
    const entry = this.#ledger.find(txid)
    if (entry === undefined) throw new WalletError({ code: 'NO_SUCH_TRANSACTION', txid: displayHash(txid) })
    return entry
  }

  #isOurs(entry: LedgerEntry): boolean {
    return !entry.record.transaction.isCoinbase && this.#ledger.factsOf(entry).isOwn
  }
}

function byArrival(a: LedgerEntry, b: LedgerEntry): number {
  return a.record.arrival - b.record.arrival
}

function offerOf({ record: { transaction, firstSeen, refused } }: LedgerEntry): OwnPending {
  return { txid: transaction.txid, bytes: transaction.bytes(), firstSeen, refused }
}
