/*
 * The native mining kernels: double SHA-256 of a header with many nonces, stopping at the first hash whose most
 * significant word (bytes 28 to 31, little-endian) is low enough.
 *
 * `prepared` are the 25 words that src-main/miner/kernel/prepared-header.ts works out. Each file scan-*.c is compiled for
 * one set of instructions; cpu.c says which of them this processor has.
 */
#ifndef SHOAL_SCAN_H
#define SHOAL_SCAN_H

#include <stdint.h>

enum { PREPARED_WORDS = 25 };

/* The offset from `first` of the first nonce of `count` with a top word of at most `limit`; -1 where there is none. */
typedef int64_t scan_function(const uint32_t prepared[PREPARED_WORDS], uint32_t first, uint64_t count, uint32_t limit);

scan_function scan_plain;
#if defined(__x86_64__)
scan_function scan_avx2;
scan_function scan_avx512;
scan_function scan_sha_ni;
#endif

static inline uint32_t swap_bytes(uint32_t x) { return __builtin_bswap32(x); }

#endif
