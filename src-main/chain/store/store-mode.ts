/** What a store keeps in each mode, what a change costs, and the change itself. */
import type { ChainMode } from '../chain.ts'
import { MIN_KEPT_BLOCKS } from './store-limits.ts'
import type { KeptBlocks, StoreIndexes, StoreParts } from './store-parts.ts'
import { NOTHING_CONNECTED } from './store-state.ts'

/** A statement of costs in numbers. */
export interface ModeCost {
  /** Bytes that the disk gets back in the end, about; of indexes not counted. */
  readonly frees: number
  /** Blocks to be had from peers again. */
  readonly downloadBlocks: number
  /** Their bytes; undefined where we have not had them yet. */
  readonly downloadBytes: number | undefined
  /** Blocks that are checked and connected again: meanwhile the node has no coins to speak of. */
  readonly connectsAgain: number
}

export const NO_COST: ModeCost = { frees: 0, downloadBlocks: 0, downloadBytes: 0, connectsAgain: 0 }

export function costOfMode(parts: StoreParts, keep: KeptBlocks, to: ChainMode): ModeCost {
  const { state, headers } = parts
  const { mode, tipHeight, keptFrom, undoBytes, coinBytes } = state.current
  if (to === mode) return NO_COST
  if (to === 'light') return { ...NO_COST, frees: headers.blockBytes + undoBytes + coinBytes }
  if (mode === 'light') {
    const blocks = headers.highest() + 1
    return { ...NO_COST, downloadBlocks: blocks, downloadBytes: blocks === 0 ? 0 : undefined, connectsAgain: blocks }
  }
  if (to === 'pruned') return { ...NO_COST, frees: freedByPruning(parts, keep) }
  if (keptFrom === 0) return NO_COST
  const missing = headers.missingOfBest()
  return { frees: 0, downloadBlocks: missing.blocks, downloadBytes: missing.bytes, connectsAgain: tipHeight + 1 }
}

function freedByPruning({ state, headers }: StoreParts, keep: KeptBlocks): number {
  const { tipHeight, undoBytes } = state.current
  const all = headers.blockBytes
  if (all === 0) return 0
  const kept = 'blocks' in keep ? Math.max(keep.blocks, MIN_KEPT_BLOCKS) : MIN_KEPT_BLOCKS
  const prunable = headers.bytesBelow(Math.max(0, tipHeight + 1 - kept))
  const blocks = 'bytes' in keep ? Math.min(prunable, Math.max(0, all - keep.bytes)) : prunable
  return blocks + Math.floor((undoBytes * blocks) / all)
}

/** Call it within a transaction. */
export function changeMode(parts: StoreParts, wanted: StoreIndexes, to: ChainMode): void {
  const { state, db, best, transactions, ranges } = parts
  const { mode, keptFrom } = state.current
  if (to === mode) return
  if (to === 'light') {
    db.exec('DELETE FROM coin; DELETE FROM undo')
    best.clear()
    transactions.clear()
    ranges.set('transactions', undefined)
    ranges.set('filters', undefined)
    state.write({ ...NOTHING_CONNECTED, mode: to, rebuildTo: undefined })
    return
  }
  if (mode === 'light') {
    state.write({ ...NOTHING_CONNECTED, mode: to, rebuildTo: undefined })
    beginIndexes(parts, wanted)
    return
  }
  if (to === 'archive' && keptFrom > 0) forgetConnected(parts, wanted)
  state.write({ mode: to })
}

/** Forgets all that was worked out from blocks, which stay. Call it within a transaction. */
export function forgetConnected(parts: StoreParts, wanted: StoreIndexes): void {
  const { db, state, best, ranges, indexes } = parts
  const { tipHeight, rebuildTo } = state.current
  db.exec('DELETE FROM coin; DELETE FROM undo')
  best.clear()
  for (const index of indexes) {
    index.clear()
    ranges.set(index.name, undefined)
  }
  const to = Math.max(tipHeight, rebuildTo ?? -1)
  state.write({ ...NOTHING_CONNECTED, rebuildTo: to >= 0 ? to : undefined })
  beginIndexes(parts, wanted)
}

/** Where nothing is connected yet, indexes grow with the chain from the first block on. */
export function beginIndexes({ state, indexes, ranges }: StoreParts, wanted: StoreIndexes): void {
  if (state.current.tipHeight >= 0 || state.current.mode === 'light') return
  for (const { name } of indexes)
    if (wanted[name] && ranges.of(name)?.next !== 0) ranges.set(name, { first: 0, next: 0 })
}
