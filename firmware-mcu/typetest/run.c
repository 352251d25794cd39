// SPDX-License-Identifier: MIT
#include "run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../metrology/quality.h"

/* The first is cut short by the first zero; offsets are gone after two more. */
#define SETTLING_WINDOWS 3

/* 2^-32 mWh in Ws */
#define ENERGY_WS (3.6 / 4294967296.0)

static void add(struct reading *sum, const struct met_result *res,
		double seconds)
{
	sum->seconds += seconds;
	sum->u += pow(res->voltage_mv / 1e3, 2) * seconds;
	sum->hz += res->frequency_mhz / 1e3 * seconds;
	for (int c = 0; c < 2; c++) {
		sum->i[c] += pow(res->current_ua[c] / 1e6, 2) * seconds;
		sum->p[c] += (double)res->energy[c] * ENERGY_WS;
		sum->q[c] += (double)res->reactive[c] * ENERGY_WS;
		sum->s[c] += res->apparent_mva[c] / 1e3 * seconds;
		sum->pf[c] += res->power_factor_ppm[c] / 1e6 * seconds;
	}
}

static void average(struct reading *sum)
{
	double seconds = sum->seconds;

	sum->u = sqrt(sum->u / seconds);
	sum->hz /= seconds;
	for (int c = 0; c < 2; c++) {
		sum->i[c] = sqrt(sum->i[c] / seconds);
		sum->p[c] /= seconds;
		sum->q[c] /= seconds;
		sum->s[c] /= seconds;
		sum->pf[c] /= seconds;
	}
}

struct reading run_wave(const struct wave *wave,
			const struct frontend_model *model, double seconds)
{
	static struct metrology met;
	static struct met_quality quality;
	static struct source src;
	int32_t u[MET_BLOCK], live[MET_BLOCK], neutral[MET_BLOCK];
	struct met_trim trim = frontend_trim(model);
	struct met_calibration cal;
	struct met_window window;
	struct met_result res;
	struct reading sum;
	int windows = 0;
	bool closed;

	memset(&sum, 0, sizeof(sum));
	if (met_calibrate(&trim, (int32_t)lrint(model->celsius * 1000), &cal) !=
	    MET_TRIM_OK) {
		fputs("typetest: the trim is refused\n", stderr);
		exit(2);
	}
	met_init(&met, &cal);
	memset(&quality, 0, sizeof(quality));
	sum.half_low = 1e9;
	source_start(&src, wave, model);
	source_look(&src, seconds * MET_RATE_HZ);
	while (sum.seconds < seconds - 0.1) {
		source_block(&src, u, live, neutral);
		closed = met_block(&met, u, live, neutral, &window);
		met_quality_halves(&quality, &met_quality_default, &met, &cal);
		if (windows > 1) {
			double volts = quality.half_mv / 1e3;

			sum.half_low = fmin(sum.half_low, volts);
			sum.half_high = fmax(sum.half_high, volts);
		}
		if (!closed || windows++ < SETTLING_WINDOWS)
			continue;
		met_evaluate(&window, &cal, &res);
		add(&sum, &res, window.sets_q16 / 65536.0 / MET_RATE_HZ);
	}
	average(&sum);
	for (int c = 0; c < 2; c++)
		source_seen(&src, c, &sum.in_p[c], &sum.in_q[c]);
	return sum;
}

static double worse(double a, double b)
{
	return fabs(b) > fabs(a) ? b : a;
}

static double percent(double seen, double truth)
{
	return truth == 0 ? 0 : 100 * (seen / truth - 1);
}

struct error error_of(const struct reading *seen, const struct wave *wave)
{
	struct truth truth = wave_truth(wave);
	double s = truth.u * truth.i;
	struct error e = {
		.u = percent(seen->u, truth.u),
		.mhz = 1000 * (seen->hz - wave->hz),
		.half = worse(seen->half_low - truth.u,
			      seen->half_high - truth.u) /
			2.3,
	};

	for (int c = 0; c < 2; c++) {
		e.i = worse(e.i, percent(seen->i[c], truth.i));
		e.p = worse(e.p, percent(seen->p[c], truth.p));
		e.q = worse(e.q, percent(seen->q[c], truth.q));
		e.own_p = worse(e.own_p, percent(seen->p[c], seen->in_p[c]));
		e.own_q = worse(e.own_q, percent(seen->q[c], seen->in_q[c]));
		e.s = worse(e.s, percent(seen->s[c], s));
		e.pf = worse(e.pf, 100 * (seen->pf[c] - truth.p / s));
	}
	return e;
}
