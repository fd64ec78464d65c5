/** The ring in the engine: our hosts on it as settings and network policy say, and what the rest of the engine needs of it. */
import type { AppStatus } from '#shared/contract/app.ts'
import type { OverlayState } from '#shared/contract/overlays.ts'
import type { RingState } from '#shared/contract/overlays-ring.ts'
import type { Settings } from '#shared/contract/settings.ts'
import { Chord } from '../../chord/chord.ts'
import type { ChordContact } from '../../chord/contact.ts'
import type { HostStore, StoreHost } from '../../chord/host/host-store.ts'
import { chordKeeping } from '../../chord/keeping.ts'
import type { ChordNodePort, ChordSearches } from '../../chord/overlay.ts'
import { chordSource } from '../../discovery/overlay/chord-source.ts'
import { KeptItems } from '../../items/kept-items.ts'
import { toHex } from '../../kernel/bytes.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import type { PeerSource } from '../../kernel/peer-source.ts'
import type { Random } from '../../kernel/random.ts'
import { searchableChord } from './chord-searchable.ts'
import { NodeHost, type NodeHostParts } from './node-host.ts'
import { type ChordWish, chordNodeOpener, type Opening } from './open-node.ts'
import type { ServedOverlay } from './overlays-service.ts'
import { storedItemRow } from './projections.ts'
import { ringHost } from './ring-projections.ts'
import { RunningCalls } from './running-calls.ts'
import { servedOverlay, stopOverlay } from './served-overlay.ts'

export interface ChordOverlayParts {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly kept: NodeHostParts<ChordNodePort, readonly ChordContact[], ChordWish>['kept']
  /** Makes what keeps the keys of our host of a family. */
  readonly store: (family: 4 | 6) => (host: StoreHost) => HostStore
  readonly opening: Opening
  readonly dhtMode: () => Settings['dht']
  /** Watched searches of the ring end: their nodes are gone. */
  readonly cancelSearches: () => void
}

export class ChordOverlay {
  readonly nodes: NodeHost<ChordNodePort, readonly ChordContact[], ChordWish>
  readonly source: PeerSource
  readonly chord: Chord
  private readonly parts: ChordOverlayParts
  readonly kept: KeptItems
  readonly calls: RunningCalls

  constructor(parts: ChordOverlayParts) {
    const { clock, random, log, kept, opening, store } = parts
    this.parts = parts
    this.chord = new Chord(clock)
    this.calls = new RunningCalls(clock, 'chord')
    this.source = chordSource({ chord: () => this.running, clock, random })
    this.kept = new KeptItems({ store: () => this.running && chordKeeping(this.running), clock, random })
    this.nodes = new NodeHost({
      ...{ clock, log, kept },
      searches: { add: (node) => this.chord.add(node), remove: (node) => this.remove(node) },
      open: chordNodeOpener(opening, store, parts.dhtMode),
    })
  }

  /** The searches over both families; undefined while Chord is off. */
  get running(): ChordSearches | undefined {
    return this.nodes.wanted ? this.chord : undefined
  }

  /** Where strangers reach a member of ours: to be told to others who look for the ring. 0 while there is none. */
  get memberPort(): number {
    return this.nodes.nodes.find(({ phase }) => phase === 'member')?.facts.local.port ?? 0
  }

  ring(): RingState {
    const hosts = this.nodes.nodes.map(({ facts }) => ringHost(facts, this.parts.clock))
    return { state: hosts.length > 0 ? 'running' : 'off', hosts: hosts.slice(0, 2) }
  }

  /** @param mayReach whether somebody outside this program may be reached */
  status(mayReach: boolean): AppStatus['chord'] {
    const nodes = this.nodes.nodes
    const phases = nodes.map(({ phase }) => phase)
    const places = nodes.reduce((sum, { facts }) => sum + facts.virtualNodes.length, 0)
    const state = () => {
      if (!this.nodes.wanted) return 'off'
      for (const phase of ['member', 'client'] as const) if (phases.includes(phase)) return phase
      if (!mayReach) return 'waiting'
      return phases.includes('joining') ? 'joining' : 'isolated'
    }
    return { state: state(), places }
  }

  served(): ServedOverlay {
    return servedOverlay(this, {
      running: () => this.running && searchableChord(this.running),
      state: () => this.overlayState(),
      items: () => this.itemRows(),
    })
  }

  stop(): Promise<void> {
    return stopOverlay(this)
  }

  /** What was asked of a node that goes gets no answer any more. */
  private remove(node: ChordNodePort): void {
    this.calls.abandonAll()
    this.parts.cancelSearches()
    this.chord.remove(node)
  }

  private overlayState(): OverlayState {
    const isOn = this.nodes.wanted
    return { state: this.nodes.nodes.length > 0 ? 'running' : 'off', mode: isOn ? 'on' : 'off', nodes: [] }
  }

  private itemRows() {
    const own = new Map(this.kept.list().map(({ target, item }) => [toHex(target), item]))
    const held = this.nodes.nodes.flatMap((node) => node.items())
    const rows = new Map(
      Array.from(own, ([id, item]) => [id, storedItemRow(id, item, { own: true, owned: false })] as const),
    )
    for (const { key, item, owned } of held) {
      const id = key.toString()
      if (!rows.get(id)?.owned) rows.set(id, storedItemRow(id, item, { own: own.has(id), owned }))
    }
    return [...rows.values()]
  }
}
