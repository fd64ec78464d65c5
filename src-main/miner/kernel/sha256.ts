/**
 * SHA-256 (FIPS 180-4) over 32-bit words, for work that starts in the middle of a hash: what `node:crypto` cannot do.
 * Words are signed 32-bit integers, as JavaScript's bit operations give them.
 */

export const STATE_WORDS = 8
export const BLOCK_WORDS = 16
export const ROUNDS = 64

/** The state before the first block. Not to be written to. */
export const INITIAL_STATE: Int32Array = Int32Array.of(
  ...[0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19],
)

/** One for each round. Not to be written to. */
export const ROUND_CONSTANTS: Int32Array = Int32Array.of(
  ...[0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5],
  ...[0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174],
  ...[0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da],
  ...[0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967],
  ...[0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85],
  ...[0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070],
  ...[0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3],
  ...[0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2],
)

/** The small sigmas, which make the later words of a block from the first sixteen. */
export function sigma0(x: number): number {
  return ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
}

export function sigma1(x: number): number {
  return ((x >>> 17) | (x << 15)) ^ ((x >>> 19) | (x << 13)) ^ (x >>> 10)
}

/** The 64 words of a block whose first sixteen stand in `words` already. */
export function expandWords(words: Int32Array, from: number = BLOCK_WORDS): void {
  for (let i = from; i < ROUNDS; i++) {
    words[i] =
      (sigma1(words[i - 2] as number) +
        (words[i - 7] as number) +
        sigma0(words[i - 15] as number) +
        (words[i - 16] as number)) |
      0
  }
}

/** The rounds from `from` up to, not including, `to`, over the eight words of `state` in place. */
export function runRounds(state: Int32Array, words: Int32Array, from: number, to: number): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let i = from; i < to; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + (((f ^ g) & e) ^ g) + (ROUND_CONSTANTS[i] as number) + (words[i] as number)) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const t2 = s0 + ((a & b) | (c & (a | b)))
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  state[0] = a
  state[1] = b
  state[2] = c
  state[3] = d
  state[4] = e
  state[5] = f
  state[6] = g
  state[7] = h
}

/** Takes a block of sixteen words into `state`. `words` has room for 64 and is written over. */
export function compress(state: Int32Array, words: Int32Array): void {
  expandWords(words)
  const before = state.slice()
  runRounds(state, words, 0, ROUNDS)
  for (let i = 0; i < STATE_WORDS; i++) state[i] = ((state[i] as number) + (before[i] as number)) | 0
}

/** The order of bytes the other way round. */
export function swapBytes(word: number): number {
  return ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)
}
