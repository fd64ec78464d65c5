/**
 * Transactions whose parents are unknown, kept for the peers that sent them until a parent comes.
 *
 * Each peer has a share of its own: `MAX_ORPHAN_WEIGHT_PER_PEER`, within which its oldest makes room for its newest. What
 * trying them costs is bounded over all by `MAX_ORPHAN_LATENCY` (one for each transaction and one for each ten of its inputs,
 * for each peer that sent it); over that, the peer with most loses its oldest, so that no peer within its part of it can lose
 * anything by another's. An orphan is gone with the last peer that it is kept for. As Bitcoin Core 31.
 *
 * An orphan becomes ready when a parent comes, and is given out once for that. Told the time (seconds); reads no clock.
 */
import type { PeerName } from '../chain.ts'
import { hashKey, outpointKey } from '../coins/coin.ts'
import type { Transaction } from '../primitives/transaction.ts'

/** Weight units: one transaction of the largest standard size and a little more. */
export const MAX_ORPHAN_WEIGHT_PER_PEER = 404_000
export const MAX_ORPHAN_LATENCY = 3_000
export const ORPHAN_EXPIRY_SECONDS = 20 * 60
const INPUTS_PER_LATENCY = 10

export interface Orphan {
  readonly transaction: Transaction
  /** Those that sent it and are still here. */
  readonly peers: ReadonlySet<PeerName>
}

interface KeptOrphan extends Orphan {
  readonly key: string
  readonly weight: number
  readonly latency: number
  readonly peers: Set<PeerName>
}

/** One peer's orphans with the time of their coming, oldest first, and sums over them. */
interface Share {
  readonly orphans: Map<KeptOrphan, number>
  weight: number
  latency: number
}

export class Orphanage {
  /** By wtxid. */
  readonly #orphans = new Map<string, KeptOrphan>()
  /** By outpoint: those that spend it. */
  readonly #spenders = new Map<string, Set<KeptOrphan>>()
  readonly #shares = new Map<PeerName, Share>()
  readonly #ready = new Set<KeptOrphan>()
  #latency = 0

  get size(): number {
    return this.#orphans.size
  }

  /** Sum over all peers, at most `MAX_ORPHAN_LATENCY`. */
  get latency(): number {
    return this.#latency
  }

  get hasReady(): boolean {
    return this.#ready.size > 0
  }

  /** Weight kept for a peer, at most `MAX_ORPHAN_WEIGHT_PER_PEER`. */
  weightOf(peer: PeerName): number {
    return this.#shares.get(peer)?.weight ?? 0
  }

  has(wtxid: Uint8Array): boolean {
    return this.#orphans.has(hashKey(wtxid))
  }

  /** Keeps it for a peer, if need be in the place of what that peer sent before. */
  add(transaction: Transaction, peer: PeerName, now: number): void {
    this.expire(now)
    const orphan = this.#orphans.get(hashKey(transaction.wtxid)) ?? keptOrphan(transaction)
    const share = this.#shareOf(peer)
    if (share.orphans.has(orphan) || orphan.weight > MAX_ORPHAN_WEIGHT_PER_PEER) return
    if (orphan.peers.size === 0) this.#enter(orphan)
    orphan.peers.add(peer)
    share.orphans.set(orphan, now)
    share.weight += orphan.weight
    share.latency += orphan.latency
    this.#latency += orphan.latency
    while (share.weight > MAX_ORPHAN_WEIGHT_PER_PEER) this.#dropOldest(peer, share)
    while (this.#latency > MAX_ORPHAN_LATENCY) {
      const [heaviest, most] = this.#heaviest()
      this.#dropOldest(heaviest, most)
    }
  }

  /** Its outputs are there to be spent now: what waits for one of them becomes ready. */
  parentCame({ txid, outputs }: Transaction): void {
    if (this.#orphans.size === 0) return
    for (let index = 0; index < outputs.length; index++) {
      const waiting = this.#spenders.get(outpointKey({ txid, index }))
      if (waiting) for (const orphan of waiting) this.#ready.add(orphan)
    }
  }

  /** One that is ready; it stays here until it is removed. */
  takeReady(): Orphan | undefined {
    for (const orphan of this.#ready) {
      this.#ready.delete(orphan)
      return orphan
    }
    return undefined
  }

  remove(wtxid: Uint8Array): void {
    const orphan = this.#orphans.get(hashKey(wtxid))
    if (orphan) for (const peer of [...orphan.peers]) this.#drop(orphan, peer)
  }

  /** Those that spend what the transaction spends, itself among them: it is in a block. */
  removeConflicts({ inputs }: Transaction): void {
    if (this.#orphans.size === 0) return
    for (const { previous } of inputs)
      for (const orphan of [...(this.#spenders.get(outpointKey(previous)) ?? [])]) this.remove(orphan.transaction.wtxid)
  }

  forgetPeer(peer: PeerName): void {
    const share = this.#shares.get(peer)
    if (share) for (const orphan of [...share.orphans.keys()]) this.#drop(orphan, peer)
  }

  /** Drops what came too long ago. */
  expire(now: number): void {
    for (const [peer, share] of [...this.#shares])
      for (const [orphan, came] of [...share.orphans]) {
        if (came > now - ORPHAN_EXPIRY_SECONDS) break
        this.#drop(orphan, peer)
      }
  }

  #shareOf(peer: PeerName): Share {
    const known = this.#shares.get(peer)
    if (known) return known
    const share = { orphans: new Map<KeptOrphan, number>(), weight: 0, latency: 0 }
    this.#shares.set(peer, share)
    return share
  }

  #heaviest(): [PeerName, Share] {
    let heaviest: [PeerName, Share] | undefined
    for (const entry of this.#shares)
      if (heaviest === undefined || entry[1].latency > heaviest[1].latency) heaviest = entry
    if (heaviest === undefined) throw new Error('a sum over no shares is above its limit')
    return heaviest
  }

  #dropOldest(peer: PeerName, share: Share): void {
    for (const oldest of share.orphans.keys()) {
      this.#drop(oldest, peer)
      return
    }
  }

  #enter(orphan: KeptOrphan): void {
    this.#orphans.set(orphan.key, orphan)
    for (const { previous } of orphan.transaction.inputs) {
      const key = outpointKey(previous)
      const spenders = this.#spenders.get(key)
      if (spenders) spenders.add(orphan)
      else this.#spenders.set(key, new Set([orphan]))
    }
  }

  #drop(orphan: KeptOrphan, peer: PeerName): void {
    const share = this.#shares.get(peer)
    if (!share?.orphans.delete(orphan)) return
    share.weight -= orphan.weight
    share.latency -= orphan.latency
    this.#latency -= orphan.latency
    if (share.orphans.size === 0) this.#shares.delete(peer)
    orphan.peers.delete(peer)
    if (orphan.peers.size > 0) return
    this.#orphans.delete(orphan.key)
    this.#ready.delete(orphan)
    for (const { previous } of orphan.transaction.inputs) {
      const key = outpointKey(previous)
      const spenders = this.#spenders.get(key)
      spenders?.delete(orphan)
      if (spenders?.size === 0) this.#spenders.delete(key)
    }
  }
}

function keptOrphan(transaction: Transaction): KeptOrphan {
  return {
    transaction,
    key: hashKey(transaction.wtxid),
    weight: transaction.weight,
    latency: 1 + Math.floor(transaction.inputs.length / INPUTS_PER_LATENCY),
    peers: new Set(),
  }
}
