/**
 * The mempool: transactions that no block holds yet, checked by the rules of the next block and of relay.
 *
 * The owner tells of every change of the best chain: `blockDisconnected` highest first, `blockConnected` lowest first, then
 * `chainChanged` once, when the chain answers for the new tip. Told the time (seconds since 1970); reads no clock.
 *
 * The parts: what may enter (admission.ts, script-admission.ts), in which turn (transaction-intake.ts), orphans
 * (orphanage.ts), what is there and what goes for want of room (mempool-contents.ts), what a block takes (block-selection.ts).
 */
import type { PeerName, TransactionOutcome } from '../chain.ts'
import type { Block } from '../primitives/block.ts'
import type { Outpoint, Transaction, TransactionOutput } from '../primitives/transaction.ts'
import type { InputVerifiers } from '../script/verify-inputs.ts'
import { type SelectedTransaction, type SelectionLimits, selectForBlock } from './block-selection.ts'
import { DisconnectedTransactions } from './disconnected-transactions.ts'
import type { MempoolChain } from './mempool-chain.ts'
import { type AddedTransaction, type ContentsListener, MempoolContents } from './mempool-contents.ts'
import type { MempoolEntry } from './mempool-entry.ts'
import { decodeMempool, encodeMempool, MempoolFileError, type SavedTransaction } from './mempool-file.ts'
import { feeRateBands, type MempoolSummary } from './mempool-summary.ts'
import { DEFAULT_MEMORY_LIMIT, EXPIRY_SECONDS, type FeeRate, MINIMUM_RELAY_FEE_RATE } from './policy.ts'
import { mayStay } from './revalidation.ts'
import { type RefusedOrphan, TransactionIntake } from './transaction-intake.ts'

/** Entries of an inventory. */
export const MAX_INVENTORY = 50_000

export interface MempoolOptions {
  readonly chain: MempoolChain
  /** With the cache that blocks are checked with, so that nothing is checked twice. */
  readonly verifiers: InputVerifiers
  /** Bytes, estimated. @default 300,000,000 */
  readonly memoryLimit?: number
  /** Of the first entry (`MempoolEntry.sequence`). @default 0 */
  readonly firstSequence?: number
}

export interface MempoolListener extends ContentsListener {
  orphanRefused?(refused: RefusedOrphan): void
}

/** How a saved mempool was taken up. */
export interface LoadOutcome {
  readonly loaded: number
  /** Too old, in a block meanwhile, or no longer taken. */
  readonly dropped: number
  /** Why nothing could be read. */
  readonly error?: MempoolFileError
}

export class Mempool {
  readonly #chain: MempoolChain
  readonly #memoryLimit: number
  readonly #listeners = new Set<MempoolListener>()
  readonly #contents: MempoolContents
  readonly #intake: TransactionIntake
  readonly #disconnected = new DisconnectedTransactions()
  /** From the first block that left to `chainChanged`: parents of what is here may be neither here nor in the chain. */
  #isReorganising = false

