// SPDX-License-Identifier: MIT
/*
 * A direct connected meter of 0.25-5(100) A: Ib = Iref = 5 A, Itr = 0.5 A. The
 * limits of IEC 62053-22 class 0.5S and EN 50470-3 class C, whichever is
 * narrower, and of IEC 62053-24 class 1S (fundamental reactive energy), are
 * held with In = 5 A; where a class begins higher the widest goes on down. What
 * an influence may change (dP) is that of IEC 62053-21 class 1.
 */
#include "points.h"

#include <math.h>
#include <stdio.h>

#include "report.h"
#include "run.h"

#define UN 230.0
#define IN 5.0

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

#define LIMITS "0.5S and C active, 1S reactive"

static const double amps_all[] = { 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5,
				   1,	  2,	5,    10,   20,	 50,   100 };
static const double amps_few[] = { 0.005, 0.05, 0.25, 5, 100 };

struct lag {
	const char *name;
	double deg;
};
static const struct lag lags_all[] = {
	{ "1", 0 },	      { "0.5L", 60 },	     { "0.8C", -36.8699 },
	{ "0.25L", 75.5225 }, { "0.25C", -75.5225 }, { "sin 1 L", 90 },
	{ "sin 1 C", -90 },   { "sin 0.5 L", 30 },   { "sin 0.25 L", 14.4775 },
	{ "-1", 180 },	      { "-0.5L", 240 },	     { "-0.8C", 143.1301 },
};
/* Those with a limit in the standards' main tables. */
static const struct lag lags_few[] = { { "1", 0 },
				       { "0.5L", 60 },
				       { "0.8C", -36.8699 } };

static double limit_active(double amps, double pf)
{
	pf = fabs(pf);
	if (pf > 0.99)
		return amps < 0.05 * IN ? 1.0 : 0.5;
	if (pf > 0.45)
		return amps < 0.1 * IN ? 1.0 : 0.5;
	return amps < 0.1 * IN ? 2.0 : 1.0;
}

static double limit_reactive(double amps, double sine)
{
	sine = fabs(sine);
	if (sine > 0.99)
		return amps < 0.05 * IN ? 1.5 : 1.0;
	if (sine > 0.45)
		return amps < 0.1 * IN ? 1.5 : 1.0;
	return amps < 0.1 * IN ? 3.0 : 2.0;
}

/* What the standard asks of one load point, active and reactive. */
static double judge(const char *name, const struct wave *wave,
		    const struct frontend_model *model, double seconds,
		    bool reactive)
{
	struct reading seen = run_wave(wave, model, seconds);
	struct error e = error_of(&seen, wave);
	struct truth truth = wave_truth(wave);
	double s = truth.u * truth.i, pf = truth.p / s, sine = truth.q / s;

	if (fabs(pf) > 0.24)
		report_add(name, "P", truth.i, pf, limit_active(truth.i, pf),
			   e.p, "%");
	if (reactive && fabs(sine) > 0.24)
		report_add(name, "Q", truth.i, pf,
			   limit_reactive(truth.i, sine), e.q, "%");
	report_add(name, "U", truth.i, pf, 0.1, e.u, "%");
	/* RMS of a few times the noise is only as good as the noise's own. */
	report_add(name, "I", truth.i, pf, truth.i < 0.05 ? 2.0 : 0.2, e.i,
		   "%");
	/* IEC 61000-4-30 class A: frequency, and Urms(1/2) of 230 V. */
	report_add(name, "f", truth.i, pf, 10, e.mhz, "mHz");
	report_add(name, "U1/2", truth.i, pf, 0.2, e.half, "%");
	return e.p;
}

/* The error of P under reference conditions; each is measured once. */
static double reference(double amps, double lag_deg, double seconds)
{
	static struct {
		double amps, lag_deg, seconds, p;
	} known[64];
	static int n_known;
	struct wave wave = wave_sine(UN, amps, lag_deg, 50);
	struct reading seen;

	for (int n = 0; n < n_known; n++)
		if (known[n].amps == amps && known[n].lag_deg == lag_deg &&
		    known[n].seconds == seconds)
			return known[n].p;
	seen = run_wave(&wave, &frontend_real, seconds);
	if (n_known < COUNT(known)) {
		known[n_known].amps = amps;
		known[n_known].lag_deg = lag_deg;
		known[n_known].seconds = seconds;
		known[n_known++].p = error_of(&seen, &wave).p;
	}
	return error_of(&seen, &wave).p;
}

/* The same point, and by how much an influence has changed its error. */
static void judge_change(const char *name, const struct wave *wave,
			 const struct frontend_model *model, double seconds,
			 bool reactive, double lag_deg, double limit)
{
	struct truth truth = wave_truth(wave);
	double p = judge(name, wave, model, seconds, reactive);

	report_add(name, "dP", truth.i, truth.p / (truth.u * truth.i), limit,
		   p - reference(truth.i, lag_deg, seconds), "%");
}

