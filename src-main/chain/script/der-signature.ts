/**
 * ECDSA signatures as they stand in scripts: DER, by the strict rules since BIP 66 and by the lax ones that blocks before
 * it were accepted under (those of OpenSSL, as far as the chain has used them).
 */
import { fromHex } from '../../kernel/bytes.ts'

/** r and s, each 32 bytes big-endian. */
const COMPACT_BYTES = 64
const NUMBER_BYTES = 32
const SEQUENCE_TAG = 0x30
const INTEGER_TAG = 0x02
/** A length written in more bytes than this, after zeros, is beyond any input. */
const MAX_LENGTH_BYTES = 3
/** Strict DER with the hash type: 6 bytes of frame, two numbers of 1 to 33 bytes, 1 byte. */
const MIN_STRICT_BYTES = 9
const MAX_STRICT_BYTES = 73

/** Order of the group (SEC 2, secp256k1). */
const ORDER = fromHex('fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141')
/** Half of the order, rounded down: the largest S that counts as low (BIP 146). */
const HALF_ORDER = fromHex('7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0')

/** BIP 66, with the byte of the hash type at the end. */
export function isStrictDer(signature: Uint8Array): boolean {
  const { length } = signature
  if (length < MIN_STRICT_BYTES || length > MAX_STRICT_BYTES) return false
  if (signature[0] !== SEQUENCE_TAG || signature[1] !== length - 3) return false
  const rLength = signature[3] as number
  if (5 + rLength >= length) return false
  const sLength = signature[5 + rLength] as number
  if (rLength + sLength + 7 !== length) return false
  return isStrictInteger(signature, 2, rLength) && isStrictInteger(signature, 4 + rLength, sLength)
}

/** An integer of `length` bytes whose tag is at `at`: not empty, not negative, without padding. */
function isStrictInteger(bytes: Uint8Array, at: number, length: number): boolean {
  if (bytes[at] !== INTEGER_TAG || length === 0) return false
  const first = bytes[at + 2] as number
  if ((first & 0x80) !== 0) return false
  return !(length > 1 && first === 0 && ((bytes[at + 3] as number) & 0x80) === 0)
}

/**
 * r and s of a signature (without hash type) by the lax rules: lengths of sequences are ignored, integers may be padded,
 * bytes may follow. 64 bytes; all zero, which verifies nothing, where a number is beyond the order. Undefined where it
 * cannot be read at all.
 */
export function readLaxDer(signature: Uint8Array): Uint8Array | undefined {
  if (signature[0] !== SEQUENCE_TAG) return undefined
  const rTag = afterSequenceLength(signature)
  const r = rTag === undefined ? undefined : integerAt(signature, rTag)
  const s = r && integerAt(signature, r.end)
  if (!r || !s) return undefined
  const compact = new Uint8Array(COMPACT_BYTES)
  const fits = place(signature, r, compact, 0) && place(signature, s, compact, NUMBER_BYTES)
  return fits ? compact : new Uint8Array(COMPACT_BYTES)
}

/** Whether S of a compact signature is in the lower half. */
export function isLowS(compact: Uint8Array): boolean {
  return compare(compact, NUMBER_BYTES, HALF_ORDER) <= 0
}

/** The same signature with S in the lower half: S or the order less S. Changes `compact`. */
export function lowerS(compact: Uint8Array): Uint8Array {
  if (isLowS(compact)) return compact
  let borrow = 0
  for (let i = NUMBER_BYTES - 1; i >= 0; i--) {
    const difference = (ORDER[i] as number) - (compact[NUMBER_BYTES + i] as number) - borrow
    compact[NUMBER_BYTES + i] = difference & 0xff
    borrow = difference < 0 ? 1 : 0
  }
  return compact
}

interface IntegerSpan {
  readonly start: number
  readonly end: number
}

function afterSequenceLength(bytes: Uint8Array): number | undefined {
  const first = bytes[1]
  if (first === undefined) return undefined
  const skipped = (first & 0x80) === 0 ? 0 : first & 0x7f
  return skipped > bytes.length - 2 ? undefined : 2 + skipped
}

/** Where the value of the integer lies whose tag is at `at`. */
function integerAt(bytes: Uint8Array, at: number): IntegerSpan | undefined {
  const first = bytes[at + 1]
  if (bytes[at] !== INTEGER_TAG || first === undefined) return undefined
  let start = at + 2
  let length = first
  if ((first & 0x80) !== 0) {
    let lengthBytes = first & 0x7f
    if (lengthBytes > bytes.length - start) return undefined
    for (; lengthBytes > 0 && bytes[start] === 0; lengthBytes--) start++
    if (lengthBytes > MAX_LENGTH_BYTES) return undefined
    length = 0
    for (; lengthBytes > 0; lengthBytes--) length = length * 256 + (bytes[start++] as number)
  }
  return length > bytes.length - start ? undefined : { start, end: start + length }
}

/** Copies a number to its 32 bytes at `to`; false where it is not below the order. */
function place(bytes: Uint8Array, { start, end }: IntegerSpan, compact: Uint8Array, to: number): boolean {
  let from = start
  while (from < end && bytes[from] === 0) from++
  if (end - from > NUMBER_BYTES) return false
  compact.set(bytes.subarray(from, end), to + NUMBER_BYTES - (end - from))
  return compare(compact, to, ORDER) < 0
}

/** Order of the 32 bytes at `at` and of `other`: negative, zero or positive. */
function compare(bytes: Uint8Array, at: number, other: Uint8Array): number {
  for (let i = 0; i < NUMBER_BYTES; i++) {
    const difference = (bytes[at + i] as number) - (other[i] as number)
    if (difference !== 0) return difference
  }
  return 0
}
