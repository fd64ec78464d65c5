/**
 * Asks a torrent's peers for its metadata over their connections: what `MetadataAssembly` decides goes out, what comes
 * back goes to it, and what it finds out about a peer is told.
 *
 * Limits: those of the assembly, and `MAX_USELESS` messages that were of no use on one connection.
 */
import type { Millis } from '../../kernel/clock.ts'
import type { Peer } from '../swarm/peer.ts'
import type { ExtendedHandshake } from '../wire/peer-wire.ts'
import { MetadataAssembly } from './metadata-assembly.ts'
import {
  encodeMetadataMessage,
  METADATA_EXTENSION,
  METADATA_PIECE_LENGTH,
  type MetadataData,
  type MetadataReject,
} from './metadata-message.ts'

/** Rests in a row, each after a rejected or unanswered request, after which a peer is of no use. */
export const MAX_RESTS = 3
/** Messages that were of no use, on one connection; more end it. */
export const MAX_USELESS = 100

export interface MetadataAskingEvents {
  now(): Millis
  /** The raw info dictionary, verified; once. Nothing is asked for any more. */
  found(infoBytes: Uint8Array): void
  /** The peer alone sent metadata that was wrong, or it contradicts its own size. */
  wrong(peer: Peer): void
}

export class MetadataAsking {
  private readonly assembly: MetadataAssembly<Peer>
  private readonly events: MetadataAskingEvents
  private readonly useless = new Map<Peer, number>()

  /** @param infoHash 20 bytes */
  constructor(infoHash: Uint8Array, events: MetadataAskingEvents) {
    this.assembly = new MetadataAssembly(infoHash)
    this.events = events
  }

  /** Bytes of the metadata as those say that are asked now, and how many of them are here; 0 while unknown. */
  get progress(): { readonly size: number; readonly received: number } {
    const { have, size } = this.assembly.progress
    return { size, received: Math.min(size, have * METADATA_PIECE_LENGTH) }
  }

  /** Whether the peer offers metadata. */
  serves(peer: Peer): boolean {
    return this.assembly.has(peer)
  }

  /** Whether the peer offers metadata and keeps on not sending it. */
  isUseless(peer: Peer): boolean {
    return this.assembly.restsOf(peer) >= MAX_RESTS
  }

  /** A peer that takes part has said what it offers. */
  greeted(peer: Peer, { metadataSize, extensions }: ExtendedHandshake): void {
    if (metadataSize === undefined || !extensions.has(METADATA_EXTENSION)) return
    if (this.assembly.addPeer(peer, metadataSize)) this.ask()
    else if (this.assembly.isDropped(peer)) this.events.wrong(peer)
  }

  /** The connection has ended. What the peer gave stays. */
  leave(peer: Peer): void {
    this.assembly.removePeer(peer)
    this.useless.delete(peer)
  }

  /** A peer's answer to a request. */
  answered(peer: Peer, message: MetadataData | MetadataReject): void {
    if (message.type === 'reject') {
      this.assembly.rejected(peer, message.piece, this.events.now())
      this.noteUseless(peer)
    } else if (!this.received(peer, message)) return
    this.ask()
  }

  /** Sends what is to be asked now. Call it after each event and each second. */
  ask(): void {
    for (const { peer, piece } of this.assembly.next(this.events.now())) {
      peer.wire.extended(METADATA_EXTENSION, encodeMetadataMessage({ type: 'request', piece }))
    }
  }

  /** @returns whether there is anything left to ask for */
  private received(peer: Peer, message: MetadataData): boolean {
    const outcome = this.assembly.received(peer, message)
    switch (outcome.kind) {
      case 'complete':
      case 'kept':
        peer.downloaded(message.bytes.length, this.events.now())
        if (outcome.kind === 'kept') return true
        this.events.found(outcome.infoBytes)
        return false
      case 'liar':
        this.events.wrong(peer)
        return true
      case 'mismatch':
        if (outcome.blamed) this.events.wrong(outcome.blamed)
        return true
      case 'ignored':
        this.noteUseless(peer)
        return true
    }
  }

  private noteUseless(peer: Peer): void {
    const count = (this.useless.get(peer) ?? 0) + 1
    this.useless.set(peer, count)
    if (count > MAX_USELESS) peer.wire.close({ code: 'PROTOCOL', violation: 'metadata that was not asked for' })
  }
}
