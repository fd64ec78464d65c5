/**
 * Which blocks could be the tip: those that are here with all before them ("linked"), are not bad, and have no less work than
 * the tip. Of those with most work the one that was linked first is chosen.
 *
 * Blocks that came before a block below them wait for it. Limit: `MAX_UNLINKED_BLOCKS` wait.
 */
import { HeaderMark, type HeaderTree } from '../headers/header-tree.ts'

/** Twice the window that blocks are asked for in. */
export const MAX_UNLINKED_BLOCKS = 2_048

export class TipCandidates {
  readonly #tree: HeaderTree
  /** In the order in which they were linked. */
  readonly #candidates = new Set<number>()
  /** Blocks that wait, by the row that they follow. */
  readonly #waiting = new Map<number, number[]>()
  #waitingCount = 0
  #kept = -1

  constructor(tree: HeaderTree) {
    this.#tree = tree
  }

  get isFull(): boolean {
    return this.#waitingCount >= MAX_UNLINKED_BLOCKS
  }

  /** The block of `row` is in the store now. */
  arrived(row: number): void {
    const parent = this.#tree.parent(row)
    if (!this.#tree.has(parent, HeaderMark.LINKED)) {
      const others = this.#waiting.get(parent)
      if (others) others.push(row)
      else this.#waiting.set(parent, [row])
      this.#waitingCount++
      return
    }
    const linked = [row]
    for (let next = linked.pop(); next !== undefined; next = linked.pop()) {
      this.#tree.mark(next, HeaderMark.LINKED)
      if (!this.#tree.isBad(next)) this.#candidates.add(next)
      const followers = this.#waiting.get(next)
      if (followers === undefined) continue
      this.#waiting.delete(next)
      this.#waitingCount -= followers.length
      linked.push(...followers)
    }
  }

  /** The row to move to: that with most work, `tip` itself where none has more. */
  best(tip: number): number {
    let best = tip
    let bestWork = this.#tree.work(tip)
    for (const row of this.#candidates) {
      const work = this.#tree.work(row)
      if (work > bestWork || (work === bestWork && row === this.#kept)) {
        best = row
        bestWork = work
      }
    }
    return best
  }

  /** The chain is about to leave `tip`: it stays the one to come back to, before others of as much work. */
  keep(tip: number): void {
    this.#candidates.add(tip)
    this.#kept = tip
  }

  /** `tip` is the tip: what has less work, or no more, is none to move to. */
  settle(tip: number): void {
    const work = this.#tree.work(tip)
    this.#kept = -1
    for (const row of this.#candidates) if (this.#tree.work(row) <= work) this.#candidates.delete(row)
  }

  /** The store has the block of `row` no more: it is missing again, and those after it wait for it. `rescan` comes next. */
  lost(row: number): void {
    const tree = this.#tree
    tree.unmark(row, HeaderMark.HAS_BLOCK | HeaderMark.LINKED)
    for (let at = row + 1; at < tree.size; at++)
      if (!tree.has(tree.parent(at), HeaderMark.LINKED)) tree.unmark(at, HeaderMark.LINKED)
  }

  /** Rows that turned out bad. */
  drop(rows: readonly number[]): void {
    for (const row of rows) {
      this.#candidates.delete(row)
      this.#stopWaiting(row)
    }
  }

  /** Everything anew from the tree, after rows became bad or were forgiven. */
  rescan(tip: number): void {
    const tree = this.#tree
    const work = tree.work(tip)
    this.#candidates.clear()
    this.#waiting.clear()
    this.#waitingCount = 0
    for (let row = 1; row < tree.size; row++) {
      if (tree.isBad(row) || !tree.has(row, HeaderMark.HAS_BLOCK | HeaderMark.LINKED)) continue
      if (!tree.has(row, HeaderMark.LINKED)) this.arrived(row)
      else if (tree.work(row) > work) this.#candidates.add(row)
    }
  }

  #stopWaiting(row: number): void {
    const parent = this.#tree.parent(row)
    const waiting = this.#waiting.get(parent)
    if (!waiting?.includes(row)) return
    this.#waitingCount--
    const others = waiting.filter((other) => other !== row)
    if (others.length > 0) this.#waiting.set(parent, others)
    else this.#waiting.delete(parent)
  }
}
