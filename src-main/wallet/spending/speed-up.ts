/**
 * What can be done for a transaction that waits for a block: replace it by a dearer one (BIP 125), or spend what it pays us
 * in a child that pays for both. One button; this tells which of the two it is.
 */
import { bytesEqual } from '../../kernel/bytes.ts'
import type { WalletCoin } from '../wallet-types.ts'
import { PendingGraph, type PendingNode, withDescendants } from './pending-graph.ts'
import { SpendingError } from './spending-error.ts'
import type { SpendingView } from './spending-types.ts'
import { CHANGE_SIZE, signedWeight, virtualSizeOf } from './transaction-size.ts'

/** Sequences below it let the transaction be replaced. BIP 125. */
const FIRST_FINAL_SEQUENCE = 0xffff_fffe

export interface Impossible {
  /** A sentence without its full stop. */
  readonly reason: string
  /** What to do instead, a sentence. */
  readonly next: string
}

/** Undefined for possible. Whether the coins are enough is for the plan to say. */
export interface SpeedUp {
  /** What the button does: a bump where it can be had, else a child. */
  readonly how: 'bump' | 'child' | undefined
  readonly bump: Impossible | undefined
  readonly child: Impossible | undefined
}

const WAIT = 'Wait for a block.'
const NOT_WAITING: Impossible = {
  reason: 'This transaction does not wait for a block',
  next: 'Look at its row in the history.',
}

export function whichIsPossible(
  txid: Uint8Array,
  view: SpendingView,
  graph: PendingGraph = new PendingGraph(view.pending),
): SpeedUp {
  const node = graph.node(txid)
  if (node === undefined) return { how: undefined, bump: NOT_WAITING, child: NOT_WAITING }
  const bump = bumpFault(node)
  const child = childFault(node, view, graph)
  return { how: bump === undefined ? 'bump' : child === undefined ? 'child' : undefined, bump, child }
}

/** @throws SpendingError `NOT_TO_BE_SPED_UP` */
export function pendingNode(txid: Uint8Array, graph: PendingGraph): PendingNode {
  const node = graph.node(txid)
  if (node === undefined) throw notPossible(NOT_WAITING)
  return node
}

export function notPossible(fault: Impossible): SpendingError {
  return new SpendingError({ code: 'NOT_TO_BE_SPED_UP', ...fault })
}

/** Why it cannot be replaced by us. */
export function bumpFault(node: PendingNode): Impossible | undefined {
  const { transaction, inputs } = node.pending
  if (inputs.some((input) => input === undefined))
    return {
      reason: 'Others have paid for this transaction, and only they can replace it',
      next: 'Pay for it by a child.',
    }
  if (transaction.inputs.every(({ sequence }) => sequence >= FIRST_FINAL_SEQUENCE))
    return { reason: 'This transaction says that it is not to be replaced', next: 'Pay for it by a child.' }
  for (const descendant of withDescendants(node))
    if (descendant !== node && !isAllOurs(descendant))
      return {
        reason: 'Another payment depends on this transaction and would be undone by a replacement',
        next: 'Pay for it by a child.',
      }
  return undefined
}

/** Why no child of ours can pay for it. */
export function childFault(node: PendingNode, view: SpendingView, graph: PendingGraph): Impossible | undefined {
  const coins = coinsOf(node, view)
  if (coins.length === 0) return { reason: 'This transaction pays nothing to us that a child could spend', next: WAIT }
  const virtualSize = virtualSizeOf(signedWeight(1, CHANGE_SIZE))
  if (coins.every(({ outpoint }) => !graph.allowsChild(graph.parentsOf([outpoint]), virtualSize)))
    return { reason: 'So many transactions depend on each other here that nodes relay no further one', next: WAIT }
  return undefined
}

/** Coins that a child can spend: outputs of the transaction, or of those that spent its outputs; the most valuable first. */
export function coinsOf(node: PendingNode, { coins }: SpendingView): WalletCoin[] {
  const free = unconfirmedOf(coins)
  const of = ({ pending: { transaction } }: PendingNode) =>
    free.filter(({ outpoint }) => bytesEqual(outpoint.txid, transaction.txid))
  const own = of(node)
  const found = own.length > 0 ? own : [...withDescendants(node)].flatMap(of)
  return found.sort((a, b) => (a.value < b.value ? 1 : a.value > b.value ? -1 : 0))
}

/** Found once for each list: every row of what waits asks. */
const unconfirmed = new WeakMap<readonly WalletCoin[], readonly WalletCoin[]>()

function unconfirmedOf(coins: readonly WalletCoin[]): readonly WalletCoin[] {
  const known = unconfirmed.get(coins)
  if (known) return known
  const found = coins.filter(({ frozen, status }) => !frozen && (status === 'change' || status === 'pending'))
  unconfirmed.set(coins, found)
  return found
}

/** Nobody else pays for it or is paid by it: nobody misses it. */
function isAllOurs({ pending: { transaction, inputs, outputs } }: PendingNode): boolean {
  return inputs.every((input) => input !== undefined) && transaction.outputs.every((_, place) => outputs.has(place))
}
