// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../metrologyd/meter.h"
#include "test.h"

#define S UINT64_C(1000000)

static void all(int64_t values[METER_VALUES], int64_t value)
{
	for (int n = 0; n < METER_VALUES; n++)
		values[n] = value;
}

static void nothing_is_known_at_first(void **state)
{
	struct meter meter;

	(void)state;
	meter_init(&meter);
	for (int n = 0; n < METER_VALUES; n++) {
		assert_int_equal(meter_quality(&meter.reading[n], 5 * S),
				 METER_QUALITY_UNKNOWN);
		assert_int_equal(meter_age_ms(&meter.reading[n], 5 * S),
				 METER_AGE_UNKNOWN);
	}
	assert_int_equal(meter.source, METER_SOURCE_NO_DEVICE);
}

static void readings_turn_stale_after_three_seconds(void **state)
{
	int64_t values[METER_VALUES];
	struct meter meter;
	const struct meter_reading *power = &meter.reading[METER_ACTIVE_POWER];

	(void)state;
	meter_init(&meter);
	all(values, 7);
	assert_false(meter_update(&meter, values, 10 * S, 99 * S));
	assert_int_equal(meter_quality(power, 10 * S), METER_QUALITY_VALID);
	assert_int_equal(meter_quality(power, 13 * S), METER_QUALITY_VALID);
	assert_int_equal(meter_quality(power, 13 * S + 1), METER_QUALITY_STALE);
	assert_int_equal(meter_age_ms(power, 12 * S), 2000);
	/* A clock that seems to go back makes nothing older or invalid. */
	assert_int_equal(meter_age_ms(power, 9 * S), 0);
	assert_int_equal(meter_quality(power, 9 * S), METER_QUALITY_VALID);
	/* The value stays: what was measured was measured. */
	assert_int_equal(power->value, 7);
	assert_int_equal(power->utc_us, 99 * S);
	assert_int_equal(meter_age_ms(power, 10 * S + 5000000000000 * S),
			 METER_AGE_UNKNOWN - 1);
}

static void what_is_not_measured_is_unknown_not_zero(void **state)
{
	int64_t values[METER_VALUES];
	struct meter meter;

	(void)state;
	meter_init(&meter);
	all(values, 7);
	meter_update(&meter, values, 10 * S, 0);
	values[METER_FREQUENCY] = METER_UNKNOWN;
	meter_update(&meter, values, 11 * S, 0);
	assert_int_equal(meter_quality(&meter.reading[METER_FREQUENCY], 11 * S),
			 METER_QUALITY_UNKNOWN);
	assert_int_equal(meter_quality(&meter.reading[METER_VOLTAGE], 11 * S),
			 METER_QUALITY_VALID);
	assert_int_equal(meter.source, METER_SOURCE_OK);
}

static void registers_that_go_back_are_not_believed(void **state)
{
	int64_t values[METER_VALUES];
	struct meter meter;

	(void)state;
	meter_init(&meter);
	all(values, 100);
	meter_update(&meter, values, 10 * S, 0);
	values[METER_ACTIVE_IMPORT] = 99;
	values[METER_ACTIVE_POWER] = -100;
	assert_true(meter_update(&meter, values, 11 * S, 0));
	assert_int_equal(meter.source, METER_SOURCE_ERROR);
	assert_false(meter.reading[METER_ACTIVE_IMPORT].known);
	/* Only registers must not fall. */
	assert_true(meter.reading[METER_ACTIVE_POWER].known);
	assert_true(meter.reading[METER_ACTIVE_EXPORT].known);
	/* Said once, */
	assert_false(meter_update(&meter, values, 12 * S, 0));
	/* also when unknown in between, and until it is back. */
	values[METER_ACTIVE_IMPORT] = 100;
	assert_true(meter_update(&meter, values, 13 * S, 0));
	assert_true(meter.reading[METER_ACTIVE_IMPORT].known);
	assert_int_equal(meter.source, METER_SOURCE_OK);
	values[METER_ACTIVE_IMPORT] = METER_UNKNOWN;
	assert_false(meter_update(&meter, values, 14 * S, 0));
	values[METER_ACTIVE_IMPORT] = 50;
	assert_true(meter_update(&meter, values, 15 * S, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_at_first),
		cmocka_unit_test(readings_turn_stale_after_three_seconds),
		cmocka_unit_test(what_is_not_measured_is_unknown_not_zero),
		cmocka_unit_test(registers_that_go_back_are_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
