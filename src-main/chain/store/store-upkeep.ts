/**
 * What chain.db needs beside commits, each call a bounded piece: removing blocks that are not kept, indexes that were
 * turned on or off, and giving free space back to the disk.
 */
import type { BlockIndex, IndexName } from './block-index.ts'
import { sameTotals } from './coin-table.ts'
import { BLOCKS_OF_STEP, FILTERS_OF_STEP, MIN_KEPT_BLOCKS, PAGES_OF_STEP, WORTHWHILE_PAGES } from './store-limits.ts'
import type { KeptBlocks, StoreIndexes, StoreParts } from './store-parts.ts'

/** Bytes. */
export interface StoreSizes {
  /** Of the database file, with what is free in it, without its log. */
  readonly file: number
  readonly free: number
  readonly blocks: number
  readonly undo: number
  readonly coins: number
}

export class StoreUpkeep {
  readonly #parts: StoreParts
  readonly #keep: KeptBlocks
  readonly #wanted: StoreIndexes

  constructor(parts: StoreParts, keep: KeptBlocks, wanted: StoreIndexes) {
    this.#parts = parts
    this.#keep = keep
    this.#wanted = wanted
  }

  /** True while there is more. */
  step(): boolean {
    const { ranges, indexes } = this.#parts
    for (const index of indexes) {
      if (!this.#wants(index.name)) {
        if (ranges.of(index.name) && this.#parts.state.current.mode !== 'light') {
          this.#parts.transaction(() => this.#drop(index))
          return true
        }
        continue
      }
      if (this.#parts.transaction(() => this.#extend(index))) return true
    }
    if (this.#parts.transaction(() => this.#hashFilters())) return true
    if (this.#parts.transaction(() => pruneStep(this.#parts, this.#keep, this.#wanted, BLOCKS_OF_STEP))) return true
    return this.#giveBack()
  }

  sizes(): StoreSizes {
    const { db, state, headers } = this.#parts
    const pragma = (name: string) => Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0])
    const pageSize = pragma('page_size')
    return {
      file: pragma('page_count') * pageSize,
      free: pragma('freelist_count') * pageSize,
      blocks: headers.blockBytes,
      undo: state.current.undoBytes,
      coins: state.current.coinBytes,
    }
  }

  areCoinsSound(): boolean {
    return sameTotals(this.#parts.coins.counted(), this.#parts.state.current)
  }

  #wants(name: IndexName): boolean {
    return this.#wanted[name] && this.#parts.state.current.mode !== 'light'
  }

  #drop(index: BlockIndex): void {
    index.clear()
    this.#parts.ranges.set(index.name, undefined)
  }

  /** Puts the next blocks of the best chain in, where they are here. True where there are more. */
  #extend(index: BlockIndex): boolean {
    const { ranges, state, best } = this.#parts
    const { tipHeight, keptFrom } = state.current
    const range =
      ranges.of(index.name) ?? (index.beginsAnywhere ? { first: keptFrom, next: keptFrom } : { first: 0, next: 0 })
    if (range.next > tipHeight || range.next < keptFrom) {
      if (!ranges.of(index.name) && range.next >= keptFrom) ranges.set(index.name, range)
      return false
    }
    let { next } = range
    for (const end = Math.min(next + BLOCKS_OF_STEP, tipHeight + 1); next < end; next++) {
      const id = best.at(next)
      if (id !== undefined) index.connect(this.#parts.indexed(id, next))
    }
    ranges.set(index.name, { first: range.first, next })
    return next <= tipHeight
  }

  /** Of a database from before hashes were kept. True where there are more. */
  #hashFilters(): boolean {
    const { ranges, filters } = this.#parts
    const open = ranges.of('filter-hashes')
    if (open === undefined) return false
    const first = filters.hashMore(open, FILTERS_OF_STEP)
    ranges.set('filter-hashes', first === undefined ? undefined : { first, next: open.next })
    return first !== undefined
  }

  #giveBack(): boolean {
    const { db } = this.#parts
    const free = Number(db.prepare('PRAGMA freelist_count').get()?.freelist_count)
    if (free < WORTHWHILE_PAGES) return false
    db.exec(`PRAGMA incremental_vacuum(${PAGES_OF_STEP})`)
    return Number(db.prepare('PRAGMA freelist_count').get()?.freelist_count) < free
  }
}

/**
 * Removes the lowest blocks that are not kept, at most `limit`, with their undo data and rows of indexes. A block that the
 * filters have not been made of stays until they are. True where there are more. Call it within a transaction.
 */
export function pruneStep(parts: StoreParts, keep: KeptBlocks, wanted: StoreIndexes, limit: number): boolean {
  const { headers, state, best, ranges } = parts
  const floor = pruneFloor(parts, keep, wanted)
  const blocks = floor === 0 ? [] : headers.keptBelow(floor, limit)
  const { keptFrom } = state.current
  let { undoBytes } = state.current
  let next = keptFrom
  let removed = 0
  for (const block of blocks) {
    if (isEnough(parts, keep)) break
    if (best.at(block.height) === block.id) {
      const range = ranges.of('transactions')
      if (range && range.first <= block.height) {
        if (block.height < range.next) parts.transactions.prune(parts.indexed(block.id, block.height))
        const first = block.height + 1
        ranges.set('transactions', { first, next: Math.max(first, range.next) })
      }
    }
    undoBytes -= headers.removeUndo(block.id)
    headers.removeBlock(block)
    next = Math.max(next, block.height + 1)
    removed++
  }
  if (removed > 0) state.write({ keptFrom: state.current.mode === 'light' ? 0 : next, undoBytes })
  return removed === limit
}

/** Blocks below this height may go. */
function pruneFloor({ state, ranges }: StoreParts, keep: KeptBlocks, wanted: StoreIndexes): number {
  const { mode, tipHeight } = state.current
  if (mode === 'archive') return 0
  if (mode === 'light') return Number.POSITIVE_INFINITY
  const kept = 'blocks' in keep ? Math.max(keep.blocks, MIN_KEPT_BLOCKS) : MIN_KEPT_BLOCKS
  const floor = Math.max(0, tipHeight + 1 - kept)
  const filtered = wanted.filters ? ranges.of('filters')?.next : undefined
  return filtered === undefined ? floor : Math.min(floor, filtered)
}

function isEnough({ state, headers }: StoreParts, keep: KeptBlocks): boolean {
  return state.current.mode === 'pruned' && 'bytes' in keep && headers.blockBytes <= keep.bytes
}
