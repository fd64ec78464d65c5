/**
 * Keeps the right number of requests open to every peer.
 *
 * A peer is refilled once for each chunk that arrives, not for each block, and a deep pipeline only when a quarter of it
 * has been used: requests then go out in long runs that the other side can read at once. What a peer does not answer in
 * time, rejects, or chokes away is free for the others at once.
 */
import type { Millis } from '../../kernel/clock.ts'
import type { BlockAddress } from '../wire/peer-wire.ts'
import type { Peer } from './peer.ts'
import type { PiecePicker } from './picker.ts'
import type { PickerPeer } from './picker-peer.ts'
import { REQUEST_TIMEOUT } from './request-pipeline.ts'

/** A peer that can fetch a piece in this time gets pieces of its own. */
const WHOLE_PIECE_SECONDS = 20
/** Pipelines shorter than this are refilled at once, deeper ones when no more than this part of them is open. */
const SHORT_PIPELINE = 16
const REFILL_BELOW = 0.75

export interface RequesterOwner {
  now(): Millis
  /** Whether anything is wanted now. */
  readonly active: boolean
}

export class Requester {
  private readonly picker: PiecePicker
  private readonly peers: ReadonlyMap<PickerPeer, Peer>
  private readonly owner: RequesterOwner
  private readonly toRefill: Peer[] = []
  private queued = false
  private everybody = false
  private readonly picked: BlockAddress[] = []

  constructor(picker: PiecePicker, peers: ReadonlyMap<PickerPeer, Peer>, owner: RequesterOwner) {
    this.picker = picker
    this.peers = peers
    this.owner = owner
  }

  /** The peer has room for more requests, soon after the present chunk. */
  refillSoon(peer: Peer): void {
    if (!peer.refillNoted) {
      peer.refillNoted = true
      this.toRefill.push(peer)
    }
    this.queue()
  }

  /** Blocks have become free, or there is room for more pieces. */
  refillAll(): void {
    this.everybody = true
    this.queue()
  }

  /** The peer will not send the block. It is asked for others from the next second on, lest it rejects those as fast. */
  rejected(peer: Peer, block: number): void {
    if (!peer.pick?.requests.has(block)) return
    this.picker.release(peer.pick, block)
    peer.resting = true
    this.refillAll()
  }

  /** Takes back everything that is asked of the peer, and tells it. */
  withdraw(peer: Peer): void {
    if (peer.pick) this.cancel(peer, this.picker.releaseAll(peer.pick))
  }

  /** Once a second: time-outs, rates, and whoever has room for more. */
  tick(now: Millis): void {
    const { pieceLength } = this.picker.geometry
    for (const [pick, peer] of this.peers) {
      const { pipeline } = peer
      peer.resting = false
      const oldest = pick.requests.values().next()
      if (pipeline.tick(now, oldest.value)) this.cancel(peer, this.picker.releaseAll(pick, 1))
      this.expire(peer, pick, now)
      pick.fast = pipeline.rate * WHOLE_PIECE_SECONDS >= pieceLength
      pick.snubbed = pipeline.snubbed
    }
    if (this.owner.active) this.refillAll()
  }

  private queue(): void {
    if (this.queued) return
    this.queued = true
    queueMicrotask(this.refillQueue)
  }

  private readonly refillQueue = (): void => {
    this.queued = false
    for (const peer of this.toRefill) {
      peer.refillNoted = false
      this.refill(peer)
    }
    this.toRefill.length = 0
    if (!this.everybody) return
    this.everybody = false
    for (const peer of this.peers.values()) this.refill(peer)
  }

  private refill(peer: Peer): void {
    const { pick } = peer
    const { picked, owner } = this
    if (!pick || !peer.live || peer.peerChoking || !peer.amInterested || peer.resting || !owner.active) return
    const { depth } = peer.pipeline
    const open = pick.requests.size
    if (open >= depth || (depth >= SHORT_PIPELINE && open > depth * REFILL_BELOW)) return
    this.picker.pick(pick, depth - open, owner.now(), picked)
    if (picked.length === 0) return
    peer.wire.request(picked)
    picked.length = 0
  }

  /** Requests that have been open for too long are free for others. */
  private expire(peer: Peer, pick: PickerPeer, now: Millis): void {
    const late: number[] = []
    for (const [block, askedAt] of pick.requests) {
      if (now - askedAt < REQUEST_TIMEOUT) break
      late.push(block)
    }
    for (const block of late) this.picker.release(pick, block)
    this.cancel(peer, late)
  }

  private cancel(peer: Peer, blocks: readonly number[]): void {
    for (const block of blocks) peer.wire.cancel(this.picker.geometry.addressOf(block))
  }
}
