/**
 * The addresses of nodes that we know, and which of them to connect to.
 *
 * Made to be hard to fill: an address lies where a secret key, its netgroup and the group of whoever named it say, so
 * that one party, with however many addresses, reaches a bounded share of the tables. Nothing that has answered makes room before it has been
 * tried again (test before evict): until then the newcomer waits in the new table. After Bitcoin Core's address manager,
 * and Heilman and others, "Eclipse Attacks on Bitcoin's Peer-to-Peer Network" (2015).
 *
 * Times are the calendar's, in seconds, for they come from others and outlive a run. Bounded by its tables.
 */
import { canonicalIp, isUnicastIp } from '../../../codec/ip-address.ts'
import { mayName, reachOf } from '../../../codec/ip-reach.ts'
import { type Clock, SECOND } from '../../../kernel/clock.ts'
import type { Endpoint } from '../../../kernel/network.ts'
import type { Random } from '../../../kernel/random.ts'
import type { GossipAddress } from '../messages/index.ts'
import { sourceGroupOf } from '../netgroup.ts'
import { type AddressEntry, type AddressOrigin, chanceOf, FUTURE_ALLOWED, isTerrible } from './address-entry.ts'
import { AddressTables } from './address-tables.ts'
import { PLACEMENT_KEY_BYTES, Placement } from './placement.ts'
import { TriedCollisions } from './tried-collisions.ts'

/** Who named an address: of gossip, the host that did; of all others the way itself is the source. */
export type AddressSource =
  | { readonly origin: 'gossip'; readonly host: string }
  | { readonly origin: Exclude<AddressOrigin, 'gossip'> }

export type KnownAddress = Readonly<
  Pick<
    AddressEntry,
    'endpoint' | 'origin' | 'sourceGroup' | 'services' | 'time' | 'lastTry' | 'lastSuccess' | 'attempts' | 'triedSlot'
  >
>

/** What is kept from run to run. */
export interface SavedAddress extends Omit<KnownAddress, 'triedSlot'> {
  readonly isTried: boolean
}

export interface AddressManagerPorts {
  readonly clock: Clock
  readonly random: Random
}

/** Answered to `getaddr` at most, and at most this share of what we know. */
export const MAX_SHARED = 1_000
export const SHARED_PERCENT = 23
/** Looks for an address that the caller accepts. */
export const MAX_PICKS = 200
const HOUR = 3_600
const DAY = 24 * HOUR
/** What is gossiped may be older than it says. */
const GOSSIP_PENALTY = 2 * HOUR
/** Times that cannot be: before this, the network had none. */
const EARLIEST = 100_000_000
const UNKNOWN_AGE = 5 * DAY
/** Each try at a pick makes the next more willing, so that a choice always ends. */
const WILLINGNESS = 1.2
/** A connection that stands says so no more often. */
const SEEN_INTERVAL = 20 * 60
const CHANCE_STEPS = 2 ** 30

export class AddressManager {
  /** Secret: 16 bytes. For who saves the addresses. */
  readonly key: Uint8Array
  readonly #clock: Clock
  readonly #random: Random
  readonly #tables: AddressTables
  readonly #collisions: TriedCollisions
  /** When any address last answered: failures count only after that, for it may be we who are cut off. */
  #lastGood = 1

  /** @param key 16 secret bytes, kept from run to run with the addresses */
  constructor({ clock, random }: AddressManagerPorts, key: Uint8Array = random.bytes(PLACEMENT_KEY_BYTES)) {
    this.key = key
    this.#clock = clock
    this.#random = random
    this.#tables = new AddressTables(new Placement(key))
    this.#collisions = new TriedCollisions(this.#tables, random)
  }

  get size(): number {
    return this.#tables.all.length
  }

  get triedCount(): number {
    return this.#tables.triedCount
  }

