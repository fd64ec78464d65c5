/**
 * The Pastry experiment: N nodes on a simulated network, lookups of random keys from random nodes, and what they cost. The same
 * options give the same result, event by event, on any machine.
 */
import { MINUTE, type Millis } from '../../kernel/clock.ts'
import { shuffled } from '../../kernel/random.ts'
import { type Summary, summaryOf } from '../summary.ts'
import { randomId } from './pastry-id.ts'
import { type PastryLookupSummary, PastryLookups } from './pastry-lookups.ts'
import { type PastryNetwork, PastryWorld, pastryNetwork } from './pastry-world.ts'

export interface PastryOptions {
  readonly nodes: number
  /** A whole number up to 2^53. */
  readonly seed: number
  readonly lookups: number
  /** L: an even number. */
  readonly leaves: number
  /** Median session in minutes; 0 for no churn. Whoever goes is replaced at once by a newcomer. */
  readonly churn: number
  /** Part of the nodes that fail at once, just before the lookups. */
  readonly fail: number
  /** Whether nodes join one after the other; else they start with perfect state. */
  readonly join: boolean
}

export const PASTRY_DEFAULTS: PastryOptions = {
  nodes: 1_000,
  seed: 1,
  lookups: 1_000,
  leaves: 16,
  churn: 0,
  fail: 0,
  join: false,
}

export const MAX_PASTRY_NODES = 50_000
export const MAX_PASTRY_LOOKUPS = 1_000_000
/** M of the paper. */
export const NEIGHBOURS = 32

/** Of one way between two hosts. */
const LATENCY = [10, 100] as const
const JITTER = 0.1
/** Virtual time between two lookups, where there is no churn. */
const LOOKUP_SPACING: Millis = 5
const SESSIONS_BEFORE = 3
const SESSIONS_OF_LOOKUPS = 3
const JOIN_LIMIT: Millis = 10 * MINUTE
const WATCH_EVERY: Millis = 10_000

export interface PastryResult extends PastryLookupSummary {
  /** Alive at the end. */
  readonly alive: number
  /** Nodes that came by churn. */
  readonly arrivals: number
  /** Different nodes that a node knows at the end. */
  readonly stateSize: Summary
  readonly messages: number
  readonly bytes: number
  readonly events: number
  /** Virtual milliseconds. */
  readonly elapsed: Millis
  /** 16 hexadecimal digits: alike when the same things happened at the same times. */
  readonly checksum: string
}

export interface PastryWatcher {
  /** Another part of the work is done, 0 to 1. */
  readonly progress?: (fraction: number, what: string) => void
  readonly signal?: AbortSignal
}

/** @throws the reason of `watcher.signal` once that is aborted */
export async function runPastry(options: PastryOptions, watcher: PastryWatcher = {}): Promise<PastryResult> {
  const { nodes, seed, lookups, leaves, churn, fail, join } = options
  const network = pastryNetwork({ seed, latency: LATENCY, jitter: JITTER })
  const upkeep = churn > 0 || fail > 0
  const world = new PastryWorld(network, { leaves, neighbours: NEIGHBOURS, upkeep })
  const random = network.random.split('experiment')
  watcher.signal?.throwIfAborted()

  if (join) await joinAll(world, network, nodes, watcher)
  else world.startWarm(nodes)

  const session = churn * MINUTE
  const endChurn = session > 0 ? world.churn(session) : () => {}
  await runWatched(network, SESSIONS_BEFORE * session, watcher)
  const victims = shuffled(random, world.ring.all).slice(0, Math.round(fail * world.ring.all.length))
  for (const victim of victims) world.kill(victim)

  const measure = new PastryLookups(world, network)
  const spacing = session > 0 ? (SESSIONS_OF_LOOKUPS * session) / lookups : LOOKUP_SPACING
  for (let i = 0; i < lookups; i++) {
    watcher.signal?.throwIfAborted()
    measure.start(world.pick(), randomId(random))
    await network.run(spacing)
    watcher.progress?.(i / lookups, 'lookups')
  }
  await measure.finish()
  endChurn()

  return {
    ...measure.summary(),
    alive: world.ring.all.length,
    arrivals: world.arrivals,
    stateSize: summaryOf(world.ring.all.map(({ node }) => node.known.size)),
    messages: network.delivered,
    bytes: network.deliveredBytes,
    events: network.events,
    elapsed: network.elapsed,
    checksum: network.checksum,
  }
}

/** Each starts when the one before has joined. */
async function joinAll(world: PastryWorld, network: PastryNetwork, count: number, watcher: PastryWatcher) {
  for (let i = 0; i < count; i++) {
    watcher.signal?.throwIfAborted()
    let hasJoined = false
    world.join(() => {
      hasJoined = true
    })
    if (!(await network.until(JOIN_LIMIT, () => hasJoined))) throw new Error(`node ${i} has not joined`)
    watcher.progress?.(i / count, 'joining')
  }
}

async function runWatched(network: PastryNetwork, duration: Millis, watcher: PastryWatcher) {
  for (let done = 0; done < duration; done += WATCH_EVERY) {
    watcher.signal?.throwIfAborted()
    await network.run(Math.min(WATCH_EVERY, duration - done))
    watcher.progress?.(done / duration, 'churn')
  }
}
