/** Peers as people see them. Texts from outside are bounded and printable; they are shown as text only. */
import type { Millis } from '../../kernel/clock.ts'
import { formatEndpoint } from '../../kernel/network.ts'
import type { Connection } from './connections/connection.ts'
import { hasServices, Services } from './messages/index.ts'
import type { PeerDirection } from './peer.ts'

export interface PeerRow {
  /** `host:port`. */
  readonly id: string
  readonly direction: PeerDirection
  readonly state: 'connecting' | 'handshake' | 'connected'
  /** What it calls itself: printable ASCII, at most 256 characters. */
  readonly userAgent: string
  /** Names of what it offers. */
  readonly services: readonly string[]
  /** Newest block that it is known to have. */
  readonly height: number | undefined
  /** Milliseconds of the last ping. */
  readonly ping: Millis | undefined
  readonly bytesReceived: number
  readonly bytesSent: number
  /** Since 1970. */
  readonly connectedAt: Millis
  readonly origin: Connection['origin']
  /** What we are doing with it, in a few words; empty for nothing. */
  readonly activity: string
}

export function rowOf({ endpoint, direction, link, peer, connectedAt, origin }: Connection, activity: string): PeerRow {
  const introduction = peer?.introduction
  const height = peer?.head?.height ?? introduction?.startHeight
  return {
    id: formatEndpoint(endpoint),
    direction,
    state: peer ? 'connected' : link.received.bytes > 0 || direction === 'incoming' ? 'handshake' : 'connecting',
    userAgent: introduction?.userAgent ?? '',
    services: introduction ? serviceNames(introduction.services) : [],
    height: height !== undefined && height >= 0 ? height : undefined,
    ping: link.pings.latest,
    bytesReceived: link.received.bytes,
    bytesSent: link.sent.bytes,
    connectedAt,
    origin,
    activity,
  }
}

/** Names of the bits that we know. */
export function serviceNames(services: bigint): string[] {
  return Object.entries(Services)
    .filter(([, bit]) => hasServices(services, bit))
    .map(([name]) => name)
}
