/**
 * Which transactions a new block takes: packages of a transaction and its unconfirmed ancestors, the dearest first, until no
 * more fit. As Bitcoin Core's `addPackageTxs` up to version 30. Reads the mempool and changes nothing in it; what is already
 * taken is subtracted from the packages in numbers of its own.
 */
import { MAX_BLOCK_SIGOPS_COST, MAX_BLOCK_WEIGHT } from '../consensus/limits.ts'
import { type Transaction, WITNESS_SCALE } from '../primitives/transaction.ts'
import { IndexedHeap } from './indexed-heap.ts'
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

/** What is left to pay and to place of an entry and those of its ancestors that are not taken yet. */
interface Package {
  fee: number
  virtualSize: number
  sigopsCost: number
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
  /** Packages that are no longer what the entry says. */
  readonly #changed = new Map<MempoolEntry, Package>()
  readonly #queue: IndexedHeap<MempoolEntry>
  /** In order. */
  readonly #taken = new Set<MempoolEntry>()
  #weight = 0
  #sigopsCost = 0

  constructor(graph: TransactionGraph, limits: SelectionLimits) {
    this.#graph = graph
    this.#maxWeight = limits.maxWeight ?? MAX_BLOCK_WEIGHT
    this.#maxSigopsCost = limits.maxSigopsCost ?? MAX_BLOCK_SIGOPS_COST
    this.#minimumFeeRate = limits.minimumFeeRate ?? 0
    this.#queue = new IndexedHeap<MempoolEntry>((a, b) => this.#isDearer(a, b), graph.entries())
  }

  run(): SelectedTransaction[] {
    let failures = 0
    for (let entry = this.#queue.pop(); entry !== undefined; entry = this.#queue.pop()) {
      const { fee, virtualSize, sigopsCost } = this.#packageOf(entry)
      if (fee < feeFor(this.#minimumFeeRate, virtualSize)) break
      if (this.#fits(virtualSize, sigopsCost)) {
        failures = 0
        this.#take(entry)
      } else if (++failures > MAX_CONSECUTIVE_FAILURES && this.#weight > this.#maxWeight - NEARLY_FULL) {
        break
      }
    }
    return [...this.#taken].map(({ transaction, fee, weight, sigopsCost }) => ({
      transaction,
      fee: BigInt(fee),
      weight,
      sigopsCost,
    }))
  }

  #fits(virtualSize: number, sigopsCost: number): boolean {
    return (
      this.#weight + virtualSize * WITNESS_SCALE <= this.#maxWeight &&
      this.#sigopsCost + sigopsCost <= this.#maxSigopsCost
    )
  }

  #take(entry: MempoolEntry): void {
    const fresh = [...this.#graph.withAncestors([entry])].filter((ancestor) => !this.#taken.has(ancestor))
    // Ancestors have fewer ancestors.
    fresh.sort((a, b) => a.ancestors.count - b.ancestors.count || a.sequence - b.sequence)
    for (const added of fresh) {
      this.#taken.add(added)
      this.#queue.delete(added)
      this.#weight += added.weight
      this.#sigopsCost += added.sigopsCost
    }
    for (const added of fresh)
      for (const descendant of this.#graph.withDescendants(added.children))
        if (!this.#taken.has(descendant)) this.#subtract(added, descendant)
  }

  /** One that did not fit before is tried again: its package is smaller now. */
  #subtract(added: MempoolEntry, descendant: MempoolEntry): void {
    const { fee, virtualSize, sigopsCost } = this.#packageOf(descendant)
    this.#changed.set(descendant, {
      fee: fee - added.fee,
      virtualSize: virtualSize - added.virtualSize,
      sigopsCost: sigopsCost - added.sigopsCost,
    })
    this.#queue.update(descendant)
  }

  #packageOf(entry: MempoolEntry): Package {
    return this.#changed.get(entry) ?? entry.ancestors
  }

  /** A child that pays less than its package does not profit from rich ancestors. */
  #rate(entry: MempoolEntry): FeeRate {
    const { fee, virtualSize } = this.#packageOf(entry)
    return Math.min(fee / virtualSize, entry.fee / entry.virtualSize)
  }

  #isDearer(a: MempoolEntry, b: MempoolEntry): boolean {
    const difference = this.#rate(a) - this.#rate(b)
    return difference === 0 ? a.sequence < b.sequence : difference > 0
  }
}
