import { decodeEndpoints, encodeEndpoint } from '../codec/compact-endpoints.ts'
import { ipv4Number } from '../codec/ip-address.ts'
import type { Endpoint } from '../kernel/network.ts'

/** As `encodeEndpoint`, quick for IPv4: an answer holds a hundred of them, and its size is looked at before it is made. */
export function compactEndpoint(endpoint: Endpoint): Uint8Array | undefined {
  const { host, port } = endpoint
  const number = ipv4Number(host)
  if (number === undefined) return encodeEndpoint(endpoint)
  if (!isPort(port)) return undefined
  return Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number, port >> 8, port)
}

/** Whether somebody can be reached at this port. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535
}

/** The endpoint in the 6 or 18 bytes from `at`; undefined where its port is 0. The caller has checked the length. */
export function readEndpoint(bytes: Uint8Array, at: number, size: 6 | 18): Endpoint | undefined {
  if (size === 18) return decodeEndpoints(bytes.subarray(at, at + size), 6)[0]
  const port = ((bytes[at + 4] as number) << 8) | (bytes[at + 5] as number)
  return port === 0 ? undefined : { host: `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`, port }
}
