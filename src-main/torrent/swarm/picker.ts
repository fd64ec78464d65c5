/**
 * Chooses which blocks to ask which peer for next.
 *
 * Owns the fate of every piece, which is in exactly one of `wanted -> inFlight -> verifying -> have`, or `skipped` while
 * it is neither here nor wanted (BEP 53). A skipped piece is never asked for. A request belongs to the peer it was made to
 * until the block arrives or the request is released: no block is ever asked of nobody.
 * Order: the peer's own piece, shared pieces, the rarest new one (random for the first few), any piece with free
 * blocks, and at last, when no block at all is free, blocks that others are asked for already (the end-game).
 * Peers fast enough to fetch whole pieces get pieces of their own; suspects of a bad piece get nothing else.
 *
 * Does no I/O, reads no clock, holds no connection. Checked by `auditPicker`.
 * Limits: `maxPieces` pieces in memory (in flight or verifying), `MAX_COPIES` askings of one block.
 * Spec: BEP 3; rarest first as in Cohen, "Incentives Build Robustness in BitTorrent" (2003).
 */
import type { Millis } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'
import { Bitfield } from '../bitfield.ts'
import type { BlockAddress } from '../wire/peer-wire.ts'
import { END_GAME_BLOCKS, pickCopies } from './end-game.ts'
import type { Geometry } from './geometry.ts'
import { PartialPiece } from './partial-piece.ts'
import { PickerPeer } from './picker-peer.ts'
import { HAVE, IN_FLIGHT, SKIPPED, VERIFYING, WANTED } from './piece-state.ts'
import { RarestOrder } from './rarest-order.ts'

/** Pieces chosen at random before rarest first begins: something to give is worth more than rarity. */
export const RANDOM_FIRST_PIECES = 4

export interface PickerEvents {
  /** The peer's request for this block is no longer needed: another peer brought it. */
  withdrawn(peer: PickerPeer, block: number): void
  /** What was fetched of a piece is given up; it is wanted again. */
  dropped(piece: number): void
}

export type Arrival = 'unwanted' | 'block' | 'piece'

export class PiecePicker {
  readonly geometry: Geometry
  readonly have: Bitfield
  /** Pieces that are to be fetched, or are here already. Changed by `select` only. */
  readonly wanted: Bitfield
  /** How many wanted pieces are not here. */
  missing: number
  readonly states: Uint8Array
  readonly order: RarestOrder
  readonly peers = new Set<PickerPeer>()
  readonly partials = new Map<number, PartialPiece>()
  /** The partial pieces with free blocks. */
  readonly open = new Set<PartialPiece>()
  readonly maxPieces: number
  verifying = 0
  private readonly events: PickerEvents

  /** @param have what is verified on disk: owned and changed by the picker from here on. @param wanted is copied */
  constructor(
    geometry: Geometry,
    have: Bitfield,
    random: Random,
    maxPieces: number,
    events: PickerEvents,
    wanted: Bitfield = Bitfield.full(geometry.pieceCount),
  ) {
    this.geometry = geometry
    this.have = have
    this.maxPieces = maxPieces
    this.events = events
    this.wanted = new Bitfield(wanted.length, wanted.bytes)
    this.missing = 0
    this.states = new Uint8Array(geometry.pieceCount)
    this.order = new RarestOrder(geometry.pieceCount, random)
    for (let piece = 0; piece < geometry.pieceCount; piece++) {
      if (have.has(piece)) this.states[piece] = HAVE
      else if (wanted.has(piece)) {
        this.missing++
        this.order.add(piece)
      } else this.states[piece] = SKIPPED
    }
  }

  /** Everything wanted is here. */
  get finished(): boolean {
    return this.missing === 0
  }

  /** Changes what is wanted. Requests for pieces that no longer are, are withdrawn; what is here stays. */
  select(wanted: Bitfield): void {
    for (let piece = 0; piece < wanted.length; piece++) {
      const want = wanted.has(piece)
      if (want === this.wanted.has(piece)) continue
      if (want) this.wanted.set(piece)
      else this.wanted.clear(piece)
      if (this.states[piece] !== HAVE) this.missing += want ? 1 : -1
      if (want && this.states[piece] === SKIPPED) {
        for (const peer of this.peers) if (peer.have.has(piece)) peer.interesting++
        this.free(piece)
      } else if (!want) this.unwant(piece)
    }
  }

  addPeer(): PickerPeer {
    const peer = new PickerPeer(this.geometry.pieceCount)
    this.peers.add(peer)
    return peer
  }

  /** Everything asked of the peer is free again. */
  removePeer(peer: PickerPeer): void {
    if (!this.peers.delete(peer)) return
    this.releaseAll(peer)
    this.uncount(peer)
  }

