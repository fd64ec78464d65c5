/**
 * A chain whose blocks are found by virtual miners: solve times are drawn, targets come from the rule under study in exact
 * arithmetic, header times from honest miners or from a liar within the rules. No hash is computed.
 */
import type { Ancestry } from '../../chain/consensus/difficulty.ts'
import { bitsFromTarget, targetFromBits } from '../../chain/primitives/target.ts'
import { naturalLog } from '../../simulation/exact-math.ts'
import type { SeededRandom } from '../../simulation/random.ts'
import { type ComparedRule, SPACING } from './rules.ts'

/** Header times may be so many seconds ahead of the clock. */
export const FUTURE_LIMIT = 600
/** Target at which a hash rate of 1 finds a block in SPACING seconds: far from the limit, in the middle of its bits. */
export const EVEN_TARGET = 0x400000n << 176n
const LIMIT = targetFromBits(0x1d3fffff) as bigint
const EVEN = Number(EVEN_TARGET)
/** Seconds since the beginning before which everything went by plan. */
const BEGINNING = 10_000_000
const TWO_TO_32 = 2 ** 32

/** From `from` seconds on (of the run's time, 0 its start) the hash rate is `rate`, 1 being the usual. In order of `from`. */
export interface HashRate {
  readonly from: number
  readonly rate: number
}

/** What a liar sees when it stamps a block it has just found. Times in seconds of the run. */
export interface Moment {
  readonly now: number
  readonly parent: number
  /** The hashes that the parent took on average, 1 for what fits the usual rate. */
  readonly difficulty: number
}

/** A header time; it is brought into the rules afterwards: above `parent`, at most FUTURE_LIMIT ahead of `now`. */
export type Stamp = (moment: Moment) => number

export interface Liar {
  /** Of the hash rate, 0 to 1. */
  readonly share: number
  readonly stamp: Stamp
  /** Second of the run at which the lying begins. */
  readonly from: number
}

export interface Block {
  /** Seconds of the run at which it was found. */
  readonly at: number
  readonly byLiar: boolean
  /** Of this block. */
  readonly difficulty: number
}

export class VirtualChain implements Ancestry {
  private readonly rule: ComparedRule
  private readonly random: SeededRandom
  private readonly rates: readonly HashRate[]
  private readonly liar: Liar | undefined
  private readonly times: number[] = []
  private readonly targets: bigint[] = []
  private now = 0
  private next: bigint

  /** It begins at second 0 after as many blocks, each on time, as the rule looks back to. */
  constructor(rule: ComparedRule, random: SeededRandom, rates: readonly HashRate[], liar?: Liar) {
    this.rule = rule
    this.random = random
    this.rates = rates
    this.liar = liar
    const before = Number.isFinite(rule.window) ? rule.window + 1 : 2
    for (let n = before; n >= 0; n--) this.append(-n * SPACING, EVEN_TARGET)
    this.next = this.nextTarget()
  }

  get height(): number {
    return this.times.length - 1
  }

  time(back: number): number {
    return this.times[this.times.length - 1 - back] as number
  }

  target(back: number): bigint {
    return this.targets[this.targets.length - 1 - back] as bigint
  }

  /** The next block that is found, added to the chain; undefined where that would be after second `end`. */
  mine(end: number): Block | undefined {
    const difficulty = EVEN / Number(this.next)
    const luck = -naturalLog((this.random.word() + 1) / TWO_TO_32)
    const liarsLuck = this.random.word() / TWO_TO_32
    const at = this.after(luck * difficulty * SPACING, end)
    if (at === undefined) return undefined
    const parent = this.time(0)
    const clock = BEGINNING + Math.floor(at)
    // Nothing above the parent's time is allowed yet: the block waits.
    const published = Math.max(clock, parent + 1 - FUTURE_LIMIT)
    this.now = Math.max(at, published - BEGINNING)
    const byLiar = this.liar !== undefined && at >= this.liar.from && liarsLuck < this.liar.share
    const wanted = byLiar && this.liar ? this.told(this.liar.stamp) : published
    const time = Math.min(published + FUTURE_LIMIT, Math.max(parent + 1, wanted))
    this.times.push(time)
    this.targets.push(this.next)
    this.next = this.nextTarget()
    return { at: this.now, byLiar, difficulty }
  }

  private told(stamp: Stamp): number {
    const difficulty = EVEN / Number(this.next)
    const moment = { now: Math.floor(this.now), parent: this.time(0) - BEGINNING, difficulty }
    return BEGINNING + Math.floor(stamp(moment))
  }

  /** When `work` (seconds at the usual hash rate) is done, beginning now. */
  private after(work: number, end: number): number | undefined {
    let at = this.now
    let left = work
    for (let n = 0; n < this.rates.length; n++) {
      const until = this.rates[n + 1]?.from ?? Number.POSITIVE_INFINITY
      if (until <= at) continue
      const { rate } = this.rates[n] as HashRate
      if (rate > 0 && left <= (until - at) * rate) {
        at += left / rate
        return at <= end ? at : undefined
      }
      if (until > end) return undefined
      left -= (until - at) * rate
      at = until
    }
    return undefined
  }

  private nextTarget(): bigint {
    return targetFromBits(bitsFromTarget(this.rule.next(this, LIMIT))) as bigint
  }

  private append(time: number, target: bigint): void {
    this.times.push(BEGINNING + time)
    this.targets.push(target)
  }
}
