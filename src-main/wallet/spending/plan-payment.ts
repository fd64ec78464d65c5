/**
 * A payment to one or several recipients, one of which may get everything that is left. Either a transaction that nodes
 * relay, which pays at least the rate asked for, or an error whose claim holds: no choice of the coins would do.
 */
import { addressOfScript } from '../../chain/address/address.ts'
import { dustThreshold, outputTypeOf } from '../../chain/mempool/output-type.ts'
import { type FeeRate, feeFor, MAX_STANDARD_WEIGHT } from '../../chain/mempool/policy.ts'
import type { Random } from '../../kernel/random.ts'
import type { WalletCoin } from '../wallet-types.ts'
import { assemblePlan, plannedCoin, rateOf, worthOf } from './assemble-plan.ts'
import { leastMissing, mostPayable, type Selection, selectCoins, worthSpending } from './coin-selection.ts'
import { ASSUMED_SIZES, allOf, type EligibleCoins, eligibleCoins, stagesOf } from './eligible-coins.ts'
import { type FundingTask, MAX_INPUTS } from './funding.ts'
import { PendingGraph } from './pending-graph.ts'
import { paymentWarnings } from './plan-warnings.ts'
import { SpendingError } from './spending-error.ts'
import type { PaymentRequest, PlannedOutput, Recipient, SpendingPlan, SpendingView } from './spending-types.ts'
import { INPUT_VIRTUAL_SIZE, INPUT_WEIGHT, signedWeight, sizeOfOutputs, virtualSizeOf } from './transaction-size.ts'

/** @throws SpendingError all but `NOT_TO_BE_SPED_UP` and `SIGNED_WRONG` */
export function planPayment(request: PaymentRequest, view: SpendingView, random: Random): SpendingPlan {
  const search = new PaymentSearch(request, view, random)
  const { recipients, selection } = search.run()
  const parts = {
    kind: 'payment',
    coins: selection.coins.map(plannedCoin),
    recipients,
    settlement: selection.settlement,
    change: view.change,
    areCoinsNamed: request.coins !== undefined,
  } as const
  const plan = assemblePlan(parts, view, random)
  return {
    ...plan,
    warnings: paymentWarnings(plan, { request, view, graph: search.graph, excess: parts.settlement.excess }),
  }
}

interface Found {
  readonly recipients: readonly PlannedOutput[]
  readonly selection: Selection<WalletCoin>
}

class PaymentSearch {
  readonly graph: PendingGraph
  readonly #recipients: readonly Recipient[]
  readonly #random: Random
  readonly #eligible: EligibleCoins
  /** Of the recipients with an amount. */
  readonly #total: bigint
  readonly #task: FundingTask

  constructor({ recipients, fee, coins }: PaymentRequest, view: SpendingView, random: Random) {
    const rate = rateOf(fee)
    checkRecipients(recipients, view)
    this.graph = new PendingGraph(view.pending)
    this.#recipients = recipients
    this.#random = random
    this.#eligible = eligibleCoins(view, coins)
    this.#total = recipients.reduce((sum, { amount }) => (amount === 'everything' ? sum : sum + amount), 0n)
    this.#task = taskOf(recipients, this.#total, rate)
  }

  run(): Found {
    const taker = this.#recipients.findIndex(({ amount }) => amount === 'everything')
    return taker < 0 ? this.#pay() : this.#payEverything(taker)
  }

