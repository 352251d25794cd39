// SPDX-License-Identifier: MIT
#include "baseline.h"

#include <math.h>

#define VOLTS_PER_COUNT (500.0 / (1 << 23))
#define AMPS_PER_COUNT (176.8 / (1 << 23))

void baseline_set(struct baseline *base, int32_t u, int32_t live,
		  int32_t neutral)
{
	const int32_t in[MET_CURRENTS] = { live, neutral };
	double v = u - base->v_dc;

	base->v_dc += v / 1024;
	base->vv += v * v;
	for (int c = 0; c < MET_CURRENTS; c++) {
		double i = in[c] - base->i_dc[c];

		base->i_dc[c] += i / 1024;
		base->ii[c] += i * i;
		base->vi[c] += v * i;
	}
	base->sets++;
}

struct baseline_result baseline_evaluate(const struct baseline *base)
{
	struct baseline_result res;

	res.voltage = VOLTS_PER_COUNT * sqrt(base->vv / base->sets);
	for (int c = 0; c < MET_CURRENTS; c++) {
		res.current[c] =
			AMPS_PER_COUNT * sqrt(base->ii[c] / base->sets);
		res.power[c] = VOLTS_PER_COUNT * AMPS_PER_COUNT * base->vi[c] /
			       base->sets;
	}
	return res;
}
