/**
 * The overlays of the engine: hosts our DHT nodes as settings and network policy say, and has what the rest of the engine
 * needs of them: a source of peers, a store of values, a place for endpoints that may be nodes, the service `overlays`.
 */
import type { AppStatus } from '#shared/contract/app.ts'
import type { overlays as overlaysContract } from '#shared/contract/overlays.ts'
import type { HandlersOf } from '#shared/contract/service.ts'
import type { Settings } from '#shared/contract/settings.ts'
import { isLoopbackIp } from '../../codec/ip-address.ts'
import { kademliaSource } from '../../discovery/overlay/kademlia-source.ts'
import type { KademliaNodePort, KademliaSearches } from '../../kademlia/dht.ts'
import { Kademlia } from '../../kademlia/kademlia.ts'
import { kademliaStore } from '../../kademlia/kademlia-store.ts'
import { KeptItems, MAX_KEPT } from '../../kademlia/kept-items.ts'
import type { Host } from '../../kernel/host.ts'
import type { KeyValueStore } from '../../kernel/key-value-store.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { PeerSource } from '../../kernel/peer-source.ts'
import type { KademliaStateRepository } from '../../storage/kademlia-state-repository.ts'
import { Heartbeat } from '../heartbeat.ts'
import { NodeNames, parseHostPort } from './bootstrap-nodes.ts'
import { DhtHost } from './dht-host.ts'
import { KeptState } from './kept-state.ts'
import { nodeAddresses } from './node-addresses.ts'
import { nodeOpener } from './open-node.ts'
import { OverlaysError } from './overlays-error.ts'
import { overlaysService } from './overlays-service.ts'
import { RunningCalls } from './running-calls.ts'
import { Searches } from './searches.ts'

export interface OverlaysOptions {
  readonly states: KademliaStateRepository
  readonly settings: () => Settings
  readonly version: string
  /** The host at which a command line says to listen. */
  readonly listenHost: string | undefined
  /** The port on which we take peers; 0 while there is none. */
  readonly peerPort: () => number
  /** The machine's addresses are others, or it has slept. */
  readonly networkChanged: () => void
}

export class Overlays {
  readonly service: HandlersOf<typeof overlaysContract>
  /** The DHT for torrents. Private ones must not be given to it. */
  readonly source: PeerSource
  readonly heartbeat: Heartbeat
  private readonly host: Host
  private readonly options: OverlaysOptions
  private readonly kademlia: Kademlia
  private readonly store: KeyValueStore
  private readonly nodes: DhtHost
  private readonly kept: KeptItems
  private readonly calls: RunningCalls
  private readonly searches: Searches

  constructor(host: Host, options: OverlaysOptions) {
    const { clock, random } = host
    const dht = () => this.dht
    this.host = host
    this.options = options
    this.kademlia = new Kademlia(clock)
    this.store = kademliaStore(this.kademlia)
    this.nodes = this.hostedNodes()
    this.source = kademliaSource({ dht, clock, random })
    this.kept = new KeptItems({ dht, clock, random })
    this.calls = new RunningCalls(clock)
    this.searches = new Searches({ clock, random })
    this.heartbeat = new Heartbeat(clock)
    this.service = this.makeService()
  }

  /** The searches over all nodes; undefined while the DHT is off. */
  get dht(): KademliaSearches | undefined {
    return this.nodes.wanted ? this.kademlia : undefined
  }

  /** `joining`: there is nobody to ask yet. */
  get keyValueStore(): KeyValueStore | 'off' | 'joining' {
    if (!this.dht) return 'off'
    return this.kademlia.ready ? this.store : 'joining'
  }

  /** Our nodes as they stand. */
  get standing(): readonly KademliaNodePort[] {
    return this.nodes.nodes
  }

  /** Our UDP port, to be told to peers; undefined where none of our nodes would ever answer them. */
  get dhtPort(): number | undefined {
    return this.options.settings().dht === 'read-only' ? undefined : this.standing[0]?.facts.local.port
  }

