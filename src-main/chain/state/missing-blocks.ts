/** Which blocks are to be asked for. */
import type { BlockPosition } from '../chain.ts'
import type { Branch } from '../headers/branch.ts'
import { HeaderMark, type HeaderTree } from '../headers/header-tree.ts'
import { positionOf } from '../headers/tip-at.ts'

/**
 * Blocks not here on the way to `hash`, lowest first, at most `limit`. `connected`: the best chain, whose blocks are or were
 * here. None where the header is not known or bad, or ends a chain with less than the network's minimum of work.
 */
export function missingBlocks(tree: HeaderTree, connected: Branch, hash: Uint8Array, limit: number): BlockPosition[] {
  const target = tree.find(hash)
  if (target === -1 || tree.isBad(target) || tree.work(target) < tree.network.minimumChainWork) return []
  const missing: BlockPosition[] = []
  const first = tree.height(tree.fork(target, connected.end)) + 1
  for (let height = first; height <= tree.height(target) && missing.length < limit; height++) {
    const row = tree.ancestor(target, height)
    if (!tree.has(row, HeaderMark.HAS_BLOCK)) missing.push(positionOf(tree, row))
  }
  return missing
}
