/* Four nonces at once in what every processor of its kind has: SSE2 on x86-64, Neon on ARM64, else plain words. */
#define SCAN scan_plain
#define LANES 4
#include "lanes.h"
