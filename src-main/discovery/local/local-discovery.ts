/**
 * Local discovery (BEP 14): says on the local network which torrents we have, and hears who else has them. One for the whole
 * program; each torrent follows it as a `PeerSource`.
 *
 * Anyone on the network may send anything here, so what comes in is bounded first, for each address and in all, and then read
 * strictly; only the sender's own address is ever passed on. Our own datagrams come back and are known by their cookie.
 * Somebody new for a torrent is answered with an announce of ours, within the spacing of the schedule.
 * What may not be told to others, such as a private torrent (BEP 27), must not follow it.
 * Limits: those of `LocalSchedule`, the constants below, `MAX_LOCAL_MESSAGE_BYTES`.
 */
import { isUnicastIp } from '../../codec/ip-address.ts'
import { toHex } from '../../kernel/bytes.ts'
import { type Clock, MINUTE, type Millis, type Timer } from '../../kernel/clock.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'
import type { Following, PeerSource, PeerSourceStatus, Subject } from '../../kernel/peer-source.ts'
import { type Random, shuffled } from '../../kernel/random.ts'
import { type BucketRate, KeyedBuckets, TokenBucket, takeFromAll } from '../../rpc/packet-budget.ts'
import { type LocalGroupPorts, LocalGroups } from './local-groups.ts'
import { decodeLocalSearch, encodeLocalSearch, type LocalSearch } from './local-message.ts'
import { LOCAL_ANNOUNCE_INTERVAL, LocalSchedule } from './local-schedule.ts'

/** How often the list of interfaces is looked at, and closed groups are tried again. */
export const LOCAL_LOOK_INTERVAL: Millis = MINUTE
/** Datagrams read from one address: a program with a hundred torrents may send one for each. */
export const LOCAL_RATE_PER_ADDRESS: BucketRate = { perSecond: 2, burst: 200 }
/** Datagrams read from all addresses together. */
export const LOCAL_RATE: BucketRate = { perSecond: 50, burst: 1_000 }
/** Addresses that are told apart. */
export const MAX_LOCAL_SENDERS = 500
/** Peers remembered for each torrent. */
export const MAX_LOCAL_PEERS = 200
/** A peer that is not heard for so long counts as gone. */
export const LOCAL_PEER_LIFETIME: Millis = 2 * LOCAL_ANNOUNCE_INTERVAL
/** Up to this many torrents each go into a datagram of their own, which programs older than BEP 14's text read too. */
export const MAX_SINGLE_ANNOUNCES = 5
/** Bytes of the cookie, random for each start. */
const COOKIE_BYTES = 8

export interface LocalDiscoveryOptions extends LocalGroupPorts {
  readonly clock: Clock
  readonly random: Random
  /** Told of everyone heard, now and then: where it takes peers, which in many programs is where its DHT node is too. */
  readonly onSender?: (endpoint: Endpoint) => void
}

export class LocalDiscovery {
  private readonly options: LocalDiscoveryOptions
  private readonly cookie: string
  private readonly groups: LocalGroups
  private readonly schedule = new LocalSchedule<LocalFollowing>()
  private readonly byHash = new Map<string, Set<LocalFollowing>>()
  private readonly perAddress = new KeyedBuckets(LOCAL_RATE_PER_ADDRESS, MAX_LOCAL_SENDERS)
  private readonly inAll: TokenBucket
  private readonly senders = new HeardPeers(MAX_LOCAL_SENDERS)
  private enabled = false
  private changing: Promise<void> = Promise.resolve()
  private announcing: Timer | undefined
  private looking: Timer | undefined

  constructor(options: LocalDiscoveryOptions) {
    this.options = options
    this.cookie = toHex(options.random.bytes(COOKIE_BYTES))
    this.groups = new LocalGroups(options, (bytes, from) => this.received(bytes, from))
    this.inAll = new TokenBucket(LOCAL_RATE, options.clock.now())
  }

