/*
 * The search with the processor's own SHA-256 instructions (SHA-NI). Compiled with -msha -msse4.1.
 *
 * One instruction does two rounds and takes four cycles until its result is there, so STREAMS nonces go through side by
 * side. A state is two vectors: the words a, b, e, f from the highest lane down, and c, d, g, h.
 */
#include <immintrin.h>

#include "scan.h"

enum { STREAMS = 4 };

static const uint32_t K[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

#define EACH for (int j = 0; j < STREAMS; j++)
#define CONSTANTS(i) _mm_load_si128((const __m128i *)(K + (i)))
#define ADD(x, y) _mm_add_epi32(x, y)
#define HIGH_HALF(x) _mm_shuffle_epi32(x, 0x0e)

/* Four rounds of all streams; `kw`: constants and words added up. */
#define FOUR_ROUNDS(kw)                                      \
  EACH {                                                     \
    __m128i sum = (kw);                                      \
    cdgh[j] = _mm_sha256rnds2_epu32(cdgh[j], abef[j], sum);  \
    abef[j] = _mm_sha256rnds2_epu32(abef[j], cdgh[j], HIGH_HALF(sum)); \
  }

/* The four words after `d`, in the place of those sixteen before them. */
#define EXPAND(a, b, c, d) \
  EACH a[j] = _mm_sha256msg2_epu32(ADD(_mm_sha256msg1_epu32(a[j], b[j]), _mm_alignr_epi8(d[j], c[j], 4)), d[j])

#define EXPAND_AND_ROUNDS(a, b, c, d, i) \
  EXPAND(a, b, c, d);                    \
  FOUR_ROUNDS(ADD(a[j], CONSTANTS(i)))

#define SIXTEEN(i)                        \
  EXPAND_AND_ROUNDS(m0, m1, m2, m3, i);   \
  EXPAND_AND_ROUNDS(m1, m2, m3, m0, i + 4); \
  EXPAND_AND_ROUNDS(m2, m3, m0, m1, i + 8); \
  EXPAND_AND_ROUNDS(m3, m0, m1, m2, i + 12)

static inline uint32_t sigma0(uint32_t x) {
  return ((x >> 7) | (x << 25)) ^ ((x >> 18) | (x << 14)) ^ (x >> 3);
}

/* SHA-256 of the headers from nonce `first` on, as the first eight words of the next block. */
static inline __attribute__((always_inline)) void first_hash(const uint32_t *p, uint32_t first, __m128i m0[STREAMS],
                                                              __m128i m1[STREAMS]) {
  __m128i abef[STREAMS], cdgh[STREAMS], m2[STREAMS], m3[STREAMS];
  const __m128i length = _mm_set_epi32(640, 0, 0, 0);
  EACH {
    uint32_t nonce = swap_bytes(first + (uint32_t)j);
    __m128i word = _mm_cvtsi32_si128((int)nonce);
    abef[j] = ADD(_mm_set_epi32((int)p[8], (int)p[9], (int)p[12], (int)p[13]), _mm_shuffle_epi32(word, 0x11));
    cdgh[j] = _mm_set_epi32((int)p[10], (int)p[11], (int)p[14], (int)p[15]);
    /* Words 16 to 19. */
    __m128i words = _mm_unpacklo_epi32(_mm_cvtsi32_si128((int)sigma0(nonce)), word);
    m0[j] = ADD(_mm_set_epi32((int)p[19], (int)p[18], (int)p[17], (int)p[16]), _mm_slli_si128(words, 8));
    m3[j] = length;
  }
  /* Rounds 4 to 15: the end of the message, zeros, its length. */
  FOUR_ROUNDS(ADD(CONSTANTS(4), _mm_set_epi32(0, 0, 0, (int)0x80000000)));
  FOUR_ROUNDS(CONSTANTS(8));
  FOUR_ROUNDS(ADD(CONSTANTS(12), length));
  FOUR_ROUNDS(ADD(m0[j], CONSTANTS(16)));
  EACH m1[j] = _mm_sha256msg2_epu32(
      ADD(_mm_set_epi32(0, 0, 0, (int)0x80000000), _mm_alignr_epi8(m0[j], length, 4)), m0[j]);
  FOUR_ROUNDS(ADD(m1[j], CONSTANTS(20)));
  EACH m2[j] = _mm_sha256msg2_epu32(_mm_alignr_epi8(m1[j], m0[j], 4), m1[j]);
  FOUR_ROUNDS(ADD(m2[j], CONSTANTS(24)));
  EXPAND_AND_ROUNDS(m3, m0, m1, m2, 28);
  SIXTEEN(32);
  SIXTEEN(48);
  EACH {
    abef[j] = ADD(abef[j], _mm_set_epi32((int)p[0], (int)p[1], (int)p[4], (int)p[5]));
    cdgh[j] = ADD(cdgh[j], _mm_set_epi32((int)p[2], (int)p[3], (int)p[6], (int)p[7]));
    m0[j] = _mm_shuffle_epi32(_mm_unpackhi_epi64(abef[j], cdgh[j]), 0xb1);
    m1[j] = _mm_shuffle_epi32(_mm_unpacklo_epi64(abef[j], cdgh[j]), 0xb1);
  }
}

/* Bytes 28 to 31 of SHA-256 of these words, little-endian. */
static inline __attribute__((always_inline)) void second_hash(__m128i m0[STREAMS], __m128i m1[STREAMS],
                                                               uint32_t top[STREAMS]) {
  __m128i abef[STREAMS], cdgh[STREAMS], m2[STREAMS], m3[STREAMS];
  const __m128i end = _mm_set_epi32(0, 0, 0, (int)0x80000000);
  const __m128i length = _mm_set_epi32(256, 0, 0, 0);
  EACH {
    abef[j] = _mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c);
    cdgh[j] = _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19);
    m2[j] = end;
    m3[j] = length;
  }
  FOUR_ROUNDS(ADD(m0[j], CONSTANTS(0)));
  FOUR_ROUNDS(ADD(m1[j], CONSTANTS(4)));
  FOUR_ROUNDS(ADD(end, CONSTANTS(8)));
  FOUR_ROUNDS(ADD(length, CONSTANTS(12)));
  SIXTEEN(16);
  SIXTEEN(32);
  EXPAND_AND_ROUNDS(m0, m1, m2, m3, 48);
  EXPAND_AND_ROUNDS(m1, m2, m3, m0, 52);
  EXPAND_AND_ROUNDS(m2, m3, m0, m1, 56);
  /* Of the last four rounds two are enough: the word wanted is then `f`. */
  EXPAND(m3, m0, m1, m2);
  EACH {
    cdgh[j] = _mm_sha256rnds2_epu32(cdgh[j], abef[j], ADD(m3[j], CONSTANTS(60)));
    top[j] = swap_bytes((uint32_t)_mm_cvtsi128_si32(cdgh[j]) + 0x5be0cd19u);
  }
}

int64_t scan_sha_ni(const uint32_t prepared[PREPARED_WORDS], uint32_t first, uint64_t count, uint32_t limit) {
  for (uint64_t done = 0; done < count; done += STREAMS) {
    __m128i m0[STREAMS], m1[STREAMS];
    uint32_t top[STREAMS];
    first_hash(prepared, first + (uint32_t)done, m0, m1);
    second_hash(m0, m1, top);
    for (uint64_t j = 0; j < STREAMS; j++) {
      /* The last group may reach beyond the range. */
      if (top[j] <= limit) return done + j < count ? (int64_t)(done + j) : -1;
    }
  }
  return -1;
}
