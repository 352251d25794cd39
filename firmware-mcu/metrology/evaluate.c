// SPDX-License-Identifier: MIT
/* Once a window: from sums to engineering units. */
#include "metrology.h"

/* Starting current 20 mA at 230 V; below half of it nothing is counted. */
#define NO_LOAD_MW 2300
#define NO_LOAD_UA 10000

#define ONE_Q30 (1 << 30)
#define NOMINAL_MHZ 50000

const struct met_calibration met_calibration_default = {
	/* 500 V, 176.8 A over 2^25; and their product in mW. */
	.voltage_mv = { 4096000000u, -38 },
	.current_ua = { { 2828800000u, -29 }, { 2828800000u, -29 } },
	.power_mw = { { 2828800000u, -55 }, { 2828800000u, -55 } },
	.allpass_q31 = { 0, 0 },
	/* 47 counts of the converter, RMS: that of the part's data sheet. */
	.noise_sq = { 35300, 35300 },
	.voltage_noise_sq = 35300,
};

/* Known gains of the filters at the mains' frequency, to be undone. */
struct corrections {
	struct scale highpass_sq; /* 1 / |H|^2 */
	struct scale integrator;  /* v' is so much smaller than v */
};

/*
 * With w the frequency in radian a sample, s = sin(w/2), a the pole:
 *   1/|H|^2 = 1 - a + (a / 2s)^2,  |v| / |v'| = 64 tan(w/2)
 */
static struct corrections corrections_at(uint32_t frequency_mhz)
{
	/* pi f / MET_RATE_HZ: 27633741 is pi / 8e6 in Q46. */
	int64_t x = ((int64_t)frequency_mhz * 27633741) >> 16;
	int64_t x2 = (x * x) >> 30;
	int64_t x4 = (x2 * x2) >> 30;
	int64_t sin_sq = x2 - x4 / 3 + ((x4 * x2) >> 30) * 2 / 45;
	int64_t tan = x + ((x * x2) >> 30) / 3 + ((x * x4) >> 30) * 2 / 15;
	struct corrections out = {
		.highpass_sq = { (uint32_t)(ONE_Q30 - (ONE_Q30 >> 10) +
					    ((int64_t)1 << 38) / sin_sq),
				 -30 },
		.integrator = { (uint32_t)tan, -24 },
	};

	return out;
}

/* Mean of a product over the window: the sums are sixteenths. */
static struct scaled mean(int64_t sum, const struct met_window *window)
{
	struct scaled out = scaled_div(scaled_of(sum), window->sets_q16);

	out.exp = (int16_t)(out.exp + 20);
	return out;
}

static uint32_t rms(int64_t sum_sq, uint32_t noise_sq, struct scale unit,
		    const struct met_window *window,
		    const struct corrections *corr)
{
	struct scaled sq = scaled_mul(mean(sum_sq, window), corr->highpass_sq);
	int64_t clean_q8 = scaled_round(sq, 8) - ((int64_t)noise_sq << 8);

	if (clean_q8 <= 0)
		return 0;
	sq = scaled_of(clean_q8);
	sq.exp = (int16_t)(sq.exp - 8);
	return (uint32_t)scaled_round(scaled_mul(scaled_sqrt(sq), unit), 0);
}

/* Energy of the window in 2^-32 mWh: sixteenths, samples, hours. */
static int64_t energy(struct scaled sum_in_units)
{
	return scaled_round(scaled_div(sum_in_units, MET_RATE_HZ * 3600u),
			    4 + 32);
}

static int64_t distance(int64_t value)
{
	return value < 0 ? -value : value;
}

/* Too small a load to turn a meter (IEC 62053-21 8.3.2, no-load). */
static bool no_load(const struct met_result *res)
{
	return distance(res->active_mw[MET_LIVE]) < NO_LOAD_MW &&
	       distance(res->reactive_mvar[MET_LIVE]) < NO_LOAD_MW &&
	       res->current_ua[MET_LIVE] < NO_LOAD_UA;
}

/*
 * Evaluate a window of any length; of length 0 it is all zero. The frequency is 0 where the window
 * holds no whole cycle; gains are then taken out for 50 Hz.
 */
void met_evaluate(const struct met_window *window,
		  const struct met_calibration *cal, struct met_result *ret)
{
	const struct met_sums *sums = &window->sums;
	struct met_result res = { 0 };
	struct corrections corr;

	if (!window->sets_q16) {
		*ret = res;
		return;
	}
	/* cycles / (sets / rate), in millihertz */
	if (window->cycles)
		res.frequency_mhz = (uint32_t)((((uint64_t)window->cycles *
							 MET_RATE_HZ * 1000
						 << 16) +
						window->sets_q16 / 2) /
					       window->sets_q16);
	corr = corrections_at(window->cycles ? res.frequency_mhz : NOMINAL_MHZ);
	res.window_us = (uint32_t)((uint64_t)window->sets_q16 * 125 >> 16);
	res.voltage_mv = rms(sums->vv, cal->voltage_noise_sq, cal->voltage_mv,
			     window, &corr);

	for (int c = 0; c < MET_CURRENTS; c++) {
		struct scaled p =
			scaled_mul(scaled_of(sums->vi[c]), corr.highpass_sq);
		struct scaled q =
			scaled_mul(scaled_of(sums->qi[c]), corr.highpass_sq);

		p = scaled_mul(p, cal->power_mw[c]);
		q = scaled_mul(q, corr.highpass_sq);
		q = scaled_mul(scaled_mul(q, corr.integrator),
			       cal->power_mw[c]);
		res.current_ua[c] = rms(sums->ii[c], cal->noise_sq[c],
					cal->current_ua[c], window, &corr);
		res.active_mw[c] = (int32_t)scaled_round(
			scaled_div(p, window->sets_q16), 20);
		res.reactive_mvar[c] = (int32_t)scaled_round(
			scaled_div(q, window->sets_q16), 20);
		if (c == MET_LIVE) {
			res.active_energy = energy(p);
			res.reactive_energy = energy(q);
		}
	}
	if (no_load(&res)) {
		res.active_energy = 0;
		res.reactive_energy = 0;
	}
	*ret = res;
}
