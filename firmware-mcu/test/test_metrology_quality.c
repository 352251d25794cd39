// SPDX-License-Identifier: MIT
/* Half cycles, sag and swell, averages: with voltages of known course. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../metrology/meter.h"

#define PI 3.14159265358979323846
#define MAX_SEEN 64

/* The home, and what it has been told. */
static struct met_meter meter;
static struct met_quality_event seen[MAX_SEEN];
static int n_seen;
static unsigned int halves;
static double at_s, phase, hz, fifth;
static uint64_t utc_ms;
static struct met_result last;

static int fresh(void **state)
{
	const struct met_demand_config none = { 0, 0 };

	(void)state;
	met_meter_init(&meter, &met_calibration_default, &met_quality_default,
		       &none);
	n_seen = 0;
	at_s = 0;
	phase = 0;
	hz = 50;
	fifth = 0;
	utc_ms = 0;
	return 0;
}

/* Volts RMS and degrees by which the phase jumps at the beginning. */
static void supply(double volts, double seconds, double jump_deg)
{
	static int32_t u[MET_BLOCK], none[MET_BLOCK];
	double peak = volts * sqrt(2) / 500 * (1 << 23);
	struct met_quality_event event;
	bool closed;

	phase += jump_deg * PI / 180;
	for (int b = 0; b < lrint(seconds * MET_RATE_HZ / MET_BLOCK); b++) {
		for (int n = 0; n < MET_BLOCK; n++) {
			u[n] = (int32_t)lrint(
				peak * (sin(phase) + fifth * sin(5 * phase)) +
				3000 + 47 * (rand() % 5 - 2) / 1.4);
			phase += 2 * PI * hz / MET_RATE_HZ;
		}
		at_s += 1.0 * MET_BLOCK / MET_RATE_HZ;
		if (utc_ms)
			utc_ms += 10;
		closed = met_meter_block(&meter, u, none, none, utc_ms, &last);
		/* A window that has missed some cycles does not count them. */
		if (closed && last.frequency_mhz &&
		    fabs(last.frequency_mhz / 1e3 - hz) > 1)
			fail_msg("%u mHz", last.frequency_mhz);
		halves += meter.met.halves;
		while (met_quality_take(&meter.quality, &event)) {
			assert_true(n_seen < MAX_SEEN);
			seen[n_seen++] = event;
		}
	}
}

static int count(enum met_quality_kind kind)
{
	int n = 0;

	for (int k = 0; k < n_seen; k++)
		n += seen[k].kind == kind;
	return n;
}

static const struct met_quality_event *find(enum met_quality_kind kind,
					    bool begins)
{
	for (int k = 0; k < n_seen; k++)
		if (seen[k].kind == kind && seen[k].begins == begins)
			return &seen[k];
	fail_msg("no event of kind %d that %s", kind,
		 begins ? "begins" : "ends");
	return NULL;
}

static void near_mv(uint32_t mv, double volts, double part)
{
	if (fabs(mv / 1e3 / volts - 1) > part)
		fail_msg("%u mV, not %g V", mv, volts);
}

static void cycle_rms(void **state)
{
	static const double frequencies[] = { 45, 49.37, 50, 50.61, 55, 65 };

	(void)state;
	for (size_t f = 0; f < 6; f++) {
		for (int harmonic = 0; harmonic < 2; harmonic++) {
			fresh(NULL);
			hz = frequencies[f];
			fifth = harmonic * 0.1;
			supply(230, 3, 0);
			for (int n = 0; n < 100; n++) {
				supply(230, 0.01, 0);
				near_mv(meter.quality.half_mv,
					230 * hypot(1, fifth), 5e-4);
			}
		}
	}
	/* From a tenth to far above: Urms(1/2) is good to 0.2 % of 230 V. */
	for (double volts = 20; volts < 330; volts += 13) {
		fresh(NULL);
		supply(volts, 3, 0);
		near_mv(meter.quality.half_mv, volts, 1e-3);
	}
}

static void sag_at_any_phase(void **state)
{
	(void)state;
	for (int deg = 0; deg < 360; deg += 15) {
		fresh(NULL);
		supply(230, 3, deg);
		supply(92, 0.2, 0);
		supply(230, 1, 0);
		assert_int_equal(n_seen, 2);
		assert_in_range(find(MET_SAG, true)->mv, 91500, 207000);
		near_mv(find(MET_SAG, false)->mv, 92, 0.002);
		/* A cycle half of which has sagged counts as well. */
		assert_in_range(find(MET_SAG, false)->for_us, 190000, 235000);
	}
}

