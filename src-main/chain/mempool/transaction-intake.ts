/**
 * Takes transactions into the mempool, one after the other. While scripts run away from this thread blocks may come and go:
 * then the transaction is looked at anew. Keeps the orphans, and remembers what was refused and what was in new blocks, so that
 * it is not fetched from every peer.
 */
import type { PeerName, TransactionOutcome } from '../chain.ts'
import type { Block } from '../primitives/block.ts'
import type { Transaction } from '../primitives/transaction.ts'
import type { InputVerifiers } from '../script/verify-inputs.ts'
import { type AdmissionView, type Candidate, examine, type Refusal } from './admission.ts'
import type { MempoolChain } from './mempool-chain.ts'
import type { MempoolContents } from './mempool-contents.ts'
import { Orphanage } from './orphanage.ts'
import { Recent } from './recent.ts'
import { isRelayable, scriptRefusal } from './script-admission.ts'
import { SerialQueue } from './serial-queue.ts'

/** Transactions that wait to be looked at; further ones are refused. */
export const MAX_WAITING = 5_000
/** Refused since the last block, by wtxid. */
const MAX_REFUSED = 50_000
/** Ids of transactions of the newest blocks: two for each transaction. */
const MAX_CONFIRMED = 50_000
/** Times that a transaction is looked at because the chain changes meanwhile. */
const MAX_ATTEMPTS = 5

export interface Arrival {
  /** Undefined for our own: never an orphan, and looked at even if it was refused before. */
  readonly from: PeerName | undefined
  /** Seconds since 1970. */
  readonly now: number
  /** When it came first. */
  readonly entered: number
}

/** One kept as an orphan is refused in the end. */
export interface RefusedOrphan extends Refusal {
  readonly txid: Uint8Array
  readonly wtxid: Uint8Array
  /** Those that sent it. */
  readonly peers: readonly PeerName[]
}

export interface IntakeParts {
  readonly chain: MempoolChain
  readonly verifiers: InputVerifiers
  readonly contents: MempoolContents
  readonly orphanRefused: (refused: RefusedOrphan) => void
}

export class TransactionIntake {
  readonly orphanage = new Orphanage()
  readonly #chain: MempoolChain
  readonly #verifiers: InputVerifiers
  readonly #contents: MempoolContents
  readonly #orphanRefused: (refused: RefusedOrphan) => void
  readonly #refused = new Recent<Refusal>(MAX_REFUSED)
  /** By txid and wtxid. */
  readonly #confirmed = new Recent<true>(MAX_CONFIRMED)
  readonly #queue = new SerialQueue()
  /** Counts changes of the chain. */
  #version = 0
  #isTryingOrphans = false
  #now = 0

  constructor({ chain, verifiers, contents, orphanRefused }: IntakeParts) {
    this.#chain = chain
    this.#verifiers = verifiers
    this.#contents = contents
    this.#orphanRefused = orphanRefused
  }

  /** The time that was told last. */
  get now(): number {
    return this.#now
  }

