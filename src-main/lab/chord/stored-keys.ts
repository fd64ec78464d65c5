/**
 * Items in the store that Shoal's hosts have: put from anywhere, a part of the hosts fails at once, the others repair pointers and
 * copies, and every item is asked for. Then as many fail once more, which shows whether the copies had been made up.
 */
import { RingId } from '../../chord/ring-id.ts'
import { itemKey } from '../../items/item.ts'
import { utf8 } from '../../kernel/bytes.ts'
import { MINUTE, type Millis } from '../../kernel/clock.ts'
import type { ImmutableItem } from '../../kernel/key-value-store.ts'
import { pick, shuffled } from '../../kernel/random.ts'
import type { SeededRandom } from '../../simulation/random.ts'
import { type Summary, summaryOf } from '../summary.ts'
import { CHORD_DEFAULTS, type ChordWatcher, LAB_LATENCY, worldOptions } from './chord.ts'
import { type ChordNetwork, ChordWorld, chordNetwork } from './chord-world.ts'
import { storeOf } from './store-host.ts'

export interface StoredKeysOptions {
  /** Hosts. */
  readonly nodes: number
  readonly seed: number
  /** v: of each host. */
  readonly virtualNodes: number
  /** r. */
  readonly successors: number
  /** Seconds between two rounds of stabilising of a member. */
  readonly stabilise: number
  readonly items: number
  /** Part of the hosts there were at first that fail at once, twice. */
  readonly fail: number
  /** Minutes of repair after each failure. */
  readonly minutes: number
}

/** What a failure has done, and what was left after the repair. */
export interface LossResult {
  /** Part of the items that no host had any more, of those that some host had before. */
  readonly gone: number
  /** Part of them that were not found after the repair. */
  readonly lost: number
  /** Living hosts that hold an item after the repair, of each item that any holds. */
  readonly holders: Summary
}

export interface StoredKeysResult {
  /** Hosts that an item was stored at, as the answers to puts say. */
  readonly stored: Summary
  readonly first: LossResult
  readonly second: LossResult
  readonly messages: number
  readonly bytes: number
  readonly checksum: string
}

/** Between two puts, and two gets. */
const SPACING: Millis = 20
const LIMIT: Millis = 5 * MINUTE

/** What there is, and where. */
interface Experiment {
  readonly network: ChordNetwork
  readonly world: ChordWorld
  readonly random: SeededRandom
  readonly minutes: number
  readonly victims: number
}

/** @throws the reason of `watcher.signal` once that is aborted */
export async function runStoredKeys(options: StoredKeysOptions, watcher: ChordWatcher = {}): Promise<StoredKeysResult> {
  const { nodes, seed, items: count, fail, minutes } = options
  const network = chordNetwork({ seed, ...LAB_LATENCY })
  const usual = worldOptions({ ...CHORD_DEFAULTS, ...options })
  const world = new ChordWorld(network, { ...usual, byAddress: true, upkeep: true, storeOf })
  const random = network.random.split('experiment')
  const experiment = { network, world, random, minutes, victims: Math.round(fail * nodes) }
  const passed = (fraction: number, what: string) => {
    watcher.signal?.throwIfAborted()
    watcher.progress?.(fraction, what)
  }
  world.startWarm(nodes)
  const items = Array.from({ length: count }, (_, n) => itemOf(`item ${n}`))
  const stored: number[] = []
  await each(network, items, (item, n, done) => {
    passed((0.2 * n) / count, 'putting')
    storeAtRandom(experiment).put(item, {}, (report) => {
      stored.push(report.stored)
      done()
    })
  })
  const keys = items.map((item) => RingId.of(itemKey(item)))
  const first = await failAndRepair(experiment, keys, (part) => passed(0.2 + 0.4 * part, 'a failure'))
  const second = await failAndRepair(experiment, keys, (part) => passed(0.6 + 0.4 * part, 'another failure'))
  const { delivered: messages, deliveredBytes: bytes, checksum } = network
  return { stored: summaryOf(stored), first, second, messages, bytes, checksum }
}

async function failAndRepair(
  experiment: Experiment,
  keys: readonly RingId[],
  passed: (part: number) => void,
): Promise<LossResult> {
  const { network, world, random, minutes, victims } = experiment
  const before = holderCounts(world)
  const there = keys.filter(({ key }) => before.has(key))
  for (const victim of shuffled(random, [...world.hosts]).slice(0, victims)) world.kill(victim)
  const atOnce = holderCounts(world)
  for (let minute = 0; minute < minutes; minute++) {
    passed((0.7 * minute) / minutes)
    await network.run(MINUTE)
  }
  const after = holderCounts(world)
  let found = 0
  await each(network, there, (key, n, done) => {
    passed(0.7 + (0.3 * n) / there.length)
    storeAtRandom(experiment).get(key, {}, ({ item }) => {
      if (item) found += 1
      done()
    })
  })
  const part = (count: number) => (there.length > 0 ? count / there.length : 0)
  return {
    gone: part(there.filter(({ key }) => !atOnce.has(key)).length),
    lost: part(there.length - found),
    holders: summaryOf(there.flatMap(({ key }) => after.get(key) ?? [])),
  }
}

/** A string of bencode, as items of BEP 44 are. */
function itemOf(text: string): ImmutableItem {
  return { kind: 'immutable', value: utf8(`${text.length}:${text}`) }
}

/** Of each key that some living host has: how many have it. */
function holderCounts(world: ChordWorld): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { store } of world.hosts) {
    for (const { key } of store?.items() ?? []) counts.set(key.key, (counts.get(key.key) ?? 0) + 1)
  }
  return counts
}

function storeAtRandom({ world, random }: Experiment) {
  const { store } = pick(random, [...world.hosts])
  if (!store) throw new Error('hosts of this experiment have stores')
  return store
}

/** Begins one after the other and lets all come to an end. */
async function each<T>(
  network: ChordNetwork,
  list: readonly T[],
  begin: (one: T, index: number, done: () => void) => void,
): Promise<void> {
  let open = 0
  for (const [index, one] of list.entries()) {
    open += 1
    begin(one, index, () => {
      open -= 1
    })
    await network.run(SPACING)
  }
  await network.until(LIMIT, () => open === 0)
}
