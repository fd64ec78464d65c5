/**
 * Whether a transaction may enter the mempool, as far as it can be told without running scripts: rules of consensus for the
 * block after the tip, form, fee, chains of unconfirmed ones, replacement. In the order of Bitcoin Core's `PreChecks`, the
 * cheap first, and with its reasons. Changes nothing.
 *
 * A refusal is `invalid` where the transaction could not be good on any branch and at any time, else `policy`.
 */
import { type Coin, hashKey } from '../coins/coin.ts'
import { isMerklePair } from '../consensus/block-rules.ts'
import { transactionFault } from '../consensus/check-transaction.ts'
import { MAX_TRANSACTION_LEGACY_SIGOPS } from '../consensus/limits.ts'
import { areSequenceLocksOver, isFinal, sequenceLocks } from '../consensus/locktimes.ts'
import { isActive } from '../consensus/network.ts'
import { feeOrFault } from '../consensus/transaction-inputs.ts'
import type { Transaction } from '../primitives/transaction.ts'
import { STANDARD_FLAGS } from '../script/script-flags.ts'
import { executableLegacySigops, sigopCost } from '../script/sigops.ts'
import { chainLimitsFault } from './chain-limits.ts'
import type { MempoolChain } from './mempool-chain.ts'
import type { MempoolEntry } from './mempool-entry.ts'
import {
  adjustedVirtualSize,
  type FeeRate,
  feeFor,
  MAX_STANDARD_SIGOPS_COST,
  MINIMUM_RELAY_FEE_RATE,
} from './policy.ts'
import { conflictsOf, replacedBy } from './replacement.ts'
import { standardInputsFault } from './standard-inputs.ts'
import { standardFault } from './standard-transaction.ts'
import type { TransactionGraph } from './transaction-graph.ts'

/** First outputs of a transaction that are looked for among the coins to see whether it is in a block already. */
const MAX_OUTPUTS_LOOKED_UP = 4

export interface AdmissionView {
  readonly chain: MempoolChain
  readonly graph: TransactionGraph
  /** What a mempool that is full asks for; 0 for nothing. */
  readonly rollingFeeRate: FeeRate
  /** Comes back from a block that left the best chain: fees are not asked for. */
  readonly isReturning?: boolean
}

/** All that is known of a transaction once only its scripts are to be run. */
export interface Candidate {
  readonly transaction: Transaction
  /** What each input spends; those of the mempool with the height of the next block. */
  readonly coins: readonly Coin[]
  /** Grains. */
  readonly fee: number
  readonly sigopsCost: number
  /** In the mempool, to go when this enters. */
  readonly replaced: ReadonlySet<MempoolEntry>
}

export interface Refusal {
  readonly reason: string
  readonly kind: 'invalid' | 'policy'
}

export type Examination =
  | ({ readonly status: 'candidate' } & Candidate)
  | ({ readonly status: 'refused' } & Refusal)
  /** Already there, or in a block with one of its first outputs unspent. */
  | { readonly status: 'known' }
  /** `parents`: txids of which nothing is known. */
  | { readonly status: 'missing'; readonly parents: readonly Uint8Array[] }

export function examine(transaction: Transaction, view: AdmissionView): Examination {
  const known = view.graph.byTxid(transaction.txid)
  if (known)
    return view.graph.byWtxid(transaction.wtxid) ? { status: 'known' } : policy('txn-same-nonwitness-data-in-mempool')
  const refusal = formRefusal(transaction, view.chain)
  if (refusal) return refusal
  const coins = findCoins(transaction, view)
  if ('status' in coins) return coins
  return inputsRefusal(transaction, coins, view.chain) ?? weighUp(transaction, coins, view)
}

/** By the transaction itself and the time. */
function formRefusal(
  transaction: Transaction,
  { network, tipHeight, medianTimePast }: MempoolChain,
): Examination | undefined {
  const fault = transactionFault(transaction)
  if (fault) return invalid(fault)
  if (transaction.isCoinbase) return invalid('coinbase')
  if (isActive(network, 'bip54', tipHeight + 1) && isMerklePair(transaction)) return invalid('bad-txns-size')
  const form = standardFault(transaction)
  if (form) return policy(form)
  return isFinal(transaction, tipHeight + 1, medianTimePast) ? undefined : policy('non-final')
}

