/* SPDX-License-Identifier: MIT */
/*
 * The baseline of the measurement: what hobby meters do and what one would
 * write first. One sample set at a time in double precision: a first-order
 * filter for the offset, sums of squares and products. It has no reactive
 * power and no windows of whole cycles.
 */
#ifndef HEARTH_BENCH_BASELINE_H
#define HEARTH_BENCH_BASELINE_H

#include <stdint.h>

#include "../metrology/metrology.h"

struct baseline {
	double v_dc, i_dc[MET_CURRENTS];
	double vv, ii[MET_CURRENTS], vi[MET_CURRENTS];
	uint32_t sets;
};

/* V, A and W from converter counts. */
struct baseline_result {
	double voltage, current[MET_CURRENTS], power[MET_CURRENTS];
};

void baseline_set(struct baseline *base, int32_t u, int32_t live,
		  int32_t neutral);
struct baseline_result baseline_evaluate(const struct baseline *base);

#endif /* HEARTH_BENCH_BASELINE_H */
