/** The DHT in the engine: its nodes as settings and network policy say, and what the rest of the engine needs of it. */
import type { AppStatus } from '#shared/contract/app.ts'
import type { OverlayState } from '#shared/contract/overlays.ts'
import type { Settings } from '#shared/contract/settings.ts'
import { kademliaSource } from '../../discovery/overlay/kademlia-source.ts'
import { KeptItems } from '../../items/kept-items.ts'
import type { KademliaNodePort, KademliaSearches } from '../../kademlia/dht.ts'
import { Kademlia } from '../../kademlia/kademlia.ts'
import { kademliaStore } from '../../kademlia/kademlia-store.ts'
import { kademliaKeeping } from '../../kademlia/keeping.ts'
import type { SavedState } from '../../kademlia/saved-state.ts'
import { toHex } from '../../kernel/bytes.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { KeyValueStore } from '../../kernel/key-value-store.ts'
import type { Log } from '../../kernel/log.ts'
import type { PeerSource } from '../../kernel/peer-source.ts'
import type { Random } from '../../kernel/random.ts'
import type { KademliaStateRepository } from '../../storage/kademlia-state-repository.ts'
import { searchableKademlia } from './kademlia-searchable.ts'
import { KeptState } from './kept-state.ts'
import { NodeHost } from './node-host.ts'
import { type DhtWish, dhtNodeOpener, type Opening } from './open-node.ts'
import type { ServedOverlay } from './overlays-service.ts'
import { overlayNode, storedItemRow } from './projections.ts'
import { RunningCalls } from './running-calls.ts'
import { servedOverlay, stopOverlay } from './served-overlay.ts'

const MAX_SHOWN_NODES = 16

export interface DhtOverlayParts {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly states: KademliaStateRepository
  readonly mode: () => Settings['dht']
  readonly opening: Omit<Opening, 'dhtNodes'>
  /** Watched searches of the DHT end: their nodes are gone. */
  readonly cancelSearches: () => void
}

export class DhtOverlay {
  readonly nodes: NodeHost<KademliaNodePort, SavedState, DhtWish>
  readonly source: PeerSource
  readonly kademlia: Kademlia
  private readonly parts: DhtOverlayParts
  readonly kept: KeptItems
  readonly calls: RunningCalls
  private readonly store: KeyValueStore

  constructor(parts: DhtOverlayParts) {
    const { clock, random, log, states } = parts
    this.parts = parts
    this.kademlia = new Kademlia(clock)
    this.store = kademliaStore(this.kademlia)
    this.calls = new RunningCalls(clock, 'kademlia')
    this.source = kademliaSource({ dht: () => this.dht, clock, random })
    this.kept = new KeptItems({ store: () => this.dht && kademliaKeeping(this.dht), clock, random })
    this.nodes = new NodeHost({
      ...{ clock, log },
      kept: new KeptState({ records: states, clock, random, log }),
      searches: { add: (node) => this.kademlia.add(node), remove: (node) => this.remove(node) },
      open: dhtNodeOpener({ ...parts.opening, dhtNodes: () => this.nodes.nodes }),
    })
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

  /** @param mayReach whether somebody outside this program may be reached */
  status(mayReach: boolean): AppStatus['dht'] {
    const nodes = this.nodes.nodes.map(({ facts }) => facts)
    return {
      state: this.state(mayReach),
      nodes: nodes.reduce((sum, each) => sum + each.nodes, 0),
      serving: nodes.some(({ serving }) => serving),
    }
  }

  served(): ServedOverlay {
    const { clock } = this.parts
    return servedOverlay(this, {
      running: () => this.dht && searchableKademlia(this.dht, clock),
      state: () => this.overlayState(),
      items: () => this.itemRows(),
    })
  }

  stop(): Promise<void> {
    return stopOverlay(this)
  }

  /** What was asked of a node that goes gets no answer any more. */
  private remove(node: KademliaNodePort): void {
    this.calls.abandonAll()
    this.parts.cancelSearches()
    this.kademlia.remove(node)
  }

  private state(mayReach: boolean): AppStatus['dht']['state'] {
    if (!this.nodes.wanted) return 'off'
    const phases = this.nodes.nodes.map(({ phase }) => phase)
    if (phases.includes('joined')) return 'joined'
    if (!mayReach) return 'waiting'
    return phases.includes('joining') ? 'joining' : 'isolated'
  }

  private overlayState(): OverlayState {
    const shown = this.nodes.nodes.slice(0, MAX_SHOWN_NODES)
    return {
      state: shown.length > 0 ? 'running' : 'off',
      mode: this.parts.mode(),
      nodes: shown.map((node) => overlayNode(node, this.parts.clock)),
    }
  }

  private itemRows() {
    const own = new Map(this.kept.list().map(({ target, item }) => [toHex(target), item]))
    const held = this.nodes.nodes.flatMap((node) => node.items())
    const all = new Map([...held.map(({ target, item }) => [target.toString(), item] as const), ...own])
    return Array.from(all, ([id, item]) => storedItemRow(id, item, { own: own.has(id) }))
  }
}
