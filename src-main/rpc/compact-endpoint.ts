import { decodeEndpoints, encodeEndpoint } from '../codec/compact-endpoints.ts'
import type { Endpoint } from '../kernel/network.ts'

const [ZERO, NINE, DOT] = [0x30, 0x39, 0x2e]

/**
 * As `encodeEndpoint`, some twenty times as fast for IPv4: an answer holds a hundred of them, and its size is looked at before
 * it is made. Whatever is not four plain numbers goes the slow way.
 */
export function compactEndpoint(endpoint: Endpoint): Uint8Array | undefined {
  const { host, port } = endpoint
  const bytes = new Uint8Array(6)
  let [at, digits, value] = [0, 0, 0]
  for (let i = 0; i < host.length; i++) {
    const code = host.charCodeAt(i)
    if (code === DOT && digits > 0 && at < 3) {
      bytes[at++] = value
      digits = 0
      value = 0
    } else if (code >= ZERO && code <= NINE && !(digits > 0 && value === 0)) {
      value = value * 10 + code - ZERO
      digits += 1
      if (value > 255) return encodeEndpoint(endpoint)
    } else return encodeEndpoint(endpoint)
  }
  const isPort = Number.isInteger(port) && port >= 1 && port <= 65_535
  if (at !== 3 || digits === 0 || !isPort) return undefined
  bytes[3] = value
  bytes[4] = port >> 8
  bytes[5] = port & 0xff
  return bytes
}

/** The endpoint in the 6 or 18 bytes from `at`; undefined where its port is 0. The caller has checked the length. */
export function readEndpoint(bytes: Uint8Array, at: number, size: 6 | 18): Endpoint | undefined {
  if (size === 18) return decodeEndpoints(bytes.subarray(at, at + size), 6)[0]
  const port = ((bytes[at + 4] as number) << 8) | (bytes[at + 5] as number)
  return port === 0 ? undefined : { host: `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`, port }
}
