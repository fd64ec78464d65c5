/**
 * The hosts of this machine, one for each address family, as one ring to others. IPv4 and IPv6 have rings of their own, since
 * neither reaches the other: a search runs once in each, and what they find is joined. Without a node to ask it ends with
 * nothing: `ready` says whether there is one, `watch` when that changes. Where a node is removed in the middle of a search, the
 * search ends with what the other family gives.
 */
import { itemKey } from '../items/item.ts'
import type { Clock } from '../kernel/clock.ts'
import type { RunningRequest } from '../kernel/key-value-store.ts'
import { mergeFound, mergeGets, mergePuts, NO_COST } from './merged-searches.ts'
import type { ChordNodePort, ChordSearches } from './overlay.ts'

export class Chord implements ChordSearches {
  private readonly clock: Clock
  /** With what ends watching each. */
  private readonly members = new Map<ChordNodePort, () => void>()
  private readonly watchers = new Set<() => void>()
  /** What ends the part that each node has in searches under way. */
  private readonly parts = new Map<ChordNodePort, Set<() => void>>()

  constructor(clock: Clock) {
    this.clock = clock
  }

  get nodes(): readonly ChordNodePort[] {
    return [...this.members.keys()]
  }

  get ready(): boolean {
    return this.nodes.some(({ ready }) => ready)
  }

  /** The node is started and stopped by its owner. */
  add(node: ChordNodePort): void {
    if (this.members.has(node)) return
    this.members.set(
      node,
      node.watch(() => this.changed()),
    )
    this.changed()
  }

  remove(node: ChordNodePort): void {
    this.members.get(node)?.()
    if (!this.members.delete(node)) return
    for (const leave of [...(this.parts.get(node) ?? [])]) leave()
    this.parts.delete(node)
    this.changed()
  }

  watch(changed: () => void): () => void {
    this.watchers.add(changed)
    return () => {
      this.watchers.delete(changed)
    }
  }

  lookUp(...[target, options, done]: Parameters<ChordSearches['lookUp']>): RunningRequest {
    return this.onEach<Parameters<typeof done>[0]>(
      (node, each) => node.lookUp(target, options, each),
      (results) => done(mergeFound(target, results)),
    )
  }

  peers(...[infoHash, options, done]: Parameters<ChordSearches['peers']>): RunningRequest {
    return this.onEach<Parameters<typeof done>[0]>(
      (node, each) => node.peers(infoHash, options, each),
      (results) => done(mergeFound(infoHash, results)),
    )
  }

  announce(...[infoHash, options, done]: Parameters<ChordSearches['announce']>): RunningRequest {
    return this.onEach<Parameters<typeof done>[0]>(
      (node, each) => node.announce(infoHash, options, each),
      (results) => {
        const stored = results.reduce((sum, result) => sum + result.stored, 0)
        done({ ...mergeFound(infoHash, results), stored })
      },
    )
  }

  put(...[item, options, done]: Parameters<ChordSearches['put']>): RunningRequest {
    return this.onEach<Parameters<typeof done>[0]>(
      (node, each) => node.put(item, options, each),
      ([first, ...others]) => {
        const nothing = { target: itemKey(item), stored: 0, refused: new Map(), owners: [], cost: NO_COST }
        done(first ? mergePuts([first, ...others]) : nothing)
      },
    )
  }

  get(...[target, options, done]: Parameters<ChordSearches['get']>): RunningRequest {
    return this.onEach<Parameters<typeof done>[0]>(
      (node, each) => node.get(target, options, each),
      ([first, ...others]) => {
        const nothing = { target: target.bytes, item: undefined, holders: 0, owners: [], cost: NO_COST }
        done(first ? mergeGets([first, ...others]) : nothing)
      },
    )
  }

  /** Starts one search in each family and reports once all have ended. */
  private onEach<R>(
    start: (node: ChordNodePort, done: (report: R) => void) => RunningRequest,
    done: (reports: readonly R[]) => void,
  ): RunningRequest {
    const nodes = this.best()
    if (nodes.length === 0) return this.clock.after(0, () => done([]))
    const reports: R[] = []
    let ended = 0
    const running = nodes.map((node) => {
      const settle = (...report: R[]) => {
        if (!this.part(node).delete(leave)) return
        reports.push(...report)
        ended += 1
        if (ended === nodes.length) done(reports)
      }
      const leave = () => {
        request.cancel()
        settle()
      }
      this.part(node).add(leave)
      const request = start(node, (report) => settle(report))
      return () => {
        this.part(node).delete(leave)
        request.cancel()
      }
    })
    return {
      cancel: () => {
        for (const cancel of running) cancel()
      },
    }
  }

  private part(node: ChordNodePort): Set<() => void> {
    const part = this.parts.get(node) ?? new Set()
    if (this.members.has(node)) this.parts.set(node, part)
    return part
  }

  /** Of each family one that has somebody to ask, a member before a client. */
  private best(): ChordNodePort[] {
    const best = new Map<4 | 6, ChordNodePort>()
    for (const node of this.members.keys()) {
      const { family } = node.facts
      const isBetter = !best.has(family) || (node.phase === 'member' && best.get(family)?.phase !== 'member')
      if (node.ready && isBetter) best.set(family, node)
    }
    return [...best.values()]
  }

  private changed(): void {
    for (const watcher of [...this.watchers]) watcher()
  }
}
