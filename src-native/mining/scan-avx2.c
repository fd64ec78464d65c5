/* Eight nonces at once. Compiled with -mavx2. */
#define SCAN scan_avx2
#define LANES 8
#include "lanes.h"
