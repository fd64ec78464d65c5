/**
 * Who is in which swarm: the whole state of the tracker. Pure: told the time, does no I/O.
 *
 * A peer is an address and a port within one swarm. Everything is ordered by last announce, oldest first, so that what
 * expires or must make room is always at the front. Invariant: `byAddress` holds exactly the peers of all swarms, and a
 * swarm's `seeds` counts exactly its peers with nothing left.
 * Limits (`RegistryLimits`): swarms, peers in a swarm, and peers of one address (of one /64 in IPv6) over all swarms; what
 * is over a limit drives out the oldest of the same kind, so one address can only drive out itself from that allowance.
 */
import type { Family } from '../codec/compact-endpoints.ts'
import { ipBytes, isLoopbackIp } from '../codec/ip-address.ts'
import { bytesEqual, toHex } from '../kernel/bytes.ts'
import type { Millis } from '../kernel/clock.ts'
import type { Endpoint } from '../kernel/network.ts'
import type { Random } from '../kernel/random.ts'

export interface RegistryLimits {
  readonly swarms: number
  readonly peersPerSwarm: number
  readonly peersPerAddress: number
}
export const REGISTRY_LIMITS: RegistryLimits = { swarms: 10_000, peersPerSwarm: 2_000, peersPerAddress: 1_000 }

export interface RegistryAnnounce {
  /** 20 bytes each. */
  readonly infoHash: Uint8Array
  readonly peerId: Uint8Array
  /** The address that the request came from, in canonical form, with the port that the peer listens on. */
  readonly endpoint: Endpoint
  readonly left: number
  readonly event: 'none' | 'started' | 'completed' | 'stopped'
  /** Peers wanted at most, and of which address family; both when left out. */
  readonly numwant: number
  readonly family?: Family
}

export interface RegisteredPeer {
  readonly endpoint: Endpoint
  readonly peerId: Uint8Array
}

export interface SwarmCounts {
  readonly seeds: number
  readonly leechers: number
  /** Peers that have said `completed`. */
  readonly completed: number
}

export interface SwarmRow extends SwarmCounts {
  /** Hexadecimal. */
  readonly infoHash: string
}

interface Peer extends RegisteredPeer {
  readonly swarm: Swarm
  readonly key: string
  readonly group: string
  readonly seed: boolean
  readonly seenAt: Millis
  saidCompleted: boolean
}

interface Swarm {
  readonly infoHash: string
  readonly peers: Map<string, Peer>
  seeds: number
  completed: number
}

export class SwarmRegistry {
  private readonly swarms = new Map<string, Swarm>()
  private readonly byAddress = new Map<string, Set<Peer>>()
  private readonly lifetime: Millis
  private readonly random: Random
  private readonly limits: RegistryLimits

  /** `lifetime`: a peer that has not announced for so long is forgotten. */
  constructor(lifetime: Millis, random: Random, limits: RegistryLimits = REGISTRY_LIMITS) {
    this.lifetime = lifetime
    this.random = random
    this.limits = limits
  }

  /** Takes in what a peer says of itself and returns others of its swarm, in random order: for a seed only leechers. */
  announce(announce: RegistryAnnounce, now: Millis): SwarmCounts & { readonly peers: readonly RegisteredPeer[] } {
    const infoHash = toHex(announce.infoHash)
    if (announce.event === 'stopped') {
      const peer = this.swarms.get(infoHash)?.peers.get(keyOf(announce.endpoint))
      if (peer && bytesEqual(peer.peerId, announce.peerId)) this.remove(peer)
      return { ...countsOf(this.swarms.get(infoHash)), peers: [] }
    }
    const swarm = this.swarmOf(infoHash)
    this.expirePeers(swarm, now)
    const peer = this.update(swarm, announce, now)
    this.makeRoom(peer)
    return { ...countsOf(swarm), peers: this.choose(peer, announce) }
  }

  /** Counts of one swarm; zeros where there is none. */
  scrape(infoHash: Uint8Array, now: Millis): SwarmCounts {
    const swarm = this.swarms.get(toHex(infoHash))
    if (swarm) {
      this.expirePeers(swarm, now)
      this.dropIfEmpty(swarm)
    }
    return countsOf(swarm)
  }

  /** Forgets every peer that has been silent for the lifetime. */
  expire(now: Millis): void {
    for (const swarm of this.swarms.values()) {
      this.expirePeers(swarm, now)
      this.dropIfEmpty(swarm)
    }
  }

  rows(): SwarmRow[] {
    return [...this.swarms.values()].map((swarm) => ({ infoHash: swarm.infoHash, ...countsOf(swarm) }))
  }

