/** An overlay on the simulated network as the comparison drives it: whichever it is, it is asked for the same. */
import type { Millis } from '../../kernel/clock.ts'
import type { Summary } from '../summary.ts'

export const OVERLAYS = ['chord', 'kademlia', 'pastry', 'gnutella'] as const
export type OverlayName = (typeof OVERLAYS)[number]

export const OVERLAY_TITLES: Readonly<Record<OverlayName, string>> = {
  ...{ chord: 'Chord', kademlia: 'Kademlia', pastry: 'Pastry', gnutella: 'Flooding' },
}

/** What lookups have come to, alike for all overlays. */
export interface LookupFigures {
  readonly lookups: number
  /** Part of the lookups that found what they looked for. */
  readonly success: number
  readonly hops: Summary
  readonly timeouts: Summary
  /** Virtual milliseconds, of those that found something. */
  readonly latency: Summary
}

export interface OverlayLab {
  /** Virtual milliseconds since the start. */
  readonly elapsed: Millis
  /** Delivered so far. */
  readonly messages: number
  /** Delivered so far, headers of the network included. */
  readonly bytes: number
  readonly checksum: string
  /** From now on every node stays for a memoryless session, and whoever goes is replaced at once by a newcomer. */
  churn(medianSession: Millis): void
  /** Of a random key, or a random item, from a random node. */
  lookUp(): void
  run(duration: Millis): Promise<void>
  /** Lets the last lookups end. */
  finish(): Promise<void>
  figures(): LookupFigures
  /** Others that a node knows. */
  state(): Summary
}

export interface LabShape {
  readonly nodes: number
  readonly seed: number
  /** Whether nodes come and go, so that they have to look after what they know. */
  readonly upkeep: boolean
}

/** Of one way between two nodes, in every overlay. */
export const COMPARED_LATENCY = { latency: [10, 100], jitter: 0.1 } as const
/** In front of each message: IP and UDP, or IP and TCP where nodes keep connections. */
export const UDP_HEADERS = 28
export const TCP_HEADERS = 40
