/**
 * Logarithm, exponential and power by additions and multiplications alone. `Math.log` and its kin may differ in the last bit
 * between engines, and one bit sends a simulation another way; what is here is exact by IEEE 754 and the same everywhere.
 * Right to about 15 digits.
 */

/** Terms of each series: the next one is below a double's precision in the reduced range. */
const LOGARITHM_TERMS = 12
const EXPONENTIAL_TERMS = 18

/** Natural logarithm. @throws RangeError unless `x` is a positive number */
export function naturalLog(x: number): number {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) throw new RangeError(`no logarithm of ${x}`)
  let mantissa = x
  let exponent = 0
  for (; mantissa > Math.SQRT2; exponent++) mantissa /= 2
  for (; mantissa < Math.SQRT2 / 2; exponent--) mantissa *= 2
  // ln m = 2 artanh((m - 1) / (m + 1)), from the smallest term to the largest.
  const z = (mantissa - 1) / (mantissa + 1)
  let sum = 0
  for (let term = LOGARITHM_TERMS; term >= 0; term--) sum = sum * z * z + 1 / (2 * term + 1)
  return exponent * Math.LN2 + 2 * z * sum
}

/** e to the power of `x`; 0 and Infinity where that is out of range. */
export function exponential(x: number): number {
  if (Number.isNaN(x) || x > 710) return Number.isNaN(x) ? x : Number.POSITIVE_INFINITY
  if (x < -745) return 0
  const doublings = Math.round(x / Math.LN2)
  const rest = x - doublings * Math.LN2
  let sum = 1
  for (let term = EXPONENTIAL_TERMS; term >= 1; term--) sum = 1 + (rest / term) * sum
  for (let i = 0; i < doublings; i++) sum *= 2
  for (let i = 0; i > doublings; i--) sum /= 2
  return sum
}

/** `base` to the power of `exponent`, for a positive base. */
export function power(base: number, exponent: number): number {
  return exponential(exponent * naturalLog(base))
}
