/**
 * Takes headers from peers into the tree: rules checked, floods bounded.
 *
 * Work is cheap on our networks, and a header costs memory for as long as we run. Headers that end clearly below the best
 * header's work are therefore counted, for each source and in all, until their branch comes near the best or a block of it is
 * kept ("settled"); beyond `MAX_LOW_WORK_HEADERS` of a source, or `MAX_LOW_WORK_HEADERS_IN_ALL`, no more of them are taken.
 * Those near the best need no count: each has cost as much work as the chain it extends asks for, and their times rise up to
 * our clock's, which bounds their number.
 */
import { bytesEqual } from '../../kernel/bytes.ts'
import type { HeadersOutcome, PeerName } from '../chain.ts'
import { type BlockFault, invalid } from '../consensus/block-fault.ts'
import { type BlockHeader, decodeHeader, HEADER_BYTES } from '../primitives/header.ts'
import { HeaderMark, type HeaderTree } from './header-tree.ts'
import { tipAt } from './tip-at.ts'

/** Headers of low work that are kept of one source: a branch of five weeks of blocks of a minute. */
export const MAX_LOW_WORK_HEADERS = 50_000
/** Of all sources together: some 50 MB. */
export const MAX_LOW_WORK_HEADERS_IN_ALL = 300_000
/** A branch that ends with less than the best header has had this many blocks ago is one of low work. */
export const LOW_WORK_MARGIN_BLOCKS = 144
/** Sources whose headers are counted one by one; of more, those that came first are forgotten. */
export const MAX_COUNTED_SOURCES = 1_000

export interface IntakeLimits {
  readonly perSource: number
  readonly inAll: number
}

const LIMITS: IntakeLimits = { perSource: MAX_LOW_WORK_HEADERS, inAll: MAX_LOW_WORK_HEADERS_IN_ALL }

export type HeaderOutcome =
  | { readonly status: 'accepted'; readonly row: number; readonly isFresh: boolean }
  | { readonly status: 'unconnected' }
  | { readonly status: 'low-work' }
  | { readonly status: 'refused'; readonly fault: BlockFault }

export class HeaderIntake {
  readonly #tree: HeaderTree
  readonly #limits: IntakeLimits
  /** Headers of low work by source, in order of first appearance. */
  readonly #counts = new Map<PeerName, number>()
  #inAll = 0

  constructor(tree: HeaderTree, limits: IntakeLimits = LIMITS) {
    this.#tree = tree
    this.#limits = limits
  }

  /** Headers of low work that are kept now. */
  get lowWorkHeaders(): number {
    return this.#inAll
  }

