/* SPDX-License-Identifier: MIT */
/*
 * One number for all that metrology finds in an evening of a home: every sum of
 * every window, every half cycle, every result, register and event. It is the
 * same on every machine, or metrology is not.
 */
#ifndef HEARTH_BENCH_DIGEST_H
#define HEARTH_BENCH_DIGEST_H

#include <stdint.h>

/* What it is. A change of the arithmetic changes it; the host's test and the
 * bench on both cores say what to.
 */
#define DIGEST_KNOWN UINT64_C(0x2088c8b611743df7)

uint64_t digest_run(void);

#endif /* HEARTH_BENCH_DIGEST_H */