  /** @throws what the batches of signatures reject with */
  accept(transaction: Transaction, arrival: Arrival): Promise<TransactionOutcome> {
    if (this.#queue.waiting >= MAX_WAITING)
      return Promise.resolve(refusedOutcome(transaction, { reason: 'mempool-busy', kind: 'policy' }))
    return this.#queue.run(() => this.#accept(transaction, arrival))
  }

  /** Whether a transaction was lately refused, is in a new block or is an orphan, by txid or wtxid. */
  remembers(id: Uint8Array): boolean {
    return this.orphanage.has(id) || this.#refused.has(id) || this.#confirmed.has(id)
  }

  blockConnected({ transactions }: Block): void {
    this.#version++
    for (const transaction of transactions) {
      this.orphanage.parentCame(transaction)
      if (transaction.isCoinbase) continue
      this.orphanage.removeConflicts(transaction)
      this.#confirmed.set(transaction.txid, true)
      this.#confirmed.set(transaction.wtxid, true)
    }
  }

  blockDisconnected(): void {
    this.#version++
    this.#confirmed.clear()
  }

  /** There is a new tip: what was refused may be good now. */
  chainChanged(now: number): void {
    this.#version++
    this.#now = now
    this.#refused.clear()
  }

  /** Takes back what was in a block that left the chain; its scripts were good there. Whether its outputs can be spent now. */
  takeBack(transaction: Transaction, now: number): boolean {
    const examination = examine(transaction, { ...this.#view(now), isReturning: true })
    if (examination.status === 'known') return true
    if (examination.status !== 'candidate' || !isRelayable(examination, this.#verifiers)) return false
    if (this.#contents.enter(examination, now) === undefined) return false
    this.orphanage.parentCame(transaction)
    return true
  }

  /** Looks at orphans that are ready, one at a time between the transactions that wait. */
  tryOrphans(): void {
    if (this.#isTryingOrphans || !this.orphanage.hasReady) return
    this.#isTryingOrphans = true
    const again = (): void => {
      this.#isTryingOrphans = false
      this.tryOrphans()
    }
    // Signatures that cannot be checked now leave the orphan where it is; who sends transactions is told of the trouble.
    this.#queue.run(() => this.#tryOrphan()).then(again, again)
  }

  async #accept(transaction: Transaction, arrival: Arrival): Promise<TransactionOutcome> {
    this.#now = arrival.now
    const { txid, wtxid } = transaction
    const before = arrival.from === undefined ? undefined : this.#refused.get(wtxid)
    if (before) return refusedOutcome(transaction, before)
    if (this.#confirmed.has(txid)) return { status: 'known', txid }
    this.#contents.expire(arrival.now)
    const outcome = await this.#admit(transaction, arrival)
    this.tryOrphans()
    return outcome
  }

  async #admit(transaction: Transaction, arrival: Arrival): Promise<TransactionOutcome> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const version = this.#version
      const examination = examine(transaction, this.#view(arrival.now))
      if (examination.status === 'known') return { status: 'known', txid: transaction.txid }
      if (examination.status === 'missing') return this.#missing(transaction, examination.parents, arrival)
      if (examination.status === 'refused') return this.#refuse(transaction, examination)
      const height = this.#chain.tipHeight + 1
      const refusal = await scriptRefusal(examination, this.#chain.network, height, this.#verifiers)
      if (version !== this.#version) continue
      if (refusal?.lacksWitness) return refusedOutcome(transaction, refusal)
      return refusal ? this.#refuse(transaction, refusal) : this.#enter(examination, arrival)
    }
    return refusedOutcome(transaction, { reason: 'chain-changing', kind: 'policy' })
  }

  #enter(candidate: Candidate, { entered }: Arrival): TransactionOutcome {
    const { transaction, fee } = candidate
    const entry = this.#contents.enter(candidate, entered)
    if (entry === undefined) return this.#refuse(transaction, { reason: 'mempool full', kind: 'policy' })
    const { txid, wtxid } = transaction
    this.orphanage.remove(wtxid)
    this.orphanage.parentCame(transaction)
    return { status: 'accepted', txid, wtxid, fee: BigInt(fee) }
  }

  #missing(transaction: Transaction, parents: readonly Uint8Array[], { from, now }: Arrival): TransactionOutcome {
    const refusal: Refusal = { reason: 'bad-txns-inputs-missingorspent', kind: 'policy' }
    if (from === undefined) return refusedOutcome(transaction, refusal)
    // What a new block made and is not there any more is spent; a parent that was refused does not come.
    const isHopeless = parents.some((parent) => this.#confirmed.has(parent) || this.#refused.has(parent))
    if (isHopeless) return this.#refuse(transaction, refusal)
    this.orphanage.add(transaction, from, now)
    return { status: 'orphan', txid: transaction.txid, parents }
  }

  #refuse(transaction: Transaction, { reason, kind }: Refusal): TransactionOutcome {
    this.#refused.set(transaction.wtxid, { reason, kind })
    return refusedOutcome(transaction, { reason, kind })
  }

  #view(now: number): AdmissionView {
    return { chain: this.#chain, graph: this.#contents.graph, rollingFeeRate: this.#contents.rollingFeeRate(now) }
  }

  async #tryOrphan(): Promise<void> {
    const orphan = this.orphanage.takeReady()
    const [from] = orphan?.peers ?? []
    if (orphan === undefined || from === undefined) return
    const outcome = await this.#admit(orphan.transaction, { from, now: this.#now, entered: this.#now })
    if (outcome.status === 'orphan') return
    const peers = [...orphan.peers]
    this.orphanage.remove(orphan.transaction.wtxid)
    if (outcome.status !== 'refused' || peers.length === 0) return
    const { txid, wtxid, reason, kind } = outcome
    this.#orphanRefused({ txid, wtxid, reason, kind, peers })
  }
}

function refusedOutcome({ txid, wtxid }: Transaction, { reason, kind }: Refusal): TransactionOutcome {
  return { status: 'refused', txid, wtxid, reason, kind }
}
