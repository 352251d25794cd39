// SPDX-License-Identifier: MIT
/* From plain numbers to what metrology computes with; and what counts. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../metrology/meter.h"

#define PI 3.14159265358979323846

static void default_trim(void **state)
{
	struct met_calibration cal;

	(void)state;
	memset(&cal, 0x55, sizeof(cal));
	assert_int_equal(met_calibrate(&met_trim_default, 25000, &cal),
			 MET_TRIM_OK);
	/* Field by field: padding is nobody's. */
	assert_memory_equal(cal.allpass_q32,
			    met_calibration_default.allpass_q32,
			    sizeof(cal.allpass_q32));
	assert_memory_equal(cal.noise_sq, met_calibration_default.noise_sq,
			    sizeof(cal.noise_sq));
	assert_int_equal(cal.voltage_noise_sq,
			 met_calibration_default.voltage_noise_sq);
	assert_int_equal(cal.voltage_mv.mant,
			 met_calibration_default.voltage_mv.mant);
	assert_int_equal(cal.voltage_mv.exp,
			 met_calibration_default.voltage_mv.exp);
	assert_in_range(cal.half_mv.mant,
			met_calibration_default.half_mv.mant - 2,
			met_calibration_default.half_mv.mant + 2);
	assert_int_equal(cal.half_mv.exp, met_calibration_default.half_mv.exp);
	for (int c = 0; c < MET_CURRENTS; c++) {
		const struct met_calibration *def = &met_calibration_default;

		assert_int_equal(cal.current_ua[c].mant,
				 def->current_ua[c].mant);
		assert_int_equal(cal.current_ua[c].exp, def->current_ua[c].exp);
		assert_in_range(cal.power_mw[c].mant, def->power_mw[c].mant - 2,
				def->power_mw[c].mant + 2);
		assert_int_equal(cal.power_mw[c].exp, def->power_mw[c].exp);
	}
	assert_int_equal(cal.start_ua, met_calibration_default.start_ua);
	assert_int_equal(cal.start_mw, met_calibration_default.start_mw);
}

static void refused(const struct met_trim *trim, enum met_trim_fault fault)
{
	struct met_calibration cal, before;

	memset(&cal, 0x55, sizeof(cal));
	before = cal;
	assert_int_equal(met_calibrate(trim, 0, &cal), fault);
	assert_memory_equal(&cal, &before, sizeof(cal));
}

static void bad_trims(void **state)
{
	const struct met_trim good = met_trim_default;
	struct met_trim bad;

	(void)state;
	memset(&bad, 0xff, sizeof(bad)); /* an erased flash */
	refused(&bad, MET_TRIM_BAD_VERSION);
	memset(&bad, 0, sizeof(bad));
	refused(&bad, MET_TRIM_BAD_VERSION);
	bad = good;
	bad.full_scale_mv = 0;
	refused(&bad, MET_TRIM_BAD_RANGE);
	bad = good;
	bad.full_scale_ma[1] = 999;
	refused(&bad, MET_TRIM_BAD_RANGE);
	bad = good;
	bad.start_ua = 0;
	refused(&bad, MET_TRIM_BAD_RANGE);
	bad = good;
	bad.voltage_gain_ppb = INT32_MIN;
	refused(&bad, MET_TRIM_BAD_GAIN);
	bad = good;
	bad.current_gain_ppb[0] = 250000001;
	refused(&bad, MET_TRIM_BAD_GAIN);
	bad = good;
	bad.delay_ns[1] = -60001;
	refused(&bad, MET_TRIM_BAD_DELAY);
	bad = good;
	bad.reactive_offset_uvar[0] = 1000001;
	refused(&bad, MET_TRIM_BAD_OFFSET);
	bad = good;
	bad.current_noise_mlsb[0] = UINT32_MAX;
	refused(&bad, MET_TRIM_BAD_NOISE);
	bad = good;
	bad.current_drift_ppm[1][MET_DRIFTS - 1] = INT16_MIN;
	refused(&bad, MET_TRIM_BAD_DRIFT);
	bad = good;
	bad.voltage_drift_ppm[0] = 20001;
	refused(&bad, MET_TRIM_BAD_DRIFT);
}

