/**
 * The overlays of the engine, Kademlia and Chord: hosts our nodes as settings and network policy say, over sockets that both
 * share, and has what the rest of the engine needs of them: sources of peers, a store of values, a place for endpoints that may
 * be nodes, the service `overlays`.
 */
import type { AppStatus } from '#shared/contract/app.ts'
import type { overlays as overlaysContract } from '#shared/contract/overlays.ts'
import type { HandlersOf } from '#shared/contract/service.ts'
import type { Settings } from '#shared/contract/settings.ts'
import type { ChordNodePort } from '../../chord/overlay.ts'
import { ChordStore } from '../../chord/store/chord-store.ts'
import { isLoopbackIp } from '../../codec/ip-address.ts'
import type { KademliaNodePort } from '../../kademlia/dht.ts'
import type { Host } from '../../kernel/host.ts'
import type { KeyValueStore } from '../../kernel/key-value-store.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { PeerSource } from '../../kernel/peer-source.ts'
import type { SessionStore } from '../../storage/open-session.ts'
import { Heartbeat } from '../heartbeat.ts'
import { NodeNames, parseHostPort } from './bootstrap-nodes.ts'
import { ChordOverlay } from './chord-overlay.ts'
import { DhtOverlay } from './dht-overlay.ts'
import { KeptRing } from './kept-ring.ts'
import { NetworkWatch } from './network-watch.ts'
import { nodeAddresses } from './node-addresses.ts'
import { type OverlaySocket, socketOpener } from './open-node.ts'
import { overlaysService } from './overlays-service.ts'
import { RingRendezvous } from './ring-rendezvous.ts'
import { Searches } from './searches.ts'
import { Sockets } from './sockets.ts'

export interface OverlaysOptions {
  readonly store: Pick<SessionStore, 'kademliaState' | 'chord'>
  readonly settings: () => Settings
  readonly version: string
  /** The host at which a command line says to listen. */
  readonly listenHost: string | undefined
  /** The port on which we take peers; 0 while there is none. */
  readonly peerPort: () => number
  /** Local discovery, for Shoals of the same network. */
  readonly local: () => PeerSource
  /** The machine's addresses are others, or it has slept. */
  readonly networkChanged: () => void
}

export class Overlays {
  readonly service: HandlersOf<typeof overlaysContract>
  readonly heartbeat: Heartbeat
  private readonly host: Host
  private readonly options: OverlaysOptions
  private readonly dht: DhtOverlay
  private readonly ring: ChordOverlay
  private readonly rendezvous: RingRendezvous
  private readonly searches: Searches
  private readonly watch: NetworkWatch
  private isOver = false

  constructor(host: Host, options: OverlaysOptions) {
    const { clock, random, log } = host
    this.host = host
    this.options = options
    this.searches = new Searches({ clock, random })
    this.heartbeat = new Heartbeat(clock)
    const sockets = new Sockets({ open: socketOpener(host, options.version), log: log.child('sockets') })
    this.dht = this.makeDht(sockets)
    this.ring = this.makeRing(sockets)
    this.rendezvous = new RingRendezvous({
      sources: [this.dht.source, lateSource(options.local)],
      port: () => this.ring.memberPort,
      found: (endpoints) => this.ring.nodes.suggest(endpoints),
    })
    this.ring.chord.watch(() => this.rendezvous.placesChanged())
    this.watch = new NetworkWatch(host, (change) => void this.networkChanged(change))
    this.service = overlaysService({
      ...{ heartbeat: this.heartbeat, searches: this.searches, port: options.peerPort },
      overlays: { kademlia: this.dht.served(), chord: this.ring.served() },
      ring: () => this.ring.ring(),
    })
  }

  /** The overlays for torrents. Private ones must not be given to them. */
  get sources(): { readonly kademlia: PeerSource; readonly chord: PeerSource } {
    return { kademlia: this.dht.source, chord: this.ring.source }
  }

  /** The DHT's. `joining`: there is nobody to ask yet. */
  get keyValueStore(): KeyValueStore | 'off' | 'joining' {
    return this.dht.keyValueStore
  }

  /** Our DHT nodes as they stand. */
  get standing(): readonly KademliaNodePort[] {
    return this.dht.nodes.nodes
  }

  /** Our hosts on the ring as they stand. */
  get ringHosts(): readonly ChordNodePort[] {
    return this.ring.nodes.nodes
  }

  /** Our UDP port, to be told to peers; undefined where none of our DHT nodes would ever answer them. */
  get dhtPort(): number | undefined {
    return this.options.settings().dht === 'read-only' ? undefined : this.standing[0]?.facts.local.port
  }

