/**
 * Chooses coins for a task: of a match without change, the largest first, a random draw and a close subset the one that
 * wastes least. What is chosen has no coin that it could do without. Coins that are not worth their own spending are never
 * chosen.
 *
 * Complete: where nothing is found, no subset of the coins pays for the task, because of as many coins those of the highest
 * value are worth most, and each number of them is tried.
 */
import { feeFor } from '../../chain/mempool/policy.ts'
import type { Random } from '../../kernel/random.ts'
import { branchAndBound } from './branch-and-bound.ts'
import {
  costOf,
  costOfChange,
  type FundingTask,
  isWorthSpending,
  LONG_TERM_FEE_RATE,
  MAX_INPUTS,
  type Settlement,
  settle,
  wasteOf,
} from './funding.ts'
import { closeSubset } from './subset-sum.ts'
import { INPUT_VIRTUAL_SIZE, signedWeight, virtualSizeOf } from './transaction-size.ts'

/** Change that is worth having: a choice is preferred to have as much rather than less. Grains. */
export const CHANGE_TARGET = 50_000

export interface Selectable {
  /** Grains. */
  readonly value: bigint
}

export interface Selection<C extends Selectable> {
  readonly coins: readonly C[]
  readonly settlement: Settlement
}

interface Choice {
  /** In rising order: the smallest coin is the last one. */
  readonly places: readonly number[]
  readonly settlement: Settlement
}

/** Undefined where no choice of these coins pays for the task; none at all where what is given does. */
export function selectCoins<C extends Selectable>(
  coins: readonly C[],
  task: FundingTask,
  random: Random,
): Selection<C> | undefined {
  const given = settle(task, 0, 0)
  if (given) return { coins: [], settlement: given }
  const sorted = worthSpending(coins, task)
  const choice = choose(
    sorted.map(({ value }) => Number(value)),
    task,
    random,
  )
  return choice && { coins: choice.places.map((place) => sorted[place] as C), settlement: choice.settlement }
}

/** Those that are worth more than their spending costs, the largest first. */
export function worthSpending<C extends Selectable>(coins: readonly C[], { rate }: FundingTask): C[] {
  return coins
    .filter(({ value }) => isWorthSpending(Number(value), rate))
    .sort((a, b) => (a.value < b.value ? 1 : a.value > b.value ? -1 : 0))
}

/**
 * What coins (all worth spending, the largest first) miss for paying `amount` with the task's fee, at least: 0 or less where
 * some of them do, be they ever so many. `available` is what those are worth that come nearest.
 */
export function leastMissing(
  coins: readonly Selectable[],
  task: FundingTask,
  amount: bigint,
): { readonly fee: bigint; readonly available: bigint; readonly missing: bigint } {
  let available = BigInt(task.given.value)
  let best = missingFor(amount, available, 0, task)
  for (const [place, { value }] of coins.entries()) {
    available += value
    const next = missingFor(amount, available, place + 1, task)
    if (next.missing < best.missing) best = next
  }
  return best
}

function missingFor(amount: bigint, available: bigint, count: number, task: FundingTask) {
  const { fee, rest } = costOf(task, count)
  return { fee: BigInt(fee), available, missing: amount + BigInt(fee + rest) - available }
}

/**
 * The most that at most `limit` of these coins (all worth spending, the largest first) can pay beside their fee, and how
 * many of them it takes; 0 for nothing.
 */
export function mostPayable(
  coins: readonly Selectable[],
  task: FundingTask,
  limit: number,
): { readonly amount: bigint; readonly count: number } {
  let sum = BigInt(task.given.value)
  let most = { amount: 0n, count: 0 }
  for (const [place, { value }] of coins.slice(0, limit).entries()) {
    sum += value
    const amount = sum - BigInt(costOf(task, place + 1).fee)
    if (amount > most.amount) most = { amount, count: place + 1 }
  }
  return most
}

function choose(values: readonly number[], task: FundingTask, random: Random): Choice | undefined {
  const largest = largestFirst(values, task)
  if (largest === undefined) return undefined
  let best = largest
  let leastWaste = Infinity
  for (const places of [undefined, ...candidates(values, task, random)]) {
    const choice = places ? choiceOf(places, values, task) : largest
    const least = choice && withoutNeedless(choice, values, task)
    const waste = least ? wasteOf(task, least.places.length, least.settlement) : Infinity
    if (least === undefined || waste >= leastWaste) continue
    best = least
    leastWaste = waste
  }
  return best
}

function largestFirst(values: readonly number[], task: FundingTask): Choice | undefined {
  let sum = 0
  for (const [place, value] of values.entries()) {
    sum += value
    const settlement = settle(task, place + 1, sum)
    if (settlement) return { places: Array.from({ length: place + 1 }, (_, i) => i), settlement }
    if (place + 1 >= MAX_INPUTS) break
  }
  return undefined
}

/** Places that may pay for the task. */
function candidates(values: readonly number[], task: FundingTask, random: Random): number[][] {
  const costOfCoin = feeFor(task.rate, INPUT_VIRTUAL_SIZE)
  const effective = values.map((value) => value - costOfCoin).filter((value) => value > 0)
  const target = targetOf(task)
  const changeTarget = target + costOfChange(task) + CHANGE_TARGET
  const match = task.needsChange
    ? undefined
    : branchAndBound(effective, {
        target,
        tolerance: costOfChange(task),
        costOfCoin: (INPUT_VIRTUAL_SIZE * (task.rate - LONG_TERM_FEE_RATE)) / 1_000,
        maxCoins: MAX_INPUTS - task.given.count,
      })
  const found = [match, closeSubset(effective, changeTarget, random), randomDraw(effective, changeTarget, random)]
  return found.filter((places) => places !== undefined)
}

/** What coins are to be worth, less the costs of each: amount, and the fee of all that is no further coin. */
function targetOf(task: FundingTask): number {
  const { amount, given, outputs, fee } = task
  return amount + fee(virtualSizeOf(signedWeight(given.count, outputs))) - given.value
}

function randomDraw(effective: readonly number[], target: number, random: Random): number[] | undefined {
  const places = Array.from(effective.keys())
  let sum = 0
  // Those that were drawn stand at the front.
  for (let drawn = 0; drawn < places.length; drawn++) {
    const at = drawn + random.below(places.length - drawn)
    const place = places[at] as number
    places[at] = places[drawn] as number
    places[drawn] = place
    sum += effective[place] as number
    if (sum >= target) return places.slice(0, drawn + 1)
  }
  return undefined
}

function choiceOf(places: readonly number[], values: readonly number[], task: FundingTask): Choice | undefined {
  const settlement = settle(task, places.length, sumOf(places, values))
  return settlement && { places: [...places].sort((a, b) => a - b), settlement }
}

/** Leaves the smallest coins out as long as the others pay as well: as much, and with change as it should be. */
function withoutNeedless(choice: Choice, values: readonly number[], task: FundingTask): Choice {
  let { places, settlement } = choice
  for (;;) {
    const fewer = places.slice(0, -1)
    const without = settle(task, fewer.length, sumOf(fewer, values))
    const isAsGood = settlement.change < CHANGE_TARGET || (without !== undefined && without.change >= CHANGE_TARGET)
    if (without === undefined || !isAsGood) return { places, settlement }
    places = fewer
    settlement = without
  }
}

function sumOf(places: readonly number[], values: readonly number[]): number {
  return places.reduce((sum, place) => sum + (values[place] as number), 0)
}
