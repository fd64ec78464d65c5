/**
 * The peers of a torrent of which only the info hash is known (a magnet), until one of them has given its metadata
 * (BEP 9): follows the sources, dials, takes calls, asks `MetadataAssembly` what to ask of whom, and reports once.
 *
 *     stopped -> running -> stopping -> stopped        (may be started again; what is known and received is kept)
 *     running -> found                                 (everything has ended by itself)
 *
 * A peer that offers no metadata, or offers it and does not send it, is let go after some time and replaced; one that
 * alone sent metadata that was wrong, or contradicts itself, is banned. Neither interest nor pieces are ever spoken of.
 *
 * One timer: once a second while there are connections, else when the next endpoint may be dialled. None after `stop`.
 * Limits: connections by the session's `ConnectionBudget`, endpoints by `PeerList`, metadata of 10 MB.
 * Spec: BEP 5 (port), 9, 10, 11 (taking only).
 */
import { isLoopbackIp } from '../../codec/ip-address.ts'
import { MINUTE, type Millis, SECOND } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { PeerSource, PeerSourceStatus } from '../../kernel/peer-source.ts'
import { WakeUp } from '../../kernel/wake-up.ts'
import { Bitfield } from '../bitfield.ts'
import { Connections } from '../swarm/connections.ts'
import { Extensions } from '../swarm/extensions.ts'
import type { Peer, PeerOwner } from '../swarm/peer.ts'
import { PeerList, type PeerOrigin } from '../swarm/peer-list.ts'
import { Sources } from '../swarm/sources.ts'
import type { IncomingRoute } from '../wire/connect.ts'
import { UNKNOWN_GEOMETRY } from '../wire/frame-guard.ts'
import type { CloseReason, ExtendedHandshake, PeerHandshake } from '../wire/peer-wire.ts'
import { MetadataAsking } from './metadata-asking.ts'
import type { FoundMetadata, MetadataSnapshot, MetadataSwarmOptions, OriginatedPeer } from './metadata-swarm-options.ts'

export type * from './metadata-swarm-options.ts'

/** A peer without metadata may still tell of others: it stays so long, and only so long while others wait for its place. */
export const PATIENCE: Millis = 2 * MINUTE
export const PATIENCE_WHEN_FULL: Millis = 10 * SECOND
/** What trackers are told is left: more than nothing, or they would take us for a seed. */
const LEFT_WHILE_UNKNOWN = 16_384

export class MetadataSwarm implements PeerOwner {
  readonly infoHash: Uint8Array
  readonly list: PeerList
  private readonly options: MetadataSwarmOptions
  private readonly asking: MetadataAsking
  private readonly connections: Connections
  private readonly extensions: Extensions
  private readonly sources = new Sources()
  private readonly wakeUp: WakeUp
  private state: 'stopped' | 'running' | 'stopping' | 'found' = 'stopped'
  private stopped: Promise<void> = Promise.resolve()
  private since: number

  constructor(options: MetadataSwarmOptions) {
    const { infoHash, clock, events } = options
    this.options = options
    this.infoHash = infoHash
    this.since = clock.wallTime()
    this.list = new PeerList(options.settings?.ourAddress)
    this.asking = new MetadataAsking(infoHash, {
      now: () => clock.now(),
      found: (infoBytes) => this.finish(infoBytes),
      wrong: (peer) => this.blame(peer),
    })
    this.wakeUp = new WakeUp(clock, () => this.tick())
    this.extensions = new Extensions(
      {
        private: false,
        infoBytes: undefined,
        peerExchange: options.peerExchange ?? true,
        tellsPeers: false,
        dhtPort: options.dhtPort,
      },
      {
        now: () => clock.now(),
        exchanged: (endpoints) => this.addPeers(endpoints, 'pex'),
        dhtNode: (endpoint) => events.dhtNode?.(endpoint),
        metadata: (peer, message) => {
          if (this.state === 'running') this.asking.answered(peer, message)
        },
      },
    )
    const wire = () => ({ geometry: UNKNOWN_GEOMETRY, uploadOnly: false, ...this.extensions.offer() })
    this.connections = new Connections({ ...options, wire, finished: () => false }, this.list, this)
  }

