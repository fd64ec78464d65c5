/**
 * The Chord experiment: N hosts on a simulated network, lookups of random keys from random ones, and what they cost. The same
 * options give the same result, event by event, on any machine.
 */
import type { Routing } from '../../chord/lookup.ts'
import type { LookupManner } from '../../chord/overlay.ts'
import { RING_BITS, RingId } from '../../chord/ring-id.ts'
import { USUAL_PERIODS } from '../../chord/upkeep.ts'
import { MINUTE, type Millis, SECOND } from '../../kernel/clock.ts'
import { type Random, shuffled } from '../../kernel/random.ts'
import { type Summary, summaryOf } from '../summary.ts'
import type { ChordNode } from './chord-host.ts'
import { type ChordLookupSummary, ChordLookups } from './chord-lookups.ts'
import { type ChordNetwork, ChordWorld, chordNetwork } from './chord-world.ts'

export interface ChordOptions {
  /** Hosts. */
  readonly nodes: number
  /** A whole number up to 2^53. */
  readonly seed: number
  readonly lookups: number
  /** r: members of a successor list. */
  readonly successors: number
  /** v: of each host. */
  readonly virtualNodes: number
  /** Whether identifiers are those of addresses and slots; else they are random, as in the literature. */
  readonly byAddress: boolean
  /** Whether lookups go over fingers and the first successor alone, as in the literature, or over successor lists too. */
  readonly route: Routing
  /** Whether who looks up asks each member on the way, or each asks the next; the latter over successor lists too. */
  readonly lookup: LookupManner
  /** Seconds between two rounds of stabilising of a member, half as long up to half as long again. */
  readonly stabilise: number
  /** Median session in minutes; 0 for no churn. Whoever goes is replaced at once by a newcomer. */
  readonly churn: number
  /** Part of the hosts that fail at once, just before the lookups. */
  readonly fail: number
  /** Whether hosts join one after the other; else they start with perfect pointers. */
  readonly join: boolean
}

export const CHORD_DEFAULTS: ChordOptions = {
  ...{ nodes: 1_000, seed: 1, lookups: 1_000, successors: 16, virtualNodes: 1, byAddress: false },
  ...{ route: 'all', lookup: 'iterative', stabilise: USUAL_PERIODS.stabilise / SECOND, churn: 0, fail: 0, join: false },
}

export const CHORD_BOUNDS = {
  nodes: { min: 2, max: 50_000 },
  lookups: { min: 1, max: 1_000_000 },
  successors: { min: 1, max: 64 },
  virtualNodes: { min: 1, max: 64 },
  stabilise: { min: 1, max: 3_600 },
} as const

/** Of one way between two hosts of the ring. */
export const LAB_LATENCY = { latency: [10, 100], jitter: 0.1 } as const
/** Virtual time between two lookups, where there is no churn. */
const LOOKUP_SPACING: Millis = 5
const SESSIONS_BEFORE = 3
const SESSIONS_OF_LOOKUPS = 3
/** Rounds of stabilising after the last has joined, so that all know their neighbours. */
const ROUNDS_AFTER_JOINING = 6
const JOIN_LIMIT: Millis = 10 * MINUTE
const WATCH_EVERY: Millis = 10_000

export interface ChordResult extends ChordLookupSummary {
  /** Hosts that are alive at the end. */
  readonly alive: number
  /** Hosts that came by churn. */
  readonly arrivals: number
  /** Different members that a virtual node knows at the end. */
  readonly stateSize: Summary
  readonly messages: number
  readonly bytes: number
  readonly events: number
  /** Virtual milliseconds. */
  readonly elapsed: Millis
  /** 16 hexadecimal digits: alike when the same things happened at the same times. */
  readonly checksum: string
}

export interface ChordWatcher {
  /** Another part of the work is done, 0 to 1. */
  readonly progress?: (fraction: number, what: string) => void
  readonly signal?: AbortSignal
}

/** @throws the reason of `watcher.signal` once that is aborted */
export async function runChord(options: ChordOptions, watcher: ChordWatcher = {}): Promise<ChordResult> {
  const { nodes, seed, lookups, churn, fail, join } = options
  const network = chordNetwork({ seed, ...LAB_LATENCY })
  const world = new ChordWorld(network, worldOptions(options))
  const random = network.random.split('experiment')
  watcher.signal?.throwIfAborted()

  if (join) {
    await joinAll(world, network, nodes, watcher)
    await network.run(ROUNDS_AFTER_JOINING * options.stabilise * SECOND)
  } else world.startWarm(nodes)

  const session = churn * MINUTE
  const endChurn = session > 0 ? world.churn(session) : () => {}
  await runWatched(network, SESSIONS_BEFORE * session, watcher)
  const victims = shuffled(random, [...world.hosts]).slice(0, Math.round(fail * world.hosts.size))
  for (const victim of victims) world.kill(victim)

  const measure = new ChordLookups(world, network, { routing: options.route, manner: options.lookup })
  const spacing = session > 0 ? (SESSIONS_OF_LOOKUPS * session) / lookups : LOOKUP_SPACING
  for (let i = 0; i < lookups; i++) {
    watcher.signal?.throwIfAborted()
    measure.start(world.pick(), randomPlace(random))
    await network.run(spacing)
    watcher.progress?.(i / lookups, 'lookups')
  }
  await measure.finish()
  endChurn()

  return {
    ...measure.summary(),
    alive: world.hosts.size,
    arrivals: world.arrivals,
    stateSize: summaryOf(world.ring.all.map(knownTo)),
    messages: network.delivered,
    bytes: network.deliveredBytes,
    events: network.events,
    elapsed: network.elapsed,
    checksum: network.checksum,
  }
}

/** What the world is made of. Periods besides that of stabilising stay in their usual proportion to it. */
export function worldOptions(options: ChordOptions): ConstructorParameters<typeof ChordWorld>[1] {
  const { successors, virtualNodes, byAddress, stabilise, churn, fail, join } = options
  const scale = (stabilise * SECOND) / USUAL_PERIODS.stabilise
  const periods = {
    stabilise: USUAL_PERIODS.stabilise * scale,
    checkPredecessor: USUAL_PERIODS.checkPredecessor * scale,
    fixFinger: USUAL_PERIODS.fixFinger * scale,
    recall: USUAL_PERIODS.recall * scale,
  }
  return { successors, virtualNodes, byAddress, upkeep: churn > 0 || fail > 0 || join, periods }
}

export function randomPlace(random: Random): RingId {
  return RingId.of(random.bytes(RING_BITS / 8))
}

/** Different members in its list, its fingers and behind it, itself left out. */
export function knownTo({ self, member }: ChordNode): number {
  const known = new Set([...member.successors, ...member.fingers.distinct, member.predecessor])
  known.delete(self)
  return known.size
}

/** Each starts when the one before has joined. */
async function joinAll(world: ChordWorld, network: ChordNetwork, count: number, watcher: ChordWatcher) {
  for (let i = 0; i < count; i++) {
    watcher.signal?.throwIfAborted()
    let hasJoined = false
    world.join(() => {
      hasJoined = true
    })
    if (!(await network.until(JOIN_LIMIT, () => hasJoined))) throw new Error(`host ${i} has not joined`)
    watcher.progress?.(i / count, 'joining')
  }
}

async function runWatched(network: ChordNetwork, duration: Millis, watcher: ChordWatcher) {
  for (let done = 0; done < duration; done += WATCH_EVERY) {
    watcher.signal?.throwIfAborted()
    await network.run(Math.min(WATCH_EVERY, duration - done))
    watcher.progress?.(done / duration, 'churn')
  }
}
