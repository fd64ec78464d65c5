/*
 * The search over vectors of LANES nonces, included once for each set of instructions by a file that defines
 *   SCAN   the name of the function
 *   LANES  4, 8 or 16
 * and, where there are better ones than those below: ROR, CHOOSE, MAJORITY, PARITY.
 *
 * Every round is written out with its constants, so that compilers keep all words in registers. What the nonce does not
 * change has been worked out before; of the second hash nothing is done after the word that decides.
 */
#include "scan.h"

typedef uint32_t vec __attribute__((vector_size(4 * LANES)));
typedef int32_t mask __attribute__((vector_size(4 * LANES)));
typedef uint64_t halves __attribute__((vector_size(4 * LANES)));

#ifndef ROR
#define ROR(x, n) (((x) >> (n)) | ((x) << (32 - (n))))
#endif
#ifndef CHOOSE
#define CHOOSE(x, y, z) ((((y) ^ (z)) & (x)) ^ (z))
#endif
#ifndef MAJORITY
#define MAJORITY(x, y, z) (((x) & (y)) | (((x) | (y)) & (z)))
#endif
#ifndef PARITY
#define PARITY(x, y, z) ((x) ^ (y) ^ (z))
#endif

#define BIG0(x) PARITY(ROR(x, 2), ROR(x, 13), ROR(x, 22))
#define BIG1(x) PARITY(ROR(x, 6), ROR(x, 11), ROR(x, 25))
#define SMALL0(x) PARITY(ROR(x, 7), ROR(x, 18), (x) >> 3)
#define SMALL1(x) PARITY(ROR(x, 17), ROR(x, 19), (x) >> 10)

/* The small sigmas of words that are the same for all nonces. */
#define SCALAR_ROR(x, n) ((((uint32_t)(x)) >> (n)) | (((uint32_t)(x)) << (32 - (n))))
#define CONSTANT0(x) (SCALAR_ROR(x, 7) ^ SCALAR_ROR(x, 18) ^ (((uint32_t)(x)) >> 3))
#define CONSTANT1(x) (SCALAR_ROR(x, 17) ^ SCALAR_ROR(x, 19) ^ (((uint32_t)(x)) >> 10))

#define ALL(x) ((vec){0} + (uint32_t)(x))

/* One round with `kw`, constant and word added up; the caller turns the letters. */
#define ROUND(a, b, c, d, e, f, g, h, kw)               \
  do {                                                  \
    vec t = (h) + (kw) + CHOOSE(e, f, g) + BIG1(e);     \
    (d) += t;                                           \
    (h) = t + BIG0(a) + MAJORITY(a, b, c);              \
  } while (0)

/* A round whose `a` nobody reads. */
#define HALF_ROUND(d, e, f, g, h, kw) ((d) += (h) + (kw) + CHOOSE(e, f, g) + BIG1(e))

#define EIGHT(k0, k1, k2, k3, k4, k5, k6, k7) \
  ROUND(a, b, c, d, e, f, g, h, k0);          \
  ROUND(h, a, b, c, d, e, f, g, k1);          \
  ROUND(g, h, a, b, c, d, e, f, k2);          \
  ROUND(f, g, h, a, b, c, d, e, k3);          \
  ROUND(e, f, g, h, a, b, c, d, k4);          \
  ROUND(d, e, f, g, h, a, b, c, k5);          \
  ROUND(c, d, e, f, g, h, a, b, k6);          \
  ROUND(b, c, d, e, f, g, h, a, k7)

/* The next word in the place of the one sixteen before it. */
#define EXPAND(now, by2, by7, by15) ((now) += SMALL1(by2) + (by7) + SMALL0(by15))

#define EXPAND_LOW(w)                          \
  EXPAND((w)[0], (w)[14], (w)[9], (w)[1]);     \
  EXPAND((w)[1], (w)[15], (w)[10], (w)[2]);    \
  EXPAND((w)[2], (w)[0], (w)[11], (w)[3]);     \
  EXPAND((w)[3], (w)[1], (w)[12], (w)[4]);     \
  EXPAND((w)[4], (w)[2], (w)[13], (w)[5]);     \
  EXPAND((w)[5], (w)[3], (w)[14], (w)[6]);     \
  EXPAND((w)[6], (w)[4], (w)[15], (w)[7]);     \
  EXPAND((w)[7], (w)[5], (w)[0], (w)[8])

