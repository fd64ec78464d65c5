/**
 * How far an IP address reaches: this machine, its own network, or everybody. A node of the public internet that names a
 * private address would have us send packets into our own network, so what somebody tells us of must reach at least as far
 * as the teller (BEP 5 says nothing of it; libtorrent's threads 792 and 6236 tell why).
 */
import { ipBytes, ipv4Number, isUnicastIp } from '../codec/ip-address.ts'
import type { Endpoint } from '../kernel/network.ts'
import { isExemptAddress, isExemptIpv4 } from './secure-id.ts'

/** 0: this machine. 1: its own network. 2: everybody. */
export type Reach = 0 | 1 | 2

/** Of an IP literal; a text that is none reaches nobody else. */
export function reachOf(host: string): Reach {
  const number = ipv4Number(host)
  if (number !== undefined) return number >>> 24 === 127 ? 0 : isExemptIpv4(number) ? 1 : 2
  const bytes = ipBytes(host)
  if (bytes === undefined) return 0
  // An IPv4 address in the form of IPv6 is among these, too.
  if (bytes.length === 4 ? bytes[0] === 127 : isLoopback6(bytes)) return 0
  return isExemptAddress(bytes) ? 1 : 2
}

/** Whether a packet can go there: an address of one host in our family, and a port. */
export function isUsable({ host, port }: Endpoint, family: 4 | 6): boolean {
  return port > 0 && port <= 65_535 && host.includes(':') === (family === 6) && isUnicastIp(host)
}

/** Whether what somebody with the reach `least` names may be sent to. */
export function mayName(least: Reach, named: Reach): boolean {
  return least === 0 || named >= least
}

/** The part of `told` that is worth a packet: usable, and reaching at least as far as who told us. */
export function usableOf<T extends { readonly endpoint: Endpoint }>(
  told: readonly T[],
  teller: Endpoint,
  family: 4 | 6,
): T[] {
  const least = reachOf(teller.host)
  return told.filter(({ endpoint }) => isUsable(endpoint, family) && (least === 0 || reachOf(endpoint.host) >= least))
}

function isLoopback6(bytes: Uint8Array): boolean {
  return bytes[15] === 1 && bytes.subarray(0, 15).every((byte) => byte === 0)
}
