/** What a block may hold at most. */

/** Weight units. BIP 141. */
export const MAX_BLOCK_WEIGHT = 4_000_000
/** Cost of the signature checks of a block: outside witnesses four for each, in witnesses one. BIP 141. */
export const MAX_BLOCK_SIGOPS_COST = 80_000
/** Signature checks outside witnesses that one transaction may execute. BIP 54. */
export const MAX_TRANSACTION_LEGACY_SIGOPS = 2_500
