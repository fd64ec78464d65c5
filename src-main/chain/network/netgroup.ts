/**
 * Which addresses are likely one party's: the prefix that somebody is given whole. An attacker has many addresses in few
 * groups, so connections and tables are spread over groups.
 *
 * Addresses of this machine and of private networks have no groups: everybody there would be in one. Each endpoint is a
 * group of its own, so that twenty nodes on one machine or in one house can all be used.
 */
import { ipBytes, ipText } from '../../codec/ip-address.ts'
import { reachOf } from '../../codec/ip-reach.ts'
import { readU32, toHex } from '../../kernel/bytes.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'

/** Whether groups mean nothing for it: this machine or a private network. */
export function isSmallNetwork(host: string): boolean {
  return reachOf(host) < 2
}

/** IPv4 by its first 16 bits, IPv6 by its first 32; tunnels by the IPv4 address in them. */
export function netgroupOf(endpoint: Endpoint): string {
  if (isSmallNetwork(endpoint.host)) return formatEndpoint(endpoint)
  return networkOf(endpoint.host)
}

/**
 * Whose word a peer's is: two connections with one host are one witness, and so are hosts of one group. On this machine
 * every endpoint is somebody.
 */
export function witnessOf(endpoint: Endpoint): string {
  const { host } = endpoint
  if (reachOf(host) === 0) return formatEndpoint(endpoint)
  return isSmallNetwork(host) ? host : networkOf(host)
}

/** The group of an address alone, for those who tell us of others: all of the small network are one. */
export function sourceGroupOf(host: string): string {
  return isSmallNetwork(host) ? 'small network' : networkOf(host)
}

function networkOf(host: string): string {
  const bytes = ipBytes(host)
  if (bytes === undefined) return host
  const ipv4 = bytes.length === 4 ? bytes : ipv4Inside(bytes)
  if (ipv4 !== undefined) return ipText(Uint8Array.of(ipv4[0] as number, ipv4[1] as number, 0, 0))
  // Hurricane Electric gives anybody a /48 of its 2001:470::/32: four bits more tell its parts apart.
  if (readU32(bytes, 0) === 0x2001_0470) return toHex(bytes.subarray(0, 4)) + ((bytes[4] as number) >>> 4).toString(16)
  return toHex(bytes.subarray(0, 4))
}

/** The IPv4 address that an IPv6 address stands for: 6to4 (RFC 3056), Teredo (RFC 4380), NAT64 (RFC 6052). */
function ipv4Inside(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] === 0x20 && bytes[1] === 0x02) return bytes.subarray(2, 6)
  const first = readU32(bytes, 0)
  if (first === 0x2001_0000) return bytes.slice(12).map((byte) => byte ^ 0xff)
  const isNat64 = first === 0x0064_ff9b && bytes.subarray(4, 12).every((byte) => byte === 0)
  return isNat64 ? bytes.subarray(12) : undefined
}
