/**
 * Identifiers on Chord's ring: numbers of m bits (160 outside examples and tests), in order clockwise, the largest followed
 * by 0 (Stoica et al. 2001, section 4).
 *
 * No big integers: bytes are compared until they differ, and most identifiers differ in their first 32 bits.
 */
import { fromHex, toHex } from '../kernel/bytes.ts'

export const RING_BITS = 160
const HEAD_BYTES = 4

/** A place on the ring. Immutable: `bytes` must not be written to. */
export class RingId {
  /** ⌈m / 8⌉ bytes, most significant first; bits above m are 0. */
  readonly bytes: Uint8Array
  /** m: 1 to 160. Identifiers of different rings are never compared. */
  readonly bits: number
  /** The first 4 bytes (or all, where there are fewer), as an unsigned number. */
  readonly head: number
  #key: string | undefined

  private constructor(bytes: Uint8Array, bits: number) {
    this.bytes = bytes
    this.bits = bits
    let head = 0
    for (let i = 0; i < Math.min(HEAD_BYTES, bytes.length); i++) head = head * 256 + (bytes[i] as number)
    this.head = head
  }

  /** Copies `bytes`. @throws RangeError unless they are as many as `bits` need, with nothing above them */
  static of(bytes: Uint8Array, bits = RING_BITS): RingId {
    if (bits < 1 || bits > RING_BITS || bytes.length !== Math.ceil(bits / 8)) {
      throw new RangeError(`an identifier of ${bits} bits is not written in ${bytes.length} bytes`)
    }
    if ((bytes[0] as number) >> (bits - 8 * (bytes.length - 1)) > 0) {
      throw new RangeError(`an identifier of ${bits} bits has bits above them`)
    }
    return new RingId(Uint8Array.from(bytes), bits)
  }

  /** A small number on a ring of `bits` bits, as of the literature's examples. @throws RangeError where it is not on it */
  static small(value: number, bits: number): RingId {
    if (!Number.isSafeInteger(value) || value < 0 || value >= 2 ** bits)
      throw new RangeError(`${value} is not on the ring`)
    const bytes = new Uint8Array(Math.ceil(bits / 8))
    for (let i = bytes.length - 1, rest = value; rest > 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256
    return RingId.of(bytes, bits)
  }

  /** @throws RangeError unless `hex` is 40 hexadecimal digits */
  static fromHex(hex: string): RingId {
    return RingId.of(fromHex(hex))
  }

  /** The same as text, a character for each byte: what maps are keyed by. */
  get key(): string {
    this.#key ??= String.fromCharCode(...this.bytes)
    return this.#key
  }

  equals(other: RingId): boolean {
    return this === other || (this.head === other.head && compareIds(this, other) === 0)
  }

  /** This identifier and 2^`power`, around the ring. @throws RangeError unless `power` is from 0 to m - 1 */
  plusPowerOfTwo(power: number): RingId {
    if (!Number.isInteger(power) || power < 0 || power >= this.bits) throw new RangeError(`no finger ${power}`)
    const bytes = this.bytes.slice()
    let carry = 1 << (power & 7)
    for (let i = bytes.length - 1 - (power >> 3); i >= 0 && carry > 0; i--) {
      const sum = (bytes[i] as number) + carry
      bytes[i] = sum
      carry = sum >> 8
    }
    return new RingId(withoutOverflow(bytes, this.bits), this.bits)
  }

  /** Hexadecimal digits, two for each byte. */
  toString(): string {
    return toHex(this.bytes)
  }

  /** How far clockwise from here to `other`, itself a number of m bits. */
  distanceTo(other: RingId): RingId {
    const bytes = new Uint8Array(this.bytes.length)
    let borrow = 0
    for (let i = bytes.length - 1; i >= 0; i--) {
      const difference = (other.bytes[i] as number) - (this.bytes[i] as number) - borrow
      bytes[i] = difference
      borrow = difference < 0 ? 1 : 0
    }
    return new RingId(withoutOverflow(bytes, this.bits), this.bits)
  }

  /** The number of the highest bit that is set, from 0; -1 for zero. */
  get highestBit(): number {
    for (let i = 0; i < this.bytes.length; i++) {
      const byte = this.bytes[i] as number
      if (byte > 0) return 8 * (this.bytes.length - 1 - i) + 31 - Math.clz32(byte)
    }
    return -1
  }
}

/** Numerical order: negative, zero or positive, for `sort`. */
export function compareIds(a: RingId, b: RingId): number {
  if (a.head !== b.head) return a.head - b.head
  for (let i = HEAD_BYTES; i < a.bytes.length; i++) {
    const difference = (a.bytes[i] as number) - (b.bytes[i] as number)
    if (difference !== 0) return difference
  }
  return 0
}

/**
 * Whether `x` is met on the way clockwise from `a` to `b`, neither of them included. From `a` around to `a` everything but
 * `a` is met.
 */
export function isBetween(a: RingId, x: RingId, b: RingId): boolean {
  const [afterA, beforeB] = [compareIds(a, x) < 0, compareIds(x, b) < 0]
  return compareIds(a, b) < 0 ? afterA && beforeB : afterA || beforeB
}

/** Whether a member at `member` after `predecessor` owns `key`: it lies in (predecessor, member]. */
export function owns(predecessor: RingId, key: RingId, member: RingId): boolean {
  return key.equals(member) || isBetween(predecessor, key, member)
}

function withoutOverflow(bytes: Uint8Array, bits: number): Uint8Array {
  bytes[0] = (bytes[0] as number) & (0xff >> (8 * bytes.length - bits))
  return bytes
}