  /** What settings and network policy say now takes effect. Never fails. */
  configure(): Promise<void> {
    const { dht: mode, dhtBucketSize: k, dhtParallelism: alpha } = this.options.settings()
    if (mode === 'off') return this.nodes.configure(undefined)
    const addresses = () =>
      nodeAddresses(this.host.network.policy, this.options.listenHost, this.host.localAddresses.list())
    return this.nodes.configure({ mode, k, alpha, addresses, port: this.options.peerPort() })
  }

  /** Endpoints that may be nodes of the DHT. */
  suggest(endpoints: readonly Endpoint[]): void {
    this.nodes.suggest(endpoints)
  }

  /** Tries at once where nobody has been reached: other bootstrap nodes, or the network may be used now. */
  tryAgain(): void {
    for (const node of this.standing) if (node.phase !== 'joined') node.networkChanged()
  }

  status(): AppStatus['dht'] {
    const nodes = this.standing.map(({ facts }) => facts)
    return {
      state: this.state(),
      nodes: nodes.reduce((sum, each) => sum + each.nodes, 0),
      serving: nodes.some(({ serving }) => serving),
    }
  }

  watchStatus(changed: () => void): () => void {
    const ends = [this.kademlia.watch(changed), this.nodes.watchers.add(changed), this.heartbeat.add(changed)]
    return () => {
      for (const end of ends) end()
    }
  }

  async stop(): Promise<void> {
    this.kept.stop()
    this.calls.abandonAll()
    this.searches.cancelAll()
    await this.nodes.stop()
  }

  private state(): AppStatus['dht']['state'] {
    if (!this.nodes.wanted) return 'off'
    const phases = this.standing.map(({ phase }) => phase)
    if (phases.includes('joined')) return 'joined'
    if (!this.mayReachSomeone()) return 'waiting'
    return phases.includes('joining') ? 'joining' : 'isolated'
  }

  /** Somebody outside this program may be reached, as far as the policy goes. */
  private mayReachSomeone(): boolean {
    const { policy } = this.host.network
    if (policy.mode === 'online' || policy.multicast === true || policy.allowedHosts.length > 0) return true
    return this.bootstrap().some(({ host }) => host === 'localhost' || isLoopbackIp(host))
  }

  private bootstrap(): Endpoint[] {
    return this.options.settings().bootstrapNodes.flatMap((text) => parseHostPort(text) ?? [])
  }

  private hostedNodes(): DhtHost {
    const { clock, random, datagrams, localAddresses, resolver } = this.host
    const log = this.host.log.child('dht')
    return new DhtHost({
      ...{ clock, log, localAddresses },
      kept: new KeptState({ records: this.options.states, clock, random, log }),
      searches: { add: (node) => this.kademlia.add(node), remove: (node) => this.remove(node) },
      networkChanged: () => this.options.networkChanged(),
      open: nodeOpener({
        ...{ clock, random, datagrams, log },
        names: new NodeNames(resolver, log),
        bootstrap: () => this.bootstrap(),
        nodes: () => this.standing,
        version: this.options.version,
      }),
    })
  }

  /** What was asked of a node that goes gets no answer any more. */
  private remove(node: KademliaNodePort): void {
    this.calls.abandonAll()
    this.searches.cancelAll()
    this.kademlia.remove(node)
  }

  private makeService(): HandlersOf<typeof overlaysContract> {
    return overlaysService({
      clock: this.host.clock,
      ...{ heartbeat: this.heartbeat, calls: this.calls, searches: this.searches },
      mode: () => this.options.settings().dht,
      nodes: () => this.standing,
      dht: () => this.dht,
      rejoin: () => this.nodes.rejoin(),
      port: this.options.peerPort,
      kept: {
        keep: (item, stored) => {
          if (!this.kept.keep(item, stored)) throw new OverlaysError({ code: 'TOO_MANY_KEPT', limit: MAX_KEPT })
        },
        items: () => this.kept.list(),
      },
    })
  }
}
