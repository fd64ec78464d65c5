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

export class ByteWriter {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(size: number) {
    this.#bytes = new Uint8Array(size)
    this.#view = new DataView(this.#bytes.buffer)
  }

  u8(value: number): this {
    inRange(value, 0, 0xff)
    this.#view.setUint8(this.#advance(1), value)
    return this
  }

  u16(value: number): this {
    inRange(value, 0, 0xffff)
    this.#view.setUint16(this.#advance(2), value, true)
    return this
  }

  u32(value: number): this {
    inRange(value, 0, 0xffff_ffff)
    this.#view.setUint32(this.#advance(4), value, true)
    return this
  }

  i32(value: number): this {
    inRange(value, -0x8000_0000, 0x7fff_ffff)
    this.#view.setInt32(this.#advance(4), value, true)
    return this
  }

  i64(value: bigint): this {
    if (BigInt.asIntN(64, value) !== value) throw new RangeError(`${value} does not fit in 8 signed bytes`)
    this.#view.setBigInt64(this.#advance(8), value, true)
    return this
  }

  u64(value: bigint): this {
    if (BigInt.asUintN(64, value) !== value) throw new RangeError(`${value} does not fit in 8 bytes`)
    this.#view.setBigUint64(this.#advance(8), value, true)
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
