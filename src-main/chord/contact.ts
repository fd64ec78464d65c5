import { isUnicastIp } from '../codec/ip-address.ts'
import type { Endpoint } from '../kernel/network.ts'
import { positionOf } from './position.ts'
import type { RingId } from './ring-id.ts'

/** A virtual node: its place on the ring, where its host is, and which of the host's slots it has. Immutable. */
export interface ChordContact {
  readonly id: RingId
  readonly endpoint: Endpoint
  /** 0 to 63. */
  readonly slot: number
}

/** The virtual node of a slot of a host; undefined where the host is no IP literal or there is no such slot. */
export function contactAt(endpoint: Endpoint, slot: number): ChordContact | undefined {
  const id = positionOf(endpoint.host, slot)
  return id && { id, endpoint, slot }
}

/** Whether it stands where its address and slot put it, and a packet can be sent to it. */
export function holdsItsPlace({ id, endpoint, slot }: ChordContact): boolean {
  if (endpoint.port < 1 || endpoint.port > 65_535 || !isUnicastIp(endpoint.host)) return false
  return positionOf(endpoint.host, slot)?.equals(id) ?? false
}

/** Whether both are virtual nodes of one host. */
export function areSiblings(a: ChordContact, b: ChordContact): boolean {
  return a.endpoint.host === b.endpoint.host && a.endpoint.port === b.endpoint.port
}
