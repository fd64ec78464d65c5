/**
 * The chain as networking, mining and services see it: whatever may take long (checking, database) happens behind it, on a
 * thread of its own or, in simulations, at once. All arguments and results are plain data that can cross to another thread.
 * Hashes are 32 bytes in internal byte order everywhere.
 */
import type { BlockFault } from './consensus/block-fault.ts'

/** `archive` keeps every block, `pruned` the newest, `light` headers and filters only. */
export type ChainMode = 'archive' | 'pruned' | 'light'

export interface BlockPosition {
  readonly hash: Uint8Array
  readonly height: number
}

export interface ChainTip extends BlockPosition {
  /** All work from genesis on. */
  readonly work: bigint
  /** Header time, seconds since 1970. */
  readonly time: number
  /** Median of the last eleven header times. */
  readonly medianTimePast: number
  readonly bits: number
}

/** What everybody asks for all the time; sent along with each change. */
export interface ChainState {
  readonly mode: ChainMode
  /** Newest block that is connected (light: newest header). */
  readonly tip: ChainTip
  /** Newest header of the chain with most work; ahead of the tip while blocks are missing. */
  readonly bestHeader: ChainTip
  /** Lowest height from which on all blocks are kept; undefined for none (light). */
  readonly keptFrom: number | undefined
  readonly mempool: { readonly transactions: number; readonly virtualBytes: number; readonly memory: number }
  /** Grains per 1,000 virtual bytes below which the mempool takes nothing now. */
  readonly minimumFeeRate: number
  /** `initial-sync`: the tip is old or blocks are missing; transactions are not relayed. */
  readonly phase: 'opening' | 'rebuilding' | 'initial-sync' | 'synced'
}

/** Told after `state` has taken it in. */
export interface ChainListener {
  /** The best chain changed: `disconnected` highest first, then `connected` lowest first. */
  tipChanged?(change: {
    readonly disconnected: readonly BlockPosition[]
    readonly connected: readonly BlockPosition[]
  }): void
  /** The best header changed; its block may not be here yet. */
  headersChanged?(): void
  /** Entered the mempool; to be announced. `feeRate`: grains per 1,000 virtual bytes. */
  transactionAdded?(added: { readonly txid: Uint8Array; readonly wtxid: Uint8Array; readonly feeRate: number }): void
  /** Left the mempool without being in a block. */
  transactionRemoved?(removed: { readonly txid: Uint8Array; readonly reason: TransactionRemoval }): void
  /** A block broke a rule: who sent it, if it is still to be found out, is the listener's business. */
  blockRefused?(refused: BlockPosition & { readonly fault: BlockFault }): void
  /** Anything in `state` changed. */
  stateChanged?(): void
}

export type TransactionRemoval = 'replaced' | 'conflict' | 'expired' | 'evicted' | 'reorganised'

export type HeadersOutcome =
  /** `last` is the last of the headers given, `fresh` how many were new. */
  | { readonly status: 'accepted'; readonly last: ChainTip; readonly fresh: number }
  /** The first one's parent is unknown. */
  | { readonly status: 'unconnected' }
  /** `MAX_LOW_WORK_HEADERS` of this source already end below our best work: not taken, and no strike. */
  | { readonly status: 'low-work' }
  /** Those before the fault were taken. */
  | { readonly status: 'refused'; readonly hash: Uint8Array; readonly fault: BlockFault }

export type BlockOutcome =
  /** Part of the best chain now. */
  | { readonly status: 'connected'; readonly position: BlockPosition }
  /** Kept: on a side branch, or a block before it is missing. */
  | { readonly status: 'stored'; readonly position: BlockPosition }
  | { readonly status: 'known'; readonly position: BlockPosition }
  /** Its header's parent is unknown; nothing is kept. */
  | { readonly status: 'unconnected' }
  /** Not asked for and of too little work or too far ahead: not kept, no strike. */
  | { readonly status: 'unwanted' }
  | { readonly status: 'refused'; readonly hash: Uint8Array; readonly fault: BlockFault }

export type CompactOutcome =
  | BlockOutcome
  /** Ask for the transactions at these places, then `completeCompactBlock`. */
  | { readonly status: 'missing'; readonly hash: Uint8Array; readonly indexes: readonly number[] }
  /** Short ids collide or the answer does not fit: ask for the whole block. No strike. */
  | { readonly status: 'ask-whole'; readonly hash: Uint8Array }

