/**
 * One peer: what it told us, what we told it, and its rates. It routes what the wire reports to the swarm and decides
 * nothing itself. Its address is all that anybody is blamed by.
 */
import type { Millis } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { RateMeter } from '../../kernel/rate-meter.ts'
import type { Bitfield } from '../bitfield.ts'
import { clientName } from '../wire/client-name.ts'
import type {
  BlockAddress,
  CloseReason,
  ExtendedHandshake,
  PeerHandshake,
  PeerWire,
  PeerWireHandler,
} from '../wire/peer-wire.ts'
import type { ChokerPeer } from './choker.ts'
import type { KnownPeer, PeerOrigin } from './peer-list.ts'
import type { PickerPeer } from './picker-peer.ts'
import type { PieceBuffer } from './piece-buffer.ts'
import { RequestPipeline } from './request-pipeline.ts'
import type { Uploader } from './uploader.ts'

/** Rates for people, and rates for the choker: over two of its rounds. */
const SHOWN_SECONDS = 5
const CHOKER_SECONDS = 20

/** The swarm, as its peers see it. */
export interface PeerOwner {
  now(): Millis
  handshaken(peer: Peer, handshake: PeerHandshake): void
  extended(peer: Peer, handshake: ExtendedHandshake): void
  choked(peer: Peer): void
  unchoked(peer: Peer): void
  interestChanged(peer: Peer): void
  has(peer: Peer, piece: number): void
  hasPieces(peer: Peer, bits: Bitfield): void
  blockTarget(peer: Peer, block: BlockAddress): Uint8Array | undefined
  blockReceived(peer: Peer, block: BlockAddress, target: Uint8Array): void
  rejected(peer: Peer, block: BlockAddress): void
  /** Another extended message (BEP 10), unchecked but for harm. */
  extendedMessage(peer: Peer, name: string, payload: Uint8Array): void
  /** The port of the peer's DHT node (BEP 5): once for each connection. */
  dhtPort(peer: Peer, port: number): void
  closed(peer: Peer, reason: CloseReason): void
}

export interface PeerFacts {
  readonly serial: number
  readonly endpoint: Endpoint
  readonly origin: PeerOrigin
  readonly incoming: boolean
  readonly connectedAt: Millis
  /** Unix milliseconds. */
  readonly since: number
  readonly known: KnownPeer | undefined
}

export class Peer implements PeerWireHandler, ChokerPeer {
  readonly serial: number
  readonly endpoint: Endpoint
  readonly origin: PeerOrigin
  readonly incoming: boolean
  readonly connectedAt: Millis
  readonly since: number
  readonly wire: PeerWire
  known: KnownPeer | undefined
  /** Hexadecimal; empty before the handshake. */
  peerId = ''
  client = ''
  /** Its handshake has come. */
  stands = false
  /** It takes part: not a second connection, nor ourselves. */
  live = false
  uploadOnly = false
  /** Where it takes connections: dialled there, or it has said so. */
  listens: Endpoint | undefined
  /** What it said of itself (BEP 10). */
  told: ExtendedHandshake | undefined
  /** Took metadata from us: it comes back for pieces. */
  tookMetadata = false
  private dhtPortTold = false

  amInterested = false
  peerChoking = true
  peerInterested = false
  amChoking = true
  chokeChangedAt: Millis
  /** It has rejected a request: not asked again before the next second. */
  resting = false
  /** A request to it has been noted for the next refill. */
  refillNoted = false

  readonly pipeline = new RequestPipeline()
  readonly down = new RateMeter(SHOWN_SECONDS)
  readonly up = new RateMeter(SHOWN_SECONDS)
  private readonly chokerDown = new RateMeter(CHOKER_SECONDS)
  private readonly chokerUp = new RateMeter(CHOKER_SECONDS)

  /** Set while it is live. */
  pick: PickerPeer | undefined
  uploader: Uploader | undefined
  /** The block that is arriving from it now. */
  filling: { readonly buffer: PieceBuffer; readonly block: number; readonly target: Uint8Array } | undefined
  private readonly owner: PeerOwner