  /** Takes part from now on, or no longer. Never fails: what cannot be opened is tried again, and the status says so. */
  setEnabled(enabled: boolean): Promise<void> {
    if (enabled === this.enabled) return this.changing
    this.enabled = enabled
    this.looking?.cancel()
    this.looking = enabled ? this.options.clock.every(LOCAL_LOOK_INTERVAL, () => void this.networkChanged()) : undefined
    if (enabled) return this.networkChanged()
    this.plan()
    this.changing = this.changing.then(() => (this.enabled ? undefined : this.groups.close()))
    return this.changing
  }

  /** Looks at the interfaces at once, as when the network or the policy has changed. Does nothing while not enabled. */
  networkChanged(): Promise<void> {
    this.changing = this.changing.then(() => this.look())
    return this.changing
  }

  /** Ends taking part. Everyone who follows still has to stop. */
  close(): Promise<void> {
    return this.setEnabled(false)
  }

  follow(subject: Subject, found: (endpoints: readonly Endpoint[]) => void): Following {
    const following = new LocalFollowing(this, subject, found)
    const key = toHex(subject.infoHash)
    const others = this.byHash.get(key)
    if (others) others.add(following)
    else this.byHash.set(key, new Set([following]))
    this.schedule.add(following, this.options.clock.now())
    this.plan()
    return following
  }

  /** @internal for `LocalFollowing` */
  unfollow(following: LocalFollowing): void {
    const key = toHex(following.subject.infoHash)
    const all = this.byHash.get(key)
    all?.delete(following)
    if (all?.size === 0) this.byHash.delete(key)
    this.schedule.remove(following)
    this.plan()
  }

  /** @internal for `LocalFollowing` */
  hasten(following: LocalFollowing): void {
    this.schedule.hasten(following, this.options.clock.now())
    this.plan()
  }

  /** @internal for `LocalFollowing` */
  statusOf(following: LocalFollowing): PeerSourceStatus {
    const line = { name: 'Local network', tier: 0, seeds: undefined, leechers: undefined }
    const peers = following.peers.countSince(this.options.clock.now() - LOCAL_PEER_LIFETIME)
    if (!this.enabled) return { ...line, state: 'off', message: '', peers, nextAt: undefined }
    const nextAt = this.schedule.plannedAt(following)
    if (!this.groups.reachesSomeone) {
      const message = describeFault(this.groups.fault)
      return { ...line, state: message === '' ? 'idle' : 'failed', message, peers, nextAt }
    }
    return { ...line, state: following.announced ? 'working' : 'idle', message: '', peers, nextAt }
  }

  private async look(): Promise<void> {
    if (!this.enabled) return
    const changed = await this.groups.look()
    if (!this.enabled || !changed) return
    this.schedule.hastenAll(this.options.clock.now())
    this.plan()
  }

  /** Sets the timer for the next announce. */
  private plan(): void {
    this.announcing?.cancel()
    this.announcing = undefined
    const at = this.schedule.nextAt()
    if (!this.enabled || at === undefined) return
    const { clock } = this.options
    this.announcing = clock.after(Math.max(at - clock.now(), 0), () => this.announce())
  }

  private announce(): void {
    const now = this.options.clock.now()
    const due = this.schedule.take(now)
    const byPort = new Map<number, Map<string, LocalFollowing>>()
    for (const following of due) {
      const port = following.subject.port()
      if (port < 1) {
        // Nobody could connect to us yet.
        this.schedule.postpone(following, now)
        continue
      }
      const all = byPort.get(port) ?? new Map<string, LocalFollowing>()
      byPort.set(port, all.set(toHex(following.subject.infoHash), following))
    }
    if (due.length > 0 && byPort.size === 0) this.schedule.sentNothing()
    for (const [port, followings] of byPort) {
      // In another order each time: programs that read only one info-hash of a datagram then hear of each in the end.
      const all = shuffled(this.options.random, [...followings.values()])
      const parts = all.length <= MAX_SINGLE_ANNOUNCES ? all.map((one) => [one]) : [all]
      this.groups.send((group) =>
        parts.flatMap((part) => {
          const infoHashes = part.map(({ subject }) => subject.infoHash)
          return encodeLocalSearch({ port, infoHashes, cookie: this.cookie }, group)
        }),
      )
      for (const following of all) following.announced = this.groups.reachesSomeone
    }
    this.plan()
  }