#define EXPAND_HIGH(w)                         \
  EXPAND((w)[8], (w)[6], (w)[1], (w)[9]);      \
  EXPAND((w)[9], (w)[7], (w)[2], (w)[10]);     \
  EXPAND((w)[10], (w)[8], (w)[3], (w)[11]);    \
  EXPAND((w)[11], (w)[9], (w)[4], (w)[12]);    \
  EXPAND((w)[12], (w)[10], (w)[5], (w)[13]);   \
  EXPAND((w)[13], (w)[11], (w)[6], (w)[14]);   \
  EXPAND((w)[14], (w)[12], (w)[7], (w)[15]);   \
  EXPAND((w)[15], (w)[13], (w)[8], (w)[0])

/* Eight rounds from round `i` on, with words 0 to 7 or 8 to 15 of `w`. */
#define LOW(i)                                                                                     \
  EIGHT(w[0] + k[i], w[1] + k[(i) + 1], w[2] + k[(i) + 2], w[3] + k[(i) + 3], w[4] + k[(i) + 4],   \
        w[5] + k[(i) + 5], w[6] + k[(i) + 6], w[7] + k[(i) + 7])
#define HIGH(i)                                                                                    \
  EIGHT(w[8] + k[i], w[9] + k[(i) + 1], w[10] + k[(i) + 2], w[11] + k[(i) + 3], w[12] + k[(i) + 4], \
        w[13] + k[(i) + 5], w[14] + k[(i) + 6], w[15] + k[(i) + 7])

#if LANES == 4
#define SPLAT(x) {x, x, x, x}
#elif LANES == 8
#define SPLAT(x) {x, x, x, x, x, x, x, x}
#else
#define SPLAT(x) {x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}
#endif

/* The constants of the rounds, in every lane: read from memory they cost nothing, made from numbers they do. */
static const vec round_constants[64] = {
    SPLAT(0x428a2f98), SPLAT(0x71374491), SPLAT(0xb5c0fbcf), SPLAT(0xe9b5dba5),
    SPLAT(0x3956c25b), SPLAT(0x59f111f1), SPLAT(0x923f82a4), SPLAT(0xab1c5ed5),
    SPLAT(0xd807aa98), SPLAT(0x12835b01), SPLAT(0x243185be), SPLAT(0x550c7dc3),
    SPLAT(0x72be5d74), SPLAT(0x80deb1fe), SPLAT(0x9bdc06a7), SPLAT(0xc19bf174),
    SPLAT(0xe49b69c1), SPLAT(0xefbe4786), SPLAT(0x0fc19dc6), SPLAT(0x240ca1cc),
    SPLAT(0x2de92c6f), SPLAT(0x4a7484aa), SPLAT(0x5cb0a9dc), SPLAT(0x76f988da),
    SPLAT(0x983e5152), SPLAT(0xa831c66d), SPLAT(0xb00327c8), SPLAT(0xbf597fc7),
    SPLAT(0xc6e00bf3), SPLAT(0xd5a79147), SPLAT(0x06ca6351), SPLAT(0x14292967),
    SPLAT(0x27b70a85), SPLAT(0x2e1b2138), SPLAT(0x4d2c6dfc), SPLAT(0x53380d13),
    SPLAT(0x650a7354), SPLAT(0x766a0abb), SPLAT(0x81c2c92e), SPLAT(0x92722c85),
    SPLAT(0xa2bfe8a1), SPLAT(0xa81a664b), SPLAT(0xc24b8b70), SPLAT(0xc76c51a3),
    SPLAT(0xd192e819), SPLAT(0xd6990624), SPLAT(0xf40e3585), SPLAT(0x106aa070),
    SPLAT(0x19a4c116), SPLAT(0x1e376c08), SPLAT(0x2748774c), SPLAT(0x34b0bcb5),
    SPLAT(0x391c0cb3), SPLAT(0x4ed8aa4a), SPLAT(0x5b9cca4f), SPLAT(0x682e6ff3),
    SPLAT(0x748f82ee), SPLAT(0x78a5636f), SPLAT(0x84c87814), SPLAT(0x8cc70208),
    SPLAT(0x90befffa), SPLAT(0xa4506ceb), SPLAT(0xbef9a3f7), SPLAT(0xc67178f2),
};

