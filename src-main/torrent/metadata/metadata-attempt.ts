/**
 * One attempt to put metadata of one size together: which pieces are there, and who gave them.
 * Memory: the size, at most 10 MB, as pieces arrive.
 */
import { createHash } from 'node:crypto'
import { bytesEqual, concatBytes } from '../../kernel/bytes.ts'
import type { Millis } from '../../kernel/clock.ts'
import { metadataPieceCount } from './metadata-message.ts'

export class MetadataAttempt<P> {
  readonly size: number
  /** The one peer that is asked, undefined where all peers of the size are. */
  readonly alone: P | undefined
  readonly startedAt: Millis
  private readonly pieces: (Uint8Array | undefined)[]
  private readonly givers: (P | undefined)[]
  private missing: number

  constructor(size: number, alone: P | undefined, now: Millis) {
    this.size = size
    this.alone = alone
    this.startedAt = now
    this.missing = metadataPieceCount(size)
    this.pieces = new Array<Uint8Array | undefined>(this.missing).fill(undefined)
    this.givers = new Array<P | undefined>(this.missing).fill(undefined)
  }

  get pieceCount(): number {
    return this.pieces.length
  }

  /** Pieces that are there. */
  get have(): number {
    return this.pieces.length - this.missing
  }

  get isComplete(): boolean {
    return this.missing === 0
  }

  lacks(piece: number): boolean {
    return piece < this.pieces.length && this.pieces[piece] === undefined
  }

  /** Keeps a copy of a piece that is lacking. */
  keep(piece: number, bytes: Uint8Array, giver: P): void {
    this.pieces[piece] = bytes.slice()
    this.givers[piece] = giver
    this.missing -= 1
  }

  /** Throws away what a peer gave. */
  forget(giver: P): void {
    for (const [piece, bytes] of this.pieces.entries()) {
      if (bytes === undefined || this.givers[piece] !== giver) continue
      this.pieces[piece] = undefined
      this.missing += 1
    }
  }

  /** The whole, once complete, where it has the info-hash. */
  verified(infoHash: Uint8Array): Uint8Array | undefined {
    const whole = concatBytes(this.pieces as Uint8Array[])
    return bytesEqual(createHash('sha1').update(whole).digest(), infoHash) ? whole : undefined
  }

  /** The peer that gave everything, undefined where several did. */
  get soleGiver(): P | undefined {
    const [first] = this.givers
    return this.givers.every((giver) => giver === first) ? first : undefined
  }
}
