/**
 * How evenly keys fall on hosts: places of hosts and keys on the ring alone, without a network. A host has the keys of all its
 * virtual nodes.
 *
 * Places are compared by their first 48 bits, which numbers hold exactly; among millions two are hardly ever alike in them.
 */
import { contactAt } from '../../chord/contact.ts'
import type { SeededRandom } from '../../simulation/random.ts'
import { labAddress } from '../lab-addresses.ts'
import { type Summary, summaryOf } from '../summary.ts'

export interface LoadOptions {
  /** Hosts. */
  readonly nodes: number
  readonly keys: number
  /** v. */
  readonly virtualNodes: number
  /** Whether places are those of addresses and slots; else they are random. */
  readonly byAddress: boolean
}

export interface LoadResult {
  /** Keys of a host on average. */
  readonly mean: number
  /** Keys of a host in multiples of the mean. */
  readonly load: Summary
  /** Part of the hosts that have none. */
  readonly idle: number
}

const PORT = 6881
const TWO_TO_32 = 2 ** 32
const TWO_TO_16 = 2 ** 16

export function measureLoad({ nodes, keys, virtualNodes, byAddress }: LoadOptions, random: SeededRandom): LoadResult {
  const places = Array.from({ length: nodes * virtualNodes }, (_, n) => {
    const host = n % nodes
    return { host, at: byAddress ? placeOf(host, Math.floor(n / nodes)) : randomPlace(random) }
  }).sort((a, b) => a.at - b.at)
  const ends = Float64Array.from(places, ({ at }) => at)
  const counts = new Array<number>(nodes).fill(0)
  for (let n = 0; n < keys; n++) {
    const { host } = places[firstFrom(ends, randomPlace(random)) % places.length] as { host: number }
    counts[host] = (counts[host] as number) + 1
  }
  const mean = keys / nodes
  const idle = counts.filter((count) => count === 0).length / nodes
  return { mean, load: summaryOf(counts.map((count) => count / mean)), idle }
}

/** The first 48 bits of where a slot of the n-th host stands. */
function placeOf(host: number, slot: number): number {
  const bytes = contactAt({ host: labAddress(host), port: PORT }, slot)?.id.bytes
  if (!bytes) throw new RangeError(`a host has no slot ${slot}`)
  return bytes.subarray(0, 6).reduce((sum, byte) => sum * 256 + byte, 0)
}

function randomPlace(random: SeededRandom): number {
  return random.word() * TWO_TO_16 + Math.floor((random.word() / TWO_TO_32) * TWO_TO_16)
}

/** Index of the first at or after a place; their number where that is the first of all. */
function firstFrom(ends: Float64Array, place: number): number {
  let [low, high] = [0, ends.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ends[middle] as number) < place) low = middle + 1
    else high = middle
  }
  return low
}
