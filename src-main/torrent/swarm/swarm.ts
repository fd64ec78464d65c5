/**
 * One torrent among its peers: connects, accepts, greets, chokes, and routes between peers, downloader and uploaders.
 * It decides nothing that one of its passive parts can decide.
 *
 *     stopped -> running -> stopping -> stopped        (a stopped swarm may be started again)
 *
 * One timer: once a second while there are peers, else when the next endpoint may be dialled. None after `stop`.
 * Limits: connections by the session's `ConnectionBudget`, endpoints by `PeerList`, memory by `Downloader`.
 * Spec: BEP 3, 5 (port), 6, 9 (serving), 10, 11, 21, 27, 40, 53.
 */
import { type Millis, SECOND } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { PeerSource, PeerSourceStatus } from '../../kernel/peer-source.ts'
import { RateMeter } from '../../kernel/rate-meter.ts'
import { WakeUp } from '../../kernel/wake-up.ts'
import type { Bitfield } from '../bitfield.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { IncomingRoute } from '../wire/connect.ts'
import type { BlockAddress, CloseReason, ExtendedHandshake, PeerHandshake } from '../wire/peer-wire.ts'
import { Connections } from './connections.ts'
import { diskErrorOf } from './disk-error-of.ts'
import { Downloader } from './downloader.ts'
import { Extensions } from './extensions.ts'
import type { Peer, PeerOwner } from './peer.ts'
import { PeerList, type PeerOrigin } from './peer-list.ts'
import { mayComeFrom, Sources } from './sources.ts'
import type { SwarmOptions, SwarmSnapshot } from './swarm-options.ts'
import { Uploads } from './uploads.ts'

export type { SwarmEvents, SwarmOptions, SwarmSettings, SwarmSnapshot } from './swarm-options.ts'

export class Swarm implements PeerOwner {
  readonly metainfo: Metainfo
  readonly list: PeerList
  private readonly options: SwarmOptions
  private readonly downloader: Downloader
  private readonly uploads: Uploads
  private readonly connections: Connections
  private readonly extensions: Extensions
  private readonly down = new RateMeter()
  private readonly sources = new Sources()
  private state: 'stopped' | 'running' | 'stopping' = 'stopped'
  private readonly wakeUp: WakeUp
  private stopped: Promise<void> = Promise.resolve()

  constructor(options: SwarmOptions) {
    this.options = options
    this.metainfo = options.metainfo
    this.list = new PeerList(options.settings?.ourAddress)
    const { random, hasher, storage, clock } = options
    this.wakeUp = new WakeUp(clock, () => this.tick())
    const ports = { now: () => clock.now(), random, hasher, storage, finished: () => this.finished }
    this.downloader = new Downloader(options.metainfo, options.have, options.wanted, ports, {
      have: (piece) => this.gotPiece(piece),
      banned: (host) => this.ban(host),
      diskFailed: (error) => options.events.diskFailed(diskErrorOf(error, this.metainfo.name)),
    })
    this.extensions = new Extensions(
      {
        private: options.metainfo.private,
        infoBytes: options.metainfo.infoBytes,
        peerExchange: options.peerExchange ?? true,
        tellsPeers: true,
        dhtPort: options.dhtPort,
      },
      {
        now: ports.now,
        exchanged: (endpoints) => this.addPeers(endpoints, 'pex'),
        dhtNode: (endpoint) => options.events.dhtNode?.(endpoint),
        metadata: () => {},
      },
    )
    const { geometry } = this.downloader
    const wire = () => ({ geometry, uploadOnly: this.finished, ...this.extensions.offer() })
    const { infoHash } = options.metainfo
    this.connections = new Connections({ ...options, infoHash, wire, finished: ports.finished }, this.list, this)
    this.uploads = new Uploads(ports, options.have, this.live, options.settings?.slots, {
      pieceLost: (piece) => this.lostPiece(piece),
      diskFailed: (error) => options.events.diskFailed(diskErrorOf(error, this.metainfo.name)),
    })
  }

  /** What is verified on disk. Read only. */
  get have(): Bitfield {
    return this.options.have
  }

  /** 20 bytes. */
  get infoHash(): Uint8Array {
    return this.metainfo.infoHash
  }

  /** Everything wanted is on disk. */
  get finished(): boolean {
    return this.downloader.picker.finished
  }

  get isRunning(): boolean {
    return this.state === 'running'
  }

