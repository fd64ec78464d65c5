/** One bit for each piece, the first piece in the highest bit of the first byte, spare bits zero (BEP 3). */
export class Bitfield {
  readonly length: number
  readonly bytes: Uint8Array
  private ones = 0

  /** @param length number of pieces. @param bytes ceil(length / 8) bytes to copy; spare bits are cleared */
  constructor(length: number, bytes?: Uint8Array) {
    this.length = length
    this.bytes = new Uint8Array(Math.ceil(length / 8))
    if (!bytes) return
    if (bytes.length !== this.bytes.length)
      throw new RangeError(`bitfield of ${bytes.length} bytes for ${length} pieces`)
    this.bytes.set(bytes)
    const spare = this.bytes.length * 8 - length
    const last = this.bytes.length - 1
    if (spare > 0) this.bytes[last] = (this.bytes[last] as number) & (0xff << spare)
    for (let piece = 0; piece < length; piece++) if (this.has(piece)) this.ones++
  }

  static full(length: number): Bitfield {
    return new Bitfield(length, new Uint8Array(Math.ceil(length / 8)).fill(0xff))
  }

  /** How many bits are set. */
  get count(): number {
    return this.ones
  }

  get complete(): boolean {
    return this.ones === this.length
  }

  has(piece: number): boolean {
    return ((this.bytes[piece >> 3] as number) & (0x80 >> (piece & 7))) !== 0
  }

  /** @returns whether it changed */
  set(piece: number): boolean {
    if (piece < 0 || piece >= this.length) throw new RangeError(`no piece ${piece}`)
    if (this.has(piece)) return false
    this.bytes[piece >> 3] = (this.bytes[piece >> 3] as number) | (0x80 >> (piece & 7))
    this.ones++
    return true
  }

  /** @returns whether it changed */
  clear(piece: number): boolean {
    if (piece < 0 || piece >= this.length) throw new RangeError(`no piece ${piece}`)
    if (!this.has(piece)) return false
    this.bytes[piece >> 3] = (this.bytes[piece >> 3] as number) & ~(0x80 >> (piece & 7))
    this.ones--
    return true
  }
}
