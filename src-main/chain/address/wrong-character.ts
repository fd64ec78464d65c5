/**
 * Finds the one wrong character of a bech32 or bech32m text (BIP 173, BIP 350).
 *
 * The checksum is a remainder of polynomials, and linear: a wrong character at one place changes the remainder by an amount
 * that depends on the place and the difference alone. Two places never give the same amount within 90 characters.
 */

/** Of the generator: what a bit that leaves the remainder at the top puts into it. BIP 173. */
const GENERATOR = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3] as const
/** Remainders of a right text: version 0, and the later ones. */
const BECH32_REMAINDER = 1
const BECH32M_REMAINDER = 0x2bc8_30a3
/** A value has five bits. */
const VALUES = 32

/**
 * The place in `values` (0 to 31 each: version, program, checksum) of the only one whose replacement makes the text right;
 * undefined where none or several would.
 */
export function wrongValueIn(hrp: string, values: readonly number[]): number | undefined {
  const remainder = remainderOf([...expanded(hrp), ...values])
  const found = new Set<number>()
  // What each difference at a place changes; going one place to the front multiplies it by x.
  let changes = Array.from({ length: VALUES }, (_, difference) => difference)
  for (let at = values.length - 1; at >= 0; at--) {
    const version = values[0] as number
    for (let difference = 1; difference < VALUES; difference++) {
      const wanted = rightRemainder(at === 0 ? version ^ difference : version)
      if ((remainder ^ (changes[difference] as number)) === wanted) found.add(at)
    }
    changes = changes.map((change) => next(change, 0))
  }
  return found.size === 1 ? [...found][0] : undefined
}

function rightRemainder(version: number): number {
  return version === 0 ? BECH32_REMAINDER : BECH32M_REMAINDER
}

function remainderOf(values: readonly number[]): number {
  return values.reduce(next, 1)
}

/** One value more behind the text that has `remainder`, which has 30 bits. */
function next(remainder: number, value: number): number {
  const top = remainder >>> 25
  let result = ((remainder & 0x1ff_ffff) << 5) ^ value
  for (const [bit, generator] of GENERATOR.entries()) if (((top >>> bit) & 1) === 1) result ^= generator
  return result
}

/** The human-readable part as the checksum takes it: high bits, a zero, low bits. */
function expanded(hrp: string): number[] {
  const codes = [...hrp].map((character) => character.charCodeAt(0))
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)]
}
