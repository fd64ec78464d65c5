/* Four lanes of SSE2, which every x86-64 has. */
#define HASHES hashes_sse2
#define LANES 4
#include "plain-loop.h"
