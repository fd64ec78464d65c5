/**
 * The nodes of this machine in one overlay, as one to others: there may be one for each local address and family (BEP 32 and
 * 45). A search runs once in each family and reports once all have ended. Where a node is removed in the middle of a search, the
 * search ends with what the other family gives; where there is nobody to ask, with nothing.
 */
import type { Clock } from '../kernel/clock.ts'
import type { RunningRequest } from '../kernel/key-value-store.ts'

interface Watched {
  /** Calls `changed` until the result is called. */
  watch(changed: () => void): () => void
}

export abstract class NodeGroup<N extends Watched> {
  private readonly clock: Clock
  /** With what ends watching each. */
  private readonly members = new Map<N, () => void>()
  private readonly watchers = new Set<() => void>()
  /** What ends the part that each node has in searches under way. */
  private readonly parts = new Map<N, Set<() => void>>()

  constructor(clock: Clock) {
    this.clock = clock
  }

  get nodes(): readonly N[] {
    return [...this.members.keys()]
  }

  /** Whom to ask: at most one of each family. */
  protected abstract best(): readonly N[]

  /** The node is started and stopped by its owner. */
  add(node: N): void {
    if (this.members.has(node)) return
    this.members.set(
      node,
      node.watch(() => this.changed()),
    )
    this.changed()
  }

  remove(node: N): void {
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

  /** Starts one search in each family. `done` is called once, never from within, with the reports of those that have ended. */
  protected onEach<R>(
    start: (node: N, done: (report: R) => void) => RunningRequest,
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

  private part(node: N): Set<() => void> {
    const part = this.parts.get(node) ?? new Set()
    if (this.members.has(node)) this.parts.set(node, part)
    return part
  }

  private changed(): void {
    for (const watcher of [...this.watchers]) watcher()
  }
}
