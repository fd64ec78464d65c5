/**
 * Gossip about addresses: asks those that we connected to for what they know, takes what comes at a bounded rate, passes fresh
 * addresses on to one or two peers, tells peers our own, and answers `getaddr` once for each peer that connected to us,
 * with the same answer for about a day, so that nobody can read our tables by asking often.
 */
import { reachOf } from '../../../codec/ip-reach.ts'
import { compareBytes, utf8 } from '../../../kernel/bytes.ts'
import { HOUR, type Millis, SECOND } from '../../../kernel/clock.ts'
import { formatEndpoint } from '../../../kernel/network.ts'
import { sha256 } from '../../primitives/hashes.ts'
import { AddressAllowance } from '../addrman/address-allowance.ts'
import type { AddressManager } from '../addrman/address-manager.ts'
import { type GossipAddress, MAX_ADDRESSES, type MessageOf } from '../messages/index.ts'
import type { PartContext } from '../part-context.ts'
import type { MessageHandlers, Peer, PeerPart } from '../peer.ts'
import { exponentialDelay } from './exponential.ts'

/** Longer messages are answers to somebody's question, not news. */
export const MAX_PASSED_ON = 10
/** Addresses of which it is remembered that a peer knows them; beyond that all are forgotten. */
const MAX_KNOWN_ADDRESSES = 2 * MAX_ADDRESSES
/** Older ones are not news. Seconds. */
const NEWS_AGE = 10 * 60
/** Mean time between the gossip messages to a peer. */
export const GOSSIP_INTERVAL: Millis = 30 * SECOND
/** And between those that tell our own address. */
export const OWN_ADDRESS_INTERVAL: Millis = 24 * HOUR
/** An answer to `getaddr` is given to all who ask for so long, unless we know twice as many by then. */
export const ANSWER_LIFETIME: Millis = 24 * HOUR

interface Conversation {
  readonly allowance: AddressAllowance
  /** To be passed on, by endpoint. */
  readonly waiting: Map<string, GossipAddress>
  /** Addresses that it knows, by endpoint: of the last messages. */
  known: Set<string>
  nextAt: Millis
  ownAt: Millis
  hasAnswer: boolean
}

/** The port on which others reach us; undefined while they cannot. */
export type ListeningPort = () => number | undefined

export class AddressRelay implements PeerPart {
  readonly handlers: MessageHandlers = {
    getaddr: (peer) => this.#asked(peer),
    addr: (peer, message) => this.#received(peer, message),
    addrv2: (peer, message) => this.#received(peer, message),
  }
  readonly #context: PartContext
  readonly #addresses: AddressManager
  readonly #listeningPort: ListeningPort
  readonly #services: () => bigint
  readonly #conversations = new Map<Peer, Conversation>()
  /** By how far they reach that asked. */
  readonly #answers = new Map<number, { readonly addresses: readonly GossipAddress[]; until: Millis; size: number }>()

  constructor(
    context: PartContext,
    addresses: AddressManager,
    own: { readonly port: ListeningPort; readonly services: () => bigint },
  ) {
    this.#context = context
    this.#addresses = addresses
    this.#listeningPort = own.port
    this.#services = own.services
  }

  joined(peer: Peer): void {
    const now = this.#context.clock.now()
    const asks = peer.isOurs && peer.direction !== 'feeler'
    const allowance = new AddressAllowance(this.#context.random, now)
    if (asks) allowance.asked()
    this.#conversations.set(peer, {
      allowance,
      waiting: new Map(),
      known: new Set(),
      nextAt: now + exponentialDelay(this.#context.random, GOSSIP_INTERVAL),
      ownAt: now,
      hasAnswer: false,
    })
    if (asks) peer.send({ command: 'getaddr' })
  }

  left(peer: Peer): void {
    this.#conversations.delete(peer)
  }

