/**
 * Who has announced which torrent to us (BEP 5), counted by filters for those who ask (BEP 33), and which torrents those are
 * (BEP 51). Limits: `MAX_INFO_HASHES` torrents, those nearest to our id, and those of `Swarms`.
 */

import { type Swarm, Swarms } from '../items/swarms.ts'
import { MINUTE, type Millis } from '../kernel/clock.ts'
import { type Random, shuffled } from '../kernel/random.ts'
import { BloomFilter } from './bloom-filter.ts'
import { NearestMap } from './nearest-map.ts'
import type { NodeId } from './node-id.ts'

export const MAX_INFO_HASHES = 2_000
/** How long a sample of info-hashes stays the same, so that asking often learns nothing more. */
export const SAMPLE_LIFE: Millis = 5 * MINUTE
/** Info-hashes of a sample: 400 bytes. */
export const MAX_SAMPLES = 20

export interface InfoHashSample {
  readonly samples: readonly NodeId[]
  /** How many we have in all. */
  readonly total: number
  /** Milliseconds until there will be another sample. */
  readonly freshIn: Millis
}

export class PeerStore extends Swarms<NodeId> {
  private readonly nearest: NearestMap<Swarm>
  private sampled: { readonly samples: readonly NodeId[]; readonly until: Millis } | undefined

  constructor(self: NodeId, random: Random) {
    const nearest = new NearestMap<Swarm>(self, MAX_INFO_HASHES)
    super(nearest, random)
    this.nearest = nearest
  }

  /** Filters of those who have everything and of the others (BEP 33); undefined where we know nobody. */
  scrape(infoHash: NodeId, now: Millis): { readonly seeds: BloomFilter; readonly peers: BloomFilter } | undefined {
    const current = this.current(infoHash, now)
    if (current.length === 0) return undefined
    const filters = { seeds: new BloomFilter(), peers: new BloomFilter() }
    for (const { endpoint, seed } of current) filters[seed ? 'seeds' : 'peers'].add(endpoint.host)
    return filters
  }

  /** Some of the torrents we know (BEP 51), the same ones until `SAMPLE_LIFE` is over. */
  sample(now: Millis): InfoHashSample {
    if (!this.sampled || now >= this.sampled.until) {
      const samples = shuffled(this.random, this.ids()).slice(0, MAX_SAMPLES)
      this.sampled = { samples, until: now + SAMPLE_LIFE }
    }
    return { samples: this.sampled.samples, total: this.size, freshIn: this.sampled.until - now }
  }

  /** Our id has changed: from now on what is far from the new one goes first. */
  moveTo(self: NodeId): void {
    this.nearest.moveTo(self)
  }
}
