/** The two ways a peer connection begins: we dial, or a stream comes in and its info hash says where it belongs. */
import { type Clock, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import type { Endpoint, StreamHandler, StreamSocket, Streams } from '../../kernel/network.ts'
import type { PeerConnectionOptions } from './connection-options.ts'
import { HandshakeReader } from './handshake-reader.ts'
import { HANDSHAKE_LIMIT, PeerConnection } from './peer-connection.ts'
import type { PeerWire, PeerWireHandler } from './peer-wire.ts'

/** libtorrent's. */
export const CONNECT_LIMIT: Millis = 15 * SECOND

export interface OutgoingOptions extends PeerConnectionOptions {
  /** 20 bytes, `makePeerId`. */
  readonly peerId: Uint8Array
}

/** Dials a peer and greets it. The handler is not called before this returns. */
export function connectPeer(
  streams: Streams,
  endpoint: Endpoint,
  handler: PeerWireHandler,
  options: OutgoingOptions,
): PeerWire {
  const relay: StreamHandler = {
    connected: () => connection.connected(),
    data: (bytes) => connection.data(bytes),
    drained: () => connection.drained(),
    ended: () => connection.ended(),
    closed: (error) => connection.closed(error),
  }
  const socket = streams.connect(endpoint, relay, { timeout: CONNECT_LIMIT })
  const connection = new PeerConnection(socket, options.peerId, () => handler, options)
  return connection
}

/** Where an incoming connection belongs. */
export interface IncomingRoute extends PeerConnectionOptions {
  /** Makes the handler. Its `handshake` follows at once and calls `wire.handshake` or `wire.close` before it returns. */
  attach(wire: PeerWire): PeerWireHandler
}

/** The session's choice of a swarm; undefined refuses the peer. All arrays are the caller's to keep. */
export type RouteIncoming = (infoHash: Uint8Array, peerId: Uint8Array, remote: Endpoint) => IncomingRoute | undefined

/**
 * Takes a connection that has come in. Before the peer's handshake is whole there is no handler: a peer that says
 * anything else, is slow or is not wanted is simply disconnected.
 */
export function acceptIncoming(
  socket: StreamSocket,
  options: { readonly clock: Clock },
  route: RouteIncoming,
): StreamHandler {
  return new IncomingStream(socket, options.clock, route)
}

type IncomingState =
  | { readonly name: 'handshaking'; readonly reader: HandshakeReader; readonly giveUp: Timer }
  | { readonly name: 'routed'; readonly connection: PeerConnection }
  | { readonly name: 'closed' }

class IncomingStream implements StreamHandler {
  private readonly socket: StreamSocket
  private readonly route: RouteIncoming
  private state: IncomingState

  constructor(socket: StreamSocket, clock: Clock, route: RouteIncoming) {
    this.socket = socket
    this.route = route
    const giveUp = clock.after(HANDSHAKE_LIMIT, () => this.refuse())
    this.state = { name: 'handshaking', reader: new HandshakeReader(), giveUp }
  }

  data(bytes: Uint8Array): void {
    const { state } = this
    if (state.name === 'routed') {
      state.connection.data(bytes)
      return
    }
    if (state.name === 'closed') return
    const progress = state.reader.push(bytes)
    if (progress.outcome === 'more') return
    if (progress.outcome === 'refused') {
      this.refuse()
      return
    }
    const { infoHash, peerId } = progress.handshake
    const to = this.route(infoHash, peerId, this.socket.remote)
    if (!to) {
      this.refuse()
      return
    }
    state.giveUp.cancel()
    const connection = new PeerConnection(this.socket, undefined, (wire) => to.attach(wire), to)
    this.state = { name: 'routed', connection }
    connection.received(progress.bytes, progress.handshake)
    connection.data(bytes.subarray(progress.taken))
  }

  drained(): void {
    if (this.state.name === 'routed') this.state.connection.drained()
  }

  ended(): void {
    if (this.state.name === 'routed') this.state.connection.ended()
    else this.refuse()
  }

  closed(error?: Error): void {
    if (this.state.name === 'routed') this.state.connection.closed(error)
    else this.refuse()
  }

  /** handshaking -> closed */
  private refuse(): void {
    if (this.state.name !== 'handshaking') return
    this.state.giveUp.cancel()
    this.state = { name: 'closed' }
    this.socket.destroy()
  }
}