  tick(now: Millis): void {
    for (const [peer, conversation] of this.#conversations) {
      if (peer.direction === 'feeler') continue
      if (conversation.ownAt <= now) this.#tellOwn(peer, conversation, now)
      if (conversation.nextAt > now) continue
      conversation.nextAt = now + exponentialDelay(this.#context.random, GOSSIP_INTERVAL)
      this.#send(peer, conversation)
    }
  }

  /** Addresses waiting to be passed on to the peer. */
  waiting(peer: Peer): number {
    return this.#conversations.get(peer)?.waiting.size ?? 0
  }

  #tellOwn(peer: Peer, conversation: Conversation, now: Millis): void {
    conversation.ownAt = now + exponentialDelay(this.#context.random, OWN_ADDRESS_INTERVAL)
    const port = this.#listeningPort()
    const { host } = peer.introduction.seenAs
    if (port === undefined || !isTold(host)) return
    const time = Math.floor(this.#context.clock.wallTime() / SECOND)
    const own = { time, services: this.#services(), host, port }
    peer.send({ command: peer.introduction.addrv2 ? 'addrv2' : 'addr', addresses: [own] })
  }

  #asked(peer: Peer): void {
    const conversation = this.#conversations.get(peer)
    // Who we connected to could otherwise find out where we know it from.
    if (conversation === undefined || peer.isOurs || conversation.hasAnswer) return
    conversation.hasAnswer = true
    conversation.waiting.clear()
    for (const address of this.#answerFor(peer)) conversation.waiting.set(formatEndpoint(address), address)
    this.#send(peer, conversation)
  }

  #answerFor(peer: Peer): readonly GossipAddress[] {
    const now = this.#context.clock.now()
    const reach = reachOf(peer.endpoint.host)
    const { size } = this.#addresses
    const answer = this.#answers.get(reach)
    if (answer !== undefined && answer.until > now && size < 2 * answer.size) return answer.addresses
    const addresses = this.#addresses.shared(peer.endpoint.host)
    this.#answers.set(reach, { addresses, until: now + ANSWER_LIFETIME, size })
    return addresses
  }

  #received(peer: Peer, { addresses }: MessageOf<'addr' | 'addrv2'>): void {
    const conversation = this.#conversations.get(peer)
    if (conversation === undefined) return
    const taken = conversation.allowance.admit(addresses, this.#context.clock.now())
    this.#note(conversation, taken)
    this.#addresses.add(taken, { origin: 'gossip', host: peer.endpoint.host })
    if (addresses.length > MAX_PASSED_ON) return
    for (const address of taken) this.#passOn(peer, address)
  }

  /** To the same peers for a day, whoever tells of it: saying it again does not spread it further. */
  #passOn(from: Peer, address: GossipAddress): void {
    const wall = this.#context.clock.wallTime()
    if (address.time < wall / SECOND - NEWS_AGE || this.#addresses.find(address) === undefined) return
    const name = formatEndpoint(address)
    const day = utf8(`${name} ${Math.floor(wall / (24 * HOUR))}`)
    const order = (peer: Peer) => sha256(this.#addresses.key, day, utf8(peer.name))
    const chosen = [...this.#conversations.keys()]
      .filter((peer) => peer !== from && peer.direction !== 'feeler')
      .map((peer) => ({ peer, rank: order(peer) }))
      .sort((a, b) => compareBytes(a.rank, b.rank))
      .slice(0, 2)
    for (const { peer } of chosen) {
      const { waiting, known } = this.#conversations.get(peer) as Conversation
      if (waiting.size < MAX_ADDRESSES && !known.has(name)) waiting.set(name, address)
    }
  }

  #note(conversation: Conversation, addresses: readonly GossipAddress[]): void {
    if (conversation.known.size + addresses.length > MAX_KNOWN_ADDRESSES) conversation.known = new Set()
    for (const address of addresses) conversation.known.add(formatEndpoint(address))
  }

  #send(peer: Peer, conversation: Conversation): void {
    const { waiting } = conversation
    if (waiting.size === 0) return
    const addresses = [...waiting.values()].slice(0, MAX_ADDRESSES)
    waiting.clear()
    this.#note(conversation, addresses)
    peer.send({ command: peer.introduction.addrv2 ? 'addrv2' : 'addr', addresses })
  }
}

/** An address that says nothing (all zeros) is not worth telling. */
function isTold(host: string): boolean {
  return host !== '0.0.0.0' && host !== '::' && !host.startsWith('ff')
}