  /** The pieces a peer has. Told again, it only adds: what was asked of the peer stays asked. */
  setPieces(peer: PickerPeer, bits: Bitfield): void {
    if (peer.have.count > 0) {
      for (let piece = 0; piece < bits.length; piece++) if (bits.has(piece)) this.addPiece(peer, piece)
      return
    }
    this.uncount(peer)
    peer.have = bits
    peer.counted = !bits.complete
    peer.interesting = 0
    peer.startable = 0
    for (let piece = 0; piece < bits.length; piece++) {
      if (!bits.has(piece)) continue
      if (peer.counted) this.order.gained(piece)
      this.countPiece(peer, piece)
    }
  }

  /** A peer got one more piece. */
  addPiece(peer: PickerPeer, piece: number): void {
    if (!peer.have.set(piece)) return
    if (peer.counted) this.order.gained(piece)
    this.countPiece(peer, piece)
  }

  /** Chooses up to `want` blocks for the peer, notes them as asked at `now`, appends them to `out`. */
  pick(peer: PickerPeer, want: number, now: Millis, out: BlockAddress[]): void {
    if (peer.interesting === 0) return
    let left = this.fromOpen(peer, want, now, out, false)
    while (left > 0 && peer.startable > 0) {
      if (!this.hasRoom() && !this.makeRoom(peer)) break
      left = this.fill(this.begin(peer), peer, left, now, out)
    }
    if (left > 0 && this.open.size > 0) left = this.fromOpen(peer, left, now, out, true)
    if (left > 0 && this.inEndGame && peer.requests.size === 0 && !peer.suspect) {
      pickCopies(this, peer, Math.min(left, END_GAME_BLOCKS), now, out)
    }
  }

  /** No block is left that nobody is asked for. */
  get inEndGame(): boolean {
    return this.order.size === 0 && this.open.size === 0
  }

  /** A block that the peer was asked for is here. Other askings of it are withdrawn. */
  arrived(peer: PickerPeer, block: number): Arrival {
    if (!peer.requests.delete(block)) return 'unwanted'
    const piece = this.geometry.pieceOf(block)
    const partial = this.partials.get(piece) as PartialPiece
    const index = block - piece * this.geometry.blocksPerPiece
    partial.arrived(index)
    if ((partial.asked[index] as number) > 0) this.withdrawOthers(partial, index, block)
    if (partial.missing > 0) return 'block'
    this.partials.delete(piece)
    this.states[piece] = VERIFYING
    this.verifying++
    return 'piece'
  }

  /** A request will not be answered: the block is free again, unless others are asked for it too. */
  release(peer: PickerPeer, block: number): void {
    if (!peer.requests.delete(block)) return
    const piece = this.geometry.pieceOf(block)
    const partial = this.partials.get(piece) as PartialPiece
    partial.release(block - piece * this.geometry.blocksPerPiece)
    if (partial.open === 0 && partial.received === 0) this.drop(partial)
    else if (partial.free > 0) this.open.add(partial)
  }

  /** Releases every request of the peer but the `keep` oldest; its own pieces are open to all. @returns the released blocks */
  releaseAll(peer: PickerPeer, keep = 0): number[] {
    const blocks = [...peer.requests.keys()].slice(keep)
    for (const partial of this.partials.values()) if (partial.lead === peer) this.share(partial)
    for (const block of blocks) this.release(peer, block)
    return blocks
  }

  /** Gives up what was fetched of a piece. Its requests have been released. */
  abandon(piece: number): void {
    const partial = this.partials.get(piece)
    if (partial && partial.open === 0) this.drop(partial)
  }

  /** The piece is verified and on disk. */
  passed(piece: number): void {
    this.leaveVerifying(piece)
    this.states[piece] = HAVE
    this.have.set(piece)
    if (this.wanted.has(piece)) this.missing--
    for (const peer of this.peers) if (peer.have.has(piece)) peer.interesting--
  }

  /** The piece did not hash to what it must: all of it is to be fetched again. */
  failed(piece: number): void {
    this.leaveVerifying(piece)
    this.free(piece)
  }

  /** A piece we had is no longer on disk. */
  lost(piece: number): void {
    if (this.states[piece] !== HAVE) return
    this.have.clear(piece)
    if (this.wanted.has(piece)) this.missing++
    for (const peer of this.peers) if (peer.have.has(piece)) peer.interesting++
    this.free(piece)
  }

  private leaveVerifying(piece: number): void {
    if (this.states[piece] !== VERIFYING) throw new Error(`piece ${piece} is not being verified`)
    this.verifying--
  }