  get isRunning(): boolean {
    return this.state === 'running'
  }

  /** stopped -> running. Announces itself at the sources and connects to what they find. */
  start(sources: readonly PeerSource[]): void {
    if (this.state !== 'stopped') throw new Error(`metadata that is ${this.state} cannot be looked for`)
    this.state = 'running'
    this.since = this.options.clock.wallTime()
    this.follow(sources)
    this.dialMore()
  }

  /** Announces itself at further sources too. Nothing where it does not run. */
  follow(sources: readonly PeerSource[]): void {
    if (this.state !== 'running') return
    const { infoHash, options } = this
    const { peerId, port } = options
    const totals = () => ({ uploaded: 0, downloaded: 0, left: LEFT_WHILE_UNKNOWN })
    this.sources.follow(sources, false, { infoHash, peerId, port, totals }, (endpoints, kind) =>
      this.addPeers(endpoints, kind),
    )
  }

  /** running -> stopping -> stopped. Resolves when every connection has closed and sources have said goodbye; after `found` without. */
  stop(): Promise<void> {
    if (this.state !== 'running') return this.stopped
    this.state = 'stopping'
    this.end()
    void this.stopped.then(() => {
      this.state = 'stopped'
    })
    return this.stopped
  }

  /** Takes note of endpoints and dials them as the budget allows. */
  addPeers(endpoints: readonly Endpoint[], origin: PeerOrigin): void {
    const now = this.now()
    let added = false
    for (const endpoint of endpoints) added = this.list.add(endpoint, origin, now) || added
    if (added) this.dialMore()
  }

  /** Asks the sources for more peers. */
  refresh(): void {
    this.sources.refresh()
  }

  /** A connection came in for this torrent. Undefined refuses it. */
  incoming(peerId: Uint8Array, remote: Endpoint): IncomingRoute | undefined {
    if (this.state !== 'running') return undefined
    const route = this.connections.accept(peerId, remote)
    if (route) this.wakeUp.within(SECOND)
    return route
  }

  /** Switches peer exchange, at once and for all peers. */
  setPeerExchange(on: boolean): void {
    this.extensions.exchange.enable(on, this.connections.live.values())
  }

  snapshot(): MetadataSnapshot {
    const { live, all } = this.connections
    return {
      since: this.since,
      known: this.list.others,
      connecting: all.size - live.size,
      connected: live.size,
      serving: [...live.values()].filter((peer) => this.asking.serves(peer)).length,
      ...this.asking.progress,
    }
  }

  /** The connected peers, as they are now. Read only. */
  peers(): readonly Peer[] {
    return [...this.connections.live.values()]
  }

  sourceStatus(): readonly PeerSourceStatus[] {
    return this.state === 'running' ? [...this.sources.status(), this.extensions.status()] : []
  }

  /** Closes a peer's connection; it may come back, and is dialled again after a while. */
  disconnect(serial: number): void {
    this.connections.close({ code: 'DISCONNECTED' }, (peer) => peer.serial === serial)
  }

  /** Has nothing to do with an address any more. */
  ban(host: string): void {
    if (this.list.isBanned(host)) return
    this.list.ban(host)
    this.connections.close({ code: 'BANNED' }, (peer) => peer.host === host)
  }

  // From the peers.

  now(): Millis {
    return this.options.clock.now()
  }

  handshaken(peer: Peer, handshake: PeerHandshake): void {
    if (!this.connections.handshaken(peer, handshake)) return
    // BEP 6 asks for a word on our pieces: none.
    peer.wire.sendPieces(new Bitfield(1))
    this.extensions.join(peer)
  }

