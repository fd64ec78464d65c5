/**
 * A connection to one peer over a stream: states, time limits, and everything we send. What the peer sends goes through
 * `Reception`. BEP 3, with BEP 6 (fast), BEP 10 (extended) and BEP 21 (upload only).
 *
 *     connecting -> handshaking -> live      (we dial)
 *                     answering -> live      (a peer's handshake has come in)
 *     any -> closed
 *
 * Order: control messages come out of the package and bulk messages from here, both within the call that sends them and
 * into one outbox, so their order on the wire is the order of the calls.
 *
 * Limits: 10 s for both handshakes, 120 s of the peer's silence; a keep-alive after 60 s of ours.
 */
import { bytesEqual } from '../../kernel/bytes.ts'
import { type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import type { StreamHandler, StreamSocket } from '../../kernel/network.ts'
import type { Bitfield } from '../bitfield.ts'
import { blockMessages, type OutgoingBlock, pieceMessages } from './bulk-frames.ts'
import { extendedHandshakeOf, type PeerConnectionOptions } from './connection-options.ts'
import type { ControlWire } from './control-wire.ts'
import { HandshakeReader } from './handshake-reader.ts'
import { IdleTimer } from './idle-timer.ts'
import { MESSAGE } from './messages.ts'
import { Outbox } from './outbox.ts'
import type {
  BlockAddress,
  CloseReason,
  ExtendedUpdate,
  PeerHandshake,
  PeerWire,
  PeerWireHandler,
} from './peer-wire.ts'
import { Reception } from './reception.ts'

/** For both handshakes together, from the connection's first moment (libtorrent). */
export const HANDSHAKE_LIMIT: Millis = 10 * SECOND
/** Without a byte from the peer (libtorrent). */
export const SILENCE_LIMIT: Millis = 120 * SECOND
export const KEEP_ALIVE_AFTER: Millis = SILENCE_LIMIT / 2
/** Rejects that the peer makes us send and does not take from us; more end the connection. */
export const MAX_UNREAD_REJECTS = 10_000

type State =
  | { readonly name: 'connecting'; readonly peerId: Uint8Array; readonly timers: readonly [] }
  | { readonly name: 'handshaking'; readonly reader: HandshakeReader; readonly timers: readonly [giveUp: Timer] }
  | { readonly name: 'answering'; readonly timers: readonly [] }
  | { readonly name: 'live'; readonly timers: readonly [keepAlive: Timer, silence: Timer] }
  | { readonly name: 'closed'; readonly timers: readonly [] }

export class PeerConnection implements PeerWire, StreamHandler {
  private readonly socket: StreamSocket
  private readonly options: PeerConnectionOptions
  private readonly handler: PeerWireHandler
  private readonly reception: Reception
  private readonly outbox: Outbox
  private state: State
  private greeted = false
  /** What the peer's reserved bits say. */
  private offers = { extended: false, dht: false }
  private piecesSent = false
  private unreadRejects = 0
  private lastReceived: Millis

  /**
   * @param dialledAs our peer id where we dial and greet; undefined where the peer has, and `received` follows at once
   * @param attach makes the handler; it may keep the wire but not yet use it
   */
  constructor(
    socket: StreamSocket,
    dialledAs: Uint8Array | undefined,
    attach: (wire: PeerWire) => PeerWireHandler,
    options: PeerConnectionOptions,
  ) {
    const { clock, geometry, dht = false, extensions = [] } = options
    this.socket = socket
    this.options = options
    this.lastReceived = clock.now()
    this.outbox = new Outbox(socket, () => clock.now())
    this.handler = attach(this)
    const control = { dht, extensions, extendedHandshake: extendedHandshakeOf(options) }
    this.reception = new Reception(geometry, control, this.handler, {
      send: (bytes) => this.outbox.put(bytes),
      reject: (blocks) => this.rejectAsAsked(blocks),
      violation: (what) => this.close({ code: 'PROTOCOL', violation: what }),
    })
    this.state = dialledAs ? { name: 'connecting', peerId: dialledAs, timers: [] } : { name: 'answering', timers: [] }
  }

  // From the stream.

  /** connecting -> handshaking */
  connected(): void {
    const { state, options } = this
    if (state.name !== 'connecting') return
    const giveUp = options.clock.after(HANDSHAKE_LIMIT, () => this.close({ code: 'HANDSHAKE_TIMEOUT' }))
    this.enter({ name: 'handshaking', reader: new HandshakeReader(), timers: [giveUp] })
    this.handshake(options.infoHash, state.peerId)
  }

  data(bytes: Uint8Array): void {
    if (this.isClosed()) return
    this.lastReceived = this.options.clock.now()
    this.outbox.batch(() => this.receive(bytes))
  }

  drained(): void {
    this.unreadRejects = 0
    if (this.state.name === 'live') this.handler.drained()
  }

  ended(): void {
    this.close({ code: 'REMOTE_CLOSED' })
  }

  closed(error?: Error): void {
    this.close(error ? { code: 'NETWORK', error } : { code: 'REMOTE_CLOSED' })
  }

  /** The peer's handshake is whole. handshaking, answering -> live */
  received(bytes: Uint8Array, handshake: PeerHandshake): void {
    if (!bytesEqual(handshake.infoHash, this.options.infoHash)) {
      this.close({ code: 'WRONG_INFO_HASH' })
      return
    }
    this.offers = handshake
    this.outbox.batch(() => {
      this.reception.wire.receive(bytes)
      this.handler.handshake(handshake)
      if (this.isClosed()) return
      if (!this.greeted) throw new Error('the handshake was neither answered nor refused')
      this.live()
    })
  }

  // For the swarm.

  get bufferedBytes(): number {
    return this.outbox.bufferedBytes
  }

  get fast(): boolean {
    return this.reception.wire.hasFast
  }

  /** Once, and for an incoming connection only: an outgoing one greets by itself. */
  handshake(infoHash: Uint8Array, peerId: Uint8Array): void {
    if (this.isClosed()) return
    if (this.greeted) throw new Error('our handshake was sent before')
    this.greeted = true
    this.outbox.batch(() => this.reception.wire.greet(infoHash, peerId))
  }

  sendPieces(bits: Bitfield): void {
    this.sending((wire) => {
      if (this.piecesSent) throw new Error('our pieces were told before')
      this.piecesSent = true
      if (wire.hasFast && bits.complete) wire.haveAll()
      else if (wire.hasFast && bits.count === 0) wire.haveNone()
      else if (bits.count > 0) wire.bitfield(bits.bytes.slice())
    })
  }

  /** Also drops the peer's open requests; with BEP 6 by a reject for each. */
  choke(): void {
    this.sending((wire) => {
      if (wire.amChoking) return
      wire.choke()
      const open = this.reception.requests.settleAll()
      if (wire.hasFast && open.length > 0) this.outbox.put(blockMessages(MESSAGE.REJECT, open))
    })
  }

  unchoke(): void {
    this.sending((wire) => {
      this.reception.unchoking()
      wire.unchoke()
    })
  }

  interested(): void {
    this.sending((wire) => wire.interested())
  }

  notInterested(): void {
    this.sending((wire) => wire.uninterested())
  }

  have(piece: number): void {
    this.sending((wire) => wire.have(piece))
  }

  request(blocks: readonly BlockAddress[]): void {
    if (blocks.length > 0) this.sending(() => this.outbox.put(blockMessages(MESSAGE.REQUEST, blocks)))
  }

  cancel(block: BlockAddress): void {
    this.sending(() => this.outbox.put(blockMessages(MESSAGE.CANCEL, [block])))
  }

  /** Nothing where the request is settled already, as by our choke or the peer's cancel. */
  reject(block: BlockAddress): void {
    this.sending((wire) => {
      const open = this.reception.requests.settle(block)
      if (open && wire.hasFast) this.outbox.put(blockMessages(MESSAGE.REJECT, [block]))
    })
  }

  /** Blocks whose request was settled meanwhile (cancelled, rejected, choked) are left out. */
  sendBlocks(blocks: readonly OutgoingBlock[]): void {
    this.sending(() => {
      const open = blocks.filter(({ address }) => this.reception.requests.settle(address))
      for (const part of pieceMessages(open)) this.outbox.put(part)
    })
  }

  /** Nothing where the peer has not offered it. */
  extended(name: string, payload: Uint8Array): void {
    const id = this.reception.told?.extensions.get(name)
    if (id !== undefined) this.sending((wire) => wire.extended(id, payload))
  }

  extendedUpdate(update: ExtendedUpdate): void {
    if (this.offers.extended) this.sending((wire) => wire.update(update))
  }

  port(port: number): void {
    if (this.offers.dht) this.sending((wire) => wire.port(port))
  }

  pauseReading(): void {
    if (!this.isClosed()) this.socket.pauseReading()
  }

  resumeReading(): void {
    if (!this.isClosed()) this.socket.resumeReading()
  }

  /** any -> closed */
  close(reason: CloseReason): void {
    if (this.isClosed()) return
    this.enter({ name: 'closed', timers: [] })
    this.reception.stop()
    this.socket.destroy()
    this.handler.closed(reason)
  }

  private receive(bytes: Uint8Array): void {
    const { state } = this
    let rest = bytes
    if (state.name === 'handshaking') {
      const progress = state.reader.push(bytes)
      if (progress.outcome === 'more') return
      if (progress.outcome === 'refused') {
        this.close({ code: 'PROTOCOL', violation: 'no BitTorrent handshake' })
        return
      }
      this.received(progress.bytes, progress.handshake)
      rest = bytes.subarray(progress.taken)
    }
    this.reception.push(rest)
  }

  private live(): void {
    const { clock } = this.options
    const keepAlive = () => this.reception.wire.keepAlive()
    const silent = () => this.close({ code: 'SILENT' })
    this.enter({
      name: 'live',
      timers: [
        new IdleTimer(clock, KEEP_ALIVE_AFTER, () => this.outbox.lastSent, keepAlive),
        new IdleTimer(clock, SILENCE_LIMIT, () => this.lastReceived, silent),
      ],
    })
  }

  private isClosed(): boolean {
    return this.state.name === 'closed'
  }

  private enter(next: State): void {
    for (const timer of this.state.timers) timer.cancel()
    this.state = next
  }

  /** Runs `write` when the connection stands; all that it sends goes out in one go. */
  private sending(write: (wire: ControlWire) => void): void {
    if (this.isClosed()) return
    if (!this.greeted) throw new Error('a message before our handshake')
    this.outbox.batch(() => write(this.reception.wire))
  }

  private rejectAsAsked(blocks: readonly BlockAddress[]): void {
    if (this.isClosed()) return
    if (this.bufferedBytes === 0) this.unreadRejects = 0
    this.unreadRejects += blocks.length
    if (this.unreadRejects > MAX_UNREAD_REJECTS)
      this.close({ code: 'PROTOCOL', violation: 'makes us reject and does not read it' })
    else this.outbox.put(blockMessages(MESSAGE.REJECT, blocks))
  }
}
