/** Peers and nodes given by host name (magnet links, `nodes` of a .torrent): names are looked up, addresses pass through. */
import { canonicalIp } from '../../codec/ip-address.ts'
import type { Endpoint, Resolver } from '../../kernel/network.ts'

/** Names looked up for one torrent; those beyond are passed over. */
export const MAX_NAMES = 20

/**
 * Reports the addresses at once, and those of each name as they come, unless `ended` by then. A name that cannot be
 * looked up gives nothing.
 */
export function withAddresses(
  resolver: Resolver,
  endpoints: readonly Endpoint[],
  ended: () => boolean,
  found: (endpoints: readonly Endpoint[]) => void,
): void {
  const isAddress = ({ host }: Endpoint) => canonicalIp(host) !== undefined
  found(endpoints.filter(isAddress))
  for (const { host, port } of endpoints.filter((endpoint) => !isAddress(endpoint)).slice(0, MAX_NAMES)) {
    resolver.resolve(host).then(
      (addresses) => {
        if (!ended()) found(addresses.map((address) => ({ host: address, port })))
      },
      () => {},
    )
  }
}
