/**
 * What coins have to pay for, and what becomes of what they are worth: fee and change. Everything that is chosen is judged
 * here at last, by exact sizes, whatever the search for it assumed.
 *
 * All coins weigh the same, so a choice is known by how many coins it has and what they are worth together.
 * Values are numbers: all the grains that can exist are fewer than a number holds exactly.
 */
import { dustThreshold } from '../../chain/mempool/output-type.ts'
import { type FeeRate, feeFor, MAX_STANDARD_WEIGHT } from '../../chain/mempool/policy.ts'
import {
  addSizes,
  CHANGE_SIZE,
  INPUT_VIRTUAL_SIZE,
  type OutputsSize,
  signedWeight,
  virtualSizeOf,
} from './transaction-size.ts'

/** Coins that one transaction spends at most; some 68,000 virtual bytes. */
export const MAX_INPUTS = 1_000
/**
 * What coins are presumed to cost when they are spent some day: a little above the least that is relayed, for a chain
 * whose blocks are seldom full. Below it, spending more coins now is worth its fee; above it, fewer.
 */
export const LONG_TERM_FEE_RATE: FeeRate = 2_000

const SCRIPT_OF_CHANGE = Uint8Array.of(0, 20, ...new Uint8Array(20))
/** Change of less than this is worth less than its own spending, or dust: it goes to the fee. */
export const LEAST_CHANGE: number = Math.max(
  dustThreshold({ value: 0n, scriptPubKey: SCRIPT_OF_CHANGE }),
  feeFor(LONG_TERM_FEE_RATE, INPUT_VIRTUAL_SIZE) + 1,
)

export interface FundingTask {
  /** All outputs but change together. */
  readonly amount: number
  /** All outputs but change. */
  readonly outputs: OutputsSize
  /** Coins that are spent whatever else is. */
  readonly given: { readonly count: number; readonly value: number }
  /** The transaction makes no sense without change: it is all that comes out. */
  readonly needsChange: boolean
  /** Of a further coin: what `fee` grows by at most for each 1,000 virtual bytes. */
  readonly rate: FeeRate
  /** Grains that a transaction of this size pays at least; never less for a larger one. */
  fee(virtualSize: number): number
}

export interface Settlement {
  readonly fee: number
  /** At least `LEAST_CHANGE`, or 0. */
  readonly change: number
  readonly virtualSize: number
  /** What the fee has beyond what was asked, for want of change that it could be. */
  readonly excess: number
}

/** How `count` further coins that are worth `value` pay for the task; undefined where they do not. */
export function settle(task: FundingTask, count: number, value: number): Settlement | undefined {
  const inputs = task.given.count + count
  const left = task.given.value + value - task.amount
  if (inputs === 0 || inputs > MAX_INPUTS || left < 0) return undefined
  const changed = sizeAndFee(task, inputs, true)
  if (changed && left - changed.fee >= LEAST_CHANGE) return { ...changed, change: left - changed.fee, excess: 0 }
  if (task.needsChange) return undefined
  const plain = sizeAndFee(task, inputs, false)
  if (plain === undefined || left < plain.fee) return undefined
  return { fee: left, change: 0, virtualSize: plain.virtualSize, excess: left - plain.fee }
}

/** What the task takes with `count` further coins beside its amount, at least: the fee, and change where there must be some. */
export function costOf(task: FundingTask, count: number): { readonly fee: number; readonly rest: number } {
  const outputs = task.needsChange ? addSizes(task.outputs, CHANGE_SIZE) : task.outputs
  const inputs = Math.max(1, task.given.count + count)
  return { fee: task.fee(virtualSizeOf(signedWeight(inputs, outputs))), rest: task.needsChange ? LEAST_CHANGE : 0 }
}

/**
 * What a choice costs beyond the payment, in grains: its coins now and not later, and change or what is lost for want of
 * it. As Bitcoin Core's waste metric.
 */
export function wasteOf(task: FundingTask, count: number, { change, excess }: Settlement): number {
  const coins = (count * INPUT_VIRTUAL_SIZE * (task.rate - LONG_TERM_FEE_RATE)) / 1_000
  return coins + (change > 0 ? costOfChange(task) : excess)
}

/** To make change now and to spend it some day. */
export function costOfChange({ rate }: FundingTask): number {
  return feeFor(rate, virtualSizeOf(CHANGE_SIZE.weight)) + feeFor(LONG_TERM_FEE_RATE, INPUT_VIRTUAL_SIZE)
}

/** Whether a coin is worth more than its spending can cost at least: sizes are rounded up, so that seldom it costs less. */
export function isWorthSpending(value: number, rate: FeeRate): boolean {
  return value * 1_000 > rate * Math.floor(INPUT_VIRTUAL_SIZE)
}

function sizeAndFee(
  task: FundingTask,
  inputs: number,
  withChange: boolean,
): { readonly fee: number; readonly virtualSize: number } | undefined {
  const outputs = withChange ? addSizes(task.outputs, CHANGE_SIZE) : task.outputs
  const weight = signedWeight(inputs, outputs)
  if (weight > MAX_STANDARD_WEIGHT) return undefined
  const virtualSize = virtualSizeOf(weight)
  return { fee: task.fee(virtualSize), virtualSize }
}
