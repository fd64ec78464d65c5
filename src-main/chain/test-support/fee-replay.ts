/**
 * Histories of a fee market, made up, and what the estimates made before each of their blocks were worth: whether they would
 * have been in time, and what the least would have been that was.
 *
 * Nothing of the chain but the estimates themselves is real here: transactions are a fee rate, a weight and a moment; miners
 * take the dearest that had time to reach them. Our own transaction is thought, and changes nothing.
 */
import { MAX_BLOCK_WEIGHT } from '../consensus/limits.ts'
import { type BlockFees, blockFeesOf, MAX_TAKEN } from '../fees/block-fees.ts'
import { estimateFeeRates, FEE_BLOCKS } from '../fees/estimate-fees.ts'
import { FEE_STEP, FeeWeights } from '../fees/fee-buckets.ts'
import { MINIMUM_RELAY_FEE_RATE } from '../mempool/policy.ts'

/** Seconds between blocks on average. */
const INTERVAL = 60
/** Blocks that pass before the first estimate that counts: the market must have found its level. */
const WARM_UP = 60
/** Of fee rates, each five per cent above the one before: the dearest pays 18 times what the cheapest does. */
export const FEE_STEPS = 60
/** Few large ones: what matters is how they fill blocks. */
const WEIGHT_FROM = 20_000
const WEIGHT_RANGE = 40_000
/** Seconds that a transaction takes to the miners. */
const TO_MINERS = 5
/** Transactions that wait so long are forgotten, seconds. */
const FORGOTTEN_AFTER = 3_600
export const FLOOR: number = MINIMUM_RELAY_FEE_RATE

export interface FeeMarket {
  readonly seed: number
  readonly blocks: number
  /** What comes in while block `block` is looked for, as a share of what full blocks hold, at the usual pace of blocks. */
  load(block: number): number
  /** The lowest fee rate, grains per 1,000 virtual bytes; others are up to `FEE_STEPS` steps dearer. The floor by default. */
  level?(block: number): number
  /** Which step of them, for a `chance` from 0 to 1; all alike by default. */
  spread?(chance: number): number
  /** Weight units that the miner of a block takes; all by default. `chance` from 0 to 1. */
  takes?(chance: number): number
}

export interface FeeReport {
  /** Share of the estimates that would have been in time. */
  readonly inTime: number
  /** What was estimated over the least that would have been in time: the median, and nine of ten. */
  readonly median: number
  readonly ninth: number
}

interface Waiting {
  readonly feeRate: number
  readonly weight: number
  readonly entered: number
}

interface Estimate {
  readonly block: number
  readonly target: number
  readonly feeRate: number
}

export class FeeReplay {
  readonly #market: FeeMarket
  readonly #random: () => number
  readonly #estimates: Estimate[] = []
  /** Of each block, the fee rate that had to be passed to be in it. */
  readonly #cuts: number[] = []
  /** Newest first. */
  #history: BlockFees[] = []
  /** When they came, newest first. */
  #times: number[] = []
  #mempool: Waiting[] = []
  #now = 0
  /** As a node that has just started sees it: blocks from the disk, and nothing that waits. */
  readonly #isBlind: boolean

  constructor(market: FeeMarket, { isBlind = false } = {}) {
    this.#market = market
    this.#random = generator(market.seed)
    this.#isBlind = isBlind
  }

  run(targets: readonly number[]): ReadonlyMap<number, FeeReport> {
    for (let block = 0; block < this.#market.blocks; block++) {
      if (block >= WARM_UP) this.#estimate(block, targets)
      this.#passInterval(block)
      this.#mine()
    }
    return new Map(targets.map((target) => [target, this.#reportOf(target)]))
  }

  #estimate(block: number, targets: readonly number[]): void {
    const waiting = new FeeWeights()
    if (!this.#isBlind) for (const { feeRate, weight } of this.#mempool) waiting.add(feeRate, weight)
    const rates = estimateFeeRates({ blocks: this.#history, waiting, floor: FLOOR }, Math.max(...targets))
    if (rates === undefined) throw new Error('there were too few blocks')
    for (const target of targets) this.#estimates.push({ block, target, feeRate: rates[target - 1] as number })
  }

  /** Second by second, so that intervals come as blocks do. */
  #passInterval(block: number): void {
    const { load, level, spread = (chance: number) => chance } = this.#market
    const lowest = level?.(block) ?? FLOOR
    const weightOfSecond = (load(block) * MAX_BLOCK_WEIGHT) / INTERVAL
    const share = weightOfSecond / (WEIGHT_FROM + WEIGHT_RANGE / 2)
    do {
      this.#now++
      for (let due = share; due > 0; due--) {
        if (this.#random() >= due) continue
        let feeRate = lowest
        for (let step = spread(this.#random()) * FEE_STEPS; step >= 1; step--) feeRate *= FEE_STEP
        const weight = WEIGHT_FROM + Math.floor(this.#random() * WEIGHT_RANGE)
        this.#mempool.push({ feeRate, weight, entered: this.#now })
      }
    } while (this.#random() >= 1 / INTERVAL)
  }

  #mine(): void {
    const room = Math.min(this.#market.takes?.(this.#random()) ?? MAX_TAKEN, MAX_TAKEN)
    const dearest = [...this.#mempool].sort((a, b) => b.feeRate - a.feeRate)
    const taken = new Set<Waiting>()
    let weight = 0
    let cut = room > 0 ? 0 : Number.POSITIVE_INFINITY
    for (const one of dearest) {
      if (one.entered > this.#now - TO_MINERS) continue
      if (weight + one.weight > room) {
        cut = Math.max(cut, one.feeRate)
        break
      }
      taken.add(one)
      weight += one.weight
    }
    this.#cuts.push(cut)
    this.#mempool = this.#mempool.filter((one) => !taken.has(one) && one.entered > this.#now - FORGOTTEN_AFTER)
    const fees = [...taken].map(({ feeRate, weight: of }) => ({ feeRate, weight: of, foreseen: of }))
    const seen = { left: this.#mempool, now: this.#now, since: this.#times[2] ?? 0 }
    this.#history = [blockFeesOf(fees, this.#isBlind ? undefined : seen), ...this.#history].slice(0, FEE_BLOCKS)
    this.#times = [this.#now, ...this.#times].slice(0, 3)
  }

  #reportOf(target: number): FeeReport {
    let [count, inTime] = [0, 0]
    const over: number[] = []
    for (const { block, feeRate } of this.#estimates.filter((estimate) => estimate.target === target)) {
      if (block + target > this.#cuts.length) continue
      count++
      const cut = Math.min(...this.#cuts.slice(block, block + target))
      const least = Math.max(FLOOR, cut)
      if (feeRate > cut) inTime++
      if (feeRate > cut) over.push(feeRate / least)
    }
    over.sort((a, b) => a - b)
    const at = (share: number) => over[Math.floor((over.length - 1) * share)] as number
    return { inTime: inTime / count, median: at(0.5), ninth: at(0.9) }
  }
}

/** Numbers from 0 to 1 (mulberry32). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b_79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
