/**
 * What is in the mempool: entering, leaving and being told of both. Keeps the memory limit by dropping the packages of the
 * lowest fee rate, and forgets what is too old. Whether a transaction may enter was decided before.
 */
import type { TransactionRemoval } from '../chain.ts'
import type { Transaction } from '../primitives/transaction.ts'
import { decodeTransaction } from '../primitives/transaction-decoding.ts'
import type { Candidate } from './admission.ts'
import { isWithinLimits } from './chain-limits.ts'
import { MempoolEntry } from './mempool-entry.ts'
import { EXPIRY_SECONDS, type FeeRate } from './policy.ts'
import { RollingMinimum } from './rolling-minimum.ts'
import { TransactionGraph } from './transaction-graph.ts'

/** Seconds between two searches for what is too old. */
const EXPIRY_SEARCH_SECONDS = 60

export interface AddedTransaction {
  readonly txid: Uint8Array
  readonly wtxid: Uint8Array
  /** Whole grains per 1,000 virtual bytes. */
  readonly feeRate: FeeRate
}

export interface RemovedTransaction {
  readonly txid: Uint8Array
  readonly reason: TransactionRemoval
}

export interface ContentsListener {
  transactionAdded?(added: AddedTransaction): void
  /** Not told of what is in a block. */
  transactionRemoved?(removed: RemovedTransaction): void
}

export class MempoolContents {
  readonly graph = new TransactionGraph()
  readonly #memoryLimit: number
  readonly #listener: Required<ContentsListener>
  readonly #minimum = new RollingMinimum()
  #nextSequence: number
  #searched = 0

  constructor(memoryLimit: number, listener: Required<ContentsListener>, firstSequence = 0) {
    this.#memoryLimit = memoryLimit
    this.#listener = listener
    this.#nextSequence = firstSequence
  }

  /** What the next entry gets: greater than that of all before. */
  get nextSequence(): number {
    return this.#nextSequence
  }

  /** What is asked for since something was dropped for want of room; grains per 1,000 virtual bytes, 0 for nothing. */
  rollingFeeRate(now: number): FeeRate {
    return this.#minimum.rate(now, this.graph.memory / this.#memoryLimit)
  }

  /** Puts it in the place of what it replaces. Undefined where there is no room for it. */
  enter({ transaction, coins, fee, sigopsCost, replaced }: Candidate, entered: number): MempoolEntry | undefined {
    this.remove(replaced, 'replaced')
    const entry = new MempoolEntry({
      transaction: ownCopy(transaction),
      fee,
      sigopsCost,
      entered,
      sequence: this.#nextSequence++,
      spendsCoinbase: coins.some(({ isCoinbase }) => isCoinbase),
    })
    this.graph.add(entry)
    if (entry.children.size > 0) this.#shorten(entry)
    this.#trim(entry)
    if (!this.graph.has(entry)) return undefined
    const { txid, wtxid } = entry.transaction
    this.#listener.transactionAdded({ txid, wtxid, feeRate: Math.floor(entry.feeRate) })
    return entry
  }

  /** With all that depends on them. */
  remove(entries: Iterable<MempoolEntry>, reason: TransactionRemoval): void {
    this.#removeBut(undefined, entries, reason)
  }

  /** It is in a block, and so are those it depends on. */
  confirm(entry: MempoolEntry): void {
    this.graph.remove(entry)
  }

  blockConnected(now: number): void {
    this.#minimum.blockConnected(now)
  }

  /** Forgets what came too long ago. */
  expire(now: number): void {
    if (Math.abs(now - this.#searched) < EXPIRY_SEARCH_SECONDS) return
    this.#searched = now
    const old: MempoolEntry[] = []
    for (const entry of this.graph.entries()) if (entry.entered <= now - EXPIRY_SECONDS) old.push(entry)
    this.remove(old, 'expired')
  }

  /** One that came back from a block may find more depending on it than may be: they go. */
  #shorten(entry: MempoolEntry): void {
    const around = [...this.graph.withAncestors([entry]), ...this.graph.withDescendants(entry.children)]
    if (!around.every(isWithinLimits)) this.remove(entry.children, 'reorganised')
  }

  /** `fresh` was not told of yet, and is not told of when it goes. */
  #trim(fresh: MempoolEntry): void {
    for (let entry = this.graph.cheapest; entry !== undefined; entry = this.graph.cheapest) {
      if (this.graph.memory <= this.#memoryLimit) return
      const { fee, virtualSize } = entry.descendants
      this.#minimum.dropped((fee / virtualSize) * 1_000)
      this.#removeBut(fresh, [entry], 'evicted')
    }
  }

  #removeBut(untold: MempoolEntry | undefined, entries: Iterable<MempoolEntry>, reason: TransactionRemoval): void {
    // Those with most ancestors first: none then stands between two that are still there.
    const leaving = [...this.graph.withDescendants(entries)].sort((a, b) => b.ancestors.count - a.ancestors.count)
    for (const entry of leaving) this.graph.remove(entry)
    for (const entry of leaving)
      if (entry !== untold) this.#listener.transactionRemoved({ txid: entry.transaction.txid, reason })
  }
}

/** On bytes of its own: a view would keep the whole block or message that it came in. */
function ownCopy(transaction: Transaction): Transaction {
  const bytes = transaction.bytes()
  return decodeTransaction(bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice())
}