function findCoins(transaction: Transaction, { chain, graph }: AdmissionView): Coin[] | Examination {
  const coins: Coin[] = []
  const unknown = new Map<string, Uint8Array>()
  for (const { previous } of transaction.inputs) {
    const parent = graph.byTxid(previous.txid)
    const output = parent?.transaction.outputs[previous.index]
    // A parent in the mempool that has no such output never will.
    if (parent && output === undefined) return invalid('bad-txns-inputs-missingorspent')
    const coin = output ? { ...output, height: chain.tipHeight + 1, isCoinbase: false } : chain.coin(previous)
    if (coin) coins.push(coin)
    else unknown.set(hashKey(previous.txid), previous.txid)
  }
  if (unknown.size === 0) return coins
  const { txid, outputs } = transaction
  for (let index = 0; index < Math.min(outputs.length, MAX_OUTPUTS_LOOKED_UP); index++)
    if (chain.coin({ txid, index })) return { status: 'known' }
  return { status: 'missing', parents: [...unknown.values()] }
}

/** By what it spends. */
function inputsRefusal(transaction: Transaction, coins: readonly Coin[], chain: MempoolChain): Examination | undefined {
  const { network, tipHeight } = chain
  if (!isPastSequenceLocks(transaction, coins, chain)) return policy('non-BIP68-final')
  const fee = feeOrFault(transaction, coins, tipHeight + 1, network.coinbaseMaturity)
  if (fee === 'bad-txns-premature-spend-of-coinbase') return policy(fee)
  if (typeof fee === 'string') return invalid(fee)
  const form = standardInputsFault(transaction, coins)
  if (form) return policy(form)
  if (executableLegacySigops(transaction, coins) > MAX_TRANSACTION_LEGACY_SIGOPS)
    return isActive(network, 'bip54', tipHeight + 1)
      ? invalid('bad-txns-legacy-sigops')
      : policy('bad-txns-nonstandard-inputs')
  if (sigopCost(transaction, coins, STANDARD_FLAGS) > MAX_STANDARD_SIGOPS_COST)
    return policy('bad-txns-too-many-sigops')
  return undefined
}

/** Whether the block after the tip may hold it by the age of its coins (BIP 68). */
export function isPastSequenceLocks(transaction: Transaction, coins: readonly Coin[], chain: MempoolChain): boolean {
  const locks = sequenceLocks(transaction, coins, (height) => chain.medianTimePastAt(height))
  return areSequenceLocksOver(locks, chain.tipHeight + 1, chain.medianTimePast)
}

/** By what it pays, and what else is in the mempool. */
function weighUp(transaction: Transaction, coins: readonly Coin[], view: AdmissionView): Examination {
  const { graph, rollingFeeRate, isReturning = false } = view
  const fee = feeOf(transaction, coins)
  const sigopsCost = sigopCost(transaction, coins, STANDARD_FLAGS)
  const virtualSize = adjustedVirtualSize(transaction.weight, sigopsCost)
  if (!isReturning) {
    if (fee < feeFor(rollingFeeRate, virtualSize)) return policy('mempool min fee not met')
    if (fee < feeFor(MINIMUM_RELAY_FEE_RATE, virtualSize)) return policy('min relay fee not met')
  }
  const replaced = replacedBy({ transaction, fee, virtualSize }, conflictsOf(transaction, graph), graph)
  if (typeof replaced === 'string')
    return replaced === 'bad-txns-spends-conflicting-tx' ? invalid(replaced) : policy(replaced)
  const tooLong = chainLimitsFault(virtualSize, graph.parentsOf(transaction), replaced, graph)
  return tooLong ? policy(tooLong) : { status: 'candidate', transaction, coins, fee, sigopsCost, replaced }
}

function feeOf({ outputs }: Transaction, coins: readonly Coin[]): number {
  let fee = 0n
  for (const { value } of coins) fee += value
  for (const { value } of outputs) fee -= value
  return Number(fee)
}

function invalid(reason: string): Examination {
  return { status: 'refused', reason, kind: 'invalid' }
}

function policy(reason: string): Examination {
  return { status: 'refused', reason, kind: 'policy' }
}
