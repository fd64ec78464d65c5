/**
 * The receiving half of a swarm: where arriving blocks go, and what becomes of a finished piece. It asks its passive
 * parts (picker, requester, buffers, verifier, blame) and does what they say.
 *
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
import { PiecePicker } from './picker.ts'
import type { PickerPeer } from './picker-peer.ts'
import { BufferPool, PieceBuffer } from './piece-buffer.ts'
import { Requester } from './requester.ts'
import { type VerifiedPiece, Verifier } from './verifier.ts'

/** Bytes of pieces held at once, and how many pieces at least. */
export const PIECE_MEMORY = 32 * 1024 * 1024
export const MIN_PIECES = 4
/** Spare memory kept for the next pieces. */
const SPARE_MEMORY = 16 * 1024 * 1024
/** Memory that may be left to peers in the middle of a block that another one has brought meanwhile. */
export const ORPHAN_MEMORY = 16 * 1024 * 1024
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
  private readonly requester: Requester
  private running = false
  private halted = false

  /** @param wanted pieces to fetch; all where undefined */
  constructor(
    metainfo: Metainfo,
    have: Bitfield,
    wanted: Bitfield | undefined,
    ports: DownloaderPorts,
    events: DownloaderEvents,
  ) {
    this.ports = ports
    this.events = events
    this.geometry = new Geometry(metainfo)
    const length = metainfo.pieceLength
    this.pool = new BufferPool(length, Math.max(MIN_PIECES, Math.floor(SPARE_MEMORY / length)))
    const maxPieces = Math.max(MIN_PIECES, Math.floor(PIECE_MEMORY / length))
    const pickerEvents = {
      withdrawn: (peer: PickerPeer, block: number) => this.peers.get(peer)?.wire.cancel(this.geometry.addressOf(block)),
      dropped: (piece: number) => this.discard(piece),
    }
    this.picker = new PiecePicker(this.geometry, have, ports.random, maxPieces, pickerEvents, wanted)
    this.requester = new Requester(this.picker, this.peers, this)
    this.blame = new Blame(ports.random)
    this.verifier = new Verifier(ports, metainfo, {
      hashed: (done) => this.convict(this.blame.passed(done.piece, done.bytes, done.contributors).ban),
      passed: (done) => this.passed(done),
      failed: (done) => this.failed(done),
      lost: (piece) => this.picker.failed(piece),
      diskFailed: (error) => this.diskFailed(error),
    })
  }

  now(): Millis {
    return this.ports.now()
  }

  /** Whether we want anything now. */
  get active(): boolean {
    return this.running && !this.halted && !this.picker.finished
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
    this.requester.refillAll()
  }

  /** Fetches only these pieces from now on. */
  select(wanted: Bitfield): void {
    this.picker.select(wanted)
    for (const peer of this.peers.values()) this.updateInterest(peer)
    this.requester.refillAll()
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
    this.requester.refillAll()
  }

  hasPieces(peer: Peer, bits: Bitfield): void {
    if (!peer.pick) return
    this.picker.setPieces(peer.pick, bits)
    this.updateInterest(peer)
    this.requester.refillSoon(peer)
  }

  hasPiece(peer: Peer, piece: number): void {
    if (!peer.pick) return
    this.picker.addPiece(peer.pick, piece)
    this.updateInterest(peer)
    this.requester.refillSoon(peer)
  }

  choked(peer: Peer): void {
    if (!peer.pick) return
    this.picker.releaseAll(peer.pick)
    this.requester.refillAll()
  }

  unchoked(peer: Peer): void {
    this.requester.refillSoon(peer)
  }

  rejected(peer: Peer, block: BlockAddress): void {
    this.requester.rejected(peer, this.geometry.numberAt(block))
  }

  // Blocks.

  blockTarget(peer: Peer, block: BlockAddress): Uint8Array | undefined {
    const number = this.geometry.numberAt(block)
    if (number < 0 || !peer.pick || !peer.pick.requests.has(number)) {
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
    // The piece was given up while the block arrived: what is asked of it since then has an answer of its own.
    if (filling.buffer.closed) {
      this.wasted += block.length
      this.requester.refillSoon(peer)
      return
    }
    const arrival = this.picker.arrived(peer.pick, this.geometry.numberOf(block.piece, filling.block))
    if (arrival === 'unwanted') {
      this.wasted += block.length
      filling.buffer.abandon(filling.block, target)
    } else {
      peer.downloaded(block.length, now)
      filling.buffer.finish(filling.block, target, peer.host)
      if (arrival === 'piece') this.verify(filling.buffer)
    }
    this.requester.refillSoon(peer)
  }

  /** Once a second. */
  tick(now: Millis): void {
    this.verifier.tick()
    this.requester.tick(now)
  }

  /** A piece on disk is no longer what it was. */
  lost(piece: number): void {
    this.picker.lost(piece)
    for (const peer of this.peers.values()) this.updateInterest(peer)
    this.requester.refillAll()
  }

  updateInterest(peer: Peer): void {
    if (peer.pick) peer.setInterested(this.active && peer.pick.interesting > 0)
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
    if (this.picker.finished) this.pool.clear()
    this.events.have(done.piece)
    this.noteSuspects()
    this.requester.refillAll()
  }

  private failed(done: VerifiedPiece): void {
    this.wasted += done.bytes.length
    const { ban } = this.blame.failed(done.piece, done.bytes, done.contributors)
    this.pool.give(done.bytes)
    this.picker.failed(done.piece)
    this.noteSuspects()
    this.convict(ban)
    this.requester.refillAll()
  }

  private noteSuspects(): void {
    for (const [pick, peer] of this.peers) pick.suspect = this.blame.isSuspect(peer.host)
  }

  private convict(hosts: readonly string[]): void {
    for (const host of hosts) this.events.banned(host)
  }

  private diskFailed(error: unknown): void {
    this.halted = true
    for (const peer of this.peers.values()) {
      this.requester.withdraw(peer)
      this.updateInterest(peer)
    }
    this.events.diskFailed(error)
  }
}
