// SPDX-License-Identifier: MIT
/* The arithmetic against closed-form truth. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../metrology/meter.h"

#define PI 3.14159265358979323846

struct load {
	double u, i, lag_deg, hz;
	double u5, i5; /* fifth harmonics, of the fundamental */
	double dc;     /* counts, on every channel */
	double noise;  /* counts RMS */
};

struct source {
	struct load load;
	long n;
};

static double gauss(void)
{
	double sum = 0;

	for (int k = 0; k < 12; k++)
		sum += (double)rand() / RAND_MAX;
	return sum - 6;
}

static void next_block(struct source *src, int32_t *u, int32_t *i, int32_t *n)
{
	const struct load *l = &src->load;
	double au = l->u * sqrt(2) / 500 * (1 << 23);
	double ai = l->i * sqrt(2) / 176.8 * (1 << 23);

	for (int k = 0; k < MET_BLOCK; k++, src->n++) {
		double at = 2 * PI * l->hz * (double)src->n / MET_RATE_HZ;
		double iv = ai * (sin(at - l->lag_deg * PI / 180) +
				  l->i5 * sin(5 * at));

		u[k] = (int32_t)lrint(au * (sin(at) + l->u5 * sin(5 * at)) +
				      l->dc + l->noise * gauss());
		i[k] = (int32_t)lrint(iv + l->dc + l->noise * gauss());
		n[k] = (int32_t)lrint(iv / 2 + l->dc + l->noise * gauss());
	}
}

struct error {
	double p, q, u, i; /* relative; p and q to the apparent power */
	double mhz;
};

/* Largest errors over some windows, the first two (filters) left out. */
static struct error measure(const struct load *load, int seconds)
{
	static struct metrology met;
	struct source src = { .load = *load };
	int32_t u[MET_BLOCK], i[MET_BLOCK], n[MET_BLOCK];
	double s = load->u * load->i, lag = load->lag_deg * PI / 180;
	double p = s * (cos(lag) + load->u5 * load->i5), q = s * sin(lag);
	double ut = load->u * hypot(1, load->u5);
	double it = load->i * hypot(1, load->i5);
	struct met_window window;
	struct met_result res;
	struct error e = { 0 };
	int windows = 0;

	met_init(&met, &met_calibration_default);
	for (int k = 0; k < seconds * MET_RATE_HZ / MET_BLOCK; k++) {
		next_block(&src, u, i, n);
		if (!met_block(&met, u, i, n, &window) ||
		    !met_window_whole(&window) || ++windows <= 2)
			continue;
		met_evaluate(&window, &met_calibration_default, &res);
		e.p = fmax(e.p, fabs(res.active_mw[0] / 1e3 - p) / s);
		e.p = fmax(e.p, fabs(res.active_mw[1] / 5e2 - p) / s);
		e.q = fmax(e.q, fabs(res.reactive_mvar[0] / 1e3 - q) / s);
		e.u = fmax(e.u, fabs(res.voltage_mv / 1e3 / ut - 1));
		e.i = fmax(e.i, fabs(res.current_ua[0] / 1e6 / it - 1));
		e.mhz = fmax(e.mhz, fabs(res.frequency_mhz - load->hz * 1000));
	}
	assert_true(windows >= seconds - 3);
	return e;
}

static void check(const char *what, double seen, double limit)
{
	if (!(seen <= limit))
		fail_msg("%s: %g, limit %g", what, seen, limit);
}

static void every_load_point(void **state)
{
	static const double amps[] = { 0.25, 0.5, 1, 5, 20, 60, 100 };
	static const double lags[] = { 0, 60, -36.87, 180, 240, 75.52 };

	(void)state;
	for (size_t a = 0; a < sizeof(amps) / sizeof(amps[0]); a++) {
		for (size_t k = 0; k < sizeof(lags) / sizeof(lags[0]); k++) {
			struct load load = { .u = 230,
					     .i = amps[a],
					     .lag_deg = lags[k],
					     .hz = 50 };
			struct error e = measure(&load, 5);

			check("P", e.p, 1.2e-5);
			check("Q", e.q, 1.2e-5);
			check("U", e.u, 5e-6);
			check("I", e.i, 4e-5);
			check("f, mHz", e.mhz, 1);
		}
	}
}

