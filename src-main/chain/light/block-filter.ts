/**
 * The basic filter of a block (BIP 158): a set of the scripts that it pays and spends, from which a light node learns
 * that a block does not concern it. It never misses a script that is in it, and finds one that is not with 1 / 784931.
 *
 * Bytes: count of elements (compact size), then each element's SipHash under the first 16 bytes of the block's hash,
 * scaled to the range 0 to count * 784931, sorted and Golomb-Rice coded. The element list is decoded once, when the
 * filter is read; whether the filter is the one of its block only its header tells (filter-header.ts).
 */
import { ByteReader } from '../../codec/byte-reader.ts'
import { ByteWriter, compactSizeBytes } from '../../codec/byte-writer.ts'
import { toHex } from '../../kernel/bytes.ts'
import { FilterError } from './filter-error.ts'
import { decodeRising, encodeRising, REMAINDER_BITS } from './golomb-rice.ts'
import { type Hash64, SIPHASH_KEY_BYTES, SipHash } from './siphash.ts'

/** BIP 158: M, one false match in so many. */
export const FALSE_MATCH_RATE = 784_931
/**
 * No block has more: an element costs an output, which takes ten bytes or more of the million that a block may have
 * without witnesses, or an input, which takes more.
 */
export const MAX_FILTER_ELEMENTS = 100_000
const MAX_COUNT_BYTES = 5
/** Each element takes 20 bits, and all quotients together no more than the whole range does. */
export const MAX_FILTER_BYTES =
  MAX_COUNT_BYTES +
  Math.ceil(
    (MAX_FILTER_ELEMENTS * (REMAINDER_BITS + 1) + (MAX_FILTER_ELEMENTS * FALSE_MATCH_RATE) / 2 ** REMAINDER_BITS) / 8,
  )

export class BlockFilter {
  /** The serialisation. Not to be written to. */
  readonly bytes: Uint8Array
  readonly #sipHash: SipHash
  /** Sorted. */
  readonly #values: Float64Array

  /** From the functions below: `values` is what `bytes` stands for. */
  private constructor(bytes: Uint8Array, sipHash: SipHash, values: Float64Array) {
    this.bytes = bytes
    this.#sipHash = sipHash
    this.#values = values
  }

  /** The filter over `scripts`, each counted once, of the block with this hash (32 bytes, internal byte order). */
  static of(blockHash: Uint8Array, scripts: Iterable<Uint8Array>): BlockFilter {
    const sipHash = keyedBy(blockHash)
    const hashes = distinct(scripts).map((script) => sipHash.hash(script))
    const count = hashes.length
    if (count > MAX_FILTER_ELEMENTS) throw new RangeError(`no block has ${count} scripts`)
    const values = Float64Array.from(hashes, (hash) => scaled(hash, count * FALSE_MATCH_RATE)).sort()
    const prefix = new ByteWriter(compactSizeBytes(count)).compactSize(count).done()
    return new BlockFilter(encodeRising(values, prefix), sipHash, values)
  }

  /**
   * The filter that a peer says is of the block with this hash (32 bytes). Keeps `bytes`.
   * @throws FilterError, or SerializationError from its count
   */
  static decode(blockHash: Uint8Array, bytes: Uint8Array): BlockFilter {
    if (bytes.length > MAX_FILTER_BYTES)
      throw new FilterError({ code: 'TOO_LARGE', size: bytes.length, limit: MAX_FILTER_BYTES })
    const reader = new ByteReader(bytes)
    const count = reader.compactSize()
    if (count > MAX_FILTER_ELEMENTS)
      throw new FilterError({ code: 'TOO_MANY_ELEMENTS', count, limit: MAX_FILTER_ELEMENTS })
    const values = decodeRising(bytes, reader.position, count, count * FALSE_MATCH_RATE)
    return new BlockFilter(bytes, keyedBy(blockHash), values)
  }

  /** Distinct scripts in the filter. */
  get count(): number {
    return this.#values.length
  }

  /** Whether the block may concern `script`; false is certain. */
  matches(script: Uint8Array): boolean {
    return this.#holds(this.#valueOf(script))
  }

  /** Whether the block may concern any of `scripts`; false is certain. Their number is bounded by the caller alone. */
  matchesAny(scripts: Iterable<Uint8Array>): boolean {
    if (this.#values.length === 0) return false
    for (const script of scripts) if (this.#holds(this.#valueOf(script))) return true
    return false
  }

  #valueOf(script: Uint8Array): number {
    return scaled(this.#sipHash.hash(script), this.#values.length * FALSE_MATCH_RATE)
  }

  /** Binary search. */
  #holds(wanted: number): boolean {
    const values = this.#values
    let low = 0
    let high = values.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((values[middle] as number) < wanted) low = middle + 1
      else high = middle
    }
    return values[low] === wanted
  }
}

/**
 * A hash of 64 bits scaled to 0 to `range` - 1: the upper half of their product, exact for ranges up to 2^37, since each
 * of the four steps multiplies 16 bits and carries what is left of the step before.
 */
function scaled({ high, low }: Hash64, range: number): number {
  let carried = Math.floor(((low & 0xffff) * range) / 0x1_0000)
  carried = Math.floor(((low >>> 16) * range + carried) / 0x1_0000)
  carried = Math.floor(((high & 0xffff) * range + carried) / 0x1_0000)
  return Math.floor(((high >>> 16) * range + carried) / 0x1_0000)
}

function keyedBy(blockHash: Uint8Array): SipHash {
  return new SipHash(blockHash.subarray(0, SIPHASH_KEY_BYTES))
}

function distinct(scripts: Iterable<Uint8Array>): Uint8Array[] {
  const found = new Map<string, Uint8Array>()
  for (const script of scripts) found.set(toHex(script), script)
  return [...found.values()]
}
