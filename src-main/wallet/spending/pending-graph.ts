/**
 * The transactions that wait for a block, as far as the wallet knows them, and which of them spend which. From it come the
 * limits on chains of them, and what a child must pay so that its parents are worth a block.
 *
 * Transactions of others that only others know are not in it: a mempool may refuse what this allows.
 */
import { hashKey } from '../../chain/coins/coin.ts'
import {
  type FeeRate,
  feeFor,
  MAX_ANCESTORS,
  MAX_ANCESTORS_VIRTUAL_BYTES,
  MAX_DESCENDANTS,
  MAX_DESCENDANTS_VIRTUAL_BYTES,
  MINIMUM_RELAY_FEE_RATE,
} from '../../chain/mempool/policy.ts'
import type { Outpoint } from '../../chain/primitives/transaction.ts'
import type { PendingTransaction } from './spending-types.ts'

export class PendingNode {
  readonly pending: PendingTransaction
  readonly virtualSize: number
  /** Grains; where nobody told us the least that nodes relay. */
  readonly fee: number
  readonly parents = new Set<PendingNode>()
  readonly children = new Set<PendingNode>()

  constructor(pending: PendingTransaction) {
    this.pending = pending
    this.virtualSize = pending.transaction.virtualSize
    this.fee = pending.fee === undefined ? feeFor(MINIMUM_RELAY_FEE_RATE, this.virtualSize) : Number(pending.fee)
  }
}

export class PendingGraph {
  readonly #byTxid = new Map<string, PendingNode>()

  constructor(pending: readonly PendingTransaction[]) {
    for (const one of pending) this.#byTxid.set(hashKey(one.transaction.txid), new PendingNode(one))
    for (const node of this.#byTxid.values()) {
      for (const { previous } of node.pending.transaction.inputs) {
        const parent = this.node(previous.txid)
        if (parent === undefined) continue
        node.parents.add(parent)
        parent.children.add(node)
      }
    }
  }

  node(txid: Uint8Array): PendingNode | undefined {
    return this.#byTxid.get(hashKey(txid))
  }

  /** Those that make these coins. */
  parentsOf(outpoints: Iterable<Outpoint>): Set<PendingNode> {
    const parents = new Set<PendingNode>()
    for (const { txid } of outpoints) {
      const parent = this.node(txid)
      if (parent) parents.add(parent)
    }
    return parents
  }

  /** Whether nodes relay a child of `virtualSize` that spends outputs of `parents`, by the lengths of chains. */
  allowsChild(parents: Iterable<PendingNode>, virtualSize: number): boolean {
    const ancestors = withAncestors(parents)
    const isRoom = ancestors.size + 1 <= MAX_ANCESTORS && sizeOf(ancestors) + virtualSize <= MAX_ANCESTORS_VIRTUAL_BYTES
    if (!isRoom) return false
    for (const ancestor of ancestors) {
      const descendants = withDescendants(ancestor)
      if (descendants.size + 1 > MAX_DESCENDANTS) return false
      if (sizeOf(descendants) + virtualSize > MAX_DESCENDANTS_VIRTUAL_BYTES) return false
    }
    return true
  }
}

/** The nodes and all that they depend on. */
export function withAncestors(nodes: Iterable<PendingNode>): Set<PendingNode> {
  const found = new Set(nodes)
  // The set grows while it is walked.
  for (const node of found) for (const parent of node.parents) found.add(parent)
  return found
}

/** The node and all that depend on it. */
export function withDescendants(node: PendingNode): Set<PendingNode> {
  const found = new Set([node])
  for (const one of found) for (const child of one.children) found.add(child)
  return found
}

/**
 * What the ancestors of a transaction pay less than they would at a rate, grains; 0 where nothing holds it back. Those that
 * a block takes at that rate without it are left out, together with what they pay beyond it.
 */
export function deficitAt(rate: FeeRate, parents: Iterable<PendingNode>): number {
  const waiting = withAncestors(parents)
  // Blocks take the dearest group first; what is left of others is cheaper by what it has paid for them.
  while (waiting.size > 0) {
    const groups = [...waiting].map((node) => waitingAncestors(node, waiting))
    const dearest = groups.reduce((best, group) => (isDearer(group, best) ? group : best))
    if (feesOf(dearest) < feeFor(rate, sizeOf(dearest))) break
    for (const node of dearest) waiting.delete(node)
  }
  return Math.max(0, feeFor(rate, sizeOf(waiting)) - feesOf(waiting))
}

/** Of the node and its ancestors those that are still waiting. */
function waitingAncestors(node: PendingNode, waiting: ReadonlySet<PendingNode>): PendingNode[] {
  return [...withAncestors([node])].filter((one) => waiting.has(one))
}

/** By fee rate. */
function isDearer(a: readonly PendingNode[], b: readonly PendingNode[]): boolean {
  return feesOf(a) * sizeOf(b) > feesOf(b) * sizeOf(a)
}

export function sizeOf(nodes: Iterable<PendingNode>): number {
  let size = 0
  for (const { virtualSize } of nodes) size += virtualSize
  return size
}

export function feesOf(nodes: Iterable<PendingNode>): number {
  let fees = 0
  for (const { fee } of nodes) fees += fee
  return fees
}
