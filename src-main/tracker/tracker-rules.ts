/** What the tracker tells every client, whatever the protocol. */
import { MINUTE, type Millis, SECOND } from '../kernel/clock.ts'

export interface TrackerRules {
  /** Seconds between two announces of a peer. */
  readonly interval: number
  /** Seconds that must pass at least. */
  readonly minInterval: number
}

export const DEFAULT_RULES: TrackerRules = { interval: 15 * 60, minInterval: 60 }
export const DEFAULT_NUMWANT = 50
export const MAX_NUMWANT = 200
/** Peers in one UDP answer over IPv6, so that it is not larger than over IPv4. */
export const MAX_UDP_NUMWANT_IPV6 = 66
/** How often silent peers are looked for. */
export const EXPIRY_PERIOD: Millis = MINUTE
/** Requests taken in a stretch of time: one address can ask 100 times a second, all together 2,000 times. */
export const REQUEST_LIMITS = { period: 10 * SECOND, perAddress: 1_000, total: 20_000 }

/** A peer is forgotten when it has missed two announces. */
export function peerLifetime(rules: TrackerRules): Millis {
  return 2 * rules.interval * SECOND
}

export function wantedPeers(numwant: number | undefined, most = MAX_NUMWANT): number {
  return Math.min(numwant ?? DEFAULT_NUMWANT, most)
}
