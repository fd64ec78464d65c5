/**
 * From a plan to a transaction that can be relayed: what the vault is asked to sign, and what comes back, checked as a
 * stranger's would be. Nothing leaves the wallet that our own interpreter would refuse, or that pays another fee than shown.
 */
import { outpointKey } from '../../chain/coins/coin.ts'
import { feeFor, INCREMENTAL_RELAY_FEE_RATE } from '../../chain/mempool/policy.ts'
import { Transaction } from '../../chain/primitives/transaction.ts'
import { STANDARD_FLAGS } from '../../chain/script/script-flags.ts'
import { SharedSighashes } from '../../chain/script/sighash-witness.ts'
import { DirectChecks } from '../../chain/script/signature-checks.ts'
import { verifyInput } from '../../chain/script/verify-input.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { SignatureVerifier } from '../../kernel/signature-verifier.ts'
import type { SigningRequest } from '../wallet-types.ts'
import { feesOf, PendingGraph, type PendingNode, withDescendants } from './pending-graph.ts'
import { bumpFault } from './speed-up.ts'
import { SpendingError } from './spending-error.ts'
import type { SpendingPlan, SpendingView } from './spending-types.ts'

export function signingRequestOf({ transaction, coins }: SpendingPlan): SigningRequest {
  return { transaction, inputs: coins.map(({ value, path }) => ({ value, path })) }
}

/**
 * The signed transaction. `witnesses`: a stack for each input, in their order.
 * @throws SpendingError `SIGNED_WRONG`
 */
export function withWitnesses(
  plan: SpendingPlan,
  witnesses: readonly (readonly Uint8Array[])[],
  verifier: Pick<SignatureVerifier, 'verify'>,
): Transaction {
  const { version, inputs, outputs, lockTime } = plan.transaction
  if (witnesses.length !== inputs.length) throw wrong(`${witnesses.length} of ${inputs.length} inputs are signed`)
  const transaction = new Transaction({
    version,
    inputs: inputs.map((input, place) => ({ ...input, witness: witnesses[place] ?? [] })),
    outputs,
    lockTime,
  })
  verifySigned(plan, transaction, verifier)
  return transaction
}

/**
 * Whether what a plan spends, or speeds up, is not as it was any more: then it must be made again. A coin that was shown as
 * confirmed and has lost its block is another one: whoever sent it may send it elsewhere. One that was frozen since is
 * spent only where it was named; and of two plans whose change goes to the same new address, the one that is sent later
 * would tie both together for everybody to see.
 */
export function isOutdated(plan: SpendingPlan, view: SpendingView): boolean {
  const { kind, coins, speedsUp, change, areCoinsNamed } = plan
  if (change?.isFirstUse && view.isUsed(change.script)) return true
  const usable = view.coins.filter(({ frozen }) => areCoinsNamed || !frozen)
  const free = new Map(usable.map((coin) => [outpointKey(coin.outpoint), coin.confirmations > 0]))
  if (speedsUp) {
    const target = new PendingGraph(view.pending).node(speedsUp.txid)
    if (target === undefined || (kind === 'bump' && !replaces(plan, target))) return true
    // What it replaces spends the same coins.
    if (kind === 'bump')
      for (const { previous } of target.pending.transaction.inputs) free.set(outpointKey(previous), true)
  }
  return coins.some(({ outpoint, isConfirmed }) => {
    const isConfirmedNow = free.get(outpointKey(outpoint))
    return isConfirmedNow === undefined || (isConfirmed && !isConfirmedNow)
  })
}

/** Whether a bump still undoes nothing but ours, and pays for what depends on its target by now. */
function replaces({ fee, virtualSize }: SpendingPlan, target: PendingNode): boolean {
  const least = feesOf(withDescendants(target)) + feeFor(INCREMENTAL_RELAY_FEE_RATE, virtualSize)
  return bumpFault(target) === undefined && Number(fee) >= least
}

function verifySigned(plan: SpendingPlan, transaction: Transaction, verifier: Pick<SignatureVerifier, 'verify'>): void {
  const spent = plan.coins.reduce((sum, { value }) => sum + value, 0n)
  const paid = transaction.outputs.reduce((sum, { value }) => sum + value, 0n)
  if (spent - paid !== plan.fee) throw wrong(`its fee is ${spent - paid} grains and not ${plan.fee}`)
  if (transaction.virtualSize > plan.virtualSize) throw wrong('it is larger than it may be')
  const shared = new SharedSighashes(transaction)
  const checks = new DirectChecks(verifier)
  for (const [index, { value, script }] of plan.coins.entries()) {
    const spend = { shared, index, spent: { value, scriptPubKey: script } }
    try {
      verifyInput(spend, STANDARD_FLAGS, checks)
    } catch (error) {
      throw wrong(`input ${index + 1} is refused by its script (${codeOf(error)})`)
    }
  }
}

function wrong(reason: string): SpendingError {
  return new SpendingError({ code: 'SIGNED_WRONG', reason })
}
