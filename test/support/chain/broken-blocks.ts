/**
 * Blocks that each break one rule of ours, after a chain that breaks none (`groundOn`). The reasons are ours; what another
 * program calls them, if it has the rule, is for those who ask it.
 */
import { COINBASES } from './broken-coinbases.ts'
import { HEADERS } from './broken-headers.ts'
import { SIZES } from './broken-sizes.ts'
import { LOCKS_AND_SCRIPTS } from './broken-spends.ts'
import { TRANSACTIONS } from './broken-transactions.ts'
import type { BrokenBlock } from './ground.ts'

export { BROKEN_BY_OUR_RULES_ALONE } from './broken-by-our-rules.ts'
export { type BrokenBlock, type Ground, groundOn, swapped } from './ground.ts'

/** Rules that Bitcoin has too. */
export const BROKEN_BLOCKS: readonly BrokenBlock[] = [
  ...HEADERS,
  ...COINBASES,
  ...SIZES,
  ...TRANSACTIONS,
  ...LOCKS_AND_SCRIPTS,
]
