/**
 * Headers first: one peer is asked for all headers, in turns of 2,000; when it has no more, all others are asked for what
 * they have beyond that. A peer that does not answer in time loses its turn. Announced headers that do not follow what we
 * have are asked for from where we are; ten times in a row, not more. Headers of a chain with too little work are left to
 * the peer.
 */
import { MINUTE, type Millis, SECOND } from '../../../kernel/clock.ts'
import type { ChainTip } from '../../chain.ts'
import { ZERO_HASH } from '../../primitives/hashes.ts'
import { HEADER_BYTES } from '../../primitives/header.ts'
import { isBlameworthy } from '../blame.ts'
import { InventoryType, MAX_HEADERS, MAX_LOCATOR_HASHES, type MessageOf, PROTOCOL_VERSION } from '../messages/index.ts'
import type { PartContext } from '../part-context.ts'
import type { MessageHandlers, Peer, PeerPart } from '../peer.ts'

/** For the answer to one `getheaders`. */
export const HEADERS_TIME_LIMIT: Millis = 30 * SECOND
/** Rows of headers in succession that follow nothing we know; more are an offence. */
export const MAX_UNCONNECTED_HEADERS = 10
/** Without a new block for so long, peers are asked again. */
export const STALE_TIP_AFTER: Millis = 30 * MINUTE
/** A peer that we chose and that has been behind us for so long is given up. */
export const BEHIND_LIMIT: Millis = 20 * MINUTE

/** Announced hashes that are remembered of one message. */
const MAX_REMEMBERED_BLOCKS = 16

interface Conversation {
  /** Since when an answer is awaited; `soon`: the question is being put together. */
  askedAt: Millis | 'soon' | undefined
  unconnected: number
  /** It has told what it has. */
  isComplete: boolean
  /** Its headers have too little work: it is asked for no more. */
  isLowWork: boolean
  behindSince: Millis | undefined
}

export interface HeaderSyncEvents {
  /** The peer's head moved, or it has told all it has. */
  headMoved(peer: Peer): void
}

export class HeaderSync implements PeerPart {
  readonly handlers: MessageHandlers = {
    headers: (peer, message) => this.#received(peer, message),
    inv: (peer, message) => this.#inventory(peer, message),
  }
  readonly #context: PartContext
  readonly #events: HeaderSyncEvents
  readonly #conversations = new Map<Peer, Conversation>()
  /** Whom all headers are asked of first. */
  #leader: Peer | undefined
  /** Some peer has told us all it has. */
  #hasCaughtUp = false
  #lastProgress: Millis

  constructor(context: PartContext, events: HeaderSyncEvents) {
    this.#context = context
    this.#events = events
    this.#lastProgress = context.clock.now()
  }

