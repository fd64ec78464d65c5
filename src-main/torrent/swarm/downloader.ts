/**
 * The receiving half of a swarm: who is asked for what, where arriving blocks go, and what becomes of a finished piece.
 * It asks its passive parts (picker, buffers, verifier, blame) and does what they say.
 *
 * A peer's requests are refilled once for each chunk that arrives, not for each block, and deep pipelines only when a
 * quarter of them has been used: requests then go out in long runs that the other side can read at once.
 * Memory is bounded by `PIECE_MEMORY`: pieces in flight, being hashed and being written together. Nothing that has no
 * place there is asked for, so that a slow disk holds up the senders by itself.
 */
import type { Millis } from '../../kernel/clock.ts'
import type { Hasher } from '../../kernel/hasher.ts'
import type { Random } from '../../kernel/random.ts'
import type { Bitfield } from '../bitfield.ts'
import type { PieceStorage } from '../disk/piece-storage.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { BLOCK_LENGTH, type BlockAddress } from '../wire/peer-wire.ts'
import { Blame } from './blame.ts'
import { Geometry } from './geometry.ts'
import type { Peer } from './peer.ts'
import { type PickerPeer, PiecePicker } from './picker.ts'
import { BufferPool, PieceBuffer } from './piece-buffer.ts'
import { REQUEST_TIMEOUT } from './request-pipeline.ts'
import { type VerifiedPiece, Verifier } from './verifier.ts'

/** Bytes of pieces held at once, and how many pieces at least. */
export const PIECE_MEMORY = 32 * 1024 * 1024
export const MIN_PIECES = 4
/** Spare memory kept for the next pieces. */
const SPARE_MEMORY = 8 * 1024 * 1024
/** Memory that may be left to peers in the middle of a block that another one has brought meanwhile. */
export const ORPHAN_MEMORY = 16 * 1024 * 1024
/** A peer that can fetch a piece in this time gets pieces of its own. */
const WHOLE_PIECE_SECONDS = 20
/** Pipelines shorter than this are refilled at once. */
const SHORT_PIPELINE = 16

export interface DownloaderEvents {
  /** Verified and on disk. */
  have(piece: number): void
  banned(host: string): void
  diskFailed(error: unknown): void
}

export interface DownloaderPorts {
  readonly now: () => Millis
  readonly random: Random
  readonly hasher: Hasher
  readonly storage: PieceStorage
}

export class Downloader {
  readonly geometry: Geometry
  readonly picker: PiecePicker
  /** Payload that was of no use: not asked for, doubled, or of a bad piece. */
  wasted = 0
  private readonly ports: DownloaderPorts
  private readonly events: DownloaderEvents
  private readonly pool: BufferPool
  private readonly buffers = new Map<number, PieceBuffer>()
  private readonly verifier: Verifier
  private readonly blame: Blame
  private readonly peers = new Map<PickerPeer, Peer>()
  private readonly toRefill: Peer[] = []
  private refillQueued = false
  private refillEverybody = false
  private readonly picked: BlockAddress[] = []
  private running = false
  private halted = false

  constructor(metainfo: Metainfo, have: Bitfield, ports: DownloaderPorts, events: DownloaderEvents) {
    this.ports = ports
    this.events = events
    this.geometry = new Geometry(metainfo)
    const length = metainfo.pieceLength
    this.pool = new BufferPool(length, Math.max(MIN_PIECES, Math.floor(SPARE_MEMORY / length)))
    const maxPieces = Math.max(MIN_PIECES, Math.floor(PIECE_MEMORY / length))
    this.picker = new PiecePicker(this.geometry, have, ports.random, maxPieces, {
      withdrawn: (peer, block) => this.peers.get(peer)?.wire.cancel(this.geometry.addressOf(block)),
      dropped: (piece) => this.discard(piece),
    })
    this.blame = new Blame(ports.random)
    this.verifier = new Verifier(ports, metainfo, {
      hashed: (done) => this.convict(this.blame.passed(done.piece, done.bytes, done.contributors).ban),
      passed: (done) => this.passed(done),
      failed: (done) => this.failed(done),
      lost: (piece) => this.picker.failed(piece),
      diskFailed: (error) => this.diskFailed(error),
    })
  }

