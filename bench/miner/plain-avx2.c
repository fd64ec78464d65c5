/* Eight lanes. Compiled with -mavx2. */
#define HASHES hashes_avx2
#define LANES 8
#include "plain-loop.h"