  /** stopped -> running. Announces itself at the sources and connects to what they find. */
  start(sources: readonly PeerSource[]): void {
    if (this.state !== 'stopped') throw new Error(`a ${this.state} swarm cannot be started`)
    this.state = 'running'
    this.downloader.start()
    this.uploads.start()
    this.follow(sources)
    this.dialMore()
  }

  /** Announces itself at further sources too. Nothing where it does not run. */
  follow(sources: readonly PeerSource[]): void {
    if (this.state !== 'running') return
    const { metainfo, peerId, port } = this.options
    const subject = { infoHash: metainfo.infoHash, peerId, port, totals: () => this.totals() }
    this.sources.follow(sources, metainfo.private, subject, (endpoints, kind) => this.addPeers(endpoints, kind))
  }

  /** running -> stopping -> stopped. Resolves when every connection has closed, no piece is being written, and sources have said goodbye. */
  stop(): Promise<void> {
    if (this.state !== 'running') return this.stopped
    this.state = 'stopping'
    this.wakeUp.cancel()
    this.connections.close({ code: 'STOPPED' })
    this.stopped = Promise.allSettled([this.downloader.stop(), this.sources.stop()]).then(() => {
      this.state = 'stopped'
    })
    return this.stopped
  }

  /** Takes note of endpoints and dials them as the budget allows. A private torrent takes them from trackers and people only. */
  addPeers(endpoints: readonly Endpoint[], origin: PeerOrigin): void {
    if (!mayComeFrom(origin, this.metainfo.private)) return
    const now = this.now()
    let added = false
    for (const endpoint of endpoints) added = this.list.add(endpoint, origin, now) || added
    if (added) this.dialMore()
  }

  /** Asks the sources for more peers. */
  refresh(): void {
    this.sources.refresh()
  }

  /**
   * Fetches only these pieces from now on (BEP 53): one bit for each. A piece of which a wanted file has a part is fetched
   * whole, so what it holds of files that are not wanted is written to those too. What is on disk stays and is served.
   * May leave everything wanted on disk: then `completed` is told before this returns.
   */
  select(wanted: Bitfield): void {
    const before = this.finished
    this.downloader.select(wanted)
    if (this.finished === before) return
    if (this.finished) this.becameFinished()
    else this.becameUnfinished()
  }

  /** Switches peer exchange, at once and for all peers. Nothing for a private torrent. */
  setPeerExchange(on: boolean): void {
    this.extensions.exchange.enable(on, this.live.values())
  }

  /** After `diskFailed`: tries the disk again, for fetching and for serving. */
  resumeDisk(): void {
    this.downloader.resume()
    this.uploads.resume()
  }

  /** A connection came in for this torrent. Undefined refuses it. */
  incoming(peerId: Uint8Array, remote: Endpoint): IncomingRoute | undefined {
    if (this.state !== 'running') return undefined
    const route = this.connections.accept(peerId, remote)
    if (route) this.wakeUp.within(SECOND)
    return route
  }

  setSlots(slots: number): void {
    this.uploads.choker.slots = slots
  }

  snapshot(): SwarmSnapshot {
    const now = this.now()
    let seeds = 0
    for (const peer of this.live.values()) if (peer.isSeed) seeds++
    return {
      downRate: this.down.rate(now),
      upRate: this.uploads.meter.rate(now),
      downloaded: this.down.total,
      uploaded: this.uploads.meter.total,
      wasted: this.downloader.wasted,
      seeds,
      peers: this.live.size - seeds,
      connecting: this.connections.all.size - this.live.size,
      known: this.list.others,
    }
  }

  private get live(): ReadonlyMap<string, Peer> {
    return this.connections.live
  }

  /** The connected peers, as they are now. Read only. */
  peers(): readonly Peer[] {
    return [...this.live.values()]
  }

  /** The peer in the optimistic slot. */
  get optimistic(): Peer | undefined {
    return this.uploads.choker.optimistic
  }

  sourceStatus(): readonly PeerSourceStatus[] {
    return this.state === 'stopped' ? [] : [...this.sources.status(), this.extensions.status()]
  }

  /** `WANTED`, `IN_FLIGHT`, `VERIFYING`, `HAVE` or `SKIPPED` for each piece. Read only. */
  get pieceStates(): Uint8Array {
    return this.downloader.picker.states
  }

  /** Closes a peer's connection; it may come back, and is dialled again after a while. */
  disconnect(serial: number): void {
    this.connections.close({ code: 'DISCONNECTED' }, (peer) => peer.serial === serial)
  }