/* Those of rounds in which the word is the same for all. */
static const vec round_with_end_of_header = SPLAT(0x3956c25bu + 0x80000000u);
static const vec round_with_length_of_header = SPLAT(0xc19bf174u + 640u);
static const vec round_with_end_of_digest = SPLAT(0xd807aa98u + 0x80000000u);
static const vec round_with_length_of_digest = SPLAT(0xc19bf174u + 256u);

/* SHA-256 of the headers with these nonces (bytes swapped), as the first eight words of the next block. */
static inline __attribute__((always_inline)) void first_hash(const uint32_t *p, const vec *k, vec nonce,
                                                              vec digest[8]) {
  vec w[16];
  vec a = ALL(p[8]) + nonce, b = ALL(p[9]), c = ALL(p[10]), d = ALL(p[11]);
  vec e = ALL(p[12]) + nonce, f = ALL(p[13]), g = ALL(p[14]), h = ALL(p[15]);
  /* Rounds 4 to 15: the end of the message, zeros, its length. */
  ROUND(a, b, c, d, e, f, g, h, round_with_end_of_header);
  ROUND(h, a, b, c, d, e, f, g, k[5]);
  ROUND(g, h, a, b, c, d, e, f, k[6]);
  ROUND(f, g, h, a, b, c, d, e, k[7]);
  ROUND(e, f, g, h, a, b, c, d, k[8]);
  ROUND(d, e, f, g, h, a, b, c, k[9]);
  ROUND(c, d, e, f, g, h, a, b, k[10]);
  ROUND(b, c, d, e, f, g, h, a, k[11]);
  ROUND(a, b, c, d, e, f, g, h, k[12]);
  ROUND(h, a, b, c, d, e, f, g, k[13]);
  ROUND(g, h, a, b, c, d, e, f, k[14]);
  ROUND(f, g, h, a, b, c, d, e, round_with_length_of_header);
  w[0] = ALL(p[16]);
  w[1] = ALL(p[17]);
  w[2] = ALL(p[18]) + SMALL0(nonce);
  w[3] = ALL(p[19]) + nonce;
  w[4] = SMALL1(w[2]) + 0x80000000u;
  w[5] = SMALL1(w[3]);
  w[6] = SMALL1(w[4]) + 640u;
  w[7] = SMALL1(w[5]) + w[0];
  w[8] = SMALL1(w[6]) + w[1];
  w[9] = SMALL1(w[7]) + w[2];
  w[10] = SMALL1(w[8]) + w[3];
  w[11] = SMALL1(w[9]) + w[4];
  w[12] = SMALL1(w[10]) + w[5];
  w[13] = SMALL1(w[11]) + w[6];
  w[14] = SMALL1(w[12]) + w[7] + CONSTANT0(640);
  w[15] = SMALL1(w[13]) + w[8] + p[20];
  /* The letters stand turned by four from here on: twelve rounds, not sixteen, have been gone through. */
  vec t;
#define TURN(x, y) (t = (x), (x) = (y), (y) = t)
  TURN(a, e);
  TURN(b, f);
  TURN(c, g);
  TURN(d, h);
  LOW(16);
  HIGH(24);
  w[0] = SMALL1(w[14]) + w[9] + p[21];
  EXPAND(w[1], w[15], w[10], w[2]);
  EXPAND(w[2], w[0], w[11], w[3]);
  EXPAND(w[3], w[1], w[12], w[4]);
  EXPAND(w[4], w[2], w[13], w[5]);
  EXPAND(w[5], w[3], w[14], w[6]);
  EXPAND(w[6], w[4], w[15], w[7]);
  EXPAND(w[7], w[5], w[0], w[8]);
  LOW(32);
  EXPAND_HIGH(w);
  HIGH(40);
  EXPAND_LOW(w);
  LOW(48);
  EXPAND_HIGH(w);
  HIGH(56);
  digest[0] = a + p[0];
  digest[1] = b + p[1];
  digest[2] = c + p[2];
  digest[3] = d + p[3];
  digest[4] = e + p[4];
  digest[5] = f + p[5];
  digest[6] = g + p[6];
  digest[7] = h + p[7];
}

