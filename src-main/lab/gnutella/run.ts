/**
 * The flooding experiment: N nodes in a random graph, searches from random ones for items that a part of all nodes hold, one search
 * after the other, each until nothing is under way any more. The same options give the same result, event by event, on any machine.
 */
import { type Summary, summaryOf } from '../summary.ts'
import type { FloodNode } from './flood-node.ts'
import { FloodWorld } from './flood-world.ts'
import type { HitMessage } from './messages.ts'

export interface GnutellaOptions {
  readonly nodes: number
  /** A whole number up to 2^53. */
  readonly seed: number
  /** Searches. */
  readonly lookups: number
  /** Steps that a query goes. */
  readonly ttl: number
  /** Connections of a node on average, an even number. */
  readonly degree: number
  /** Part of the nodes that hold the item of a search; one at least, and never the one that searches. */
  readonly share: number
  /** Part of the nodes that fail at once, before the searches; nobody replaces a connection. */
  readonly fail: number
  /**
   * Whether connections differ in delay. Then a copy may overtake another that has gone fewer steps, and what would
   * have been allowed further is dropped as known.
   */
  readonly uneven: boolean
}

export const GNUTELLA_DEFAULTS: GnutellaOptions = {
  ...{ nodes: 1_000, seed: 1, lookups: 50, ttl: 7, degree: 4 },
  ...{ share: 0.01, fail: 0, uneven: false },
}

export const GNUTELLA_BOUNDS = {
  nodes: { min: 2, max: 50_000 },
  lookups: { min: 1, max: 100_000 },
  ttl: { min: 1, max: 20 },
  degree: { min: 2, max: 20 },
} as const

export interface GnutellaResult {
  readonly lookups: number
  /** Part of the searches that found the item. */
  readonly success: number
  /** Steps to the holder that answered first, of the searches that found one. */
  readonly hops: Summary
  /** Copies of the query that were delivered for one search. */
  readonly requests: Summary
  /** Those of them that came to somebody who had the query already. */
  readonly duplicates: Summary
  /** Part of the nodes that are alive which the query reached, who asks included. */
  readonly reached: Summary
  /** Holders that answered one search. */
  readonly hits: Summary
  /** Virtual milliseconds to the first hit, of the searches that found one. */
  readonly latency: Summary
  /** Bytes delivered for one search, queries and hits. */
  readonly searchBytes: Summary
  /** Connections of a node. */
  readonly degrees: Summary
  /** Alive during the searches. */
  readonly alive: number
  readonly messages: number
  readonly bytes: number
  readonly events: number
  /** Virtual milliseconds. */
  readonly elapsed: number
  /** 16 hexadecimal digits: alike when the same things happened at the same times. */
  readonly checksum: string
}

export interface GnutellaWatcher {
  /** Another part of the work is done, 0 to 1. */
  readonly progress?: (fraction: number) => void
  readonly signal?: AbortSignal
}

/** What one search has come to. */
interface Search {
  readonly first: HitMessage | undefined
  readonly latency: number
  readonly hits: number
  readonly requests: number
  readonly duplicates: number
  readonly reached: number
  readonly bytes: number
}

/** @throws the reason of `watcher.signal` once that is aborted */
export async function runGnutella(options: GnutellaOptions, watcher: GnutellaWatcher = {}): Promise<GnutellaResult> {
  const { lookups, ttl, share, fail } = options
  watcher.signal?.throwIfAborted()
  const world = new FloodWorld(options)
  const degrees = summaryOf(world.members.map(({ neighbours }) => neighbours.size))
  world.fail(fail)
  const alive = world.members.length
  const holders = Math.max(1, Math.round(share * alive))
  const searches: Search[] = []
  for (let n = 0; n < lookups; n++) {
    watcher.signal?.throwIfAborted()
    const item = `item ${n}`
    const from = world.pick()
    world.place(item, holders, from)
    searches.push(await searched(world, from, item, ttl))
    watcher.progress?.((n + 1) / lookups)
  }
  const { network } = world
  return {
    ...summaryOfSearches(searches, alive),
    ...{ degrees, alive },
    ...{ messages: network.delivered, bytes: network.deliveredBytes, events: network.events },
    ...{ elapsed: network.elapsed, checksum: network.checksum },
  }
}

/** One search, from its first message to its last. */
async function searched({ network, tally }: FloodWorld, from: FloodNode, item: string, ttl: number): Promise<Search> {
  const begin = { at: network.elapsed, bytes: network.deliveredBytes, ...tally }
  let first: HitMessage | undefined
  let [latency, hits] = [0, 0]
  const id = from.search(item, ttl, (hit) => {
    hits += 1
    if (first !== undefined) return
    first = hit
    latency = network.elapsed - begin.at
  })
  await network.settle()
  from.forget(id)
  const firsts = tally.firsts - begin.firsts
  const duplicates = tally.duplicates - begin.duplicates
  return {
    ...{ first, latency, hits, duplicates },
    ...{ requests: firsts + duplicates, reached: firsts + 1, bytes: network.deliveredBytes - begin.bytes },
  }
}

function summaryOfSearches(searches: readonly Search[], alive: number) {
  const found = searches.filter(({ first }) => first !== undefined)
  const of = (value: (search: Search) => number) => summaryOf(searches.map(value))
  return {
    lookups: searches.length,
    success: searches.length > 0 ? found.length / searches.length : 0,
    hops: summaryOf(found.map(({ first }) => first?.hops ?? 0)),
    latency: summaryOf(found.map((search) => search.latency)),
    requests: of(({ requests }) => requests),
    duplicates: of(({ duplicates }) => duplicates),
    reached: of(({ reached }) => reached / alive),
    hits: of(({ hits }) => hits),
    searchBytes: of(({ bytes }) => bytes),
  }
}
