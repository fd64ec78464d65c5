/**
 * The memory of pieces that are being fetched. A block goes straight from the socket into its place in the piece.
 *
 * Invariant: at most one peer fills a block's place at a time; a second one fills a scratch array, and what is here
 * already is never written over: not by a slow peer that began the block before another one finished it, either.
 * So a piece is handed to the hasher only in memory that nobody writes to any more.
 */
import { BLOCK_LENGTH } from '../wire/peer-wire.ts'

/** Keeps a few arrays of a piece's length for use again: fresh memory of this size costs a system call and page faults. */
export class BufferPool {
  private readonly length: number
  private readonly maxSpare: number
  private readonly spare: ArrayBufferLike[] = []

  constructor(pieceLength: number, maxSpare: number) {
    this.length = pieceLength
    this.maxSpare = maxSpare
  }

  get spares(): number {
    return this.spare.length
  }

  /** An array of `size` bytes at the start of a whole piece's memory; holds anything. */
  take(size: number): Uint8Array {
    return new Uint8Array(this.spare.pop() ?? new ArrayBuffer(this.length), 0, size)
  }

  /** Takes memory back. What is not a whole piece's memory, or too much, is left to the collector. */
  give(bytes: Uint8Array): void {
    if (bytes.buffer.byteLength === this.length && this.spare.length < this.maxSpare) this.spare.push(bytes.buffer)
  }

  clear(): void {
    this.spare.length = 0
  }
}

export class PieceBuffer {
  readonly piece: number
  /** Who sent each block: the peer's host. Undefined while the block is not here. */
  readonly contributors: (string | undefined)[]
  /** No block of it may be added any more. */
  closed = false
  private bytes: Uint8Array
  private readonly pool: BufferPool
  /** 1 while a peer fills the block in its place. */
  private readonly filling: Uint8Array
  private fillers = 0
  /** Blocks that are here, and whose place another peer is still filling. */
  private readonly waiting = new Map<number, Uint8Array>()

  constructor(piece: number, size: number, pool: BufferPool) {
    const blocks = Math.ceil(size / BLOCK_LENGTH)
    this.piece = piece
    this.pool = pool
    this.bytes = pool.take(size)
    this.filling = new Uint8Array(blocks)
    this.contributors = new Array<string | undefined>(blocks).fill(undefined)
  }

  /** Where a peer may write the block's bytes now: its place, or a scratch array while another peer fills that. */
  begin(block: number): Uint8Array {
    const start = block * BLOCK_LENGTH
    const end = Math.min(start + BLOCK_LENGTH, this.bytes.length)
    if (this.filling[block] !== 0 || this.contributors[block] !== undefined) return new Uint8Array(end - start)
    this.filling[block] = 1
    this.fillers++
    return this.bytes.subarray(start, end)
  }

  /** All bytes of the block are in `target`, as given by `begin`. */
  finish(block: number, target: Uint8Array, contributor: string): void {
    if (this.closed || this.contributors[block] !== undefined) {
      this.abandon(block, target)
      return
    }
    this.contributors[block] = contributor
    if (target.buffer === this.bytes.buffer) this.leave(block)
    else if (this.filling[block] === 0) this.bytes.set(target, block * BLOCK_LENGTH)
    else this.waiting.set(block, target)
  }

  /** The peer that had `target` from `begin` will not fill it, or what it brought is not wanted. */
  abandon(block: number, target: Uint8Array): void {
    if (this.closed || target.buffer !== this.bytes.buffer) return
    this.leave(block)
    const held = this.waiting.get(block)
    if (!held) return
    this.waiting.delete(block)
    this.bytes.set(held, block * BLOCK_LENGTH)
  }

  /**
   * The whole piece, in memory that is now the caller's. Where a peer is still filling a place, the piece moves to fresh
   * memory and the old is left to that peer. Only once every block is here.
   */
  seal(): Uint8Array {
    this.closed = true
    if (this.fillers === 0) return this.bytes
    const fresh = this.pool.take(this.bytes.length)
    fresh.set(this.bytes)
    for (const [block, held] of this.waiting) fresh.set(held, block * BLOCK_LENGTH)
    return fresh
  }

  /** Gives up the piece. Memory that a peer is still filling is not used again. */
  discard(): void {
    if (this.closed) return
    this.closed = true
    if (this.fillers === 0) this.pool.give(this.bytes)
  }

  private leave(block: number): void {
    this.filling[block] = 0
    this.fillers--
  }
}
