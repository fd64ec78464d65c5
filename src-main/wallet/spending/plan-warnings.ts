/** What a person should know of a plan before it is signed. Nothing here keeps it from being sent. */
import { addressOfScript } from '../../chain/address/address.ts'
import { feeFor, MINIMUM_RELAY_FEE_RATE } from '../../chain/mempool/policy.ts'
import { formatAmount, formatFeeRate } from './amount-text.ts'
import { deficitAt, type PendingGraph } from './pending-graph.ts'
import {
  type FeeDecision,
  feeRateOf,
  type PaymentRequest,
  type SpendingPlan,
  type SpendingView,
  type SpendingWarning,
} from './spending-types.ts'

/** A fee of a tenth of the amount rivals it. */
export const FEE_RIVALS_ONE_IN = 10n
/** A rate of so many times the estimate for the next block is unlike it. */
export const UNLIKE_ESTIMATE_FACTOR = 3
/** The contract's bound. */
const MAX_MESSAGE_CHARACTERS = 300

export interface PaymentFacts {
  readonly request: Pick<PaymentRequest, 'fee'>
  readonly view: SpendingView
  readonly graph: PendingGraph
  /** What the fee has beyond the rate, for want of change that it could be. */
  readonly excess: number
}

export function paymentWarnings(plan: SpendingPlan, facts: PaymentFacts): SpendingWarning[] {
  return listed([
    feeWarning(plan),
    ...recipientWarnings(plan, facts.view),
    unconfirmedWarning(plan, facts.graph),
    ...rateWarnings(facts.request.fee, feeRateOf(plan) * 1_000),
    changeWarning(facts.excess),
  ])
}

/** `least`: of a replacement the fee that it must have, where that is more than the rate asks for. */
export function speedUpWarnings(plan: SpendingPlan, fee: FeeDecision, isMoreThanAsked: boolean): SpendingWarning[] {
  const [basis] = rateWarnings(fee, fee.rate)
  const forced: SpendingWarning | undefined = isMoreThanAsked
    ? {
        code: 'unlike-estimate',
        message: `A replacement must pay for itself and for what it replaces: ${formatRate(plan)}, more than was chosen.`,
      }
    : undefined
  return listed([feeWarning(plan), forced ?? basis])
}

function listed(warnings: readonly (SpendingWarning | undefined)[]): SpendingWarning[] {
  return warnings
    .filter((warning) => warning !== undefined)
    .map(({ code, message }) => ({ code, message: message.slice(0, MAX_MESSAGE_CHARACTERS) }))
}

function feeWarning({ fee, total }: SpendingPlan): SpendingWarning | undefined {
  if (total === 0n || fee * FEE_RIVALS_ONE_IN < total) return undefined
  const percent = (fee * 100n) / total
  return { code: 'fee-rivals-amount', message: `The fee of ${formatAmount(fee)} is ${percent} % of the amount.` }
}

function recipientWarnings({ recipients }: SpendingPlan, view: SpendingView): (SpendingWarning | undefined)[] {
  const own = recipients.filter(({ script }) => view.pathOf(script))
  const used = recipients.filter(({ script }) => view.isUsed(script))
  const name = (script: Uint8Array) => addressOfScript(script, view.addresses) ?? 'a script without address'
  const [ownFirst] = own
  const [usedFirst] = used
  return [
    ownFirst && {
      code: 'own-address',
      message:
        own.length === 1
          ? `${name(ownFirst.script)} is an address of this wallet.`
          : `${own.length} of the addresses are of this wallet.`,
    },
    usedFirst && {
      code: 'address-used',
      message:
        used.length === 1
          ? `${name(usedFirst.script)} was paid to before. A new address for each payment keeps others from connecting them.`
          : `${used.length} of the addresses were paid to before. A new address for each payment keeps others from connecting them.`,
    },
  ]
}

/** Also where parents that pay too little would hold the payment up. */
function unconfirmedWarning(
  { coins, fee, virtualSize }: SpendingPlan,
  graph: PendingGraph,
): SpendingWarning | undefined {
  const unconfirmed = coins.filter(({ isConfirmed }) => !isConfirmed)
  if (unconfirmed.length === 0) return undefined
  const rate = Math.floor((Number(fee) * 1_000) / virtualSize)
  const parents = graph.parentsOf(unconfirmed.map(({ outpoint }) => outpoint))
  const isHeldUp = deficitAt(rate, parents) > 0
  const consequence = isHeldUp
    ? 'a lower fee rate was paid there, which will hold this payment up.'
    : 'this payment cannot be confirmed earlier.'
  const waiting = unconfirmed.length === 1 ? 'A coin still waits' : `${unconfirmed.length} coins still wait`
  return { code: 'unconfirmed-coins', message: `${waiting} for a block: ${consequence}` }
}

function rateWarnings({ basis, estimates }: FeeDecision, rate: number): (SpendingWarning | undefined)[] {
  if (basis === 'minimum')
    return [{ code: 'minimum-fee', message: 'There is too little here to estimate from: this is the minimum fee.' }]
  if (basis !== 'chosen') return []
  if (estimates && rate > estimates.fast * UNLIKE_ESTIMATE_FACTOR)
    return [
      unlike(`more than ${UNLIKE_ESTIMATE_FACTOR} times what the next block takes, ${formatFeeRate(estimates.fast)}`),
    ]
  if (estimates && rate < estimates.slow)
    return [unlike(`less than what blocks have taken lately, ${formatFeeRate(estimates.slow)}: it may wait for long`)]
  if (rate <= MINIMUM_RELAY_FEE_RATE)
    return [{ code: 'minimum-fee', message: 'This is the least that nodes relay: it waits for a block that has room.' }]
  return []
}

function unlike(how: string): SpendingWarning {
  return { code: 'unlike-estimate', message: `The fee rate that was chosen is ${how}.` }
}

function changeWarning(excess: number): SpendingWarning | undefined {
  if (excess === 0) return undefined
  return {
    code: 'no-change',
    message: `${formatAmount(BigInt(excess))} are left, too little to be worth an output: they go to the fee.`,
  }
}

function formatRate(plan: SpendingPlan): string {
  return formatFeeRate(feeFor(1_000, Math.round(feeRateOf(plan) * 1_000)))
}
