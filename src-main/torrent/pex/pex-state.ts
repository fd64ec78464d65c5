/**
 * Peer exchange with one peer (BEP 11): what to tell it and when, and what of its tellings to take. One object for each
 * connection that has `ut_pex`.
 *
 * Tells only peers that we are really connected to and that take connections themselves (we have dialled them there, or
 * they came to us and told their port, as libtorrent has it), each once when it comes and once when it goes, at most once a
 * minute. Takes one message a minute, with room for a few that come early (programs send every 60 to 90 s, and the first
 * at once); more is refused, and so is everything for a private torrent (BEP 27), which exchanges no peers at all.
 *
 * Reads no clock. Limits: 50 peers a message each way, 1,000 peers told and not yet taken back.
 */
import { isLoopbackIp } from '../../codec/ip-address.ts'
import type { Millis } from '../../kernel/clock.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'
import { MAX_PEX_ADDED, MAX_PEX_DROPPED, type PexMessage, type PexPeer } from './pex-message.ts'

export const PEX_INTERVAL: Millis = 60_000
/** Time that a peer must let pass for one more message: less than a minute, as its clock and the network waver. */
export const PEX_EARN: Millis = 50_000
/** Messages that may come at once. */
export const PEX_EARLY_MESSAGES = 3
export const MAX_PEX_TOLD = 1_000

export type PexReception =
  /** At most 50 endpoints, untrusted, one for each address (BEP 11), on loopback any number. */
  | { readonly kind: 'taken'; readonly peers: readonly PexPeer[] }
  /** `times`: how many of its messages were refused so far; who keeps on may be disconnected. */
  | { readonly kind: 'refused'; readonly reason: 'PRIVATE' | 'TOO_OFTEN'; readonly times: number }

export interface PexOptions {
  /** The torrent has the private flag. */
  readonly private: boolean
  /** The peer itself, where it takes connections: it is not told of itself. Undefined where not known. */
  readonly self: Endpoint | undefined
}

export class PexState {
  private readonly isPrivate: boolean
  private readonly self: string | undefined
  private readonly told = new Map<string, Endpoint>()
  private toldAt = Number.NEGATIVE_INFINITY
  private allowed = PEX_EARLY_MESSAGES
  private countedAt: Millis
  private refused = 0

  constructor(options: PexOptions, now: Millis) {
    this.isPrivate = options.private
    this.self = options.self && formatEndpoint(options.self)
    this.countedAt = now
  }

  /**
   * The message to send now; it counts as sent. `connected` are those that may be told. Undefined within a minute of the last one, where nothing has changed
   * since, and for a private torrent.
   */
  outgoing(connected: Iterable<PexPeer>, now: Millis): PexMessage | undefined {
    if (this.isPrivate || now - this.toldAt < PEX_INTERVAL) return undefined
    const present = new Set<string>()
    const added = new Map<string, PexPeer>()
    for (const peer of connected) {
      const key = formatEndpoint(peer.endpoint)
      if (key === this.self) continue
      present.add(key)
      const room = added.size < MAX_PEX_ADDED && this.told.size + added.size < MAX_PEX_TOLD
      if (room && !this.told.has(key)) added.set(key, peer)
    }
    const dropped: Endpoint[] = []
    for (const [key, endpoint] of this.told) {
      if (dropped.length >= MAX_PEX_DROPPED) break
      if (!present.has(key)) dropped.push(endpoint)
    }
    if (added.size === 0 && dropped.length === 0) return undefined
    for (const endpoint of dropped) this.told.delete(formatEndpoint(endpoint))
    for (const [key, { endpoint }] of added) this.told.set(key, endpoint)
    this.toldAt = now
    return { added: [...added.values()], dropped }
  }

  /** A message of the peer has arrived. */
  incoming({ added }: PexMessage, now: Millis): PexReception {
    if (this.isPrivate) return this.refuse('PRIVATE')
    this.allowed = Math.min(PEX_EARLY_MESSAGES, this.allowed + (now - this.countedAt) / PEX_EARN)
    this.countedAt = now
    if (this.allowed < 1) return this.refuse('TOO_OFTEN')
    this.allowed -= 1
    const hosts = new Set<string>()
    const peers = added.slice(0, MAX_PEX_ADDED).filter(({ endpoint: { host } }) => {
      if (hosts.has(host) && !isLoopbackIp(host)) return false
      hosts.add(host)
      return true
    })
    return { kind: 'taken', peers }
  }

  private refuse(reason: 'PRIVATE' | 'TOO_OFTEN'): PexReception {
    this.refused += 1
    return { kind: 'refused', reason, times: this.refused }
  }
}
