// SPDX-License-Identifier: MIT
/* Blocks into half cycles and windows. */
#include "metrology.h"

#include <string.h>

#include "signal.h"

/* v must have been this far from zero since the last one: 19 V. */
#define ARM_LEVEL 637500

/* Zeros are looked for in steps of so many samples. */
#define STRIDE 8

#define ONE_Q16 0x10000u

/* How far into the block each of the sums has come: the next set to add. */
struct progress {
	int vv, currents;
};

void met_init(struct metrology *met, const struct met_calibration *cal)
{
	memset(met, 0, sizeof(*met));
	for (int c = 0; c < MET_CURRENTS; c++)
		met->current[c].allpass = cal->allpass_q32[c];
}

static void sum_vv(struct metrology *met, struct progress *done, int to)
{
	met_sum_voltage(met->set + done->vv, to - done->vv, &met->open_half);
	done->vv = to;
}

static void sum_currents(struct metrology *met, struct progress *done, int to)
{
	met_sum_currents(met->set + done->currents, to - done->currents,
			 &met->sums);
	done->currents = to;
}

/* The half cycle ends at_q16 after the last block; its sum is complete. */
static void close_half(struct metrology *met, uint32_t at_q16, bool at_zero)
{
	struct met_half *half = &met->half[met->halves++];
	struct met_half *open = &met->open_half;

	*half = *open;
	half->sets_q16 += at_q16;
	half->whole &= at_zero;
	met->sums.vv += open->vv;
	open->vv = 0;
	open->v = 0;
	open->sets_q16 = 0u - at_q16; /* the block's length is added below */
	open->whole = at_zero;
}

static int64_t weighted(int32_t a, int32_t b, uint32_t weight_q16)
{
	return ((((int64_t)a * b) >> 4) * (int64_t)weight_q16) >> 16;
}

/* Adds what set n counts with this weight. */
static void sum_part(const struct met_set *set, uint32_t weight_q16,
		     struct met_sums *sums)
{
	sums->vv += weighted(set->v, set->v, weight_q16);
	for (int c = 0; c < MET_CURRENTS; c++) {
		int32_t i = set->i[c];

		sums->ii[c] += weighted(i, i, weight_q16);
		sums->vi[c] += weighted(set->v, i, weight_q16);
		sums->qi[c] += weighted(set->vq, i, weight_q16);
	}
}

static void move(int64_t *from, int64_t *to, int64_t value)
{
	*from -= value;
	*to += value;
}

/*
 * The window ends at the fraction f of the way from set n - 1 to set n. All
 * sets before n are in its sums, none from n on: as if it ended half way. By
 * the trapezoidal rule it has f^2 / 2 of set n, and lacks (1 - f)^2 / 2 of set
 * n - 1; what it gets, the next one does without.
 */
static void close_window(struct metrology *met, int n, uint32_t frac_q16,
			 struct met_window *window)
{
	uint32_t rest_q16 = ONE_Q16 - frac_q16;
	struct met_sums gain, loss, next;

	memset(&gain, 0, sizeof(gain));
	memset(&loss, 0, sizeof(loss));
	memset(&next, 0, sizeof(next));
	sum_part(met->set + n,
		 (uint32_t)(((uint64_t)frac_q16 * frac_q16) >> 17), &gain);
	sum_part(met->set + n - 1,
		 (uint32_t)(((uint64_t)rest_q16 * rest_q16) >> 17), &loss);
	move(&next.vv, &met->sums.vv, gain.vv - loss.vv);
	for (int c = 0; c < MET_CURRENTS; c++) {
		move(&next.ii[c], &met->sums.ii[c], gain.ii[c] - loss.ii[c]);
		move(&next.vi[c], &met->sums.vi[c], gain.vi[c] - loss.vi[c]);
		move(&next.qi[c], &met->sums.qi[c], gain.qi[c] - loss.qi[c]);
	}
	window->sums = met->sums;
	met->sums = next;
}

/* Where the line from a to b crosses zero, Q16; they have opposite signs. */
static uint32_t crossing_q16(int32_t a, int32_t b)
{
	uint32_t from = a < 0 ? 0u - (uint32_t)a : (uint32_t)a;
	uint32_t all = from + (b < 0 ? 0u - (uint32_t)b : (uint32_t)b);
	int shift;
	uint32_t frac;

	if (!all)
		return 0;
	shift = __builtin_clz(all);
	frac = (from << shift) / (((all << shift) >> 16) + 1);
	return frac > ONE_Q16 ? ONE_Q16 : frac;
}

