/**
 * The fee rate at which a transaction is likely to be in one of the next blocks, from what waits now and what the newest
 * blocks took.
 *
 * Projection: at a fee rate, whatever waits and pays as much or more comes first, and so does what will come in meanwhile, which
 * is taken to be as in the newest blocks. The lowest rate is looked for at which all that fits into the blocks of the target.
 * How many intervals these are, and how much the miners take, is taken at the unlucky end: blocks come at random, and some
 * miners take less than they could.
 *
 * As long as the newest blocks were not foreseen by our mempool (after a start, or where transactions do not reach us), it
 * does not know what waits, and what got into blocks before counts as well: of as many blocks in a row as the target, the
 * cheapest that took us, in most of such rows.
 *
 * Pure: told everything, reads no clock.
 */
import type { FeeRate } from '../mempool/policy.ts'
import { type BlockFees, MAX_TAKEN } from './block-fees.ts'
import { bucketOf, FEE_BUCKETS, type FeeWeights, rateOf } from './fee-buckets.ts'

/** Fewer blocks say nothing. */
export const MIN_FEE_BLOCKS = 20
/** Newest blocks that are looked at. */
export const FEE_BLOCKS = 100
/** Of these, those from which it is judged what comes in and what miners take. */
const RECENT_BLOCKS = 24
/** Newest blocks by which it is judged whether the mempool knows what waits. */
const JUDGED_BLOCKS = 6
/** Share of them, by weight, that it must have foreseen. */
const FORESEEN = 0.8
/** Standard deviations by which the next blocks may be later, and smaller, than usual. */
const UNLUCKY = 0.8
/** A transaction of our own, weight units. */
const OWN_WEIGHT = 4_000
/** A block with less room than this was full. */
const FULL = 0.95 * MAX_TAKEN
/** Where blocks are as full as this on average, by what they hold, none is empty for want of transactions. */
const BUSY = 0.05
/** Rows of blocks that a transaction would have got into. */
const MOST_ROWS = 0.85

export interface FeeFacts {
  /** Newest first. */
  readonly blocks: readonly BlockFees[]
  /** What is in the mempool, by the fee rate at which a miner takes it. */
  readonly waiting: FeeWeights
  /** Nothing is relayed for less. */
  readonly floor: FeeRate
}

/** For targets 1 to `count`, in their order; never rising. Undefined where there are too few blocks to say. */
export function estimateFeeRates({ blocks, waiting, floor }: FeeFacts, count: number): FeeRate[] | undefined {
  if (blocks.length < MIN_FEE_BLOCKS) return undefined
  const known = withoutNeglect(blocks.slice(0, FEE_BLOCKS))
  const projection = new Projection(known.slice(0, RECENT_BLOCKS), waiting)
  const rows = knowsWhatWaits(known) ? undefined : bucketsOfRows(known, count)
  const rates: FeeRate[] = []
  let highest = 0
  // Who can wait longer pays no more.
  for (let target = count; target >= 1; target--) {
    highest = Math.max(highest, projection.bucketFor(target), rows?.[target - 1] ?? 0)
    rates.push(highest === 0 ? floor : Math.max(floor, rateOf(highest)))
  }
  return rates.reverse()
}

/** An empty block that we did not see come among busy ones: its miner took nothing. */
function withoutNeglect(blocks: readonly BlockFees[]): readonly BlockFees[] {
  const busy = blocks.reduce((sum, { taken }) => sum + taken.total, 0) / blocks.length >= BUSY * MAX_TAKEN
  if (!busy) return blocks
  return blocks.map((block) =>
    block.taken.total === 0 && block.foreseen === undefined ? { ...block, capacity: 0 } : block,
  )
}

class Projection {
  /** Weight units of one block on average, at a bucket's fee rate or above. */
  readonly #comingIn = new Float64Array(FEE_BUCKETS)
  readonly #waiting = new Float64Array(FEE_BUCKETS)
  /** One step above all that was ever seen: nobody has to pay more. */
  #highest = 0
  readonly #capacity: { readonly mean: number; readonly deviation: number }

  constructor(blocks: readonly BlockFees[], waiting: FeeWeights) {
    let [comingIn, here] = [0, 0]
    for (let bucket = FEE_BUCKETS - 1; bucket >= 0; bucket--) {
      for (const { taken } of blocks) comingIn += taken.at(bucket)
      here += waiting.at(bucket)
      this.#comingIn[bucket] = comingIn / blocks.length
      this.#waiting[bucket] = here
      if (comingIn + here > 0) this.#highest = Math.max(this.#highest, Math.min(bucket + 1, FEE_BUCKETS - 1))
    }
    this.#capacity = meanAndDeviation(blocks.map(({ capacity }) => capacity))
  }

  /** The lowest at which a transaction gets into the next `target` blocks. */
  bucketFor(target: number): number {
    const { mean, deviation } = this.#capacity
    const luck = UNLUCKY * Math.sqrt(target)
    // Where miners take hardly anything no fee helps: then it is as if one block of the target were theirs who do.
    const room = Math.max(target * mean - luck * deviation, mean) - OWN_WEIGHT
    const intervals = target + luck
    let low = 0
    let high = this.#highest
    while (low < high) {
      const middle = (low + high) >>> 1
      const before = (this.#waiting[middle] as number) + (this.#comingIn[middle] as number) * intervals
      if (before <= room) high = middle
      else low = middle + 1
    }
    return low
  }
}

function knowsWhatWaits(blocks: readonly BlockFees[]): boolean {
  let [foreseen, all] = [0, 0]
  for (const block of blocks.slice(0, JUDGED_BLOCKS)) {
    if (block.foreseen === undefined) continue
    foreseen += block.foreseen * block.taken.total
    all += block.taken.total
  }
  return all > 0 && foreseen >= FORESEEN * all
}

/** For targets 1 to `count`: the bucket that would have got into most rows of so many blocks. */
function bucketsOfRows(blocks: readonly BlockFees[], count: number): number[] {
  const least = blocks.filter(({ capacity }) => capacity > 0).map(leastBucket)
  // Of each row the lowest so far, by its first block.
  let lowest = least
  const buckets: number[] = []
  for (let target = 1; target <= count; target++) {
    if (lowest.length === 0) return Array.from({ length: count }, () => 0)
    const sorted = [...lowest].sort((a, b) => a - b)
    buckets.push(sorted[Math.floor((sorted.length - 1) * MOST_ROWS)] as number)
    // Rows overlap: too few of them would say little.
    if (target < least.length / 2)
      lowest = lowest.slice(0, -1).map((bucket, first) => Math.min(bucket, least[first + target] as number))
  }
  return buckets
}

/** What it would have taken us for. */
function leastBucket({ taken, capacity, cheapest }: BlockFees): number {
  return cheapest !== undefined && taken.total >= Math.min(capacity, FULL) ? bucketOf(cheapest) + 1 : 0
}

function meanAndDeviation(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, deviation: Math.sqrt(variance) }
}
