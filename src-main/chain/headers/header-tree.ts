/**
 * All headers that we know, as a tree with genesis as its root: where each stands, how much work ends in it, whether it is
 * bad, which one has most work. Headers are named by their row, a number that stays for as long as the tree lives; a
 * parent's row is below its children's.
 *
 * Holds: every row but genesis has a parent; what follows a bad header is bad; `best` is the row with most work among those
 * that are not bad, of several the first seen. Checks no rule but by `faultAfter`; how many headers there may be is for
 * header-intake.ts.
 */
import type { BlockFault } from '../consensus/block-fault.ts'
import { headerFault, MEDIAN_TIME_BLOCKS } from '../consensus/header-rules.ts'
import type { ChainNetwork } from '../consensus/network.ts'
import { type BlockHeader, decodeHeader } from '../primitives/header.ts'

import { Branch } from './branch.ts'
import { HashIndex } from './hash-index.ts'
import { HeaderColumns } from './header-columns.ts'
import { RowAncestry } from './row-ancestry.ts'
import { TargetMemory } from './target-memory.ts'

/** What is known of a header beside its bytes; bits. */
export const HeaderMark = Object.freeze({
  /** Broke a rule, or follows one that did. */
  BAD: 1,
  /** Its block's bytes are in the store. */
  HAS_BLOCK: 2,
  /** Is in the store itself. */
  STORED: 4,
  /** Its block and all before it are here: it can become the tip. */
  LINKED: 8,
  /** Was counted as of low work when it came. */
  COUNTED: 16,
} as const)

/** Offsets of four bytes each in a header. */
const TIME_OFFSET = 68
const BITS_OFFSET = 72

type RowFacts = Pick<BlockHeader, 'hash' | 'time' | 'bits'>

export class HeaderTree {
  readonly network: ChainNetwork
  /** From genesis to `best`. */
  readonly bestBranch: Branch
  readonly #columns = new HeaderColumns()
  readonly #index = new HashIndex(this.#columns)
  readonly #targets = new TargetMemory()
  readonly #ancestry: RowAncestry = new RowAncestry(this, this.#targets)
  readonly #recentTimes = new Uint32Array(MEDIAN_TIME_BLOCKS)
  #bestWork = 0n

  constructor(network: ChainNetwork) {
    this.network = network
    this.bestBranch = new Branch(this)
    const { header } = network.genesis
    this.#append(header, header.bytes(), -1, 0)
  }

  /** Headers, genesis included. */
  get size(): number {
    return this.#columns.count
  }

  get best(): number {
    return this.bestBranch.end
  }

  /** Row of a hash; -1 where it is not known. */
  find(hash: Uint8Array): number {
    return this.#index.find(hash)
  }

  /** Row of the parent; -1 for genesis. */
  parent(row: number): number {
    return this.#columns.parents[row] as number
  }

  height(row: number): number {
    return this.#columns.heights[row] as number
  }

  /** Of the header, seconds. */
  time(row: number): number {
    return this.#columns.times[row] as number
  }

  /** Median of the eleven header times that end here, fewer near genesis; seconds. */
  medianTimePast(row: number): number {
    return this.#columns.medians[row] as number
  }

  bits(row: number): number {
    const header = this.#columns.header(row)
    return new DataView(header.buffer, header.byteOffset + BITS_OFFSET).getUint32(0, true)
  }

  /** Of all headers from genesis to this one. */
  work(row: number): bigint {
    return this.#columns.work(row)
  }

  /** A copy, 32 bytes. */
  hash(row: number): Uint8Array {
    return this.#columns.hash(row).slice()
  }

  /** A copy, 80 bytes. */
  bytes(row: number): Uint8Array {
    return this.#columns.header(row).slice()
  }

