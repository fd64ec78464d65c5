/**
 * The nodes we know, near ones in detail and far ones roughly (Maymounkov and Mazières 2002, section 2.4; BEP 5).
 *
 * A list of buckets by how many leading bits an id shares with ours. The last one, the home bucket, holds all ids that
 * share more; it alone is split when full. No network, no timers: it is told the time, and where a full bucket can only
 * be decided by asking the oldest entry it returns that question as a value.
 *
 * Invariants: every entry has answered us; an id stands once, in the bucket of its prefix; with `onePerNetwork` an IP
 * address stands once in the table and a /24 (IPv6: /64) once in a bucket, spares included; our own id never.
 * Limits: `k` entries a bucket (the first four 16, 8, 4 and 2 times as many when `enlarged`), as many spares, 160 splits.
 */
import { MINUTE, type Millis } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'
import { AddressFilter } from './address-filter.ts'
import { type Acceptance, Bucket, bucketCapacity, type Entry, newEntry } from './bucket.ts'
import type { Contact } from './contact.ts'
import { bitOf, commonPrefixLength, ID_BITS, type NodeId, randomIdWithPrefix, withBitFlipped } from './node-id.ts'
import type { BucketView, Failure, Offer } from './routing-outcome.ts'

/** Bucket size of the mainline (BEP 5); the literature's is 20. */
export const MAINLINE_K = 8
export const BUCKET_REFRESH: Millis = 15 * MINUTE
/** An entry that answered within this time is not worth asking on behalf of a newcomer (BEP 5: a good node). */
export const GOOD_FOR: Millis = 15 * MINUTE
/** Unanswered questions in a row after which an entry goes even if nobody waits for its place. */
export const MAX_FAILS = 3
const RTT_WEIGHT = 1 / 8

export interface RoutingTableOptions {
  /** Entries of a bucket, and spares of a bucket. */
  readonly k?: number
  /** Whether the first four buckets hold 16, 8, 4 and 2 times k. On when left out. */
  readonly enlarged?: boolean
  /** Whether an address enters once, and a /24 or /64 once a bucket. On when left out. */
  readonly onePerNetwork?: boolean
  /** How long an entry is left in peace after an answer while newcomers wait; 0 asks always, as the literature does. */
  readonly goodFor?: Millis
}

export class RoutingTable {
  readonly self: NodeId
  readonly k: number
  private readonly enlarged: boolean
  private readonly onePerNetwork: boolean
  private readonly goodFor: Millis
  /** The last one is the home bucket. */
  private readonly buckets: Bucket[]
  /** Of the addresses of all entries, spares included. */
  private readonly addresses = new AddressFilter()
  private readonly networks = new AddressFilter()
  private liveCount = 0

  constructor(self: NodeId, now: Millis, options: RoutingTableOptions = {}) {
    this.self = self
    this.k = options.k ?? MAINLINE_K
    this.enlarged = options.enlarged ?? true
    this.onePerNetwork = options.onePerNetwork ?? true
    this.goodFor = options.goodFor ?? GOOD_FOR
    this.buckets = [new Bucket(0, this.k, this.k, now)]
  }

  /** Live entries. */
  get size(): number {
    return this.liveCount
  }

  /** Bits that all in the home bucket share with us. */
  get homeDepth(): number {
    return this.buckets.length - 1
  }

  /** Live entries of the bucket of those that share `depth` bits with us. */
  liveIn(depth: number): number {
    return this.buckets[depth]?.size ?? 0
  }