  /** What settings and network policy say now takes effect. Never fails. */
  async configure(): Promise<void> {
    if (this.isOver) return
    const { dht: mode, dhtBucketSize: k, dhtParallelism: alpha, chord, chordVirtualNodes } = this.options.settings()
    const { listenHost: given } = this.options
    const port = this.options.peerPort()
    const addresses = () => nodeAddresses(this.host.network.policy, given, this.host.localAddresses.list())
    const ring = { virtualNodes: chordVirtualNodes, given, addresses: () => oneOfEachFamily(addresses()), port }
    this.rendezvous.setWanted(chord === 'on')
    const dhtWish = mode === 'off' ? undefined : { mode, k, alpha, addresses, port }
    const ringWish = chord === 'off' ? undefined : ring
    await Promise.all([this.dht.nodes.retire(dhtWish), this.ring.nodes.retire(ringWish)])
    await Promise.all([this.dht.nodes.configure(dhtWish), this.ring.nodes.configure(ringWish)])
  }

  /** Endpoints that may be nodes of the DHT. */
  suggest(endpoints: readonly Endpoint[]): void {
    this.dht.nodes.suggest(endpoints)
  }

  /** Tries at once where nobody has been reached: other nodes to begin with, or the network may be used now. */
  tryAgain(): void {
    for (const node of this.standing) if (node.phase !== 'joined') node.networkChanged()
    // A member, too: it may be alone on a ring of its own, and those that are named now on another.
    for (const node of this.ringHosts) if (node.phase !== 'client') node.networkChanged()
  }

  status(): Pick<AppStatus, 'dht' | 'chord'> {
    const { bootstrapNodes, chordNodes } = this.options.settings()
    return {
      dht: this.dht.status(this.mayReachSomeone(bootstrapNodes)),
      chord: this.ring.status(this.mayReachSomeone(chordNodes)),
    }
  }

  watchStatus(changed: () => void): () => void {
    const { dht, ring, heartbeat } = this
    const ends = [
      ...[dht.kademlia.watch(changed), dht.nodes.watchers.add(changed)],
      ...[ring.chord.watch(changed), ring.nodes.watchers.add(changed), heartbeat.add(changed)],
    ]
    return () => {
      for (const end of ends) end()
    }
  }

  /** Leaves the ring in order, in bounded time, and ends every node. */
  async stop(): Promise<void> {
    this.isOver = true
    this.watch.stop()
    for (const overlay of ['kademlia', 'chord'] as const) this.searches.cancelAll(overlay)
    await this.rendezvous.stop()
    await Promise.all([this.ring.stop(), this.dht.stop()])
  }

  private async networkChanged(change: string): Promise<void> {
    this.host.log.write('info', 'network changed', { change })
    await Promise.all([this.dht.nodes.retireMoved(), this.ring.nodes.retireMoved()])
    await Promise.all([this.dht.nodes.networkChanged(), this.ring.nodes.networkChanged()])
    if (!this.isOver) this.options.networkChanged()
  }

  /** Somebody outside this program may be reached, as far as the policy goes; `named`: nodes to begin with. */
  private mayReachSomeone(named: readonly string[]): boolean {
    const { policy } = this.host.network
    if (policy.mode === 'online' || policy.multicast === true || policy.allowedHosts.length > 0) return true
    return endpointsOf(named).some(({ host }) => host === 'localhost' || isLoopbackIp(host))
  }

  private makeDht(sockets: Sockets<OverlaySocket>): DhtOverlay {
    const { clock, random, resolver } = this.host
    const { store, settings } = this.options
    const log = this.host.log.child('dht')
    const bootstrap = () => endpointsOf(settings().bootstrapNodes)
    return new DhtOverlay({
      ...{ clock, random, log },
      states: store.kademliaState,
      mode: () => settings().dht,
      opening: { clock, random, log, sockets, bootstrap, names: new NodeNames(resolver, log) },
      cancelSearches: () => this.searches.cancelAll('kademlia'),
    })
  }

  private makeRing(sockets: Sockets<OverlaySocket>): ChordOverlay {
    const { clock, random, resolver } = this.host
    const { store, settings } = this.options
    const log = this.host.log.child('chord')
    const bootstrap = () => endpointsOf(settings().chordNodes)
    const names = new NodeNames(resolver, log)
    return new ChordOverlay({
      ...{ clock, random, log },
      kept: new KeptRing({ records: store.chord, clock, log }),
      store: (family) => (host) => new ChordStore(host, { records: store.chord[family] }),
      opening: { clock, random, log, sockets, bootstrap, names, dhtNodes: () => this.standing },
      dhtMode: () => settings().dht,
      cancelSearches: () => this.searches.cancelAll('chord'),
    })
  }
}

function endpointsOf(texts: readonly string[]): Endpoint[] {
  return texts.flatMap((text) => parseHostPort(text) ?? [])
}

/** A place on the ring stands for an address: one socket for each family is enough. */
function oneOfEachFamily(addresses: readonly string[]): string[] {
  const isIpv6 = (address: string) => address.includes(':')
  return [addresses.find((address) => !isIpv6(address)), addresses.find(isIpv6)].filter((each) => each !== undefined)
}

/** A source that does not exist yet when those that follow it are made. */
function lateSource(source: () => PeerSource): PeerSource {
  return { kind: 'local', follow: (subject, found) => source().follow(subject, found) }
}
