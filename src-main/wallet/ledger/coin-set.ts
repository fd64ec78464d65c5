/**
 * The wallet's unspent outputs, and what they come to. Sums are kept with each change, and a reward matures when the height
 * passes it, so that a block with nothing for us costs nothing.
 */
import { outpointKey } from '../../chain/coins/coin.ts'
import type { Outpoint } from '../../chain/primitives/transaction.ts'
import type { LedgerCoin } from './ledger-entry.ts'

export interface CoinTotals {
  readonly available: bigint
  readonly pending: bigint
  readonly immature: bigint
  readonly frozen: bigint
}

/** What the ledger says of a coin; whether a reward is mature and a coin frozen is known here. */
export type CoinFacts = Omit<LedgerCoin, 'status' | 'isFrozen'> & {
  /** Of one in no block: paid by us alone. */
  readonly isTrusted: boolean
}

export class CoinSet {
  readonly #maturity: number
  readonly #coins = new Map<string, LedgerCoin>()
  readonly #facts = new Map<string, CoinFacts>()
  /** Keys of coins that are rewards, by the height of their block. */
  readonly #rewards = new Map<number, Set<string>>()
  readonly #frozen = new Set<string>()
  readonly #totals = { available: 0n, pending: 0n, immature: 0n, frozen: 0n }
  #height = 0

  constructor(maturity: number) {
    this.#maturity = maturity
  }

  get totals(): CoinTotals {
    return { ...this.#totals }
  }

  /** In the order in which they became coins. */
  get coins(): Iterable<LedgerCoin> {
    return this.#coins.values()
  }

  find(outpoint: Outpoint): LedgerCoin | undefined {
    return this.#coins.get(outpointKey(outpoint))
  }

  /** Undefined: it is none any more. */
  set(outpoint: Outpoint, facts: CoinFacts | undefined): void {
    const key = outpointKey(outpoint)
    this.#forgetReward(key)
    if (facts === undefined) this.#facts.delete(key)
    else {
      this.#facts.set(key, facts)
      if (facts.isReward && facts.height !== undefined) this.#rememberReward(facts.height, key)
    }
    this.#work(key)
  }

  freeze(outpoint: Outpoint, isFrozen: boolean): void {
    const key = outpointKey(outpoint)
    if (isFrozen) this.#frozen.add(key)
    else this.#frozen.delete(key)
    this.#work(key)
  }

  /** Of the best chain. Rewards that it makes mature or takes maturity from are worked out again. */
  setHeight(height: number): void {
    const [low, high] = [Math.min(height, this.#height), Math.max(height, this.#height)]
    this.#height = height
    const lowest = low + 1 - this.#maturity
    const highest = high + 1 - this.#maturity
    if (highest - lowest > this.#rewards.size) {
      for (const [at, keys] of this.#rewards) if (at > lowest && at <= highest) for (const key of keys) this.#work(key)
      return
    }
    for (let at = lowest + 1; at <= highest; at++) for (const key of this.#rewards.get(at) ?? []) this.#work(key)
  }

  #work(key: string): void {
    const before = this.#coins.get(key)
    if (before) this.#count(before, -1n)
    const facts = this.#facts.get(key)
    if (facts === undefined) {
      this.#coins.delete(key)
      return
    }
    const { isTrusted, ...rest } = facts
    const coin = { ...rest, status: this.#statusOf(facts), isFrozen: this.#frozen.has(key) }
    this.#coins.set(key, coin)
    this.#count(coin, 1n)
  }

  /** A block after the tip may spend a reward once it is `maturity` blocks after the reward's: as mempools see it. */
  #statusOf({ height, isReward, isTrusted }: CoinFacts): LedgerCoin['status'] {
    if (height === undefined) return isTrusted ? 'change' : 'pending'
    return isReward && this.#height + 1 - height < this.#maturity ? 'immature' : 'available'
  }

  #count({ value, status, isFrozen }: LedgerCoin, sign: bigint): void {
    const total = isFrozen ? 'frozen' : status === 'change' ? 'available' : status
    this.#totals[total] += sign * value
  }

  #rememberReward(height: number, key: string): void {
    const keys = this.#rewards.get(height)
    if (keys) keys.add(key)
    else this.#rewards.set(height, new Set([key]))
  }

  #forgetReward(key: string): void {
    const facts = this.#facts.get(key)
    if (facts?.height === undefined || !facts.isReward) return
    const keys = this.#rewards.get(facts.height)
    keys?.delete(key)
    if (keys?.size === 0) this.#rewards.delete(facts.height)
  }
}