  header(row: number): BlockHeader {
    return decodeHeader(this.#columns.header(row))
  }

  has(row: number, mark: number): boolean {
    return ((this.#columns.marks[row] as number) & mark) !== 0
  }

  isBad(row: number): boolean {
    return this.has(row, HeaderMark.BAD)
  }

  /** Not for `BAD`, which spreads. */
  mark(row: number, mark: number): void {
    const { marks } = this.#columns
    marks[row] = (marks[row] as number) | mark
  }

  /** Not for `BAD`, which spreads. */
  unmark(row: number, mark: number): void {
    const { marks } = this.#columns
    marks[row] = (marks[row] as number) & ~mark
  }

  /** The ancestor at `height`, which is not above the row's own. */
  ancestor(row: number, height: number): number {
    if (this.bestBranch.has(row)) return this.bestBranch.at(height)
    const { parents, skips, heights } = this.#columns
    let at = row
    for (let here = heights[at] as number; here > height; here = heights[at] as number) {
      const skip = skips[at] as number
      const leap = skip !== -1 && isLeapBetter(here, heights[skip] as number, height)
      at = (leap ? skip : parents[at]) as number
    }
    return at
  }

  /** The last header that two branches share. */
  fork(one: number, other: number): number {
    const height = Math.min(this.height(one), this.height(other))
    let a = this.ancestor(one, height)
    let b = this.ancestor(other, height)
    const { parents, skips } = this.#columns
    while (a !== b) {
      // Rows of one height leap to one height: both leap as long as they do not meet.
      const leap = skips[a] !== skips[b]
      a = (leap ? skips[a] : parents[a]) as number
      b = (leap ? skips[b] : parents[b]) as number
    }
    return a
  }

  /** The first rule that `header` breaks after the row `parent`. `now`: seconds since 1970. */
  faultAfter(header: BlockHeader, parent: number, now: number): BlockFault | undefined {
    return headerFault(header, this.#ancestry.endingIn(parent), this.network, now)
  }

  /** Headers that end in a row, for rules about them; good until this is asked for again. */
  ancestry(row: number): RowAncestry {
    return this.#ancestry.endingIn(row)
  }

  /** Work that a header with these bits stands for. */
  workOf(bits: number): bigint {
    return this.#targets.workOf(bits)
  }

  /** A header that is not in the tree yet, after a row that is not bad; its rules are checked. Its row. */
  add(header: BlockHeader, parent: number, marks = 0): number {
    return this.#append(header, header.bytes(), parent, marks)
  }

  /** As `add`, of a header that is known to be sound: `bytes` and its hash as they were kept. */
  restore(bytes: Uint8Array, hash: Uint8Array, parent: number, marks: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const [time, bits] = [view.getUint32(TIME_OFFSET, true), view.getUint32(BITS_OFFSET, true)]
    return this.#append({ hash, time, bits }, bytes, parent, marks)
  }

  /** The row and all that follow it are bad from now on: those that were not before, parents first. */
  markBad(row: number): number[] {
    const { marks, parents, count } = this.#columns
    const marked: number[] = []
    const spread = (at: number) => {
      marks[at] = (marks[at] as number) | HeaderMark.BAD
      marked.push(at)
    }
    if (!this.isBad(row)) spread(row)
    for (let at = row + 1; at < count; at++) if (this.isBad(parents[at] as number) && !this.isBad(at)) spread(at)
    if (marked.length > 0) this.#chooseBest()
    return marked
  }

  /** Forgives the row, what it follows and what follows these: those that were bad, parents first. */
  clearBad(row: number): number[] {
    const { marks, parents, count } = this.#columns
    let root = row
    for (let at = row; at !== -1 && this.isBad(at); at = parents[at] as number) root = at
    if (!this.isBad(root)) return []
    const cleared = new Set<number>([root])
    for (let at = root + 1; at < count; at++) if (cleared.has(parents[at] as number)) cleared.add(at)
    for (const at of cleared) marks[at] = (marks[at] as number) & ~HeaderMark.BAD
    this.#chooseBest()
    return [...cleared]
  }

  #append({ hash, time, bits }: RowFacts, bytes: Uint8Array, parent: number, marks: number): number {
    const columns = this.#columns
    const work = this.#targets.workOf(bits) + (parent === -1 ? 0n : columns.work(parent))
    const row = columns.append(bytes, hash, work)
    const height = parent === -1 ? 0 : (columns.heights[parent] as number) + 1
    columns.parents[row] = parent
    columns.heights[row] = height
    columns.times[row] = time
    columns.marks[row] = marks
    columns.skips[row] = parent === -1 ? -1 : this.ancestor(parent, skipHeight(height))
    columns.medians[row] = this.#medianOf(row)
    this.#index.add(row, hash)
    if (work > this.#bestWork && (marks & HeaderMark.BAD) === 0) {
      this.#bestWork = work
      this.bestBranch.moveTo(row)
    }
    return row
  }

  /** By sorting in place as they are read: there are eleven at most, mostly in order already. */
  #medianOf(row: number): number {
    const { times, parents } = this.#columns
    const sorted = this.#recentTimes
    let count = 0
    for (let at = row; at !== -1 && count < MEDIAN_TIME_BLOCKS; at = parents[at] as number) {
      const time = times[at] as number
      let place = count++
      for (; place > 0 && (sorted[place - 1] as number) < time; place--) sorted[place] = sorted[place - 1] as number
      sorted[place] = time
    }
    return sorted[(count - 1) >> 1] as number
  }

  #chooseBest(): void {
    let best = 0
    let bestWork = -1n
    for (let row = 0; row < this.#columns.count; row++) {
      if (this.isBad(row)) continue
      const work = this.#columns.work(row)
      if (work > bestWork) {
        best = row
        bestWork = work
      }
    }
    this.#bestWork = bestWork
    this.bestBranch.moveTo(best)
  }
}

/**
 * How far back a header's second link leads: such that any ancestor is found in some 2 log2(height) steps, and that the links
 * of two headers at one height lead to one height.
 */
export function skipHeight(height: number): number {
  if (height < 2) return 0
  return height % 2 === 0 ? withoutLowestBit(height) : withoutLowestBit(withoutLowestBit(height - 1)) + 1
}

function withoutLowestBit(n: number): number {
  return n & (n - 1)
}

/** A leap that goes too far is of no use; one that lands above, where a step and a leap from there lead further, neither. */
function isLeapBetter(height: number, landing: number, wanted: number): boolean {
  if (landing === wanted) return true
  const fromParent = skipHeight(height - 1)
  return landing > wanted && !(fromParent < landing - 2 && fromParent >= wanted)
}
