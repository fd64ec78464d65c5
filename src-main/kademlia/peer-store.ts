/**
 * Who has announced which torrent to us (BEP 5), with whether they have all of it (BEP 33), and which torrents those are
 * (BEP 51). The caller has checked the token and the address.
 *
 * Limits: `MAX_INFO_HASHES` torrents, those nearest to our id; `MAX_PEERS` each, the oldest goes; `MAX_PEERS_OF_ADDRESS`
 * of one address in a torrent; `MAX_PEERS_OF_NETWORK` of one /24 or /64 in all. A peer is forgotten after `PEER_LIFE`.
 */
import { mayName, type Reach, reachOf } from '../codec/ip-reach.ts'
import type { Millis } from '../kernel/clock.ts'
import { MINUTE } from '../kernel/clock.ts'
import { type Endpoint, formatEndpoint } from '../kernel/network.ts'
import { type Random, shuffled } from '../kernel/random.ts'
import { BloomFilter } from './bloom-filter.ts'
import { NearestMap } from './nearest-map.ts'
import { NetworkQuota } from './network-quota.ts'
import type { NodeId } from './node-id.ts'

export const MAX_INFO_HASHES = 2_000
export const MAX_PEERS = 500
/** Several clients behind one home router, or on one machine. */
export const MAX_PEERS_OF_ADDRESS = 16
export const MAX_PEERS_OF_NETWORK = 1_000
/** Clients announce every 15 to 28 minutes. */
export const PEER_LIFE: Millis = 45 * MINUTE
/** How long a sample of info-hashes stays the same, so that asking often learns nothing more. */
export const SAMPLE_LIFE: Millis = 5 * MINUTE
/** Info-hashes of a sample: 400 bytes. */
export const MAX_SAMPLES = 20

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

export interface InfoHashSample {
  readonly samples: readonly NodeId[]
  /** How many we have in all. */
  readonly total: number
  /** Milliseconds until there will be another sample. */
  readonly freshIn: Millis
}

/** Peers of one torrent by address and port, the one announced longest ago first. */
type Swarm = Map<string, StoredPeer>

export class PeerStore {
  private readonly random: Random
  private readonly swarms: NearestMap<Swarm>
  private readonly quota = new NetworkQuota(MAX_PEERS_OF_NETWORK)
  private sampled: { readonly samples: readonly NodeId[]; readonly until: Millis } | undefined

  constructor(self: NodeId, random: Random) {
    this.random = random
    this.swarms = new NearestMap(self, MAX_INFO_HASHES)
  }

  /** Torrents with peers. */
  get size(): number {
    return this.swarms.size
  }

  /** Notes a peer, or that it is still there. @returns false where a limit keeps it out */
  announce(infoHash: NodeId, endpoint: Endpoint, seed: boolean, now: Millis): boolean {
    const key = formatEndpoint(endpoint)
    const swarm = this.swarms.get(infoHash)
    const known = swarm?.get(key)
    if (known) this.drop(swarm as Swarm, key, known)
    else if (!this.mayEnter(infoHash, swarm, endpoint.host)) return false
    const into = swarm ?? this.newSwarm(infoHash)
    const oldest = into.size < MAX_PEERS ? undefined : into.entries().next().value
    if (oldest) this.drop(into, ...oldest)
    into.set(key, { endpoint, seed, announcedAt: now })
    this.quota.take(endpoint.host)
    return true
  }

  /** Peers of a torrent, chosen evenly. */
  peers(infoHash: NodeId, choice: PeerChoice, now: Millis): Endpoint[] {
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

  /** Filters of those who have everything and of the others (BEP 33); undefined where we know nobody. */
  scrape(infoHash: NodeId, now: Millis): { readonly seeds: BloomFilter; readonly peers: BloomFilter } | undefined {
    const current = this.current(infoHash, now)
    if (current.length === 0) return undefined
    const filters = { seeds: new BloomFilter(), peers: new BloomFilter() }
    for (const { endpoint, seed } of current) filters[seed ? 'seeds' : 'peers'].add(endpoint.host)
    return filters
  }

  /** Some of the torrents we know (BEP 51), the same ones until `SAMPLE_LIFE` is over. */
  sample(now: Millis): InfoHashSample {
    if (!this.sampled || now >= this.sampled.until) {
      const samples = shuffled(this.random, this.swarms.ids()).slice(0, MAX_SAMPLES)
      this.sampled = { samples, until: now + SAMPLE_LIFE }
    }
    return { samples: this.sampled.samples, total: this.swarms.size, freshIn: this.sampled.until - now }
  }

  /** Our id has changed: from now on what is far from the new one goes first. */
  moveTo(self: NodeId): void {
    this.swarms.moveTo(self)
  }

  /** Forgets peers that have not announced for `PEER_LIFE`. Call once a minute or so. */
  expire(now: Millis): void {
    for (const infoHash of this.swarms.ids()) {
      const swarm = this.swarms.get(infoHash) as Swarm
      for (const [key, peer] of swarm) if (isExpired(peer, now)) this.drop(swarm, key, peer)
      if (swarm.size === 0) this.swarms.delete(infoHash)
    }
  }

  private mayEnter(infoHash: NodeId, swarm: Swarm | undefined, host: string): boolean {
    if (!this.quota.allows(host) || !this.swarms.hasRoomFor(infoHash)) return false
    let ofAddress = 0
    for (const { endpoint } of swarm?.values() ?? []) if (endpoint.host === host) ofAddress++
    return ofAddress < MAX_PEERS_OF_ADDRESS
  }

  private newSwarm(infoHash: NodeId): Swarm {
    const swarm: Swarm = new Map()
    const evicted = this.swarms.set(infoHash, swarm)
    for (const [key, peer] of evicted ?? []) this.drop(evicted as Swarm, key, peer)
    return swarm
  }

  private drop(swarm: Swarm, key: string, peer: StoredPeer): void {
    swarm.delete(key)
    this.quota.release(peer.endpoint.host)
  }

  private current(infoHash: NodeId, now: Millis): StoredPeer[] {
    return Array.from(this.swarms.get(infoHash)?.values() ?? []).filter((peer) => !isExpired(peer, now))
  }
}

function isExpired(peer: StoredPeer, now: Millis): boolean {
  return now - peer.announcedAt >= PEER_LIFE
}
