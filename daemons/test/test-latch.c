// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include "../metrologyd/latch.h"
#include "test.h"

#define S UINT64_C(1000000)
#define NOON (UINT64_C(1767225600) * S) /* a boundary: 2026-01-01 00:00 */

struct stage {
	struct meter meter;
	struct latches latches;
};

/* A reading at a time, all registers from that value on. */
static void reading(struct stage *stage, uint64_t utc_us, int64_t value)
{
	int64_t values[METER_VALUES];

	for (int n = 0; n < METER_VALUES; n++)
		values[n] = METER_UNKNOWN;
	for (int n = 0; n < LATCH_REGISTERS; n++)
		values[METER_ACTIVE_IMPORT + n] =
			value == METER_UNKNOWN ? value : value + n;
	meter_update(&stage->meter, values, utc_us, utc_us);
	latches_update(&stage->latches, &stage->meter);
}

static struct stage *begin(void)
{
	static struct stage stage;

	meter_init(&stage.meter);
	latches_init(&stage.latches);
	return &stage;
}

static const struct latch *only(const struct stage *stage)
{
	const struct latch *first;

	assert_int_equal(latches_after(&stage->latches, 0, &first), 1);
	return first;
}

static void the_last_reading_before_a_boundary_is_latched(void **state)
{
	struct stage *stage = begin();

	(void)state;
	reading(stage, NOON - 2 * S, 100);
	reading(stage, NOON - 1 * S, 110);
	reading(stage, NOON + 1, 120);
	reading(stage, NOON + 1 * S, 130);
	assert_int_equal(only(stage)->at_us, NOON);
	assert_int_equal(only(stage)->flags, LATCH_BY_HUB);
	for (unsigned int n = 0; n < LATCH_REGISTERS; n++)
		assert_int_equal(only(stage)->registers[n], 110 + n);
}

static void a_reading_on_the_boundary_is_it(void **state)
{
	struct stage *stage = begin();

	(void)state;
	reading(stage, NOON - 1 * S, 100);
	reading(stage, NOON, 110);
	reading(stage, NOON + 1 * S, 120);
	assert_int_equal(only(stage)->registers[0], 110);
}

static void far_readings_make_no_latch(void **state)
{
	const struct latch *first;
	struct stage *stage = begin();

	(void)state;
	reading(stage, NOON - LATCH_NEAR_US - 1, 100);
	reading(stage, NOON + 1, 110);
	assert_int_equal(latches_after(&stage->latches, 0, &first), 0);
	stage = begin();
	reading(stage, NOON - 1, 100);
	reading(stage, NOON + LATCH_NEAR_US + 1, 110);
	assert_int_equal(latches_after(&stage->latches, 0, &first), 0);
	stage = begin();
	reading(stage, NOON - 1 * S, 100);
	reading(stage, NOON - 1, METER_UNKNOWN);
	reading(stage, NOON + 1, 110);
	assert_int_equal(latches_after(&stage->latches, 0, &first), 0);
	/* The clock has not been set. */
	stage = begin();
	reading(stage, LATCH_PERIOD_US - 1, 100);
	reading(stage, LATCH_PERIOD_US + 1, 110);
	assert_int_equal(latches_after(&stage->latches, 0, &first), 0);
}

static void two_days_are_kept(void **state)
{
	const struct latch *first;
	struct stage *stage = begin();

	(void)state;
	for (unsigned int n = 0; n < 100; n++)
		reading(stage, NOON + n * LATCH_PERIOD_US, n);
	assert_int_equal(latches_after(&stage->latches, 0, &first), LATCHES);
	assert_int_equal(first->at_us, NOON + 4 * LATCH_PERIOD_US);
	assert_int_equal(first[LATCHES - 1].registers[0], 99);
	assert_int_equal(latches_after(&stage->latches,
				       NOON + 98 * LATCH_PERIOD_US, &first),
			 1);
	assert_int_equal(first->registers[0], 99);
	assert_int_equal(latches_after(&stage->latches,
				       NOON + 99 * LATCH_PERIOD_US, &first),
			 0);
}

static void a_clock_put_back_forgets_the_future(void **state)
{
	struct stage *stage = begin();

	(void)state;
	reading(stage, NOON, 100);
	reading(stage, NOON + LATCH_PERIOD_US, 110);
	reading(stage, NOON + 1 * S, 120);
	assert_int_equal(only(stage)->at_us, NOON);
	/* And the boundary is latched again when it comes again. */
	reading(stage, NOON + LATCH_PERIOD_US, 130);
	assert_int_equal(stage->latches.n, 2);
	assert_int_equal(stage->latches.latch[1].registers[0], 130);
}

static void now_is_what_is_valid(void **state)
{
	struct stage *stage = begin();
	struct latch latch;

	(void)state;
	assert_int_equal(latch_now(&stage->meter, NOON, &latch), -ENODATA);
	reading(stage, NOON, 100);
	assert_int_equal(latch_now(&stage->meter, NOON + S, &latch), 0);
	assert_int_equal(latch.at_us, NOON);
	assert_int_equal(latch.registers[3], 103);
	assert_int_equal(latch.flags, 0);
	assert_int_equal(latch_now(&stage->meter, NOON + 4 * S, &latch),
			 -ENODATA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_reading_before_a_boundary_is_latched),
		cmocka_unit_test(a_reading_on_the_boundary_is_it),
		cmocka_unit_test(far_readings_make_no_latch),
		cmocka_unit_test(two_days_are_kept),
		cmocka_unit_test(a_clock_put_back_forgets_the_future),
		cmocka_unit_test(now_is_what_is_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
