/** What is said to a tracker and what it says back, whichever the protocol. */
import { isUnicastIp } from '../../codec/ip-address.ts'
import type { AnnounceEvent } from '../../codec/udp-tracker.ts'
import type { Endpoint } from '../../kernel/network.ts'

export type { AnnounceEvent }

/** Peers asked for in one announce. */
export const NUMWANT = 200
/** Peers taken from one answer, whatever its size. */
export const MAX_PEERS_IN_ANSWER = 1_000

export interface AnnounceRequest {
  /** 20 bytes each. */
  readonly infoHash: Uint8Array
  readonly peerId: Uint8Array
  readonly port: number
  /** Bytes. */
  readonly uploaded: number
  readonly downloaded: number
  readonly left: number
  readonly event: AnnounceEvent
  readonly numwant: number
  /** 32 random bits, the same for as long as the torrent runs. */
  readonly key: number
  /** What this tracker once gave us to send back. */
  readonly trackerId: Uint8Array | undefined
}

export interface AnnounceAnswer {
  /** Seconds, as the tracker says them: unchecked. */
  readonly interval: number | undefined
  readonly minInterval: number | undefined
  readonly seeds: number | undefined
  readonly leechers: number | undefined
  readonly peers: readonly Endpoint[]
  /** Clean text; empty where there was none. */
  readonly warning: string
  readonly trackerId: Uint8Array | undefined
}

/** Those that could be a peer: a unicast address and a port, each once. */
export function usablePeers(endpoints: readonly Endpoint[]): Endpoint[] {
  const unique = new Map<string, Endpoint>()
  for (const endpoint of endpoints) {
    const { host, port } = endpoint
    if (port > 0 && isUnicastIp(host)) unique.set(`${host} ${port}`, endpoint)
  }
  return [...unique.values()]
}

/** A count for the wire: whole, not negative, exact. */
export function wireCount(value: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(Math.trunc(value), 0), Number.MAX_SAFE_INTEGER) : 0
}