  /** The swarm, now the last to be driven out; made where there is none. */
  private swarmOf(infoHash: string): Swarm {
    const swarm = this.swarms.get(infoHash) ?? { infoHash, peers: new Map(), seeds: 0, completed: 0 }
    this.swarms.delete(infoHash)
    this.swarms.set(infoHash, swarm)
    const [oldest] = this.swarms.values()
    if (this.swarms.size > this.limits.swarms && oldest) {
      for (const peer of oldest.peers.values()) this.take(peer)
      this.dropIfEmpty(oldest)
    }
    return swarm
  }

  private update(swarm: Swarm, announce: RegistryAnnounce, now: Millis): Peer {
    const key = keyOf(announce.endpoint)
    const known = swarm.peers.get(key)
    if (known) this.take(known)
    const { endpoint, peerId } = announce
    const peer: Peer = {
      ...{ endpoint, peerId, swarm, key },
      group: groupOf(endpoint.host),
      seed: announce.left === 0,
      seenAt: now,
      saidCompleted: known?.saidCompleted ?? false,
    }
    if (announce.event === 'completed' && !peer.saidCompleted) {
      peer.saidCompleted = true
      swarm.completed += 1
    }
    swarm.peers.set(key, peer)
    if (peer.seed) swarm.seeds += 1
    const group = this.byAddress.get(peer.group) ?? new Set()
    this.byAddress.set(peer.group, group.add(peer))
    return peer
  }

  private makeRoom(newcomer: Peer): void {
    const [oldestOfAddress] = this.byAddress.get(newcomer.group) ?? []
    if (oldestOfAddress && (this.byAddress.get(newcomer.group)?.size ?? 0) > this.limits.peersPerAddress)
      this.remove(oldestOfAddress)
    const [oldestOfSwarm] = newcomer.swarm.peers.values()
    if (oldestOfSwarm && newcomer.swarm.peers.size > this.limits.peersPerSwarm) this.remove(oldestOfSwarm)
  }

  private expirePeers(swarm: Swarm, now: Millis): void {
    for (const peer of swarm.peers.values()) {
      if (now - peer.seenAt < this.lifetime) return
      this.take(peer)
    }
  }

  private remove(peer: Peer): void {
    this.take(peer)
    this.dropIfEmpty(peer.swarm)
  }

  /** Takes the peer out of its swarm, which stays, and out of its address's allowance. */
  private take(peer: Peer): void {
    peer.swarm.peers.delete(peer.key)
    if (peer.seed) peer.swarm.seeds -= 1
    const group = this.byAddress.get(peer.group)
    group?.delete(peer)
    if (group?.size === 0) this.byAddress.delete(peer.group)
  }

  /** A swarm goes with its last peer, and its count of completed downloads with it. */
  private dropIfEmpty(swarm: Swarm): void {
    if (swarm.peers.size === 0) this.swarms.delete(swarm.infoHash)
  }

  /** A loopback address is of use only to askers on the same machine. */
  private choose(asker: Peer, { numwant, family }: RegistryAnnounce): RegisteredPeer[] {
    const local = isLoopbackIp(asker.endpoint.host)
    const candidates = [...asker.swarm.peers.values()].filter(
      (peer) =>
        peer !== asker &&
        !(asker.seed && peer.seed) &&
        (local || !isLoopbackIp(peer.endpoint.host)) &&
        (family === undefined || family === familyOf(peer.endpoint.host)),
    )
    const count = Math.min(numwant, candidates.length)
    for (let i = 0; i < count; i++) {
      const j = i + this.random.below(candidates.length - i)
      const held = candidates[i] as Peer
      candidates[i] = candidates[j] as Peer
      candidates[j] = held
    }
    return candidates.slice(0, count).map(({ endpoint, peerId }) => ({ endpoint, peerId }))
  }
}

/** The family of an address in canonical form. */
export function familyOf(host: string): Family {
  return host.includes(':') ? 6 : 4
}

function keyOf({ host, port }: Endpoint): string {
  return `${host} ${port}`
}

/** What one person can have many of counts as one: a whole /64 in IPv6. */
function groupOf(host: string): string {
  return toHex((ipBytes(host) ?? new Uint8Array()).subarray(0, 8))
}

function countsOf(swarm: Swarm | undefined): SwarmCounts {
  if (!swarm) return { seeds: 0, leechers: 0, completed: 0 }
  return { seeds: swarm.seeds, leechers: swarm.peers.size - swarm.seeds, completed: swarm.completed }
}