/* v crosses zero between sets n - 1 and n. Says whether a window has closed. */
static bool at_zero(struct metrology *met, int n, struct progress *done,
		    struct met_window *window)
{
	bool rising = met->next_zero > 0;
	uint32_t frac = crossing_q16(met->set[n - 1].v, met->set[n].v);
	/* Up to here from the end of the last block. */
	uint32_t at = (uint32_t)(n - 1) * ONE_Q16 + frac;

	met->next_zero = 0;
	if (met->open_half.whole &&
	    met->open_half.sets_q16 + at < MET_HALF_MIN * ONE_Q16)
		return false;
	sum_vv(met, done, n);
	close_half(met, at, true);
	if (!rising)
		return false;
	met->cycles++;
	if (met->synchronised && met->open_q16 + at < MET_WINDOW_MIN * ONE_Q16)
		return false;

	sum_currents(met, done, n);
	close_window(met, n, frac, window);
	window->sets_q16 = met->open_q16 + at;
	window->cycles = met->synchronised && !met->missed ? met->cycles : 0;
	met->open_q16 = 0u - at;
	met->cycles = 0;
	met->missed = false;
	met->synchronised = true;
	return true;
}

static bool crossed(const struct metrology *met, int32_t v)
{
	return (met->next_zero > 0 && v >= 0) || (met->next_zero < 0 && v < 0);
}

/* Element n of met->set is sample n - 1 of the block: times count from 0. */
static bool find_zeros(struct metrology *met, struct progress *done,
		       struct met_window *window)
{
	bool closed = false;

	for (int n = STRIDE; n <= MET_BLOCK; n += STRIDE) {
		int32_t v = met->set[n].v;

		if (crossed(met, v)) {
			int at = n - STRIDE + 1;

			while (at < n && !crossed(met, met->set[at].v))
				at++;
			closed |= at_zero(met, at, done, window);
		}
		if (v > ARM_LEVEL)
			met->next_zero = -1;
		else if (v < -ARM_LEVEL)
			met->next_zero = 1;
	}
	return closed;
}

/* At the end of a block: no zero for too long, there is no voltage to go by. */
static bool give_up(struct metrology *met, struct met_window *window)
{
	/* Then every block is half a cycle, until there is a zero again. */
	uint32_t longest = met->open_half.whole ? MET_HALF_MAX : MET_BLOCK;
	bool too_long = met->open_q16 >= MET_WINDOW_MAX * ONE_Q16;

	if (met->open_half.sets_q16 >= longest * ONE_Q16 || too_long) {
		close_half(met, 0, false);
		met->missed = true;
	}
	if (!too_long)
		return false;
	window->sums = met->sums;
	window->sets_q16 = met->open_q16;
	window->cycles = 0;
	memset(&met->sums, 0, sizeof(met->sums));
	met->open_q16 = 0;
	met->cycles = 0;
	met->synchronised = false;
	met->missed = false;
	return true;
}

bool met_block(struct metrology *met, const int32_t *u, const int32_t *live,
	       const int32_t *neutral, struct met_window *ret_window)
{
	struct progress done = { 1, 1 };
	bool closed;

	met->halves = 0;
	met->set[0] = met->set[MET_BLOCK];
	met->set[1].v = met->set[MET_BLOCK + 1].v;
	met->set[1].vq = met->set[MET_BLOCK + 1].vq;
	met_filter_voltage(&met->voltage, u, met->set + 2);
	met_filter_current(&met->current[MET_LIVE], live, met->set + 1,
			   MET_LIVE);
	met_filter_current(&met->current[MET_NEUTRAL], neutral, met->set + 1,
			   MET_NEUTRAL);
	met->blocks += met->blocks < MET_SETTLE_BLOCKS;
	if (met->blocks < MET_SETTLE_BLOCKS)
		return false;

	closed = find_zeros(met, &done, ret_window);
	sum_vv(met, &done, MET_BLOCK + 1);
	sum_currents(met, &done, MET_BLOCK + 1);
	met->open_q16 += MET_BLOCK * ONE_Q16;
	met->open_half.sets_q16 += MET_BLOCK * ONE_Q16;
	return give_up(met, ret_window) || closed;
}