  /** `headers`: n times 80 bytes, n at least 1, each the child of the one before. `now`: seconds since 1970. */
  accept(headers: Uint8Array, source: PeerName, now: number): HeadersOutcome {
    const decoded = decodeHeaders(headers)
    const parent = this.#tree.find((decoded[0] as BlockHeader).previous)
    if (parent === -1 && this.#tree.find((decoded[0] as BlockHeader).hash) === -1) return { status: 'unconnected' }
    if (this.#isBeyondLimits(decoded, parent, source)) return { status: 'low-work' }
    const before = this.#tree.size
    let row = parent
    for (const header of decoded) {
      const outcome = this.#take(header, row, now)
      if (typeof outcome !== 'number') {
        this.#count(row, this.#tree.size - before, source)
        return { status: 'refused', hash: header.hash, fault: outcome }
      }
      row = outcome
    }
    const fresh = this.#tree.size - before
    this.#count(row, fresh, source)
    return { status: 'accepted', last: tipAt(this.#tree, row), fresh }
  }

  /** One header, as it comes with its block. With `isWanted` it is taken whatever its work. */
  acceptOne(header: BlockHeader, source: PeerName, now: number, isWanted: boolean): HeaderOutcome {
    const known = this.#tree.find(header.hash)
    if (known !== -1) return { status: 'accepted', row: known, isFresh: false }
    const parent = this.#tree.find(header.previous)
    if (parent === -1) return { status: 'unconnected' }
    if (!isWanted && this.#isBeyondLimits([header], parent, source)) return { status: 'low-work' }
    const outcome = this.#take(header, parent, now)
    if (typeof outcome !== 'number') return { status: 'refused', fault: outcome }
    this.#count(outcome, 1, source)
    return { status: 'accepted', row: outcome, isFresh: true }
  }

  /** Whether a branch that ends with this work is worth keeping only within limits. */
  isLow(work: bigint): boolean {
    const tree = this.#tree
    const behind = tree.bestBranch.height - LOW_WORK_MARGIN_BLOCKS
    return behind > 0 && work < tree.work(tree.bestBranch.at(behind))
  }

  /** The row and what it follows, as far as it is not in the store yet; parents first. */
  unstored(row: number): number[] {
    const rows: number[] = []
    for (let at = row; at !== -1 && !this.#tree.has(at, HeaderMark.STORED); at = this.#tree.parent(at)) rows.push(at)
    return rows.reverse()
  }

  /** `rows`, as given by `unstored`, are in the store now: they are counted no more. */
  settle(rows: readonly number[], source: PeerName): void {
    let counted = 0
    for (const row of rows) {
      if (this.#tree.has(row, HeaderMark.COUNTED)) counted++
      this.#tree.mark(row, HeaderMark.STORED)
    }
    this.#inAll -= counted
    const own = this.#counts.get(source)
    if (own !== undefined) this.#counts.set(source, Math.max(0, own - counted))
  }

  /** The source is gone. What it sent stays counted in all. */
  forget(source: PeerName): void {
    this.#counts.delete(source)
  }

  /** Row of the header, or the rule that it breaks. */
  #take(header: BlockHeader, parent: number, now: number): number | BlockFault {
    const tree = this.#tree
    const known = tree.find(header.hash)
    if (known !== -1) return tree.isBad(known) ? invalid('duplicate-invalid') : known
    if (parent === -1 || !isAfter(header, tree, parent)) return invalid('headers-not-continuous')
    if (tree.isBad(parent)) return invalid('bad-prevblk')
    return tree.faultAfter(header, parent, now) ?? tree.add(header, parent)
  }

  /** By the work that the headers claim; whether they have done it is found out afterwards. */
  #isBeyondLimits(headers: readonly BlockHeader[], parent: number, source: PeerName): boolean {
    const tree = this.#tree
    let work = parent === -1 ? 0n : tree.work(parent)
    let fresh = 0
    for (const { bits, hash } of headers) {
      work += tree.workOf(bits)
      if (tree.find(hash) === -1) fresh++
    }
    if (fresh === 0 || !this.isLow(work)) return false
    const { perSource, inAll } = this.#limits
    return (this.#counts.get(source) ?? 0) + fresh > perSource || this.#inAll + fresh > inAll
  }

  /** `fresh` rows were added, the last of them `row`. */
  #count(row: number, fresh: number, source: PeerName): void {
    const tree = this.#tree
    if (fresh === 0 || !this.isLow(tree.work(row))) return
    for (let at = tree.size - fresh; at < tree.size; at++) tree.mark(at, HeaderMark.COUNTED)
    this.#inAll += fresh
    this.#counts.set(source, (this.#counts.get(source) ?? 0) + fresh)
    if (this.#counts.size <= MAX_COUNTED_SOURCES) return
    for (const oldest of this.#counts.keys()) {
      this.#counts.delete(oldest)
      return
    }
  }
}

function isAfter(header: BlockHeader, tree: HeaderTree, parent: number): boolean {
  return bytesEqual(header.previous, tree.hash(parent))
}

function decodeHeaders(bytes: Uint8Array): BlockHeader[] {
  if (bytes.length === 0 || bytes.length % HEADER_BYTES !== 0) throw new RangeError('not a number of headers')
  const headers: BlockHeader[] = []
  for (let at = 0; at < bytes.length; at += HEADER_BYTES)
    headers.push(decodeHeader(bytes.subarray(at, at + HEADER_BYTES)))
  return headers
}