/* 24 bits without noise: what the arithmetic adds to the converter's steps. */
static void judge_arithmetic(const char *name, const struct wave *wave,
			     double seconds, double limit)
{
	struct reading seen = run_wave(wave, &frontend_clean, seconds);
	struct error e = error_of(&seen, wave);
	struct truth truth = wave_truth(wave);
	double s = truth.u * truth.i, pf = truth.p / s, sine = truth.q / s;
	/* Of the reading down to 0.5, then of the apparent power. */
	double p = fabs(pf) > 0.45 ? e.own_p : e.own_p * pf;
	double q = fabs(sine) > 0.45 ? e.own_q : e.own_q * sine;

	if (fabs(pf) > 0.01)
		report_add(name, "P", truth.i, pf, limit, p, "%");
	if (fabs(sine) > 0.01)
		report_add(name, "Q", truth.i, pf, limit, q, "%");
	report_add(name, "U", truth.i, pf, 0.0005, e.u, "%");
	report_add(name, "f", truth.i, pf, 0.5, e.mhz, "mHz");
}

void points_arithmetic(bool reduced)
{
	static const double hz[] = { 45,   46.3, 47.5, 49,   49.9,
				     50.1, 51,	 52.5, 53.7, 55 };
	const double *amps = reduced ? amps_few : amps_all;
	int n_amps = reduced ? COUNT(amps_few) : COUNT(amps_all);
	double seconds = reduced ? 2 : 10;
	char name[48];

	report_group("arithmetic: 24 bits, no noise", "0.0005 % from 0.25 A up,"
						      " 0.035 % at 5 mA");
	for (int a = 0; a < n_amps; a++) {
		/* Between 5 mA and 0.25 A it falls with the current. */
		double limit = amps[a] < 0.25 ? 0.000175 / amps[a] : 0.0005;

		for (int k = 0; k < COUNT(lags_all); k++) {
			struct wave wave =
				wave_sine(UN, amps[a], lags_all[k].deg, 50);

			snprintf(name, sizeof(name), "%g A PF %s", amps[a],
				 lags_all[k].name);
			judge_arithmetic(name, &wave, seconds, limit);
		}
	}
	report_group("arithmetic: 45 to 55 Hz", "0.0003 %");
	for (int f = 0; f < COUNT(hz); f += reduced ? 3 : 1)
		for (int k = 0; k < COUNT(lags_few); k++) {
			struct wave wave =
				wave_sine(UN, IN, lags_few[k].deg, hz[f]);

			snprintf(name, sizeof(name), "%g Hz PF %s", hz[f],
				 lags_few[k].name);
			judge_arithmetic(name, &wave, 10, 0.0003);
		}
}

void points_load(bool reduced)
{
	const double *amps = reduced ? amps_few : amps_all;
	int n_amps = reduced ? COUNT(amps_few) : COUNT(amps_all);
	char name[48];

	report_group("load points, real front end", LIMITS);
	for (int a = 0; a < n_amps; a++)
		for (int k = 0; k < COUNT(lags_all); k++) {
			struct wave wave =
				wave_sine(UN, amps[a], lags_all[k].deg, 50);
			double seconds = amps[a] < 1 ? 40 : 10;

			snprintf(name, sizeof(name), "%g A PF %s", amps[a],
				 lags_all[k].name);
			judge(name, &wave, &frontend_real,
			      reduced ? seconds / 5 : seconds, true);
		}
}

/* Drift of 50 ppm/K and more, by a table of every 5 K. */
static void points_temperature(bool reduced)
{
	static const double celsius[] = { -40,	-25, -12.4, 5,	  18.3,
					  32.6, 40,  55,    68.9, 85 };
	char name[48];

	report_group("temperature -40 to 85 degrees", LIMITS);
	for (int t = 0; t < COUNT(celsius); t += reduced ? 4 : 1)
		for (int k = 0; k < COUNT(lags_few); k++) {
			struct wave wave =
				wave_sine(UN, IN, lags_few[k].deg, 50);
			struct frontend_model model = frontend_real;

			model.celsius = celsius[t];
			snprintf(name, sizeof(name), "%g degrees PF %s",
				 celsius[t], lags_few[k].name);
			/* 0.05 %/K at PF 1, 0.07 at 0.5 */
			judge_change(name, &wave, &model, reduced ? 2 : 10,
				     true, lags_few[k].deg,
				     (k ? 0.07 : 0.05) * fabs(celsius[t] - 25));
		}
}

