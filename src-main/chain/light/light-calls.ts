/**
 * What a light chain is asked beside what every chain answers: block filters from peers on the way in. Plain data, so that it
 * crosses to the chain's thread.
 */
import type { NodeChain } from '../node/node-chain.ts'

/** How far the best chain is covered; genesis always is. */
export interface FilterStanding {
  /** Highest block whose filter header is known. */
  readonly headers: number
  /** Highest block whose filter is here, checked against its filter header; all below are too. */
  readonly filters: number
}

/** An answer to `getcfheaders`, or its beginning. */
export interface FilterHashes {
  readonly startHeight: number
  /** 32 bytes: names the branch that the heights are of. */
  readonly stopHash: Uint8Array
  /** Filter header of the block before `startHeight`, 32 bytes. */
  readonly previous: Uint8Array
  /** Of the blocks from `startHeight` on, 32 bytes each. */
  readonly hashes: readonly Uint8Array[]
}

export type FilterHashesOutcome =
  /** They are what is kept, now up to `to` at least. */
  | { readonly status: 'agrees'; readonly to: number; readonly standing: FilterStanding }
  /** `height` is the first at which they are not what is kept. Nothing was taken. */
  | { readonly status: 'differs'; readonly height: number }
  /** They are not of the best chain, or leave a gap. */
  | { readonly status: 'stale' }

export interface FetchedFilter {
  readonly blockHash: Uint8Array
  readonly filter: Uint8Array
}

export type FiltersOutcome =
  | { readonly status: 'stored'; readonly standing: FilterStanding }
  /** This one is not the filter that its filter header commits to; those before it were taken. */
  | { readonly status: 'wrong'; readonly height: number }
  | { readonly status: 'stale' }

/**
 * `right`: it is the filter of the block, worked out from the block and all that it spends. `wrong`: it leaves out a script
 * that the block surely has, holds more than it can have, or cannot be read. `possible`: neither can be proven.
 */
export type FilterVerdict = 'right' | 'wrong' | 'possible'

export interface FilterJudgement {
  /** One for each filter, in their order. */
  readonly verdicts: readonly FilterVerdict[]
  /** Of those that are not wrong, the place of the one that leaves out least; -1 where all are wrong. */
  readonly preferred: number
}

export interface LightCalls {
  filterStanding(): Promise<FilterStanding>
  /** Filter headers of blocks of the best chain; undefined where not known. */
  filterHeadersAt(heights: readonly number[]): Promise<readonly (Uint8Array | undefined)[]>
  /** Compares with what is kept, and takes what goes beyond it. */
  acceptFilterHashes(answer: FilterHashes): Promise<FilterHashesOutcome>
  /** Filters of blocks in a row, the first no higher than the next that is missing. */
  acceptFilters(filters: readonly FetchedFilter[]): Promise<FiltersOutcome>
  /** Looks into the block, and into blocks that it spends from. @throws LightNodeError `BLOCK_NOT_TO_BE_HAD` */
  judgeFilters(blockHash: Uint8Array, filters: readonly Uint8Array[]): Promise<FilterJudgement>
  /** Filter headers and filters of this height and above, of all branches, were wrong. */
  forgetFiltersFrom(height: number): Promise<void>
  /** From which fee rate on peers relay transactions, as far as they say; 0 for not known. */
  peersTake(feeRate: number): Promise<void>
}

export interface LightNodeChain extends NodeChain, LightCalls {}

/** A chain of mode `light` answers the calls of one. */
export function isLightNodeChain(chain: Pick<NodeChain, 'state'>): chain is LightNodeChain {
  return chain.state.mode === 'light'
}
