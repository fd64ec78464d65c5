/*
 * What a miner is measured against: double SHA-256 of a header over vectors of LANES nonces as a textbook has it, with the
 * midstate and nothing else worked out before. A file that includes this defines HASHES, the name of the function, LANES,
 * and where there is an instruction for them ROR, CHOOSE, MAJORITY and PARITY.
 */
#include "plain-constants.h"

typedef uint32_t vec __attribute__((vector_size(4 * LANES)));

#ifndef ROR
#define ROR(x, n) (((x) >> (n)) | ((x) << (32 - (n))))
#endif
#ifndef CHOOSE
#define CHOOSE(x, y, z) (((x) & (y)) ^ (~(x) & (z)))
#endif
#ifndef MAJORITY
#define MAJORITY(x, y, z) (((x) & (y)) ^ ((x) & (z)) ^ ((y) & (z)))
#endif
#ifndef PARITY
#define PARITY(x, y, z) ((x) ^ (y) ^ (z))
#endif

static inline __attribute__((always_inline)) void compress(vec state[8], vec w[16]) {
  vec a = state[0], b = state[1], c = state[2], d = state[3];
  vec e = state[4], f = state[5], g = state[6], h = state[7];
#pragma GCC unroll 64
  for (int i = 0; i < 64; i++) {
    if (i >= 16) {
      vec s0 = PARITY(ROR(w[(i + 1) & 15], 7), ROR(w[(i + 1) & 15], 18), w[(i + 1) & 15] >> 3);
      vec s1 = PARITY(ROR(w[(i + 14) & 15], 17), ROR(w[(i + 14) & 15], 19), w[(i + 14) & 15] >> 10);
      w[i & 15] += s0 + w[(i + 9) & 15] + s1;
    }
    vec t1 = h + PARITY(ROR(e, 6), ROR(e, 11), ROR(e, 25)) + CHOOSE(e, f, g) + K[i] + w[i & 15];
    vec t2 = PARITY(ROR(a, 2), ROR(a, 13), ROR(a, 22)) + MAJORITY(a, b, c);
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

/*
 * Hashes with the nonces 0 to `count` - 1. `midstate`: of the first 64 bytes; `tail`: the three words behind them. The exclusive
 * or of all last words, so that none is left out, and so that two loops can be compared.
 */
uint32_t HASHES(const uint32_t midstate[8], const uint32_t tail[3], uint32_t count) {
  vec all = {0};
  for (uint32_t first = 0; first < count; first += LANES) {
    vec nonces = (vec){0} + first;
    for (int lane = 0; lane < LANES; lane++) nonces[lane] += (uint32_t)lane;
    vec state[8], w[16];
    for (int i = 0; i < 8; i++) state[i] = (vec){0} + midstate[i];
    for (int i = 0; i < 3; i++) w[i] = (vec){0} + tail[i];
    w[3] = (nonces >> 24) | ((nonces >> 8) & 0xff00u) | ((nonces & 0xff00u) << 8) | (nonces << 24);
    w[4] = (vec){0} + 0x80000000u;
    for (int i = 5; i < 15; i++) w[i] = (vec){0};
    w[15] = (vec){0} + 640u;
    compress(state, w);
    for (int i = 0; i < 8; i++) w[i] = state[i];
    w[8] = (vec){0} + 0x80000000u;
    for (int i = 9; i < 15; i++) w[i] = (vec){0};
    w[15] = (vec){0} + 256u;
    for (int i = 0; i < 8; i++) state[i] = (vec){0} + INITIAL[i];
    compress(state, w);
    all ^= state[7];
  }
  uint32_t result = 0;
  for (int lane = 0; lane < LANES; lane++) result ^= all[lane];
  return result;
}
