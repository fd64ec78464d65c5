/**
 * Ids of Pastry: points of a ring of 2^128, read as 32 digits of base 16 (Rowstron and Druschel 2001, b = 4). Two distances
 * are compared, never kept: as four words of 32 bits, without big integers.
 */
import type { Random } from '../../kernel/random.ts'

/** Digits of an id. */
export const DIGITS = 32
/** Values of a digit: 2^b with b = 4. */
export const BASE = 16
const WORDS = 4
const DIGITS_OF_WORD = DIGITS / WORDS

/** Four words of 32 bits, most significant first. Never written to. */
export type PastryId = Uint32Array

export function randomId(random: Random): PastryId {
  const bytes = random.bytes(4 * WORDS)
  return Uint32Array.from({ length: WORDS }, (_, word) => {
    const at = 4 * word
    const [a, b, c, d] = [
      bytes[at] as number,
      bytes[at + 1] as number,
      bytes[at + 2] as number,
      bytes[at + 3] as number,
    ]
    return (a << 24) | (b << 16) | (c << 8) | d
  })
}

/** @throws RangeError unless `hex` is at most 32 hexadecimal digits; those that are missing at its end are zero */
export function idOf(hex: string): PastryId {
  if (!/^[0-9a-f]{0,32}$/i.test(hex)) throw new RangeError(`"${hex}" are no digits of an id`)
  const all = hex.padEnd(DIGITS, '0')
  return Uint32Array.from({ length: WORDS }, (_, word) =>
    Number.parseInt(all.slice(DIGITS_OF_WORD * word, DIGITS_OF_WORD * (word + 1)), 16),
  )
}

/** Digit `index` of an id, 0 the most significant. */
export function digitOf(id: PastryId, index: number): number {
  return ((id[index >> 3] as number) >>> (28 - 4 * (index & 7))) & (BASE - 1)
}

/** How many leading digits two ids share: 0 to 32. */
export function sharedDigits(a: PastryId, b: PastryId): number {
  for (let word = 0; word < WORDS; word++) {
    const difference = (a[word] as number) ^ (b[word] as number)
    if (difference !== 0) return DIGITS_OF_WORD * word + (Math.clz32(difference) >> 2)
  }
  return DIGITS
}

/** As numbers: negative where `a` is smaller, zero where they are the same, else positive. */
export function compareIds(a: PastryId, b: PastryId): number {
  for (let word = 0; word < WORDS; word++) {
    const difference = (a[word] as number) - (b[word] as number)
    if (difference !== 0) return difference
  }
  return 0
}

const [first, second] = [new Uint32Array(WORDS), new Uint32Array(WORDS)]

/** Of two ids, which comes first on the way up the ring from `from`: negative for `a`. */
export function compareUpwards(from: PastryId, a: PastryId, b: PastryId): number {
  return compareIds(difference(a, from, first), difference(b, from, second))
}

/** Of two ids, which comes first on the way down the ring from `from`: negative for `a`. */
export function compareDownwards(from: PastryId, a: PastryId, b: PastryId): number {
  return compareIds(difference(from, a, first), difference(from, b, second))
}

/** Which of two ids is nearer to `target`, either way round the ring: negative for `a`. Of two as near, the smaller one. */
export function compareNearness(a: PastryId, b: PastryId, target: PastryId): number {
  const nearness = compareIds(distance(a, target, first), distance(b, target, second))
  return nearness !== 0 ? nearness : compareIds(a, b)
}

/** The shorter way between two ids, into `into`. */
function distance(a: PastryId, b: PastryId, into: Uint32Array): Uint32Array {
  difference(a, b, into)
  // Beyond half of the ring the other way is shorter.
  if ((into[0] as number) < 2 ** 31) return into
  return difference(b, a, into)
}

/** `a - b` modulo 2^128, into `into`. */
function difference(a: PastryId, b: PastryId, into: Uint32Array): Uint32Array {
  let borrow = 0
  for (let word = WORDS - 1; word >= 0; word--) {
    const left = (a[word] as number) - (b[word] as number) - borrow
    borrow = left < 0 ? 1 : 0
    into[word] = left
  }
  return into
}
