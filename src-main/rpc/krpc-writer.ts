import { utf8 } from '../kernel/bytes.ts'

const [DICTIONARY, LIST, INTEGER, END, COLON, ZERO] = [0x64, 0x6c, 0x69, 0x65, 0x3a, 0x30]
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
    this.digits(text.length).byte(COLON)
    if (this.target) for (let i = 0; i < text.length; i++) this.target[this.length + i] = text.charCodeAt(i)
    this.length += text.length
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
    this.target?.set(bytes, this.length)
    this.length += bytes.length
    return this
  }

  integer(value: number | bigint): this {
    this.byte(INTEGER)
    if (typeof value === 'number' && value >= 0 && value <= MAX_PLAIN) this.digits(value)
    else this.raw(utf8(String(value)))
    return this.byte(END)
  }

  private digits(value: number): this {
    let size = 1
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) size += 1
    if (this.target) {
      let rest = value
      for (let at = this.length + size - 1; at >= this.length; at--) {
        this.target[at] = ZERO + (rest % 10)
        rest = Math.floor(rest / 10)
      }
    }
    this.length += size
    return this
  }

  private byte(value: number): this {
    if (this.target) this.target[this.length] = value
    this.length += 1
    return this
  }
}
