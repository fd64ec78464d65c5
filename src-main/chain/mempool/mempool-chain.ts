/** What the mempool asks of the chain. Every answer is of the tip, and of the same one until the mempool is told otherwise. */
import type { Coin } from '../coins/coin.ts'
import type { ChainNetwork } from '../consensus/network.ts'
import type { Outpoint } from '../primitives/transaction.ts'

export interface MempoolChain {
  readonly network: ChainNetwork
  readonly tipHeight: number
  /** Of the tip; seconds. */
  readonly medianTimePast: number
  /** Of the block at a height of the best chain, up to the tip; seconds. */
  medianTimePastAt(height: number): number
  coin(outpoint: Outpoint): Coin | undefined
}
