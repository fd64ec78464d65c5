/**
 * Keeps the nodes of an overlay that the settings ask for: one at each local address that counts, each with its kept state.
 * Changes are made one after the other; of those that wait only the last counts.
 *
 * A node ends in this order: its state is kept, it leaves the searches, it ends and lets go of its socket. What cannot be
 * opened is tried again when the network has changed.
 */
import { type Clock, MINUTE, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'
import { Watchers } from '../watchers.ts'

export const SAVE_PERIOD: Millis = 10 * MINUTE
/** After a node has started: a crash soon afterwards does not lose whom it has found. */
export const FIRST_SAVE: Millis = 20 * SECOND

/** A node as its host sees it; `S` is what it keeps. */
export interface HostableNode<S> {
  readonly facts: { readonly local: Endpoint; readonly family: 4 | 6 }
  start(): void
  networkChanged(): void
  suggest(endpoints: readonly Endpoint[]): void
  saved(): S
}

/** What is wished; whatever of it can be written as JSON has nodes opened anew when it changes. */
export interface NodesWish {
  /** Local addresses at which a node is to stand, as they are now; asked anew whenever the network may have changed. */
  readonly addresses: () => readonly string[]
  /** The port wanted; 0 takes any. */
  readonly port: number
}

/** A node that can be started, and its end. */
export interface OpenedNode<N> {
  readonly node: N
  /** Ends the node in bounded time, then lets go of its socket. */
  close(): Promise<void>
}

export interface NodeHostParts<N, S, W> {
  readonly clock: Clock
  readonly log: Log
  /** By local address. `began`: what the node was opened with. */
  readonly kept: {
    load(address: string): S | undefined
    save(address: string, state: S, began: S | undefined): void
  }
  /** Binds and makes a node, not yet started. @throws the error of binding */
  readonly open: (address: string, wish: W, began: S | undefined) => Promise<OpenedNode<N>>
  /** Searches go over the nodes that were added. */
  readonly searches: { add(node: N): void; remove(node: N): void }
}

interface Hosted<N, S> {
  readonly address: string
  readonly opened: OpenedNode<N>
  readonly began: S | undefined
  /** What it was opened for, apart from the address. */
  readonly wish: string
  readonly firstSave: Timer
}

export class NodeHost<N extends HostableNode<S>, S, W extends NodesWish> {
  /** Nodes have come or gone, or their configuration has changed. */
  readonly watchers = new Watchers()
  private readonly parts: NodeHostParts<N, S, W>
  private hosted: readonly Hosted<N, S>[] = []
  private wish: W | undefined
  private last: Promise<void> = Promise.resolve()
  private readonly saving: Timer
  private ended = false

  constructor(parts: NodeHostParts<N, S, W>) {
    this.parts = parts
    this.saving = parts.clock.every(SAVE_PERIOD, () => this.save())
  }

  /** Those that stand now. */
  get nodes(): readonly N[] {
    return this.hosted.map(({ opened }) => opened.node)
  }

  /** Whether nodes are wanted, standing or not. */
  get wanted(): boolean {
    return this.wish !== undefined
  }

  /** Opens and closes nodes until they are as wished; undefined wishes none. Settles when that is done. Never fails. */
  configure(wish: W | undefined): Promise<void> {
    if (this.ended) return this.last
    this.wish = wish
    return this.settle()
  }

  /**
   * Closes those nodes that would not stand under this wish, and opens none yet: others may hold the same sockets, and an
   * address is free only once all have let it go. Settles when that is done. Never fails.
   */
  retire(wish: W | undefined): Promise<void> {
    if (this.ended) return this.last
    this.wish = wish
    return this.closeMisfits()
  }

  /** Closes those nodes that do not stand at the machine's addresses any more, and opens none yet, for the same reason. */
  retireMoved(): Promise<void> {
    return this.closeMisfits()
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
    this.saving.cancel()
    this.wish = undefined
    const ended = this.settle()
    this.ended = true
    await ended
  }

  /** The machine's addresses are others, or it has slept: nodes move, and those that stay are told. Settles when they are. */
  async networkChanged(): Promise<void> {
    const before = this.nodes
    await this.settle()
    for (const node of this.nodes) if (before.includes(node)) node.networkChanged()
  }

  private save(): void {
    for (const { address, opened, began } of this.hosted) this.keep(address, opened, began)
  }

  private keep(address: string, { node }: OpenedNode<N>, began: S | undefined): void {
    this.parts.kept.save(address, node.saved(), began)
  }

  /** After what went before. */
  private closeMisfits(): Promise<void> {
    this.last = this.last.then(async () => {
      const { wish } = this
      const addresses = wish?.addresses() ?? []
      const described = JSON.stringify(wish)
      const fits = ({ address, wish: its }: Hosted<N, S>) => its === described && addresses.includes(address)
      await Promise.all(this.hosted.filter((each) => !fits(each)).map((hosted) => this.close(hosted)))
    })
    return this.last
  }

  private settle(): Promise<void> {
    void this.closeMisfits()
    this.last = this.last.then(async () => {
      const { wish } = this
      const addresses = wish?.addresses() ?? []
      const described = JSON.stringify(wish)
      for (const address of addresses) {
        if (wish && !this.hosted.some((hosted) => hosted.address === address)) await this.open(address, wish, described)
      }
      this.watchers.notify()
    })
    return this.last
  }

  private async open(address: string, wish: W, described: string): Promise<void> {
    const { clock, kept, log, searches } = this.parts
    const began = kept.load(address)
    try {
      const opened = await this.parts.open(address, wish, began)
      const firstSave = clock.after(FIRST_SAVE, () => this.keep(address, opened, began))
      this.hosted = [...this.hosted, { address, opened, began, wish: described, firstSave }]
      searches.add(opened.node)
      opened.node.start()
      log.write('info', 'node opened', { at: formatEndpoint(opened.node.facts.local) })
    } catch (error) {
      log.write('warn', 'cannot open a node', { address, code: codeOf(error) })
    }
  }

  private async close(hosted: Hosted<N, S>): Promise<void> {
    const { address, opened, began } = hosted
    hosted.firstSave.cancel()
    this.keep(address, opened, began)
    this.hosted = this.hosted.filter((other) => other !== hosted)
    this.parts.searches.remove(opened.node)
    await opened.close()
  }
}
