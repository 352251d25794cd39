// SPDX-License-Identifier: MIT
/* Hours, days, a year: what creeps and what drifts. */
#include "points.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../metrology/account.h"
#include "../metrology/registers.h"
#include "report.h"
#include "run.h"

#define UN 230.0

/* A meter that is read once, and its registers at the start. */
struct meter {
	struct metrology met;
	struct met_calibration cal;
	struct met_account account;
	struct met_registers registers;
	struct met_result last;
	double seconds; /* of windows counted */
};

static void meter_start(struct meter *meter, const struct frontend_model *model)
{
	struct met_trim trim = frontend_trim(model);

	memset(meter, 0, sizeof(*meter));
	(void)met_calibrate(&trim, 25000, &meter->cal);
	met_init(&meter->met, &meter->cal);
}

static void meter_count(struct meter *meter, const struct met_window *window)
{
	met_evaluate(window, &meter->cal, &meter->last);
	met_account(&meter->account, &meter->cal, &meter->last);
	met_registers_add(&meter->registers, meter->last.active_energy,
			  meter->last.reactive_energy);
	meter->seconds += window->sets_q16 / 65536.0 / MET_RATE_HZ;
}

static double wh(const struct meter *meter, enum met_register which)
{
	return ((double)meter->registers.milli[which] +
		meter->registers.part[which] / 4294967296.0) /
	       1000;
}

/* Runs a wave; counts from the first window that began at a zero. */
static void run(struct meter *meter, const struct wave *wave,
		const struct frontend_model *model, double seconds)
{
	static struct source src;
	int32_t u[MET_BLOCK], live[MET_BLOCK], neutral[MET_BLOCK];
	struct met_window window;

	meter_start(meter, model);
	source_start(&src, wave, model);
	for (double n = 0; n < seconds * MET_RATE_HZ; n += MET_BLOCK) {
		if (seconds >= 3600)
			report_progress(n / MET_RATE_HZ / seconds);
		source_block(&src, u, live, neutral);
		if (met_block(&meter->met, u, live, neutral, &window) &&
		    window.cycles && n > 3 * MET_RATE_HZ)
			meter_count(meter, &window);
	}
}

void points_no_load(bool reduced)
{
	static struct meter meter;
	struct wave wave = wave_sine(1.15 * UN, 0, 0, 50);
	double total = 0;

	/* IEC 62053-21 8.3.2 asks for 26 minutes of 1,000 pulses a kWh. */
	report_group(reduced ? "no load, a minute" : "no load, an hour",
		     "not one register moves");
	run(&meter, &wave, &frontend_real, reduced ? 60 : 3600);
	for (int n = 0; n < MET_REGISTERS; n++)
		total += 1000 * wh(&meter, (enum met_register)n);
	report_add("1.15 Un, noise and offsets", "all", 0, 1, 1e-6, total,
		   "mWh");
}

void points_starting(bool reduced)
{
	static struct meter meter;
	static const double amps[] = { 0.02, -0.02 };
	double seconds = reduced ? 20 : 120;

	report_group("starting current", "20 mA counts, both ways");
	for (int n = 0; n < 2; n++) {
		struct wave wave =
			wave_sine(UN, fabs(amps[n]), amps[n] < 0 ? 180 : 0, 50);
		double truth, seen;

		run(&meter, &wave, &frontend_real, seconds);
		truth = UN * fabs(amps[n]) * meter.seconds / 3600;
		seen = wh(&meter,
			  amps[n] < 0 ? MET_ACTIVE_EXPORT : MET_ACTIVE_IMPORT);
		report_add(amps[n] < 0 ? "20 mA of export" : "20 mA of import",
			   "Wh", fabs(amps[n]), 1, 1.0,
			   100 * (seen / truth - 1), "%");
	}
}

void points_day(bool reduced)
{
	static struct meter meter;
	static const double amps[] = { 0.02, 5 };
	static const char *const names[] = { "20 mA", "5 A, PF 0.5" };

	report_group(reduced ? "five minutes, sample by sample" :
			       "24 hours, sample by sample",
		     "no drift");
	for (int n = 0; n < 2; n++) {
		struct wave wave =
			wave_sine(UN, amps[n], n ? 60 : 0, n ? 49.93 : 50.02);
		struct truth truth = wave_truth(&wave);
		double seen;

		run(&meter, &wave, &frontend_clean, reduced ? 300 : 86400);
		seen = wh(&meter, MET_ACTIVE_IMPORT) * 3600 / meter.seconds;
		report_add(names[n], "Wh", amps[n], n ? 0.5 : 1,
			   n ? 0.0003 : 0.005, 100 * (seen / truth.p - 1), "%");
	}
}