  ban(host: string): void {
    if (this.list.isBanned(host)) return
    this.list.ban(host)
    this.options.log.write('warn', 'peer banned', { host })
    this.options.events.peerBanned?.(host)
    this.connections.close({ code: 'BANNED' }, (peer) => peer.host === host)
  }

  // From the peers.

  now(): Millis {
    return this.options.clock.now()
  }

  handshaken(peer: Peer, handshake: PeerHandshake): void {
    if (!this.connections.handshaken(peer, handshake)) return
    this.downloader.join(peer)
    this.uploads.join(peer)
    peer.wire.sendPieces(this.have)
    this.extensions.join(peer)
  }

  extended(peer: Peer, { listenPort }: ExtendedHandshake): void {
    if (!peer.live) return
    if (listenPort !== undefined) this.connections.learnAddress(peer, listenPort)
    this.closeIfRedundant(peer)
  }

  choked(peer: Peer): void {
    this.downloader.choked(peer)
  }

  unchoked(peer: Peer): void {
    this.downloader.unchoked(peer)
  }

  interestChanged(peer: Peer): void {
    if (peer.live) this.uploads.fillSlots()
  }

  has(peer: Peer, piece: number): void {
    this.downloader.hasPiece(peer, piece)
    this.closeIfRedundant(peer)
  }

  hasPieces(peer: Peer, bits: Bitfield): void {
    this.downloader.hasPieces(peer, bits)
    this.closeIfRedundant(peer)
  }

  blockTarget(peer: Peer, block: BlockAddress): Uint8Array | undefined {
    return this.downloader.blockTarget(peer, block)
  }

  blockReceived(peer: Peer, block: BlockAddress, target: Uint8Array): void {
    this.down.add(block.length, this.now())
    this.downloader.blockReceived(peer, block, target)
  }

  rejected(peer: Peer, block: BlockAddress): void {
    this.downloader.rejected(peer, block)
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
    this.uploads.leave(peer)
    this.downloader.leave(peer)
    this.extensions.leave(peer)
    peer.live = false
    if (this.state !== 'running') return
    this.uploads.fillSlots()
    this.dialMore()
  }

  private totals(): { uploaded: number; downloaded: number; left: number } {
    const left = this.downloader.geometry.bytesMissing(this.have, this.downloader.picker.wanted)
    return { uploaded: this.uploads.meter.total, downloaded: this.down.total, left }
  }

  /** Two that both want nothing more are of no use to each other. */
  private closeIfRedundant(peer: Peer): void {
    if (!peer.live || !this.finished || !peer.isSeed) return
    if (peer.known) peer.known.seed = true
    peer.wire.close({ code: 'REDUNDANT' })
  }

  private gotPiece(piece: number): void {
    for (const peer of this.live.values()) {
      peer.wire.have(piece)
      this.downloader.updateInterest(peer)
    }
    this.options.events.pieceVerified(piece)
    if (this.have.complete) this.sources.completed()
    if (this.finished && this.downloader.picker.wanted.has(piece)) this.becameFinished()
  }

  private becameFinished(): void {
    this.options.events.completed()
    for (const peer of [...this.live.values()]) {
      peer.wire.extendedUpdate({ uploadOnly: true })
      this.closeIfRedundant(peer)
    }
  }

  private becameUnfinished(): void {
    for (const peer of this.live.values()) peer.wire.extendedUpdate({ uploadOnly: false })
    this.list.seedsAreOfUse(this.now())
    this.dialMore()
  }

  private lostPiece(piece: number): void {
    const before = this.finished
    this.downloader.lost(piece)
    this.options.events.pieceLost(piece)
    if (before && !this.finished) this.becameUnfinished()
  }

  /** One second has passed, or an endpoint may be dialled again. */
  private tick(): void {
    const now = this.now()
    this.connections.closeOwn()
    this.downloader.tick(now)
    this.uploads.tick(now)
    this.extensions.exchange.tick(this.live, now)
    this.dialMore()
  }

  private dialMore(): void {
    if (this.state !== 'running') return
    this.connections.dial()
    if (this.connections.all.size > 0) this.wakeUp.within(SECOND)
    else {
      const next = this.list.nextAt(this.finished)
      if (next !== undefined) this.wakeUp.within(Math.max(SECOND, next - this.now()))
    }
  }
}
