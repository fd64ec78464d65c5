import { utf8 } from '../kernel/bytes.ts'

const [DICTIONARY, LIST, INTEGER, END, COLON, ZERO] = [0x64, 0x6c, 0x69, 0x65, 0x3a, 0x30]
/** Up to here a loop is quicker than a call of `set`. */
const SHORT_BYTES = 64
/** Numbers up to here, lengths above all, are written without making a text of them. */
const MAX_PLAIN = 0xffff_ffff

/**
 * Writes bencoding piece by piece, in the order told. Without a target it only counts, so that the size of a message is
 * known before there are bytes of it, by the very code that writes them. Values that were received are copied as they stood,
 * which a signature over them needs.
 */
export class KrpcWriter {
  /** Bytes so far. */
  length = 0
  private readonly target: Uint8Array | undefined

  constructor(target?: Uint8Array) {
    this.target = target
  }

  /** Whether it only counts. */
  get counts(): boolean {
    return this.target === undefined
  }

  /** Counts bytes that are not written: only where it counts alone. */
  skip(length: number): void {
    this.length += length
  }

  openDictionary(): this {
    return this.byte(DICTIONARY)
  }

  openList(): this {
    return this.byte(LIST)
  }

  close(): this {
    return this.byte(END)
  }

  /** Text of ASCII characters: keys, methods. */
  text(text: string): this {
    this.head(text.length)
    const { target, length } = this
    if (target) for (let i = 0; i < text.length; i++) target[length + i] = text.charCodeAt(i)
    this.length = length + text.length
    return this
  }

  bytes(bytes: Uint8Array): this {
    return this.head(bytes.length).raw(bytes)
  }

  /** The length in front of a byte string whose content follows by `raw`. */
  head(length: number): this {
    return this.digits(length).byte(COLON)
  }

  raw(bytes: Uint8Array): this {
    const { target, length } = this
    if (target) {
      if (bytes.length > SHORT_BYTES) target.set(bytes, length)
      else for (let i = 0; i < bytes.length; i++) target[length + i] = bytes[i] as number
    }
    this.length = length + bytes.length
    return this
  }

  /** A byte string of an IPv4 address, as a number, and a port. */
  endpoint(address: number, port: number): this {
    this.head(6)
    const { target, length } = this
    if (target) {
      target[length] = address >>> 24
      target[length + 1] = address >>> 16
      target[length + 2] = address >>> 8
      target[length + 3] = address
      target[length + 4] = port >> 8
      target[length + 5] = port
    }
    this.length = length + 6
    return this
  }

  integer(value: number | bigint): this {
    this.byte(INTEGER)
    if (typeof value === 'number' && value >= 0 && value <= MAX_PLAIN) this.digits(value)
    else this.raw(utf8(String(value)))
    return this.byte(END)
  }

  private digits(value: number): this {
    if (value < 10) return this.byte(ZERO + value)
    if (value < 100) return this.byte(ZERO + ((value / 10) | 0)).byte(ZERO + (value % 10))
    return this.digits(Math.floor(value / 10)).byte(ZERO + (value % 10))
  }

  private byte(value: number): this {
    if (this.target) this.target[this.length] = value
    this.length += 1
    return this
  }
}
