/**
 * Columns of typed arrays, a row for each header: no object is kept for a header, so a million of them take some 160 MB
 * and cost the garbage collector nothing. Rows are only ever added; a parent's row is before its children's.
 *
 * `HEADER_ROW_BYTES` in a row; the columns grow by half, so that up to a third of them is empty.
 */
import { HASH_BYTES } from '../primitives/hashes.ts'
import { HEADER_BYTES } from '../primitives/header.ts'

const FIRST_CAPACITY = 1_024
const GROWTH = 1.5
/** Words of 64 bits for the work of a chain: more than 2^128 hashes are never done. */
const WORK_WORDS = 2
const WORD_BITS = 64n
/** Header, hash, work, parent, skip, height, time, median time, marks. */
export const HEADER_ROW_BYTES: number = HEADER_BYTES + HASH_BYTES + 8 * WORK_WORDS + 5 * 4 + 1

export class HeaderColumns {
  count = 0
  #capacity = FIRST_CAPACITY
  #headers = new Uint8Array(FIRST_CAPACITY * HEADER_BYTES)
  #hashes = new Uint8Array(FIRST_CAPACITY * HASH_BYTES)
  #works = new BigUint64Array(FIRST_CAPACITY * WORK_WORDS)
  /** Row of the parent; -1 for genesis. */
  parents = new Int32Array(FIRST_CAPACITY)
  /** Row of an ancestor further back, for leaping; -1 for genesis. */
  skips = new Int32Array(FIRST_CAPACITY)
  heights = new Int32Array(FIRST_CAPACITY)
  /** Header times, seconds. */
  times = new Uint32Array(FIRST_CAPACITY)
  /** Median of the eleven header times that end here, seconds. */
  medians = new Uint32Array(FIRST_CAPACITY)
  /** Bits of `HeaderMark`. */
  marks = new Uint8Array(FIRST_CAPACITY)

  /** A row with header, hash and work; the other columns are the caller's to fill. */
  append(header: Uint8Array, hash: Uint8Array, work: bigint): number {
    const row = this.count
    if (row === this.#capacity) this.#grow()
    this.#headers.set(header, row * HEADER_BYTES)
    this.#hashes.set(hash, row * HASH_BYTES)
    this.#works[row * WORK_WORDS] = work & 0xffff_ffff_ffff_ffffn
    this.#works[row * WORK_WORDS + 1] = work >> WORD_BITS
    this.count = row + 1
    return row
  }

  /** A view of the 80 bytes: good until the next `append`. */
  header(row: number): Uint8Array {
    return this.#headers.subarray(row * HEADER_BYTES, (row + 1) * HEADER_BYTES)
  }

  /** A view of the 32 bytes: good until the next `append`. */
  hash(row: number): Uint8Array {
    return this.#hashes.subarray(row * HASH_BYTES, (row + 1) * HASH_BYTES)
  }

  hasHash(row: number, hash: Uint8Array): boolean {
    const hashes = this.#hashes
    const start = row * HASH_BYTES
    for (let i = 0; i < HASH_BYTES; i++) if (hashes[start + i] !== hash[i]) return false
    return true
  }

  work(row: number): bigint {
    const low = this.#works[row * WORK_WORDS] as bigint
    const high = this.#works[row * WORK_WORDS + 1] as bigint
    return high === 0n ? low : (high << WORD_BITS) | low
  }

  #grow(): void {
    const capacity = Math.ceil(this.#capacity * GROWTH)
    this.#headers = grown(this.#headers, new Uint8Array(capacity * HEADER_BYTES))
    this.#hashes = grown(this.#hashes, new Uint8Array(capacity * HASH_BYTES))
    const works = new BigUint64Array(capacity * WORK_WORDS)
    works.set(this.#works)
    this.#works = works
    this.parents = grown(this.parents, new Int32Array(capacity))
    this.skips = grown(this.skips, new Int32Array(capacity))
    this.heights = grown(this.heights, new Int32Array(capacity))
    this.times = grown(this.times, new Uint32Array(capacity))
    this.medians = grown(this.medians, new Uint32Array(capacity))
    this.marks = grown(this.marks, new Uint8Array(capacity))
    this.#capacity = capacity
  }
}

function grown<T extends Uint8Array | Int32Array | Uint32Array>(old: T, larger: T): T {
  larger.set(old)
  return larger
}