/* Down to 5 mA the noise of a good converter is what is left. */
static void small_currents(void **state)
{
	static const double amps[] = { 0.005, 0.02, 0.05 };

	(void)state;
	for (size_t a = 0; a < 3; a++) {
		struct load load = {
			.u = 230, .i = amps[a], .hz = 50, .noise = 47
		};
		struct error e = measure(&load, 14);

		/* Five sigma of the noise (0.99 mA) over one window; the
		 * neutral's half current is doubled, and its noise with it.
		 */
		check("P", e.p, 2 * 5 * 0.00099 / sqrt(8000) / amps[a]);
		check("I", e.i, amps[a] < 0.01 ? 0.05 : 0.01);
	}
}

static void frequency_and_voltage(void **state)
{
	(void)state;
	for (double hz = 45; hz <= 55; hz += 1.25) {
		struct load load = { .u = 230, .i = 5, .lag_deg = 60, .hz = hz };
		struct error e = measure(&load, 5);

		check("P", e.p, 3e-6);
		check("Q", e.q, 3e-6);
		check("U", e.u, 1e-5);
		check("f, mHz", e.mhz, 1);
	}
	/* Each window by itself, wherever in a sample it ends. */
	for (double hz = 49.37; hz < 51; hz += 0.31) {
		struct load load = {
			.u = 230, .i = 20, .lag_deg = 80, .hz = hz
		};
		struct error e = measure(&load, 8);

		check("P", e.p, 4e-7);
		check("Q", e.q, 4e-7);
	}
	for (double u = 46; u <= 264.5; u += 43.7) {
		struct load load = { .u = u, .i = 5, .lag_deg = 30, .hz = 50 };
		struct error e = measure(&load, 5);

		check("P", e.p, 5e-6);
		check("U", e.u, 2e-5);
	}
}

static void harmonics_and_offset(void **state)
{
	struct load harmonic = {
		.u = 230, .i = 5, .lag_deg = 30, .hz = 50, .u5 = 0.1, .i5 = 0.4
	};
	struct load offset = {
		.u = 230, .i = 5, .lag_deg = 60, .hz = 50, .dc = 20000
	};
	struct error e = measure(&harmonic, 5);

	(void)state;
	check("P", e.p, 5e-5);
	check("U", e.u, 1e-5);
	check("I", e.i, 1e-4);
	check("f, mHz", e.mhz, 1);
	e = measure(&offset, 12);
	check("P", e.p, 5e-6);
	check("Q", e.q, 5e-6);
}

/* Windows follow each other without a gap: their energies sum up. */
static void energy_is_conserved(void **state)
{
	static const double hz[] = { 50, 49.37, 50.61 };

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		struct source src = { .load = { .u = 230,
						.i = 20,
						.lag_deg = 60,
						.hz = hz[k] } };
		struct met_registers reg = { { 0 }, { 0 } };
		static struct metrology met;
		int32_t u[MET_BLOCK], i[MET_BLOCK], n[MET_BLOCK];
		struct met_window window;
		struct met_result res;
		double sets = 0, wh;

		met_init(&met, &met_calibration_default);
		for (int b = 0; b < 60 * 100; b++) {
			next_block(&src, u, i, n);
			if (!met_block(&met, u, i, n, &window))
				continue;
			met_evaluate(&window, &met_calibration_default, &res);
			/* The first is cut short by the first zero. */
			if (!window.cycles)
				continue;
			met_registers_add(&reg, res.active_energy,
					  res.reactive_energy);
			sets += window.sets_q16 / 65536.0;
		}
		assert_true(sets > 57 * MET_RATE_HZ);
		wh = 2300 * sets / MET_RATE_HZ / 3600;
		check("active energy",
		      fabs((double)reg.milli[MET_ACTIVE_IMPORT] / 1e3 / wh - 1),
		      5e-5);
		check("reactive energy",
		      fabs((double)reg.milli[MET_REACTIVE_IMPORT] / 1e3 / wh /
				   tan(PI / 3) -
			   1),
		      5e-5);
		assert_int_equal(reg.milli[MET_ACTIVE_EXPORT], 0);
		assert_int_equal(reg.milli[MET_REACTIVE_EXPORT], 0);
	}
}

