/** How many peer connections the whole session may have and how fast it may try new ones; one for all torrents. */
import { type Millis, SECOND } from '../../kernel/clock.ts'

export interface ConnectionLimits {
  readonly total: number
  readonly perTorrent: number
  /** Outgoing ones that do not stand yet. */
  readonly halfOpen: number
  /** Attempts a second on the long run, and at once after a pause. */
  readonly attemptsPerSecond: number
  readonly burst: number
}

export const DEFAULT_LIMITS: ConnectionLimits = {
  total: 200,
  perTorrent: 50,
  halfOpen: 30,
  attemptsPerSecond: 30,
  burst: 30,
}

export class ConnectionBudget {
  limits: ConnectionLimits
  /** Connections that stand or are being made. */
  total = 0
  halfOpen = 0
  private tokens: number
  private refilledAt: Millis = 0

  constructor(limits: ConnectionLimits = DEFAULT_LIMITS) {
    this.limits = limits
    this.tokens = limits.burst
  }

  /** Takes a place for an outgoing connection, if there is one now. */
  tryDial(now: Millis): boolean {
    const gained = (Math.max(0, now - this.refilledAt) * this.limits.attemptsPerSecond) / SECOND
    this.tokens = Math.min(this.limits.burst, this.tokens + gained)
    this.refilledAt = now
    if (this.tokens < 1 || this.total >= this.limits.total || this.halfOpen >= this.limits.halfOpen) return false
    this.tokens--
    this.total++
    this.halfOpen++
    return true
  }

  /** Takes a place for an incoming connection, if there is one. */
  tryAccept(): boolean {
    if (this.total >= this.limits.total) return false
    this.total++
    return true
  }

  /** An outgoing connection stands. */
  established(): void {
    this.halfOpen--
  }

  /** A connection has ended. @param stood whether it was incoming or had been `established` */
  closed(stood: boolean): void {
    this.total--
    if (!stood) this.halfOpen--
  }
}
