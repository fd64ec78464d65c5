/**
 * Decides whether this node answers others (BEP 43). With `auto` it asks only, until strangers have reached it for
 * `PROVEN_FOR`: behind most home routers nobody can, and such a node in other tables costs everybody a time-out.
 *
 * A stranger is an address that we have sent nothing to for `MAPPING_LIFE`, so that no router has let its packet in because of
 * ours. Such queries come also to a read-only node, as many programs do not know BEP 43. Proof is queries from
 * `STRANGERS_NEEDED` networks over that time, none of the gaps longer than `LONGEST_GAP`. A proof holds until the network
 * changes. Limit: `MAX_CONTACTED` addresses remembered, the last ones.
 */

import { addressKeys } from '../codec/address-keys.ts'
import { MINUTE, type Millis } from '../kernel/clock.ts'
import type { ServingMode } from './dht.ts'

export const PROVEN_FOR: Millis = 15 * MINUTE
export const LONGEST_GAP: Millis = 10 * MINUTE
export const STRANGERS_NEEDED = 3
/** Routers forget a mapping for UDP after some 30 seconds to 5 minutes. */
export const MAPPING_LIFE: Millis = 10 * MINUTE
/** A thousand torrents ask some 15,000 addresses in that time. */
export const MAX_CONTACTED = 16_384

export class ServingJudge {
  private readonly mode: ServingMode
  /** When we last sent to each address, the longest ago first. */
  private readonly contacted = new Map<string, Millis>()
  /** When we had sent to the address that was forgotten last. */
  private forgotten: Millis = -Infinity
  private readonly strangers = new Set<number | string>()
  private reachedSince: Millis | undefined
  private reachedLast: Millis = -Infinity
  private isProven = false

  constructor(mode: ServingMode) {
    this.mode = mode
  }

  get serves(): boolean {
    return this.mode === 'on' || (this.mode === 'auto' && this.isProven)
  }

  /** Addresses remembered. */
  get size(): number {
    return this.contacted.size
  }

  private get isUndecided(): boolean {
    return this.mode === 'auto' && !this.isProven
  }

  /** We have sent something there. */
  sentTo(host: string, now: Millis): void {
    if (!this.isUndecided) return
    this.contacted.delete(host)
    if (this.contacted.size >= MAX_CONTACTED) {
      for (const [oldest, at] of this.contacted) {
        this.contacted.delete(oldest)
        this.forgotten = at
        break
      }
    }
    this.contacted.set(host, now)
  }

  /** A query has come from there. @returns whether we serve from now on and have not before */
  queriedFrom(host: string, now: Millis): boolean {
    if (!this.isUndecided) return false
    const sentAt = this.contacted.get(host)
    // Where more were asked lately than are remembered, nobody can be told from those.
    if (now - (sentAt ?? this.forgotten) < MAPPING_LIFE) return false
    if (this.reachedSince === undefined || now - this.reachedLast > LONGEST_GAP) {
      this.reachedSince = now
      this.strangers.clear()
    }
    this.reachedLast = now
    if (this.strangers.size < STRANGERS_NEEDED) this.strangers.add(addressKeys(host).network)
    this.isProven = this.strangers.size >= STRANGERS_NEEDED && now - this.reachedSince >= PROVEN_FOR
    if (this.isProven) this.contacted.clear()
    return this.isProven
  }

  /** Another network: what was proven says nothing there. */
  reset(): void {
    this.isProven = false
    this.reachedSince = undefined
    this.reachedLast = -Infinity
    this.strangers.clear()
    this.contacted.clear()
    this.forgotten = -Infinity
  }
}
