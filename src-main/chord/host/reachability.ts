/**
 * Whether strangers reach this host. A stranger is a host that we have sent nothing to for `MAPPING_LIFE`, so that no router
 * has let its packet in because of ours. One packet of one stranger is proof, and holds until the network changes; a given
 * address needs none. Limit: `MAX_CONTACTED` hosts remembered, the last ones.
 */
import { type Clock, MINUTE, type Millis } from '../../kernel/clock.ts'
import type { ChordNodeOptions } from './node-options.ts'

/** Routers forget a mapping for UDP after some 30 seconds to 5 minutes. */
export const MAPPING_LIFE: Millis = 10 * MINUTE
export const MAX_CONTACTED = 4_096

export class Reachability {
  private readonly given: () => boolean
  /** When we last sent to each host, the longest ago first. */
  private readonly contacted = new Map<string, Millis>()
  /** When we had sent to the host that was forgotten last. */
  private forgotten: Millis = Number.NEGATIVE_INFINITY
  private isReached = false
  private readonly unwatch: (() => void) | undefined

  /**
   * `given`: whether that is known from elsewhere, asked anew each time. `watchAsked`: whom others ask over our socket counts
   * too, until `end`.
   */
  constructor(given: () => boolean, watchAsked: ChordNodeOptions['watchAsked'], clock: Pick<Clock, 'now'>) {
    this.given = given
    this.unwatch = watchAsked?.((host) => this.sentTo(host, clock.now()))
  }

  get isProven(): boolean {
    return this.isReached || this.given()
  }

  /** Hosts remembered. */
  get size(): number {
    return this.contacted.size
  }

  end(): void {
    this.unwatch?.()
  }

  /** We have sent something there. */
  sentTo(host: string, now: Millis): void {
    if (this.isReached) return
    this.contacted.delete(host)
    if (this.contacted.size >= MAX_CONTACTED) {
      const [[oldest, at]] = this.contacted.entries() as unknown as [[string, Millis]]
      this.contacted.delete(oldest)
      this.forgotten = at
    }
    this.contacted.set(host, now)
  }

  /** A question has come from there. @returns whether that proves now what was not proven before */
  askedFrom(host: string, now: Millis): boolean {
    if (this.isProven) return false
    // Where more were asked lately than are remembered, nobody can be told from those.
    const sentAt = this.contacted.get(host) ?? this.forgotten
    this.isReached = now - sentAt >= MAPPING_LIFE
    if (this.isReached) this.contacted.clear()
    return this.isReached
  }

  /** Another network: what was proven says nothing there. */
  reset(): void {
    this.isReached = false
    this.contacted.clear()
    this.forgotten = Number.NEGATIVE_INFINITY
  }
}
