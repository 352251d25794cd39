/* SPDX-License-Identifier: MIT */
/*
 * The laboratory's source: waveforms as sums of lines, so that what really
 * flows is known in closed form, seen through a front end with gains, delays,
 * offsets, noise and 24 bits.
 */
#ifndef HEARTH_TYPETEST_WAVE_H
#define HEARTH_TYPETEST_WAVE_H

#include <stdint.h>

#include "../metrology/metrology.h"

#define PI 3.14159265358979323846
#define WAVE_LINES 240

/* sqrt(2) rms sin(order w t + phase); order 0 is a direct current of rms. */
struct line {
	double order, rms, phase;
};

struct wave {
	double hz;
	int n_v, n_i;
	struct line v[8], i[WAVE_LINES];
};

/* V, A (without direct current), W, var of the fundamental. */
struct truth {
	double u, i, p, q;
};

struct frontend_model {
	double gain[3];	   /* of what it should be; voltage, live, neutral */
	double delay_s[2]; /* of the currents behind the voltage */
	double dc[3];	   /* counts */
	double noise;	   /* counts RMS */
	/* Gains change by this, linear and by the square, from 25 degrees on. */
	double ppm_k[3], ppm_k2[3];
	double celsius;
};

/* Sine of voltage and current, the current lagging. */
struct wave wave_sine(double u, double i, double lag_deg, double hz);
/* Add a harmonic to either, of its fundamental. */
void wave_add_v(struct wave *wave, double order, double part, double phase);
void wave_add_i(struct wave *wave, double order, double part, double phase);
/* Replace the current: i is what the same sine would have unswitched. */
void wave_phase_fired(struct wave *wave, double i, double from_deg);
void wave_half(struct wave *wave, double i);
void wave_rectifier(struct wave *wave, double i); /* i: peak, as if RMS */
void wave_burst(struct wave *wave, double i);	  /* two cycles on, two off */

struct truth wave_truth(const struct wave *wave);

/* Counts of the converter, one block after the other. */
struct source {
	const struct frontend_model *model;
	struct wave wave;
	double re[3][WAVE_LINES], im[3][WAVE_LINES];
	double step_re[WAVE_LINES * 2], step_im[WAVE_LINES * 2];
	/* The first line of each channel in the counts so far: what is in them
	 * whatever becomes of it.
	 */
	double seen_re[3], seen_im[3], seen_sets, look_sets;
};

void source_start(struct source *src, const struct wave *wave,
		  const struct frontend_model *model);
void source_block(struct source *src, int32_t *u, int32_t *live,
		  int32_t *neutral);

/* P and Q of the first lines in the counts, delays undone: of so many sets from
 * source_look() on, which should be whole cycles.
 */
void source_look(struct source *src, double sets);
void source_seen(const struct source *src, int current, double *ret_p,
		 double *ret_q);

/* What a calibration would have found out about the front end. */
struct met_trim frontend_trim(const struct frontend_model *model);

/* Nothing but 24 bits, offsets and delays; and the noise and gains of a part. */
extern const struct frontend_model frontend_clean, frontend_real;

/* Normal distribution, RMS 1, the same on every run. */
double noise_next(void);

/* Nearest count within 24 bits. */
int32_t count_of(double value);

#endif /* HEARTH_TYPETEST_WAVE_H */
