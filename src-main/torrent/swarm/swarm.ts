/**
 * One torrent among its peers: connects, accepts, greets, chokes, and routes between peers, downloader and uploaders.
 * It decides nothing that one of its passive parts can decide.
 *
 *     stopped -> running -> stopping -> stopped        (a stopped swarm may be started again)
 *
 * One timer: once a second while there are peers, else when the next endpoint may be dialled. None after `stop`.
 * Limits: connections by the session's `ConnectionBudget`, endpoints by `PeerList`, memory by `Downloader`.
 * Spec: BEP 3, 6, 10, 21, 40.
 */
import { bytesEqual, toHex } from '../../kernel/bytes.ts'
import { type Clock, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import { messageOf } from '../../kernel/errors.ts'
import type { Hasher } from '../../kernel/hasher.ts'
import type { Log } from '../../kernel/log.ts'
import type { Endpoint, Streams } from '../../kernel/network.ts'
import type { Following, PeerSource, PeerSourceStatus } from '../../kernel/peer-source.ts'
import type { Random } from '../../kernel/random.ts'
import { RateMeter } from '../../kernel/rate-meter.ts'
import type { Bitfield } from '../bitfield.ts'
import { DiskError, type PieceStorage } from '../disk/piece-storage.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { connectPeer, type IncomingRoute } from '../wire/connect.ts'
import type { BlockAddress, CloseReason, ExtendedHandshake, PeerHandshake } from '../wire/peer-wire.ts'
import { Choker, DEFAULT_SLOTS, ROUND } from './choker.ts'
import type { ConnectionBudget } from './connection-budget.ts'
import { Downloader } from './downloader.ts'
import { Peer, type PeerOwner } from './peer.ts'
import { type KnownPeer, PeerList, type PeerOrigin } from './peer-list.ts'
import { BufferPool } from './piece-buffer.ts'
import { MAX_BATCH, SPARE_BATCHES, Uploader } from './uploader.ts'

export interface SwarmEvents {
  /** The piece is verified and on disk. */
  pieceVerified(piece: number): void
  /** A piece that we had is no longer on disk; it is wanted again. */
  pieceLost(piece: number): void
  /** The last piece has come. */
  completed(): void
  /** The disk refused. Fetching (or, where reading failed, serving) rests until `resumeDisk`. */
  diskFailed(error: DiskError): void
  peerBanned?(host: string): void
}

export interface SwarmSettings {
  /** Regular upload slots, besides the optimistic one. */
  readonly slots?: number
  /** Our address as others see it, where known (BEP 40). */
  readonly ourAddress?: Endpoint
}

export interface SwarmOptions {
  readonly metainfo: Metainfo
  /** What is verified on disk. The swarm changes it from here on. */
  readonly have: Bitfield
  readonly storage: PieceStorage
  readonly hasher: Hasher
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly streams: Streams
  /** 20 bytes. */
  readonly peerId: Uint8Array
  readonly budget: ConnectionBudget
  readonly settings?: SwarmSettings
  /** The port on which the session takes connections; 0 while there is none. */
  readonly port: () => number
  readonly events: SwarmEvents
}

/** What a row shows. Rates are bytes of payload per second. */
export interface SwarmSnapshot {
  readonly downRate: number
  readonly upRate: number
  readonly downloaded: number
  readonly uploaded: number
  readonly wasted: number
  /** Connected peers with everything, and the others. */
  readonly seeds: number
  readonly peers: number
  readonly connecting: number
  /** Endpoints known. */
  readonly known: number
}

export class Swarm implements PeerOwner {
  readonly metainfo: Metainfo
  readonly list: PeerList
  private readonly options: SwarmOptions
  private readonly downloader: Downloader
  private readonly choker: Choker<Peer>
  /** Every connection, also those that do not stand yet. */
  private readonly connections = new Set<Peer>()
  /** Those that take part, by peer id. */
  private readonly live = new Map<string, Peer>()
  private readonly ownId: string
  private readonly uploadPool = new BufferPool(MAX_BATCH, SPARE_BATCHES)
  private readonly down = new RateMeter()
  private readonly up = new RateMeter()
  private followings: Following[] = []
  private state: 'stopped' | 'running' | 'stopping' = 'stopped'
  private timer: Timer | undefined
  private nextRound: Millis = 0
  private serial = 0
  private uploadsHalted = false
  private stopped: Promise<void> = Promise.resolve()

  constructor(options: SwarmOptions) {
    this.options = options
    this.metainfo = options.metainfo
    this.ownId = toHex(options.peerId)
    this.list = new PeerList(options.settings?.ourAddress)
    this.choker = new Choker(options.random, options.settings?.slots ?? DEFAULT_SLOTS)
    const { random, hasher, storage, clock } = options
    const ports = { now: () => clock.now(), random, hasher, storage }
    this.downloader = new Downloader(options.metainfo, options.have, ports, {
      have: (piece) => this.gotPiece(piece),
      banned: (host) => this.ban(host),
      diskFailed: (error) => this.diskFailed(error),
    })
  }

  /** What is verified on disk. Read only. */
  get have(): Bitfield {
    return this.options.have
  }

  get isRunning(): boolean {
    return this.state === 'running'
  }

  /** stopped -> running. Announces itself at the sources and connects to what they find. */
  start(sources: readonly PeerSource[]): void {
    if (this.state !== 'stopped') throw new Error(`a ${this.state} swarm cannot be started`)
    this.state = 'running'
    this.uploadsHalted = false
    this.nextRound = this.now() + ROUND
    this.downloader.start()
    const { metainfo, peerId, port } = this.options
    const subject = { infoHash: metainfo.infoHash, peerId, port, totals: () => this.totals() }
    this.followings = sources.map((source) =>
      source.follow(subject, (endpoints) => this.addPeers(endpoints, source.kind)),
    )
    this.dialMore()
    this.arm()
  }

  /** running -> stopping -> stopped. Resolves when every connection has closed, no piece is being written, and sources have said goodbye. */
  stop(): Promise<void> {
    if (this.state !== 'running') return this.stopped
    this.state = 'stopping'
    this.timer?.cancel()
    this.timer = undefined
    for (const peer of [...this.connections]) peer.wire.close({ code: 'STOPPED' })
    const followings = this.followings.map((following) => following.stop())
    this.followings = []
    this.stopped = Promise.all([this.downloader.stop(), ...followings]).then(() => {
      this.state = 'stopped'
    })
    return this.stopped
  }

  /** Takes note of endpoints and dials them as the budget allows. */
  addPeers(endpoints: readonly Endpoint[], origin: PeerOrigin): void {
    const now = this.now()
    let added = false
    for (const endpoint of endpoints) added = this.list.add(endpoint, origin, now) || added
    if (!added || this.state !== 'running') return
    this.dialMore()
    this.arm()
  }

  /** Asks the sources for more peers. */
  refresh(): void {
    for (const following of this.followings) following.refresh()
  }

  /** After `diskFailed`: tries the disk again, for fetching and for serving. */
  resumeDisk(): void {
    this.uploadsHalted = false
    this.downloader.resume()
    this.fillSlots()
  }

  /** A connection came in for this torrent. Undefined refuses it. */
  incoming(peerId: Uint8Array, remote: Endpoint): IncomingRoute | undefined {
    const { budget } = this.options
    if (this.state !== 'running' || this.list.isBanned(remote.host)) return undefined
    if (this.connections.size >= budget.limits.perTorrent && !bytesEqual(peerId, this.options.peerId)) return undefined
    if (!budget.tryAccept()) return undefined
    return {
      ...this.wireOptions(),
      attach: (wire) => this.newPeer(remote, 'incoming', undefined, () => wire),
    }
  }

  setSlots(slots: number): void {
    this.choker.slots = slots
  }

  snapshot(): SwarmSnapshot {
    const now = this.now()
    let seeds = 0
    for (const peer of this.live.values()) if (peer.isSeed) seeds++
    return {
      downRate: this.down.rate(now),
      upRate: this.up.rate(now),
      downloaded: this.down.total,
      uploaded: this.up.total,
      wasted: this.downloader.wasted,
      seeds,
      peers: this.live.size - seeds,
      connecting: this.connections.size - this.live.size,
      known: this.list.known.size,
    }
  }

  /** The connected peers, as they are now. Read only. */
  peers(): readonly Peer[] {
    return [...this.live.values()]
  }

  /** The peer in the optimistic slot. */
  get optimistic(): Peer | undefined {
    return this.choker.optimistic
  }

  sourceStatus(): readonly PeerSourceStatus[] {
    return this.followings.flatMap((following) => following.status())
  }

  /** `WANTED`, `IN_FLIGHT`, `VERIFYING` or `HAVE` for each piece. Read only. */
  get pieceStates(): Uint8Array {
    return this.downloader.picker.states
  }

  /** Closes a peer's connection; it may come back. */
  disconnect(serial: number): void {
    for (const peer of this.connections) if (peer.serial === serial) peer.wire.close({ code: 'STOPPED' })
  }

  ban(host: string): void {
    if (this.list.isBanned(host)) return
    this.list.ban(host)
    this.options.log.write('warn', 'peer banned', { host })
    this.options.events.peerBanned?.(host)
    for (const peer of [...this.connections]) if (peer.host === host) peer.wire.close({ code: 'BANNED' })
  }

  // From the peers.

  now(): Millis {
    return this.options.clock.now()
  }

  handshaken(peer: Peer, { peerId }: PeerHandshake): void {
    const { metainfo, budget } = this.options
    if (peer.incoming) peer.wire.handshake(metainfo.infoHash, this.options.peerId)
    else budget.established()
    peer.stands = true
    peer.peerId = toHex(peerId)
    if (peer.peerId === this.ownId) {
      // Our own call has come back. The end that dialled closes it, for it knows the address not to be dialled again.
      if (!peer.incoming) peer.wire.close({ code: 'SELF' })
      return
    }
    const twin = this.live.get(peer.peerId)
    if (twin) {
      const loser = this.redundant(twin, peer)
      const winner = loser === peer ? twin : peer
      winner.known ??= loser.known
      if (winner.known === loser.known) loser.known = undefined
      loser.wire.close({ code: 'DUPLICATE' })
      if (loser === peer) return
    }
    this.join(peer)
  }

  extended(peer: Peer, { listenPort }: ExtendedHandshake): void {
    if (!peer.live) return
    if (peer.incoming && listenPort !== undefined && !peer.known) {
      const endpoint = { host: peer.host, port: listenPort }
      this.list.add(endpoint, 'incoming', this.now())
      const known = this.list.get(endpoint)
      if (known && !known.busy) {
        known.busy = true
        peer.known = known
      }
    }
    this.closeIfRedundant(peer)
  }

  choked(peer: Peer): void {
    this.downloader.choked(peer)
  }

  unchoked(peer: Peer): void {
    this.downloader.unchoked(peer)
  }

  interestChanged(peer: Peer): void {
    if (peer.live) this.fillSlots()
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

  closed(peer: Peer, reason: CloseReason): void {
    if (!this.connections.delete(peer)) return
    const { budget, log } = this.options
    log.write('debug', 'peer closed', { host: peer.host, port: peer.endpoint.port, reason: reason.code })
    budget.closed(peer.incoming || peer.stands)
    peer.uploader?.close()
    if (this.live.get(peer.peerId) === peer) this.live.delete(peer.peerId)
    this.choker.gone(peer)
    this.downloader.leave(peer)
    peer.live = false
    if (this.live.size === 0) this.uploadPool.clear()
    if (peer.known) this.putBack(peer, peer.known, reason)
    if (this.state !== 'running') return
    this.fillSlots()
    this.dialMore()
    this.arm()
  }

  private totals(): { uploaded: number; downloaded: number; left: number } {
    const { geometry, picker } = this.downloader
    let left = geometry.totalLength - picker.have.count * geometry.pieceLength
    const last = geometry.pieceCount - 1
    if (picker.have.has(last)) left += geometry.pieceLength - geometry.sizeOf(last)
    return { uploaded: this.up.total, downloaded: this.down.total, left }
  }

  private wireOptions() {
    const { clock, metainfo, port, have } = this.options
    const listenPort = port()
    return {
      clock,
      geometry: this.downloader.geometry,
      infoHash: metainfo.infoHash,
      listenPort: listenPort > 0 ? listenPort : undefined,
      uploadOnly: have.complete,
    }
  }

  private dialMore(): void {
    const { budget, streams, peerId } = this.options
    while (this.state === 'running' && this.connections.size < budget.limits.perTorrent) {
      const now = this.now()
      const known = this.list.next(now, this.have.complete)
      if (!known) return
      if (!budget.tryDial(now)) {
        this.list.returned(known)
        return
      }
      this.newPeer(known.endpoint, known.origin, known, (handler) =>
        connectPeer(streams, known.endpoint, handler, { ...this.wireOptions(), peerId }),
      )
    }
  }

  private newPeer(
    endpoint: Endpoint,
    origin: PeerOrigin,
    known: KnownPeer | undefined,
    connect: ConstructorParameters<typeof Peer>[2],
  ): Peer {
    const { clock } = this.options
    const incoming = origin === 'incoming' && known === undefined
    const facts = { serial: ++this.serial, endpoint, origin, incoming, known }
    const peer = new Peer(this, { ...facts, connectedAt: clock.now(), since: clock.wallTime() }, connect)
    this.connections.add(peer)
    this.arm()
    return peer
  }

  /** Of two connections to one peer the one to close. Both ends choose alike: the one begun by the greater id stays. */
  private redundant(first: Peer, second: Peer): Peer {
    if (first.incoming === second.incoming) return second
    const keepIncoming = second.peerId > this.ownId
    return first.incoming === keepIncoming ? second : first
  }

  private join(peer: Peer): void {
    peer.live = true
    this.live.set(peer.peerId, peer)
    this.downloader.join(peer)
    peer.uploader = new Uploader(peer.wire, this.options.storage, this.uploadPool, {
      now: () => this.now(),
      has: (piece) => this.have.has(piece),
      sent: (bytes) => this.sent(peer, bytes),
      readFailed: (piece, error) => this.readFailed(piece, error),
    })
    peer.wire.sendPieces(this.have)
  }

  private sent(peer: Peer, bytes: number): void {
    const now = this.now()
    this.up.add(bytes, now)
    peer.uploaded(bytes, now)
  }

  /** Two that both have everything are of no use to each other. */
  private closeIfRedundant(peer: Peer): void {
    if (!peer.live || !this.have.complete || !peer.isSeed) return
    if (peer.known) peer.known.seed = true
    peer.wire.close({ code: 'REDUNDANT' })
  }

  private putBack(peer: Peer, known: KnownPeer, reason: CloseReason): void {
    const now = this.now()
    if (reason.code === 'SELF') {
      known.self = true
      this.list.returned(known)
    } else if (reason.code === 'STOPPED') this.list.returned(known)
    else if (!peer.stands || reason.code === 'PROTOCOL' || reason.code === 'WRONG_INFO_HASH')
      this.list.failed(known, now)
    else this.list.closed(known, now, peer.down.total + peer.up.total > 0)
  }

  private gotPiece(piece: number): void {
    for (const peer of this.live.values()) {
      peer.wire.have(piece)
      this.downloader.updateInterest(peer)
    }
    this.options.events.pieceVerified(piece)
    if (!this.have.complete) return
    this.options.events.completed()
    for (const following of this.followings) following.completed()
    for (const peer of [...this.live.values()]) this.closeIfRedundant(peer)
  }

  private readFailed(piece: number, error: unknown): void {
    const fault = this.asDiskError(error)
    if (fault.code === 'SHORT_READ') {
      if (!this.have.has(piece)) return
      this.downloader.lost(piece)
      this.options.events.pieceLost(piece)
      this.dialMore()
      this.arm()
    } else if (!this.uploadsHalted) {
      this.uploadsHalted = true
      for (const peer of this.live.values()) peer.setChoking(true)
      this.options.events.diskFailed(fault)
    }
  }

  private diskFailed(error: unknown): void {
    this.options.events.diskFailed(this.asDiskError(error))
  }

  private asDiskError(error: unknown): DiskError {
    if (error instanceof DiskError) return error
    const cause = messageOf(error)
    const { name } = this.metainfo
    return new DiskError(
      { code: 'IO', path: name, cause },
      `“${name}” could not be read or written (${cause}). Try again.`,
    )
  }

  /** One second has passed, or an endpoint may be dialled again. */
  private readonly tick = (): void => {
    this.timer = undefined
    const now = this.now()
    for (const peer of [...this.connections]) {
      if (peer.stands && !peer.live) peer.wire.close({ code: 'SELF' })
    }
    this.downloader.tick(now)
    if (now >= this.nextRound) {
      this.nextRound = now + ROUND
      this.chokeRound(now)
    }
    this.dialMore()
    this.arm()
  }

  private arm(): void {
    if (this.state !== 'running' || this.timer) return
    let delay: Millis = SECOND
    if (this.connections.size === 0) {
      const next = this.list.nextAt(this.have.complete)
      if (next === undefined) return
      delay = Math.max(SECOND, next - this.now())
    }
    this.timer = this.options.clock.after(delay, this.tick)
  }

  private chokeRound(now: Millis): void {
    if (this.uploadsHalted) return
    const chosen = this.choker.round(this.live.values(), this.have.complete, now)
    for (const peer of this.live.values()) peer.setChoking(!chosen.has(peer))
  }

  private fillSlots(): void {
    if (this.uploadsHalted || this.state !== 'running') return
    for (const peer of this.choker.fill(this.live.values())) peer.setChoking(false)
  }
}
