/**
 * The transactions of the mempool as a graph: who spends whom, sums over ancestors and descendants, and which package to
 * drop first. Does not decide what may enter.
 *
 * Invariants: no output is spent twice; `parents`, `children` and both sums of every entry are those of the graph as it is.
 * Work for one transaction grows with the number of its ancestors and descendants, which admission bounds.
 */
import { hashKey, outpointKey } from '../coins/coin.ts'
import type { Outpoint, Transaction } from '../primitives/transaction.ts'
import { IndexedHeap } from './indexed-heap.ts'
import { type MempoolEntry, PackageTotals } from './mempool-entry.ts'

export class TransactionGraph {
  /** By txid, in order of entry. */
  readonly #entries = new Map<string, MempoolEntry>()
  readonly #byWtxid = new Map<string, MempoolEntry>()
  /** By outpoint, also where what is spent is not in the mempool. */
  readonly #spenders = new Map<string, MempoolEntry>()
  readonly #cheapest = new IndexedHeap<MempoolEntry>(isCheaper)
  #memory = 0
  #virtualSize = 0
  #fees = 0

  get size(): number {
    return this.#entries.size
  }

  /** Bytes, estimated. */
  get memory(): number {
    return this.#memory
  }

  /** Virtual bytes of all. */
  get virtualSize(): number {
    return this.#virtualSize
  }

  /** Grains of all. */
  get fees(): number {
    return this.#fees
  }

  /** In order of entry. */
  entries(): IterableIterator<MempoolEntry> {
    return this.#entries.values()
  }

  byTxid(txid: Uint8Array): MempoolEntry | undefined {
    return this.#entries.get(hashKey(txid))
  }

  byWtxid(wtxid: Uint8Array): MempoolEntry | undefined {
    return this.#byWtxid.get(hashKey(wtxid))
  }

  has(entry: MempoolEntry): boolean {
    return this.#entries.get(entry.key) === entry
  }

  /** Who spends an output. */
  spender(outpoint: Outpoint): MempoolEntry | undefined {
    return this.#spenders.get(outpointKey(outpoint))
  }

  /** Where dropping costs least: the package (this and its descendants) of the lowest fee rate. */
  get cheapest(): MempoolEntry | undefined {
    return this.#cheapest.first
  }

  parentsOf({ inputs }: Transaction): Set<MempoolEntry> {
    const parents = new Set<MempoolEntry>()
    for (const { previous } of inputs) {
      const parent = this.#entries.get(hashKey(previous.txid))
      if (parent) parents.add(parent)
    }
    return parents
  }

  /** Those that spend outputs of a transaction, whether it is in the mempool or not. */
  childrenOf({ txid, outputs }: Transaction): Set<MempoolEntry> {
    const children = new Set<MempoolEntry>()
    for (let index = 0; index < outputs.length; index++) {
      const child = this.#spenders.get(outpointKey({ txid, index }))
      if (child) children.add(child)
    }
    return children
  }

  /** `start` and all that it depends on. */
  withAncestors(start: Iterable<MempoolEntry>): Set<MempoolEntry> {
    const reached = new Set(start)
    for (const entry of reached) for (const parent of entry.parents) reached.add(parent)
    return reached
  }

  /** `start` and all that depends on it. */
  withDescendants(start: Iterable<MempoolEntry>): Set<MempoolEntry> {
    const reached = new Set(start)
    for (const entry of reached) for (const child of entry.children) reached.add(child)
    return reached
  }

  /** The caller has seen to it that nothing here spends the same outputs. */
  add(entry: MempoolEntry): void {
    const { transaction } = entry
    this.#entries.set(entry.key, entry)
    this.#byWtxid.set(hashKey(transaction.wtxid), entry)
    for (const { previous } of transaction.inputs) this.#spenders.set(outpointKey(previous), entry)
    this.#memory += entry.memory
    this.#virtualSize += entry.virtualSize
    this.#fees += entry.fee
    for (const parent of this.parentsOf(transaction)) link(parent, entry)
    for (const child of this.childrenOf(transaction)) link(entry, child)
    if (entry.children.size > 0) this.#countAround(entry)
    else this.#countAncestors(entry)
    this.#cheapest.update(entry)
  }

  /** Cheap for one that has no ancestors here, or no descendants; others are counted around anew. */
  remove(entry: MempoolEntry): void {
    const ancestors = this.withAncestors(entry.parents)
    const descendants = this.withDescendants(entry.children)
    this.#unlink(entry)
    const isBetween = ancestors.size > 0 && descendants.size > 0
    for (const ancestor of ancestors) {
      if (isBetween) recount(ancestor.descendants, this.withDescendants([ancestor]))
      else ancestor.descendants.subtract(entry)
      this.#cheapest.update(ancestor)
    }
    for (const descendant of descendants) {
      if (isBetween) recount(descendant.ancestors, this.withAncestors([descendant]))
      else descendant.ancestors.subtract(entry)
    }
  }

  #unlink(entry: MempoolEntry): void {
    for (const parent of entry.parents) parent.children.delete(entry)
    for (const child of entry.children) child.parents.delete(entry)
    const { transaction } = entry
    for (const { previous } of transaction.inputs) this.#spenders.delete(outpointKey(previous))
    this.#cheapest.delete(entry)
    this.#byWtxid.delete(hashKey(transaction.wtxid))
    this.#entries.delete(entry.key)
    this.#memory -= entry.memory
    this.#virtualSize -= entry.virtualSize
    this.#fees -= entry.fee
  }

  #countAncestors(entry: MempoolEntry): void {
    for (const ancestor of this.withAncestors(entry.parents)) {
      entry.ancestors.add(ancestor)
      ancestor.descendants.add(entry)
      this.#cheapest.update(ancestor)
    }
  }

  /** After a reorganisation one may enter between others: every path through it is new, so all around it is counted anew. */
  #countAround(entry: MempoolEntry): void {
    for (const descendant of this.withDescendants([entry]))
      recount(descendant.ancestors, this.withAncestors([descendant]))
    for (const ancestor of this.withAncestors([entry])) {
      recount(ancestor.descendants, this.withDescendants([ancestor]))
      this.#cheapest.update(ancestor)
    }
  }
}

function link(parent: MempoolEntry, child: MempoolEntry): void {
  parent.children.add(child)
  child.parents.add(parent)
}

function recount(totals: PackageTotals, entries: Iterable<MempoolEntry>): void {
  Object.assign(totals, new PackageTotals())
  for (const entry of entries) totals.add(entry)
}

/** Grains per virtual byte that are lost when the entry goes: its own, or with its descendants if they pay more. */
function lossRate({ fee, virtualSize, descendants }: MempoolEntry): number {
  return Math.max(fee / virtualSize, descendants.fee / descendants.virtualSize)
}

/** Of equals, the newer goes first. */
function isCheaper(a: MempoolEntry, b: MempoolEntry): boolean {
  const difference = lossRate(a) - lossRate(b)
  return difference === 0 ? a.sequence > b.sequence : difference < 0
}