  /** Whether we want anything now. */
  get active(): boolean {
    return this.running && !this.halted && !this.picker.have.complete
  }

  start(): void {
    this.running = true
    this.halted = false
    this.verifier.resume()
  }

  /** Asks for nothing more; resolves when no piece is being hashed or written. What is half fetched is given up. */
  async stop(): Promise<void> {
    this.running = false
    await this.verifier.idle()
    if (this.running) return
    for (const piece of [...this.picker.partials.keys()]) this.picker.abandon(piece)
    this.pool.clear()
  }

  /** After `diskFailed`: writes what waits and asks for more. */
  resume(): void {
    if (!this.halted) return
    this.halted = false
    this.verifier.resume()
    for (const peer of this.peers.values()) this.updateInterest(peer)
    this.refillAll()
  }

  // Peers.

  join(peer: Peer): void {
    peer.pick = this.picker.addPeer()
    peer.pick.suspect = this.blame.isSuspect(peer.host)
    this.peers.set(peer.pick, peer)
  }

  leave(peer: Peer): void {
    this.stopFilling(peer)
    if (!peer.pick) return
    this.peers.delete(peer.pick)
    this.picker.removePeer(peer.pick)
    this.refillAll()
  }

  hasPieces(peer: Peer, bits: Bitfield): void {
    if (!peer.pick) return
    this.picker.setPieces(peer.pick, bits)
    this.updateInterest(peer)
    this.refillSoon(peer)
  }

  hasPiece(peer: Peer, piece: number): void {
    if (!peer.pick) return
    this.picker.addPiece(peer.pick, piece)
    this.updateInterest(peer)
    this.refillSoon(peer)
  }

  choked(peer: Peer): void {
    if (!peer.pick) return
    this.picker.releaseAll(peer.pick)
    this.refillAll()
  }

  unchoked(peer: Peer): void {
    this.refillSoon(peer)
  }

  /** The peer will not send the block. It is asked for others from the next second on, lest it rejects those as fast. */
  rejected(peer: Peer, block: BlockAddress): void {
    const number = this.geometry.numberAt(block)
    if (!peer.pick || number < 0 || !this.picker.isAsked(peer.pick, number)) return
    this.picker.release(peer.pick, number)
    peer.resting = true
    this.refillAll()
  }

  // Blocks.

  blockTarget(peer: Peer, block: BlockAddress): Uint8Array | undefined {
    const number = this.geometry.numberAt(block)
    if (number < 0 || !peer.pick || !this.picker.isAsked(peer.pick, number)) {
      this.wasted += block.length
      return undefined
    }
    const buffer = this.bufferOf(block.piece)
    const index = block.begin / BLOCK_LENGTH
    const target = buffer.begin(index)
    peer.filling = { buffer, block: index, target }
    return target
  }

  blockReceived(peer: Peer, block: BlockAddress, target: Uint8Array): void {
    const { filling } = peer
    if (!filling || !peer.pick) return
    peer.filling = undefined
    const now = this.ports.now()
    peer.pipeline.received(block.length, now)
    const arrival = this.picker.arrived(peer.pick, this.geometry.numberOf(block.piece, filling.block))
    if (arrival === 'unwanted') {
      this.wasted += block.length
      filling.buffer.abandon(filling.block, target)
    } else {
      peer.downloaded(block.length, now)
      filling.buffer.finish(filling.block, target, peer.host)
      if (arrival === 'piece') this.verify(filling.buffer)
    }
    this.refillSoon(peer)
  }

  /** Once a second: time-outs, rates, and whoever has room for more. */
  tick(now: Millis): void {
    this.verifier.tick()
    for (const peer of this.peers.values()) {
      peer.resting = false
      const { pick, pipeline } = peer
      if (!pick) continue
      const oldest = pick.requests.values().next()
      if (pipeline.tick(now, oldest.value)) this.cancel(peer, this.picker.releaseAll(pick, 1))
      this.expire(peer, pick, now)
      pick.fast = pipeline.rate * WHOLE_PIECE_SECONDS >= this.geometry.pieceLength
      pick.snubbed = pipeline.snubbed
    }
    if (this.active) this.refillAll()
  }

