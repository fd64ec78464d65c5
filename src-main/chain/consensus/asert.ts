/**
 * ASERT as aserti3-2d: the target is that of an anchor block times two to the power of how far the chain is behind its
 * schedule, in half-lives. Our networks do not use it (docs/decisions.md); it checks the arithmetic of targets by the runs
 * that its authors published, and the lab compares it with ours.
 *
 * Spec: CHIP 2020-11 ASERT. Division in the exponent truncates toward zero, shifts floor: any other pair differs in the runs.
 */

/** Fractional bits of the exponent. */
const RADIX_BITS = 16n
const RADIX = 1n << RADIX_BITS
/** 2^x - 1 for x from 0 to 1 as a cubic, in 2^-16 of x and 2^-48 of its terms: right to 0.013 %. */
const LINEAR = 195_766_423_245_049n
const QUADRATIC = 971_821_376n
const CUBIC = 5_127n
const TERM_BITS = 48n

/** `late`: seconds behind the schedule, negative when ahead; `halfLife` in seconds. From 1 to `limit`, not rounded to bits. */
export function asertTarget(anchorTarget: bigint, late: bigint, halfLife: bigint, limit: bigint): bigint {
  const exponent = (late * RADIX) / halfLife
  const shift = exponent >> RADIX_BITS
  // Past these no target is left to shift: no need for numbers of a million bits.
  if (shift > 256n) return limit
  if (shift < -273n) return 1n
  const x = exponent - shift * RADIX
  const factor = RADIX + ((LINEAR * x + QUADRATIC * x * x + CUBIC * x * x * x + (1n << (TERM_BITS - 1n))) >> TERM_BITS)
  const grown = anchorTarget * factor
  const net = shift - RADIX_BITS
  const target = net < 0n ? grown >> -net : grown << net
  if (target < 1n) return 1n
  return target > limit ? limit : target
}