static void interruption_at_any_phase(void **state)
{
	(void)state;
	for (int deg = 0; deg < 360; deg += 15) {
		fresh(NULL);
		supply(230, 3, deg);
		supply(0, 2.5, 0);
		assert_int_equal(n_seen, 2); /* sag, then extreme */
		assert_true(last.frequency_mhz == 0);
		/* Back with another phase: no swell of what is half a cycle. */
		supply(230, 3, deg * 3);
		assert_int_equal(n_seen, 4);
		assert_in_range(find(MET_EXTREME_UNDER, false)->for_us, 2480000,
				2540000);
		assert_true(find(MET_EXTREME_UNDER, false)->mv < 1000);
		near_mv(last.voltage_mv, 230, 1e-4);
		assert_in_range(last.frequency_mhz, 49999, 50001);
	}
}

/* Short enough to leave most of a window's cycles; and near the threshold, so
 * that half a cycle alone would be a swell.
 */
static void short_interruption(void **state)
{
	(void)state;
	for (int deg = 0; deg < 360; deg += 15) {
		fresh(NULL);
		meter.quality_config.limit_ms[MET_SWELL] = 10;
		meter.quality_config.limit_ms[MET_SAG] = 0;
		supply(250, 3, deg);
		assert_int_equal(n_seen, 0);
		supply(0, 0.13, 0);
		supply(250, 0.06, deg * 2);
		for (int n = 0; n < 10; n++) {
			supply(250, 0.01, 0);
			near_mv(meter.quality.half_mv, 250, 1e-3);
		}
		supply(250, 2, 0);
		assert_int_equal(count(MET_SAG), 2);
		assert_int_equal(count(MET_SWELL), 0);
	}
	/* Without a voltage there is still one in each block. */
	supply(0, 1, 0);
	halves = 0;
	supply(0, 1, 0);
	assert_int_equal(halves, 100);
}

/* The worst of it counts, also before it was sure. */
static void worst_comes_first(void **state)
{
	(void)state;
	meter.quality_config.limit_ms[MET_SAG] = 200;
	supply(230, 3, 0);
	supply(120, 0.1, 0);
	supply(200, 0.5, 0);
	near_mv(find(MET_SAG, true)->mv, 120, 0.005);
	supply(230, 1, 0);
	near_mv(find(MET_SAG, false)->mv, 120, 0.005);
}

static void phase_jump_is_no_event(void **state)
{
	(void)state;
	for (int deg = 10; deg < 360; deg += 10) {
		fresh(NULL);
		supply(230, 3, 0);
		supply(230, 1, deg);
		assert_int_equal(count(MET_SWELL), 0);
		assert_int_equal(count(MET_EXTREME_OVER), 0);
	}
}

static void swell_and_extreme(void **state)
{
	(void)state;
	supply(230, 3, 0);
	supply(258, 0.1, 0);
	supply(230, 1, 0);
	assert_int_equal(n_seen, 2);
	near_mv(find(MET_SWELL, false)->mv, 258, 1e-3);
	assert_in_range(find(MET_SWELL, false)->for_us, 90000, 125000);
	n_seen = 0;
	supply(280, 0.9, 0); /* the extreme's period is a second */
	supply(230, 1, 0);
	assert_int_equal(count(MET_EXTREME_OVER), 0);
	supply(280, 1.5, 0);
	assert_int_equal(count(MET_EXTREME_OVER), 1);
	supply(230, 0.5, 0); /* back, not yet for as long */
	assert_int_equal(count(MET_EXTREME_OVER), 1);
	supply(280, 0.5, 0);
	supply(230, 1.5, 0);
	assert_int_equal(count(MET_EXTREME_OVER), 2);
	assert_in_range(find(MET_EXTREME_OVER, false)->for_us, 2480000,
			2540000);
}

static void hysteresis(void **state)
{
	(void)state;
	supply(230, 3, 0);
	supply(206, 0.5, 0);
	assert_int_equal(n_seen, 1);
	for (int n = 0; n < 20; n++) {
		supply(208, 0.1, 0); /* above the threshold, below its end */
		supply(206, 0.1, 0);
	}
	assert_int_equal(n_seen, 1);
	supply(213, 0.5, 0);
	assert_int_equal(n_seen, 2);
}

static void harmonics_are_no_event(void **state)
{
	(void)state;
	fifth = 0.1;
	supply(230, 5, 0);
	hz = 49.2;
	supply(230, 5, 0);
	assert_int_equal(n_seen, 0);
}