  /** Nothing of the piece is here or on its way: it is to be fetched, if it is wanted. */
  private free(piece: number): void {
    const wanted = this.wanted.has(piece)
    this.states[piece] = wanted ? WANTED : SKIPPED
    if (wanted) this.order.add(piece)
    for (const peer of this.peers) {
      if (!peer.have.has(piece)) continue
      if (wanted) peer.startable++
      else peer.interesting--
    }
  }

  /** A piece is no longer wanted. One that is being verified already is kept. */
  private unwant(piece: number): void {
    const partial = this.partials.get(piece)
    if (partial) {
      this.withdrawAll(partial)
      this.drop(partial)
    } else if (this.states[piece] === WANTED) {
      this.order.remove(piece)
      for (const peer of this.peers) if (peer.have.has(piece)) peer.startable--
      this.free(piece)
    }
  }

  private hasRoom(): boolean {
    return this.partials.size + this.verifying < this.maxPieces
  }

  /** Gives up the idle partial piece with least in it, so that pieces of peers long gone cannot fill the room for ever. */
  private makeRoom(peer: PickerPeer): boolean {
    let least: PartialPiece | undefined
    for (const partial of this.open) {
      if (partial.open > 0 || peer.have.has(partial.piece)) continue
      if (!least || partial.received < least.received) least = partial
    }
    if (!least) return false
    this.drop(least)
    return true
  }

  private drop(partial: PartialPiece): void {
    this.partials.delete(partial.piece)
    this.open.delete(partial)
    this.free(partial.piece)
    this.events.dropped(partial.piece)
  }

  /** Begins a new piece for a peer that has one to begin. */
  private begin(peer: PickerPeer): PartialPiece {
    const first = this.have.count + this.verifying + this.partials.size < RANDOM_FIRST_PIECES
    const piece = first
      ? this.order.randomIn(peer.have)
      : peer.snubbed
        ? this.order.commonestIn(peer.have)
        : this.order.rarestIn(peer.have)
    this.order.remove(piece)
    this.states[piece] = IN_FLIGHT
    for (const other of this.peers) if (other.have.has(piece)) other.startable--
    const own = peer.fast || peer.suspect
    const partial = new PartialPiece(piece, this.geometry.blocksOf(piece), own ? peer : undefined, peer.suspect)
    this.partials.set(piece, partial)
    this.open.add(partial)
    return partial
  }

  /** Takes free blocks of pieces already begun: those meant for the peer, or (`any`) whatever there is. @returns what is left */
  private fromOpen(peer: PickerPeer, want: number, now: Millis, out: BlockAddress[], any: boolean): number {
    let left = want
    for (const partial of this.open) {
      if (left === 0) break
      if (!peer.have.has(partial.piece) || !this.mayTake(partial, peer, any)) continue
      left = this.fill(partial, peer, left, now, out)
    }
    return left
  }

  private mayTake(partial: PartialPiece, peer: PickerPeer, any: boolean): boolean {
    if (partial.lead === peer) return true
    if (peer.suspect) return any && partial.open === 0
    if (any) {
      if (partial.alone && this.order.size > 0 && this.hasRoom()) return false
      if (partial.alone) this.share(partial)
      return true
    }
    if (partial.lead) return false
    if (!peer.fast) return true
    if (partial.open > 0) return false
    partial.lead = peer
    return true
  }

  private share(partial: PartialPiece): void {
    partial.lead = undefined
    partial.alone = false
  }

  private fill(partial: PartialPiece, peer: PickerPeer, want: number, now: Millis, out: BlockAddress[]): number {
    let left = want
    while (left > 0 && partial.free > 0) {
      const block = partial.takeFree()
      peer.requests.set(this.geometry.numberOf(partial.piece, block), now)
      out.push(this.geometry.address(partial.piece, block))
      left--
    }
    if (partial.free === 0) this.open.delete(partial)
    return left
  }

  private withdrawOthers(partial: PartialPiece, index: number, block: number): void {
    for (const other of this.peers) {
      if (!other.requests.delete(block)) continue
      partial.release(index)
      this.events.withdrawn(other, block)
    }
  }

  private withdrawAll(partial: PartialPiece): void {
    for (let index = 0; index < partial.blocks; index++) {
      if ((partial.asked[index] as number) > 0)
        this.withdrawOthers(partial, index, this.geometry.numberOf(partial.piece, index))
    }
  }

  private countPiece(peer: PickerPeer, piece: number): void {
    if (this.states[piece] !== HAVE && this.states[piece] !== SKIPPED) peer.interesting++
    if (this.states[piece] === WANTED) peer.startable++
  }

  private uncount(peer: PickerPeer): void {
    if (!peer.counted) return
    for (let piece = 0; piece < peer.have.length; piece++) if (peer.have.has(piece)) this.order.dropped(piece)
  }
}