  #pay(): Found {
    // More than all coins is more than a number may hold exactly.
    if (this.#total > worthOf(allOf(this.#eligible))) throw this.#refusal(this.#total)
    for (const assumedSize of ASSUMED_SIZES) {
      for (const coins of stagesOf(this.#eligible, this.graph, assumedSize)) {
        const selection = selectCoins(coins, this.#task, this.#random)
        if (selection && this.#isWithinLimits(selection))
          return {
            recipients: this.#recipients.map(({ script, amount }) => ({ script, amount: amount as bigint })),
            selection,
          }
      }
    }
    throw this.#refusal(this.#total)
  }

  #payEverything(taker: number): Found {
    const { script } = this.#recipients[taker] as Recipient
    const least = leastFor(script)
    const all = worthSpending(allOf(this.#eligible), this.#task)
    const coins = all.slice(0, mostPayable(all, this.#task, all.length).count)
    const virtualSize = virtualSizeOf(signedWeight(Math.max(1, coins.length), this.#task.outputs))
    const fee = this.#task.fee(virtualSize)
    const amount = worthOf(coins) - this.#total - BigInt(fee)
    if (amount < least) throw this.#refusal(this.#total + least)
    const selection = { coins, settlement: { fee, change: 0, virtualSize, excess: 0 } }
    if (coins.length > maxInputsOf(this.#task)) throw this.#tooMany(this.#lastStage())
    if (!this.#isWithinLimits(selection)) throw this.#chainTooLong()
    return {
      recipients: this.#recipients.map((recipient) => ({
        script: recipient.script,
        amount: recipient.amount === 'everything' ? amount : recipient.amount,
      })),
      selection,
    }
  }

  #isWithinLimits({ coins, settlement }: Selection<WalletCoin>): boolean {
    const parents = this.graph.parentsOf(coins.map(({ outpoint }) => outpoint))
    return parents.size === 0 || this.graph.allowsChild(parents, settlement.virtualSize)
  }

  /** Why `total` grains cannot be paid: coins are missing, or there are too many, or they hang on too much. */
  #refusal(total: bigint): SpendingError {
    const all = worthSpending(allOf(this.#eligible), this.#task)
    const { fee, available, missing } = leastMissing(all, this.#task, total)
    if (missing > 0n) return new SpendingError({ code: 'NOT_ENOUGH', amount: total, fee, available, missing })
    const together = this.#lastStage()
    return leastMissing(together, this.#task, total).missing > 0n ? this.#chainTooLong() : this.#tooMany(together)
  }

  #tooMany(coins: readonly WalletCoin[]): SpendingError {
    const limit = maxInputsOf(this.#task)
    return new SpendingError({ code: 'TOO_MANY_COINS', limit, most: mostPayable(coins, this.#task, limit).amount })
  }

  #chainTooLong(): SpendingError {
    const amounts = ASSUMED_SIZES.map((size) => {
      const fitting = Math.floor((size - virtualSizeOf(signedWeight(0, this.#task.outputs)) - 2) / INPUT_VIRTUAL_SIZE)
      return mostPayable(this.#lastStage(size), this.#task, Math.min(fitting, maxInputsOf(this.#task))).amount
    })
    const most = amounts.reduce((a, b) => (a > b ? a : b))
    const dust = this.#recipients.reduce((sum, { script }) => sum + leastFor(script), 0n)
    return new SpendingError({ code: 'UNCONFIRMED_CHAIN', most: most < dust ? 0n : most })
  }

  /** All coins that go together in a transaction of this size, else of any. */
  #lastStage(size = ASSUMED_SIZES[ASSUMED_SIZES.length - 1] as number): readonly WalletCoin[] {
    const stages = stagesOf(this.#eligible, this.graph, size)
    return worthSpending(stages[stages.length - 1] ?? [], this.#task)
  }
}

/** Less would be dust. */
function leastFor(script: Uint8Array): bigint {
  return BigInt(dustThreshold({ value: 0n, scriptPubKey: script }))
}

/** Coins that fit beside the outputs. */
function maxInputsOf({ outputs }: FundingTask): number {
  // The count of so many inputs takes three bytes.
  const fitting = Math.floor((MAX_STANDARD_WEIGHT - signedWeight(0, outputs) - 2 * 4) / INPUT_WEIGHT)
  return Math.min(MAX_INPUTS, fitting)
}

function taskOf(recipients: readonly Recipient[], total: bigint, rate: FeeRate): FundingTask {
  return {
    amount: Number(total),
    outputs: sizeOfOutputs(recipients.map(({ script }) => ({ scriptPubKey: script }))),
    given: { count: 0, value: 0 },
    needsChange: false,
    rate,
    fee: (virtualSize) => feeFor(rate, virtualSize),
  }
}

function checkRecipients(recipients: readonly Recipient[], { addresses }: SpendingView): void {
  if (recipients.length === 0) throw new SpendingError({ code: 'NO_RECIPIENT' })
  if (recipients.filter(({ amount }) => amount === 'everything').length > 1)
    throw new SpendingError({ code: 'EVERYTHING_TWICE' })
  const weight = signedWeight(1, sizeOfOutputs(recipients.map(({ script }) => ({ scriptPubKey: script }))))
  if (weight > MAX_STANDARD_WEIGHT) throw new SpendingError({ code: 'TOO_LARGE', weight, limit: MAX_STANDARD_WEIGHT })
  for (const { script, amount } of recipients) {
    const address = addressOfScript(script, addresses) ?? ''
    const { type } = outputTypeOf(script)
    if (type === 'nonstandard' || type === 'witness' || type === 'data')
      throw new SpendingError({ code: 'NOT_PAYABLE', address })
    const least = leastFor(script)
    if (amount !== 'everything' && amount < least) throw new SpendingError({ code: 'DUST', address, amount, least })
  }
}