/* What a trim makes of 230 V, 5 A, lagging by 60 degrees: last window. */
static struct met_result measured(const struct met_trim *trim,
				  int32_t temperature_mc, double delay_s)
{
	static struct metrology met;
	int32_t u[MET_BLOCK], live[MET_BLOCK], neutral[MET_BLOCK];
	struct met_calibration cal;
	struct met_window window;
	struct met_result res = { 0 };
	long n = 0;

	assert_int_equal(met_calibrate(trim, temperature_mc, &cal),
			 MET_TRIM_OK);
	met_init(&met, &cal);
	for (int b = 0; b < 400; b++) {
		for (int k = 0; k < MET_BLOCK; k++, n++) {
			double w = 2 * PI * 50, t = (double)n / MET_RATE_HZ;

			u[k] = (int32_t)lrint(sqrt(2) * 230 / 500 * (1 << 23) *
					      sin(w * t));
			live[k] =
				(int32_t)lrint(sqrt(2) * 5 / 176.8 * (1 << 23) *
					       sin(w * (t - delay_s) - PI / 3));
			neutral[k] = -live[k];
		}
		if (met_block(&met, u, live, neutral, &window))
			met_evaluate(&window, &cal, &res);
	}
	assert_true(met_window_whole(&window));
	return res;
}

static void near(double seen, double truth, double part)
{
	if (!(fabs(seen - truth) <= fabs(truth) * part))
		fail_msg("%.9g, not %.9g", seen, truth);
}

static void gains_and_drift(void **state)
{
	struct met_trim trim = met_trim_default;
	struct met_result res;

	(void)state;
	trim.voltage_gain_ppb = 12345678;
	trim.current_gain_ppb[MET_LIVE] = -23456789;
	res = measured(&trim, 25000, 0);
	near(res.voltage_mv, 230000 * 1.012345678, 1e-5);
	near(res.current_ua[MET_LIVE], 5000000 * (1 - 0.023456789), 1e-5);
	near(res.active_mw[MET_LIVE], 575000 * 1.012345678 * (1 - 0.023456789),
	     1e-5);
	near(res.current_ua[MET_NEUTRAL], 5000000, 1e-5);

	/* 100 ppm at 20 degrees, 200 at 25: the reading is too large. */
	trim = met_trim_default;
	trim.current_drift_ppm[MET_LIVE][12] = 1000;
	trim.current_drift_ppm[MET_LIVE][13] = 2000;
	res = measured(&trim, 22500, 0);
	near(res.active_mw[MET_LIVE], 575000 / 1.0015, 1e-5);
	res = measured(&trim, 20000, 0);
	near(res.active_mw[MET_LIVE], 575000 / 1.001, 1e-5);
	/* The ends hold beyond the ends. */
	trim.voltage_drift_ppm[0] = -3000;
	trim.voltage_drift_ppm[MET_DRIFTS - 1] = 4000;
	res = measured(&trim, INT32_MIN, 0);
	near(res.voltage_mv, 230000 / 0.997, 1e-5);
	res = measured(&trim, INT32_MAX, 0);
	near(res.voltage_mv, 230000 / 1.004, 1e-5);
}

static void delays(void **state)
{
	static const int32_t ns[] = { -60000, -11900, 0, 27300, 60000 };

	(void)state;
	for (size_t k = 0; k < 5; k++) {
		struct met_trim trim = met_trim_default;
		struct met_result res;

		trim.delay_ns[MET_LIVE] = ns[k];
		res = measured(&trim, 25000, ns[k] * 1e-9);
		near(res.active_mw[MET_LIVE], 575000, 5e-6);
		near(res.reactive_mvar[MET_LIVE], 575000 * sqrt(3), 5e-6);
		near(res.power_factor_ppm[MET_LIVE], 500000, 1e-5);
		near(res.apparent_mva[MET_LIVE], 1150000, 1e-5);
	}
}

static void offsets_and_reversal(void **state)
{
	struct met_trim trim = met_trim_default;
	struct met_result res, plain = measured(&trim, 25000, 0);

	(void)state;
	assert_true(plain.active_mw[MET_NEUTRAL] < 0);
	trim.active_offset_uw[MET_LIVE] = 250000;
	trim.reactive_offset_uvar[MET_LIVE] = -750000;
	trim.reversed[MET_NEUTRAL] = true;
	res = measured(&trim, 25000, 0);
	assert_in_range(plain.active_mw[MET_LIVE] - res.active_mw[MET_LIVE],
			249, 251);
	assert_in_range(res.reactive_mvar[MET_LIVE] -
				plain.reactive_mvar[MET_LIVE],
			749, 751);
	near(res.active_mw[MET_NEUTRAL], -plain.active_mw[MET_NEUTRAL], 1e-5);
	near(res.reactive_mvar[MET_NEUTRAL], -plain.reactive_mvar[MET_NEUTRAL],
	     1e-5);
}

