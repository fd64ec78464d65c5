/** A transaction in the mempool, its links to others there, and sums over its ancestors and descendants. */
import { hashKey } from '../coins/coin.ts'
import { SEQUENCE_FINAL, type Transaction } from '../primitives/transaction.ts'
import { SEQUENCE_DISABLE_FLAG } from '../script/spend-checker.ts'
import type { HeapItem } from './indexed-heap.ts'
import { adjustedVirtualSize, type FeeRate } from './policy.ts'

/** Estimated bytes of memory on a 64-bit machine: measured with many transactions, rounded up. */
const ENTRY_MEMORY = 1_800
const INPUT_MEMORY = 450
const OUTPUT_MEMORY = 250
const WITNESS_ITEM_MEMORY = 120

/** Sums over a transaction and its unconfirmed ancestors, or descendants. */
export class PackageTotals {
  count = 0
  virtualSize = 0
  /** Grains. */
  fee = 0
  sigopsCost = 0

  add({ virtualSize, fee, sigopsCost }: MempoolEntry): void {
    this.count++
    this.virtualSize += virtualSize
    this.fee += fee
    this.sigopsCost += sigopsCost
  }

  subtract({ virtualSize, fee, sigopsCost }: MempoolEntry): void {
    this.count--
    this.virtualSize -= virtualSize
    this.fee -= fee
    this.sigopsCost -= sigopsCost
  }
}

export interface EntryFields {
  readonly transaction: Transaction
  /** Grains. */
  readonly fee: number
  readonly sigopsCost: number
  /** Seconds since 1970. */
  readonly entered: number
  /** Order of entry. */
  readonly sequence: number
  readonly spendsCoinbase: boolean
}

export class MempoolEntry implements HeapItem {
  readonly transaction: Transaction
  /** The txid as a key of maps. */
  readonly key: string
  readonly fee: number
  readonly sigopsCost: number
  readonly entered: number
  readonly sequence: number
  /** As fee rates count: see `adjustedVirtualSize`. */
  readonly virtualSize: number
  readonly weight: number
  /** Bytes, estimated. */
  readonly memory: number
  /** Good now, but a reorganisation to an earlier height or time could make it bad. */
  readonly dependsOnHeight: boolean
  /** In the mempool, spent by this. */
  readonly parents = new Set<MempoolEntry>()
  /** In the mempool, spending this. */
  readonly children = new Set<MempoolEntry>()
  /** With the transaction itself. */
  readonly ancestors = new PackageTotals()
  /** With the transaction itself. */
  readonly descendants = new PackageTotals()

  /** In the order of the graph. */
  heapPlace = -1

  constructor({ transaction, fee, sigopsCost, entered, sequence, spendsCoinbase }: EntryFields) {
    this.transaction = transaction
    this.key = hashKey(transaction.txid)
    this.fee = fee
    this.sigopsCost = sigopsCost
    this.entered = entered
    this.sequence = sequence
    this.weight = transaction.weight
    this.virtualSize = adjustedVirtualSize(this.weight, sigopsCost)
    this.memory = memoryOf(transaction)
    this.dependsOnHeight = spendsCoinbase || hasLock(transaction)
    this.ancestors.add(this)
    this.descendants.add(this)
  }

  get feeRate(): FeeRate {
    return (this.fee / this.virtualSize) * 1_000
  }
}

/** Bytes of memory that a transaction takes with what is kept about it, estimated. */
export function memoryOf(transaction: Transaction): number {
  const { inputs, outputs, size } = transaction
  let items = 0
  for (const { witness } of inputs) items += witness.length
  return (
    ENTRY_MEMORY + size + inputs.length * INPUT_MEMORY + outputs.length * OUTPUT_MEMORY + items * WITNESS_ITEM_MEMORY
  )
}

function hasLock({ version, lockTime, inputs }: Transaction): boolean {
  const isAbsolute = lockTime !== 0 && inputs.some(({ sequence }) => sequence !== SEQUENCE_FINAL)
  const isRelative = version >>> 0 >= 2 && inputs.some(({ sequence }) => (sequence & SEQUENCE_DISABLE_FLAG) === 0)
  return isAbsolute || isRelative
}
