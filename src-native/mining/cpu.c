#include "cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <stdint.h>

/* Bits of CPUID: leaf 1 ECX, leaf 7 EBX. */
enum { SSSE3 = 1 << 9, SSE41 = 1 << 19, OSXSAVE = 1 << 27, AVX2 = 1 << 5, AVX512F = 1 << 16, SHA = 1 << 29 };
/* Registers that the system saves: XMM and YMM; those and the ones of AVX-512. */
enum { SAVES_YMM = 0x06, SAVES_ZMM = 0xe6 };

static uint32_t leaf1_ecx(void) {
  uint32_t a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) ? c : 0;
}

static uint32_t leaf7_ebx(void) {
  uint32_t a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) ? b : 0;
}

static int saves(uint32_t registers) {
  if ((leaf1_ecx() & OSXSAVE) == 0) return 0;
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (low & registers) == registers;
}

int cpu_has_avx2(void) { return (leaf7_ebx() & AVX2) != 0 && saves(SAVES_YMM); }

int cpu_has_avx512(void) { return (leaf7_ebx() & AVX512F) != 0 && saves(SAVES_ZMM); }

int cpu_has_sha_ni(void) {
  return (leaf7_ebx() & SHA) != 0 && (leaf1_ecx() & (SSSE3 | SSE41)) == (SSSE3 | SSE41);
}

#else

int cpu_has_avx2(void) { return 0; }
int cpu_has_avx512(void) { return 0; }
int cpu_has_sha_ni(void) { return 0; }

#endif