  extended(peer: Peer, handshake: ExtendedHandshake): void {
    if (!peer.live) return
    if (handshake.listenPort !== undefined) this.connections.learnAddress(peer, handshake.listenPort)
    this.asking.greeted(peer, handshake)
  }

  extendedMessage(peer: Peer, name: string, payload: Uint8Array): void {
    if (peer.live) this.extensions.received(peer, name, payload)
  }

  dhtPort(peer: Peer, port: number): void {
    if (peer.live) this.extensions.dhtPortTold(peer, port)
  }

  closed(peer: Peer, reason: CloseReason): void {
    if (!this.connections.remove(peer, reason)) return
    const { log } = this.options
    log.write('debug', 'peer closed', { host: peer.host, port: peer.endpoint.port, reason: reason.code })
    this.extensions.leave(peer)
    this.asking.leave(peer)
    peer.live = false
    if (this.state !== 'running') return
    this.asking.ask()
    this.dialMore()
  }

  // Pieces are not spoken of: what peers say of them is passed over.

  choked(): void {}
  unchoked(): void {}
  interestChanged(): void {}
  has(): void {}
  hasPieces(): void {}
  blockTarget(): undefined {}
  blockReceived(): void {}
  rejected(): void {}

  /** Its metadata was wrong, or it contradicts itself. On loopback, where one address has many peers, only it is closed. */
  private blame(peer: Peer): void {
    const { host } = peer
    this.options.log.write('warn', 'peer sent wrong metadata', { host })
    if (isLoopbackIp(host)) {
      peer.wire.close({ code: 'PROTOCOL', violation: 'wrong metadata' })
      return
    }
    this.ban(host)
    this.options.events.peerBanned?.(host)
  }

  /** running -> found */
  private finish(infoBytes: Uint8Array): void {
    const peers = this.bestPeers()
    this.state = 'found'
    // The torrent's own swarm follows: no tracker has to be told that we go.
    this.end('handover')
    const found: FoundMetadata = { infoBytes, peers }
    this.options.events.found(found)
  }

  /** Those that are connected first, then the others that may be dialled. */
  bestPeers(): OriginatedPeer[] {
    const known = [...this.list.known.values()].filter(({ self }) => !self)
    const connected = new Set(this.peers().map((peer) => peer.known))
    const first = known.filter((one) => connected.has(one))
    const others = known.filter((one) => !connected.has(one)).sort((a, b) => a.failures - b.failures)
    return [...first, ...others].map(({ endpoint, origin }) => ({ endpoint, origin }))
  }

  private end(how?: 'handover'): void {
    this.wakeUp.cancel()
    this.connections.close({ code: 'STOPPED' })
    this.stopped = this.sources.stop(how)
  }

  /** One second has passed, or an endpoint may be dialled again. */
  private tick(): void {
    this.connections.closeOwn()
    this.letGo(this.now())
    this.asking.ask()
    this.dialMore()
  }

  /** Peers that give nothing make room for others. */
  private letGo(now: Millis): void {
    const { all, live } = this.connections
    const next = this.list.nextAt(false)
    const full = all.size >= this.options.budget.limits.perTorrent && next !== undefined && next <= now
    const patience = full ? PATIENCE_WHEN_FULL : PATIENCE
    for (const peer of [...live.values()]) {
      const useless = this.asking.isUseless(peer)
      const spent = this.asking.serves(peer) ? useless : now - peer.connectedAt >= patience
      if (spent) peer.wire.close({ code: 'NO_METADATA' })
    }
  }

  private dialMore(): void {
    if (this.state !== 'running') return
    this.connections.dial()
    if (this.connections.all.size > 0) this.wakeUp.within(SECOND)
    else {
      const next = this.list.nextAt(false)
      if (next !== undefined) this.wakeUp.within(Math.max(SECOND, next - this.now()))
    }
  }
}
