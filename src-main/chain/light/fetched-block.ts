/**
 * Blocks that are fetched by themselves, for somebody who wants to look into them: taken only whole and with the merkle root of
 * their header. Trees with repeated ends (CVE-2012-2459) and transactions of 64 bytes (CVE-2017-12842) are refused with the
 * rules of blocks.
 */
import type { BlockFault } from '../consensus/block-fault.ts'
import { blockFault, contextualBlockFault } from '../consensus/block-rules.ts'
import type { HeaderTree } from '../headers/header-tree.ts'
import type { Block } from '../primitives/block.ts'

/** The first rule that it breaks, of those that need no coins. `row`: of its header. */
export function fetchedBlockFault(tree: HeaderTree, row: number, block: Block): BlockFault | undefined {
  if (row === 0) return undefined
  const context = {
    network: tree.network,
    height: tree.height(row),
    medianTimePast: tree.medianTimePast(tree.parent(row)),
  }
  return blockFault(block) ?? contextualBlockFault(block, context)
}