static void average_by_the_clock(void **state)
{
	(void)state;
	meter.quality_config.average_s = 60;
	/* 20 s before a whole minute. */
	utc_ms = UINT64_C(1700000040000) - 20000;
	supply(230, 40, 0);
	assert_int_equal(count(MET_AVERAGE), 1);
	near_mv(seen[0].mv, 230, 1e-4);
	assert_in_range(seen[0].for_us, 18000000, 20000000);
	n_seen = 0;
	supply(256, 40, 0); /* 20 s of the one, 40 of the other */
	supply(240, 45, 0);
	assert_int_equal(count(MET_AVERAGE), 1);
	near_mv(find(MET_AVERAGE, true)->mv,
		sqrt((230 * 230 + 2 * 256 * 256) / 3.0), 2e-3);
	assert_int_equal(meter.quality.over_count, 0);
	assert_int_equal(meter.quality.under_count, 0);
}

static void average_counts(void **state)
{
	(void)state;
	meter.quality_config.average_s = 60;
	supply(254, 63, 0);
	assert_int_equal(count(MET_AVERAGE), 1);
	assert_int_equal(count(MET_AVERAGE_OVER), 1);
	assert_int_equal(meter.quality.over_count, 1);
	supply(215, 125, 0);
	assert_int_equal(meter.quality.over_count, 1);
	assert_int_equal(count(MET_AVERAGE), 3);
	assert_int_equal(meter.quality.under_count, 2);
	assert_int_equal(count(MET_AVERAGE_UNDER), 2);
}

/* A clock that stands still does not make the period endless. */
static void average_with_a_dead_clock(void **state)
{
	struct met_result res = { .window_us = 1000000, .voltage_mv = 230000 };
	struct met_quality_config config = met_quality_default;

	(void)state;
	config.average_s = 60;
	for (int n = 0; n < 300; n++)
		met_quality_window(&meter.quality, &config, &res,
				   UINT64_C(1700000040000));
	assert_int_equal(meter.quality.events, 2);
	assert_int_equal(meter.quality.event[1].mv, 230000);
}

static void events_wait(void **state)
{
	struct met_quality_event event;
	struct met_result res = { .window_us = 1000000, .voltage_mv = 260000 };
	struct met_quality_config config = met_quality_default;

	(void)state;
	config.average_s = 60;
	for (int n = 0; n < 60 * 6; n++)
		met_quality_window(&meter.quality, &config, &res, 0);
	assert_int_equal(meter.quality.events, MET_QUALITY_EVENTS);
	assert_int_equal(meter.quality.lost, 12 - MET_QUALITY_EVENTS);
	assert_int_equal(meter.quality.over_count, 6);
	for (int n = 0; n < MET_QUALITY_EVENTS; n++) {
		assert_true(met_quality_take(&meter.quality, &event));
		assert_int_equal(event.kind,
				 n % 2 ? MET_AVERAGE_OVER : MET_AVERAGE);
		assert_int_equal(event.mv, 260000);
	}
	assert_false(met_quality_take(&meter.quality, &event));
}

static void configuration(void **state)
{
	struct met_quality_config bad = met_quality_default;

	(void)state;
	assert_true(met_quality_check(&bad));
	bad.limit_mv[MET_SAG] = 190000;
	assert_true(met_quality_check(&bad));
	bad.limit_mv[MET_SAG] = 180000; /* below the extreme */
	assert_false(met_quality_check(&bad));
	bad = met_quality_default;
	bad.average_s = 1700; /* no whole part of a day */
	assert_false(met_quality_check(&bad));
	bad.average_s = 0;
	assert_false(met_quality_check(&bad));
	bad = met_quality_default;
	bad.hysteresis_mv = 19999; /* sag and swell would meet */
	bad.limit_mv[MET_SAG] = 225000;
	bad.limit_mv[MET_SWELL] = 235000;
	assert_false(met_quality_check(&bad));
	bad = met_quality_default;
	bad.limit_ms[MET_SWELL] = 3600001;
	assert_false(met_quality_check(&bad));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(cycle_rms, fresh),
		cmocka_unit_test_setup(sag_at_any_phase, fresh),
		cmocka_unit_test_setup(interruption_at_any_phase, fresh),
		cmocka_unit_test_setup(short_interruption, fresh),
		cmocka_unit_test_setup(worst_comes_first, fresh),
		cmocka_unit_test_setup(phase_jump_is_no_event, fresh),
		cmocka_unit_test_setup(swell_and_extreme, fresh),
		cmocka_unit_test_setup(hysteresis, fresh),
		cmocka_unit_test_setup(harmonics_are_no_event, fresh),
		cmocka_unit_test_setup(average_by_the_clock, fresh),
		cmocka_unit_test_setup(average_counts, fresh),
		cmocka_unit_test_setup(average_with_a_dead_clock, fresh),
		cmocka_unit_test_setup(events_wait, fresh),
		cmocka_unit_test(configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