  joined(peer: Peer): void {
    if (peer.blocks === 'none') return
    this.#conversations.set(peer, {
      askedAt: undefined,
      unconnected: 0,
      isComplete: false,
      isLowWork: false,
      behindSince: undefined,
    })
    if (this.#hasCaughtUp) this.ask(peer)
    else this.#chooseLeader()
  }

  left(peer: Peer): void {
    this.#conversations.delete(peer)
    if (this.#leader !== peer) return
    this.#leader = undefined
    this.#chooseLeader()
  }

  /** Asks the peer for what it has beyond our headers, unless an answer is on its way. */
  ask(peer: Peer): void {
    const conversation = this.#conversations.get(peer)
    if (conversation === undefined || conversation.askedAt !== undefined || conversation.isLowWork) return
    // From the best header's parent on, so that a peer with the same head tells it.
    this.#send(peer, conversation, (locator) => (locator.length > 1 ? locator.slice(1) : locator))
  }

  /** A header that came by other means than `headers`. */
  announced(peer: Peer, header: Uint8Array): Promise<void> {
    return this.#accept(peer, header)
  }

  /** Whether it is this peer's turn to tell all headers. */
  isLeader(peer: Peer): boolean {
    return this.#leader === peer
  }

  /** A block of our best chain is new. */
  progressed(now: Millis): void {
    this.#lastProgress = now
  }

  tick(now: Millis): void {
    for (const [peer, conversation] of [...this.#conversations]) {
      const { askedAt } = conversation
      if (typeof askedAt === 'number' && now - askedAt >= HEADERS_TIME_LIMIT) this.#timedOut(peer, conversation)
      else this.#watchBehind(peer, conversation, now)
    }
    if (now - this.#lastProgress < STALE_TIP_AFTER) return
    this.#lastProgress = now
    for (const peer of this.#conversations.keys()) this.ask(peer)
  }

  #chooseLeader(): void {
    if (this.#leader !== undefined || this.#hasCaughtUp) return
    const candidates = [...this.#conversations].filter(([, conversation]) => !conversation.isLowWork)
    const [leader] = candidates.find(([peer]) => peer.isOurs) ?? candidates[0] ?? []
    if (leader === undefined) return
    this.#leader = leader
    this.ask(leader)
  }

  #send(
    peer: Peer,
    conversation: Conversation,
    locatorOf: (locator: readonly Uint8Array[]) => readonly Uint8Array[],
  ): void {
    const { chain, clock, run } = this.#context
    conversation.askedAt = 'soon'
    run('locator', async () => {
      const hashes = await chain.locator().catch((error: unknown) => {
        conversation.askedAt = undefined
        throw error
      })
      if (this.#conversations.get(peer) !== conversation) return
      const locator = locatorOf(hashes).slice(0, MAX_LOCATOR_HASHES)
      conversation.askedAt = clock.now()
      peer.send({ command: 'getheaders', version: PROTOCOL_VERSION, locator, stop: ZERO_HASH })
    })
  }

  /** Blocks that are announced by their hash alone: their headers are asked for first. */
  #inventory(peer: Peer, { items }: MessageOf<'inv'>): void {
    const blocks = items.filter(({ type }) => type === InventoryType.BLOCK || type === InventoryType.WITNESS_BLOCK)
    for (const { hash } of blocks.slice(-MAX_REMEMBERED_BLOCKS)) peer.knownBlocks.add(hash.slice())
    if (blocks.length > 0 && (this.#hasCaughtUp || peer === this.#leader)) this.ask(peer)
  }

  async #received(peer: Peer, { headers }: MessageOf<'headers'>): Promise<void> {
    const conversation = this.#conversations.get(peer)
    if (conversation === undefined) return
    const wasAsked = typeof conversation.askedAt === 'number'
    if (wasAsked) conversation.askedAt = undefined
    if (headers.length === 0) {
      if (wasAsked) this.#complete(peer, conversation)
      return
    }
    await this.#accept(peer, headers)
  }

  async #accept(peer: Peer, headers: Uint8Array): Promise<void> {
    const outcome = await this.#context.chain.acceptHeaders(headers, peer.name)
    const conversation = this.#conversations.get(peer)
    if (conversation === undefined) return
    switch (outcome.status) {
      case 'accepted':
        this.#accepted(peer, conversation, outcome.last, headers.length === MAX_HEADERS * HEADER_BYTES)
        return
      case 'unconnected':
        conversation.unconnected++
        if (conversation.unconnected > MAX_UNCONNECTED_HEADERS) peer.misbehaved('headers that follow nothing')
        else this.ask(peer)
        return
      case 'low-work':
        conversation.isLowWork = true
        this.#complete(peer, conversation)
        return
      case 'refused':
        if (isBlameworthy(outcome.fault, 'header')) peer.misbehaved(outcome.fault.reason)
        else this.#complete(peer, conversation)
    }
  }

  #accepted(peer: Peer, conversation: Conversation, last: ChainTip, isFull: boolean): void {
    conversation.unconnected = 0
    peer.has(last)
    peer.knownBlocks.add(last.hash)
    if (isFull) this.#send(peer, conversation, (locator) => [last.hash, ...locator])
    else this.#complete(peer, conversation)
    this.#events.headMoved(peer)
  }

  #complete(peer: Peer, conversation: Conversation): void {
    const isFirst = !conversation.isComplete
    conversation.isComplete = true
    if (peer === this.#leader) {
      this.#leader = undefined
      if (conversation.isLowWork) this.#chooseLeader()
      else this.#caughtUp(peer)
    }
    if (isFirst) this.#events.headMoved(peer)
  }

  #caughtUp(leader: Peer): void {
    this.#hasCaughtUp = true
    for (const peer of this.#conversations.keys()) if (peer !== leader) this.ask(peer)
  }

  #timedOut(peer: Peer, conversation: Conversation): void {
    conversation.askedAt = undefined
    this.#context.log.write('info', 'headers not in time', { peer: peer.name })
    if (peer !== this.#leader) return
    const others = [...this.#conversations.keys()].filter((other) => other !== peer)
    if (others.length === 0) {
      this.ask(peer)
      return
    }
    // Others may do better. One that a person chose is not given up, but goes to the end of the row.
    this.#leader = undefined
    if (peer.direction === 'manual' || peer.direction === 'incoming') {
      this.#conversations.delete(peer)
      this.#conversations.set(peer, conversation)
      this.#leader = others.find((other) => other.isOurs) ?? others[0]
      if (this.#leader) this.ask(this.#leader)
    } else peer.close('it did not answer when asked for headers')
  }

  /** An outgoing connection to one who is behind and stays behind is a place that another could take. */
  #watchBehind(peer: Peer, conversation: Conversation, now: Millis): void {
    const { tip } = this.#context.chain.state
    if (peer.direction !== 'outgoing' || (peer.head !== undefined && peer.head.work >= tip.work)) {
      conversation.behindSince = undefined
      return
    }
    conversation.behindSince ??= now
    const since = now - conversation.behindSince
    if (since >= BEHIND_LIMIT + HEADERS_TIME_LIMIT) peer.close('it is behind our chain')
    else if (since >= BEHIND_LIMIT && conversation.askedAt === undefined && !conversation.isLowWork) this.ask(peer)
  }
}
