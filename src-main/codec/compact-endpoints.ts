/**
 * Endpoints in compact form: an IPv4 address and port in 6 bytes (BEP 23), an IPv6 address and port in 18 (BEP 7),
 * big-endian, one after the other.
 */
import type { Endpoint } from '../kernel/network.ts'
import { ipBytes, ipText } from './ip-address.ts'

export type Family = 4 | 6

/** Bytes of one endpoint in compact form. */
export function compactSize(family: Family): number {
  return family === 4 ? 6 : 18
}

/** Reads at most `limit` endpoints; a rest that is too short for one is left. Nothing about them is checked. */
export function decodeEndpoints(bytes: Uint8Array, family: Family, limit: number): Endpoint[] {
  const size = compactSize(family)
  const count = Math.min(Math.floor(bytes.length / size), limit)
  return Array.from({ length: count }, (_, i) => {
    const end = (i + 1) * size
    const port = ((bytes[end - 2] as number) << 8) | (bytes[end - 1] as number)
    return { host: ipText(bytes.subarray(i * size, end - 2)), port }
  })
}

/** The endpoints of one family in compact form; those of the other, and names, are left out. */
export function encodeEndpoints(endpoints: readonly Endpoint[], family: Family): Uint8Array {
  const addressLength = compactSize(family) - 2
  const bytes: number[] = []
  for (const { host, port } of endpoints) {
    const address = ipBytes(host)
    if (address?.length === addressLength) bytes.push(...address, port >> 8, port & 255)
  }
  return Uint8Array.from(bytes)
}
