/**
 * A peer whose handshake is over, as the parts of the node see it: who it is, how to send to it, and the few things about it
 * that several parts need. What one part alone knows of it, that part keeps.
 */
import type { Millis } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { ChainTip } from '../chain.ts'
import { hasServices, type Message, type MessageOf, Services } from './messages/index.ts'
import type { BlockProvider } from './sync/block-downloads.ts'

/** `manual`: a person named it. `feeler`: only to see whether it answers. */
export type PeerDirection = 'outgoing' | 'incoming' | 'manual' | 'feeler'
/** Where its address came from. */
export type PeerOrigin = 'manual' | 'kademlia' | 'local' | 'chord' | 'gossip' | 'incoming'

/** The connection under a peer. */
export interface PeerLink {
  send(message: Message): void
  /** Bytes handed over and not yet taken by the system. */
  readonly bufferedBytes: number
  close(why: string): void
  /** Ends the connection, and its address is not used for a while. */
  misbehaved(offence: string): void
}

/** What its handshake said. */
export interface PeerIntroduction {
  readonly version: number
  readonly services: bigint
  readonly userAgent: string
  readonly startHeight: number
  /** Whether it wants transactions announced. */
  readonly relay: boolean
  /** Transactions are announced by wtxid (BIP 339). */
  readonly wtxidRelay: boolean
  /** Addresses go as `addrv2` (BIP 155). */
  readonly addrv2: boolean
  /** Our address as it sees it. */
  readonly seenAs: Endpoint
}

export class Peer implements BlockProvider {
  /** Unique among live connections. */
  readonly name: string
  readonly endpoint: Endpoint
  readonly direction: PeerDirection
  readonly introduction: PeerIntroduction
  readonly connectedAt: Millis
  /** Newest block that it is known to have, by work. */
  head: ChainTip | undefined
  /** It wants new blocks announced by their headers (BIP 130). */
  prefersHeaders = false
  /** It speaks compact blocks of version 2 (BIP 152). */
  speaksCompactBlocks = false
  /** It wants new blocks as compact blocks unasked. */
  wantsCompactBlocks = false
  /** Clock time of the last block that we had first from it, and of the last transaction. */
  lastBlockAt: Millis | undefined
  lastTransactionAt: Millis | undefined
  readonly #link: PeerLink

  constructor(
    link: PeerLink,
    facts: {
      readonly name: string
      readonly endpoint: Endpoint
      readonly direction: PeerDirection
      readonly introduction: PeerIntroduction
      readonly connectedAt: Millis
    },
  ) {
    this.#link = link
    this.name = facts.name
    this.endpoint = facts.endpoint
    this.direction = facts.direction
    this.introduction = facts.introduction
    this.connectedAt = facts.connectedAt
  }

  /** We opened the connection: an attacker cannot simply have it. */
  get isOurs(): boolean {
    return this.direction !== 'incoming'
  }

  get blocks(): BlockProvider['blocks'] {
    const { services } = this.introduction
    if (!hasServices(services, Services.WITNESS)) return 'none'
    if (hasServices(services, Services.NETWORK)) return 'all'
    return hasServices(services, Services.NETWORK_LIMITED) ? 'recent' : 'none'
  }

  get bufferedBytes(): number {
    return this.#link.bufferedBytes
  }

  send(message: Message): void {
    this.#link.send(message)
  }

  close(why: string): void {
    this.#link.close(why)
  }

  misbehaved(offence: string): void {
    this.#link.misbehaved(offence)
  }

  /** It has this block; the one with more work counts. */
  has(tip: ChainTip): void {
    if (this.head === undefined || tip.work >= this.head.work) this.head = tip
  }
}

/** Handlers of messages, by command. What they return is awaited before the peer's next message. */
export type MessageHandlers = {
  readonly [C in Message['command']]?: (peer: Peer, message: MessageOf<C>) => void | Promise<void>
}

/** One concern of the node towards all its peers. */
export interface PeerPart {
  readonly handlers: MessageHandlers
  joined?(peer: Peer): void
  left?(peer: Peer): void
  /** Everything written to it has been handed to the system. */
  drained?(peer: Peer): void
  /** Called about once a second. */
  tick?(now: Millis): void
}