  /** @param connect makes the wire, which may not call back before it returns */
  constructor(owner: PeerOwner, facts: PeerFacts, connect: (handler: PeerWireHandler) => PeerWire) {
    this.owner = owner
    this.serial = facts.serial
    this.endpoint = facts.endpoint
    this.origin = facts.origin
    this.incoming = facts.incoming
    this.connectedAt = facts.connectedAt
    this.since = facts.since
    this.known = facts.known
    this.listens = facts.incoming ? undefined : facts.endpoint
    this.chokeChangedAt = facts.connectedAt
    this.wire = connect(this)
  }

  get host(): string {
    return this.endpoint.host
  }

  get snubbed(): boolean {
    return this.pipeline.snubbed
  }

  /** Bytes per second over the choker's window: from it, to it. */
  get downRate(): number {
    return this.chokerDown.rate(this.owner.now())
  }

  get upRate(): number {
    return this.chokerUp.rate(this.owner.now())
  }

  get isSeed(): boolean {
    return this.uploadOnly || (this.pick?.have.complete ?? false)
  }

  downloaded(bytes: number, now: Millis): void {
    this.down.add(bytes, now)
    this.chokerDown.add(bytes, now)
  }

  uploaded(bytes: number, now: Millis): void {
    this.up.add(bytes, now)
    this.chokerUp.add(bytes, now)
  }

  setChoking(choking: boolean): void {
    if (this.amChoking === choking) return
    this.amChoking = choking
    this.chokeChangedAt = this.owner.now()
    if (choking) {
      this.uploader?.clear()
      this.wire.choke()
    } else this.wire.unchoke()
  }

  setInterested(interested: boolean): void {
    if (this.amInterested === interested) return
    this.amInterested = interested
    if (interested) this.wire.interested()
    else this.wire.notInterested()
  }

  // From the wire.

  handshake(handshake: PeerHandshake): void {
    this.client = clientName(handshake.peerId)
    this.owner.handshaken(this, handshake)
  }

  extendedHandshake(handshake: ExtendedHandshake): void {
    if (handshake.client !== '') this.client = handshake.client
    this.told = handshake
    this.uploadOnly = handshake.uploadOnly
    if (this.incoming && handshake.listenPort !== undefined) {
      this.listens = { host: this.host, port: handshake.listenPort }
    }
    this.pipeline.allow(handshake.requestQueue)
    this.owner.extended(this, handshake)
  }

  choked(): void {
    this.peerChoking = true
    this.owner.choked(this)
  }

  unchoked(): void {
    this.peerChoking = false
    this.owner.unchoked(this)
  }

  interested(): void {
    this.peerInterested = true
    this.owner.interestChanged(this)
  }

  notInterested(): void {
    this.peerInterested = false
    this.owner.interestChanged(this)
  }

  have(piece: number): void {
    this.owner.has(this, piece)
  }

  bitfield(bits: Bitfield): void {
    this.owner.hasPieces(this, bits)
  }

  requested(block: BlockAddress): void {
    if (!this.amChoking) this.uploader?.requested(block)
  }

  cancelled(block: BlockAddress): void {
    this.uploader?.cancelled(block)
  }

  extendedMessage(name: string, payload: Uint8Array): void {
    this.owner.extendedMessage(this, name, payload)
  }

  port(port: number): void {
    if (this.dhtPortTold) return
    this.dhtPortTold = true
    this.owner.dhtPort(this, port)
  }

  blockTarget(block: BlockAddress): Uint8Array | undefined {
    return this.owner.blockTarget(this, block)
  }

  blockReceived(block: BlockAddress, target: Uint8Array): void {
    this.owner.blockReceived(this, block, target)
  }

  rejected(block: BlockAddress): void {
    this.owner.rejected(this, block)
  }

  drained(): void {
    this.uploader?.drained()
  }

  closed(reason: CloseReason): void {
    this.owner.closed(this, reason)
  }
}
