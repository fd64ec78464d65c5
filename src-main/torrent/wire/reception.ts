/**
 * What a peer sends, after the frame guard: the rules that need to know what came before, then the handler.
 *
 * Order: the guard calls in the order of the bytes; a bulk message goes to the handler at once, and a control message
 * passes through the package within the same call. So the handler hears everything in the order of the bytes.
 *
 * Every request of the peer is answered once, if it speaks BEP 6: by a block, or by a reject that is sent here when we
 * choke it or it cancels. While we choke, requests never reach the handler.
 *
 * While the piece count is unknown (a magnet), what the peer tells of its pieces is checked for shape and passed over:
 * the swarm that follows connects anew and is told again.
 */

import { BencodeError } from '../../codec/bencode-error.ts'
import { scanBencode } from '../../codec/bencode-scan.ts'
import { readU32 } from '../../kernel/bytes.ts'
import { Bitfield } from '../bitfield.ts'
import { type ControlEvents, type ControlOptions, ControlWire, extendedFrame } from './control-wire.ts'
import { MAX_EXTENDED_HANDSHAKES, readExtendedHandshake } from './extended-handshake.ts'
import { FrameGuard, type FrameSink, MAX_PIECE_COUNT, type PieceGeometry } from './frame-guard.ts'
import { InboundRequests } from './inbound-requests.ts'
import { MESSAGE, needsFast, tellsPieces } from './messages.ts'
import { type BlockAddress, type ExtendedHandshake, MAX_INBOUND_REQUESTS, type PeerWireHandler } from './peer-wire.ts'

/** As many as may be on their way when a choke crosses them; more in one choke end the connection. */
export const MAX_REQUESTS_WHILE_CHOKED = MAX_INBOUND_REQUESTS
/** Bitfields that tell of no more pieces than the one before; a peer may lose pieces, or repeat itself a little. */
export const MAX_IDLE_TELLINGS = 16
const EXTENSION_LIMITS = { maxItems: 200_000, allowTrailing: true }

/** What the peer's messages make us do. */
export interface ReceptionOwner {
  send(bytes: Uint8Array): void
  /** Answers requests with a reject. */
  reject(blocks: readonly BlockAddress[]): void
  violation(what: string): void
}

export class Reception implements FrameSink, ControlEvents {
  readonly wire: ControlWire
  readonly requests = new InboundRequests()
  /** What the peer's extended handshakes said so far. */
  told: ExtendedHandshake | undefined
  private readonly guard: FrameGuard
  private readonly handler: PeerWireHandler
  private readonly owner: ReceptionOwner
  private readonly pieceCount: number | undefined
  private readonly extensionCount: number
  /** How many pieces the last bitfield told of; -1 before the first. */
  private piecesTold = -1
  private idleTellings = 0
  private extendedHandshakes = 0
  private requestsWhileChoked = 0

  constructor(geometry: PieceGeometry, control: ControlOptions, handler: PeerWireHandler, owner: ReceptionOwner) {
    this.pieceCount = geometry.pieceCount
    this.extensionCount = control.extensions.length
    this.handler = handler
    this.owner = owner
    this.wire = new ControlWire(control, this)
    this.guard = new FrameGuard(geometry, this)
  }

  /** Bytes after the handshake. */
  push(chunk: Uint8Array): void {
    this.guard.push(chunk)
  }

  stop(): void {
    this.guard.stop()
  }

  /** We let the peer ask again. */
  unchoking(): void {
    this.requestsWhileChoked = 0
  }

  // Frames, from the guard.

  control(id: number, frame: Uint8Array): void {
    if (!this.fastAllows(id)) return
    if (this.pieceCount === undefined && tellsPieces(id)) {
      this.toldUnknown(id, frame)
      return
    }
    switch (id) {
      case MESSAGE.HAVE:
      case MESSAGE.SUGGEST:
      case MESSAGE.ALLOWED_FAST:
        if (!this.isPiece(frame)) return
        break
      case MESSAGE.EXTENDED:
        this.extended(frame)
        return
    }
    this.wire.receive(frame)
  }

