/**
 * The search for a nonce that gives one header a hash not above its target, range by range, by whatever kernel.
 *
 * A kernel looks at one word of each hash. What passes is hashed again here, in full and by other code, so that a kernel that
 * errs is found out and never reported. Beside nonces below the target it keeps the best hash so far: kernels let pass what
 * could be better than that, some twenty hashes for a whole header.
 */
import { hash256 } from '../../chain/primitives/hashes.ts'
import { hashAsNumber } from '../../chain/primitives/target.ts'
import { NONCE_AT, prepareHeader } from './prepared-header.ts'
import { KernelError, NONCE_COUNT, type ScanKernel } from './scan-kernel.ts'

const WORD_SHIFT = 224n
const TWO_TO_256 = 1n << 256n

export interface SearchedRange {
  /** Nonces whose hash is not above the target, from the lowest, at most as many as were asked for. */
  readonly found: readonly number[]
  /** Nonces that were tried: all of the range, or up to and with the last one found. */
  readonly attempts: number
}

export interface BestShare {
  readonly nonce: number
  /** 32 bytes, internal byte order. */
  readonly hash: Uint8Array
}

export class HeaderSearch {
  readonly #kernel: ScanKernel
  readonly #header: Uint8Array
  readonly #prepared: Int32Array
  readonly #target: bigint
  readonly #targetWord: number
  #best: BestShare | undefined
  #bestNumber = TWO_TO_256

  /**
   * `header`: 80 bytes, the nonce in it counts for nothing. `target`: 0 to 2^256 - 1, the highest hash that will do.
   * @throws RangeError for a header or target of other sizes
   */
  constructor(kernel: ScanKernel, header: Uint8Array, target: bigint) {
    if (target < 0n || target >= TWO_TO_256) throw new RangeError('a target has 256 bits')
    this.#kernel = kernel
    this.#header = header.slice()
    this.#prepared = prepareHeader(header)
    this.#target = target
    this.#targetWord = Number(target >> WORD_SHIFT)
  }

  /** The lowest hash of all nonces that were tried. */
  get best(): BestShare | undefined {
    return this.#best
  }

  /**
   * Tries the nonces from `first` on, `count` of them, until `most` are found.
   * @throws RangeError for a range that leaves the 2^32 nonces
   * @throws KernelError `WRONG_HASH`
   */
  search(first: number, count: number, most = 1): SearchedRange {
    const end = first + count
    if (!(first >= 0 && count >= 0 && end <= NONCE_COUNT)) throw new RangeError(`no nonces ${first} to ${end}`)
    this.#kernel.load(this.#prepared)
    const found: number[] = []
    let next = first
    while (next < end && found.length < most) {
      const limit = this.#limit()
      const nonce = this.#kernel.scan(next, end - next, limit)
      if (nonce < 0) return { found, attempts: count }
      if (nonce < next || nonce >= end) throw this.#wrong(nonce)
      if (this.#look(nonce, limit)) found.push(nonce)
      next = nonce + 1
    }
    return { found, attempts: next - first }
  }

  /** The header's 80 bytes with this nonce. */
  headerWith(nonce: number): Uint8Array {
    const header = this.#header.slice()
    new DataView(header.buffer).setUint32(NONCE_AT, nonce, true)
    return header
  }

  /** What a hash's top word must not be above to be of use, as a result or as the best so far. */
  #limit(): number {
    const bestWord = Number((this.#bestNumber - 1n) >> WORD_SHIFT)
    return this.#bestNumber === 0n ? this.#targetWord : Math.max(this.#targetWord, bestWord)
  }

  /** Hashes in full; whether the hash is not above the target. */
  #look(nonce: number, limit: number): boolean {
    const hash = hash256(this.headerWith(nonce))
    const number = hashAsNumber(hash)
    if (Number(number >> WORD_SHIFT) > limit) throw this.#wrong(nonce)
    if (number < this.#bestNumber) {
      this.#bestNumber = number
      this.#best = { nonce, hash }
    }
    return number <= this.#target
  }

  #wrong(nonce: number): KernelError {
    const kernel = this.#kernel.name
    const message = `The mining kernel ${kernel} gave a nonce (${nonce}) that is not what was asked for. Mine with another kernel.`
    return new KernelError({ code: 'WRONG_HASH', kernel, nonce }, message)
  }
}
