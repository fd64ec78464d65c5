/**
 * Reads the frames after the handshake: each is four bytes of length, then so many bytes of message. Every length is
 * checked against the message's number before anything is kept, so a peer cannot make us reserve memory by announcing one.
 *
 * Bulk frames end here: request, cancel and reject are parsed in place, and a block's bytes go from the receive buffer
 * straight into the array that the sink names. Control frames are collected and handed over whole.
 *
 * Invariant: the sink is called in the order of the bytes, before `push` returns, and never after `stop`; how the bytes
 * were cut into chunks makes no difference. Chunks are not kept.
 */
import { readU32 } from '../../kernel/bytes.ts'
import { MAX_METADATA_SIZE } from '../metadata/metadata-message.ts'
import {
  isKnown,
  type LengthRange,
  lengthRange,
  longestMessage,
  MAX_UNKNOWN_MESSAGES,
  MESSAGE,
  PIECE_HEADER_LENGTH,
} from './messages.ts'
import { BLOCK_LENGTH, type BlockAddress } from './peer-wire.ts'

/** How a torrent is cut: what an address is checked against. */
export interface PieceGeometry {
  /** Undefined while only the info hash is known (a magnet). */
  readonly pieceCount: number | undefined
  /** Bytes of a piece from 0 to `pieceCount - 1`. */
  sizeOf(piece: number): number
}

/** No torrent whose metadata we would take has more: each piece has a hash of 20 bytes in it. */
export const MAX_PIECE_COUNT = MAX_METADATA_SIZE / 20

/** Of a torrent of which nothing but the info hash is known: any address within the limits may be right. */
export const UNKNOWN_GEOMETRY: PieceGeometry = { pieceCount: undefined, sizeOf: () => Number.POSITIVE_INFINITY }

export interface FrameSink {
  /** A control message as it came, its four bytes of length included, in memory of its own. */
  control(id: number, frame: Uint8Array): void
  request(block: BlockAddress): void
  cancel(block: BlockAddress): void
  reject(block: BlockAddress): void
  /** Where the block goes: exactly `length` bytes, or undefined to drop it. */
  blockTarget(block: BlockAddress): Uint8Array | undefined
  blockReceived(block: BlockAddress, target: Uint8Array): void
  /** The peer broke a rule; nothing follows. */
  violation(what: string): void
}

/** The length, and after it the longest message that is read whole: request, cancel and reject. */
const LENGTH_BYTES = 4
const HEAD_BYTES = 17
/** A longer control frame gets its memory as its bytes arrive. */
const FIRST_COLLECTED = 16_384

type Body =
  | { readonly name: 'head' }
  | { readonly name: 'control'; readonly id: number; readonly size: number; frame: Uint8Array; filled: number }
  | { readonly name: 'block'; readonly block: BlockAddress; readonly target: Uint8Array; filled: number }
  | { readonly name: 'skip'; remaining: number }

const HEAD: Body = { name: 'head' }

export class FrameGuard {
  private readonly geometry: PieceGeometry
  private readonly maxPieces: number
  private readonly sink: FrameSink
  private readonly longest: number
  private readonly head = new Uint8Array(HEAD_BYTES)
  private filled = 0
  private needed = LENGTH_BYTES
  private body: Body = HEAD
  private unknown = 0
  private stopped = false

  constructor(geometry: PieceGeometry, sink: FrameSink) {
    this.geometry = geometry
    this.sink = sink
    this.maxPieces = geometry.pieceCount ?? MAX_PIECE_COUNT
    this.longest = longestMessage(this.maxPieces)
  }

  /** The sink hears nothing more, also in the middle of a `push`. */
  stop(): void {
    this.stopped = true
  }