  /** Buckets in use: of 1,024 and of 256. */
  get buckets(): { readonly new: number; readonly tried: number } {
    return { new: this.#tables.newBucketsUsed, tried: this.#tables.triedBucketsUsed }
  }

  /** All that is known, in no order. */
  get known(): readonly KnownAddress[] {
    return this.#tables.all
  }

  find(endpoint: Endpoint): KnownAddress | undefined {
    return this.#tables.find(endpoint)
  }

  /** Takes what `source` named; returns how many were new. What cannot be dialled, or is not its to name, is passed over. */
  add(addresses: readonly GossipAddress[], source: AddressSource): number {
    const now = this.#now()
    let added = 0
    for (const address of addresses) if (this.#addOne(address, source, now)) added++
    return added
  }

  /** A connection to it is being tried. */
  attempted(endpoint: Endpoint): void {
    const entry = this.#tables.find(endpoint)
    if (entry === undefined) return
    const now = this.#now()
    entry.lastTry = now
    if (entry.lastCountedTry >= this.#lastGood) return
    entry.lastCountedTry = now
    entry.attempts++
  }

  /** A connection that we opened got through its handshake. new -> tried, unless another has its place: see `feelerTarget`. */
  good(endpoint: Endpoint, services: bigint): void {
    const entry = this.#tables.find(endpoint)
    const now = this.#now()
    this.#lastGood = now
    if (entry === undefined) return
    entry.services = services
    entry.lastSuccess = now
    entry.lastTry = now
    entry.attempts = 0
    if (entry.triedSlot !== undefined) return
    if (this.#tables.rivalOf(entry) === undefined) this.#tables.toTried(entry)
    else this.#collisions.add(entry)
  }

  /** A connection to it has stood up to now. */
  seen(endpoint: Endpoint): void {
    const entry = this.#tables.find(endpoint)
    const now = this.#now()
    if (entry !== undefined && now - entry.time > SEEN_INTERVAL) entry.time = now
  }

  /** It is ourselves, or is not wanted. */
  forget(endpoint: Endpoint): void {
    const entry = this.#tables.find(endpoint)
    if (entry === undefined) return
    this.#collisions.delete(entry)
    this.#tables.remove(entry)
  }

  /**
   * An address to connect to: from either table with the same chance, rather one that has not failed or been tried just
   * now. Undefined where none is, or `MAX_PICKS` were not accepted.
   */
  select({
    table,
    accept = () => true,
  }: {
    readonly table?: 'new' | 'tried'
    readonly accept?: (address: KnownAddress) => boolean
  } = {}): KnownAddress | undefined {
    const now = this.#now()
    let willingness = 1
    for (let picks = 0; picks < MAX_PICKS; picks++) {
      const entry = this.#pick(table)
      if (entry === undefined) return undefined
      const chance = willingness * chanceOf(entry, now)
      willingness *= WILLINGNESS
      if (this.#random.below(CHANCE_STEPS) < chance * CHANCE_STEPS && accept(entry)) return entry
    }
    return undefined
  }

  /** Whom a feeler is to try: one that has answered and whose place another wants, or else one that was only heard of. */
  feelerTarget(accept: (address: KnownAddress) => boolean = () => true): KnownAddress | undefined {
    this.#collisions.resolve(this.#now())
    const rival = this.#collisions.rivalToTest()
    return rival !== undefined && accept(rival) ? rival : this.select({ table: 'new', accept })
  }

  /**
   * A random part of what we know, for somebody who asks: at most 1,000 and 23 %, none that is as good as gone, and none of
   * our own network for somebody outside it.
   */
  shared(asker: string): GossipAddress[] {
    const now = this.#now()
    const limit = Math.min(MAX_SHARED, Math.ceil((this.size * SHARED_PERCENT) / 100))
    const reach = reachOf(asker)
    const all = [...this.#tables.all]
    const shared: GossipAddress[] = []
    for (let at = 0; at < all.length && shared.length < limit; at++) {
      const other = at + this.#random.below(all.length - at)
      const entry = all[other] as AddressEntry
      all[other] = all[at] as AddressEntry
      if (isTerrible(entry, now) || !mayName(reach, reachOf(entry.endpoint.host))) continue
      shared.push({ time: entry.time, services: entry.services, ...entry.endpoint })
    }
    return shared
  }

  /** One that was saved, where there is room. Those that were in the tried table come first: all pass through the new one. */
  restore(saved: SavedAddress): void {
    if (this.#tables.find(saved.endpoint) !== undefined) return
    const { endpoint, origin, sourceGroup, services, time } = saved
    const entry = this.#tables.add({ endpoint, origin, sourceGroup, services, time }, () => false)
    if (entry === undefined) return
    entry.lastTry = saved.lastTry
    entry.lastSuccess = saved.lastSuccess
    entry.attempts = saved.attempts
    if (saved.isTried && this.#tables.rivalOf(entry) === undefined) this.#tables.toTried(entry)
  }

  #addOne(address: GossipAddress, source: AddressSource, now: number): boolean {
    const host = canonicalIp(address.host)
    if (host === undefined || !isUnicastIp(host) || address.port < 1 || address.port > 65_535) return false
    if (source.origin === 'gossip' && !mayName(reachOf(source.host), reachOf(host))) return false
    const isItself = source.origin === 'gossip' && source.host === host
    const penalty = source.origin !== 'gossip' || isItself ? 0 : GOSSIP_PENALTY
    const told = address.time <= EARLIEST || address.time > now + FUTURE_ALLOWED ? now - UNKNOWN_AGE : address.time
    const endpoint = { host, port: address.port }
    const sourceGroup = source.origin === 'gossip' ? sourceGroupOf(source.host) : source.origin
    const entry = this.#tables.find(endpoint)
    if (entry !== undefined) {
      this.#hearAgain(entry, { time: told, penalty, services: address.services, sourceGroup }, now)
      return false
    }
    const time = Math.max(0, told - penalty)
    const fresh = { endpoint, origin: source.origin, sourceGroup, services: address.services, time }
    const mayReplace = (occupant: AddressEntry) => occupant.newSlots.length > 1 || isTerrible(occupant, now)
    return this.#tables.add(fresh, mayReplace) !== undefined
  }

  #hearAgain(
    entry: AddressEntry,
    told: { readonly time: number; readonly penalty: number; readonly services: bigint; readonly sourceGroup: string },
    now: number,
  ): void {
    const interval = now - told.time < DAY ? HOUR : DAY
    const isNews = told.time > entry.time
    if (entry.time < told.time - interval - told.penalty) entry.time = Math.max(0, told.time - told.penalty)
    entry.services |= told.services
    // The more places it has, the harder the next: otherwise who is named often would be chosen often.
    if (!isNews || this.#random.below(2 ** entry.newSlots.length) !== 0) return
    this.#tables.addSlot(entry, told.sourceGroup, (occupant) => isTerrible(occupant, now))
  }

  #pick(table: 'new' | 'tried' | undefined): AddressEntry | undefined {
    if (table !== undefined) return this.#tables.pick(table, this.#random)
    const [first, second] = this.#random.below(2) === 0 ? (['new', 'tried'] as const) : (['tried', 'new'] as const)
    return this.#tables.pick(first, this.#random) ?? this.#tables.pick(second, this.#random)
  }

  #now(): number {
    return Math.floor(this.#clock.wallTime() / SECOND)
  }
}