  request(block: BlockAddress): void {
    if (this.wire.amChoking) {
      if (++this.requestsWhileChoked > MAX_REQUESTS_WHILE_CHOKED) this.violation('too many requests while choked')
      else if (this.wire.hasFast) this.owner.reject([block])
      return
    }
    const outcome = this.requests.add(block)
    if (outcome === 'full') this.violation('too many requests')
    else if (outcome === 'added') this.handler.requested(block)
  }

  cancel(block: BlockAddress): void {
    if (!this.requests.settle(block)) return
    this.handler.cancelled(block)
    if (this.wire.hasFast) this.owner.reject([block])
  }

  reject(block: BlockAddress): void {
    if (this.fastAllows(MESSAGE.REJECT)) this.handler.rejected(block)
  }

  blockTarget(block: BlockAddress): Uint8Array | undefined {
    return this.handler.blockTarget(block)
  }

  blockReceived(block: BlockAddress, target: Uint8Array): void {
    this.handler.blockReceived(block, target)
  }

  violation(what: string): void {
    this.owner.violation(what)
  }

  // Events, from the control wire.

  choked(): void {
    this.handler.choked()
  }

  unchoked(): void {
    this.handler.unchoked()
  }

  interested(): void {
    this.handler.interested()
  }

  notInterested(): void {
    this.handler.notInterested()
  }

  have(piece: number): void {
    this.handler.have(piece)
  }

  bitfield(bytes: Uint8Array): void {
    if (this.pieceCount !== undefined) this.tell(new Bitfield(this.pieceCount, bytes))
  }

  haveAll(): void {
    if (this.pieceCount !== undefined) this.tell(Bitfield.full(this.pieceCount))
  }

  haveNone(): void {
    if (this.pieceCount !== undefined) this.tell(new Bitfield(this.pieceCount))
  }

  port(port: number): void {
    if (port > 0) this.handler.port(port)
  }

  extendedHandshake(): void {
    if (this.told) this.handler.extendedHandshake(this.told)
  }

  extendedMessage(name: string, payload: Uint8Array): void {
    this.handler.extendedMessage(name, payload)
  }

  send(bytes: Uint8Array): void {
    this.owner.send(bytes)
  }

  refused(): void {
    this.violation('refused by the control plane')
  }

  /** A bitfield may come again, in place of many haves; each has to tell of more pieces, lest it is work for nothing. */
  private tell(bits: Bitfield): void {
    if (bits.count <= this.piecesTold && ++this.idleTellings > MAX_IDLE_TELLINGS) {
      this.violation('pieces told over and over')
      return
    }
    this.piecesTold = bits.count
    this.handler.bitfield(bits)
  }

  /** Pieces of a torrent whose piece count is not known: no message of these is kept, and only haves may be many. */
  private toldUnknown(id: number, frame: Uint8Array): void {
    const ofOnePiece = id === MESSAGE.HAVE || id === MESSAGE.SUGGEST || id === MESSAGE.ALLOWED_FAST
    if (ofOnePiece) this.isPiece(frame)
    else if (++this.idleTellings > MAX_IDLE_TELLINGS) this.violation('pieces told over and over')
  }

  /** One of ours is scanned and handed on; a number that we never gave out is passed over. */
  private extended(frame: Uint8Array): void {
    const extension = frame[5] as number
    const payload = frame.subarray(6)
    try {
      if (extension === 0) {
        if (++this.extendedHandshakes > MAX_EXTENDED_HANDSHAKES) {
          this.violation('too many extended handshakes')
          return
        }
        const read = readExtendedHandshake(payload, this.told)
        this.told = read.handshake
        frame = extendedFrame(0, read.bytes)
      } else if (extension <= this.extensionCount) scanBencode(payload, EXTENSION_LIMITS)
      else return
    } catch (error) {
      if (error instanceof BencodeError) {
        this.violation(`extended message ${extension}: ${error.code}`)
        return
      }
      throw error
    }
    this.wire.receive(frame)
  }

  private fastAllows(id: number): boolean {
    if (!needsFast(id) || this.wire.hasFast) return true
    this.violation(`message ${id} without the fast extension`)
    return false
  }

  /** Whether the message's piece is one of the torrent's. */
  private isPiece(frame: Uint8Array): boolean {
    const piece = readU32(frame, 5)
    if (piece < (this.pieceCount ?? MAX_PIECE_COUNT)) return true
    this.violation(`message ${frame[4]} for piece ${piece}`)
    return false
  }
}
