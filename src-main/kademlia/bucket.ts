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
import type { NodeId } from './node-id.ts'

/** Leading bits behind the bucket's own prefix by which its entries are spread: 8 sub-prefixes. */
const SUB_PREFIX_BITS = 3
const SUB_PREFIXES = 1 << SUB_PREFIX_BITS
/** Times k: the far buckets hold more, which spares lookups their first hops at no cost in requests. */
const ENLARGED = [16, 8, 4, 2]

/** A bucket of so many entries is gone through by an index. */
const INDEXED_FROM = 32

/** Earlier than anything that has happened. A small integer, so that an entry needs no number of its own for it. */
export const NEVER: Millis = -(2 ** 31)

/** A node that has answered us, and what we know of it. Times are of the monotonic clock, or `NEVER`. */
export interface Entry {
  contact: Contact
  /** `head` of its id: told apart and compared without a look at the id itself. */
  readonly head: number
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

/** Entries of the bucket of those that share `depth` bits with us. */
export function bucketCapacity(depth: number, k: number, enlarged: boolean): number {
  return k * (enlarged ? (ENLARGED[depth] ?? 1) : 1)
}

export class Bucket {
  /** Bits of our own id that its entries share; all but the home bucket's differ from it in the next one. */
  readonly depth: number
  readonly capacity: number
  readonly spareCapacity: number
  live: Entry[] = []
  spares: Entry[] = []
  private index: Int32Array | undefined
  private indexed: readonly Entry[] | undefined
  private indexedLength = 0
  /** When an entry was last added, or a lookup last went into its range. */
  lastChanged: Millis

  constructor(depth: number, capacity: number, spareCapacity: number, now: Millis) {
    this.depth = depth
    this.capacity = capacity
    this.spareCapacity = spareCapacity
    this.lastChanged = now
  }

  get full(): boolean {
    return this.live.length >= this.capacity
  }

  /** The entry of this id, live or spare. */
  byId(id: NodeId): Entry | undefined {
    const { head } = id
    const { live, heads } = this
    if (heads) {
      for (let i = 0; i < live.length; i++)
        if (heads[i] === head && live[i]?.contact.id.equals(id)) return live[i] as Entry
    } else for (const entry of live) if (entry.head === head && entry.contact.id.equals(id)) return entry
    for (const entry of this.spares) if (entry.head === head && entry.contact.id.equals(id)) return entry
    return undefined
  }

  /** `head` of each live entry of a large bucket, in one piece of memory, since it is gone through for each packet. */
  get heads(): Int32Array | undefined {
    const { live } = this
    if (live.length < INDEXED_FROM) return undefined
    // Entries are added at the end of the list or taken out into another list, so these two tell of every change.
    if (this.indexed !== live || this.indexedLength !== live.length) {
      this.index ??= new Int32Array(this.capacity)
      for (let i = 0; i < live.length; i++) this.index[i] = (live[i] as Entry).head
      this.indexed = live
      this.indexedLength = live.length
    }
    return this.index
  }

  /** Adds the entries at an IP address, live and spare, to `into`. */
  collectAt(address: AddressKey, into: Entry[]): void {
    for (const entry of this.live) if (entry.contact.address === address) into.push(entry)
    for (const entry of this.spares) if (entry.contact.address === address) into.push(entry)
  }

  /** Adds the entries of a /24 or /64, live and spare, to `into`. */
  collectIn(network: AddressKey, into: Entry[]): void {
    for (const entry of this.live) if (entry.contact.network === network) into.push(entry)
    for (const entry of this.spares) if (entry.contact.network === network) into.push(entry)
  }

  remove(entry: Entry): void {
    this.live = this.live.filter((other) => other !== entry)
    this.spares = this.spares.filter((other) => other !== entry)
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
    this.spares.push(entry)
    if (this.spares.length <= this.spareCapacity) return undefined
    const worst = this.spares.reduce((worst, other) => (isPreferred(worst, other) ? other : worst))
    this.spares = this.spares.filter((other) => other !== worst)
    return worst
  }

  /** Takes the most wanted spare out: an id that fits its address, then the shortest round trip. */
  takeSpare(): Entry | undefined {
    if (this.spares.length === 0) return undefined
    const best = this.spares.reduce((best, other) => (isPreferred(other, best) ? other : best))
    this.spares = this.spares.filter((other) => other !== best)
    return best
  }

  /** Where the newcomer's sub-prefix is empty: the slowest of the most crowded one, if it is no more trustworthy. */
  private crowdedBy(newcomer: Contact): Entry | undefined {
    const wanted = this.subPrefix(newcomer.id)
    const counts = new Array<number>(SUB_PREFIXES).fill(0)
    let crowded = 0
    for (const entry of this.live) {
      const prefix = this.subPrefix(entry)
      if (prefix === wanted) return undefined
      counts[prefix] = (counts[prefix] as number) + 1
      if ((counts[prefix] as number) > (counts[crowded] as number)) crowded = prefix
    }
    if ((counts[crowded] as number) < 2) return undefined
    const victims = this.live.filter((entry) => {
      return this.subPrefix(entry) === crowded && (newcomer.secure || !entry.contact.secure)
    })
    return victims.length > 0 ? slowest(victims) : undefined
  }

  /**
   * The bits of an id behind those that all ids of this bucket have in common, as far as they are among its first 32: buckets
   * deeper than that have no two entries outside of tests and attacks.
   */
  private subPrefix({ head }: { readonly head: number }): number {
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
