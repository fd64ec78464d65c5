/** The mempool in numbers, for people and for the choice of a fee. */
import type { FeeRate } from './policy.ts'
import type { TransactionGraph } from './transaction-graph.ts'

/** Where bands of fee rates begin, in grains per virtual byte. */
const FEE_RATE_BANDS: readonly number[] = [
  0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 150, 200, 300, 500, 1_000, 2_000,
]

export interface FeeRateBand {
  /** Grains per virtual byte; up to the next band. */
  readonly from: number
  readonly transactions: number
  readonly virtualBytes: number
}

export interface MempoolSummary {
  readonly transactions: number
  readonly virtualBytes: number
  /** Bytes, estimated, and the most there may be. */
  readonly memory: number
  readonly memoryLimit: number
  /** Grains of all. */
  readonly fees: bigint
  /** Grains per 1,000 virtual bytes below which nothing is taken now. */
  readonly minimumFeeRate: FeeRate
  /** Every band, dearest last. */
  readonly bands: readonly FeeRateBand[]
  readonly orphans: number
}

export function feeRateBands(graph: TransactionGraph): FeeRateBand[] {
  const bands = FEE_RATE_BANDS.map((from) => ({ from, transactions: 0, virtualBytes: 0 }))
  for (const { fee, virtualSize } of graph.entries()) {
    const band = bands[bandOf(fee / virtualSize)]
    if (band === undefined) continue
    band.transactions++
    band.virtualBytes += virtualSize
  }
  return bands
}

function bandOf(rate: number): number {
  let place = FEE_RATE_BANDS.length - 1
  while (place > 0 && rate < (FEE_RATE_BANDS[place] as number)) place--
  return place
}
