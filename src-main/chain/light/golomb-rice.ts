/**
 * Rising lists of numbers as Golomb-Rice coded differences (BIP 158): each difference is its quotient by 2^19 in ones,
 * a zero, and its remainder in 19 bits, highest bit first; bits fill bytes from the highest; zeros fill the last byte.
 *
 * Reading is bounded by the bits that are there, never by an announced count, and one list has one form.
 */
import { FilterError } from './filter-error.ts'

/** BIP 158: P, bits of a remainder. */
export const REMAINDER_BITS = 19
const REMAINDER_RANGE = 2 ** REMAINDER_BITS

/** Bits that the differences of `values` take. `values` rise, may repeat, and lie in 0 to 2^52. */
function bitsOf(values: Float64Array): number {
  let bits = 0
  let previous = 0
  for (const value of values) {
    bits += Math.floor((value - previous) / REMAINDER_RANGE) + 1 + REMAINDER_BITS
    previous = value
  }
  return bits
}

/** Code of `values`, behind the `prefix`. */
export function encodeRising(values: Float64Array, prefix: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(prefix.length + Math.ceil(bitsOf(values) / 8))
  bytes.set(prefix)
  let at = 8 * prefix.length
  const setBit = () => {
    bytes[at >>> 3] = (bytes[at >>> 3] as number) | (0x80 >>> (at & 7))
  }
  let previous = 0
  for (const value of values) {
    const difference = value - previous
    previous = value
    for (let ones = Math.floor(difference / REMAINDER_RANGE); ones > 0; ones--, at++) setBit()
    at++
    const remainder = difference % REMAINDER_RANGE
    for (let bit = REMAINDER_BITS - 1; bit >= 0; bit--, at++) if (((remainder >>> bit) & 1) === 1) setBit()
  }
  return bytes
}

/**
 * The `count` numbers below `range` that all of `bytes` from `start` on stands for, rising.
 * @throws FilterError where they are fewer or larger, or something follows them
 */
export function decodeRising(bytes: Uint8Array, start: number, count: number, range: number): Float64Array {
  const possible = Math.floor((8 * (bytes.length - start)) / (REMAINDER_BITS + 1))
  if (count > possible) throw new FilterError({ code: 'TOO_MANY_ELEMENTS', count, limit: possible })
  const values = new Float64Array(count)
  const end = 8 * bytes.length
  let at = 8 * start
  let value = 0
  for (let element = 0; element < count; element++) {
    for (; at < end && bitAt(bytes, at) === 1; at++) value += REMAINDER_RANGE
    if (end - at < 1 + REMAINDER_BITS) throw new FilterError({ code: 'ENDS_EARLY', count, read: element })
    at++
    value += remainderAt(bytes, at)
    at += REMAINDER_BITS
    if (value >= range) throw new FilterError({ code: 'VALUE_TOO_LARGE', element })
    values[element] = value
  }
  if (end - at >= 8) throw new FilterError({ code: 'LEFT_OVER' })
  for (; at < end; at++) if (bitAt(bytes, at) === 1) throw new FilterError({ code: 'LEFT_OVER' })
  return values
}

function bitAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at >>> 3] as number) >>> (7 - (at & 7))) & 1
}

/** The 19 bits at `at`: they lie in at most four bytes. */
function remainderAt(bytes: Uint8Array, at: number): number {
  const byte = at >>> 3
  const four =
    ((bytes[byte] as number) << 24) |
    ((bytes[byte + 1] ?? 0) << 16) |
    ((bytes[byte + 2] ?? 0) << 8) |
    (bytes[byte + 3] ?? 0)
  return (four << (at & 7)) >>> (32 - REMAINDER_BITS)
}
