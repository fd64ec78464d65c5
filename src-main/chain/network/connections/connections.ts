/**
 * Opens and takes connections, up to their numbers: 8 that we choose, those that a person named, a feeler now and then, and
 * as many incoming ones as are left of 125, where a new one may take the place of another. Who misbehaves is kept away.
 * What peers say is the owner's business.
 */
import { canonicalIp } from '../../../codec/ip-address.ts'
import type { Clock, Millis } from '../../../kernel/clock.ts'
import type { Log } from '../../../kernel/log.ts'
import {
  type Endpoint,
  formatEndpoint,
  type Listener,
  type StreamSocket,
  type Streams,
} from '../../../kernel/network.ts'
import type { Random } from '../../../kernel/random.ts'
import type { AddressManager } from '../addrman/address-manager.ts'
import {
  type CloseReason,
  deservesDiscouragement,
  type PeerConnectionHandler,
  type PeerConnectionOptions,
  type PeerMessage,
} from '../connection-types.ts'
import { DiscouragedAddresses } from '../discouraged-addresses.ts'
import { netgroupOf } from '../netgroup.ts'
import { Peer, type PeerDirection } from '../peer.ts'
import { connectToPeer, PeerConnection } from '../peer-connection.ts'
import { exponentialDelay } from '../relay/exponential.ts'
import type { Connection } from './connection.ts'
import { Dialler, FEELER_INTERVAL } from './dialler.ts'
import { connectionToEvict } from './inbound-eviction.ts'
import { Inbox } from './inbox.ts'
import { MAX_MANUAL_PEERS, ManualPeers } from './manual-peers.ts'
import { reasonText } from './reason-text.ts'

/** Connections that we choose. */
export const MAX_OUTGOING = 8
/** In all. */
export const MAX_CONNECTIONS = 125
const FEELERS = 1
/** Connections that are opened in one second. */
const DIALS_AT_ONCE = 2
const KEY_BYTES = 16

export interface ConnectionLimits {
  readonly outgoing: number
  readonly all: number
}

export interface ConnectionsPorts {
  readonly clock: Clock
  readonly random: Random
  readonly streams: Streams
  readonly log: Log
  readonly addresses: AddressManager
}

export interface ConnectionsOwner {
  /** What we say of ourselves, asked for each connection. */
  introduction(): PeerConnectionOptions
  joined(peer: Peer): void
  /** What it returns is awaited before the peer's next message. */
  handle(peer: Peer, message: PeerMessage): void | Promise<void>
  drained(peer: Peer): void
  left(peer: Peer): void
}

export class Connections {
  readonly #ports: ConnectionsPorts
  readonly #owner: ConnectionsOwner
  readonly #limits: ConnectionLimits
  readonly #all = new Set<Connection>()
  readonly #manual = new ManualPeers()
  readonly #discouraged: DiscouragedAddresses
  readonly #dialler: Dialler
  readonly #evictionKey: Uint8Array
  #listener: Listener | undefined
  #nextFeeler: Millis
  #serial = 0
  #isClosed = false

  constructor(
    ports: ConnectionsPorts,
    owner: ConnectionsOwner,
    options: { readonly anchors?: readonly Endpoint[]; readonly limits?: Partial<ConnectionLimits> } = {},
  ) {
    this.#ports = ports
    this.#owner = owner
    this.#limits = { outgoing: MAX_OUTGOING, all: MAX_CONNECTIONS, ...options.limits }
    this.#discouraged = new DiscouragedAddresses(ports.clock)
    this.#dialler = new Dialler(ports.addresses, this.#discouraged, options.anchors ?? [])
    this.#evictionKey = ports.random.bytes(KEY_BYTES)
    this.#nextFeeler = ports.clock.now() + exponentialDelay(ports.random, FEELER_INTERVAL)
  }

  get all(): ReadonlySet<Connection> {
    return this.#all
  }

  get manual(): readonly Endpoint[] {
    return this.#manual.endpoints
  }

  get listening(): Endpoint | undefined {
    return this.#listener?.local
  }

