/**
 * A child that pays for its parent: spends what a transaction that waits for a block pays us, back to us, with a fee that
 * makes it and all that it hangs on together as dear as asked for. Ancestors that a block takes without help count for
 * nothing. Where the coin is worth too little, others are added.
 */
import { feeFor } from '../../chain/mempool/policy.ts'
import type { Random } from '../../kernel/random.ts'
import type { WalletCoin } from '../wallet-types.ts'
import { assemblePlan, plannedCoin, rateOf } from './assemble-plan.ts'
import { leastMissing, selectCoins, worthSpending } from './coin-selection.ts'
import type { FundingTask } from './funding.ts'
import { deficitAt, PendingGraph } from './pending-graph.ts'
import { speedUpWarnings } from './plan-warnings.ts'
import { childFault, coinsOf, notPossible, pendingNode } from './speed-up.ts'
import { SpendingError } from './spending-error.ts'
import type { FeeDecision, SpendingPlan, SpendingView } from './spending-types.ts'

/** @throws SpendingError `NOT_TO_BE_SPED_UP`, `NOT_ENOUGH`, `FEE_TOO_HIGH`, `FEE_TOO_LOW` */
export function planChild(txid: Uint8Array, fee: FeeDecision, view: SpendingView, random: Random): SpendingPlan {
  const rate = rateOf(fee)
  const graph = new PendingGraph(view.pending)
  const node = pendingNode(txid, graph)
  const fault = childFault(node, view, graph)
  if (fault) throw notPossible(fault)
  const coin = coinsOf(node, view).find(({ outpoint }) =>
    graph.allowsChild(graph.parentsOf([outpoint]), 0),
  ) as WalletCoin
  const deficit = deficitAt(rate, graph.parentsOf([coin.outpoint]))
  if (deficit <= 0)
    throw notPossible({
      reason: 'This transaction pays as much already',
      next: 'Choose a higher fee rate, or wait for a block.',
    })
  const task: FundingTask = {
    amount: 0,
    outputs: { count: 0, weight: 0 },
    given: { count: 1, value: Number(coin.value) },
    needsChange: true,
    rate,
    fee: (virtualSize) => deficit + feeFor(rate, virtualSize),
  }
  const confirmed = view.coins.filter(({ status, frozen }) => status === 'available' && !frozen)
  const selection = selectCoins(confirmed, task, random)
  if (selection === undefined) throw notEnough(task, confirmed)
  const { settlement } = selection
  if (!graph.allowsChild(graph.parentsOf([coin.outpoint]), settlement.virtualSize))
    throw notPossible({
      reason: 'A child would be larger than nodes relay behind what it depends on',
      next: 'Wait for a block.',
    })
  const coins = [coin, ...selection.coins].map(plannedCoin)
  const speedsUp = { txid, fee: node.pending.fee }
  const parts = { kind: 'child', coins, recipients: [], settlement, change: view.change, speedsUp } as const
  const plan = assemblePlan(parts, view, random)
  return { ...plan, warnings: speedUpWarnings(plan, fee, false) }
}

function notEnough(task: FundingTask, confirmed: SpendingView['coins']): SpendingError {
  const { fee, available, missing } = leastMissing(worthSpending(confirmed, task), task, 0n)
  if (missing > 0n) return new SpendingError({ code: 'NOT_ENOUGH', amount: 0n, fee, available, missing })
  return notPossible({ reason: 'A child would take more coins than fit into a transaction', next: 'Wait for a block.' })
}
