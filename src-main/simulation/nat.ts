/**
 * A router that translates addresses, with one host behind it, for UDP. Decides under which port a packet of the host appears
 * outside, and which packets from outside come through.
 *
 * A mapping from an inside to an outside port lasts `timeout` from the last packet that went out through it; packets that come
 * in do not prolong it (RFC 4787, REQ-6). The kinds of old (RFC 3489, section 5), in the words of RFC 4787:
 * - `full-cone`: one mapping for a port, open to everybody.
 * - `restricted`: one mapping for a port, open to the addresses that were written to within `timeout`.
 * - `port-restricted`: the same with address and port.
 * - `symmetric`: a mapping for each address and port written to, open to that alone.
 * Limits: `MAX_MAPPINGS` mappings, and as many addresses that one lets in; the one unused for longest goes.
 */
import { MINUTE, type Millis } from '../kernel/clock.ts'
import type { Endpoint } from '../kernel/network.ts'

export type NatKind = 'full-cone' | 'restricted' | 'port-restricted' | 'symmetric'

export interface NatOptions {
  readonly kind: NatKind
  /** How long a mapping lasts without a packet going out; 2 minutes, the least that RFC 4787 allows, when left out. */
  readonly timeout?: Millis
}

export const DEFAULT_MAPPING_TIMEOUT: Millis = 2 * MINUTE
export const MAX_MAPPINGS = 4_096
/** Where outside ports of symmetric mappings begin. */
const FIRST_PORT = 1_024
const LAST_PORT = 65_535

interface Mapping {
  readonly key: string
  readonly inside: number
  readonly outside: number
  until: Millis
  /** Until when each is let in, the one unused for longest first; undefined where everybody is. */
  readonly allowed: Map<string, Millis> | undefined
}

export class Nat {
  readonly kind: NatKind
  private readonly timeout: Millis
  /** The one unused for longest first. */
  private readonly byKey = new Map<string, Mapping>()
  private readonly byOutside = new Map<number, Mapping>()
  private next = FIRST_PORT

  constructor({ kind, timeout = DEFAULT_MAPPING_TIMEOUT }: NatOptions) {
    this.kind = kind
    this.timeout = timeout
  }

  /** Mappings, those that have run out but have not been met since included. */
  get size(): number {
    return this.byKey.size
  }

  /** A packet goes out from port `inside` of the host to `to`. @returns the port that it seems to come from */
  outgoing(inside: number, to: Endpoint, now: Millis): number {
    const key = this.kind === 'symmetric' ? `${inside} ${to.host} ${to.port}` : `${inside}`
    const mapping = this.mappingOf(key, inside, now)
    mapping.until = now + this.timeout
    const { allowed } = mapping
    if (allowed) {
      const visitor = this.visitorOf(to)
      // Put at the end of the map's order: the first is the one unused for longest.
      allowed.delete(visitor)
      if (allowed.size >= MAX_MAPPINGS) allowed.delete(first(allowed))
      allowed.set(visitor, mapping.until)
    }
    return mapping.outside
  }

  /** A packet comes from `from` to port `outside`. @returns the host's port that it goes to; undefined where it is dropped */
  incoming(outside: number, from: Endpoint, now: Millis): number | undefined {
    const mapping = this.byOutside.get(outside)
    if (mapping === undefined || mapping.until <= now) return undefined
    const { allowed } = mapping
    if (allowed === undefined) return mapping.inside
    const until = allowed.get(this.visitorOf(from))
    return until !== undefined && until > now ? mapping.inside : undefined
  }

  private mappingOf(key: string, inside: number, now: Millis): Mapping {
    const known = this.byKey.get(key)
    if (known) this.forget(known)
    if (known && known.until > now) return this.keep(known)
    if (this.byKey.size >= MAX_MAPPINGS) this.forget(this.byKey.get(first(this.byKey)) as Mapping)
    const outside = this.kind === 'symmetric' || this.byOutside.has(inside) ? this.freePort() : inside
    const allowed = this.kind === 'full-cone' ? undefined : new Map<string, Millis>()
    return this.keep({ key, inside, outside, until: now, allowed })
  }

  private keep(mapping: Mapping): Mapping {
    this.byKey.set(mapping.key, mapping)
    this.byOutside.set(mapping.outside, mapping)
    return mapping
  }

  private forget(mapping: Mapping): void {
    this.byKey.delete(mapping.key)
    this.byOutside.delete(mapping.outside)
  }

  /** There is one: `MAX_MAPPINGS` is less than the ports there are. */
  private freePort(): number {
    while (this.byOutside.has(this.next)) this.step()
    const port = this.next
    this.step()
    return port
  }

  private step(): void {
    this.next = this.next === LAST_PORT ? FIRST_PORT : this.next + 1
  }

  private visitorOf({ host, port }: Endpoint): string {
    return this.kind === 'restricted' ? host : `${host} ${port}`
  }
}

function first<K>(map: ReadonlyMap<K, unknown>): K {
  return map.keys().next().value as K
}
