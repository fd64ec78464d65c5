/**
 * What all nonces of a header have in common, worked out once.
 *
 * A header is 80 bytes: its first SHA-256 takes two blocks. The first block (64 bytes) leaves a state that no nonce changes,
 * the "midstate". Of the second, words 0 to 2 (end of the merkle root, time, bits) are fixed and word 3 is the nonce; so the
 * first three rounds, all of the fourth but adding the nonce, and parts of the expanded words are fixed as well.
 *
 * Every kernel, the native ones included, reads this layout of `PREPARED_WORDS` words:
 *
 *     0-7    midstate
 *     8-15   state after four rounds; the nonce, bytes swapped, has still to be added to words 8 (a) and 12 (e)
 *     16, 17 expanded words 16 and 17
 *     18     expanded word 18 without sigma0 of the nonce
 *     19     expanded word 19 without the nonce
 *     20     what words 16 and 15 add to expanded word 31
 *     21     what words 17 and 16 add to expanded word 32
 *     22-24  words 0 to 2 of the block
 */
import { readU32 } from '../../kernel/bytes.ts'
import { BLOCK_WORDS, compress, INITIAL_STATE, ROUNDS, runRounds, STATE_WORDS, sigma0, sigma1 } from './sha256.ts'

export const HEADER_BYTES = 80
/** Where the nonce stands in a header: four bytes, little-endian. */
export const NONCE_AT = 76
export const PREPARED_WORDS = 25

const BLOCK_BYTES = 64
/** Words 4 and 15 of the second block: the bit that ends a message, and its length of 640 bits. */
const END_OF_MESSAGE = 0x80000000 | 0
const MESSAGE_BITS = HEADER_BYTES * 8
const NONCE_WORD = 3

/** @throws RangeError unless `header` has 80 bytes; its last four count for nothing */
export function prepareHeader(header: Uint8Array): Int32Array {
  if (header.length !== HEADER_BYTES) throw new RangeError(`a header has ${HEADER_BYTES} bytes, not ${header.length}`)
  const words = new Int32Array(ROUNDS)
  for (let i = 0; i < BLOCK_WORDS; i++) words[i] = readU32(header, 4 * i)
  const midstate = INITIAL_STATE.slice()
  compress(midstate, words)

  words.fill(0)
  for (let i = 0; i < NONCE_WORD; i++) words[i] = readU32(header, BLOCK_BYTES + 4 * i)
  words[4] = END_OF_MESSAGE
  words[15] = MESSAGE_BITS
  const [w0, w1, w2] = words as unknown as [number, number, number]
  // With a nonce of zero, these are the words and rounds without it.
  const w16 = (sigma0(w1) + w0) | 0
  const w17 = (sigma1(MESSAGE_BITS) + sigma0(w2) + w1) | 0
  const rounds = midstate.slice()
  runRounds(rounds, words, 0, NONCE_WORD + 1)

  const prepared = new Int32Array(PREPARED_WORDS)
  prepared.set(midstate, 0)
  prepared.set(rounds, STATE_WORDS)
  prepared[16] = w16
  prepared[17] = w17
  prepared[18] = sigma1(w16) + w2
  prepared[19] = sigma1(w17) + sigma0(END_OF_MESSAGE)
  prepared[20] = sigma0(w16) + MESSAGE_BITS
  prepared[21] = sigma0(w17) + w16
  prepared.set([w0, w1, w2], 22)
  return prepared
}
