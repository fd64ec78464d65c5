/**
 * The connections of one torrent: dials what the list gives and the budget allows, takes what comes in, and sees to it
 * that each peer has one connection and we none to ourselves.
 *
 * Of two connections to one peer both ends close the same: the one begun by the greater peer id stays. A call to
 * ourselves is closed by the end that dialled, which then knows the address; the other end lets go within a second.
 */
import { bytesEqual, toHex } from '../../kernel/bytes.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Endpoint, Streams } from '../../kernel/network.ts'
import { connectPeer, type IncomingRoute } from '../wire/connect.ts'
import type { PeerConnectionOptions } from '../wire/connection-options.ts'
import type { CloseReason, PeerHandshake } from '../wire/peer-wire.ts'
import type { ConnectionBudget } from './connection-budget.ts'
import { Peer, type PeerOwner } from './peer.ts'
import type { KnownPeer, PeerList, PeerOrigin } from './peer-list.ts'

export interface ConnectionsOptions {
  /** 20 bytes each. */
  readonly infoHash: Uint8Array
  readonly peerId: Uint8Array
  readonly clock: Clock
  readonly streams: Streams
  readonly budget: ConnectionBudget
  /** The port on which the session takes connections; 0 while there is none. */
  readonly port: () => number
  /** What each new connection is to know of us and of the torrent. */
  wire(): Omit<PeerConnectionOptions, 'clock' | 'infoHash' | 'listenPort'>
  /** Whether peers that have everything are of no use to us. */
  finished(): boolean
}

export class Connections {
  /** All, also those that do not stand yet. */
  readonly all = new Set<Peer>()
  /** Those that take part, by peer id. */
  readonly live = new Map<string, Peer>()
  private readonly options: ConnectionsOptions
  private readonly list: PeerList
  private readonly owner: PeerOwner
  private readonly ownId: string
  private serial = 0

  constructor(options: ConnectionsOptions, list: PeerList, owner: PeerOwner) {
    this.options = options
    this.list = list
    this.owner = owner
    this.ownId = toHex(options.peerId)
  }

  /** Dials as many as may be dialled now. */
  dial(): void {
    const { budget, streams, peerId, clock } = this.options
    while (this.all.size < budget.limits.perTorrent) {
      const now = clock.now()
      const known = this.list.next(now, this.options.finished())
      if (!known) return
      if (!budget.tryDial(now)) {
        this.list.returned(known)
        return
      }
      this.add(known.endpoint, known.origin, known, (handler) =>
        connectPeer(streams, known.endpoint, handler, { ...this.wireOptions(), peerId }),
      )
    }
  }

  /** A connection came in. Undefined refuses it. */
  accept(peerId: Uint8Array, remote: Endpoint): IncomingRoute | undefined {
    const { budget } = this.options
    if (this.list.isBanned(remote.host)) return undefined
    if (this.all.size >= budget.limits.perTorrent && !bytesEqual(peerId, this.options.peerId)) return undefined
    if (!budget.tryAccept()) return undefined
    return { ...this.wireOptions(), attach: (wire) => this.add(remote, 'incoming', undefined, () => wire) }
  }

  /** The peer's handshake has come. @returns whether it takes part from now on */
  handshaken(peer: Peer, { peerId }: PeerHandshake): boolean {
    const { infoHash, budget } = this.options
    if (peer.incoming) peer.wire.handshake(infoHash, this.options.peerId)
    else budget.established()
    peer.stands = true
    peer.peerId = toHex(peerId)
    if (peer.peerId === this.ownId) {
      if (!peer.incoming) peer.wire.close({ code: 'SELF' })
      return false
    }
    const twin = this.live.get(peer.peerId)
    if (twin) {
      const loser = this.redundant(twin, peer)
      const winner = loser === peer ? twin : peer
      if (!winner.known) {
        winner.known = loser.known
        loser.known = undefined
      }
      loser.wire.close({ code: 'DUPLICATE' })
      if (loser === peer) return false
    }
    peer.live = true
    this.live.set(peer.peerId, peer)
    return true
  }

  /** A peer that came in has said where it takes connections: it need not be dialled while it is here. */
  learnAddress(peer: Peer, listenPort: number): void {
    if (!peer.incoming || peer.known) return
    const endpoint = { host: peer.host, port: listenPort }
    this.list.add(endpoint, 'incoming', this.options.clock.now())
    const known = this.list.get(endpoint)
    if (!known || known.busy) return
    known.busy = true
    peer.known = known
  }

  /** The connection has closed. @returns whether it was one of ours */
  remove(peer: Peer, reason: CloseReason): boolean {
    if (!this.all.delete(peer)) return false
    this.options.budget.closed(peer.incoming || peer.stands)
    if (this.live.get(peer.peerId) === peer) this.live.delete(peer.peerId)
    if (peer.known) this.putBack(peer, peer.known, reason)
    return true
  }

  /** Calls to ourselves that the dialling end has not closed. */
  closeOwn(): void {
    for (const peer of [...this.all]) if (peer.stands && !peer.live) peer.wire.close({ code: 'SELF' })
  }

  close(reason: CloseReason, which: (peer: Peer) => boolean = () => true): void {
    for (const peer of [...this.all]) if (which(peer)) peer.wire.close(reason)
  }

  private wireOptions(): PeerConnectionOptions {
    const { clock, infoHash, port } = this.options
    const listenPort = port()
    return { ...this.options.wire(), clock, infoHash, listenPort: listenPort > 0 ? listenPort : undefined }
  }

  private add(
    endpoint: Endpoint,
    origin: PeerOrigin,
    known: KnownPeer | undefined,
    connect: ConstructorParameters<typeof Peer>[2],
  ): Peer {
    const { clock } = this.options
    const facts = { serial: ++this.serial, endpoint, origin, incoming: known === undefined, known }
    const peer = new Peer(this.owner, { ...facts, connectedAt: clock.now(), since: clock.wallTime() }, connect)
    this.all.add(peer)
    return peer
  }

  private redundant(first: Peer, second: Peer): Peer {
    if (first.incoming === second.incoming) return second
    const keepIncoming = second.peerId > this.ownId
    return first.incoming === keepIncoming ? second : first
  }

  private putBack(peer: Peer, known: KnownPeer, reason: CloseReason): void {
    const now = this.options.clock.now()
    if (reason.code === 'SELF') this.list.isOurselves(known)
    else if (reason.code === 'STOPPED') this.list.returned(known)
    else if (!peer.stands || reason.code === 'PROTOCOL' || reason.code === 'WRONG_INFO_HASH') {
      this.list.failed(known, now)
    } else if (reason.code === 'DISCONNECTED') this.list.closed(known, now, false)
    else this.list.closed(known, now, peer.tookMetadata || peer.down.total + peer.up.total > 0)
  }
}
