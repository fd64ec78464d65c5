/**
 * Lookups while hosts come and go (Stoica et al. 2001, "lookups during stabilisation"): joins and failures are Poisson processes
 * of one rate, lookups another of one a second.
 */
import type { Routing } from '../../chord/lookup.ts'
import { MINUTE, type Millis, SECOND } from '../../kernel/clock.ts'
import { drawLifetime } from '../../simulation/lifetimes.ts'
import { CHORD_DEFAULTS, type ChordWatcher, LAB_LATENCY, randomPlace, worldOptions } from './chord.ts'
import { type ChordLookupSummary, ChordLookups, USUAL_WAY } from './chord-lookups.ts'
import { ChordWorld, chordNetwork } from './chord-world.ts'

export interface ComingAndGoingOptions {
  /** Hosts at first, and on average. */
  readonly nodes: number
  readonly seed: number
  /** r. */
  readonly successors: number
  readonly route: Routing
  /** Seconds between two rounds of stabilising of a member. */
  readonly stabilise: number
  /** Hosts that join a second, and as many that fail. */
  readonly rate: number
  /** Virtual time of the lookups. */
  readonly minutes: number
}

export interface ComingAndGoingResult extends ChordLookupSummary {
  /** Hosts that have come in all. */
  readonly arrivals: number
  /** Sent by a host in a second, all messages with what is in front of their bytes on a network left out. */
  readonly bytesPerSecond: number
  readonly messages: number
  readonly checksum: string
}

/** Rounds before the lookups, so that no pointer is better than the coming and going leaves it. */
const ROUNDS_BEFORE = 20
/** Of lookups. */
const SPACING: Millis = SECOND

/** @throws the reason of `watcher.signal` once that is aborted */
export async function runComingAndGoing(
  options: ComingAndGoingOptions,
  watcher: ChordWatcher = {},
): Promise<ComingAndGoingResult> {
  const { nodes, seed, stabilise, rate, minutes, route } = options
  const network = chordNetwork({ seed, ...LAB_LATENCY })
  const world = new ChordWorld(network, { ...worldOptions({ ...CHORD_DEFAULTS, ...options }), upkeep: true })
  const random = network.random.split('experiment')
  world.startWarm(nodes)
  const end = world.comeAndGo(rate)
  const before = ROUNDS_BEFORE * stabilise * SECOND
  const all = before + minutes * MINUTE
  const pass = async (duration: Millis) => {
    watcher.signal?.throwIfAborted()
    await network.run(duration)
    watcher.progress?.(Math.min(1, network.elapsed / all), 'churn')
  }
  for (let round = 0; round < ROUNDS_BEFORE; round++) await pass(stabilise * SECOND)
  const sentBefore = network.deliveredBytes

  const measure = new ChordLookups(world, network, { ...USUAL_WAY, routing: route })
  while (network.elapsed < all) {
    measure.start(world.pick(), randomPlace(random))
    await pass(drawLifetime({ kind: 'exponential', median: Math.LN2 * SPACING }, random))
  }
  const seconds = (network.elapsed - before) / SECOND
  const bytesPerSecond = (network.deliveredBytes - sentBefore) / seconds / nodes
  await measure.finish()
  end()
  return {
    ...measure.summary(),
    ...{ arrivals: world.arrivals, bytesPerSecond, messages: network.delivered, checksum: network.checksum },
  }
}