  /** Takes a contact that has answered a question of ours just now, after `rtt` milliseconds. */
  offer(contact: Contact, rtt: Millis, now: Millis): Offer {
    if (contact.id.equals(this.self)) return { outcome: 'ignored', because: 'self' }
    const known = this.bucketOf(contact.id).byId(contact.id)
    if (known?.contact.isAt(contact)) {
      known.rtt += (rtt - known.rtt) * RTT_WEIGHT
      known.lastReply = now
      known.fails = 0
      return { outcome: 'refreshed' }
    }
    const atAddress = this.entriesAt(contact)
    const impostor = atAddress.find((entry) => entry.contact.isAt(contact))
    if (impostor) return this.idChanged(impostor)
    const inTheWay = this.inTheWayOf(contact, known, atAddress)
    const obstacle = inTheWay.find(({ entry }) => entry.fails === 0)
    if (obstacle) return { outcome: 'ignored', because: obstacle.because }
    for (const { entry } of inTheWay) this.remove(entry)
    return this.admit(newEntry(contact, rtt, now), now)
  }

  /**
   * Fills an empty table at once with nodes that are known to be there, as many of each bucket as it holds, the first first: a
   * laboratory's warm start. Nothing is checked but the size; the caller gives each once, and not ourselves.
   */
  load(contacts: readonly Contact[], now: Millis): void {
    const byDepth: Contact[][] = []
    for (const contact of contacts) {
      const depth = commonPrefixLength(this.self, contact.id)
      while (byDepth.length <= depth) byDepth.push([])
      byDepth[depth]?.push(contact)
    }
    this.buckets.length = 0
    this.addresses.clear()
    this.networks.clear()
    this.liveCount = 0
    const fill = (bucket: Bucket, from: readonly Contact[]) => {
      for (const contact of bucket.fill(from, now)) this.entered(contact)
      this.liveCount += bucket.size
      this.buckets.push(bucket)
    }
    let deeper = contacts.length
    for (let depth = 0; deeper > this.k && depth < ID_BITS - 1; depth++) {
      const here = byDepth[depth] ?? []
      fill(new Bucket(depth, bucketCapacity(depth, this.k, this.enlarged), this.k, now), here)
      deeper -= here.length
    }
    const home = this.buckets.length
    fill(new Bucket(home, this.k, this.k, now), byDepth.slice(home).flat())
  }

  /** Whether a contact we have only heard of is worth a question: unknown, allowed here, and with a place to gain. */
  wants(contact: Contact, now: Millis): boolean {
    const bucket = this.bucketOf(contact.id)
    const known = bucket.byId(contact.id)
    // The cheapest first: nearly all who are heard of are known, or there is no place for them.
    if (known?.contact.isAt(contact) || contact.id.equals(this.self) || !this.hasPlace(bucket, contact, now))
      return false
    const atAddress = this.entriesAt(contact)
    if (atAddress.some((entry) => entry.contact.isAt(contact))) return false
    return !this.inTheWayOf(contact, known, atAddress).some(({ entry }) => entry.fails === 0)
  }

  /** It has been asked something. */
  sent(id: NodeId, now: Millis): void {
    const entry = this.bucketOf(id).byId(id)
    if (entry) entry.lastSent = now
  }

  /** It has asked us something. Never adds: only an answer does. */
  queried(contact: Contact, now: Millis): void {
    const entry = this.bucketOf(contact.id).byId(contact.id)
    if (entry?.contact.isAt(contact)) entry.lastQuery = now
  }

  /**
   * It has not answered. A spare that has answered more recently takes its place at once; with none it may miss
   * `MAX_FAILS` times.
   */
  failed(contact: Contact): Failure {
    const bucket = this.bucketOf(contact.id)
    const entry = bucket.byId(contact.id)
    if (!entry?.contact.isAt(contact)) return { removed: false }
    entry.fails++
    if (!bucket.live.includes(entry)) {
      this.remove(entry)
      return { removed: true }
    }
    const spareIsFresher = bucket.spares.some((spare) => spare.lastReply > entry.lastReply)
    if (entry.fails < MAX_FAILS && !spareIsFresher) return { removed: false }
    const promoted = this.remove(entry)
    return promoted ? { removed: true, promoted } : { removed: true }
  }

