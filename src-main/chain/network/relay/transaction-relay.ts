/**
 * Transactions between us and peers: asks for what peers announce and we lack, passes what the mempool takes to the chain
 * and on, and announces slowly. While we catch up ourselves, nothing is asked for and nothing announced.
 */
import { MINUTE, type Millis, SECOND } from '../../../kernel/clock.ts'
import { WakeUp } from '../../../kernel/wake-up.ts'
import type { TransactionOutcome } from '../../chain.ts'
import { hash256 } from '../../primitives/hashes.ts'
import { hasServices, InventoryType, MAX_ITEMS_ASKED, type MessageOf } from '../messages/index.ts'
import type { PartContext } from '../part-context.ts'
import type { MessageHandlers, Peer, PeerPart } from '../peer.ts'
import type { Answers } from '../serving/answers.ts'
import type { ServableTransactions } from '../serving/data-serving.ts'
import { type Announceable, AnnouncementQueue } from './announcement-queue.ts'
import { FeeFilters } from './fee-filters.ts'
import { RecentIds } from './recent-ids.ts'
import { type TransactionId, TransactionRequests } from './transaction-requests.ts'

/** Transactions of which it is remembered that a peer knows them. */
export const KNOWN_TRANSACTIONS = 5_000
/** A peer's `mempool` is answered no more often. */
export const MEMPOOL_ANSWER_INTERVAL: Millis = 10 * SECOND

/** Service bit of BIP 111, which we do not offer. */
const BLOOM_FILTERS = 4n

interface Conversation {
  readonly queue: AnnouncementQueue
  /** Txids and wtxids that it has announced to us or we to it. */
  readonly known: RecentIds
  lastMempoolAnswer: Millis | undefined
}

export class TransactionRelay implements PeerPart, ServableTransactions {
  readonly handlers: MessageHandlers = {
    inv: (peer, message) => this.#announced(peer, message),
    tx: (peer, message) => this.#received(peer, message),
    notfound: (peer, message) => this.#notFound(peer, message),
    feefilter: (peer, { feeRate }) => this.#fees.received(peer, feeRate),
    mempool: (peer) => this.#mempoolAsked(peer),
  }
  readonly requests: TransactionRequests<Peer>
  readonly #context: PartContext
  readonly #answers: Answers
  readonly #fees: FeeFilters
  readonly #conversations = new Map<Peer, Conversation>()
  readonly #wakeUp: WakeUp
  #hasAskedForMempool = false

  constructor(context: PartContext, answers: Answers) {
    this.#context = context
    this.#answers = answers
    this.#fees = new FeeFilters(context)
    this.requests = new TransactionRequests(context.random)
    this.#wakeUp = new WakeUp(context.clock, () => this.#work())
  }

