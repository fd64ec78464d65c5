/**
 * The endpoints known for one torrent: which to dial next, and which never.
 *
 * A failed attempt is repeated after 60 s, then 120 s; after the third the endpoint rests. A connection that was of use
 * may come back soon. Whom a person names is dialled at once, however the last attempt ended. Banned hosts and our own address are never dialled. No sockets, no clock: told the time.
 * Limits: `MAX_KNOWN` endpoints (trimmed to 95 %, the least promising go), `MAX_BANNED` hosts. Figures of libtorrent.
 */
import { MINUTE, type Millis, SECOND } from '../../kernel/clock.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'
import { canonicalPriority } from './canonical-priority.ts'

export type PeerOrigin = 'tracker' | 'kademlia' | 'chord' | 'local' | 'pex' | 'incoming' | 'given'

export const MAX_KNOWN = 3_000
export const TRIM_TO = 2_850
export const MAX_BANNED = 1_000
export const MAX_FAILURES = 3
export const RETRY_STEP: Millis = MINUTE
/** After the last failure. */
export const REST: Millis = 30 * MINUTE
/** After a connection that brought or took data. */
export const RETURN_AFTER: Millis = 5 * SECOND

export interface KnownPeer {
  readonly endpoint: Endpoint
  readonly origin: PeerOrigin
  /** In a row. */
  failures: number
  /** Not dialled before this. */
  nextAt: Millis
  /** Connected or being dialled. */
  busy: boolean
  /** It is ourselves. */
  self: boolean
  /** Had everything when last seen: of no use to a seed. */
  seed: boolean
  readonly priority: number
}

export class PeerList {
  readonly known = new Map<string, KnownPeer>()
  private readonly bannedHosts = new Set<string>()
  private ownAddresses = 0
  private readonly ours: Endpoint | undefined

  /** @param ours our own address as others see it, where known: for the canonical priority (BEP 40) */
  constructor(ours?: Endpoint) {
    this.ours = ours
  }

  /** Takes note of an endpoint. @returns whether it may be dialled sooner than before */
  add(endpoint: Endpoint, origin: PeerOrigin, now: Millis): boolean {
    const { host, port } = endpoint
    if (!Number.isInteger(port) || port < 1 || port > 65_535 || host === '' || isNowhere(host)) return false
    if (this.bannedHosts.has(host)) return false
    const key = formatEndpoint(endpoint)
    const before = this.known.get(key)
    if (before) return origin === 'given' && hasten(before, now)
    if (this.known.size >= MAX_KNOWN) this.trim()
    const priority = this.ours ? (canonicalPriority(this.ours, endpoint) ?? 0) : 0
    this.known.set(key, { endpoint, origin, failures: 0, nextAt: now, busy: false, self: false, seed: false, priority })
    return true
  }

  /** How many others are known: all but ourselves. */
  get others(): number {
    return this.known.size - this.ownAddresses
  }

  /** It was ourselves that we dialled: never again. */
  isOurselves(peer: KnownPeer): void {
    if (!peer.self && this.get(peer.endpoint) === peer) this.ownAddresses++
    peer.self = true
    peer.busy = false
  }

  get(endpoint: Endpoint): KnownPeer | undefined {
    return this.known.get(formatEndpoint(endpoint))
  }

  /** The endpoint to dial now: fewest failures, then highest priority, then known longest. Marks it busy. */
  next(now: Millis, seeding: boolean): KnownPeer | undefined {
    let best: KnownPeer | undefined
    for (const peer of this.known.values()) {
      if (!this.mayDial(peer, seeding) || peer.nextAt > now) continue
      if (best && (best.failures - peer.failures || peer.priority - best.priority) <= 0) continue
      best = peer
    }
    if (best) best.busy = true
    return best
  }

  /** When the next endpoint may be dialled, if any ever. */
  nextAt(seeding: boolean): Millis | undefined {
    let soonest: Millis | undefined
    for (const peer of this.known.values()) {
      if (this.mayDial(peer, seeding)) soonest = Math.min(soonest ?? peer.nextAt, peer.nextAt)
    }
    return soonest
  }

  /** The attempt did not lead to a handshake. */
  failed(peer: KnownPeer, now: Millis): void {
    peer.busy = false
    peer.failures++
    peer.nextAt = now + (peer.failures >= MAX_FAILURES ? REST : RETRY_STEP * peer.failures)
  }

  /** A connection has ended after its handshake. @param useful whether data moved */
  closed(peer: KnownPeer, now: Millis, useful: boolean): void {
    peer.busy = false
    peer.failures = 0
    peer.nextAt = now + (useful ? RETURN_AFTER : RETRY_STEP)
  }

  /** Not an attempt after all: it may be dialled again at once. */
  returned(peer: KnownPeer): void {
    peer.busy = false
  }

  /** We are no seed any more: peers that have everything may be dialled at once. */
  seedsAreOfUse(now: Millis): void {
    for (const peer of this.known.values())
      if (peer.seed && peer.failures === 0) peer.nextAt = Math.min(peer.nextAt, now)
  }

  ban(host: string): void {
    if (this.bannedHosts.size >= MAX_BANNED) {
      const oldest = this.bannedHosts.values().next()
      if (!oldest.done) this.bannedHosts.delete(oldest.value)
    }
    this.bannedHosts.add(host)
    for (const [key, peer] of this.known) {
      if (peer.endpoint.host !== host) continue
      this.known.delete(key)
      if (peer.self) this.ownAddresses--
    }
  }

  isBanned(host: string): boolean {
    return this.bannedHosts.has(host)
  }

  get banned(): readonly string[] {
    return [...this.bannedHosts]
  }

  private mayDial(peer: KnownPeer, seeding: boolean): boolean {
    return !peer.busy && !peer.self && !(seeding && peer.seed)
  }

  private trim(): void {
    const idle = [...this.known].filter(([, peer]) => !peer.busy && !peer.self)
    idle.sort(([, a], [, b]) => b.failures - a.failures || a.priority - b.priority)
    for (const [key] of idle.slice(0, MAX_KNOWN - TRIM_TO)) this.known.delete(key)
  }
}

/** A person wants it now: what went wrong before counts no more. @returns whether that changes anything */
function hasten(peer: KnownPeer, now: Millis): boolean {
  if (peer.busy || peer.self || peer.nextAt <= now) return false
  peer.failures = 0
  peer.nextAt = now
  return true
}

/** Addresses that name no host: unspecified, broadcast, IPv4 multicast. */
function isNowhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::' || host === '255.255.255.255' || /^(22[4-9]|23\d)\./.test(host)
}