/* --- a year of windows: the step from sums to registers */

static uint64_t random_state = 88172645463325252u;

static double uniform(double from, double to)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return from + (to - from) * (double)(random_state >> 11) / 0x1p53;
}

/* The household's second number n: sums as met_block() would give them. */
static struct met_window household(long n)
{
	static double base = 200, motor, oven, sun;
	double hour = (double)(n % 86400) / 3600, p, q, sets, v;
	struct met_window window;

	if (n % 60 == 0) {
		base = uniform(60, 400);
		motor = uniform(0, 1) < 0.3 ? 120 : 0;
		oven = uniform(0, 1) < 0.06 ? uniform(1000, 9000) : 0;
		sun = hour > 6 && hour < 20 ?
			      3000 * sin((hour - 6) * PI / 14) * uniform(0, 1) :
			      0;
	}
	p = base + motor + oven - sun + uniform(-5, 5);
	q = motor * 0.8 - 40 + base * uniform(-0.1, 0.2);
	if (n % 86400 > 82800) /* the last hour of the day: nearly nothing */
		p = q = uniform(-2, 6);
	window.cycles = 50;
	sets = 50 / uniform(49.8, 50.2) * MET_RATE_HZ;
	window.sets_q16 = (uint32_t)(sets * 65536);
	/* 500 V are 2^24, 176.8 A 2^26; 4 bits less; v' is 0.8 v */
	v = uniform(225, 245) / 500 * 0x1p24;
	window.sums.vv = (int64_t)(v * v * sets / 16);
	for (int c = 0; c < MET_CURRENTS; c++) {
		double i = hypot(p, q) / 230 / 176.8 * 0x1p26;

		window.sums.ii[c] = (int64_t)(i * i * sets / 16);
		window.sums.vi[c] = (int64_t)(p / 88400 * 0x1p50 * sets / 16);
		window.sums.qi[c] =
			(int64_t)(q * 0.8 / 88400 * 0x1p50 * sets / 16);
	}
	return window;
}

/* The same step in floating point, written from the filters' definition. */
static void in_doubles(const struct met_window *window, double *ret_p_ws,
		       double *ret_q_ws)
{
	const double a = 1.0 / 1024, b = 1 - a;
	double sets = window->sets_q16 / 65536.0;
	double w = 2 * PI * window->cycles / sets, s = sin(w / 2);
	double highpass_sq = b + pow(a / (2 * s), 2);
	/* v' / (ideal): 1 - (a / (z - b))^2 at z = exp(jw) */
	double re = cos(w) - b, im = sin(w), size = re * re + im * im;
	double ratio_re = 1 - a * a * (re * re - im * im) / (size * size);
	double ratio_im = a * a * 2 * re * im / (size * size);
	double lead = atan2(ratio_im, ratio_re);
	double p = (double)window->sums.vi[0] * 16 / 0x1p50 * 88400;
	double q = (double)window->sums.qi[0] * 16 / 0x1p50 * 88400;

	p *= highpass_sq;
	q *= highpass_sq * 64 * tan(w / 2) / hypot(ratio_re, ratio_im);
	*ret_p_ws = p / MET_RATE_HZ;
	*ret_q_ws = (q - p * sin(lead)) / cos(lead) / MET_RATE_HZ;
}

void points_year(bool reduced)
{
	static struct meter meter;
	static const char *const names[] = { "active import", "active export",
					     "reactive import",
					     "reactive export" };
	long seconds = reduced ? 2 * 86400L : 365 * 86400L;
	double truth[MET_REGISTERS] = { 0 };

	report_group(reduced ? "two days of windows, 1/180 of" :
			       "a year of windows",
		     "1 Wh from sums in doubles");
	memset(&meter, 0, sizeof(meter));
	meter.cal = met_calibration_default;
	for (long n = 0; n < seconds; n++) {
		struct met_window window = household(n);
		double p, q;

		report_progress((double)n / (double)seconds);
		meter_count(&meter, &window);
		if (meter.last.flags & MET_NO_LOAD)
			continue;
		in_doubles(&window, &p, &q);
		truth[p < 0 ? MET_ACTIVE_EXPORT : MET_ACTIVE_IMPORT] += fabs(p);
		truth[q < 0 ? MET_REACTIVE_EXPORT : MET_REACTIVE_IMPORT] +=
			fabs(q);
	}
	for (int n = 0; n < MET_REGISTERS; n++)
		report_add(names[n], n < 2 ? "Wh" : "varh", 0, 1,
			   reduced ? 1.0 / 180 : 1,
			   wh(&meter, (enum met_register)n) - truth[n] / 3600,
			   n < 2 ? "Wh" : "varh");
}