void points_influence(bool reduced)
{
	static const double hz[] = { 45, 47.5, 49, 49.37, 49.5, 50.5,
				     51, 52.5, 55, 60,	  65 };
	static const double volts[] = { 0.8, 0.9, 1.1, 1.15 };
	static const double amps[] = { 0.25, 5, 100 };
	char name[48];

	report_group("frequency 45 to 65 Hz", LIMITS);
	for (int f = 0; f < COUNT(hz); f += reduced ? 3 : 1)
		for (int a = reduced; a < COUNT(amps); a++)
			for (int k = 0; k < COUNT(lags_few); k++) {
				struct wave wave = wave_sine(
					UN, amps[a], lags_few[k].deg, hz[f]);

				snprintf(name, sizeof(name), "%g Hz %g A PF %s",
					 hz[f], amps[a], lags_few[k].name);
				judge_change(name, &wave, &frontend_real,
					     reduced ? 2 : 10, true,
					     lags_few[k].deg, k ? 0.7 : 0.5);
			}
	report_group("voltage 0.8 to 1.15 Un", LIMITS);
	for (int v = 0; v < COUNT(volts); v += reduced ? 3 : 1)
		for (int a = reduced; a < COUNT(amps); a++)
			for (int k = 0; k < COUNT(lags_few); k++) {
				struct wave wave =
					wave_sine(volts[v] * UN, amps[a],
						  lags_few[k].deg, 50);

				snprintf(name, sizeof(name), "%g Un %g A PF %s",
					 volts[v], amps[a], lags_few[k].name);
				judge_change(name, &wave, &frontend_real,
					     reduced ? 2 : 10, true,
					     lags_few[k].deg, k ? 1.0 : 0.7);
			}
	points_temperature(reduced);
}

void points_waves(bool reduced)
{
	static const double hz[] = { 50, 49.37 };
	static const double amps[] = { 1, 5, 50 };
	/* RMS of half of it: the last is Imax / sqrt(2). */
	static const double half[] = { 1, 5, 50, 100 };
	double seconds = reduced ? 4 : 20;
	struct wave wave;
	char name[48];

	report_group("5th harmonic, 10 % of U and 40 % of I", LIMITS);
	for (int a = 0; a < COUNT(amps); a += reduced ? 2 : 1)
		for (int k = 0; k < COUNT(lags_few); k++)
			for (int turn = 0; turn < 4; turn++) {
				wave = wave_sine(UN, amps[a], lags_few[k].deg,
						 50);
				wave_add_v(&wave, 5, 0.1, 1.5);
				wave_add_i(&wave, 5, 0.4, 1.5 - turn * PI / 2);
				snprintf(name, sizeof(name),
					 "%g A PF %s, 5th at %d", amps[a],
					 lags_few[k].name, 90 * turn);
				judge_change(name, &wave, &frontend_real,
					     seconds, false, lags_few[k].deg,
					     0.8);
			}

	report_group("phase-fired, U with 3 % of 3rd, 5th, 7th", LIMITS);
	for (int f = 0; f < COUNT(hz); f++)
		for (int deg = 45; deg <= 135; deg += 45) {
			wave = wave_sine(UN, 0, 0, hz[f]);
			wave_add_v(&wave, 3, 0.03, 0.4);
			wave_add_v(&wave, 5, 0.03, 2.0);
			wave_add_v(&wave, 7, 0.03, -1);
			wave_phase_fired(&wave, 10, deg);
			snprintf(name, sizeof(name), "fired at %d, %g Hz", deg,
				 hz[f]);
			judge_change(name, &wave, &frontend_real, seconds,
				     false, 0, 3.0);
		}

	report_group("rectifiers, steep edges", LIMITS);
	for (int a = 0; a < COUNT(amps); a += reduced ? 2 : 1) {
		wave = wave_sine(UN, 0, 0, 50);
		wave_add_v(&wave, 5, 0.02, 2.0);
		wave_rectifier(&wave, amps[a]);
		snprintf(name, sizeof(name), "%g A peak", amps[a] * sqrt(2));
		judge_change(name, &wave, &frontend_real, seconds, false, 0,
			     3.0);
	}

	report_group("half-wave (direct current and even)", LIMITS);
	for (int a = 0; a < COUNT(half); a += reduced ? 3 : 1) {
		wave = wave_sine(UN, 0, 0, 50);
		wave_half(&wave, half[a]);
		snprintf(name, sizeof(name), "%.3g A unrectified", half[a]);
		judge_change(name, &wave, &frontend_real, seconds, false, 0,
			     3.0);
	}

	report_group("sub-harmonics, two cycles on, two off", LIMITS);
	for (int a = 0; a < COUNT(amps); a += reduced ? 2 : 1) {
		wave = wave_sine(UN, 0, 0, 50);
		wave_burst(&wave, amps[a]);
		snprintf(name, sizeof(name), "%g A while on", amps[a]);
		judge_change(name, &wave, &frontend_real, seconds, false, 0,
			     3.0);
	}
}