/* Bytes 28 to 31 of SHA-256 of these eight words, little-endian. */
static inline __attribute__((always_inline)) vec second_hash(const vec *k, const vec digest[8]) {
  vec w[16];
  vec a = ALL(0x6a09e667), b = ALL(0xbb67ae85), c = ALL(0x3c6ef372), d = ALL(0xa54ff53a);
  vec e = ALL(0x510e527f), f = ALL(0x9b05688c), g = ALL(0x1f83d9ab), h = ALL(0x5be0cd19);
  EIGHT(digest[0] + k[0], digest[1] + k[1], digest[2] + k[2], digest[3] + k[3], digest[4] + k[4], digest[5] + k[5],
        digest[6] + k[6], digest[7] + k[7]);
  EIGHT(round_with_end_of_digest, k[9], k[10], k[11], k[12], k[13], k[14], round_with_length_of_digest);
  w[0] = digest[0] + SMALL0(digest[1]);
  w[1] = digest[1] + SMALL0(digest[2]) + CONSTANT1(256);
  w[2] = digest[2] + SMALL0(digest[3]) + SMALL1(w[0]);
  w[3] = digest[3] + SMALL0(digest[4]) + SMALL1(w[1]);
  w[4] = digest[4] + SMALL0(digest[5]) + SMALL1(w[2]);
  w[5] = digest[5] + SMALL0(digest[6]) + SMALL1(w[3]);
  w[6] = digest[6] + SMALL0(digest[7]) + SMALL1(w[4]) + 256u;
  w[7] = digest[7] + CONSTANT0(0x80000000) + SMALL1(w[5]) + w[0];
  w[8] = SMALL1(w[6]) + w[1] + 0x80000000u;
  w[9] = SMALL1(w[7]) + w[2];
  w[10] = SMALL1(w[8]) + w[3];
  w[11] = SMALL1(w[9]) + w[4];
  w[12] = SMALL1(w[10]) + w[5];
  w[13] = SMALL1(w[11]) + w[6];
  w[14] = SMALL1(w[12]) + w[7] + CONSTANT0(256);
  w[15] = SMALL1(w[13]) + w[8] + SMALL0(w[0]) + 256u;
  LOW(16);
  HIGH(24);
  EXPAND_LOW(w);
  LOW(32);
  EXPAND_HIGH(w);
  HIGH(40);
  EXPAND_LOW(w);
  LOW(48);
  EXPAND(w[8], w[6], w[1], w[9]);
  EXPAND(w[9], w[7], w[2], w[10]);
  EXPAND(w[10], w[8], w[3], w[11]);
  EXPAND(w[11], w[9], w[4], w[12]);
  EXPAND(w[12], w[10], w[5], w[13]);
  ROUND(a, b, c, d, e, f, g, h, w[8] + k[56]);
  HALF_ROUND(c, d, e, f, g, w[9] + k[57]);
  HALF_ROUND(b, c, d, e, f, w[10] + k[58]);
  HALF_ROUND(a, b, c, d, e, w[11] + k[59]);
  HALF_ROUND(h, a, b, c, d, w[12] + k[60]);
  vec top = h + 0x5be0cd19u;
  return (ROR(top, 24) & 0x00ff00ffu) | (ROR(top, 8) & 0xff00ff00u);
}

int64_t SCAN(const uint32_t prepared[PREPARED_WORDS], uint32_t first, uint64_t count, uint32_t limit) {
  vec nonces = ALL(first);
  for (int lane = 0; lane < LANES; lane++) nonces[lane] += (uint32_t)lane;
  const vec *k = round_constants;
  /* The compiler may not know what stands there, or it would make each constant from a number again. */
  __asm__("" : "+r"(k));
  for (uint64_t done = 0; done < count; done += LANES) {
    vec digest[8];
    vec swapped = (ROR(nonces, 24) & 0x00ff00ffu) | (ROR(nonces, 8) & 0xff00ff00u);
    first_hash(prepared, k, swapped, digest);
    vec top = second_hash(k, digest);
    halves low = (halves)(mask)(top <= limit);
    uint64_t any = 0;
    for (int half = 0; half < LANES / 2; half++) any |= low[half];
    if (__builtin_expect(any != 0, 0)) {
      for (int lane = 0; lane < LANES; lane++) {
        if (top[lane] > limit) continue;
        /* The last group may reach beyond the range. */
        uint64_t at = done + (uint64_t)lane;
        return at < count ? (int64_t)at : -1;
      }
    }
    nonces += LANES;
  }
  return -1;
}
