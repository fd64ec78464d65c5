/* Sixteen lanes. Compiled with -mavx512f. */
#include <immintrin.h>

#define HASHES hashes_avx512
#define LANES 16
#define ROR(x, n) ((vec)_mm512_ror_epi32((__m512i)(x), (n)))
#define TERNARY(x, y, z, table) ((vec)_mm512_ternarylogic_epi32((__m512i)(x), (__m512i)(y), (__m512i)(z), table))
#define CHOOSE(x, y, z) TERNARY(x, y, z, 0xca)
#define MAJORITY(x, y, z) TERNARY(x, y, z, 0xe8)
#define PARITY(x, y, z) TERNARY(x, y, z, 0x96)
#include "plain-loop.h"
