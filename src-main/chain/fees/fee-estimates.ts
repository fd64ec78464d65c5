/**
 * Estimates of fees for a full node. Blocks that come while we watch are looked at before the mempool lets go of what they
 * took; those of before are read from the disk, with what they spent, when somebody asks first: so nothing of this is kept
 * in a file.
 */
import type { Clock } from '../../kernel/clock.ts'
import type { BlockPosition } from '../chain.ts'
import { type Coin, hashKey } from '../coins/coin.ts'
import type { Mempool } from '../mempool/mempool.ts'
import type { MempoolEntry } from '../mempool/mempool-entry.ts'
import type { FeeRate } from '../mempool/policy.ts'
import { type FeeEstimate, MAX_FEE_TARGET } from '../node/wallet-calls.ts'
import type { Block } from '../primitives/block.ts'
import type { ConnectedBlock } from '../store/chain-store.ts'
import { Turn } from '../wallet-scan/turn.ts'
import { type BlockFees, blockFeesOf, takenBy } from './block-fees.ts'
import { estimateFeeRates, FEE_BLOCKS, MIN_FEE_BLOCKS } from './estimate-fees.ts'
import { FeeWeights } from './fee-buckets.ts'

/** Of blocks that one call reads from the disk; `MIN_FEE_BLOCKS` of them whatever their size. The next call goes on. */
export const MAX_READ_BYTES: number = 32 * 1024 * 1024
/** Blocks that are remembered: the newest, and some of other branches. */
export const MAX_REMEMBERED: number = 2 * FEE_BLOCKS
/** Newest blocks that we saw come: what was there before all of them was passed over by all of them. */
const PASSED_OVER_BY = 3

export interface FeeEstimatesParts {
  readonly chain: {
    readonly tip: BlockPosition
    blockAt(height: number): BlockPosition | undefined
    readonly phase: 'initial-sync' | 'synced'
  }
  readonly mempool: Pick<Mempool, 'entries' | 'find' | 'minimumFeeRate'>
  /** A block of the best chain and the coins that it spends; undefined where either is not kept. */
  readonly contents: (
    hash: Uint8Array,
  ) => { readonly block: Block; readonly spent: readonly (readonly Coin[])[] | undefined } | undefined
  readonly clock: Pick<Clock, 'now'>
  /** Resolves when whoever else waits on this thread had a turn. */
  readonly pause: () => Promise<void>
}

export class FeeEstimates {
  readonly #parts: FeeEstimatesParts
  /** By hash, those looked at last at the end. */
  readonly #blocks = new Map<string, BlockFees>()
  /** When those that we saw came, newest first, seconds since 1970. */
  #cameAt: readonly number[] = []

  constructor(parts: FeeEstimatesParts) {
    this.#parts = parts
  }

  /** A block became the tip; the mempool has not heard of it yet. `now`: seconds since 1970. */
  blockConnected(connected: ConnectedBlock, now: number): void {
    const { chain, mempool } = this.#parts
    // Old blocks come by the thousand, and tell nothing of what waits.
    if (chain.phase !== 'synced') return
    const { block } = connected
    const taken = takenBy(connected, ({ txid }) => mempool.find(txid) !== undefined)
    const since = this.#cameAt[PASSED_OVER_BY - 1] ?? 0
    this.#remember(block.hash, blockFeesOf(taken, { left: this.#leftBy(block), now, since }))
    this.#cameAt = [now, ...this.#cameAt].slice(0, PASSED_OVER_BY)
  }

  /** `now`: seconds since 1970. */
  async estimate(targets: readonly number[], now: number): Promise<readonly FeeEstimate[]> {
    const { mempool } = this.#parts
    const blocks = await this.#newestBlocks()
    const floor = mempool.minimumFeeRate(now)
    const waiting = new FeeWeights()
    if (blocks.length >= MIN_FEE_BLOCKS)
      for (const entry of mempool.entries()) waiting.add(miningFeeRate(entry), entry.weight)
    const rates = estimateFeeRates({ blocks, waiting, floor }, MAX_FEE_TARGET)
    return targets.map((target) => {
      const nearest = Math.min(Math.max(1, Math.round(target)), MAX_FEE_TARGET)
      return rates
        ? { target, feeRate: rates[nearest - 1] as FeeRate, basis: 'estimate' }
        : { target, feeRate: floor, basis: 'minimum' }
    })
  }

  /** Blocks of which something is remembered. */
  get remembered(): number {
    return this.#blocks.size
  }

  async #newestBlocks(): Promise<readonly BlockFees[]> {
    const { chain } = this.#parts
    const turn = new Turn(this.#parts)
    const lowest = Math.max(1, chain.tip.height - FEE_BLOCKS + 1)
    const found: BlockFees[] = []
    let bytes = 0
    for (let { height } = chain.tip; height >= lowest; height--) {
      const rest = turn.step()
      if (rest) await rest
      const position = chain.blockAt(height)
      if (position === undefined) break
      const key = hashKey(position.hash)
      const known = this.#blocks.get(key)
      if (known === undefined && bytes >= MAX_READ_BYTES && found.length >= MIN_FEE_BLOCKS) break
      const read = known ? undefined : this.#read(position)
      const fees = known ?? read?.fees
      if (fees === undefined) break
      bytes += read?.size ?? 0
      found.push(fees)
    }
    return found
  }

  #read({ hash, height }: BlockPosition): { readonly fees: BlockFees; readonly size: number } | undefined {
    const { block, spent } = this.#parts.contents(hash) ?? {}
    if (block === undefined || spent === undefined) return undefined
    const fees = blockFeesOf(takenBy({ height, block, spent }, () => false))
    this.#remember(hash, fees)
    return { fees, size: block.size }
  }

  #remember(hash: Uint8Array, fees: BlockFees): void {
    const key = hashKey(hash)
    this.#blocks.delete(key)
    this.#blocks.set(key, fees)
    const [oldest] = this.#blocks.keys()
    if (this.#blocks.size > MAX_REMEMBERED && oldest !== undefined) this.#blocks.delete(oldest)
  }

  /** What the mempool holds beside what the block took. */
  *#leftBy({ transactions }: Block) {
    const taken = new Set(transactions.map(({ txid }) => hashKey(txid)))
    for (const entry of this.#parts.mempool.entries())
      if (!taken.has(entry.key)) yield { feeRate: miningFeeRate(entry), weight: entry.weight, entered: entry.entered }
  }
}

/** At which a miner takes it, about: what it depends on has to be taken as well, and what depends on it may pay for it. */
function miningFeeRate({ fee, virtualSize, ancestors, descendants }: MempoolEntry): FeeRate {
  const own = Math.min(fee / virtualSize, ancestors.fee / ancestors.virtualSize)
  return Math.max(own, descendants.fee / descendants.virtualSize) * 1_000
}
