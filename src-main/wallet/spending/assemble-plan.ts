/**
 * From chosen coins and outputs to an unsigned transaction: in random order, so that change does not stand out by its
 * place; replaceable (BIP 125); and not to be put into a block below the tip, so that nobody gains by mining an old block
 * again for its fee. No plan is made whose fee is absurd.
 */
import { outpointKey } from '../../chain/coins/coin.ts'
import { type FeeRate, MINIMUM_RELAY_FEE_RATE } from '../../chain/mempool/policy.ts'
import { Transaction } from '../../chain/primitives/transaction.ts'
import { type Random, shuffled } from '../../kernel/random.ts'
import type { KeyPath, WalletCoin } from '../wallet-types.ts'
import type { Settlement } from './funding.ts'
import type { PendingNode } from './pending-graph.ts'
import { SpendingError } from './spending-error.ts'
import type { FeeDecision, PlannedCoin, PlannedOutput, SpendingPlan, SpendingView } from './spending-types.ts'

/** Grains: 0.1 SHL. A fee above is a slip of somebody's, not a wish. */
export const MAX_FEE = 10_000_000n
/** BIP 125: replaceable; locktimes count, relative ones do not. */
export const SEQUENCE_REPLACEABLE = 0xffff_fffd
/** So that relative locktimes could be used; as most wallets write. */
const VERSION = 2
/** One transaction in so many is locked to an earlier height, so that one which was signed long before it is sent is not alone. */
const EARLIER_LOCK_ONE_IN = 10
/** Blocks below the tip, less than. */
const EARLIER_LOCK_RANGE = 100
const EMPTY = new Uint8Array(0)

export interface PlanParts {
  readonly kind: SpendingPlan['kind']
  readonly coins: readonly PlannedCoin[]
  readonly recipients: readonly PlannedOutput[]
  readonly settlement: Settlement
  /** Where change goes if there is any. */
  readonly change: { readonly path: KeyPath; readonly script: Uint8Array }
  readonly areCoinsNamed?: boolean
  readonly speedsUp?: NonNullable<SpendingPlan['speedsUp']>
  /** That this drives out of the mempool. */
  readonly replaced?: ReadonlySet<PendingNode>
}

/** A plan without warnings yet. @throws SpendingError `FEE_TOO_HIGH` */
export function assemblePlan(parts: PlanParts, view: SpendingView, random: Random): SpendingPlan {
  const { kind, recipients, settlement, speedsUp, areCoinsNamed = false } = parts
  const fee = BigInt(settlement.fee)
  if (fee > MAX_FEE) throw new SpendingError({ code: 'FEE_TOO_HIGH', fee, limit: MAX_FEE })
  const isFirstUse = !view.isUsed(parts.change.script)
  const change = settlement.change > 0 ? { ...parts.change, amount: BigInt(settlement.change), isFirstUse } : undefined
  const coins = shuffled(random, parts.coins)
  const outputs = shuffled(random, change ? [...recipients, change] : recipients)
  const transaction = new Transaction({
    version: VERSION,
    inputs: coins.map(({ outpoint }) => ({
      previous: outpoint,
      scriptSig: EMPTY,
      sequence: SEQUENCE_REPLACEABLE,
      witness: [],
    })),
    outputs: outputs.map(({ amount, script }) => ({ value: amount, scriptPubKey: script })),
    lockTime: lockTimeFor(view.tipHeight, random),
  })
  return {
    kind,
    transaction,
    coins,
    recipients,
    total: sumOf(recipients),
    fee,
    virtualSize: settlement.virtualSize,
    change,
    areCoinsNamed,
    remaining: remainingAfter(parts, change?.amount ?? 0n, view),
    warnings: [],
    ...(speedsUp && { speedsUp }),
  }
}

export function plannedCoin({ outpoint, value, script, path, confirmations }: WalletCoin): PlannedCoin {
  return { outpoint, value, script, path, isConfirmed: confirmations > 0 }
}

/** Whole grains per 1,000 virtual bytes. @throws SpendingError `FEE_TOO_LOW` where nodes would not relay it */
export function rateOf({ rate }: FeeDecision): FeeRate {
  const whole = Math.ceil(rate)
  if (!(whole >= MINIMUM_RELAY_FEE_RATE))
    throw new SpendingError({ code: 'FEE_TOO_LOW', rate: whole, least: MINIMUM_RELAY_FEE_RATE })
  return whole
}

export function sumOf(outputs: readonly { readonly amount: bigint }[]): bigint {
  return outputs.reduce((sum, { amount }) => sum + amount, 0n)
}

export function worthOf(coins: readonly { readonly value: bigint }[]): bigint {
  return coins.reduce((sum, { value }) => sum + value, 0n)
}

/** The height of the tip, or seldom one a little below. */
function lockTimeFor(tipHeight: number, random: Random): number {
  const isEarlier = random.below(EARLIER_LOCK_ONE_IN) === 0
  return Math.max(0, tipHeight - (isEarlier ? random.below(EARLIER_LOCK_RANGE) : 0))
}

function remainingAfter(
  { coins, recipients, replaced = new Set() }: PlanParts,
  change: bigint,
  view: SpendingView,
): bigint {
  const gone = new Set(coins.map(({ outpoint }) => outpointKey(outpoint)))
  for (const { pending } of replaced) {
    const { txid, outputs } = pending.transaction
    for (const index of outputs.keys()) gone.add(outpointKey({ txid, index }))
  }
  let remaining = change
  for (const { outpoint, value, status, frozen } of view.coins) {
    const isSpendable = !frozen && (status === 'available' || status === 'change')
    if (isSpendable && !gone.has(outpointKey(outpoint))) remaining += value
  }
  // What the replaced ones spend beside it is free again.
  for (const { pending } of replaced)
    for (const [place, { previous }] of pending.transaction.inputs.entries())
      if (!gone.has(outpointKey(previous))) remaining += pending.inputs[place]?.value ?? 0n
  for (const { script, amount } of recipients) if (view.pathOf(script)) remaining += amount
  return remaining
}
