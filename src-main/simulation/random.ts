import type { Random } from '../kernel/random.ts'

/** Outputs thrown away after seeding, so that near seeds give unrelated streams. */
const WARM_UP_ROUNDS = 15
const TWO_TO_32 = 2 ** 32

/**
 * The generator behind everything random in a simulation: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state.
 * A child made by `split` depends on the parent's seed and the label alone, not on what the parent has drawn, so that
 * one host more or less does not change the luck of the others. Not for keys of real people.
 */
export class SeededRandom implements Random {
  private readonly key: readonly [number, number, number]
  private a: number
  private b: number
  private c: number
  private counter = 1

  private constructor(key: readonly [number, number, number]) {
    this.key = key
    ;[this.a, this.b, this.c] = key
    for (let i = 0; i < WARM_UP_ROUNDS; i++) this.word()
  }

  /** The root of a simulation. `seed` is any whole number up to 2^53. */
  static of(seed: number): SeededRandom {
    const low = (seed % TWO_TO_32) | 0
    const high = Math.floor(seed / TWO_TO_32) | 0
    return new SeededRandom([mix(low), mix(high ^ 0x9e3779b9), mix(low ^ 0x85ebca6b)])
  }

  split(label: string): SeededRandom {
    let [a, b, c] = this.key
    for (let i = 0; i < label.length; i++) {
      const unit = label.charCodeAt(i)
      a = Math.imul(a ^ unit, 0x01000193)
      b = mix(b + a)
      c = mix(c ^ b)
    }
    return new SeededRandom([mix(a ^ c), mix(b ^ 0xc2b2ae35), mix(c ^ 0x27d4eb2f)])
  }

  /** The next 32 bits, unsigned. */
  word(): number {
    const word = (((this.a + this.b) | 0) + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + word) | 0
    return word >>> 0
  }

  below(limit: number): number {
    if (!Number.isInteger(limit) || limit < 1 || limit > TWO_TO_32) throw new RangeError(`no number below ${limit}`)
    const ceiling = TWO_TO_32 - (TWO_TO_32 % limit)
    for (;;) {
      const word = this.word()
      if (word < ceiling) return word % limit
    }
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    for (let i = 0; i < length; i += 4) {
      const word = this.word()
      for (let j = i; j < Math.min(i + 4, length); j++) bytes[j] = word >>> (8 * (j - i))
    }
    return bytes
  }

  /** Evenly from `low` up to, not including, `high`. */
  between(low: number, high: number): number {
    return low + (this.word() / TWO_TO_32) * (high - low)
  }

  /** A number from 0 up to, not including, 1 that depends on the seed and on `index` (below 2^53) alone. Draws nothing. */
  fractionOf(index: number): number {
    const [a, b, c] = this.key
    const low = mix(a ^ (index % TWO_TO_32))
    const high = mix(b ^ Math.floor(index / TWO_TO_32) ^ low)
    return (mix(c ^ high) >>> 0) / TWO_TO_32
  }

  /** True with the given probability from 0 to 1. Draws nothing at 0, so that a fault left out costs no luck. */
  chance(probability: number): boolean {
    return probability > 0 && this.word() < probability * TWO_TO_32
  }
}

/** Finaliser of MurmurHash3: each bit of the input changes half of those of the output. */
function mix(word: number): number {
  let h = word | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