  /**
   * The `n` live contacts nearest to `target`, nearest first; only those that `accept` takes, where given.
   *
   * All ids of a bucket are nearer than all of the next in this order: an id of bucket i agrees with ours before bit i and
   * differs there, so bit i of its distance to the target is the opposite of bit i of our own distance to it. Where that is 1,
   * bucket i is nearer than all deeper ones; where it is 0, farther.
   */
  closest(target: NodeId, n: number, accept?: Acceptance): Contact[] {
    const found: Contact[] = []
    const home = this.buckets.length - 1
    const isNearer = (depth: number) => depth === home || bitOf(this.self, depth) !== bitOf(target, depth)
    const collect = (depth: number) =>
      (this.buckets[depth] as Bucket).collectNearest(target, n - found.length, found, accept)
    for (let depth = 0; depth <= home && found.length < n; depth++) if (isNearer(depth)) collect(depth)
    for (let depth = home; depth >= 0 && found.length < n; depth--) if (!isNearer(depth)) collect(depth)
    return found
  }

  /** What is known of a live node or spare. */
  get(id: NodeId): Readonly<Entry> | undefined {
    return this.bucketOf(id).byId(id)
  }

  /** The live entry that has been left alone for longest, for a question now and then. */
  stalest(): Readonly<Entry> | undefined {
    let stalest: Entry | undefined
    for (const bucket of this.buckets) {
      for (const entry of bucket.live) if (!stalest || lastContact(entry) < lastContact(stalest)) stalest = entry
    }
    return stalest
  }

  /** A random id in the bucket that has gone longest without change, if that is `BUCKET_REFRESH` or more: look it up. */
  refreshTarget(now: Millis, random: Random): NodeId | undefined {
    const bucket = this.buckets.reduce((oldest, other) => (other.lastChanged < oldest.lastChanged ? other : oldest))
    return now - bucket.lastChanged >= BUCKET_REFRESH ? this.randomIdIn(bucket, random) : undefined
  }

  /** A random id in each bucket from the farthest to the home bucket: what a newcomer looks up after its own id. */
  refreshTargets(random: Random): NodeId[] {
    return this.buckets.map((bucket) => this.randomIdIn(bucket, random))
  }

  /** A lookup for `target` has begun: its bucket counts as refreshed. */
  lookedUp(target: NodeId, now: Millis): void {
    this.bucketOf(target).lastChanged = now
  }

  /** The table as it is, the bucket farthest from us first. */
  view(): readonly BucketView[] {
    return this.buckets.map(({ depth, capacity, lastChanged, live, spares }) => {
      return { depth, capacity, lastChanged, live: [...live], spares: [...spares] }
    })
  }

  /** Up to `limit` live contacts to be kept for the next run, those that answered last first. */
  snapshot(limit: number): Contact[] {
    const entries = this.buckets.flatMap((bucket) => bucket.live).filter((entry) => entry.fails === 0)
    entries.sort((a, b) => b.lastReply - a.lastReply)
    return entries.slice(0, limit).map(({ contact }) => contact)
  }

  private admit(entry: Entry, now: Millis): Offer {
    this.entered(entry.contact)
    for (;;) {
      const bucket = this.bucketOf(entry.contact.id)
      if (!bucket.full) {
        bucket.add(entry)
        bucket.lastChanged = now
        this.liveCount++
        return { outcome: 'added' }
      }
      if (!this.splitIfHome(bucket)) return this.admitFull(bucket, entry, now)
    }
  }

  private admitFull(bucket: Bucket, entry: Entry, now: Millis): Offer {
    const victim = bucket.victimFor(entry.contact)
    if (victim) {
      bucket.remove(victim)
      bucket.add(entry)
      bucket.lastChanged = now
      this.dropped(victim.fails === 0 ? bucket.keepSpare(victim) : victim)
      return { outcome: 'added', replaced: victim.contact }
    }
    this.dropped(bucket.keepSpare(entry))
    const oldest = bucket.oldest()
    const beingAsked = oldest.lastSent > oldest.lastReply
    if (beingAsked || now - oldest.lastReply < this.goodFor) return { outcome: 'spare' }
    return { outcome: 'full', oldest: oldest.contact }
  }

