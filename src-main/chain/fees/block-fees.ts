/**
 * What one block tells about fees: how much of what fee rate it took, and, where we saw it come, how much of what waited it
 * left although there was room. Transactions that spend each other in the block count together: a child pays for its parent.
 */
import { type Coin, hashKey } from '../coins/coin.ts'
import { MAX_BLOCK_WEIGHT } from '../consensus/limits.ts'
import type { FeeRate } from '../mempool/policy.ts'
import type { Transaction } from '../primitives/transaction.ts'
import type { ConnectedBlock } from '../store/chain-store.ts'
import { FeeWeights, rateOf } from './fee-buckets.ts'

/** Weight units that a block takes at most: some are left for header and coinbase, and for what does not fit any more. */
export const MAX_TAKEN: number = MAX_BLOCK_WEIGHT - 8_000
/** Seconds that a transaction waits at least before a block could have it. */
export const TIME_TO_SPREAD = 30
/** A block that left this much of what it took, or more, at lower fee rates, was as large as its miner makes them. */
const LEFT_OF_TAKEN = 1 / 4
/** Weight units: a smaller block says nothing about how large its miner makes them, unless it is empty. */
const TELLING = 100_000
/** Of a block, the cheapest that got in: by weight, so that what a miner favours for other reasons does not count. */
const CHEAPEST = 0.05

export interface BlockFees {
  /** What it took, by fee rate. */
  readonly taken: FeeWeights
  /** Weight units that its miner takes at most into a block, as far as this one shows. */
  readonly capacity: number
  /** Fee rate that was just enough to get in, if it was full; undefined where it took nothing. */
  readonly cheapest: FeeRate | undefined
  /** Share of what it took, by weight, that had been in our mempool; undefined where we did not see it come, or it took nothing. */
  readonly foreseen: number | undefined
}

/** A transaction of a block, or several that spend each other. */
export interface TakenTransactions {
  readonly feeRate: FeeRate
  readonly weight: number
  /** Of it, weight units that had been in our mempool. */
  readonly foreseen: number
}

/** One that waits on. */
export interface LeftTransaction {
  readonly feeRate: FeeRate
  readonly weight: number
  /** Seconds since 1970. */
  readonly entered: number
}

export interface SeenBlock {
  /** All that waits after it. */
  readonly left: Iterable<LeftTransaction>
  /** Seconds since 1970. */
  readonly now: number
  /**
   * What came in before was passed over by several blocks: miners do not have it, or do not want it, and an empty block is not
   * empty in spite of it. Seconds since 1970.
   */
  readonly since: number
}

/** `seen`: where it came while we watched. */
export function blockFeesOf(transactions: Iterable<TakenTransactions>, seen?: SeenBlock): BlockFees {
  const taken = new FeeWeights()
  let foreseen = 0
  for (const one of transactions) {
    taken.add(one.feeRate, one.weight)
    foreseen += one.foreseen
  }
  const cheapest = taken.total > 0 ? rateOf(taken.quantile(CHEAPEST)) : undefined
  return {
    taken,
    cheapest,
    capacity: seen ? capacityOf({ taken: taken.total, cheapest }, seen) : MAX_TAKEN,
    foreseen: seen && taken.total > 0 ? foreseen / taken.total : undefined,
  }
}

/** Where less was taken than a block holds, and something was left: whether that was for want of room. */
function capacityOf(
  { taken, cheapest }: { readonly taken: number; readonly cheapest: FeeRate | undefined },
  { left, now, since }: SeenBlock,
): number {
  if (cheapest !== undefined && taken < TELLING) return MAX_TAKEN
  let weight = 0
  for (const one of left) {
    const isPassedOver = cheapest === undefined ? one.entered >= since : one.feeRate < cheapest
    if (isPassedOver && one.entered <= now - TIME_TO_SPREAD) weight += one.weight
  }
  return weight > 0 && weight >= taken * LEFT_OF_TAKEN ? Math.min(taken, MAX_TAKEN) : MAX_TAKEN
}

/** `height` is the block's, `spent` what its transactions after the coinbase spend. `isForeseen`: whether a transaction had been in our mempool. */
export function takenBy(
  { height, block: { transactions }, spent }: ConnectedBlock,
  isForeseen: (transaction: Transaction) => boolean,
): TakenTransactions[] {
  const groups = new Groups(transactions.length)
  const places = new Map<string, number>()
  // Ids cost more than all the rest: most blocks have none that spend each other.
  const isConnected = spent.some((coins) => coins.some((coin) => coin.height === height))
  for (const [place, transaction] of isConnected ? transactions.entries() : []) {
    if (place === 0) continue
    for (const { previous } of transaction.inputs) {
      const parent = places.get(hashKey(previous.txid))
      if (parent !== undefined) groups.join(place, parent)
    }
    places.set(hashKey(transaction.txid), place)
  }
  const sums = new Map<number, { fee: number; weight: number; foreseen: number }>()
  for (const [place, transaction] of transactions.entries()) {
    if (place === 0) continue
    const sum = sums.get(groups.of(place)) ?? { fee: 0, weight: 0, foreseen: 0 }
    sum.fee += totalOf(spent[place - 1] as readonly Coin[]) - totalOf(transaction.outputs)
    sum.weight += transaction.weight
    if (isForeseen(transaction)) sum.foreseen += transaction.weight
    sums.set(groups.of(place), sum)
  }
  // A virtual byte is four weight units, and rates are for 1,000.
  return [...sums.values()].map(({ fee, ...rest }) => ({ ...rest, feeRate: (fee * 4_000) / rest.weight }))
}

/** Exact: there are not more than 21e14 grains. */
function totalOf(outputs: readonly { readonly value: bigint }[]): number {
  let total = 0
  for (const { value } of outputs) total += Number(value)
  return total
}

/** Which places of a block belong together. */
class Groups {
  readonly #parents: Int32Array

  constructor(count: number) {
    this.#parents = Int32Array.from({ length: count }, (_, place) => place)
  }

  of(place: number): number {
    let root = place
    while (this.#parents[root] !== root) root = this.#parents[root] as number
    // Shorter ways for the next time.
    for (let at = place; this.#parents[at] !== root; ) {
      const next = this.#parents[at] as number
      this.#parents[at] = root
      at = next
    }
    return root
  }

  join(one: number, other: number): void {
    this.#parents[this.of(one)] = this.of(other)
  }
}
