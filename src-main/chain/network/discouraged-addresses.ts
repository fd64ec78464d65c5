/**
 * Addresses that broke a rule, for a day: not dialled, and not let in. In memory alone, and bounded.
 *
 * An IPv4 address counts by itself, an IPv6 address by its first 64 bits, for everybody there has them all. On this machine
 * it is the endpoint that counts, since all nodes on it share the address: one of them that misbehaves is not dialled
 * again, and the others go on.
 */
import { ipBytes } from '../../codec/ip-address.ts'
import { reachOf } from '../../codec/ip-reach.ts'
import { toHex } from '../../kernel/bytes.ts'
import { type Clock, HOUR, type Millis } from '../../kernel/clock.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'

/** The oldest is forgotten first. */
export const MAX_DISCOURAGED = 10_000
export const DISCOURAGED_FOR: Millis = 24 * HOUR
const IPV6_NETWORK_BYTES = 8

export class DiscouragedAddresses {
  readonly #clock: Pick<Clock, 'now'>
  /** Until when, oldest first. */
  readonly #until = new Map<string, Millis>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  get size(): number {
    return this.#until.size
  }

  add(endpoint: Endpoint): void {
    const key = keyOf(endpoint)
    this.#until.delete(key)
    const [oldest] = this.#until.keys()
    if (this.#until.size >= MAX_DISCOURAGED && oldest !== undefined) this.#until.delete(oldest)
    this.#until.set(key, this.#clock.now() + DISCOURAGED_FOR)
  }

  has(endpoint: Endpoint): boolean {
    const key = keyOf(endpoint)
    const until = this.#until.get(key)
    if (until === undefined) return false
    if (until > this.#clock.now()) return true
    this.#until.delete(key)
    return false
  }

  /** A person wants it back. */
  forgive(endpoint: Endpoint): void {
    this.#until.delete(keyOf(endpoint))
  }
}

function keyOf(endpoint: Endpoint): string {
  if (reachOf(endpoint.host) === 0) return formatEndpoint(endpoint)
  const bytes = ipBytes(endpoint.host)
  return bytes === undefined ? endpoint.host : toHex(bytes.subarray(0, IPV6_NETWORK_BYTES))
}
