/**
 * Who has announced which torrent (BEP 5), with whether they have all of it (BEP 33), as every keeper of peers holds it. The
 * caller has checked the token and the address.
 *
 * Limits: as many torrents as `swarms` holds; `MAX_PEERS` each, the one announced longest ago goes; `MAX_PEERS_OF_ADDRESS` of one
 * address in a torrent; `MAX_PEERS_OF_NETWORK` of one /24 or /64 in all. A peer is forgotten after `PEER_LIFE`.
 */
import { mayName, type Reach, reachOf } from '../codec/ip-reach.ts'
import { MINUTE, type Millis } from '../kernel/clock.ts'
import { type Endpoint, formatEndpoint } from '../kernel/network.ts'
import { type Random, shuffled } from '../kernel/random.ts'
import { NetworkQuota } from './network-quota.ts'

export const MAX_PEERS = 500
/** Several clients behind one home router, or on one machine. */
export const MAX_PEERS_OF_ADDRESS = 16
export const MAX_PEERS_OF_NETWORK = 1_000
/** Clients announce every 15 to 28 minutes. */
export const PEER_LIFE: Millis = 45 * MINUTE

export interface StoredPeer {
  readonly endpoint: Endpoint
  readonly seed: boolean
  readonly announcedAt: Millis
}

export interface PeerChoice {
  readonly limit: number
  /** Wanted family of address; both when left out. */
  readonly family?: 4 | 6
  /** How far their addresses must reach; any when left out. */
  readonly least?: Reach
  /** Leaves out those who have everything, for one who does too (BEP 33). */
  readonly noSeeds?: boolean
}

/** Peers of one torrent by address and port, the one announced longest ago first. */
export type Swarm = Map<string, StoredPeer>

/** From whom a torrent was first heard of: the IP literal of who announced it, or of the keeper that told us. */
export interface SwarmOrigin {
  readonly host: string
  readonly isCopy: boolean
}

/** A bounded map of swarms: which torrents it keeps when it is full is for the overlay to say. */
export interface SwarmMap<Id> {
  readonly size: number
  get(infoHash: Id): Swarm | undefined
  /** Whether `set` would keep a value of this id. */
  hasRoomFor(infoHash: Id, origin: SwarmOrigin): boolean
  /** Stores or replaces. @returns what had to go for it */
  set(infoHash: Id, swarm: Swarm, origin: SwarmOrigin): Swarm | undefined
  delete(infoHash: Id): void
  ids(): Id[]
}

export class Swarms<Id> {
  protected readonly random: Random
  private readonly swarms: SwarmMap<Id>
  private readonly quota = new NetworkQuota(MAX_PEERS_OF_NETWORK)

  constructor(swarms: SwarmMap<Id>, random: Random) {
    this.swarms = swarms
    this.random = random
  }

  /** Torrents with peers. */
  get size(): number {
    return this.swarms.size
  }

  ids(): Id[] {
    return this.swarms.ids()
  }

  /** Notes a peer, or that it is still there. @returns false where a limit keeps it out */
  announce(infoHash: Id, endpoint: Endpoint, seed: boolean, now: Millis): boolean {
    return this.enter(infoHash, { endpoint, seed, announcedAt: now }, { host: endpoint.host, isCopy: false })
  }

  private enter(infoHash: Id, peer: StoredPeer, origin: SwarmOrigin): boolean {
    const { endpoint } = peer
    const key = formatEndpoint(endpoint)
    const swarm = this.swarms.get(infoHash)
    const known = swarm?.get(key)
    if (known) this.drop(swarm as Swarm, key, known)
    else if (!this.mayEnter(infoHash, swarm, endpoint.host, origin)) return false
    const into = swarm ?? this.newSwarm(infoHash, origin)
    const oldest = into.size < MAX_PEERS ? undefined : into.entries().next().value
    if (oldest) this.drop(into, ...oldest)
    into.set(key, peer)
    this.quota.take(endpoint.host)
    return true
  }

  /** Peers of a torrent, chosen evenly. */
  peers(infoHash: Id, choice: PeerChoice, now: Millis): Endpoint[] {
    const swarm = this.swarms.get(infoHash)
    if (swarm === undefined) return []
    const fitting: Endpoint[] = []
    for (const peer of swarm.values()) {
      const { endpoint, seed } = peer
      if (isExpired(peer, now) || (choice.noSeeds && seed)) continue
      if (choice.family !== undefined && choice.family !== (endpoint.host.includes(':') ? 6 : 4)) continue
      if (choice.least !== undefined && !mayName(choice.least, reachOf(endpoint.host))) continue
      fitting.push(endpoint)
    }
    return fitting.length > choice.limit ? shuffled(this.random, fitting).slice(0, choice.limit) : fitting
  }

  /** All that have announced a torrent of late, the one announced longest ago first. */
  current(infoHash: Id, now: Millis): StoredPeer[] {
    return Array.from(this.swarms.get(infoHash)?.values() ?? []).filter((peer) => !isExpired(peer, now))
  }

  /** A peer that another keeper, at `from`, heard of: what we know ourselves stands where it is as new. @returns whether it is new here */
  adopt(infoHash: Id, peer: StoredPeer, now: Millis, from = peer.endpoint.host): boolean {
    if (isExpired(peer, now)) return false
    const known = this.swarms.get(infoHash)?.get(formatEndpoint(peer.endpoint))
    if (known && known.announcedAt >= peer.announcedAt) return false
    if (!this.enter(infoHash, peer, { host: from, isCopy: true })) return false
    this.sort(infoHash)
    return true
  }

  /** Forgets peers that have not announced for `PEER_LIFE`. Call once a minute or so. */
  expire(now: Millis): void {
    for (const infoHash of this.swarms.ids()) {
      const swarm = this.swarms.get(infoHash) as Swarm
      for (const [key, peer] of swarm) if (isExpired(peer, now)) this.drop(swarm, key, peer)
      if (swarm.size === 0) this.swarms.delete(infoHash)
    }
  }

  private mayEnter(infoHash: Id, swarm: Swarm | undefined, host: string, origin: SwarmOrigin): boolean {
    if (!this.quota.allows(host) || !this.swarms.hasRoomFor(infoHash, origin)) return false
    let ofAddress = 0
    for (const { endpoint } of swarm?.values() ?? []) if (endpoint.host === host) ofAddress++
    return ofAddress < MAX_PEERS_OF_ADDRESS
  }

  private newSwarm(infoHash: Id, origin: SwarmOrigin): Swarm {
    const swarm: Swarm = new Map()
    const evicted = this.swarms.set(infoHash, swarm, origin)
    for (const [key, peer] of evicted ?? []) this.drop(evicted as Swarm, key, peer)
    return swarm
  }

  /** One that was announced before others has come after them. */
  private sort(infoHash: Id): void {
    const swarm = this.swarms.get(infoHash) as Swarm
    const entries = [...swarm]
    if ((entries.at(-2)?.[1].announcedAt ?? 0) <= (entries.at(-1) as [string, StoredPeer])[1].announcedAt) return
    swarm.clear()
    for (const [key, peer] of entries.sort(([, a], [, b]) => a.announcedAt - b.announcedAt)) swarm.set(key, peer)
  }

  private drop(swarm: Swarm, key: string, peer: StoredPeer): void {
    swarm.delete(key)
    this.quota.release(peer.endpoint.host)
  }
}

function isExpired(peer: StoredPeer, now: Millis): boolean {
  return now - peer.announcedAt >= PEER_LIFE
}
