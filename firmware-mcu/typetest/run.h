/* SPDX-License-Identifier: MIT */
/* One wave through the meter: what it reads, and what is wrong with it. */
#ifndef HEARTH_TYPETEST_RUN_H
#define HEARTH_TYPETEST_RUN_H

#include "wave.h"

struct reading {
	double seconds;
	double u, i[2], p[2], q[2], s[2], pf[2], hz;
	double half_low, half_high; /* RMS of single cycles */
	double in_p[2], in_q[2]; /* what the counts hold, of the first lines */
};

/* Means over whole windows that fill the seconds, once all has settled. */
struct reading run_wave(const struct wave *wave,
			const struct frontend_model *model, double seconds);

/* In percent; s of the product of u and i, and pf of 1. */
struct error {
	double p, q, u, i, s, pf, mhz;
	double half;	     /* of 230 V: the cycle that is farthest off */
	double own_p, own_q; /* of what the counts hold: the arithmetic's own */
};

/* The worse of the two circuits. */
struct error error_of(const struct reading *seen, const struct wave *wave);

#endif /* HEARTH_TYPETEST_RUN_H */
