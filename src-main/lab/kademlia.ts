/**
 * The Kademlia experiment: N real nodes on a simulated network, lookups from random ones for random targets, and what they cost.
 * The same options give the same result, event by event, on any machine.
 */
import { NodeId } from '../kademlia/node-id.ts'
import { MINUTE, type Millis } from '../kernel/clock.ts'
import { shuffled } from '../kernel/random.ts'
import type { CarriageMode } from '../simulation/message-carriage.ts'
import { MessageNetwork } from '../simulation/message-network.ts'
import { runChurn } from './kademlia-churn.ts'
import { LookupMeasure, type LookupSummary } from './kademlia-lookups.ts'
import { checkValues, storeValues } from './kademlia-values.ts'
import { KademliaWorld } from './kademlia-world.ts'
import { type Summary, summaryOf } from './summary.ts'

export interface KademliaOptions {
  readonly nodes: number
  /** A whole number up to 2^53. */
  readonly seed: number
  readonly lookups: number
  readonly k: number
  readonly alpha: number
  /** Whether the far buckets are larger; off in the literature. */
  readonly enlarged: boolean
  /** Median session in minutes; 0 for no churn. Whoever goes is replaced at once by a newcomer. */
  readonly churn: number
  /** Part of the nodes that fail at once, before the lookups. */
  readonly fail: number
  /** Part of the nodes behind routers that translate addresses. */
  readonly nat: number
  /** Items stored before the failure and asked for after it. */
  readonly values: number
  /** Whether nodes join one after the other; else they start with perfect tables. */
  readonly join: boolean
  /** How messages are carried: as objects, frozen objects, or encoded. */
  readonly mode: CarriageMode
}

export const KADEMLIA_DEFAULTS: KademliaOptions = {
  nodes: 1_000,
  seed: 1,
  lookups: 1_000,
  k: 8,
  alpha: 3,
  enlarged: false,
  churn: 0,
  fail: 0,
  nat: 0,
  values: 0,
  join: false,
  mode: 'objects',
}

/** More would take gigabytes. */
export const MAX_KADEMLIA_NODES = 50_000
export const MAX_KADEMLIA_LOOKUPS = 1_000_000

/** Of one way between two hosts. */
const LATENCY = [10, 100] as const
/** Virtual time between two lookups, where there is no churn. */
const LOOKUP_SPACING: Millis = 5
/** Sessions of churn before the lookups, so that no table is better than churn leaves it. */
const SESSIONS_BEFORE = 3
/** Sessions over which the lookups are spread. */
const SESSIONS_OF_LOOKUPS = 3

export interface KademliaResult extends LookupSummary {
  /** Alive at the end. */
  readonly alive: number
  /** Entries of a table. */
  readonly tableSize: Summary
  /** Queries that a node has answered during the lookups. */
  readonly load: Summary
  /** Nodes that came by churn. */
  readonly arrivals: number
  readonly valuesStored: number
  readonly valuesFound: number
  readonly messages: number
  readonly bytes: number
  readonly events: number
  /** Virtual milliseconds. */
  readonly elapsed: Millis
  /** 16 hexadecimal digits: alike when the same things happened at the same times. */
  readonly checksum: string
}

export interface KademliaWatcher {
  /** Another part of the work is done, 0 to 1. */
  readonly progress?: (fraction: number, what: string) => void
  readonly signal?: AbortSignal
}

/** @throws the reason of `watcher.signal` once that is aborted */
export async function runKademlia(options: KademliaOptions, watcher: KademliaWatcher = {}): Promise<KademliaResult> {
  const network = new MessageNetwork({ seed: options.seed, mode: options.mode, latency: LATENCY })
  const { k, alpha, enlarged, nat, churn } = options
  const upkeep = churn > 0
  const asksBack = upkeep || options.join
  const world = new KademliaWorld({ network, k, alpha, enlarged, natFraction: nat, upkeep, asksBack })
  const random = network.random.split('experiment')

  if (options.join) await joinAll(world, network, options.nodes, watcher)
  else await world.startWarm(options.nodes)

  const session = churn * MINUTE
  const churning = session > 0 ? runChurn(world, network, session) : undefined
  if (churning) await runWatched(network, SESSIONS_BEFORE * session, 'churn', watcher)
  const stored = await storeValues(world, network, options.values, random)
  if (options.fail > 0) {
    const victims = shuffled(random, world.members).slice(0, Math.round(options.fail * world.members.length))
    for (const victim of victims) world.kill(victim)
  }

  const answeredBefore = new Map(world.members.map((member) => [member, member.rpc.counters.answersSent]))
  const measure = new LookupMeasure(world, network)
  const spacing = session > 0 ? (SESSIONS_OF_LOOKUPS * session) / Math.max(1, options.lookups) : LOOKUP_SPACING
  for (let i = 0; i < options.lookups; i++) {
    watcher.signal?.throwIfAborted()
    measure.start(world.pick(), NodeId.random(random))
    await network.run(spacing)
    watcher.progress?.(i / options.lookups, 'lookups')
  }
  await measure.finish()
  const found = await checkValues(world, network, stored)
  churning?.stop()

  return {
    ...measure.summary(),
    alive: world.members.length,
    tableSize: summaryOf(world.members.map(({ node }) => node.facts.nodes)),
    load: summaryOf(world.members.map((member) => member.rpc.counters.answersSent - (answeredBefore.get(member) ?? 0))),
    arrivals: churning?.arrivals ?? 0,
    valuesStored: stored.length,
    valuesFound: found,
    messages: network.delivered,
    bytes: network.deliveredBytes,
    events: network.events,
    elapsed: network.elapsed,
    checksum: network.checksum,
  }
}

/** Each starts when the one before has joined. */
async function joinAll(world: KademliaWorld, network: MessageNetwork, count: number, watcher: KademliaWatcher) {
  for (let i = 0; i < count; i++) {
    watcher.signal?.throwIfAborted()
    let hasJoined = false
    await world.join(() => {
      hasJoined = true
    })
    if (!(await network.until(JOIN_LIMIT, () => hasJoined))) throw new Error(`node ${i} has not joined`)
    watcher.progress?.(i / count, 'joining')
  }
  await network.run(AFTER_JOINING)
}

const JOIN_LIMIT: Millis = 10 * MINUTE
/** For the last ones to fill their buckets. */
const AFTER_JOINING: Millis = MINUTE

const WATCH_EVERY: Millis = 10_000

async function runWatched(network: MessageNetwork, duration: Millis, what: string, watcher: KademliaWatcher) {
  for (let done = 0; done < duration; done += WATCH_EVERY) {
    watcher.signal?.throwIfAborted()
    await network.run(Math.min(WATCH_EVERY, duration - done))
    watcher.progress?.(done / duration, what)
  }
}
