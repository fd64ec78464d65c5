/**
 * Takes peer connections for all torrents on one port (of one or more addresses) and hands each to the swarm whose info hash it names.
 * Limit: `MAX_HANDSHAKING` connections that have not named a torrent yet; more are refused.
 */
import { toHex } from '../../kernel/bytes.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Endpoint, Listener, StreamHandler, StreamSocket, Streams } from '../../kernel/network.ts'
import { acceptIncoming, type IncomingRoute } from '../wire/connect.ts'

export const MAX_HANDSHAKING = 50

/** What takes the connections of one torrent: its swarm, or what fetches its metadata. */
export interface IncomingTarget {
  /** 20 bytes. */
  readonly infoHash: Uint8Array
  /** A connection came in. Undefined refuses it. */
  incoming(peerId: Uint8Array, remote: Endpoint): IncomingRoute | undefined
}

export class PeerListener {
  private readonly streams: Streams
  private readonly clock: Clock
  private readonly targets = new Map<string, IncomingTarget>()
  private readonly handshaking = new Set<StreamSocket>()
  private readonly listeners: Listener[] = []

  constructor(ports: { readonly streams: Streams; readonly clock: Clock }) {
    this.streams = ports.streams
    this.clock = ports.clock
  }

  /** The port on which it listens; 0 while it does not. */
  get port(): number {
    return this.listeners[0]?.local.port ?? 0
  }

  /** Listens at one more address: IPv4 and IPv6 are two. @throws an Error with code `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` */
  async listen(at: Endpoint): Promise<void> {
    this.listeners.push(await this.streams.listen(at, (socket) => this.accept(socket)))
  }

  /** In place of what took the torrent's connections before, if anything did. */
  add(target: IncomingTarget): void {
    this.targets.set(toHex(target.infoHash), target)
  }

  /** Nothing where another has taken its place. */
  remove(target: IncomingTarget): void {
    const key = toHex(target.infoHash)
    if (this.targets.get(key) === target) this.targets.delete(key)
  }

  /** Takes no more connections. Those of swarms stay. */
  async close(): Promise<void> {
    await Promise.all(this.listeners.splice(0).map((listener) => listener.close()))
    for (const socket of this.handshaking) socket.destroy()
  }

  private accept(socket: StreamSocket): StreamHandler | undefined {
    if (this.handshaking.size >= MAX_HANDSHAKING) return undefined
    this.handshaking.add(socket)
    const inner = acceptIncoming(socket, { clock: this.clock }, (infoHash, peerId, remote) => {
      this.handshaking.delete(socket)
      return this.targets.get(toHex(infoHash))?.incoming(peerId, remote)
    })
    return {
      data: (bytes) => inner.data(bytes),
      drained: () => inner.drained?.(),
      ended: () => inner.ended?.(),
      closed: (error) => {
        this.handshaking.delete(socket)
        inner.closed(error)
      },
    }
  }
}
