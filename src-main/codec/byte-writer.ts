/**
 * Writes Bitcoin's serialisation into one array of a size known beforehand: little-endian numbers and compact sizes.
 * Numbers out of range and writing past the end are our own mistakes and throw a RangeError.
 */

/** Bytes that a compact size takes: 1, 3, 5 or 9. */
export function compactSizeBytes(size: number): number {
  if (size < 0xfd) return 1
  if (size <= 0xffff) return 3
  return size <= 0xffff_ffff ? 5 : 9
}

/** Bytes that a byte string takes with its length in front. */
export function sizedBytesSize(bytes: Uint8Array): number {
  return compactSizeBytes(bytes.length) + bytes.length
}

/** Of two halves of 8 bytes. */
const HALF = 0x1_0000_0000

export class ByteWriter {
  readonly #bytes: Uint8Array
  #at = 0

  // Bytes are set one by one: a DataView would cost more than what most writers write.
  constructor(size: number) {
    this.#bytes = new Uint8Array(size)
  }

  u8(value: number): this {
    inRange(value, 0, 0xff)
    this.#bytes[this.#advance(1)] = value
    return this
  }

  u16(value: number): this {
    inRange(value, 0, 0xffff)
    const at = this.#advance(2)
    this.#bytes[at] = value
    this.#bytes[at + 1] = value >>> 8
    return this
  }

  u32(value: number): this {
    inRange(value, 0, 0xffff_ffff)
    this.#word(this.#advance(4), value)
    return this
  }

  i32(value: number): this {
    inRange(value, -0x8000_0000, 0x7fff_ffff)
    this.#word(this.#advance(4), value)
    return this
  }

  i64(value: bigint): this {
    if (BigInt.asIntN(64, value) !== value) throw new RangeError(`${value} does not fit in 8 signed bytes`)
    this.#words(value)
    return this
  }

  u64(value: bigint): this {
    if (BigInt.asUintN(64, value) !== value) throw new RangeError(`${value} does not fit in 8 bytes`)
    this.#words(value)
    return this
  }

  bytes(bytes: Uint8Array): this {
    this.#bytes.set(bytes, this.#advance(bytes.length))
    return this
  }

  /** The shortest form of `size`, 0 to 2^53 - 1. */
  compactSize(size: number): this {
    inRange(size, 0, Number.MAX_SAFE_INTEGER)
    if (size < 0xfd) return this.u8(size)
    if (size <= 0xffff) return this.u8(0xfd).u16(size)
    if (size <= 0xffff_ffff) return this.u8(0xfe).u32(size)
    return this.u8(0xff).u64(BigInt(size))
  }

  sizedBytes(bytes: Uint8Array): this {
    return this.compactSize(bytes.length).bytes(bytes)
  }

  /** The whole array. @throws RangeError where less than its size was written */
  done(): Uint8Array {
    if (this.#at !== this.#bytes.length) throw new RangeError(`${this.#bytes.length - this.#at} bytes were not written`)
    return this.#bytes
  }

  /** 4 bytes; of a negative value its two's complement. */
  #word(at: number, value: number): void {
    const bytes = this.#bytes
    bytes[at] = value
    bytes[at + 1] = value >>> 8
    bytes[at + 2] = value >>> 16
    bytes[at + 3] = value >>> 24
  }

  #words(value: bigint): void {
    const at = this.#advance(8)
    const number = Number(value)
    // Amounts are exact as numbers, which are quicker to take apart.
    const isExact = number >= 0 && number <= Number.MAX_SAFE_INTEGER
    this.#word(at, isExact ? number % HALF : Number(BigInt.asUintN(32, value)))
    this.#word(at + 4, isExact ? Math.floor(number / HALF) : Number(BigInt.asUintN(32, value >> 32n)))
  }

  #advance(length: number): number {
    const at = this.#at
    if (at + length > this.#bytes.length) throw new RangeError(`${length} bytes do not fit at ${at}`)
    this.#at = at + length
    return at
  }
}

function inRange(value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`${value} is not an integer from ${least} to ${most}`)
}
