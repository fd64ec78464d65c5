/**
 * Decides whom to connect to: anchors of the last run first, then addresses from the address manager, no two in one network,
 * none that has just failed. Now and then a feeler, which only sees whether an address answers.
 *
 * Told what there is; opens nothing.
 */
import { MINUTE, type Millis, SECOND } from '../../../kernel/clock.ts'
import { type Endpoint, formatEndpoint } from '../../../kernel/network.ts'
import type { AddressManager, KnownAddress } from '../addrman/address-manager.ts'
import type { DiscouragedAddresses } from '../discouraged-addresses.ts'
import { hasServices, Services } from '../messages/index.ts'
import { netgroupOf } from '../netgroup.ts'
import type { Connection } from './connection.ts'

/** Mean time between feelers (Bitcoin Core). */
export const FEELER_INTERVAL: Millis = 2 * MINUTE
/** Not sooner is an address tried again, doubled for each failure. */
export const RETRY_AFTER: Millis = 15 * SECOND
export const LONGEST_RETRY: Millis = 10 * MINUTE

export interface DialState {
  readonly connections: Iterable<Connection>
  /** Milliseconds since 1970. */
  readonly wallTime: Millis
}

export class Dialler {
  readonly #addresses: AddressManager
  readonly #discouraged: DiscouragedAddresses
  #anchors: Endpoint[]

  constructor(addresses: AddressManager, discouraged: DiscouragedAddresses, anchors: readonly Endpoint[]) {
    this.#addresses = addresses
    this.#discouraged = discouraged
    this.#anchors = [...anchors]
  }

  /** One to connect to for good; undefined where there is none now. */
  outgoing(state: DialState): Endpoint | undefined {
    const { endpoints, groups } = takenBy(state.connections)
    const isFree = (endpoint: Endpoint) =>
      !endpoints.has(formatEndpoint(endpoint)) && !groups.has(netgroupOf(endpoint)) && !this.#discouraged.has(endpoint)
    const anchor = this.#anchors.shift()
    if (anchor !== undefined && isFree(anchor)) return anchor
    const accept = (address: KnownAddress) =>
      isFree(address.endpoint) && isUseful(address.services) && isRested(address, state.wallTime)
    return this.#addresses.select({ accept })?.endpoint
  }

  /** One to be tried and let go. */
  feeler(state: DialState): Endpoint | undefined {
    const { endpoints } = takenBy(state.connections)
    const accept = (address: KnownAddress) =>
      !endpoints.has(formatEndpoint(address.endpoint)) &&
      !this.#discouraged.has(address.endpoint) &&
      isRested(address, state.wallTime)
    return this.#addresses.feelerTarget(accept)?.endpoint
  }
}

/** Who is connected, and the networks of those whom we chose. */
function takenBy(connections: Iterable<Connection>): {
  readonly endpoints: ReadonlySet<string>
  readonly groups: ReadonlySet<string>
} {
  const endpoints = new Set<string>()
  const groups = new Set<string>()
  for (const { endpoint, direction, netgroup } of connections) {
    endpoints.add(formatEndpoint(endpoint))
    if (direction === 'outgoing' || direction === 'manual') groups.add(netgroup)
  }
  return { endpoints, groups }
}

/** Not known, or blocks with witnesses. */
function isUseful(services: bigint): boolean {
  return services === 0n || hasServices(services, Services.WITNESS)
}

function isRested({ lastTry, attempts }: KnownAddress, wallTime: Millis): boolean {
  return wallTime - lastTry * SECOND >= Math.min(LONGEST_RETRY, RETRY_AFTER * 2 ** Math.min(attempts, 10))
}
