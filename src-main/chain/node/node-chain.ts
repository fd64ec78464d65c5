/**
 * Everything that a node of the chain offers to the rest of the program: what networking needs (`Chain`), pages for people,
 * templates for the miner, a wallet's questions, and its upkeep. Implemented by the full and the light chain; the same calls cross to its thread.
 */
import type { BlockOutcome, Chain, ChainMode, ChainTip } from '../chain.ts'
import type { NetworkName } from '../consensus/networks.ts'
import type { ChainPages } from './chain-pages.ts'
import type { WalletCalls } from './wallet-calls.ts'

export interface ChainConfiguration {
  readonly network: NetworkName
  /** Absolute path of chain.db. */
  readonly path: string
  readonly mode: ChainMode
  /** Newest blocks that a pruned node keeps, at least 288. */
  readonly keepBlocks: number
  /** Bytes for coins in memory. */
  readonly coinCacheBytes: number
  /** Bytes of memory for the mempool. */
  readonly mempoolBytes: number
  /** Threads that check signatures. */
  readonly signatureThreads: number
}

/** Of a catch-up or a rebuild. */
export interface ChainProgress {
  readonly done: number
  readonly total: number
  /** Blocks a second, lately. */
  readonly rate: number
}

export interface ChainUpkeep {
  readonly signatures: 'native' | 'javascript'
  readonly diskBytes: number
  /** Grains made so far, and unspent outputs; undefined for a light node. */
  readonly supply: bigint | undefined
  readonly coins: number | undefined
  readonly progress: ChainProgress | undefined
  /** The disk is full: nothing is connected until there is room. */
  readonly noSpace: boolean
  /** What a person should know, one sentence or empty: damage found and mended. */
  readonly notice: string
}

/** Where one block's work starts: what the miner varies and what it must leave. */
export interface BlockTemplate {
  /** Names the template in `submitSolution`. */
  readonly id: number
  readonly height: number
  readonly version: number
  readonly previous: Uint8Array
  readonly bits: number
  /** Header times that the block may have, seconds since 1970: from `minimumTime`, and `time` is now or that. */
  readonly minimumTime: number
  readonly time: number
  /** The coinbase without witness is `coinbaseStart · extranonce (8 bytes) · coinbaseEnd`. */
  readonly coinbaseStart: Uint8Array
  readonly coinbaseEnd: Uint8Array
  /** Siblings of the coinbase up to the merkle root, lowest first. */
  readonly branch: readonly Uint8Array[]
  readonly fees: bigint
  /** Subsidy and fees. */
  readonly reward: bigint
  readonly weight: number
  /** With the coinbase. */
  readonly transactions: number
}

export interface TemplateRequest {
  /** Output script that the reward goes to. */
  readonly payTo: Uint8Array
}

export interface ChainMining {
  /** A new template on the tip, of the dearest transactions that fit. The last few are remembered. */
  template(request: TemplateRequest): Promise<BlockTemplate>
  /** `header`: 80 bytes with proof of work; `extranonce`: 8 bytes. `stale` where the template is forgotten. */
  submitSolution(solution: {
    readonly id: number
    readonly header: Uint8Array
    readonly extranonce: Uint8Array
  }): Promise<BlockOutcome | { readonly status: 'stale' }>
  /** How the chain sees these blocks now, in their order: for the rewards of a miner. */
  standingOf(blocks: readonly Uint8Array[]): Promise<readonly RewardStanding[]>
}

/** `matured`: the next block may spend the reward. `orphaned`: the block is not part of the best chain. */
export type RewardStanding = 'matured' | 'immature' | 'orphaned' | 'unknown'

export interface ChainMaintenance {
  upkeep(): Promise<ChainUpkeep>
  rebuild(): Promise<void>
  /** In words and numbers what `setMode` would cost now. */
  modeCost(mode: ChainMode): Promise<{ statement: string; frees: number; downloadBlocks: number }>
  setMode(mode: ChainMode): Promise<void>
  tipAt(height: number): Promise<ChainTip | undefined>
  /** Everything is on disk afterwards; nothing may be called any more. */
  close(): Promise<void>
}

export interface NodeChain extends Chain, ChainPages, ChainMining, WalletCalls, ChainMaintenance {}
