/**
 * Serves a torrent's metadata to all its peers (BEP 9), to each within the bounds of `MetadataServing`.
 *
 * Memory: metadata waits in a peer's socket only up to `MAX_METADATA_WAITING`; what is asked beyond that is rejected, as
 * many times as `MAX_METADATA_REJECTS`, so that a peer that asks and does not read holds little of ours.
 */
import type { Millis } from '../../kernel/clock.ts'
import type { PeerWire } from '../wire/peer-wire.ts'
import { encodeMetadataMessage, METADATA_EXTENSION, METADATA_PIECE_LENGTH } from './metadata-message.ts'
import { MetadataServing } from './metadata-serving.ts'

/** 64 pieces, as Transmission queues them; more than the blocks that an upload keeps waiting. */
export const MAX_METADATA_WAITING = 64 * METADATA_PIECE_LENGTH
/** On one connection; more end it. */
export const MAX_METADATA_REJECTS = 1_000

interface Serving {
  readonly serving: MetadataServing
  rejects: number
}

/** @typeParam P a peer: compared by identity */
export class MetadataUploads<P extends { readonly wire: PeerWire }> {
  private readonly infoBytes: Uint8Array | undefined
  private readonly servings = new Map<P, Serving>()

  /** @param infoBytes the raw info dictionary, undefined or empty while there is none: every request is then rejected */
  constructor(infoBytes: Uint8Array | undefined) {
    this.infoBytes = infoBytes && infoBytes.length > 0 ? infoBytes : undefined
  }

  /** Bytes that can be had. */
  get size(): number | undefined {
    return this.infoBytes?.length
  }

  /** A peer asks for a piece. `enough`: it has been told that there is none too often, and the connection has to end. */
  requested(peer: P, piece: number, now: Millis): 'sent' | 'rejected' | 'enough' {
    const known = this.servings.get(peer)
    const serving = known ?? { serving: new MetadataServing(this.infoBytes, now), rejects: 0 }
    if (!known) this.servings.set(peer, serving)
    const full = peer.wire.bufferedBytes >= MAX_METADATA_WAITING
    const answer = full ? ({ type: 'reject', piece } as const) : serving.serving.answer(piece, now)
    if (answer.type === 'reject' && ++serving.rejects > MAX_METADATA_REJECTS) return 'enough'
    peer.wire.extended(METADATA_EXTENSION, encodeMetadataMessage(answer))
    return answer.type === 'data' ? 'sent' : 'rejected'
  }

  leave(peer: P): void {
    this.servings.delete(peer)
  }
}
