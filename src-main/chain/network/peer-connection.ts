/**
 * A connection to one node over a stream: both handshakes, pings, limits and counters. What the messages mean is its
 * owner's business.
 *
 *     connecting -> greeting -> acknowledging -> ready      (we dial: our `version` goes first)
 *                   greeting -> acknowledging -> ready      (we are dialled: ours answers the peer's)
 *     any -> closed
 *
 * Between `version` and `verack` either side says what else it speaks: `wtxidrelay` (BIP 339), `sendaddrv2` (BIP 155).
 * Limits: 60 s for the handshakes, in which no payload is above `HANDSHAKE_ALLOWANCE`; a ping every 2 min, the end after
 * 20 min without its pong; `MAX_UNSENT_BYTES` that the peer does not take.
 */
import { type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import type { Endpoint, StreamHandler, StreamSocket, Streams } from '../../kernel/network.ts'
import type {
  CloseReason,
  PeerConnectionHandler,
  PeerConnectionOptions,
  PeerIntroduction,
  PeerMessage,
} from './connection-types.ts'
import { type Extra, extrasFor, introductionOf, ourVersion } from './handshake.ts'
import { MessageReader } from './message-reader.ts'
import { MAX_PAYLOAD_BYTES } from './messages/envelope.ts'
import { encodeMessage, type Message, MIN_PROTOCOL_VERSION, WireError } from './messages/index.ts'
import type { Version } from './messages/version.ts'
import { type PingTimes, PingWatch } from './ping-watch.ts'
import { TrafficCounter, type TrafficTable } from './traffic.ts'

/** Until a connection that we dial stands. */
export const CONNECT_LIMIT: Millis = 10 * SECOND
/** From the first moment to the peer's `verack`. */
export const HANDSHAKE_LIMIT: Millis = 60 * SECOND
/** Largest payload before the handshakes are over. */
export const HANDSHAKE_ALLOWANCE = 1_000
/** Two of the largest messages and half as much again: a peer that leaves more to us is too slow for what it asks. */
export const MAX_UNSENT_BYTES = 10_000_000

type State =
  | { readonly name: 'connecting'; readonly timers: readonly [] }
  | { readonly name: 'greeting'; readonly timers: readonly [giveUp: Timer] }
  | {
      readonly name: 'acknowledging'
      readonly version: Version
      readonly extras: Set<Extra>
      readonly timers: readonly [giveUp: Timer]
    }
  | { readonly name: 'ready'; readonly timers: readonly [pings: PingWatch] }
  | { readonly name: 'closed'; readonly timers: readonly [] }

export class PeerConnection implements StreamHandler {
  readonly direction: 'incoming' | 'outgoing'
  /** Monotonic. */
  readonly since: Millis
  readonly #socket: StreamSocket
  readonly #handler: PeerConnectionHandler
  readonly #options: PeerConnectionOptions
  readonly #reader: MessageReader
  readonly #received = new TrafficCounter()
  readonly #sent = new TrafficCounter()
  readonly #nonce: bigint
  #state: State
  #peer: PeerIntroduction | undefined
  #pings: PingTimes = { latest: undefined, minimum: undefined }

  /** An incoming connection begins here; for outgoing ones see `connectToPeer`. */
  constructor(
    socket: StreamSocket,
    direction: 'incoming' | 'outgoing',
    handler: PeerConnectionHandler,
    options: PeerConnectionOptions,
  ) {
    this.direction = direction
    this.since = options.clock.now()
    this.#socket = socket
    this.#handler = handler
    this.#options = options
    this.#nonce = options.nonces.make()
    this.#reader = new MessageReader(options.magic, {
      message: (message, size) => this.#receive(message, size),
      skipped: (command, size) => this.#received.count(command, size),
    })
    this.#reader.allowance = HANDSHAKE_ALLOWANCE
    this.#state = direction === 'outgoing' ? { name: 'connecting', timers: [] } : this.#greeting()
  }

  get remote(): Endpoint {
    return this.#socket.remote
  }

  /** Undefined until `ready`. */
  get peer(): PeerIntroduction | undefined {
    return this.#peer
  }

  get isReady(): boolean {
    return this.#state.name === 'ready'
  }

  get pings(): PingTimes {
    return this.#state.name === 'ready' ? this.#state.timers[0].times : this.#pings
  }

  get received(): { readonly bytes: number; readonly table: TrafficTable } {
    return this.#received
  }

  get sent(): { readonly bytes: number; readonly table: TrafficTable } {
    return this.#sent
  }

  /** Bytes sent and not yet taken by the system. Who serves blocks waits for `drained` long before `MAX_UNSENT_BYTES`. */
  get bufferedBytes(): number {
    return this.#socket.bufferedBytes
  }

  /** Ignored once closed. Byte strings of the message must not change until drained. @throws Error before `ready` */
  send(message: PeerMessage): void {
    if (this.#state.name === 'closed') return
    if (this.#state.name !== 'ready') throw new Error('a message before the handshakes were over')
    this.#write(message)
  }

  /** Lets the peer feel that we are behind. What has already come is still delivered. */
  pauseReading(): void {
    if (this.#state.name !== 'closed') this.#socket.pauseReading()
  }

  resumeReading(): void {
    if (this.#state.name !== 'closed') this.#socket.resumeReading()
  }

  /** It broke a rule that no honest node breaks: any -> closed */
  misbehaved(rule: string): void {
    this.#close({ code: 'MISBEHAVED', rule })
  }

  /** any -> closed */
  disconnect(why: string): void {
    this.#close({ code: 'LOCAL', why })
  }

  /** connecting -> greeting */
  connected(): void {
    if (this.#state.name !== 'connecting') return
    this.#enter(this.#greeting())
    this.#introduce()
  }

  data(bytes: Uint8Array): void {
    if (this.#state.name === 'closed') return
    try {
      this.#reader.push(bytes)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#close({ code: 'WIRE', error })
    }
  }

  drained(): void {
    if (this.#state.name === 'ready') this.#handler.drained?.(this)
  }

  ended(): void {
    this.#close({ code: 'REMOTE_CLOSED' })
  }

  closed(error?: Error): void {
    this.#close(error ? { code: 'NETWORK', error } : { code: 'REMOTE_CLOSED' })
  }

  #greeting(): State {
    const giveUp = this.#options.clock.after(HANDSHAKE_LIMIT, () => this.#close({ code: 'HANDSHAKE_TIMEOUT' }))
    return { name: 'greeting', timers: [giveUp] }
  }

  #introduce(): void {
    this.#write(ourVersion(this.#options, this.#nonce, this.remote))
  }

  #receive(message: Message, size: number): void {
    this.#received.count(message.command, size)
    const state = this.#state
    switch (state.name) {
      case 'greeting':
        if (message.command === 'version') this.#greeted(message, state.timers)
        else this.#close({ code: 'OUT_OF_TURN', command: message.command })
        return
      case 'acknowledging':
        if (message.command === 'verack') this.#acknowledged(state.version, state.extras)
        else if (message.command === 'sendaddrv2' || message.command === 'wtxidrelay') state.extras.add(message.command)
        else if (message.command === 'version') this.#close({ code: 'OUT_OF_TURN', command: 'version' })
        // Anything else is early, and is passed over as other nodes do.
        return
      case 'ready':
        this.#receiveReady(message, state.timers[0])
    }
  }

  /** greeting -> acknowledging */
  #greeted(version: Version, timers: readonly [Timer]): void {
    if (this.#options.nonces.recognise(version.nonce)) {
      this.#close({ code: 'SELF' })
      return
    }
    if (version.version < MIN_PROTOCOL_VERSION) {
      this.#close({ code: 'OBSOLETE', version: version.version })
      return
    }
    this.#enter({ name: 'acknowledging', version, extras: new Set(), timers })
    if (this.direction === 'incoming') this.#introduce()
    for (const command of extrasFor(version.version)) this.#write({ command })
    this.#write({ command: 'verack' })
  }

  /** acknowledging -> ready */
  #acknowledged(version: Version, extras: ReadonlySet<Extra>): void {
    const { clock, random, nonces } = this.#options
    nonces.release(this.#nonce)
    this.#reader.allowance = MAX_PAYLOAD_BYTES
    this.#peer = introductionOf(version, extras, clock.wallTime())
    const ping = (nonce: bigint) => this.#write({ command: 'ping', nonce })
    const silent = () => this.#close({ code: 'SILENT' })
    const pings = new PingWatch(clock, random, ping, silent)
    this.#enter({ name: 'ready', timers: [pings] })
    pings.start()
    if (this.isReady) this.#handler.ready(this)
  }

  #receiveReady(message: Message, pings: PingWatch): void {
    switch (message.command) {
      case 'version':
      case 'sendaddrv2':
      case 'wtxidrelay':
        this.#close({ code: 'OUT_OF_TURN', command: message.command })
        return
      case 'verack':
        return
      case 'ping':
        this.#write({ command: 'pong', nonce: message.nonce })
        return
      case 'pong':
        pings.pong(message.nonce)
        return
      default:
        this.#handler.message(message, this)
    }
  }

  #write(message: Message): void {
    if (this.#state.name === 'closed') return
    const parts = encodeMessage(this.#options.magic, message)
    this.#sent.count(
      message.command,
      parts.reduce((sum, part) => sum + part.length, 0),
    )
    this.#socket.write(...parts)
    const { bufferedBytes } = this.#socket
    if (bufferedBytes > MAX_UNSENT_BYTES) this.#close({ code: 'SLOW_READER', bufferedBytes })
  }

  /** any -> closed */
  #close(reason: CloseReason): void {
    if (this.#state.name === 'closed') return
    this.#pings = this.pings
    const isSelf = this.#options.nonces.release(this.#nonce)
    this.#enter({ name: 'closed', timers: [] })
    this.#reader.stop()
    this.#socket.destroy()
    this.#handler.closed(isSelf ? { code: 'SELF' } : reason, this)
  }

  /** Cancels the timers that do not go on in the next state. */
  #enter(next: State): void {
    const going: readonly Timer[] = next.timers
    for (const timer of this.#state.timers) if (!going.includes(timer)) timer.cancel()
    this.#state = next
  }
}

/** Dials a node. The handler is not called before this returns. */
export function connectToPeer(
  streams: Streams,
  endpoint: Endpoint,
  handler: PeerConnectionHandler,
  options: PeerConnectionOptions,
): PeerConnection {
  const relay: StreamHandler = {
    connected: () => connection.connected(),
    data: (bytes) => connection.data(bytes),
    drained: () => connection.drained(),
    ended: () => connection.ended(),
    closed: (error) => connection.closed(error),
  }
  const socket = streams.connect(endpoint, relay, { timeout: CONNECT_LIMIT })
  const connection = new PeerConnection(socket, 'outgoing', handler, options)
  return connection
}
