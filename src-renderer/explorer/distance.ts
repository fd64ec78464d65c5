/**
 * The metric that the overlay is built on: the distance of two keys is their exclusive or, read as a number of 160 bits.
 * Drawn by its logarithm: how many leading bits two keys share, with the fraction between two whole bits.
 */

export const KEY_BITS = 160
const KEY_DIGITS = KEY_BITS / 4
/** Bits of a distance that its logarithm is taken of: as many as a number holds exactly. */
const KEPT_BITS = 52n

export const isKey = (text: string): boolean => text.length === KEY_DIGITS && /^[0-9a-f]+$/.test(text)

function distance(a: string, b: string): bigint {
  return BigInt(`0x${a}`) ^ BigInt(`0x${b}`)
}

/** Leading bits that two keys of 40 hex digits share, 0 to 160. */
export function sharedBits(a: string, b: string): number {
  const apart = distance(a, b)
  return apart === 0n ? KEY_BITS : KEY_BITS - apart.toString(2).length
}

/** 160 less the binary logarithm of the distance: grows by one with each halving, from above 0 to 160 for the key itself. */
export function closeness(a: string, b: string): number {
  const apart = distance(a, b)
  if (apart === 0n) return KEY_BITS
  const length = BigInt(apart.toString(2).length)
  const dropped = length > KEPT_BITS ? length - KEPT_BITS : 0n
  return KEY_BITS - (Math.log2(Number(apart >> dropped)) + Number(dropped))
}

/** What keys are sorted by: their first 52 bits as a number. As text, digits among the letters would be read as numbers. */
export const keyOrder = (key: string): number => Number.parseInt(key.slice(0, 13), 16)

/** The first `count` bits of a key, as digits 0 and 1. */
export function leadingBits(key: string, count: number): string {
  const digits = key.slice(0, Math.ceil(count / 4))
  return [...digits]
    .map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0'))
    .join('')
    .slice(0, count)
}
