/**
 * The node among its peers: connections and the parts that talk to peers about headers, blocks, transactions and addresses,
 * put together. It owns one timer and no rule of its own.
 */
import { type Clock, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import { messageOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import { type Endpoint, formatEndpoint, type Streams } from '../../kernel/network.ts'
import type { Following, PeerSource, Subject } from '../../kernel/peer-source.ts'
import type { Random } from '../../kernel/random.ts'
import type { Chain } from '../chain.ts'
import type { ChainNetwork } from '../consensus/network.ts'
import type { AddressManager } from './addrman/address-manager.ts'
import { MAX_ANCHORS } from './addrman/anchors.ts'
import type { PeerConnectionOptions, PeerMessage } from './connection-types.ts'
import type { Connection } from './connections/connection.ts'
import { type ConnectionLimits, Connections, type ConnectionsOwner } from './connections/connections.ts'
import { countNodes } from './distinct-nodes.ts'
import { Services } from './messages/index.ts'
import { createParts, type NodeParts } from './node-parts.ts'
import { OwnNonces } from './own-nonces.ts'
import type { PartContext } from './part-context.ts'
import type { Peer, PeerPart } from './peer.ts'
import { type PeerRow, rowOf } from './peer-rows.ts'
import type { Announceable } from './relay/announcement-queue.ts'
import { rendezvousKey } from './rendezvous.ts'
import type { BlockSync, SyncProgress } from './sync/block-sync.ts'
import type { HeaderSync } from './sync/header-sync.ts'

/** How often parts are told the time. */
const HEARTBEAT: Millis = SECOND
const PEER_ID_BYTES = 20

export interface PeerToPeerOptions {
  readonly network: ChainNetwork
  readonly chain: Chain
  readonly clock: Clock
  readonly random: Random
  readonly streams: Streams
  readonly log: Log
  readonly addresses: AddressManager
  /** Of the last run: tried first. */
  readonly anchors?: readonly Endpoint[]
  /** `/Shoal:0.1.0/` */
  readonly userAgent: string
  /** Where to take connections; undefined for nowhere. */
  readonly listen?: Endpoint
  /** Filters of all blocks are kept, and served (BIP 157). */
  readonly servesFilters: boolean
  /** Ways to find peers, followed from `start` to `stop`. */
  readonly sources?: readonly PeerSource[]
  /** How blocks are got; of a full node unless given. */
  readonly blockSync?: (context: PartContext, headers: HeaderSync) => BlockSync
  readonly limits?: Partial<ConnectionLimits>
}

export class PeerToPeerNode {
  readonly #options: PeerToPeerOptions
  readonly #connections: Connections
  readonly #peers = new Set<Peer>()
  readonly #nonces: OwnNonces
  readonly #parts: NodeParts
  #heartbeat: Timer | undefined
  #followings: Following[] = []
  #unwatch: (() => void) | undefined
  #isStopped = false

  constructor(options: PeerToPeerOptions) {
    const { chain, clock, random, log, addresses } = options
    this.#options = options
    this.#nonces = new OwnNonces(random)
    const run: PartContext['run'] = (what, work) => void this.#run(what, work)
    const context: PartContext = { chain, clock, random, log, peers: this.#peers, run }
    this.#connections = new Connections(options, this.#connectionsOwner(), options)
    this.#parts = createParts(context, {
      addresses,
      servesFilters: options.servesFilters,
      services: () => this.#services(),
      listeningPort: () => this.listening?.port,
      ...(options.blockSync && { blockSync: options.blockSync }),
    })
  }

  /** Where it takes connections; undefined where it does not. */
  get listening(): Endpoint | undefined {
    return this.#connections.listening
  }

  /** All that there are, whatever their state. */
  get connections(): ReadonlySet<Connection> {
    return this.#connections.all
  }

  /** Nodes with whom a handshake is over; one that we dialled and that dialled us counts once. */
  get peerCount(): number {
    return countNodes(this.#peers)
  }

  /** Whom to try first in the next run. */
  get anchors(): readonly Endpoint[] {
    const chosen = [...this.#peers].filter(({ direction }) => direction === 'outgoing')
    return chosen.slice(0, MAX_ANCHORS).map(({ endpoint }) => endpoint)
  }

  /** Of the catch-up that is under way; undefined for none. */
  get progress(): SyncProgress | undefined {
    return this.#parts.sync.progress()
  }

  /** Begins to look for peers and to take them. @throws what listening fails with, such as `EADDRINUSE`; it can be called again */
  async start(): Promise<void> {
    const { listen, clock, chain } = this.#options
    if (listen !== undefined) await this.#connections.listen(listen)
    if (this.#isStopped || this.#heartbeat) return
    this.#heartbeat = clock.every(HEARTBEAT, () => this.#tick())
    this.#unwatch = chain.watch(this.#parts.listener)
    this.#follow()
    this.#tick()
  }

  /** Ends every connection and timer. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#heartbeat?.cancel()
    this.#unwatch?.()
    const followings = this.#followings.map((following) => following.stop())
    await Promise.all([this.#connections.close(), ...followings])
    for (const part of this.#parts.all) part.close?.()
  }

  /** Connects to a peer that a person named and keeps to it. False where there are too many such. */
  connect(endpoint: Endpoint): boolean {
    return this.#connections.connect(endpoint)
  }

  /** Keeps to it no more. */
  forget(endpoint: Endpoint): void {
    this.#connections.forget(endpoint)
  }

  /** Announces a transaction of the mempool to every peer, also to those that were told of it before. */
  announceAgain(transaction: Announceable): void {
    this.#parts.transactions.addedAgain(transaction)
  }

  /** Ends connections to `id`, a row's. It may be connected to again. */
  disconnect(id: string): void {
    for (const { endpoint, link } of [...this.#connections.all])
      if (formatEndpoint(endpoint) === id) link.disconnect('as a person wished')
  }

  rows(): PeerRow[] {
    return [...this.#connections.all].map((connection) => rowOf(connection, this.#activity(connection.peer)))
  }

  #activity(peer: Peer | undefined): string {
    if (peer === undefined) return ''
    const { sync, answers } = this.#parts
    const waiting = answers.waiting(peer)
    return sync.activity(peer) || (waiting > 0 ? `sending ${waiting} ${waiting === 1 ? 'item' : 'items'}` : '')
  }

  #connectionsOwner(): ConnectionsOwner {
    const drained = (peer: Peer) => this.#each((part) => part.drained?.(peer))
    return {
      introduction: () => this.#introduction(),
      joined: (peer) => {
        this.#peers.add(peer)
        this.#each((part) => part.joined?.(peer))
      },
      handle: (peer, message) => this.#handle(peer, message),
      drained,
      left: (peer) => {
        this.#peers.delete(peer)
        this.#each((part) => part.left?.(peer))
        this.#options.chain.forgetPeer(peer.name)
      },
    }
  }

  #each(tell: (part: PeerPart) => void): void {
    for (const part of this.#parts.all) tell(part)
  }

  #tick(): void {
    const now = this.#options.clock.now()
    this.#connections.tick(now)
    this.#each((part) => part.tick?.(now))
  }

  /** Every part that takes such messages gets it, one after another. */
  #handle(peer: Peer, message: PeerMessage): void | Promise<void> {
    let running: Promise<void> | undefined
    for (const part of this.#parts.all) {
      const handler = part.handlers[message.command] as MessageHandler | undefined
      if (handler === undefined) continue
      const work = () => (peer.isGone ? undefined : handler(peer, message))
      running = running ? running.then(() => this.#run(message.command, work)) : this.#begin(message.command, work)
    }
    return running
  }

  /** Undefined where all is done at once. Never fails: what the chain cannot do is no peer's fault. */
  #begin(what: string, work: () => void | Promise<void>): Promise<void> | undefined {
    try {
      return work()?.catch((error: unknown) => this.#failed(what, error))
    } catch (error) {
      this.#failed(what, error)
      return undefined
    }
  }

  async #run(what: string, work: () => void | Promise<void>): Promise<void> {
    await this.#begin(what, work)
  }

  #failed(what: string, error: unknown): void {
    if (!this.#isStopped)
      this.#options.log.write('error', 'a message was not dealt with', { what, error: messageOf(error) })
  }

  #introduction(): PeerConnectionOptions {
    const { network, clock, random, userAgent, chain } = this.#options
    return {
      magic: network.magic,
      clock,
      random,
      nonces: this.#nonces,
      services: this.#services(),
      userAgent,
      startHeight: () => chain.state.tip.height,
      relay: chain.state.mode !== 'light',
      listenPort: this.listening?.port,
    }
  }

  #services(): bigint {
    const { chain, servesFilters } = this.#options
    const filters = servesFilters ? Services.COMPACT_FILTERS : 0n
    const { NETWORK, NETWORK_LIMITED, WITNESS } = Services
    switch (chain.state.mode) {
      case 'archive':
        return NETWORK | NETWORK_LIMITED | WITNESS | filters
      case 'pruned':
        return NETWORK_LIMITED | WITNESS | filters
      case 'light':
        return 0n
    }
  }

  #follow(): void {
    const { network, random, addresses, clock, sources = [] } = this.#options
    const subject: Subject = {
      infoHash: rendezvousKey(network),
      peerId: random.bytes(PEER_ID_BYTES),
      port: () => this.listening?.port ?? 0,
      // Something is always left: who has everything counts as a seed, and directories keep seeds from each other (BEP 33).
      totals: () => ({ uploaded: 0, downloaded: 0, left: 1 }),
    }
    this.#followings = sources.map((source) =>
      source.follow(subject, (endpoints) => {
        const time = Math.floor(clock.wallTime() / SECOND)
        const found = endpoints.map((endpoint) => ({ ...endpoint, time, services: 0n }))
        addresses.add(found, { origin: source.kind })
      }),
    )
  }
}

type MessageHandler = (peer: Peer, message: PeerMessage) => void | Promise<void>
