/**
 * A dearer replacement of a transaction of ours that waits for a block, by the rules of BIP 125: all its inputs, and no other
 * unconfirmed ones; everybody else is paid the same; more than it and all that depend on it paid together, by what the
 * relay of the replacement costs, and at a higher rate. The fee comes out of the change; where that is not enough, or there
 * is none, confirmed coins are added.
 */
import { type FeeRate, feeFor, INCREMENTAL_RELAY_FEE_RATE } from '../../chain/mempool/policy.ts'
import type { Random } from '../../kernel/random.ts'
import type { KeyPath } from '../wallet-types.ts'
import { assemblePlan, plannedCoin, rateOf, sumOf, worthOf } from './assemble-plan.ts'
import { leastMissing, selectCoins, worthSpending } from './coin-selection.ts'
import type { FundingTask } from './funding.ts'
import { feesOf, PendingGraph, type PendingNode, withDescendants } from './pending-graph.ts'
import { speedUpWarnings } from './plan-warnings.ts'
import { bumpFault, notPossible, pendingNode } from './speed-up.ts'
import { SpendingError } from './spending-error.ts'
import type { FeeDecision, PlannedCoin, PlannedOutput, SpendingPlan, SpendingView } from './spending-types.ts'
import { sizeOfOutputs } from './transaction-size.ts'

/** @throws SpendingError `NOT_TO_BE_SPED_UP`, `NOT_ENOUGH`, `FEE_TOO_HIGH`, `FEE_TOO_LOW` */
export function planBump(txid: Uint8Array, fee: FeeDecision, view: SpendingView, random: Random): SpendingPlan {
  const rate = rateOf(fee)
  const graph = new PendingGraph(view.pending)
  const node = pendingNode(txid, graph)
  const fault = bumpFault(node)
  if (fault) throw notPossible(fault)
  const replaced = withDescendants(node)
  const given = inputsOf(node, graph)
  const { kept, change } = outputsOf(node, view)
  const task = taskOf({ node, replaced, kept, given, rate })
  const confirmed = view.coins.filter(({ status, frozen }) => status === 'available' && !frozen)
  const selection = selectCoins(confirmed, task, random)
  if (selection === undefined) throw notEnough(task, confirmed, sumOf(kept))
  const { settlement } = selection
  assertRelayed(node, replaced, view, settlement.virtualSize)
  const coins = [...given, ...selection.coins.map(plannedCoin)]
  const speedsUp = { txid, fee: node.pending.fee }
  const plan = assemblePlan(
    { kind: 'bump', coins, recipients: kept, settlement, change, speedsUp, replaced },
    view,
    random,
  )
  const isMoreThanAsked = settlement.fee - settlement.excess > feeFor(rate, settlement.virtualSize)
  return { ...plan, warnings: speedUpWarnings(plan, fee, isMoreThanAsked) }
}

function inputsOf({ pending: { transaction, inputs } }: PendingNode, graph: PendingGraph): PlannedCoin[] {
  return transaction.inputs.map(({ previous }, place) => {
    const input = inputs[place]
    if (input === undefined) throw new RangeError(`input ${place} is not ours`)
    return { ...input, outpoint: previous, isConfirmed: graph.node(previous.txid) === undefined }
  })
}

/**
 * What is paid as before, and the output that pays the difference: change, or where all goes to ourselves the largest.
 */
function outputsOf({ pending: { transaction, outputs } }: PendingNode, view: SpendingView) {
  const own = [...outputs].sort(([a], [b]) => {
    const [first, second] = [transaction.outputs[a]?.value ?? 0n, transaction.outputs[b]?.value ?? 0n]
    return first < second ? 1 : first > second ? -1 : 0
  })
  const isMove = outputs.size === transaction.outputs.length
  const reduced = own.find(([, { chain }]) => chain === 1) ?? (isMove ? own[0] : undefined)
  const kept: PlannedOutput[] = []
  let change: { readonly path: KeyPath; readonly script: Uint8Array } = view.change
  for (const [place, { value, scriptPubKey }] of transaction.outputs.entries()) {
    if (reduced && place === reduced[0]) change = { path: reduced[1], script: scriptPubKey }
    else kept.push({ script: scriptPubKey, amount: value })
  }
  return { kept, change }
}

interface Replacement {
  readonly node: PendingNode
  readonly replaced: ReadonlySet<PendingNode>
  readonly kept: readonly PlannedOutput[]
  readonly given: readonly PlannedCoin[]
  readonly rate: FeeRate
}

function taskOf({ node, replaced, kept, given, rate }: Replacement): FundingTask {
  const replacedFees = feesOf(replaced)
  const { fee, virtualSize } = node
  return {
    amount: Number(sumOf(kept)),
    outputs: sizeOfOutputs(kept.map(({ script }) => ({ scriptPubKey: script }))),
    given: { count: given.length, value: Number(worthOf(given)) },
    needsChange: kept.length === 0,
    rate: Math.max(rate, INCREMENTAL_RELAY_FEE_RATE, Math.ceil((fee * 1_000) / virtualSize)),
    fee: (size) =>
      Math.max(
        feeFor(rate, size),
        replacedFees + feeFor(INCREMENTAL_RELAY_FEE_RATE, size),
        Math.floor((fee * size) / virtualSize) + 1,
      ),
  }
}

function notEnough(task: FundingTask, confirmed: SpendingView['coins'], amount: bigint): SpendingError {
  const { fee, available, missing } = leastMissing(worthSpending(confirmed, task), task, amount)
  if (missing > 0n) return new SpendingError({ code: 'NOT_ENOUGH', amount, fee, available, missing })
  return notPossible({
    reason: 'A replacement would take more coins than fit into a transaction',
    next: 'Wait for a block.',
  })
}

/** The limits on chains, once what is replaced is gone. */
function assertRelayed(
  node: PendingNode,
  replaced: ReadonlySet<PendingNode>,
  view: SpendingView,
  virtualSize: number,
): void {
  const gone = new Set([...replaced].map(({ pending }) => pending))
  const graph = new PendingGraph(view.pending.filter((pending) => !gone.has(pending)))
  const parents = graph.parentsOf(node.pending.transaction.inputs.map(({ previous }) => previous))
  if (!graph.allowsChild(parents, virtualSize))
    throw notPossible({
      reason: 'A replacement would be larger than nodes relay behind what it depends on',
      next: 'Wait for a block.',
    })
}