  /** The bucket beyond the last gets those that share one more bit with us. */
  private splitIfHome(bucket: Bucket): boolean {
    const { depth } = bucket
    if (!this.isHome(bucket) || depth >= ID_BITS - 1) return false
    const far = new Bucket(depth, bucketCapacity(depth, this.k, this.enlarged), this.k, bucket.lastChanged)
    const home = new Bucket(depth + 1, this.k, this.k, bucket.lastChanged)
    const place = (entry: Entry) => (commonPrefixLength(this.self, entry.contact.id) === depth ? far : home)
    for (const entry of bucket.live) place(entry).add(entry)
    this.buckets.splice(depth, 1, far, home)
    return true
  }

  private idChanged(impostor: Entry): Offer {
    const bucket = this.bucketOf(impostor.contact.id)
    this.remove(impostor)
    const doubtful = bucket.live.map(({ contact }) => contact)
    return { outcome: 'id-changed', evicted: impostor.contact, doubtful }
  }

  /** The entries that keep a new contact out; those of them that have failed may be removed for it. */
  private inTheWayOf(contact: Contact, sameId: Entry | undefined, sameAddress: readonly Entry[]) {
    const inTheWay: { readonly entry: Entry; readonly because: 'id-taken' | 'address-taken' | 'network-taken' }[] = []
    if (sameId) inTheWay.push({ entry: sameId, because: 'id-taken' })
    if (!this.onePerNetwork) return inTheWay
    for (const entry of sameAddress) inTheWay.push({ entry, because: 'address-taken' })
    if (!this.networks.mayHave(contact.network)) return inTheWay
    const sameNetwork: Entry[] = []
    this.bucketOf(contact.id).collectIn(contact.network, sameNetwork)
    for (const entry of sameNetwork) inTheWay.push({ entry, because: 'network-taken' })
    return inTheWay
  }

  private entriesAt(contact: Contact): Entry[] {
    const entries: Entry[] = []
    // Both filters, as who is at the address is in its network: the whole table is gone through for hardly anybody in vain.
    if (!this.addresses.mayHave(contact.address) || !this.networks.mayHave(contact.network)) return entries
    for (const bucket of this.buckets) bucket.collectAt(contact.address, entries)
    return entries
  }

  private remove(entry: Entry): Contact | undefined {
    const bucket = this.bucketOf(entry.contact.id)
    const wasLive = bucket.remove(entry)
    this.dropped(entry)
    const spare = wasLive ? bucket.takeSpare() : undefined
    if (spare) bucket.add(spare)
    else if (wasLive) this.liveCount--
    return spare?.contact
  }

  /** An entry has left the table. */
  private dropped(entry: Entry | undefined): void {
    if (entry === undefined) return
    this.addresses.remove(entry.contact.address)
    this.networks.remove(entry.contact.network)
  }

  private entered(contact: Contact): void {
    this.addresses.add(contact.address)
    this.networks.add(contact.network)
  }

  /** A place that it would have at once, or after a question to the oldest entry: to be a spare is not worth a packet. */
  private hasPlace(bucket: Bucket, newcomer: Contact, now: Millis): boolean {
    if (!bucket.full || this.isHome(bucket)) return true
    return now - bucket.oldest().lastReply >= this.goodFor || bucket.victimFor(newcomer) !== undefined
  }

  private bucketOf(id: NodeId): Bucket {
    return this.buckets[Math.min(commonPrefixLength(this.self, id), this.buckets.length - 1)] as Bucket
  }

  private isHome(bucket: Bucket): boolean {
    return bucket.depth === this.buckets.length - 1
  }

  private randomIdIn(bucket: Bucket, random: Random): NodeId {
    if (this.isHome(bucket)) return randomIdWithPrefix(this.self, bucket.depth, random)
    return randomIdWithPrefix(withBitFlipped(this.self, bucket.depth), bucket.depth + 1, random)
  }
}

function lastContact(entry: Entry): Millis {
  return Math.max(entry.lastReply, entry.lastSent)
}
