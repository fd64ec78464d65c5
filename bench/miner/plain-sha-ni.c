/* The processor's own SHA-256 instructions, four nonces side by side. Compiled with -msha -msse4.1. */
#include <immintrin.h>

#include "plain-constants.h"

enum { STREAMS = 4 };

static inline __attribute__((always_inline)) void compress(__m128i abef[STREAMS], __m128i cdgh[STREAMS],
                                                            __m128i m[4][STREAMS]) {
  __m128i before[2][STREAMS];
  for (int j = 0; j < STREAMS; j++) {
    before[0][j] = abef[j];
    before[1][j] = cdgh[j];
  }
#pragma GCC unroll 16
  for (int i = 0; i < 16; i++) {
    for (int j = 0; j < STREAMS; j++) {
      if (i >= 4) {
        __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(m[i & 3][j], m[(i + 1) & 3][j]),
                                    _mm_alignr_epi8(m[(i + 3) & 3][j], m[(i + 2) & 3][j], 4));
        m[i & 3][j] = _mm_sha256msg2_epu32(sum, m[(i + 3) & 3][j]);
      }
      __m128i kw = _mm_add_epi32(m[i & 3][j], _mm_load_si128((const __m128i *)(K + 4 * i)));
      cdgh[j] = _mm_sha256rnds2_epu32(cdgh[j], abef[j], kw);
      abef[j] = _mm_sha256rnds2_epu32(abef[j], cdgh[j], _mm_shuffle_epi32(kw, 0x0e));
    }
  }
  for (int j = 0; j < STREAMS; j++) {
    abef[j] = _mm_add_epi32(abef[j], before[0][j]);
    cdgh[j] = _mm_add_epi32(cdgh[j], before[1][j]);
  }
}

static inline __m128i words(uint32_t first, uint32_t second, uint32_t third, uint32_t fourth) {
  return _mm_set_epi32((int)fourth, (int)third, (int)second, (int)first);
}

/* See plain-loop.h. */
uint32_t hashes_sha_ni(const uint32_t midstate[8], const uint32_t tail[3], uint32_t count) {
  const uint32_t *s = midstate, *t = INITIAL;
  uint32_t all = 0;
  for (uint32_t first = 0; first < count; first += STREAMS) {
    __m128i abef[STREAMS], cdgh[STREAMS], m[4][STREAMS];
    for (int j = 0; j < STREAMS; j++) {
      abef[j] = words(s[5], s[4], s[1], s[0]);
      cdgh[j] = words(s[7], s[6], s[3], s[2]);
      m[0][j] = words(tail[0], tail[1], tail[2], __builtin_bswap32(first + (uint32_t)j));
      m[1][j] = words(0x80000000u, 0, 0, 0);
      m[2][j] = words(0, 0, 0, 0);
      m[3][j] = words(0, 0, 0, 640);
    }
    compress(abef, cdgh, m);
    for (int j = 0; j < STREAMS; j++) {
      m[0][j] = _mm_shuffle_epi32(_mm_unpackhi_epi64(abef[j], cdgh[j]), 0xb1);
      m[1][j] = _mm_shuffle_epi32(_mm_unpacklo_epi64(abef[j], cdgh[j]), 0xb1);
      m[2][j] = words(0x80000000u, 0, 0, 0);
      m[3][j] = words(0, 0, 0, 256);
      abef[j] = words(t[5], t[4], t[1], t[0]);
      cdgh[j] = words(t[7], t[6], t[3], t[2]);
    }
    compress(abef, cdgh, m);
    for (int j = 0; j < STREAMS; j++) all ^= (uint32_t)_mm_cvtsi128_si32(cdgh[j]);
  }
  return all;
}