  private received(bytes: Uint8Array, from: Endpoint): void {
    const now = this.options.clock.now()
    const budgets = [
      [this.inAll, 1],
      [this.perAddress.of(from.host, now), 1],
    ] as const
    if (!this.enabled || !isUnicastIp(from.host) || !takeFromAll(budgets, now)) return
    const search = decodeLocalSearch(bytes)
    if (search === undefined || search.cookie === this.cookie) return
    this.heard(search, { host: from.host, port: search.port }, now)
  }

  private heard({ infoHashes }: LocalSearch, peer: Endpoint, now: Millis): void {
    if (this.senders.isNew(peer, now)) this.options.onSender?.(peer)
    let someoneNew = false
    for (const infoHash of infoHashes) {
      for (const following of this.byHash.get(toHex(infoHash)) ?? []) {
        if (following.peers.isNew(peer, now)) {
          this.schedule.hasten(following, now)
          someoneNew = true
        }
        following.found([peer])
      }
    }
    if (someoneNew) this.plan()
  }
}

export function localSource(discovery: LocalDiscovery): PeerSource {
  return { kind: 'local', follow: (subject, found) => discovery.follow(subject, found) }
}

class LocalFollowing implements Following {
  readonly subject: Subject
  readonly found: (endpoints: readonly Endpoint[]) => void
  readonly peers = new HeardPeers(MAX_LOCAL_PEERS)
  announced = false
  private readonly discovery: LocalDiscovery

  constructor(discovery: LocalDiscovery, subject: Subject, found: (endpoints: readonly Endpoint[]) => void) {
    this.discovery = discovery
    this.subject = subject
    this.found = found
  }

  /** Peers and seeds are announced alike. */
  completed(): void {}

  refresh(): void {
    this.discovery.hasten(this)
  }

  status(): readonly PeerSourceStatus[] {
    return [this.discovery.statusOf(this)]
  }

  /** BEP 14 has no goodbye. */
  stop(): Promise<void> {
    this.discovery.unfollow(this)
    return Promise.resolve()
  }
}

/** Who was heard and when; beyond `capacity` the one not heard for longest is forgotten. */
class HeardPeers {
  private readonly capacity: number
  private readonly heardAt = new Map<string, Millis>()

  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** Takes note of a peer. @returns whether it was not heard within `LOCAL_PEER_LIFETIME` */
  isNew(peer: Endpoint, now: Millis): boolean {
    const key = formatEndpoint(peer)
    const before = this.heardAt.get(key)
    this.heardAt.delete(key)
    if (this.heardAt.size >= this.capacity) {
      const [longestAgo] = this.heardAt.keys()
      this.heardAt.delete(longestAgo as string)
    }
    this.heardAt.set(key, now)
    return before === undefined || now - before > LOCAL_PEER_LIFETIME
  }

  countSince(since: Millis): number {
    return [...this.heardAt.values()].filter((at) => at >= since).length
  }
}

/** One sentence with the next step; empty where nothing is known to be wrong. */
function describeFault(code: string | undefined): string {
  if (code === undefined) return ''
  if (code === 'OFFLINE')
    return 'Network use is switched off, so nobody is told; allow it in Settings, or start Shoal without --offline.'
  if (code === 'EADDRINUSE') return 'Another program keeps the port 6771 for itself; close it to find local peers.'
  return `The system allows no multicast (${code}); check the network or the firewall.`
}
