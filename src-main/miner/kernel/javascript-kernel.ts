/** The kernel that runs everywhere: plain JavaScript, one nonce at a time. */
import type { ScanKernel } from './scan-kernel.ts'
import { expandWords, INITIAL_STATE, ROUNDS, runRounds, STATE_WORDS, sigma0, swapBytes } from './sha256.ts'

const END_OF_MESSAGE = 0x80000000 | 0
const HEADER_BITS = 640
const DIGEST_BITS = 256
/** Rounds until the word that becomes the top one of the second hash stands in `e`. */
const ROUNDS_TO_TOP_WORD = 61

export class JavaScriptKernel implements ScanKernel {
  readonly name = 'JavaScript'
  /** Words of the header's second block; those of the hash of its hash. */
  readonly #first = new Int32Array(ROUNDS)
  readonly #second = new Int32Array(ROUNDS)
  readonly #state = new Int32Array(STATE_WORDS)
  #prepared: Int32Array = new Int32Array(0)

  constructor() {
    this.#first[4] = END_OF_MESSAGE
    this.#first[15] = HEADER_BITS
    this.#second[8] = END_OF_MESSAGE
    this.#second[15] = DIGEST_BITS
  }

  load(prepared: Int32Array): void {
    this.#prepared = prepared
    this.#first.set(prepared.subarray(22, 25), 0)
    this.#first.set(prepared.subarray(16, 18), 16)
  }

  scan(first: number, count: number, limit: number): number {
    for (let nonce = first, end = first + count; nonce < end; nonce++) if (this.#topWord(nonce) <= limit) return nonce
    return -1
  }

  /** Bytes 28 to 31 of the header's double hash, little-endian. */
  #topWord(nonce: number): number {
    const prepared = this.#prepared
    const first = this.#first
    const second = this.#second
    const state = this.#state
    const word = swapBytes(nonce)
    for (let i = 0; i < STATE_WORDS; i++) state[i] = prepared[STATE_WORDS + i] as number
    state[0] = (state[0] as number) + word
    state[4] = (state[4] as number) + word
    first[3] = word
    first[18] = (prepared[18] as number) + sigma0(word)
    first[19] = (prepared[19] as number) + word
    expandWords(first, 20)
    runRounds(state, first, 4, ROUNDS)
    for (let i = 0; i < STATE_WORDS; i++) second[i] = (state[i] as number) + (prepared[i] as number)
    state.set(INITIAL_STATE)
    expandWords(second)
    runRounds(state, second, 0, ROUNDS_TO_TOP_WORD)
    return swapBytes((state[4] as number) + (INITIAL_STATE[7] as number)) >>> 0
  }
}
