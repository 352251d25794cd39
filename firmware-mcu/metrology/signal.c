// SPDX-License-Identifier: MIT
/*
 * All that runs once a sample. Nothing here branches on data, and nothing is
 * rounded that has no need to be: an arithmetic shift rounds down, which leaves
 * an offset of half a step and no more noise than rounding to the nearest.
 * Offsets do not matter where only one factor of a product has one. The
 * high-pass is rounded where its step would be too large an offset.
 */
#include "signal.h"

/* High-pass pole: a = 2^-POLE, MET_RATE_HZ / (2 pi 2^POLE) = 1.24 Hz. */
#define POLE 10
#define POLE_ROUND (1 << (POLE - 1))

/*
 * Scales: the high-pass keeps a sample of 24 bits with 6 more, so that nothing
 * the converter can give overflows it. Of these the voltage, which is always
 * large, keeps 1 (25 bits) and a current 3 (27 bits), so products have 52. The
 * integral is of v/32: at 50 Hz v' is 0.8 of v, and far below it, where the
 * integrator's gain is 32, there is still room.
 */
static inline int32_t high_pass(int32_t *dc, int32_t in)
{
	int32_t err = in * 64 - *dc;

	*dc += (err + POLE_ROUND) >> POLE;
	return err;
}

static inline void voltage_step(struct met_voltage *state, int32_t in,
				struct met_set *set)
{
	int32_t v = high_pass(&state->dc, in) >> 5;
	int32_t leak = state->integral >> POLE;

	state->leaked += (state->integral - state->leaked) >> POLE;
	state->integral += ((v + state->last) >> 6) - leak;
	state->last = v;
	set->v = v;
	set->vq = state->integral + state->leaked;
}

void met_filter_voltage(struct met_voltage *voltage, const int32_t *in,
			struct met_set *set)
{
	struct met_voltage state = *voltage;

	for (int n = 0; n < MET_BLOCK; n += 4, in += 4, set += 4) {
		voltage_step(&state, in[0], set);
		voltage_step(&state, in[1], set + 1);
		voltage_step(&state, in[2], set + 2);
		voltage_step(&state, in[3], set + 3);
	}
	*voltage = state;
}

/* First-order Thiran all-pass: gain 1 at every harmonic. */
static inline int32_t current_step(struct met_current *state, int32_t in)
{
	int32_t x = high_pass(&state->dc, in) >> 3;
	int64_t part = (int64_t)state->allpass * (x - state->y);

	state->y = state->x + (int32_t)(part >> 32);
	state->x = x;
	return state->y;
}

void met_filter_current(struct met_current *current, const int32_t *in,
			struct met_set *set, int channel)
{
	struct met_current state = *current;

	for (int n = 0; n < MET_BLOCK; n += 4, in += 4, set += 4) {
		set[0].i[channel] = current_step(&state, in[0]);
		set[1].i[channel] = current_step(&state, in[1]);
		set[2].i[channel] = current_step(&state, in[2]);
		set[3].i[channel] = current_step(&state, in[3]);
	}
	*current = state;
}

void met_sum_voltage(const struct met_set *set, int n, struct met_half *half)
{
	int64_t sum = 0;
	int32_t plain = 0;

	for (; n >= 4; n -= 4, set += 4) {
		sum += (int64_t)set[0].v * set[0].v;
		plain += set[0].v >> 2;
		sum += (int64_t)set[1].v * set[1].v;
		plain += set[1].v >> 2;
		sum += (int64_t)set[2].v * set[2].v;
		plain += set[2].v >> 2;
		sum += (int64_t)set[3].v * set[3].v;
		plain += set[3].v >> 2;
	}
	for (; n > 0; n--, set++) {
		sum += (int64_t)set->v * set->v;
		plain += set->v >> 2;
	}
	half->vv += (sum + 8) >> 4;
	half->v += plain;
}

struct products {
	int64_t vi, qi, ii;
};

static inline void multiply(struct products *sum, const struct met_set *set,
			    int c)
{
	int32_t i = set->i[c];

	sum->vi += (int64_t)set->v * i;
	sum->qi += (int64_t)set->vq * i;
	sum->ii += (int64_t)i * i;
}

static inline __attribute__((always_inline)) void
sum_current(const struct met_set *set, int n, int c, struct met_sums *sums)
{
	struct products sum = { 0, 0, 0 };

	for (; n >= 4; n -= 4, set += 4) {
		multiply(&sum, set, c);
		multiply(&sum, set + 1, c);
		multiply(&sum, set + 2, c);
		multiply(&sum, set + 3, c);
	}
	for (; n > 0; n--, set++)
		multiply(&sum, set, c);
	sums->vi[c] += (sum.vi + 8) >> 4;
	sums->qi[c] += (sum.qi + 8) >> 4;
	sums->ii[c] += (sum.ii + 8) >> 4;
}

/* Two loops, not one over both: a core has registers for three sums. */
void met_sum_currents(const struct met_set *set, int n, struct met_sums *sums)
{
	sum_current(set, n, MET_LIVE, sums);
	sum_current(set, n, MET_NEUTRAL, sums);
}