  constructor({ chain, verifiers, memoryLimit = DEFAULT_MEMORY_LIMIT, firstSequence = 0 }: MempoolOptions) {
    this.#chain = chain
    this.#memoryLimit = memoryLimit
    const listener: Required<ContentsListener> = {
      transactionAdded: (added) => this.#tell((listener) => listener.transactionAdded?.(added)),
      transactionRemoved: (removed) => this.#tell((listener) => listener.transactionRemoved?.(removed)),
    }
    this.#contents = new MempoolContents(memoryLimit, listener, firstSequence)
    this.#intake = new TransactionIntake({
      chain,
      verifiers,
      contents: this.#contents,
      orphanRefused: (refused) => this.#tell((listener) => listener.orphanRefused?.(refused)),
    })
  }

  /** Gives back what ends it. */
  watch(listener: MempoolListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * `from`: the peer that sent it; undefined for our own, which is looked at even if it was refused before and is never an
   * orphan. @throws what the batches of signatures reject with
   */
  accept(transaction: Transaction, from: PeerName | undefined, now: number): Promise<TransactionOutcome> {
    return this.#intake.accept(transaction, { from, now, entered: now })
  }

  /** Orphans of a peer that is gone are forgotten. */
  forgetPeer(peer: PeerName): void {
    this.#intake.orphanage.forgetPeer(peer)
  }

  blockDisconnected(block: Block): void {
    this.#isReorganising = true
    this.#intake.blockDisconnected()
    const lost = this.#disconnected.add(block)
    for (const transaction of [...block.transactions.slice(0, 1), ...lost]) this.#removeSpendersOf(transaction)
  }

  blockConnected(block: Block, now: number): void {
    const { graph } = this.#contents
    for (const transaction of block.transactions) {
      if (transaction.isCoinbase) continue
      this.#disconnected.remove(transaction)
      if (graph.size === 0) continue
      const entry = graph.byTxid(transaction.txid)
      if (entry) this.#contents.confirm(entry)
      for (const { previous } of transaction.inputs) {
        const rival = graph.spender(previous)
        if (rival) this.#contents.remove([rival], 'conflict')
      }
    }
    this.#intake.blockConnected(block)
    this.#contents.blockConnected(now)
  }

  /** After a reorganisation what left the chain comes back, as far as it is still good, and what is bad now goes. */
  chainChanged(now: number): void {
    this.#intake.chainChanged(now)
    if (this.#isReorganising) this.#settle(now)
    this.#isReorganising = false
    this.#intake.tryOrphans()
  }

  /** Transactions for a block after the tip, in their order; none while a reorganisation is under way. */
  selectFor(limits: SelectionLimits = {}): SelectedTransaction[] {
    return this.#isReorganising ? [] : selectForBlock(this.#contents.graph, limits)
  }

  get size(): number {
    return this.#contents.graph.size
  }

  get virtualBytes(): number {
    return this.#contents.graph.virtualSize
  }

  /** Bytes, estimated. */
  get memory(): number {
    return this.#contents.graph.memory
  }

  /** Grains per 1,000 virtual bytes below which nothing is taken. */
  minimumFeeRate(now: number = this.#intake.now): FeeRate {
    return Math.max(MINIMUM_RELAY_FEE_RATE, Math.ceil(this.#contents.rollingFeeRate(now)))
  }

  /** By txid or wtxid. */
  find(id: Uint8Array): MempoolEntry | undefined {
    return this.#contents.graph.byTxid(id) ?? this.#contents.graph.byWtxid(id)
  }

  /** Whether a transaction need not be fetched, by txid or wtxid: here, an orphan, lately refused or in a new block. */
  knows(id: Uint8Array): boolean {
    return this.find(id) !== undefined || this.#intake.remembers(id)
  }

  /** Who spends an output, confirmed or not. */
  spender(outpoint: Outpoint): MempoolEntry | undefined {
    return this.#contents.graph.spender(outpoint)
  }

  /** An output made here, spent here or not. */
  output({ txid, index }: Outpoint): TransactionOutput | undefined {
    return this.#contents.graph.byTxid(txid)?.transaction.outputs[index]
  }

  /** What the next entry's `sequence` will be. */
  get nextSequence(): number {
    return this.#contents.nextSequence
  }

  /** In order of entry. */
  entries(): IterableIterator<MempoolEntry> {
    return this.#contents.graph.entries()
  }

  /** Dearest first. */
  inventory(): AddedTransaction[] {
    return [...this.entries()]
      .sort((a, b) => b.feeRate - a.feeRate || a.sequence - b.sequence)
      .slice(0, MAX_INVENTORY)
      .map(({ transaction: { txid, wtxid }, feeRate }) => ({ txid, wtxid, feeRate: Math.floor(feeRate) }))
  }

  summary(): MempoolSummary {
    const { graph } = this.#contents
    return {
      transactions: graph.size,
      virtualBytes: graph.virtualSize,
      memory: graph.memory,
      memoryLimit: this.#memoryLimit,
      fees: BigInt(graph.fees),
      minimumFeeRate: this.minimumFeeRate(),
      bands: feeRateBands(graph),
      orphans: this.#intake.orphanage.size,
    }
  }

  /** All of it but the orphans, as bytes for `load`. */
  dump(): Uint8Array {
    const parentsFirst = [...this.entries()].sort(
      (a, b) => a.ancestors.count - b.ancestors.count || a.sequence - b.sequence,
    )
    return encodeMempool(this.#chain.network.magic, parentsFirst)
  }

  /**
   * Takes up what `dump` gave; each transaction is checked as from a stranger, and keeps the time of its entry. Ends between
   * two of them where `goesOn` says no.
   * @throws what the batches of signatures reject with
   */
  async load(bytes: Uint8Array, now: number, goesOn: () => boolean = () => true): Promise<LoadOutcome> {
    let saved: readonly SavedTransaction[]
    try {
      saved = decodeMempool(this.#chain.network.magic, bytes)
    } catch (error) {
      if (error instanceof MempoolFileError) return { loaded: 0, dropped: 0, error }
      throw error
    }
    let loaded = 0
    for (const { transaction, entered } of saved) {
      if (!goesOn()) break
      if (entered <= now - EXPIRY_SECONDS) continue
      const arrival = { from: undefined, now, entered: Math.min(entered, now) }
      const { status } = await this.#intake.accept(transaction, arrival)
      if (status === 'accepted') loaded++
    }
    return { loaded, dropped: saved.length - loaded }
  }

  #settle(now: number): void {
    const { graph } = this.#contents
    for (const transaction of this.#disconnected.takeAll())
      if (!this.#intake.takeBack(transaction, now)) this.#removeSpendersOf(transaction)
    for (const entry of [...graph.entries()])
      if (entry.dependsOnHeight && graph.has(entry) && !mayStay(entry, this.#chain, graph))
        this.#contents.remove([entry], 'reorganised')
  }

  #removeSpendersOf(transaction: Transaction): void {
    this.#contents.remove(this.#contents.graph.childrenOf(transaction), 'reorganised')
  }

  #tell(tell: (listener: MempoolListener) => void): void {
    for (const listener of this.#listeners) tell(listener)
  }
}
