/*
 * Runs one of the plain loops for some time: `plain sse2 0.5` prints how many hashes it made, in how many seconds of processor
 * time, and what the last words of the first 65,536 hashes come to, which is the same for all loops that are right.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef uint32_t hashes_function(const uint32_t midstate[8], const uint32_t tail[3], uint32_t count);
hashes_function hashes_sse2, hashes_avx2, hashes_avx512, hashes_sha_ni;

enum { BATCH = 65536 };

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
  static const struct {
    const char *name;
    hashes_function *hashes;
  } loops[] = {{"sse2", hashes_sse2}, {"avx2", hashes_avx2}, {"avx512", hashes_avx512}, {"sha-ni", hashes_sha_ni}};
  static const uint32_t midstate[8] = {1, 2, 3, 4, 5, 6, 7, 8}, tail[3] = {9, 10, 11};
  if (count != 3) return 2;
  for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
    if (strcmp(loops[i].name, arguments[1]) != 0) continue;
    double limit = atof(arguments[2]), begin = seconds(), now;
    uint64_t hashes = 0;
    uint32_t words;
    do {
      words = loops[i].hashes(midstate, tail, BATCH);
      hashes += BATCH;
      now = seconds();
    } while (now - begin < limit);
    printf("{\"hashes\":%llu,\"seconds\":%.6f,\"words\":%u}\n", (unsigned long long)hashes, now - begin, words);
    return 0;
  }
  return 2;
}
