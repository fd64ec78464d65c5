/**
 * A peer whose handshake is over, as the parts of the node see it: who it is, how to send to it, and the few things about it
 * that several parts need. What one part alone knows of it, that part keeps.
 */
import type { Millis } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { ChainTip } from '../chain.ts'
import type { PeerIntroduction, PeerMessage } from './connection-types.ts'
import { hasServices, Services } from './messages/index.ts'
import { RecentIds } from './relay/recent-ids.ts'
import type { BlockProvider } from './sync/block-downloads.ts'

/** Newest blocks of which it is remembered that a peer knows them. */
const KNOWN_BLOCKS = 64

/** `manual`: a person named it. `feeler`: only to see whether it answers. */
export type PeerDirection = 'outgoing' | 'incoming' | 'manual' | 'feeler'

/** The connection under a peer. */
export interface PeerLink {
  send(message: PeerMessage): void
  /** Bytes sent and not yet taken by the system. */
  readonly bufferedBytes: number
  disconnect(why: string): void
  /** Ends the connection, and its address is kept away for a while. */
  misbehaved(rule: string): void
}

export interface PeerFacts {
  /** Unique among live connections. */
  readonly name: string
  readonly endpoint: Endpoint
  readonly direction: PeerDirection
  readonly introduction: PeerIntroduction
}

export class Peer implements BlockProvider {
  readonly name: string
  readonly endpoint: Endpoint
  readonly direction: PeerDirection
  readonly introduction: PeerIntroduction
  /** Newest block that it is known to have, by work. */
  head: ChainTip | undefined
  /** It wants new blocks announced by their headers (BIP 130). */
  prefersHeaders = false
  /** It speaks compact blocks of version 2 (BIP 152). */
  speaksCompactBlocks = false
  /** It wants new blocks as compact blocks unasked. */
  wantsCompactBlocks = false
  /** Clock time at which it last brought us a block, or a transaction, that nobody else had brought. */
  lastBlockAt: Millis | undefined
  lastTransactionAt: Millis | undefined
  /** Blocks that it has told us of or sent, or that we have told it of: it need not be told. */
  readonly knownBlocks = new RecentIds(KNOWN_BLOCKS)
  isGone = false
  readonly #link: PeerLink

  constructor(link: PeerLink, { name, endpoint, direction, introduction }: PeerFacts) {
    this.#link = link
    this.name = name
    this.endpoint = endpoint
    this.direction = direction
    this.introduction = introduction
  }

  /** We opened the connection: an attacker cannot simply have it. */
  get isOurs(): boolean {
    return this.direction !== 'incoming'
  }

  /** Blocks that it serves, by what it offers; all of ours have witnesses. */
  get blocks(): BlockProvider['blocks'] {
    const { services } = this.introduction
    if (!hasServices(services, Services.WITNESS)) return 'none'
    if (hasServices(services, Services.NETWORK)) return 'all'
    return hasServices(services, Services.NETWORK_LIMITED) ? 'recent' : 'none'
  }

  get bufferedBytes(): number {
    return this.#link.bufferedBytes
  }

  send(message: PeerMessage): void {
    if (!this.isGone) this.#link.send(message)
  }

  close(why: string): void {
    if (!this.isGone) this.#link.disconnect(why)
  }

  misbehaved(rule: string): void {
    if (!this.isGone) this.#link.misbehaved(rule)
  }

  /** It has this block. The one with more work counts. */
  has(tip: ChainTip): void {
    if (this.head === undefined || tip.work > this.head.work) this.head = tip
  }
}

type MessageNamed<C> = Extract<PeerMessage, { readonly command: C }>
/** What they return is awaited before the peer's next message is looked at. */
export type MessageHandlers = {
  readonly [C in PeerMessage['command']]?: (peer: Peer, message: MessageNamed<C>) => void | Promise<void>
}

/** One concern of the node towards all its peers. Told the time; owns no timer of its own unless it says so. */
export interface PeerPart {
  readonly handlers: MessageHandlers
  joined?(peer: Peer): void
  left?(peer: Peer): void
  /** Everything written to it has been handed to the system. */
  drained?(peer: Peer): void
  /** Called about once a second. */
  tick?(now: Millis): void
  close?(): void
}