/* A new temperature while it runs: gains change, nothing begins anew. */
static void calibrated_while_it_runs(void **state)
{
	const struct met_demand_config none = { 0, 0 };
	static struct met_meter meter;
	struct met_trim trim = met_trim_default;
	struct met_calibration cal;
	struct met_result res = { 0 };
	int32_t u[MET_BLOCK], i[MET_BLOCK];
	uint64_t before = 0;
	long n = 0;

	(void)state;
	trim.voltage_drift_ppm[MET_DRIFTS - 1] = -10000;
	assert_int_equal(met_calibrate(&trim, 25000, &cal), MET_TRIM_OK);
	met_meter_init(&meter, &cal, &met_quality_default, &none);
	for (int b = 0; b < 1000; b++) {
		if (b == 500) {
			near(res.voltage_mv, 230000, 1e-5);
			before = meter.registers.milli[MET_ACTIVE_IMPORT];
			assert_int_equal(met_calibrate(&trim, 90000, &cal),
					 MET_TRIM_OK);
			met_meter_calibrate(&meter, &cal);
		}
		for (int k = 0; k < MET_BLOCK; k++, n++) {
			double wave =
				sin(2 * PI * 50 * (double)n / MET_RATE_HZ);

			u[k] = (int32_t)lrint(sqrt(2) * 230 / 500 * (1 << 23) *
					      wave);
			i[k] = (int32_t)lrint(sqrt(2) * 5 / 176.8 * (1 << 23) *
					      wave);
		}
		(void)met_meter_block(&meter, u, i, i, 0, &res);
	}
	near(res.voltage_mv, 230000 / 0.99, 1e-5);
	/* Five seconds of 1.16 kW, none of them lost. */
	near((double)(meter.registers.milli[MET_ACTIVE_IMPORT] - before),
	     1150000.0 / 0.99 * 5 / 3600, 3e-3);
}

/* --- what counts */

static struct met_result reading(uint32_t live_ma, uint32_t neutral_ma,
				 int sign)
{
	struct met_result res = {
		.current_ua = { live_ma * 1000, neutral_ma * 1000 },
	};

	res.active_mw[0] = sign * (int32_t)live_ma * 230;
	res.active_mw[1] = sign * (int32_t)neutral_ma * 230;
	res.energy[0] = res.active_mw[0] * 1000LL;
	res.energy[1] = res.active_mw[1] * 1000LL;
	res.reactive[0] = 11;
	res.reactive[1] = 22;
	return res;
}

static void larger_current_counts(void **state)
{
	const struct met_calibration *cal = &met_calibration_default;
	struct met_account acc = { 0 };
	struct met_result res;

	(void)state;
	res = reading(10000, 10500, 1);
	met_account(&acc, cal, &res);
	assert_int_equal(res.flags, 0);
	assert_int_equal(res.active_energy, res.energy[MET_LIVE]);
	/* Most of it goes past the live sensor. */
	res = reading(1000, 10000, 1);
	met_account(&acc, cal, &res);
	assert_int_equal(res.flags, MET_IMBALANCE | MET_ON_NEUTRAL);
	assert_int_equal(res.active_energy, res.energy[MET_NEUTRAL]);
	assert_int_equal(res.reactive_energy, 22);
	/* Past the neutral's. */
	res = reading(10000, 1000, 1);
	met_account(&acc, cal, &res);
	assert_int_equal(res.flags, MET_IMBALANCE);
	assert_int_equal(res.active_energy, res.energy[MET_LIVE]);
	/* Nobody is paid for what did not go out through both. */
	res = reading(10000, 1000, -1);
	met_account(&acc, cal, &res);
	assert_int_equal(res.flags, MET_IMBALANCE | MET_ON_NEUTRAL);
	assert_int_equal(res.active_energy, res.energy[MET_NEUTRAL]);
	/* It ends at half of what it begins with. */
	res = reading(9100, 10000, 1);
	met_account(&acc, cal, &res);
	assert_true(res.flags & MET_IMBALANCE);
	res = reading(9500, 10000, 1);
	met_account(&acc, cal, &res);
	assert_int_equal(res.flags, 0);
	res = reading(9100, 10000, 1);
	met_account(&acc, cal, &res);
	assert_int_equal(res.flags, 0);
	res = reading(600, 1000, 1);
	met_account(&acc, cal, &res);
	assert_true(res.flags & MET_IMBALANCE);
	res = reading(800, 1000, 1);
	met_account(&acc, cal, &res);
	assert_true(res.flags & MET_IMBALANCE);
	res = reading(880, 1000, 1);
	met_account(&acc, cal, &res);
	assert_int_equal(res.flags, 0);
	/* Small differences are the sensors'. */
	res = reading(100, 300, 1);
	met_account(&acc, cal, &res);
	assert_int_equal(res.flags, 0);
}