/* Export is a register of its own; nothing is netted. */
static void registers_by_direction(void **state)
{
	struct met_registers reg = { { 0 }, { 0 } };

	(void)state;
	met_registers_add(&reg, 3 * (1LL << 31), -(1LL << 32));
	met_registers_add(&reg, -(5LL << 32), 7);
	met_registers_add(&reg, 1LL << 31, 0);
	assert_int_equal(reg.milli[MET_ACTIVE_IMPORT], 2);
	assert_int_equal(reg.part[MET_ACTIVE_IMPORT], 0);
	assert_int_equal(reg.milli[MET_ACTIVE_EXPORT], 5);
	assert_int_equal(reg.milli[MET_REACTIVE_EXPORT], 1);
	assert_int_equal(reg.part[MET_REACTIVE_IMPORT], 7);
	/* A year of the smallest quantum is not rounded away. */
	for (int n = 0; n < 1 << 16; n++)
		met_registers_add(&reg, 1 << 16, 0);
	assert_int_equal(reg.milli[MET_ACTIVE_IMPORT], 3);
}

static struct met_result last_result(const struct load *load, int seconds)
{
	static struct metrology met;
	struct source src = { .load = *load };
	int32_t u[MET_BLOCK], i[MET_BLOCK], n[MET_BLOCK];
	struct met_window window;
	struct met_result res = { 0 };

	met_init(&met, &met_calibration_default);
	for (int k = 0; k < seconds * 100; k++) {
		next_block(&src, u, i, n);
		if (met_block(&met, u, i, n, &window))
			met_evaluate(&window, &met_calibration_default, &res);
	}
	assert_true(res.window_us > 900000);
	return res;
}

/* Whatever flows: what must follow from it without knowing the truth. */
static void relations(void **state)
{
	struct load load = { .u = 233,
			     .i = 3,
			     .lag_deg = 40,
			     .hz = 49.7,
			     .u5 = 0.03,
			     .i5 = 0.2,
			     .dc = 5000 };
	struct met_result one = last_result(&load, 6), other;

	(void)state;
	/* The neutral has half of the current, by the same arithmetic. */
	load.i /= 2;
	other = last_result(&load, 6);
	check("half", abs(other.active_mw[0] - one.active_mw[1]), 5);
	check("half, reactive",
	      abs(other.reactive_mvar[0] - one.reactive_mvar[1]), 5);
	load.i *= 2;
	/* Turned round. */
	load.i = -load.i;
	other = last_result(&load, 6);
	check("negative", abs(one.active_mw[0] + other.active_mw[0]), 5);
	check("negative, reactive",
	      abs(one.reactive_mvar[0] + other.reactive_mvar[0]), 5);
	check("negative, RMS",
	      fabs((double)one.current_ua[0] - other.current_ua[0]), 50);
	/* Voltage and current turned round. */
	load.u = -load.u;
	other = last_result(&load, 6);
	check("both", fabs((double)one.active_mw[0] - other.active_mw[0]), 5);
	/* S is no less than what P and Q make it, PF no more than 1. */
	assert_true((double)one.apparent_mva[0] >=
		    hypot(one.active_mw[0], one.reactive_mvar[0]) * 0.9999);
	check("power factor",
	      fabs((double)one.power_factor_ppm[0] / 1e6 -
		   (double)one.active_mw[0] / one.apparent_mva[0]),
	      2e-6);
}

static void no_load_does_not_creep(void **state)
{
	struct load none = { .u = 264.5, .hz = 50, .noise = 47 };
	struct load start = { .u = 230, .i = 0.02, .hz = 50, .noise = 47 };
	struct met_result res = last_result(&none, 6);

	(void)state;
	assert_int_equal(res.active_energy, 0);
	assert_int_equal(res.reactive_energy, 0);
	assert_true(abs(res.active_mw[0]) < 100);
	assert_true(res.current_ua[0] < 500);
	res = last_result(&start, 6);
	assert_true(res.active_energy > 0);
}

static void without_voltage_there_is_no_frequency(void **state)
{
	struct load off = { .u = 0, .i = 0, .hz = 50, .noise = 47 };
	struct load low = { .u = 5, .i = 1, .hz = 50 };
	struct met_result res = last_result(&off, 6);

	(void)state;
	assert_int_equal(res.frequency_mhz, 0);
	assert_true(res.voltage_mv < 50);
	res = last_result(&low, 6);
	assert_int_equal(res.frequency_mhz, 0);
	assert_in_range(res.voltage_mv, 4990, 5010);
	assert_in_range(res.current_ua[0], 998000, 1002000);
}

