/** A header as others are told of it. */
import type { BlockPosition, ChainTip } from '../chain.ts'
import type { HeaderTree } from './header-tree.ts'

export function tipAt(tree: HeaderTree, row: number): ChainTip {
  return {
    hash: tree.hash(row),
    height: tree.height(row),
    work: tree.work(row),
    time: tree.time(row),
    medianTimePast: tree.medianTimePast(row),
    bits: tree.bits(row),
  }
}

export function positionOf(tree: HeaderTree, row: number): BlockPosition {
  return { hash: tree.hash(row), height: tree.height(row) }
}
