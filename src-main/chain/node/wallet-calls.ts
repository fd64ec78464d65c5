/**
 * What a wallet asks of a node of the chain, the same of a full, a pruned and a light one. Nothing is remembered between
 * calls: a wallet names its scripts each time, and what it last saw of the chain; so a crash on either side loses nothing.
 * Plain data, so that it crosses to the chain's thread.
 */
import type { BlockPosition } from '../chain.ts'

export const MAX_WALLET_SCRIPTS = 20_000
export const MAX_WALLET_OUTPOINTS = 100_000
/** Of `WalletScan.known`; what is beyond does not count. */
export const MAX_KNOWN_BLOCKS = 64
/** Blocks that one call looks at, whatever its `limit`. */
export const MAX_SCANNED_BLOCKS = 10_000
/** Bytes of transactions in an answer: the block that passes it is the last of a scan, as the transaction is of a mempool's. */
export const MAX_ANSWER_BYTES = 4_000_000
/** Of `estimateFees`. */
export const MAX_FEE_TARGET = 144

/**
 * Output scripts of a wallet, and outputs that pay to them and may be spent: also those whose spend may still leave the chain.
 * Spends of P2WPKH show their script and are found without. Scripts are neither empty nor begin with OP_RETURN.
 */
export interface WalletScripts {
  /** At most `MAX_WALLET_SCRIPTS`. */
  readonly scripts: readonly Uint8Array[]
  /**
   * 36 bytes each, as inputs name them: txid and index, little-endian. At most `MAX_WALLET_OUTPOINTS`. Each pays to one of
   * `scripts`: by these alone block filters know of a spend.
   */
  readonly outpoints: readonly Uint8Array[]
}

export interface WalletScan extends WalletScripts {
  /**
   * Blocks that the wallet has seen, newest first, at most `MAX_KNOWN_BLOCKS`; genesis may be left out. The first that is in
   * the best chain (light: and below which all filters are here) is where the scan starts from.
   */
  readonly known: readonly BlockPosition[]
  /** Blocks to look at in this call at most. */
  readonly limit: number
}

/**
 * A transaction that pays to one of the scripts or spends one of the outpoints, or an output of this scan that pays to one. A
 * stranger can make one that only looks like a spend.
 */
export interface WalletTransaction {
  /** Place in its block, 0 for the coinbase. */
  readonly place: number
  /** With witnesses. */
  readonly bytes: Uint8Array
}

export interface WalletBlock {
  readonly position: BlockPosition
  /** Hash of the block before it. */
  readonly previous: Uint8Array
  /** Header time, seconds since 1970. */
  readonly time: number
  /** In the order of the block. */
  readonly transactions: readonly WalletTransaction[]
}

export interface WalletScanResult {
  /** The newest of `known` that is in the best chain, or genesis: blocks above it have left the chain. */
  readonly fork: BlockPosition
  /** Blocks with transactions of the wallet, lowest first. */
  readonly blocks: readonly WalletBlock[]
  /** Everything up to here was looked at: in the best chain together with all the above. Equal to `fork` where nothing could be. */
  readonly scanned: BlockPosition
  /** Height of the best chain now. */
  readonly height: number
}

export interface WalletMempool {
  readonly transactions: readonly Uint8Array[]
  /** For the next call's `after`. What is greater than this is of another time, and counts as 0. */
  readonly sequence: number
}

export interface FeeEstimate {
  readonly target: number
  /** Grains per 1,000 virtual bytes. */
  readonly feeRate: number
  readonly basis: 'estimate' | 'minimum'
}

export interface WalletCalls {
  /**
   * Ends before `limit` where the answer is large or has taken long. @throws LightNodeError `BLOCK_NOT_TO_BE_HAD` where a
   * pruned or light node finds no peer that has the next block to look into (what was found before it is answered first, and
   * the next call fails); `TOO_MANY_SCRIPTS`, `TOO_MANY_OUTPOINTS`
   */
  scanForWallet(scan: WalletScan): Promise<WalletScanResult>
  /**
   * Of the mempool, parents before children, those that came in after `after` (0: all) and concern the wallet; of a light node
   * its own. A large mempool takes several calls: until one comes back empty. @throws LightNodeError as above
   */
  mempoolForWallet(scripts: WalletScripts & { readonly after: number }): Promise<WalletMempool>
  /** For each number of blocks (1 to `MAX_FEE_TARGET`; others count as the nearest), from the mempool and the newest blocks. */
  estimateFees(targets: readonly number[]): Promise<readonly FeeEstimate[]>
  /** Height of the first block whose median time past is at or after `time` (seconds since 1970) less a margin of two hours; the tip's where there is none. */
  heightAtTime(time: number): Promise<number>
}
