/**
 * Searches of an overlay as promises, for the calls of the contract. A search that is asked for while the first nodes are
 * still being looked for waits for them a little. Each settles exactly once: with its result, or with `OVERLAY_OFF` when
 * the nodes that carried it are gone. Limit: `MAX_RUNNING` at once, those that wait included.
 */
import { type Clock, type Millis, SECOND } from '../../kernel/clock.ts'
import type { RunningRequest } from '../../kernel/key-value-store.ts'
import { OverlaysError } from './overlays-error.ts'
import type { OverlayName, SearchableOverlay } from './searchable.ts'

export const MAX_RUNNING = 32
/** Joining takes a second or two; after this a search is tried with what there is. */
export const JOIN_WAIT: Millis = 10 * SECOND

type Watched = Pick<SearchableOverlay, 'ready' | 'watch'>

export class RunningCalls {
  private readonly clock: Clock
  private readonly overlay: OverlayName
  private readonly running = new Set<() => void>()

  constructor(clock: Clock, overlay: OverlayName) {
    this.clock = clock
    this.overlay = overlay
  }

  get size(): number {
    return this.running.size
  }

  /** @param begin starts the search and says how it ended, once. @throws OverlaysError TOO_MANY_SEARCHES, OVERLAY_OFF */
  run<T>(over: Watched, begin: (done: (result: T) => void) => RunningRequest): Promise<T> {
    if (this.running.size >= MAX_RUNNING)
      return Promise.reject(new OverlaysError({ code: 'TOO_MANY_SEARCHES', limit: MAX_RUNNING }))
    return new Promise((resolve, reject) => {
      let request = this.whenReady(over, () => {
        request = begin((result) => {
          if (this.running.delete(abandon)) resolve(result)
        })
      })
      const abandon = () => {
        this.running.delete(abandon)
        request.cancel()
        reject(new OverlaysError({ code: 'OVERLAY_OFF', overlay: this.overlay, stopped: true }))
      }
      this.running.add(abandon)
    })
  }

  /** The nodes are gone: every search ends without a result. */
  abandonAll(): void {
    for (const abandon of [...this.running]) abandon()
  }

  /** Calls `go` from the event loop, once there are nodes to ask or the wait is over. */
  private whenReady(over: Watched, go: () => void): RunningRequest {
    const unwatch = over.watch(() => {
      if (over.ready) start()
    })
    const timer = this.clock.after(over.ready ? 0 : JOIN_WAIT, () => start())
    const end = () => {
      unwatch()
      timer.cancel()
    }
    const start = () => {
      end()
      go()
    }
    return { cancel: end }
  }
}
