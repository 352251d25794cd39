// SPDX-License-Identifier: MIT
#include "metrology.h"

#include <string.h>

/* High-pass pole: a = 2^-POLE, MET_RATE_HZ / (2 pi 2^POLE) = 1.24 Hz. */
#define POLE 10
#define POLE_ROUND (1 << (POLE - 1))

/* v' must have been below this since the last zero: about 19 V peak. */
#define ARM_LEVEL (-1000000)

#define HALF_Q16 0x8000u
#define ONE_Q16 0x10000u

void met_init(struct metrology *met, const struct met_calibration *cal)
{
	memset(met, 0, sizeof(*met));
	for (int c = 0; c < MET_CURRENTS; c++)
		met->current[c].allpass = cal->allpass_q31[c];
}

/*
 * Scales: the high-pass keeps a sample of 24 bits with 6 more, so that nothing
 * the converter can give overflows it. It leaves with 2 more (26 bits), so
 * rounding is below the noise of any front end and a product has 52 bits. The
 * integral is of v/16, for room at frequencies far below the mains'; v' is the
 * sum of v over 32, at 50 Hz 0.8 of v.
 */
static void voltage_path(struct metrology *met, const int32_t *restrict in)
{
	int32_t dc = met->v_dc, last = met->v_last, delayed = met->v_delayed;
	int32_t integral = met->v_integral;
	int32_t *restrict v = met->v + 1, *restrict vq = met->vq + 1;

	for (int n = 0; n < MET_BLOCK; n++) {
		int32_t err = in[n] * 64 - dc;
		int32_t out = last;

		dc += (err + POLE_ROUND) >> POLE;
		last = (err + 8) >> 4;
		integral += ((out + delayed + 16) >> 5) -
			    ((integral + POLE_ROUND) >> POLE);
		delayed = out;
		v[n] = out;
		vq[n] = (integral + 1) >> 1;
	}
	met->v_dc = dc;
	met->v_last = last;
	met->v_delayed = delayed;
	met->v_integral = integral;
}

static void current_path(struct met_current *cur, const int32_t *restrict in,
			 int32_t *restrict i, int32_t *restrict iq)
{
	int32_t dc = cur->dc, x = cur->x, y = cur->y, last = cur->out;
	int32_t second = cur->second;
	const int32_t allpass = cur->allpass;

	for (int n = 0; n < MET_BLOCK; n++) {
		int32_t err = in[n] * 64 - dc;
		int32_t now = (err + 4) >> 3;
		int32_t out;

		dc += (err + POLE_ROUND) >> POLE;
		/* First-order Thiran all-pass: gain 1 at every harmonic. */
		y = x + (int32_t)(((int64_t)allpass * ((now - y) * 2)) >> 32);
		x = now;
		out = (y + 1) >> 1;
		second += (out - last) * 16 - ((second + POLE_ROUND) >> POLE);
		last = out;
		i[n] = out;
		iq[n] = (second + 8) >> 4;
	}
	cur->dc = dc;
	cur->x = x;
	cur->y = y;
	cur->out = last;
	cur->second = second;
}

static int64_t dot(const int32_t *restrict a, const int32_t *restrict b, int n)
{
	int64_t sum = 0;

	for (; n >= 4; n -= 4, a += 4, b += 4) {
		sum += (int64_t)a[0] * b[0];
		sum += (int64_t)a[1] * b[1];
		sum += (int64_t)a[2] * b[2];
		sum += (int64_t)a[3] * b[3];
	}
	for (; n > 0; n--)
		sum += (int64_t)*a++ * *b++;
	return sum;
}

/* Samples from..to-1 of the block belong to the open window. */
static void sum_samples(struct metrology *met, int from, int to)
{
	struct met_sums *sums = &met->sums;
	int len = to - from;

	sums->vv += (dot(met->v + from, met->v + from, len) + 8) >> 4;
	for (int c = 0; c < MET_CURRENTS; c++) {
		const int32_t *i = met->i[c] + from, *iq = met->iq[c] + from;

		sums->ii[c] += (dot(i, i, len) + 8) >> 4;
		sums->vi[c] += (dot(met->v + from, i, len) + 8) >> 4;
		sums->qi[c] += (dot(met->vq + from, iq, len) + 8) >> 4;
	}
}

static int64_t weighted(int32_t a, int32_t b, int32_t weight_q14)
{
	return ((((int64_t)a * b) >> 4) * weight_q14) >> 14;
}

