/**
 * Whether a transaction may take the place of those that spend the same outputs, and of all that depend on them.
 *
 * As Bitcoin Core from 28 to 30: every transaction may be replaced, whether it says so or not (BIP 125 rule 1 is not asked
 * for), under the other rules of BIP 125 and a higher fee rate than each that is directly replaced. Reasons as Core's.
 */
import { hashKey } from '../coins/coin.ts'
import type { Transaction } from '../primitives/transaction.ts'
import type { MempoolEntry } from './mempool-entry.ts'
import { feeFor, INCREMENTAL_RELAY_FEE_RATE, MAX_REPLACED_TRANSACTIONS } from './policy.ts'
import type { TransactionGraph } from './transaction-graph.ts'

export type ReplacementFault =
  | 'bad-txns-spends-conflicting-tx'
  | 'insufficient fee'
  | 'too many potential replacements'
  | 'replacement-adds-unconfirmed'

export interface Replacer {
  readonly transaction: Transaction
  /** Grains. */
  readonly fee: number
  readonly virtualSize: number
}

/** Those in the mempool that spend an output which the transaction spends too. */
export function conflictsOf({ inputs }: Transaction, graph: TransactionGraph): Set<MempoolEntry> {
  const conflicts = new Set<MempoolEntry>()
  for (const { previous } of inputs) {
    const spender = graph.spender(previous)
    if (spender) conflicts.add(spender)
  }
  return conflicts
}

/** All that would go, or the rule that forbids it. */
export function replacedBy(
  replacer: Replacer,
  conflicts: ReadonlySet<MempoolEntry>,
  graph: TransactionGraph,
): ReadonlySet<MempoolEntry> | ReplacementFault {
  if (conflicts.size === 0) return conflicts
  const { transaction, fee, virtualSize } = replacer
  const ancestors = graph.withAncestors(graph.parentsOf(transaction))
  for (const conflict of conflicts) if (ancestors.has(conflict)) return 'bad-txns-spends-conflicting-tx'
  let count = 0
  for (const conflict of conflicts) {
    if (fee / virtualSize <= conflict.fee / conflict.virtualSize) return 'insufficient fee'
    count += conflict.descendants.count
    if (count > MAX_REPLACED_TRANSACTIONS) return 'too many potential replacements'
  }
  if (addsUnconfirmed(transaction, conflicts, graph)) return 'replacement-adds-unconfirmed'
  const replaced = graph.withDescendants(conflicts)
  let replacedFees = 0
  for (const entry of replaced) replacedFees += entry.fee
  const isEnough = fee - replacedFees >= feeFor(INCREMENTAL_RELAY_FEE_RATE, virtualSize)
  return isEnough ? replaced : 'insufficient fee'
}

/** BIP 125 rule 2: what the replaced ones do not spend already must be confirmed. */
function addsUnconfirmed(
  { inputs }: Transaction,
  conflicts: ReadonlySet<MempoolEntry>,
  graph: TransactionGraph,
): boolean {
  const known = new Set<string>()
  for (const { transaction } of conflicts)
    for (const { previous } of transaction.inputs) known.add(hashKey(previous.txid))
  return inputs.some(({ previous }) => graph.byTxid(previous.txid) !== undefined && !known.has(hashKey(previous.txid)))
}
