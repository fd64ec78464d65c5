/**
 * Keeps the DHT nodes that the settings ask for: one at each local address that counts, each with its socket and its
 * kept state. Changes are made one after the other; of those that wait only the last counts.
 *
 * A node ends in this order: its state is kept, it leaves the searches, it stops, its socket closes. What cannot be
 * opened is tried again with the next look at the network.
 */
import type { KademliaNodePort, ServingMode } from '../../kademlia/dht.ts'
import type { SavedState } from '../../kademlia/saved-state.ts'
import { type Clock, MINUTE, type Millis, type Timer } from '../../kernel/clock.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import { type Endpoint, formatEndpoint, type LocalAddresses } from '../../kernel/network.ts'
import { Watchers } from '../watchers.ts'
import type { KeptState } from './kept-state.ts'
import { NetworkWatch } from './network-watch.ts'

export const SAVE_PERIOD: Millis = 10 * MINUTE
/** Ports above the wanted one that are tried before any port is taken. */
export const PORTS_TRIED = 8

export interface NodeWish {
  readonly mode: ServingMode
  /** Nodes in a bucket. */
  readonly k: 8 | 20
  /** Requests under way at once in a lookup. */
  readonly alpha: number
}

export interface DhtWish extends NodeWish {
  /** Local addresses at which a node is to stand, as they are now; asked anew whenever the network may have changed. */
  readonly addresses: () => readonly string[]
  /** The port wanted; 0 takes any. */
  readonly port: number
}

/** A node that has been started, and the end of its socket. */
export interface OpenedNode {
  readonly node: KademliaNodePort
  close(): Promise<void>
}

export interface DhtHostParts {
  readonly clock: Clock
  readonly log: Log
  readonly localAddresses: LocalAddresses
  readonly kept: KeptState
  /** Binds and makes a node, not yet started. @throws the error of binding */
  readonly open: (at: Endpoint, wish: NodeWish, saved: SavedState | undefined) => Promise<OpenedNode>
  /** The machine's addresses are others, or it has slept: told once nodes have begun to join again. */
  readonly networkChanged: () => void
  /** Searches go over the nodes that were added. */
  readonly searches: { add(node: KademliaNodePort): void; remove(node: KademliaNodePort): void }
}

interface Hosted {
  readonly address: string
  readonly opened: OpenedNode
  readonly began: SavedState | undefined
  /** What it was opened for, apart from the address. */
  readonly wish: string
}

export class DhtHost {
  /** Nodes have come or gone, or their configuration has changed. */
  readonly watchers = new Watchers()
  private readonly parts: DhtHostParts
  private hosted: readonly Hosted[] = []
  private wish: DhtWish | undefined
  private last: Promise<void> = Promise.resolve()
  private readonly watch: NetworkWatch
  private readonly saving: Timer
  private ended = false

  constructor(parts: DhtHostParts) {
    this.parts = parts
    this.watch = new NetworkWatch(parts, (change) => this.networkChanged(change))
    this.saving = parts.clock.every(SAVE_PERIOD, () => this.save())
  }

  /** Those that stand now. */
  get nodes(): readonly KademliaNodePort[] {
    return this.hosted.map(({ opened }) => opened.node)
  }

  /** Whether nodes are wanted, standing or not. */
  get wanted(): boolean {
    return this.wish !== undefined
  }

  /** Opens and closes nodes until they are as wished; undefined wishes none. Settles when that is done. Never fails. */
  configure(wish: DhtWish | undefined): Promise<void> {
    if (this.ended) return this.last
    this.wish = wish
    return this.settle()
  }

  /** Endpoints that may be nodes: each is told to those of its family. */
  suggest(endpoints: readonly Endpoint[]): void {
    for (const node of this.nodes) {
      const fitting = endpoints.filter(({ host }) => host.includes(':') === (node.facts.family === 6))
      if (fitting.length > 0) node.suggest(fitting)
    }
  }

  /** Joins anew with what is known, now. */
  rejoin(): void {
    for (const node of this.nodes) node.networkChanged()
  }

  /** Ends every node. Nothing begins any more. */
  async stop(): Promise<void> {
    this.watch.stop()
    this.saving.cancel()
    this.wish = undefined
    const ended = this.settle()
    this.ended = true
    await ended
  }

  private networkChanged(change: string): void {
    this.parts.log.write('info', 'network changed', { change })
    const before = this.nodes
    void this.settle().then(() => {
      for (const node of this.nodes) if (before.includes(node)) node.networkChanged()
      if (!this.ended) this.parts.networkChanged()
    })
  }

  private save(): void {
    for (const { address, opened, began } of this.hosted) this.parts.kept.save(address, opened.node.saved(), began)
  }

  /** After what went before. */
  private settle(): Promise<void> {
    this.last = this.last.then(async () => {
      const { wish } = this
      const addresses = wish?.addresses() ?? []
      const described = JSON.stringify(wish)
      const fits = ({ address, wish: its }: Hosted) => its === described && addresses.includes(address)
      for (const hosted of this.hosted.filter((each) => !fits(each))) await this.close(hosted)
      for (const address of addresses) {
        if (wish && !this.hosted.some((hosted) => hosted.address === address)) await this.open(address, wish, described)
      }
      this.watchers.notify()
    })
    return this.last
  }

  private async open(address: string, wish: DhtWish, described: string): Promise<void> {
    const { kept, log, searches } = this.parts
    const began = kept.load(address)
    const preferred = wish.port || this.nodes[0]?.facts.local.port || 0
    for (const port of portsFrom(preferred)) {
      try {
        const opened = await this.parts.open({ host: address, port }, wish, began)
        this.hosted = [...this.hosted, { address, opened, began, wish: described }]
        searches.add(opened.node)
        opened.node.start()
        const known = began?.contacts.length ?? 0
        log.write('info', 'node opened', { at: formatEndpoint(opened.node.facts.local), known })
        return
      } catch (error) {
        log.write('warn', 'cannot open a node', { at: formatEndpoint({ host: address, port }), code: codeOf(error) })
        if (codeOf(error) !== 'EADDRINUSE' && codeOf(error) !== 'EACCES') return
      }
    }
  }

  private async close(hosted: Hosted): Promise<void> {
    const { address, opened, began } = hosted
    this.parts.kept.save(address, opened.node.saved(), began)
    this.hosted = this.hosted.filter((other) => other !== hosted)
    this.parts.searches.remove(opened.node)
    opened.node.stop()
    await opened.close()
  }
}

/** The port wanted, the next ones, at last any. */
function portsFrom(port: number): number[] {
  if (port === 0) return [0]
  const next = Array.from({ length: PORTS_TRIED + 1 }, (_, i) => port + i)
  return [...next.filter((each) => each <= 65_535), 0]
}
