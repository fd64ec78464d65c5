/**
 * Answers one peer's requests for metadata (BEP 9) from the verified info dictionary; one object for each connection.
 *
 * What is not there and what is asked too fast is rejected: a peer can have a small torrent's metadata at once, a large
 * one's at 256 KiB/s, and each piece three times over on one connection, so that it cannot be used to flood our upload.
 */
import type { Millis } from '../../kernel/clock.ts'
import {
  METADATA_PIECE_LENGTH,
  type MetadataData,
  type MetadataReject,
  metadataPieceCount,
} from './metadata-message.ts'

/** Pieces that a peer may have at once: 2 MiB. */
export const METADATA_BURST_PIECES = 128
export const METADATA_PIECES_PER_SECOND = 16
/** How many times the whole metadata is served on one connection. */
export const MAX_METADATA_COPIES = 3

export class MetadataServing {
  private readonly infoBytes: Uint8Array | undefined
  private allowed = METADATA_BURST_PIECES
  private left: number
  private countedAt: Millis

  /** @param infoBytes the raw info dictionary, undefined while we have none (every request is then rejected) */
  constructor(infoBytes: Uint8Array | undefined, now: Millis) {
    this.infoBytes = infoBytes
    this.left = infoBytes ? MAX_METADATA_COPIES * metadataPieceCount(infoBytes.length) : 0
    this.countedAt = now
  }

  /** The answer to a request; its bytes are a view of the info dictionary. @param piece any whole number */
  answer(piece: number, now: Millis): MetadataData | MetadataReject {
    const earned = ((now - this.countedAt) * METADATA_PIECES_PER_SECOND) / 1_000
    this.allowed = Math.min(METADATA_BURST_PIECES, this.allowed + earned)
    this.countedAt = now
    const { infoBytes } = this
    const start = piece * METADATA_PIECE_LENGTH
    if (!infoBytes || start < 0 || start >= infoBytes.length || this.allowed < 1 || this.left < 1) {
      return { type: 'reject', piece }
    }
    this.allowed -= 1
    this.left -= 1
    const bytes = infoBytes.subarray(start, start + METADATA_PIECE_LENGTH)
    return { type: 'data', piece, totalSize: infoBytes.length, bytes }
  }
}