  /** @throws an Error with code `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` */
  async listen(at: Endpoint): Promise<void> {
    const listener = await this.#ports.streams.listen(at, (socket) => this.#accept(socket))
    if (this.#isClosed) await listener.close()
    else this.#listener = listener
  }

  /** A person wants this peer: tried at once, and again for ever. False where there are too many such. */
  connect(endpoint: Endpoint): boolean {
    const { clock } = this.#ports
    this.#discouraged.forgive(endpoint)
    if (!this.#manual.add(endpoint, clock.now())) return false
    this.#dialManual(clock.now())
    return true
  }

  /** It is not kept to any more; a connection to it ends. */
  forget(endpoint: Endpoint): void {
    this.#manual.delete(endpoint)
    for (const connection of [...this.#all])
      if (connection.direction === 'manual' && isSame(connection.endpoint, endpoint))
        connection.link.disconnect('no longer wanted')
  }

  tick(now: Millis): void {
    this.#dialManual(now)
    this.#dialOutgoing()
    if (now >= this.#nextFeeler) this.#sendFeeler(now)
    for (const { peer, endpoint } of this.#all)
      if (peer?.direction === 'outgoing' || peer?.direction === 'manual') this.#ports.addresses.seen(endpoint)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const { link } of [...this.#all]) link.disconnect('stopping')
    await this.#listener?.close()
    this.#listener = undefined
  }

  #dialManual(now: Millis): void {
    for (const endpoint of this.#manual.due(now)) {
      if (this.#isConnected(endpoint)) this.#manual.lost(endpoint, now)
      else this.#dial(endpoint, 'manual')
    }
  }

  #dialOutgoing(): void {
    for (let dials = 0; dials < DIALS_AT_ONCE; dials++) {
      if (this.#count('outgoing') >= this.#limits.outgoing) return
      const endpoint = this.#dialler.outgoing(this.#dialState())
      if (endpoint === undefined) return
      this.#dial(endpoint, 'outgoing')
    }
  }

  #sendFeeler(now: Millis): void {
    this.#nextFeeler = now + exponentialDelay(this.#ports.random, FEELER_INTERVAL)
    if (this.#count('feeler') >= FEELERS || this.#count('outgoing') < this.#limits.outgoing) return
    const target = this.#dialler.feeler(this.#dialState())
    if (target) this.#dial(target, 'feeler')
  }

  #dialState = () => ({ connections: this.#all, wallTime: this.#ports.clock.wallTime() })

  #isConnected(endpoint: Endpoint): boolean {
    for (const connection of this.#all)
      if (connection.direction !== 'incoming' && isSame(connection.endpoint, endpoint)) return true
    return false
  }

  #count(direction: PeerDirection): number {
    let count = 0
    for (const connection of this.#all) if (connection.direction === direction) count++
    return count
  }

  #dial(endpoint: Endpoint, direction: PeerDirection): void {
    const { streams, addresses } = this.#ports
    const origin = direction === 'manual' ? 'manual' : (addresses.find(endpoint)?.origin ?? 'gossip')
    addresses.attempted(endpoint)
    this.#open(endpoint, direction, origin, (handler, options) => connectToPeer(streams, endpoint, handler, options))
  }

  #accept(socket: StreamSocket): PeerConnection | undefined {
    const { host, port } = socket.remote
    const endpoint = { host: canonicalIp(host) ?? host, port }
    if (this.#isClosed || this.#discouraged.has(endpoint) || !this.#makeRoom()) return undefined
    return this.#open(
      endpoint,
      'incoming',
      'incoming',
      (handler, options) => new PeerConnection(socket, 'incoming', handler, options),
    )
  }

  /** Of the incoming connections that there may be, one is free, or is freed. */
  #makeRoom(): boolean {
    const room = this.#limits.all - this.#limits.outgoing - MAX_MANUAL_PEERS - FEELERS
    if (this.#count('incoming') < room) return true
    const incoming = [...this.#all].filter(({ direction }) => direction === 'incoming')
    const evicted = connectionToEvict(
      incoming.map(({ name, netgroup, link, peer, since }) => ({
        id: name,
        netgroup,
        minimumPing: link.pings.minimum,
        lastBlockAt: peer?.lastBlockAt,
        lastTransactionAt: peer?.lastTransactionAt,
        connectedAt: since,
      })),
      this.#evictionKey,
    )
    const connection = incoming.find(({ name }) => name === evicted?.id)
    connection?.link.disconnect('another connection takes its place')
    return connection !== undefined
  }

  #open(
    endpoint: Endpoint,
    direction: PeerDirection,
    origin: Connection['origin'],
    connect: (handler: PeerConnectionHandler, options: PeerConnectionOptions) => PeerConnection,
  ): PeerConnection {
    const { clock } = this.#ports
    const handler: PeerConnectionHandler = {
      ready: () => this.#ready(connection),
      message: (message) => connection.inbox?.push(message),
      drained: () => connection.peer && this.#owner.drained(connection.peer),
      closed: (reason) => this.#closed(connection, reason),
    }
    this.#serial++
    const connection: Connection = {
      name: `${formatEndpoint(endpoint)} #${this.#serial}`,
      endpoint,
      direction,
      origin,
      netgroup: netgroupOf(endpoint),
      since: clock.now(),
      connectedAt: clock.wallTime(),
      link: connect(handler, this.#owner.introduction()),
      peer: undefined,
      inbox: undefined,
    }
    this.#all.add(connection)
    return connection.link
  }

  #ready(connection: Connection): void {
    const { name, endpoint, direction, link } = connection
    const introduction = link.peer
    if (introduction === undefined) return
    if (direction !== 'incoming') this.#ports.addresses.good(endpoint, introduction.services)
    if (direction === 'manual') this.#manual.reached(endpoint)
    if (direction === 'feeler') {
      link.disconnect('it answers')
      return
    }
    const peer = new Peer(link, { name, endpoint, direction, introduction })
    if (direction === 'outgoing' && peer.blocks === 'none') {
      link.disconnect('it offers no blocks')
      return
    }
    connection.peer = peer
    connection.inbox = new Inbox({
      handle: (message) => this.#owner.handle(peer, message),
      pauseReading: () => link.pauseReading(),
      resumeReading: () => link.resumeReading(),
    })
    this.#owner.joined(peer)
  }

  #closed(connection: Connection, reason: CloseReason): void {
    const { endpoint, direction, peer } = connection
    const { addresses, clock, log } = this.#ports
    this.#all.delete(connection)
    connection.inbox?.close()
    if (deservesDiscouragement(reason)) this.#discouraged.add(endpoint)
    if (reason.code === 'SELF' && direction !== 'incoming') {
      addresses.forget(endpoint)
      this.#manual.delete(endpoint)
    }
    if (direction === 'manual') this.#manual.lost(endpoint, clock.now())
    log.write('debug', 'connection ended', { peer: connection.name, direction, reason: reasonText(reason) })
    if (peer === undefined) return
    peer.isGone = true
    this.#owner.left(peer)
  }
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.host === b.host && a.port === b.port
}
