/**
 * SipHash-2-4: a keyed hash of 64 bits, exact on two halves of 32 (a JavaScript number holds no 64-bit integer, and
 * bigint is much slower). Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012).
 */

export const SIPHASH_KEY_BYTES = 16

/** 64 bits as two unsigned halves of 32. */
export interface Hash64 {
  readonly high: number
  readonly low: number
}

/** Two words of no message are mixed in at the end: four rounds, two for each. */
const FINAL_WORDS = 2

export class SipHash {
  readonly #k0Low: number
  readonly #k0High: number
  readonly #k1Low: number
  readonly #k1High: number

  constructor(key: Uint8Array) {
    if (key.length !== SIPHASH_KEY_BYTES) throw new RangeError(`a SipHash key has 16 bytes, not ${key.length}`)
    this.#k0Low = readU32(key, 0)
    this.#k0High = readU32(key, 4)
    this.#k1Low = readU32(key, 8)
    this.#k1High = readU32(key, 12)
  }

  /** Hash of any number of bytes. */
  hash(message: Uint8Array): Hash64 {
    const words = message.length >>> 3
    let low0 = this.#k0Low ^ 0x70736575
    let high0 = this.#k0High ^ 0x736f6d65
    let low1 = this.#k1Low ^ 0x6e646f6d
    let high1 = this.#k1High ^ 0x646f7261
    let low2 = this.#k0Low ^ 0x6e657261
    let high2 = this.#k0High ^ 0x6c796765
    let low3 = this.#k1Low ^ 0x79746573
    let high3 = this.#k1High ^ 0x74656462
    let sum = 0
    for (let word = 0; word <= words + FINAL_WORDS; word++) {
      // Past the message lies the word with its last bytes and its length, and past that nothing is mixed in.
      const low = word < words ? readU32(message, 8 * word) : word === words ? tailLow(message) : 0
      const high = word < words ? readU32(message, 8 * word + 4) : word === words ? tailHigh(message) : 0
      if (word === words + 1) low2 ^= 0xff
      low3 ^= low
      high3 ^= high
      for (let round = 0; round < 2; round++) {
        sum = (low0 >>> 0) + (low1 >>> 0)
        high0 = (high0 + high1 + (sum > 0xffff_ffff ? 1 : 0)) | 0
        low0 = sum | 0
        // Rotated by 13 and mixed with the sum; then the sum is rotated by 32, which exchanges its halves.
        let mixed = ((low1 << 13) | (high1 >>> 19)) ^ low0
        high1 = ((high1 << 13) | (low1 >>> 19)) ^ high0
        low1 = mixed
        mixed = low0
        low0 = high0
        high0 = mixed
        sum = (low2 >>> 0) + (low3 >>> 0)
        high2 = (high2 + high3 + (sum > 0xffff_ffff ? 1 : 0)) | 0
        low2 = sum | 0
        mixed = ((low3 << 16) | (high3 >>> 16)) ^ low2
        high3 = ((high3 << 16) | (low3 >>> 16)) ^ high2
        low3 = mixed
        sum = (low0 >>> 0) + (low3 >>> 0)
        high0 = (high0 + high3 + (sum > 0xffff_ffff ? 1 : 0)) | 0
        low0 = sum | 0
        mixed = ((low3 << 21) | (high3 >>> 11)) ^ low0
        high3 = ((high3 << 21) | (low3 >>> 11)) ^ high0
        low3 = mixed
        sum = (low2 >>> 0) + (low1 >>> 0)
        high2 = (high2 + high1 + (sum > 0xffff_ffff ? 1 : 0)) | 0
        low2 = sum | 0
        mixed = ((low1 << 17) | (high1 >>> 15)) ^ low2
        high1 = ((high1 << 17) | (low1 >>> 15)) ^ high2
        low1 = mixed
        mixed = low2
        low2 = high2
        high2 = mixed
      }
      low0 ^= low
      high0 ^= high
    }
    return { high: (high0 ^ high1 ^ high2 ^ high3) >>> 0, low: (low0 ^ low1 ^ low2 ^ low3) >>> 0 }
  }
}

/** The first four of the bytes after the last whole word, zeros for those that are not there. */
function tailLow(message: Uint8Array): number {
  const at = message.length & ~7
  return (
    byteAt(message, at) |
    (byteAt(message, at + 1) << 8) |
    (byteAt(message, at + 2) << 16) |
    (byteAt(message, at + 3) << 24)
  )
}

/** The other three, and the length of the message modulo 256. */
function tailHigh(message: Uint8Array): number {
  const at = (message.length & ~7) + 4
  return byteAt(message, at) | (byteAt(message, at + 1) << 8) | (byteAt(message, at + 2) << 16) | (message.length << 24)
}

function byteAt(message: Uint8Array, at: number): number {
  return at < message.length ? (message[at] as number) : 0
}

function readU32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  )
}