export type TransactionOutcome =
  | { readonly status: 'accepted'; readonly txid: Uint8Array; readonly wtxid: Uint8Array; readonly fee: bigint }
  | { readonly status: 'known'; readonly txid: Uint8Array }
  /** Parents are unknown; kept for this peer within its share. `parents`: txids to ask for. */
  | { readonly status: 'orphan'; readonly txid: Uint8Array; readonly parents: readonly Uint8Array[] }
  /** `invalid`: breaks a rule that holds for everyone (a strike); `policy`: only not relayed (no strike). */
  | {
      readonly status: 'refused'
      readonly txid: Uint8Array
      readonly wtxid: Uint8Array
      readonly reason: string
      readonly kind: 'invalid' | 'policy'
    }

/** What is known of a block hash. */
export type BlockKnowledge = 'unknown' | 'header' | 'block' | 'bad'

export interface FilterRange {
  readonly startHeight: number
  readonly stopHash: Uint8Array
}

/** Names of the peer that something came from; any text that is unique among live connections. */
export type PeerName = string

export interface Chain {
  /** As of the last change that listeners were told. */
  readonly state: ChainState
  watch(listener: ChainListener): () => void

  /** Hashes from the best header down to genesis, ever sparser (at most 101). */
  locator(): Promise<readonly Uint8Array[]>
  /** `headers`: up to 2,000 times 80 bytes. */
  acceptHeaders(headers: Uint8Array, from: PeerName): Promise<HeadersOutcome>
  /** Headers of the best chain after the first hash of the locator that is part of it, up to `stop` or `limit`: n times 80 bytes. */
  headersAfter(locator: readonly Uint8Array[], stop: Uint8Array, limit: number): Promise<Uint8Array>
  knowledgeOf(hashes: readonly Uint8Array[]): Promise<readonly BlockKnowledge[]>
  /** Where a block stands in the best chain; undefined where it does not. */
  heightOf(hash: Uint8Array): Promise<number | undefined>

  /** Blocks not here on the way to `hash` (a header that we know), lowest first, at most `limit`. */
  missingBlocks(hash: Uint8Array, limit: number): Promise<readonly BlockPosition[]>
  /** Blocks of the best chain that somebody waits for and that are not kept (light, pruned), in the order in which they were wanted. */
  wantedBlocks(): Promise<readonly BlockPosition[]>
  /** `requested`: we asked for it; others are taken only where they can soon matter. */
  acceptBlock(block: Uint8Array, from: PeerName, requested: boolean): Promise<BlockOutcome>
  /** Bytes with witnesses; undefined where it is not kept. Only blocks that were good are served. */
  block(hash: Uint8Array): Promise<Uint8Array | undefined>

  /** `payload` of `cmpctblock`. */
  acceptCompactBlock(payload: Uint8Array, from: PeerName): Promise<CompactOutcome>
  /** `payload` of `blocktxn`. */
  completeCompactBlock(payload: Uint8Array, from: PeerName): Promise<CompactOutcome>
  /** Payload of `cmpctblock` for a block of the best chain at most 5 deep; undefined otherwise. */
  compactBlock(hash: Uint8Array): Promise<Uint8Array | undefined>
  /** Payload of `blocktxn` for the payload of `getblocktxn`, for blocks at most 10 deep; undefined otherwise. */
  blockTransactions(request: Uint8Array): Promise<Uint8Array | undefined>

  acceptTransaction(transaction: Uint8Array, from: PeerName | undefined): Promise<TransactionOutcome>
  /** For each txid or wtxid: whether it is in the mempool, among orphans, was lately refused or confirmed, or is not known. */
  knownTransactions(ids: readonly Uint8Array[]): Promise<readonly boolean[]>
  /** Bytes with witnesses of those in the mempool, by txid or wtxid. */
  mempoolTransactions(ids: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]>
  /** All of the mempool, dearest first, at most 50,000. */
  mempoolInventory(): Promise<
    readonly { readonly txid: Uint8Array; readonly wtxid: Uint8Array; readonly feeRate: number }[]
  >
  /** The connection is gone: its orphans and half compact blocks are forgotten. */
  forgetPeer(peer: PeerName): void

  /** BIP 157, of the best chain or a branch we know. Undefined where not kept or the range is not one. */
  filters(
    range: FilterRange,
  ): Promise<readonly { readonly blockHash: Uint8Array; readonly filter: Uint8Array }[] | undefined>
  /** `previous`: filter header before the range; `hashes`: filter hashes. */
  filterHashes(
    range: FilterRange,
  ): Promise<{ readonly previous: Uint8Array; readonly hashes: readonly Uint8Array[] } | undefined>
  /** Filter headers at each multiple of 1,000 up to the block. */
  filterCheckpoints(stopHash: Uint8Array): Promise<readonly Uint8Array[] | undefined>
}