/* Whatever a converter can give: no overflow (UBSan), no endless window. */
static void any_samples_are_safe(void **state)
{
	const struct met_demand_config all_day = { 0, 0 };
	static struct met_meter meter;
	int32_t u[MET_BLOCK], i[MET_BLOCK], n[MET_BLOCK];
	struct met_result res;

	(void)state;
	for (int kind = 0; kind < 6; kind++) {
		long at = 0, since = 0;

		met_meter_init(&meter, &met_calibration_default,
			       &met_quality_default, &all_day);
		for (int b = 0; b < 3000; b++) {
			for (int k = 0; k < MET_BLOCK; k++, at++) {
				int32_t top = (1 << 23) - 1;
				long half = kind == 1 ? 80 :
					    kind == 2 ? 4000 :
							1;
				bool up = at / half & 1;

				if (kind == 0)
					up = rand() & 1;
				if (kind == 3)
					up = true;
				u[k] = up ? top : -top - 1;
				i[k] = kind == 4 ? -u[k] - 1 : u[k];
				n[k] = kind == 5 ?
					       (rand() & 0xffffff) - (1 << 23) :
					       u[k];
			}
			since += MET_BLOCK;
			assert_true(meter.met.halves <= MET_HALVES);
			if (!met_meter_block(&meter, u, i, n,
					     1000000000000u +
						     10u * (unsigned int)b,
					     &res))
				continue;
			assert_true(since <=
				    MET_WINDOW_MAX + (MET_SETTLE_BLOCKS + 2) *
							     MET_BLOCK);
			since = 0;
		}
	}
}

/* A zero right at the start of a window: all of it is the next one's. */
static void a_window_without_length(void **state)
{
	struct met_window window;
	struct met_result res, nothing;

	(void)state;
	memset(&window, 0, sizeof(window));
	memset(&nothing, 0, sizeof(nothing));
	memset(&res, 0x55, sizeof(res));
	window.sums.vv = -1000;
	window.sums.vi[MET_LIVE] = -1000;
	met_evaluate(&window, &met_calibration_default, &res);
	assert_memory_equal(&res, &nothing, sizeof(res));
	window.cycles = 1;
	met_evaluate(&window, &met_calibration_default, &res);
	assert_memory_equal(&res, &nothing, sizeof(res));
	assert_false(met_window_whole(&window));
}

static void scaled_arithmetic(void **state)
{
	(void)state;
	assert_int_equal(mul_shr(INT64_C(1) << 61, 3, 2),
			 3 * (INT64_C(1) << 59));
	assert_int_equal(mul_shr(-(INT64_C(1) << 40), 0xffffffff, 32),
			 -((INT64_C(1) << 40) - (1 << 8)));
	assert_int_equal(isqrt64(0), 0);
	assert_int_equal(isqrt64(UINT64_MAX), UINT32_MAX);
	assert_int_equal(scaled_round(scaled_of(0), 10), 0);
	assert_int_equal(scaled_round(scaled_of(-5), 1), -10);
	assert_int_equal(scaled_round(scaled_of(5), -1), 3);
	assert_int_equal(scaled_round(scaled_of(5), -60), 0);
	assert_int_equal(scaled_round(scaled_of(INT64_MAX), 5), INT64_MAX);
	for (int n = 0; n < 100000; n++) {
		int64_t v = ((int64_t)rand() << 31 | rand()) >> rand() % 62;
		uint32_t d = (uint32_t)rand() + 1;
		double root = sqrt((double)v), quotient = (double)v / d;

		assert_int_equal(scaled_round(scaled_of(v), 0), v);
		check("isqrt", fabs(isqrt64((uint64_t)v) - root), 1);
		check("quotient",
		      fabs((double)scaled_round(scaled_div(scaled_of(-v), d),
						10) +
			   quotient * 1024),
		      1 + quotient * 1024 * 1e-8);
		check("root",
		      fabs((double)scaled_round(scaled_sqrt(scaled_of(v)), 8) -
			   root * 256),
		      1 + root * 256 * 1e-8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scaled_arithmetic),
		cmocka_unit_test(every_load_point),
		cmocka_unit_test(small_currents),
		cmocka_unit_test(frequency_and_voltage),
		cmocka_unit_test(harmonics_and_offset),
		cmocka_unit_test(energy_is_conserved),
		cmocka_unit_test(registers_by_direction),
		cmocka_unit_test(relations),
		cmocka_unit_test(no_load_does_not_creep),
		cmocka_unit_test(without_voltage_there_is_no_frequency),
		cmocka_unit_test(any_samples_are_safe),
		cmocka_unit_test(a_window_without_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
