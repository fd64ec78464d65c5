/**
 * One bucket of the routing table: up to `capacity` live entries, and behind them up to `spares` entries that have
 * answered too and wait for a place.
 *
 * Decides who gives way to whom. In a full bucket an entry that has failed gives way to any newcomer; an id that does not
 * fit its address (BEP 42) to one that does; one of a crowded sub-prefix to one of an empty sub-prefix, so that a bucket
 * covers its range evenly. Otherwise those who are there stay: the longer a node has been up, the longer it will be.
 */

import type { AddressKey } from '../codec/address-keys.ts'
import type { Millis } from '../kernel/clock.ts'
import type { Contact } from './contact.ts'
import { compareDistance, type NodeId } from './node-id.ts'

/** Leading bits behind the bucket's own prefix by which its entries are spread: 8 sub-prefixes. */
const SUB_PREFIX_BITS = 3
const SUB_PREFIXES = 1 << SUB_PREFIX_BITS
/** Times k: the far buckets hold more, which spares lookups their first hops at no cost in requests. */
const ENLARGED = [16, 8, 4, 2]

/** Earlier than anything that has happened. A small integer, so that an entry needs no number of its own for it. */
const NEVER: Millis = -(2 ** 31)

/** A node that has answered us, and what we know of it. Times are of the monotonic clock, or `NEVER`. */
export interface Entry {
  readonly contact: Contact
  /** Smoothed round-trip time in milliseconds. */
  rtt: Millis
  /** When it last answered us. */
  lastReply: Millis
  /** When it last asked us something. */
  lastQuery: Millis
  /** When we last asked it. */
  lastSent: Millis
  /** Questions in a row that it has not answered. */
  fails: number
}

/** Whether a live contact is wanted, which has not answered the last `fails` questions. */
export type Acceptance = (contact: Contact, fails: number) => boolean

/** Of a contact that has answered just now. */
export function newEntry(contact: Contact, rtt: Millis, now: Millis): Entry {
  return { contact, rtt, lastReply: now, lastQuery: NEVER, lastSent: now, fails: 0 }
}

/** Entries of the bucket of those that share `depth` bits with us. */
export function bucketCapacity(depth: number, k: number, enlarged: boolean): number {
  return k * (enlarged ? (ENLARGED[depth] ?? 1) : 1)
}

export class Bucket {
  /** Bits of our own id that its entries share; all but the home bucket's differ from it in the next one. */
  readonly depth: number
  readonly capacity: number
  readonly spareCapacity: number
  /** Of each live entry, in their order: `head` of its id, gone through for each packet, and its contact. */
  private heads: number[] = []
  private contacts: Contact[] = []
  /** Undefined where the bucket was filled at `filledAt` and nothing has happened to any of them since. */
  private entries: Entry[] | undefined = []
  private filledAt: Millis = NEVER
  private waiting: Entry[] = []
  /** When an entry was last added, or a lookup last went into its range. */
  lastChanged: Millis

  constructor(depth: number, capacity: number, spareCapacity: number, now: Millis) {
    this.depth = depth
    this.capacity = capacity
    this.spareCapacity = spareCapacity
    this.lastChanged = now
  }

  /** Those that are used. */
  get live(): readonly Entry[] {
    return this.list()
  }

  /** Live entries. */
  get size(): number {
    return this.contacts.length
  }

  get spares(): readonly Entry[] {
    return this.waiting
  }

  get full(): boolean {
    return this.contacts.length >= this.capacity
  }

  /** One more live entry; the caller has seen that there is room. */
  add(entry: Entry): void {
    this.list().push(entry)
    this.contacts.push(entry.contact)
    this.heads.push(entry.contact.id.head)
  }

  /** These in place of all live entries, as if each had answered just now. @returns those that there was room for */
  fill(contacts: readonly Contact[], now: Millis): readonly Contact[] {
    this.contacts = contacts.slice(0, this.capacity)
    this.heads = this.contacts.map(({ id }) => id.head)
    this.entries = undefined
    this.filledAt = now
    return this.contacts
  }

  /** The entry of this id, live or spare. */
  byId(id: NodeId): Entry | undefined {
    const { contacts, heads } = this
    for (let i = 0; i < heads.length; i++) {
      if (heads[i] === id.head && contacts[i]?.id.equals(id)) return this.live[i]
    }
    for (const entry of this.waiting) if (entry.contact.id.equals(id)) return entry
    return undefined
  }