/* Sample n counts with this weight (-1..1) in these sums. */
static void sum_part(const struct metrology *met, int n, int32_t weight_q14,
		     struct met_sums *sums)
{
	sums->vv += weighted(met->v[n], met->v[n], weight_q14);
	for (int c = 0; c < MET_CURRENTS; c++) {
		int32_t i = met->i[c][n];

		sums->ii[c] += weighted(i, i, weight_q14);
		sums->vi[c] += weighted(met->v[n], i, weight_q14);
		sums->qi[c] += weighted(met->vq[n], met->iq[c][n], weight_q14);
	}
}

/*
 * The window ends between samples n - 1 and n, at the fraction frac_q16 of
 * the way. A sample stands for the half interval on either side of it, so the
 * one nearest the end is shared by both windows. Returns the first sample
 * that is wholly the new window's.
 */
static int close_window(struct metrology *met, int from, int n,
			uint32_t frac_q16, struct met_window *window)
{
	bool late = frac_q16 >= HALF_Q16;
	int shared = late ? n : n - 1;
	uint32_t mine_q16 = late ? frac_q16 - HALF_Q16 : frac_q16 + HALF_Q16;
	int32_t mine = (int32_t)(mine_q16 >> 2), theirs = (1 << 14) - mine;
	struct met_sums next;

	memset(&next, 0, sizeof(next));
	sum_part(met, shared, theirs, &next);
	if (shared < from) {
		/* The block before has counted it for the old window. */
		sum_part(met, shared, -theirs, &met->sums);
	} else {
		sum_samples(met, from, shared);
		sum_part(met, shared, mine, &met->sums);
	}
	window->sums = met->sums;
	met->sums = next;
	return shared + 1;
}

/* Buffers hold sample n of the block at n + 1: times count from there. */
static bool find_zeros(struct metrology *met, struct met_window *window)
{
	const int32_t *vq = met->vq;
	bool closed = false;
	int from = 1;

	for (int n = 1; n <= MET_BLOCK; n++) {
		uint32_t frac, at;

		if (vq[n] < ARM_LEVEL)
			met->armed = true;
		if (!met->armed || vq[n] < 0)
			continue;
		met->armed = false;
		met->cycles++;
		frac = (uint32_t)(((int64_t)-vq[n - 1] * 65536) /
				  ((int64_t)vq[n] - vq[n - 1]));
		/* Up to here from the end of the last block. */
		at = (uint32_t)(n - 1) * ONE_Q16 + frac;
		if (met->synchronised &&
		    met->open_q16 + at < MET_WINDOW_MIN * ONE_Q16)
			continue;

		from = close_window(met, from, n, frac, window);
		window->sets_q16 = met->open_q16 + at;
		window->cycles = met->synchronised ? met->cycles : 0;
		met->open_q16 = 0u - at; /* the block's length is added below */
		met->cycles = 0;
		met->synchronised = true;
		closed = true;
	}
	sum_samples(met, from, MET_BLOCK + 1);
	met->open_q16 += MET_BLOCK * ONE_Q16;
	return closed;
}

/* Keep the last sample of the block for the next one. */
static void keep_last(struct metrology *met)
{
	met->v[0] = met->v[MET_BLOCK];
	met->vq[0] = met->vq[MET_BLOCK];
	for (int c = 0; c < MET_CURRENTS; c++) {
		met->i[c][0] = met->i[c][MET_BLOCK];
		met->iq[c][0] = met->iq[c][MET_BLOCK];
	}
}

bool met_block(struct metrology *met, const int32_t *u, const int32_t *live,
	       const int32_t *neutral, struct met_window *ret_window)
{
	bool closed;

	keep_last(met);
	met->blocks += met->blocks < MET_SETTLE_BLOCKS;
	voltage_path(met, u);
	current_path(&met->current[MET_LIVE], live, met->i[MET_LIVE] + 1,
		     met->iq[MET_LIVE] + 1);
	current_path(&met->current[MET_NEUTRAL], neutral,
		     met->i[MET_NEUTRAL] + 1, met->iq[MET_NEUTRAL] + 1);
	if (met->blocks < MET_SETTLE_BLOCKS)
		return false;
	closed = find_zeros(met, ret_window);

	if (met->open_q16 >= MET_WINDOW_MAX * ONE_Q16) {
		/* No zero for too long: there is no voltage to go by. */
		ret_window->sums = met->sums;
		ret_window->sets_q16 = met->open_q16;
		ret_window->cycles = 0;
		memset(&met->sums, 0, sizeof(met->sums));
		met->open_q16 = 0;
		met->cycles = 0;
		met->synchronised = false;
		closed = true;
	}
	return closed;
}
