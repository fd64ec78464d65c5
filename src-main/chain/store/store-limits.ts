/** Bounds of what chain.db keeps and of the work that one call does. */

/** What a reorganisation may need, and what nodes that prune promise to others (BIP 159). */
export const MIN_KEPT_BLOCKS = 288
/** Blocks that one step of upkeep removes or indexes. */
export const BLOCKS_OF_STEP = 32
/** Filters that one step of upkeep works out the hashes of. */
export const FILTERS_OF_STEP = 128
/** Blocks that one commit prunes at most beside as many as it connects. */
export const PRUNED_BESIDE = 8
/** Pages that one step of upkeep gives back to the disk (8 MB). */
export const PAGES_OF_STEP = 2_048
/** Free pages worth giving back (16 MB): fewer are soon used again. */
export const WORTHWHILE_PAGES = 4_096
/** Rows of one page of an answer. */
export const MAX_PAGE_ROWS = 500
/** After an end that was not clean, coins of up to so many bytes are looked through: a few seconds of reading. */
export const MAX_CHECKED_COIN_BYTES = 512 * 1024 * 1024
/** Damaged databases that are kept beside the new one. */
export const MAX_KEPT_DAMAGED = 2
