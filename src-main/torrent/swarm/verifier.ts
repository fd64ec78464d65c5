/**
 * What happens to a piece once all its blocks are here: hashed, then written, then told. Every piece that is pushed ends
 * in exactly one of `passed`, `failed`, `lost`, or waits for the disk. A disk error stops writing; verified pieces wait in
 * memory, and nothing is fetched again when `resume` tries them anew.
 * Limits: `MAX_HASHING` pieces, and `WRITING_MEMORY` bytes in at most `MAX_WRITING` pieces, at once; how many pieces wait is bounded by the picker.
 */
import { bytesEqual } from '../../kernel/bytes.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { Hasher } from '../../kernel/hasher.ts'
import type { PieceStorage } from '../disk/piece-storage.ts'
import { type Metainfo, pieceHash } from '../metainfo/metainfo.ts'

export const MAX_HASHING = 8
/** Bytes, and pieces at least and at most: the disk gathers what is written at about the same time. */
export const WRITING_MEMORY = 16 * 1024 * 1024
export const MIN_WRITING = 2
export const MAX_WRITING = 64

export interface VerifiedPiece {
  readonly piece: number
  /** The host that sent each block. */
  readonly contributors: readonly string[]
  bytes: Uint8Array
}

export interface VerifierEvents {
  /** It hashes to what it must, and is not yet written. */
  hashed(done: VerifiedPiece): void
  /** Verified and written: its memory is free. */
  passed(done: VerifiedPiece): void
  /** It hashes to something else. */
  failed(done: VerifiedPiece): void
  /** It could not be hashed, and its bytes are gone. Nobody is to blame. */
  lost(piece: number): void
  /** The disk refused a piece; writing has stopped. Once until `resume`. */
  diskFailed(error: unknown): void
}

export class Verifier {
  private readonly hasher: Hasher
  private readonly storage: PieceStorage
  private readonly maxWriting: number
  private readonly hashOf: (piece: number) => Uint8Array
  private readonly events: VerifierEvents
  private readonly toHash: VerifiedPiece[] = []
  private readonly toWrite: VerifiedPiece[] = []
  private hashing = 0
  private writing = 0
  private halted = false
  private readonly idleWaiters: (() => void)[] = []

  constructor(
    ports: { readonly hasher: Hasher; readonly storage: PieceStorage },
    metainfo: Pick<Metainfo, 'pieceLength' | 'pieceHashes'>,
    events: VerifierEvents,
  ) {
    this.hasher = ports.hasher
    this.storage = ports.storage
    this.hashOf = (piece) => pieceHash(metainfo, piece)
    const fitting = Math.floor(WRITING_MEMORY / metainfo.pieceLength)
    this.maxWriting = Math.min(MAX_WRITING, Math.max(MIN_WRITING, fitting))
    this.events = events
  }

  push(done: VerifiedPiece): void {
    this.toHash.push(done)
    this.hashMore()
  }

  /** Pieces that are verified and wait for the disk. */
  get unwritten(): number {
    return this.toWrite.length
  }

  /** Tries the disk again. */
  resume(): void {
    this.halted = false
    this.writeMore()
    this.hashMore()
  }

  /** Once a second: jobs that the hasher had no room for. */
  tick(): void {
    this.hashMore()
  }

  /**
   * Resolves when nothing is under way: all is written, or waits for the disk. For the end: pieces that the hasher has
   * no room for are lost, as `tick` may not come any more.
   */
  idle(): Promise<void> {
    this.hashMore()
    if (this.isIdle) return Promise.resolve()
    return new Promise((resolve) => {
      this.idleWaiters.push(resolve)
    })
  }

  private get isIdle(): boolean {
    const writable = this.halted ? 0 : this.toWrite.length
    return this.hashing + this.writing + this.toHash.length + writable === 0
  }

  private settleIdle(): void {
    if (this.isIdle) for (const resolve of this.idleWaiters.splice(0)) resolve()
  }

  private hashMore(): void {
    while (this.hashing < MAX_HASHING) {
      const next = this.toHash.shift()
      if (!next) return
      this.hashing++
      this.hasher.sha1(next.bytes).then(
        ({ digest, bytes }) => {
          next.bytes = bytes
          this.wasHashed(next, digest)
        },
        (error: unknown) => this.wasNotHashed(next, error),
      )
    }
  }

  private wasHashed(done: VerifiedPiece, digest: Uint8Array): void {
    this.hashing--
    if (bytesEqual(digest, this.hashOf(done.piece))) {
      this.events.hashed(done)
      this.toWrite.push(done)
      this.writeMore()
    } else this.events.failed(done)
    this.hashMore()
    this.settleIdle()
  }

  private wasNotHashed(done: VerifiedPiece, error: unknown): void {
    this.hashing--
    if (codeOf(error) === 'FULL' && this.idleWaiters.length === 0) {
      this.toHash.unshift(done)
      return
    }
    this.events.lost(done.piece)
    this.hashMore()
    this.settleIdle()
  }

  private writeMore(): void {
    while (!this.halted && this.writing < this.maxWriting) {
      const next = this.toWrite.shift()
      if (!next) return
      this.writing++
      this.storage.write(next.piece, next.bytes).then(
        () => this.wasWritten(next),
        (error: unknown) => this.wasNotWritten(next, error),
      )
    }
  }

  private wasWritten(done: VerifiedPiece): void {
    this.writing--
    this.events.passed(done)
    this.writeMore()
    this.settleIdle()
  }

  private wasNotWritten(done: VerifiedPiece, error: unknown): void {
    this.writing--
    this.toWrite.push(done)
    if (!this.halted) {
      this.halted = true
      this.events.diskFailed(error)
    }
    this.settleIdle()
  }
}
