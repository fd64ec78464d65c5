/**
 * Peers as trackers, peer exchange and the DHT send them: 4 bytes of IPv4 (BEP 23) or 16 of IPv6 (BEP 7), then a port
 * of 2 bytes, all big-endian, one after the other.
 *
 * An endpoint with port 0 cannot be reached and is dropped, as is an incomplete one at the end. Whether an address is
 * worth dialling (multicast, our own) is for those who dial.
 */
import { concatBytes } from '../kernel/bytes.ts'
import type { Endpoint } from '../kernel/network.ts'
import { canonicalIp, ipBytes, ipText } from './ip-address.ts'

export type Family = 4 | 6

/** Endpoints read from or written into one string, unless less is asked for. */
export const MAX_COMPACT_ENDPOINTS = 2_000

/** Bytes of one endpoint in compact form. */
export function compactSize(family: Family): number {
  return family === 4 ? 6 : 18
}

/** The endpoints in `bytes`, in order; the first `limit` that have a port. An IPv4 address mapped into IPv6 is read as such. */
export function decodeEndpoints(bytes: Uint8Array, family: Family, limit = MAX_COMPACT_ENDPOINTS): Endpoint[] {
  const size = compactSize(family)
  const endpoints: Endpoint[] = []
  for (let at = 0; at + size <= bytes.length && endpoints.length < limit; at += size) {
    const port = ((bytes[at + size - 2] as number) << 8) | (bytes[at + size - 1] as number)
    const text = ipText(bytes.subarray(at, at + size - 2))
    if (port !== 0) endpoints.push({ host: canonicalIp(text) ?? text, port })
  }
  return endpoints
}

/** Those of `endpoints` that are of `family` and have a port from 1 to 65535, the first `limit` of them; names are left out. */
export function encodeEndpoints(
  endpoints: Iterable<Endpoint>,
  family: Family,
  limit = MAX_COMPACT_ENDPOINTS,
): Uint8Array {
  const parts: Uint8Array[] = []
  for (const endpoint of endpoints) {
    if (parts.length >= limit) break
    const part = encodeEndpoint(endpoint)
    if (part?.length === compactSize(family)) parts.push(part)
  }
  return concatBytes(parts)
}

/** 6 or 18 bytes; undefined where the host is no IP literal or the port is not from 1 to 65535. */
export function encodeEndpoint({ host, port }: Endpoint): Uint8Array | undefined {
  const address = ipBytes(host)
  if (address === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined
  return Uint8Array.from([...address, port >> 8, port & 255])
}
