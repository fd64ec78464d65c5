/**
 * Reads Bitcoin's serialisation from one byte array: little-endian numbers, and counts as "compact sizes", which must
 * be minimal (one number has one form).
 *
 * Never allocates by an announced count: a count is checked against what the bytes that are left could hold, and byte
 * strings are views of the array that was given. Every failure is a `SerializationError`.
 */
import { SerializationError } from './serialization-error.ts'

/** One for all: an array of many empty strings then costs a pointer each. */
const EMPTY = new Uint8Array(0)

export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #base: number
  readonly #end: number
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#base = bytes.byteOffset
    this.#end = bytes.length
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at
  }

  /** Bytes not yet read. */
  get left(): number {
    return this.#end - this.#at
  }

  u8(): number {
    const at = this.#advance(1)
    return this.#bytes[at] as number
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true)
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), true)
  }

  /** Signed, 8 bytes. */
  i64(): bigint {
    return this.#view.getBigInt64(this.#advance(8), true)
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true)
  }

  /** A view of the next `length` bytes; always a plain `Uint8Array`. */
  bytes(length: number): Uint8Array {
    const at = this.#advance(length)
    return length === 0 ? EMPTY : new Uint8Array(this.#bytes.buffer, this.#base + at, length)
  }

  /** A view of bytes already read or still to come, whatever the position. */
  slice(start: number, end: number): Uint8Array {
    if (start < 0 || end < start || end > this.#end) throw new RangeError(`no bytes ${start} to ${end}`)
    return new Uint8Array(this.#bytes.buffer, this.#base + start, end - start)
  }

  /**
   * A compact size: 1, 3, 5 or 9 bytes, minimal. Sizes above 2^53 - 1 are refused as `TOO_MANY` with that limit:
   * nothing that is counted comes near.
   */
  compactSize(): number {
    const first = this.u8()
    if (first < 0xfd) return first
    if (first === 0xfd) return minimal(this.u16(), 0xfd)
    if (first === 0xfe) return minimal(this.u32(), 0x1_0000)
    const low = this.u32()
    const high = this.u32()
    const size = high * 0x1_0000_0000 + low
    if (high > 0x1f_ffff)
      throw new SerializationError({ code: 'TOO_MANY', what: 'items', count: size, limit: Number.MAX_SAFE_INTEGER })
    return minimal(size, 0x1_0000_0000)
  }

  /** A count of things that take at least `minimumBytes` each, and of which at most `limit` are allowed. */
  count(what: string, minimumBytes: number, limit: number): number {
    const count = this.compactSize()
    const possible = Math.min(limit, Math.floor(this.left / minimumBytes))
    if (count > possible) throw new SerializationError({ code: 'TOO_MANY', what, count, limit: possible })
    return count
  }

  /** A byte string with its length in front, as a view. */
  sizedBytes(): Uint8Array {
    return this.bytes(this.compactSize())
  }

  /** @throws SerializationError `TRAILING_BYTES` unless all is read */
  end(): void {
    if (this.left > 0) throw new SerializationError({ code: 'TRAILING_BYTES', count: this.left })
  }

  #advance(length: number): number {
    const at = this.#at
    if (length > this.#end - at)
      throw new SerializationError({ code: 'TOO_SHORT', wanted: length, left: this.#end - at })
    this.#at = at + length
    return at
  }
}

function minimal(size: number, least: number): number {
  if (size < least) throw new SerializationError({ code: 'SIZE_NOT_MINIMAL', size })
  return size
}