  /** Adds the up to `n` live contacts nearest to `target` to `into`, nearest first; only those that `accept` takes, where given. */
  collectNearest(target: NodeId, n: number, into: Contact[], accept?: Acceptance): void {
    const { contacts, entries, heads } = this
    const nearest: Contact[] = []
    const distances: number[] = []
    for (let i = 0; i < heads.length; i++) {
      const distance = ((heads[i] as number) ^ target.head) >>> 0
      // Most entries of a large bucket are passed over here.
      if (nearest.length === n && distance > (distances[n - 1] as number)) continue
      const contact = contacts[i] as Contact
      if (accept && !accept(contact, entries?.[i]?.fails ?? 0)) continue
      let at = nearest.length
      for (; at > 0; at--) {
        const other = nearest[at - 1] as Contact
        const ahead = distance - (distances[at - 1] as number)
        if (ahead > 0 || (ahead === 0 && compareDistance(contact.id, other.id, target) >= 0)) break
        nearest[at] = other
        distances[at] = distances[at - 1] as number
      }
      nearest[at] = contact
      distances[at] = distance
      if (nearest.length > n) {
        nearest.pop()
        distances.pop()
      }
    }
    for (const contact of nearest) into.push(contact)
  }

  /** Adds the entries at an IP address, live and spare, to `into`. */
  collectAt(address: AddressKey, into: Entry[]): void {
    this.collect(into, (contact) => contact.address === address)
  }

  /** Adds the entries of a /24 or /64, live and spare, to `into`. */
  collectIn(network: AddressKey, into: Entry[]): void {
    this.collect(into, (contact) => contact.network === network)
  }

  /** @returns whether it was live */
  remove(entry: Entry): boolean {
    const at = this.list().indexOf(entry)
    if (at >= 0) {
      this.list().splice(at, 1)
      this.contacts.splice(at, 1)
      this.heads.splice(at, 1)
    } else this.waiting = this.waiting.filter((other) => other !== entry)
    return at >= 0
  }

  /** The live entry that has not answered for longest. The bucket is not empty. */
  oldest(): Entry {
    return this.live.reduce((oldest, entry) => (entry.lastReply < oldest.lastReply ? entry : oldest))
  }

  /** The entry that gives way to `newcomer` in this full bucket at once, if any does. */
  victimFor(newcomer: Contact): Entry | undefined {
    let worst: Entry | undefined
    for (const entry of this.live) if (entry.fails > (worst?.fails ?? 0)) worst = entry
    if (worst) return worst
    const insecure = newcomer.secure ? this.live.filter((entry) => !entry.contact.secure) : []
    if (insecure.length > 0) return slowest(insecure)
    return this.crowdedBy(newcomer)
  }

  /** Keeps `entry` as a spare; where there is no room, the least wanted of them goes and is returned. */
  keepSpare(entry: Entry): Entry | undefined {
    this.waiting.push(entry)
    if (this.waiting.length <= this.spareCapacity) return undefined
    const worst = this.waiting.reduce((worst, other) => (isPreferred(worst, other) ? other : worst))
    this.waiting = this.waiting.filter((other) => other !== worst)
    return worst
  }

  /** Takes the most wanted spare out: an id that fits its address, then the shortest round trip. */
  takeSpare(): Entry | undefined {
    if (this.waiting.length === 0) return undefined
    const best = this.waiting.reduce((best, other) => (isPreferred(other, best) ? other : best))
    this.waiting = this.waiting.filter((other) => other !== best)
    return best
  }

  private list(): Entry[] {
    this.entries ??= this.contacts.map((contact) => newEntry(contact, 0, this.filledAt))
    return this.entries
  }

  private collect(into: Entry[], isMeant: (contact: Contact) => boolean): void {
    const { contacts } = this
    for (let i = 0; i < contacts.length; i++) if (isMeant(contacts[i] as Contact)) into.push(this.live[i] as Entry)
    for (const entry of this.waiting) if (isMeant(entry.contact)) into.push(entry)
  }

  /** Where the newcomer's sub-prefix is empty: the slowest of the most crowded one, if it is no more trustworthy. */
  private crowdedBy(newcomer: Contact): Entry | undefined {
    const wanted = this.subPrefix(newcomer.id.head)
    const counts = new Array<number>(SUB_PREFIXES).fill(0)
    let crowded = 0
    for (const head of this.heads) {
      const prefix = this.subPrefix(head)
      if (prefix === wanted) return undefined
      counts[prefix] = (counts[prefix] as number) + 1
      if ((counts[prefix] as number) > (counts[crowded] as number)) crowded = prefix
    }
    if ((counts[crowded] as number) < 2) return undefined
    const victims = this.live.filter((entry, i) => {
      return this.subPrefix(this.heads[i] as number) === crowded && (newcomer.secure || !entry.contact.secure)
    })
    return victims.length > 0 ? slowest(victims) : undefined
  }

  /**
   * The bits of an id behind those that all ids of this bucket have in common, as far as they are among its first 32: buckets
   * deeper than that have no two entries outside of tests and attacks.
   */
  private subPrefix(head: number): number {
    return ((head << Math.min(31, this.depth + 1)) >>> (32 - SUB_PREFIX_BITS)) & (SUB_PREFIXES - 1)
  }
}

function slowest(entries: readonly Entry[]): Entry {
  return entries.reduce((worst, entry) => (entry.rtt > worst.rtt ? entry : worst))
}

function isPreferred(a: Entry, b: Entry): boolean {
  if (a.contact.secure !== b.contact.secure) return a.contact.secure
  return a.rtt < b.rtt
}
