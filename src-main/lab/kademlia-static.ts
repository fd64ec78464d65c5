/**
 * Kademlia without a network: perfect routing tables over uniform ids, and lookups answered at once by reading the
 * tables. What it measures (hops, requests) depends on the overlay alone; the same tables and lookups run in a node.
 */
import { bucketCapacity } from '../kademlia/bucket.ts'
import { Contact } from '../kademlia/contact.ts'
import { Lookup } from '../kademlia/lookup.ts'
import type { LookupResult } from '../kademlia/lookup-result.ts'
import { bitOf, NodeId } from '../kademlia/node-id.ts'
import { RoutingTable } from '../kademlia/routing-table.ts'
import { compareBytes } from '../kernel/bytes.ts'
import { pick, type Random, shuffled } from '../kernel/random.ts'
import { SortedIds } from './sorted-ids.ts'

export interface StaticOverlay {
  /** Sorted by id. */
  readonly contacts: readonly Contact[]
  readonly sorted: SortedIds<Contact>
  /** By the key of their owner's id. */
  readonly tables: ReadonlyMap<string, RoutingTable>
}

export interface OverlayShape {
  readonly nodes: number
  readonly k: number
  readonly enlarged: boolean
}

/** Nodes with random ids, each knowing as many random nodes of each bucket as that holds: the tables of a long life. */
export function perfectOverlay({ nodes, k, enlarged }: OverlayShape, random: Random): StaticOverlay {
  const ids = Array.from({ length: nodes }, () => NodeId.random(random)).sort((a, b) => compareBytes(a.bytes, b.bytes))
  const contacts = ids.map((id, n) => {
    return new Contact(id, { host: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, port: 6881 })
  })
  const sorted = new SortedIds(contacts)
  const tables = new Map<string, RoutingTable>()
  for (const { id } of contacts) {
    const table = new RoutingTable(id, 0, { k, enlarged, onePerNetwork: false })
    table.load(
      perfectContacts(id, sorted, (depth) => bucketCapacity(depth, k, enlarged), random),
      0,
    )
    tables.set(id.key, table)
  }
  return { contacts, sorted, tables }
}

/** One lookup for `target` from `start`; answers come back in the order of asking. */
export function lookUp(
  { sorted, tables }: StaticOverlay,
  { start, target, k, alpha }: { start: Contact; target: NodeId; k: number; alpha: number },
): LookupResult<undefined> & { readonly exact: boolean } {
  const table = (contact: Contact) => tables.get(contact.id.key) as RoutingTable
  const options = { self: start.id, target, k, alpha, maxRequests: 1_000, onePerNetwork: false }
  const lookup = new Lookup(options, table(start).closest(target, k))
  const queue = lookup.next(0)
  for (let candidate = queue.shift(); candidate; candidate = queue.shift()) {
    lookup.replied(candidate, { id: candidate.id, nodes: table(candidate.contact).closest(target, k) }, 0)
    queue.push(...lookup.next(0))
  }
  const result = lookup.result()
  const [nearest, second] = sorted.closest(target, 2)
  return { ...result, exact: result.closest[0] === (nearest === start ? second : nearest) }
}

export interface StaticMeasure {
  readonly hops: number
  readonly requests: number
  /** Share of lookups that found the nearest node of all. */
  readonly exact: number
}

/** Means over lookups for random targets from random nodes. */
export function measure(
  overlay: StaticOverlay,
  { lookups, k, alpha }: { lookups: number; k: number; alpha: number },
  random: Random,
): StaticMeasure {
  const sum = { hops: 0, requests: 0, exact: 0 }
  for (let i = 0; i < lookups; i++) {
    const start = pick(random, overlay.contacts)
    const result = lookUp(overlay, { start, target: NodeId.random(random), k, alpha })
    sum.hops += result.hops
    sum.requests += result.requests
    sum.exact += result.exact ? 1 : 0
  }
  return { hops: sum.hops / lookups, requests: sum.requests / lookups, exact: sum.exact / lookups }
}

/** Random contacts of each range of ids that share exactly d bits with `self`, as many as `capacity` says; the farthest first. */
export function perfectContacts(
  self: NodeId,
  sorted: SortedIds<Contact>,
  capacity: (depth: number) => number,
  random: Random,
): Contact[] {
  const contacts: Contact[] = []
  let [low, high] = [0, sorted.size]
  for (let depth = 0; high - low > 1; depth++) {
    const middle = sorted.firstWithBit(low, high, depth)
    const isHigh = bitOf(self, depth) === 1
    const [farLow, farHigh] = isHigh ? [low, middle] : [middle, high]
    const limit = capacity(depth)
    if (farHigh - farLow <= limit) contacts.push(...shuffled(random, sorted.all.slice(farLow, farHigh)))
    else contacts.push(...sampleOf(sorted.all, farLow, farHigh, limit, random))
    if (isHigh) low = middle
    else high = middle
  }
  return contacts
}

function sampleOf(sorted: readonly Contact[], low: number, high: number, count: number, random: Random): Contact[] {
  const chosen: Contact[] = []
  while (chosen.length < count) {
    const contact = sorted[low + random.below(high - low)] as Contact
    if (!chosen.includes(contact)) chosen.push(contact)
  }
  return chosen
}