  /** A piece on disk is no longer what it was. */
  lost(piece: number): void {
    this.picker.lost(piece)
    for (const peer of this.peers.values()) this.updateInterest(peer)
    this.refillAll()
  }

  updateInterest(peer: Peer): void {
    if (peer.pick) peer.setInterested(this.active && peer.pick.interesting > 0)
  }

  refillSoon(peer: Peer): void {
    if (!peer.refillNoted) {
      peer.refillNoted = true
      this.toRefill.push(peer)
    }
    this.queueRefill()
  }

  private refillAll(): void {
    this.refillEverybody = true
    this.queueRefill()
  }

  private queueRefill(): void {
    if (this.refillQueued) return
    this.refillQueued = true
    queueMicrotask(this.refillQueue)
  }

  private readonly refillQueue = (): void => {
    this.refillQueued = false
    for (const peer of this.toRefill) {
      peer.refillNoted = false
      this.refill(peer)
    }
    this.toRefill.length = 0
    if (!this.refillEverybody) return
    this.refillEverybody = false
    for (const peer of this.peers.values()) this.refill(peer)
  }

  private refill(peer: Peer): void {
    const { pick, picked } = { pick: peer.pick, picked: this.picked }
    if (!pick || !peer.live || peer.peerChoking || !peer.amInterested || peer.resting || !this.active) return
    const depth = peer.pipeline.depth
    const open = pick.requests.size
    if (open >= depth || (depth >= SHORT_PIPELINE && open > depth * 0.75)) return
    this.picker.pick(pick, depth - open, this.ports.now(), picked)
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
    for (const block of blocks) peer.wire.cancel(this.geometry.addressOf(block))
  }

  private bufferOf(piece: number): PieceBuffer {
    const known = this.buffers.get(piece)
    if (known) return known
    const buffer = new PieceBuffer(piece, this.geometry.sizeOf(piece), this.pool)
    this.buffers.set(piece, buffer)
    return buffer
  }

  private discard(piece: number): void {
    this.buffers.get(piece)?.discard()
    this.buffers.delete(piece)
  }

  private stopFilling(peer: Peer): void {
    const { filling } = peer
    peer.filling = undefined
    filling?.buffer.abandon(filling.block, filling.target)
  }

  private verify(buffer: PieceBuffer): void {
    const { piece } = buffer
    this.buffers.delete(piece)
    const bytes = buffer.seal()
    this.verifier.push({ piece, bytes, contributors: buffer.contributors as string[] })
    this.limitOrphans()
  }

  /** Peers that still fill memory of pieces long finished: the slowest of them are let go when it gets too much. */
  private limitOrphans(): void {
    const allowed = Math.max(1, Math.floor(ORPHAN_MEMORY / this.geometry.pieceLength))
    const stuck = [...this.peers.values()].filter((peer) => peer.filling?.buffer.closed)
    for (const peer of stuck.slice(allowed)) peer.wire.close({ code: 'SILENT' })
  }

  private passed(done: VerifiedPiece): void {
    this.pool.give(done.bytes)
    this.picker.passed(done.piece)
    this.events.have(done.piece)
    this.noteSuspects()
    this.refillAll()
  }

  private failed(done: VerifiedPiece): void {
    this.wasted += done.bytes.length
    const { ban } = this.blame.failed(done.piece, done.bytes, done.contributors)
    this.pool.give(done.bytes)
    this.picker.failed(done.piece)
    this.noteSuspects()
    this.convict(ban)
    this.refillAll()
  }

  private noteSuspects(): void {
    for (const [pick, peer] of this.peers) pick.suspect = this.blame.isSuspect(peer.host)
  }

  private convict(hosts: readonly string[]): void {
    for (const host of hosts) this.events.banned(host)
  }

  private diskFailed(error: unknown): void {
    this.halted = true
    for (const [pick, peer] of this.peers) {
      this.cancel(peer, this.picker.releaseAll(pick))
      this.updateInterest(peer)
    }
    this.events.diskFailed(error)
  }
}
