/* Which sets of instructions this processor and its system allow; each non-zero for yes. */
#ifndef SHOAL_CPU_H
#define SHOAL_CPU_H

int cpu_has_avx2(void);
int cpu_has_avx512(void);
int cpu_has_sha_ni(void);

#endif
