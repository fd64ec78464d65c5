/** What others tell us of that is worth a packet (BEP 5 says nothing of it; libtorrent's threads 792 and 6236 tell why). */
import { isUnicastIp } from '../codec/ip-address.ts'
import { mayName, reachOf } from '../codec/ip-reach.ts'
import type { Endpoint } from '../kernel/network.ts'

/** Whether a packet can go there: an address of one host in our family, and a port. */
export function isUsable({ host, port }: Endpoint, family: 4 | 6): boolean {
  return port > 0 && port <= 65_535 && host.includes(':') === (family === 6) && isUnicastIp(host)
}

/** The part of `told` that is worth a packet: usable, and reaching at least as far as who told us. */
export function usableOf<T extends { readonly endpoint: Endpoint }>(
  told: readonly T[],
  teller: Endpoint,
  family: 4 | 6,
): T[] {
  const least = reachOf(teller.host)
  return told.filter(({ endpoint }) => isUsable(endpoint, family) && mayName(least, reachOf(endpoint.host)))
}
