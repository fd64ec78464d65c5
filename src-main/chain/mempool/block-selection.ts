/**
 * Which transactions a new block takes: packages of a transaction and its unconfirmed ancestors, the dearest first, until no
 * more fit. As Bitcoin Core's `addPackageTxs` up to version 30. Reads the mempool and changes nothing in it; what is already
 * taken is subtracted from the packages in numbers of its own.
 */
import { MAX_BLOCK_SIGOPS_COST, MAX_BLOCK_WEIGHT } from '../consensus/limits.ts'
import { type Transaction, WITNESS_SCALE } from '../primitives/transaction.ts'
import { type HeapItem, IndexedHeap } from './indexed-heap.ts'
import type { MempoolEntry } from './mempool-entry.ts'
import { type FeeRate, feeFor } from './policy.ts'
import type { TransactionGraph } from './transaction-graph.ts'

/** Once the block is nearly full, packages in a row that do not fit before the search ends. */
export const MAX_CONSECUTIVE_FAILURES = 1_000
/** Weight units that are left of a block that is nearly full. */
const NEARLY_FULL = 4_000

export interface SelectionLimits {
  /** Weight units for transactions: what the header and coinbase need is taken off. @default 4,000,000 */
  readonly maxWeight?: number
  /** @default 80,000 */
  readonly maxSigopsCost?: number
  /** Packages below stay out. @default 0 */
  readonly minimumFeeRate?: FeeRate
}

export interface SelectedTransaction {
  readonly transaction: Transaction
  /** Grains. */
  readonly fee: bigint
  readonly weight: number
  readonly sigopsCost: number
}

/** An entry that is not taken yet, with sums over it and those of its ancestors that are not either. */
interface Package extends HeapItem {
  readonly entry: MempoolEntry
  fee: number
  virtualSize: number
  sigopsCost: number
  /** Grains per virtual byte: a child that pays less than its package does not profit from rich ancestors. */
  rate: number
}

/** In an order in which a block may hold them. */
export function selectForBlock(graph: TransactionGraph, limits: SelectionLimits = {}): SelectedTransaction[] {
  return new BlockSelection(graph, limits).run()
}

class BlockSelection {
  readonly #graph: TransactionGraph
  readonly #maxWeight: number
  readonly #maxSigopsCost: number
  readonly #minimumFeeRate: FeeRate
  /** Of all entries that are not taken. */
  readonly #packages = new Map<MempoolEntry, Package>()
  readonly #queue: IndexedHeap<Package>
  /** In order. */
  readonly #taken: MempoolEntry[] = []
  #weight = 0
  #sigopsCost = 0

  constructor(graph: TransactionGraph, limits: SelectionLimits) {
    this.#graph = graph
    this.#maxWeight = limits.maxWeight ?? MAX_BLOCK_WEIGHT
    this.#maxSigopsCost = limits.maxSigopsCost ?? MAX_BLOCK_SIGOPS_COST
    this.#minimumFeeRate = limits.minimumFeeRate ?? 0
    for (const entry of graph.entries()) this.#packages.set(entry, packageOf(entry))
    this.#queue = new IndexedHeap(isDearer, this.#packages.values())
  }

  run(): SelectedTransaction[] {
    let failures = 0
    for (let best = this.#queue.pop(); best !== undefined; best = this.#queue.pop()) {
      if (best.fee < feeFor(this.#minimumFeeRate, best.virtualSize)) break
      if (this.#fits(best)) {
        failures = 0
        this.#take(best.entry)
      } else if (++failures > MAX_CONSECUTIVE_FAILURES && this.#weight > this.#maxWeight - NEARLY_FULL) {
        break
      }
    }
    return this.#taken.map(({ transaction, fee, weight, sigopsCost }) => ({
      transaction,
      fee: BigInt(fee),
      weight,
      sigopsCost,
    }))
  }

  #fits({ virtualSize, sigopsCost }: Package): boolean {
    return (
      this.#weight + virtualSize * WITNESS_SCALE <= this.#maxWeight &&
      this.#sigopsCost + sigopsCost <= this.#maxSigopsCost
    )
  }

  #take(entry: MempoolEntry): void {
    const fresh = [...this.#graph.withAncestors([entry])].filter((ancestor) => this.#packages.has(ancestor))
    // Ancestors have fewer ancestors.
    fresh.sort((a, b) => a.ancestors.count - b.ancestors.count || a.sequence - b.sequence)
    for (const added of fresh) {
      this.#queue.delete(this.#packages.get(added) as Package)
      this.#packages.delete(added)
      this.#taken.push(added)
      this.#weight += added.weight
      this.#sigopsCost += added.sigopsCost
    }
    for (const added of fresh)
      for (const descendant of this.#graph.withDescendants(added.children)) {
        const left = this.#packages.get(descendant)
        if (left) this.#subtract(added, left)
      }
  }

  /** One that did not fit before is tried again: its package is smaller now. */
  #subtract({ fee, virtualSize, sigopsCost }: MempoolEntry, left: Package): void {
    left.fee -= fee
    left.virtualSize -= virtualSize
    left.sigopsCost -= sigopsCost
    left.rate = rateOf(left.entry, left)
    this.#queue.update(left)
  }
}

function packageOf(entry: MempoolEntry): Package {
  const { fee, virtualSize, sigopsCost } = entry.ancestors
  return { entry, fee, virtualSize, sigopsCost, rate: rateOf(entry, entry.ancestors), heapPlace: -1 }
}

function rateOf(entry: MempoolEntry, { fee, virtualSize }: Pick<Package, 'fee' | 'virtualSize'>): number {
  return Math.min(fee / virtualSize, entry.fee / entry.virtualSize)
}

/** Of equals, the older goes first. */
function isDearer(a: Package, b: Package): boolean {
  return a.rate === b.rate ? a.entry.sequence < b.entry.sequence : a.rate > b.rate
}