  push(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length && !this.stopped) {
      switch (this.body.name) {
        case 'head':
          at += this.readHead(chunk, at)
          break
        case 'block':
          at += this.readBlock(this.body, chunk, at)
          break
        case 'control':
          at += this.readControl(this.body, chunk, at)
          break
        case 'skip':
          at += this.skip(this.body, chunk.length - at)
          break
      }
    }
  }

  private readHead(chunk: Uint8Array, at: number): number {
    const taken = Math.min(this.needed - this.filled, chunk.length - at)
    for (let i = 0; i < taken; i++) this.head[this.filled + i] = chunk[at + i] as number
    this.filled += taken
    if (this.filled === this.needed) this.headComplete()
    return taken
  }

  private headComplete(): void {
    const length = readU32(this.head, 0)
    if (this.needed === LENGTH_BYTES) {
      if (length > this.longest) {
        this.refuse(`a message of ${length} bytes`)
        return
      }
      // A length of 0 is a keep-alive: that bytes arrived is all it says.
      if (length === 0) {
        this.nextFrame()
        return
      }
      this.needed = LENGTH_BYTES + 1
      return
    }
    if (this.needed === LENGTH_BYTES + 1 && !this.begin(length)) return
    this.message(length)
  }

  /** Decides by the message's number how the frame is read. @returns whether the head already holds what is needed */
  private begin(length: number): boolean {
    const id = this.head[LENGTH_BYTES] as number
    const range: LengthRange = lengthRange(id, this.maxPieces, this.geometry.pieceCount !== undefined)
    if (length < range.min || length > range.max) {
      this.refuse(`message ${id} of ${length} bytes`)
      return false
    }
    if (!isKnown(id)) {
      this.skipUnknown(length)
      return false
    }
    const size = LENGTH_BYTES + length
    if (id === MESSAGE.PIECE) this.needed = LENGTH_BYTES + PIECE_HEADER_LENGTH
    else if (id !== MESSAGE.BITFIELD && id !== MESSAGE.EXTENDED) this.needed = size
    else this.collect(id, size)
    return this.body === HEAD && this.filled === this.needed
  }

  private skipUnknown(length: number): void {
    if (++this.unknown > MAX_UNKNOWN_MESSAGES) {
      this.refuse('too many unknown messages')
      return
    }
    if (length === 1) this.nextFrame()
    else this.body = { name: 'skip', remaining: length - 1 }
  }

  private collect(id: number, size: number): void {
    const frame = new Uint8Array(Math.min(size, FIRST_COLLECTED))
    frame.set(this.head.subarray(0, this.filled))
    this.body = { name: 'control', id, size, frame, filled: this.filled }
    if (size === this.filled) this.controlComplete(this.body)
  }

  /** A message whose head is complete: all of it, except for a piece, whose block follows. */
  private message(length: number): void {
    const { head, sink } = this
    const id = head[LENGTH_BYTES] as number
    if (id === MESSAGE.PIECE) {
      this.beginBlock(length - PIECE_HEADER_LENGTH)
      return
    }
    if (id === MESSAGE.REQUEST || id === MESSAGE.CANCEL || id === MESSAGE.REJECT) {
      const block = this.address(readU32(head, 13))
      if (!block) return
      this.nextFrame()
      if (id === MESSAGE.REQUEST) sink.request(block)
      else if (id === MESSAGE.CANCEL) sink.cancel(block)
      else sink.reject(block)
      return
    }
    const frame = head.slice(0, LENGTH_BYTES + length)
    this.nextFrame()
    sink.control(id, frame)
  }

  private beginBlock(length: number): void {
    const block = this.address(length)
    if (!block) return
    const target = this.sink.blockTarget(block)
    if (target && target.length !== length)
      throw new RangeError(`target of ${target.length} bytes for a block of ${length}`)
    this.body = target ? { name: 'block', block, target, filled: 0 } : { name: 'skip', remaining: length }
  }

  /** The address in the head, with this length; refuses one that is not within the torrent. */
  private address(length: number): BlockAddress | undefined {
    const piece = readU32(this.head, 5)
    const begin = readU32(this.head, 9)
    const within =
      piece < this.maxPieces && length >= 1 && length <= BLOCK_LENGTH && begin + length <= this.geometry.sizeOf(piece)
    if (within) return { piece, begin, length }
    this.refuse(`message ${this.head[LENGTH_BYTES]} for piece ${piece}, ${begin} + ${length}`)
    return undefined
  }

  private readBlock(body: Body & { name: 'block' }, chunk: Uint8Array, at: number): number {
    const taken = Math.min(body.target.length - body.filled, chunk.length - at)
    body.target.set(chunk.subarray(at, at + taken), body.filled)
    body.filled += taken
    if (body.filled === body.target.length) {
      this.nextFrame()
      this.sink.blockReceived(body.block, body.target)
    }
    return taken
  }

  private readControl(body: Body & { name: 'control' }, chunk: Uint8Array, at: number): number {
    const taken = Math.min(body.size - body.filled, chunk.length - at)
    if (body.filled + taken > body.frame.length) {
      const larger = new Uint8Array(Math.min(body.size, Math.max(2 * body.frame.length, body.filled + taken)))
      larger.set(body.frame.subarray(0, body.filled))
      body.frame = larger
    }
    body.frame.set(chunk.subarray(at, at + taken), body.filled)
    body.filled += taken
    if (body.filled === body.size) this.controlComplete(body)
    return taken
  }

  private controlComplete(body: Body & { name: 'control' }): void {
    this.nextFrame()
    this.sink.control(body.id, body.frame)
  }

  private skip(body: Body & { name: 'skip' }, available: number): number {
    const taken = Math.min(body.remaining, available)
    body.remaining -= taken
    if (body.remaining === 0) this.nextFrame()
    return taken
  }

  private nextFrame(): void {
    this.body = HEAD
    this.filled = 0
    this.needed = LENGTH_BYTES
  }

  private refuse(what: string): void {
    this.stop()
    this.sink.violation(what)
  }
}
