/**
 * A part of all hosts fails at once (Stoica et al. 2001, "simultaneous node failures"). Keys stand at their owners, with and
 * without copies on the next hosts; when the ring is in order again, all are looked up.
 */

import { RingCheck } from '../../chord/invariants.ts'
import type { RingId } from '../../chord/ring-id.ts'
import { type Millis, SECOND } from '../../kernel/clock.ts'
import { shuffled } from '../../kernel/random.ts'
import { CHORD_DEFAULTS, type ChordWatcher, LAB_LATENCY, randomPlace, worldOptions } from './chord.ts'
import type { ChordHost, ChordNode } from './chord-host.ts'
import { type ChordLookupSummary, ChordLookups, COPIES, USUAL_WAY } from './chord-lookups.ts'
import { ChordWorld, chordNetwork } from './chord-world.ts'

export interface FailureOptions {
  /** Hosts. */
  readonly nodes: number
  readonly seed: number
  /** r. */
  readonly successors: number
  /** v: of each host. */
  readonly virtualNodes: number
  /** Seconds between two rounds of stabilising of a member. */
  readonly stabilise: number
  /** Part of the hosts that fail. */
  readonly fail: number
  readonly keys: number
  /** Lookups right after the failure. */
  readonly lookups: number
}

export interface FailureResult {
  /** Right after the failure. */
  readonly atOnce: ChordLookupSummary
  /** Of the keys, when the ring was in order again. */
  readonly later: ChordLookupSummary
  /** Part of the keys that are not found where each has its owner alone. */
  readonly lost: number
  /** The same where the next hosts have copies. */
  readonly lostWithCopies: number
  /** Part of the keys whose owner has failed, and whose owner and all hosts with copies have: nobody could find these. */
  readonly gone: number
  readonly goneWithCopies: number
  /** Rings that the hosts left make: more than one is a partition. */
  readonly rings: number
  /** Whether every pointer was as it should be in the end. */
  readonly ideal: boolean
  /** Seconds until then. */
  readonly repairedAfter: number
  readonly checksum: string
}

const LOOKUP_SPACING: Millis = 5
const MOST_ROUNDS = 100

/** Who has a key. */
interface Placed {
  readonly key: RingId
  readonly owner: ChordHost
  readonly copies: readonly ChordHost[]
}

/** @throws the reason of `watcher.signal` once that is aborted */
export async function runFailure(options: FailureOptions, watcher: ChordWatcher = {}): Promise<FailureResult> {
  const { nodes, seed, fail, keys, lookups, stabilise, successors } = options
  const network = chordNetwork({ seed, ...LAB_LATENCY })
  const world = new ChordWorld(network, { ...worldOptions({ ...CHORD_DEFAULTS, ...options }), upkeep: true })
  const random = network.random.split('experiment')
  world.startWarm(nodes)
  const placed = Array.from({ length: keys }, () => placeKey(world, randomPlace(random)))
  const victims = shuffled(random, [...world.hosts]).slice(0, Math.round(fail * nodes))
  for (const victim of victims) world.kill(victim)

  const atOnce = new ChordLookups(world, network, USUAL_WAY)
  for (let i = 0; i < lookups; i++) {
    watcher.signal?.throwIfAborted()
    atOnce.start(world.pick(), randomPlace(random))
    await network.run(LOOKUP_SPACING)
    watcher.progress?.((0.2 * i) / lookups, 'lookups at once')
  }
  await atOnce.finish()

  const check = () => new RingCheck(world.ring.all.map(({ member }) => member))
  for (let round = 0; round < MOST_ROUNDS && !check().isIdeal(successors); round++) {
    watcher.signal?.throwIfAborted()
    await network.run(stabilise * SECOND)
    watcher.progress?.(0.2 + (0.5 * round) / MOST_ROUNDS, 'repair')
  }
  const repairedAfter = network.elapsed / SECOND

  const later = new ChordLookups(world, network, USUAL_WAY)
  let [found, foundWithCopies] = [0, 0]
  for (const [n, { key, owner, copies }] of placed.entries()) {
    watcher.signal?.throwIfAborted()
    later.start(world.pick(), key, (result) => {
      const node = result.owner && world.nodeAt(result.owner)
      if (!node) return
      const asked = hostsFrom(node, world)
      if (asked[0] === owner) found += 1
      if (asked.some((host) => host === owner || copies.includes(host))) foundWithCopies += 1
    })
    await network.run(LOOKUP_SPACING)
    watcher.progress?.(0.7 + (0.3 * n) / keys, 'keys')
  }
  await later.finish()

  const part = (count: number) => (keys > 0 ? count / keys : 0)
  const isGone = ({ host }: ChordHost) => !host.alive
  return {
    ...{ atOnce: atOnce.summary(), later: later.summary() },
    ...{ lost: part(keys - found), lostWithCopies: part(keys - foundWithCopies) },
    gone: part(placed.filter(({ owner }) => isGone(owner)).length),
    goneWithCopies: part(placed.filter(({ owner, copies }) => isGone(owner) && copies.every(isGone)).length),
    ...{ rings: check().rings().length, ideal: check().isIdeal(successors), repairedAfter },
    checksum: network.checksum,
  }
}

/** The hosts of the owner and of those behind it, each once. */
function placeKey(world: ChordWorld, key: RingId): Placed {
  const hosts = new Set<ChordHost>()
  for (const { owner } of world.ring.from(key)) {
    hosts.add(owner)
    if (hosts.size > COPIES) break
  }
  const [owner, ...copies] = [...hosts]
  return { key, owner: owner as ChordHost, copies }
}

/** Its own and those in its list, each once: where a key that it owns is read. */
function hostsFrom({ owner, member }: ChordNode, world: ChordWorld): readonly ChordHost[] {
  const others = member.successors.flatMap((contact) => world.nodeAt(contact)?.owner ?? [])
  return [...new Set([owner, ...others])].slice(0, COPIES + 1)
}