/* Live out and in exchanged: the neutral still knows better. */
static void a_sensor_turned_round(void **state)
{
	const struct met_calibration *cal = &met_calibration_default;
	struct met_account acc = { 0 };
	struct met_result res = reading(10000, 10000, -1);

	(void)state;
	res.active_mw[MET_NEUTRAL] = -res.active_mw[MET_NEUTRAL];
	res.energy[MET_NEUTRAL] = -res.energy[MET_NEUTRAL];
	met_account(&acc, cal, &res);
	assert_int_equal(res.flags, MET_OPPOSED | MET_ON_NEUTRAL);
	assert_int_equal(res.active_energy, res.energy[MET_NEUTRAL]);
	res = reading(10000, 100, 1);
	res.active_mw[MET_NEUTRAL] = -res.active_mw[MET_NEUTRAL];
	met_account(&acc, cal, &res);
	assert_int_equal(res.flags, MET_IMBALANCE);
	/* Of small powers the noise may say anything. */
	res = reading(200, 200, 1);
	res.active_mw[MET_NEUTRAL] = -res.active_mw[MET_NEUTRAL];
	met_account(&acc, cal, &res);
	assert_int_equal(res.flags, 0);
}

static void no_load_has_hysteresis(void **state)
{
	const struct met_calibration *cal = &met_calibration_default;
	struct met_account acc = { 0 };
	struct met_result res;

	(void)state;
	res = reading(12, 12, 1);
	met_account(&acc, cal, &res);
	assert_int_equal(res.flags, MET_NO_LOAD);
	assert_int_equal(res.active_energy, 0);
	assert_int_equal(res.reactive_energy, 0);
	res = reading(20, 20, 1);
	met_account(&acc, cal, &res);
	assert_int_equal(res.flags, 0);
	assert_int_equal(res.active_energy, res.energy[0]);
	res = reading(12, 12, -1);
	met_account(&acc, cal, &res);
	assert_int_equal(res.flags, 0);
	res = reading(9, 9, 1);
	met_account(&acc, cal, &res);
	assert_int_equal(res.flags, MET_NO_LOAD);
	/* Current without power, as of a filter, is a load. */
	res = reading(0, 0, 1);
	res.current_ua[0] = res.current_ua[1] = 130000;
	res.reactive_mvar[0] = -30000;
	met_account(&acc, cal, &res);
	assert_int_equal(res.flags, 0);
}

static void scales(void **state)
{
	struct scale scale;

	(void)state;
	scale = scale_of(scaled_of(0));
	assert_int_equal(scale.mant, 0);
	/* Rounds up into the next power of two. */
	scale = scale_of(scaled_of(INT64_C(0x3fffffffffffffff)));
	assert_int_equal(scale.mant, 0x80000000);
	assert_int_equal(scale.exp, 31);
	scale = scale_of(scaled_of(3));
	assert_int_equal(scale.mant, 0xc0000000);
	assert_int_equal(scale.exp, -30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_trim),
		cmocka_unit_test(bad_trims),
		cmocka_unit_test(gains_and_drift),
		cmocka_unit_test(delays),
		cmocka_unit_test(offsets_and_reversal),
		cmocka_unit_test(calibrated_while_it_runs),
		cmocka_unit_test(larger_current_counts),
		cmocka_unit_test(a_sensor_turned_round),
		cmocka_unit_test(no_load_has_hysteresis),
		cmocka_unit_test(scales),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
