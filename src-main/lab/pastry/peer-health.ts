/** What a node thinks of who did not answer: suspected after one miss and left out of routes, failed after the next. */
import type { Clock, Millis } from '../../kernel/clock.ts'
import type { Peer } from './peer.ts'

/** So long no third party can bring a failed node back into our state; its own word can, at once. */
export const FAILED_FOR: Millis = 60_000
/** Failed nodes remembered; the oldest are forgotten for newer ones. */
export const MAX_FAILED = 256

export class PeerHealth {
  /** Those that are not to be routed through now. */
  readonly suspected = new Set<Peer>()
  private readonly clock: Clock
  /** Until when, the oldest first. */
  private readonly failed = new Map<Peer, Millis>()

  constructor(clock: Clock) {
    this.clock = clock
  }

  hasFailed(peer: Peer): boolean {
    const until = this.failed.get(peer)
    if (until === undefined) return false
    if (until > this.clock.now()) return true
    this.failed.delete(peer)
    return false
  }

  /** It has said something. */
  lives(peer: Peer): void {
    this.suspected.delete(peer)
    this.failed.delete(peer)
  }

  /** @returns false where it was suspected already */
  suspect(peer: Peer): boolean {
    if (this.suspected.has(peer)) return false
    this.suspected.add(peer)
    return true
  }

  fail(peer: Peer): void {
    this.suspected.delete(peer)
    this.failed.delete(peer)
    this.failed.set(peer, this.clock.now() + FAILED_FOR)
    for (const oldest of this.failed.keys()) {
      if (this.failed.size <= MAX_FAILED) break
      this.failed.delete(oldest)
    }
  }
}