  joined(peer: Peer): void {
    const queue = new AnnouncementQueue(this.#context.random, peer.isOurs)
    this.#conversations.set(peer, { queue, known: new RecentIds(KNOWN_TRANSACTIONS), lastMempoolAnswer: undefined })
    this.requests.joined(peer, peer.isOurs)
    this.#fees.joined(peer)
  }

  left(peer: Peer): void {
    this.#conversations.delete(peer)
    this.requests.left(peer)
    this.#fees.left(peer)
    this.#work()
  }

  tick(now: Millis): void {
    this.#fees.tick(now)
    const isLight = this.#context.chain.state.mode === 'light'
    if (this.#isIdle || this.#hasAskedForMempool || isLight) return
    for (const peer of this.#conversations.keys()) {
      if (!peer.isOurs || !answersMempool(peer) || this.#isBehind(peer)) continue
      this.#hasAskedForMempool = true
      peer.send({ command: 'mempool' })
      return
    }
  }

  close(): void {
    this.#wakeUp.cancel()
  }

  mayServe(peer: Peer, id: Uint8Array): boolean {
    return this.#conversations.get(peer)?.queue.has(id) === false
  }

  /** The mempool has taken a transaction. */
  added(transaction: Announceable): void {
    this.requests.settled(transaction.txid)
    this.requests.settled(transaction.wtxid)
    if (this.#isIdle) return
    const now = this.#context.clock.now()
    for (const [peer, { queue, known }] of this.#conversations) {
      const id = peer.introduction.wtxidRelay ? transaction.wtxid : transaction.txid
      if (peer.introduction.relay && !known.has(id) && this.#fees.passes(peer, transaction.feeRate))
        queue.add(transaction, now)
    }
    this.#schedule()
  }

  /** One of the mempool, for all peers again: who was told of it before may have dropped it. */
  addedAgain(transaction: Announceable): void {
    for (const { known } of this.#conversations.values())
      for (const id of [transaction.txid, transaction.wtxid]) known.delete(id)
    this.added(transaction)
  }

  /** It is in the mempool no more. */
  removed(txid: Uint8Array): void {
    for (const { queue } of this.#conversations.values()) queue.delete(txid)
  }

  /** Transactions waiting to be announced to the peer. */
  waiting(peer: Peer): number {
    return this.#conversations.get(peer)?.queue.size ?? 0
  }

  /** What spends coins of blocks that are still to come would be refused, and is not announced again. */
  #isBehind({ head, introduction }: Peer): boolean {
    const { tip, bestHeader } = this.#context.chain.state
    return Math.max(bestHeader.height, head?.height ?? introduction.startHeight) > tip.height
  }

  get #isIdle(): boolean {
    return this.#context.chain.state.phase !== 'synced'
  }

  async #announced(peer: Peer, { items }: MessageOf<'inv'>): Promise<void> {
    const conversation = this.#conversations.get(peer)
    const type = peer.introduction.wtxidRelay ? InventoryType.WTX : InventoryType.TX
    const ids = items.filter((item) => item.type === type).map((item) => item.hash)
    if (conversation === undefined || ids.length === 0 || this.#isIdle) return
    for (const id of ids) conversation.known.add(id)
    const known = await this.#context.chain.knownTransactions(ids)
    const now = this.#context.clock.now()
    const byWitness = type === InventoryType.WTX
    for (const [i, id] of ids.entries()) if (known[i] === false) this.requests.announced(peer, { id, byWitness }, now)
    this.#work()
  }

  async #received(peer: Peer, { payload }: MessageOf<'tx'>): Promise<void> {
    const conversation = this.#conversations.get(peer)
    if (conversation === undefined || this.#isIdle) return
    const wtxid = hash256(payload)
    conversation.known.add(wtxid)
    const outcome = await this.#context.chain.acceptTransaction(payload, peer.name)
    conversation.known.add(outcome.txid)
    await this.#taken(peer, outcome)
    this.requests.settled(wtxid)
    this.requests.settled(outcome.txid)
    this.#work()
  }

  async #taken(peer: Peer, outcome: TransactionOutcome): Promise<void> {
    switch (outcome.status) {
      case 'accepted':
        peer.lastTransactionAt = this.#context.clock.now()
        return
      case 'orphan':
        await this.#askForParents(peer, outcome.parents)
        return
      case 'refused':
        if (outcome.kind === 'invalid') peer.misbehaved(outcome.reason)
    }
  }

  /** Whoever has a transaction has what it spends. */
  async #askForParents(peer: Peer, parents: readonly Uint8Array[]): Promise<void> {
    const known = await this.#context.chain.knownTransactions(parents)
    const now = this.#context.clock.now()
    for (const [i, id] of parents.entries())
      if (known[i] === false) this.requests.announced(peer, { id, byWitness: false }, now)
  }

  #notFound(peer: Peer, { items }: MessageOf<'notfound'>): void {
    for (const { type, hash } of items) if (isTransaction(type)) this.requests.notFound(peer, hash)
    this.#work()
  }

  #mempoolAsked(peer: Peer): void {
    const conversation = this.#conversations.get(peer)
    const now = this.#context.clock.now()
    if (conversation === undefined || this.#isIdle) return
    const { lastMempoolAnswer } = conversation
    if (lastMempoolAnswer !== undefined && now - lastMempoolAnswer < MEMPOOL_ANSWER_INTERVAL) return
    conversation.lastMempoolAnswer = now
    this.#answers.add(peer, 1, async () => {
      const all = await this.#context.chain.mempoolInventory()
      this.#announce(peer, conversation, all)
    })
  }

  #work(): void {
    const now = this.#context.clock.now()
    for (const [peer, asked] of this.requests.due(now)) this.#ask(peer, asked)
    for (const [peer, conversation] of this.#conversations) {
      const due = conversation.queue.due(now)
      if (due.length > 0) this.#announce(peer, conversation, due)
    }
    this.#schedule()
  }

  #ask(peer: Peer, asked: readonly TransactionId[]): void {
    const items = asked.map(({ id, byWitness }) => ({
      type: byWitness ? InventoryType.WTX : InventoryType.WITNESS_TX,
      hash: id,
    }))
    for (let at = 0; at < items.length; at += MAX_ITEMS_ASKED)
      peer.send({ command: 'getdata', items: items.slice(at, at + MAX_ITEMS_ASKED) })
  }

  /** Passes over what the peer knows or does not want. */
  #announce(peer: Peer, { queue, known }: Conversation, transactions: readonly Announceable[]): void {
    const { wtxidRelay } = peer.introduction
    const items = []
    for (const { txid, wtxid, feeRate } of transactions) {
      const hash = wtxidRelay ? wtxid : txid
      queue.delete(txid)
      if (known.has(hash) || !this.#fees.passes(peer, feeRate)) continue
      known.add(hash)
      items.push({ type: wtxidRelay ? InventoryType.WTX : InventoryType.TX, hash })
    }
    if (items.length > 0) peer.send({ command: 'inv', items })
  }

  #schedule(): void {
    const now = this.#context.clock.now()
    let next = this.requests.nextAt()
    for (const { queue } of this.#conversations.values())
      if (queue.nextAt !== undefined && (next === undefined || queue.nextAt < next)) next = queue.nextAt
    if (next !== undefined) this.#wakeUp.within(Math.max(0, Math.min(next - now, MINUTE)))
  }
}

/** Others close the connection at it: nodes that offer Bloom filters (BIP 111), and ours, answer. */
function answersMempool({ introduction: { services, userAgent } }: Peer): boolean {
  return hasServices(services, BLOOM_FILTERS) || userAgent.startsWith('/Shoal:')
}

function isTransaction(type: number): boolean {
  return type === InventoryType.TX || type === InventoryType.WITNESS_TX || type === InventoryType.WTX
}
