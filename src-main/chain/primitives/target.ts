/**
 * Difficulty targets: the 32-bit form in headers ("compact", "bits") both ways, and the work that a target stands for.
 *
 * A target is a bigint of 256 bits; a block hash, read as a little-endian number, must not be above it. The compact form is
 * a base-256 float: one byte of exponent, one sign bit, 23 bits of mantissa. Negative targets and those beyond 256 bits
 * can be written and are never valid.
 */

const MANTISSA = 0x007f_ffff
const SIGN = 0x0080_0000
const TWO_TO_256 = 1n << 256n

/** The target, or why there is none: below zero, or 2^256 and more. Zero is a target that no hash meets but zero. */
export type CompactTarget = bigint | 'negative' | 'overflow'

/** The target that `bits` (0 to 2^32 - 1) stands for. */
export function targetFromBits(bits: number): CompactTarget {
  const exponent = bits >>> 24
  const mantissa = exponent <= 3 ? (bits & MANTISSA) >>> (8 * (3 - exponent)) : bits & MANTISSA
  if (mantissa === 0) return 0n
  if ((bits & SIGN) !== 0) return 'negative'
  if (exponent > 34 || (mantissa > 0xff && exponent > 33) || (mantissa > 0xffff && exponent > 32)) return 'overflow'
  return exponent <= 3 ? BigInt(mantissa) : BigInt(mantissa) << BigInt(8 * (exponent - 3))
}

/** The compact form of a target from 0 to 2^256 - 1, rounded down to 23 bits or fewer. */
export function bitsFromTarget(target: bigint): number {
  if (target < 0n || target >= TWO_TO_256) throw new RangeError('a target has 256 bits')
  let exponent = Math.ceil(target.toString(16).length / 2)
  if (target === 0n) exponent = 0
  let mantissa = Number(exponent <= 3 ? target << BigInt(8 * (3 - exponent)) : target >> BigInt(8 * (exponent - 3)))
  // The highest bit of the mantissa is the sign: a number that would set it takes one byte more of exponent.
  if ((mantissa & SIGN) !== 0) {
    mantissa >>>= 8
    exponent++
  }
  return ((exponent << 24) | mantissa) >>> 0
}

/** Hashes that are tried on average until one meets the target: 2^256 / (target + 1), rounded down. */
export function workOfTarget(target: bigint): bigint {
  return TWO_TO_256 / (target + 1n)
}

/** Work of a header's bits; 0 where they stand for no valid target. */
export function workOfBits(bits: number): bigint {
  const target = targetFromBits(bits)
  return typeof target === 'bigint' && target > 0n ? workOfTarget(target) : 0n
}

/** A hash of 32 bytes as the number that targets are compared with: little-endian. */
export function hashAsNumber(hash: Uint8Array): bigint {
  const view = new DataView(hash.buffer, hash.byteOffset, hash.byteLength)
  return (
    (view.getBigUint64(24, true) << 192n) |
    (view.getBigUint64(16, true) << 128n) |
    (view.getBigUint64(8, true) << 64n) |
    view.getBigUint64(0, true)
  )
}

/** Whether `bits` is a target from 1 to `limit`, and `hash` not above it. */
export function meetsProofOfWork(hash: Uint8Array, bits: number, limit: bigint): boolean {
  const target = targetFromBits(bits)
  return typeof target === 'bigint' && target > 0n && target <= limit && hashAsNumber(hash) <= target
}
