// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../app/clock.h"

#define START 1800000000ull /* UTC, s */
#define US 1000000ull

static struct clock hand;

static int fresh(void **unused)
{
	(void)unused;
	clock_init(&hand, 0);
	assert_int_equal(clock_set(&hand, 5 * US, START * US, 20, false),
			 HEARTH_MCU_CLOCK_TAKEN);
	return 0;
}

static void it_runs_as_set(void **unused)
{
	(void)unused;
	assert_int_equal(clock_utc_us(&hand, 5 * US), START * US);
	assert_int_equal(clock_utc_us(&hand, 105 * US), (START + 100) * US);
	/* The start of a window that began before the setting. */
	assert_int_equal(clock_utc_us(&hand, 4 * US), (START - 1) * US);
}

static void a_small_difference_is_slewed(void **unused)
{
	(void)unused;
	for (int sign = -1; sign <= 1; sign += 2) {
		int64_t last = 0, off = sign * 3000000;

		fresh(NULL);
		assert_int_equal(
			clock_set(&hand, 10 * US,
				  (uint64_t)((int64_t)((START + 5) * US) + off),
				  20, false),
			HEARTH_MCU_CLOCK_SLEWING);
		assert_int_equal(clock_utc_us(&hand, 10 * US),
				 (START + 5) * US);
		for (uint64_t s = 10; s < 4000; s++) {
			int64_t now = clock_utc_us(&hand, s * US);
			int64_t left = clock_slew_us(&hand, s * US);

			/* Never back, never faster than it may. */
			assert_true(!last || (now - last >= 999000 &&
					      now - last <= 1001000));
			assert_true(left == off - sign * 1000 *
							    (int64_t)(s - 10) ||
				    s > 3010);
			last = now;
		}
		assert_int_equal(clock_slew_us(&hand, 4000 * US), 0);
		assert_int_equal(last, (int64_t)((START + 3994) * US) + off);
	}
}

static void a_step_is_refused(void **unused)
{
	(void)unused;
	for (int sign = -1; sign <= 1; sign += 2) {
		uint64_t there =
			(uint64_t)((int64_t)(START * US) + sign * 10001000ll);

		fresh(NULL);
		assert_int_equal(clock_set(&hand, 5 * US, there, 20, false),
				 HEARTH_MCU_CLOCK_REFUSED);
		assert_int_equal(clock_utc_us(&hand, 5 * US), START * US);
		assert_int_equal(hand.offset_us, sign * 10001000ll);
		assert_int_equal(clock_set(&hand, 5 * US, there, 20, true),
				 HEARTH_MCU_CLOCK_STEPPED);
		assert_int_equal(clock_utc_us(&hand, 5 * US), there);
	}
	fresh(NULL);
	assert_int_equal(clock_set(&hand, 5 * US, (START + 10) * US, 1, false),
			 HEARTH_MCU_CLOCK_SLEWING);
}

static void times_that_cannot_be_are_refused(void **unused)
{
	static const uint64_t times[] = {
		0,	    CLOCK_MIN_UTC_US - 1, CLOCK_MAX_UTC_US,
		1ull << 62, 1ull << 63,		  UINT64_MAX
	};

	(void)unused;
	for (size_t n = 0; n < sizeof(times) / sizeof(times[0]); n++) {
		fresh(NULL);
		for (int force = 0; force < 2; force++)
			assert_int_equal(clock_set(&hand, 5 * US, times[n], 0,
						   force),
					 HEARTH_MCU_CLOCK_REFUSED);
		assert_int_equal(clock_utc_us(&hand, 5 * US), START * US);
	}
}

/* After a loss of power: not before the last time known. */
static void the_first_setting_does_not_go_back(void **unused)
{
	(void)unused;
	clock_init(&hand, (uint32_t)START);
	assert_int_equal(clock_quality(&hand, 0), HEARTH_MCU_CLOCK_UNSET);
	assert_int_equal(clock_set(&hand, 0, (START - 11) * US, 0, false),
			 HEARTH_MCU_CLOCK_REFUSED);
	assert_false(hand.set);
	assert_int_equal(hand.offset_us, -11000000);
	assert_int_equal(clock_set(&hand, 0, (START - 9) * US, 0, false),
			 HEARTH_MCU_CLOCK_TAKEN);
	clock_init(&hand, (uint32_t)START);
	assert_int_equal(clock_set(&hand, 0, (START + 86400 * 400) * US, 0,
				   false),
			 HEARTH_MCU_CLOCK_TAKEN);
}

static void quality_and_bound_get_worse(void **unused)
{
	(void)unused;
	assert_int_equal(clock_quality(&hand, 6 * US), HEARTH_MCU_CLOCK_GOOD);
	assert_in_range(clock_within_ms(&hand, 5 * US), 20, 21);
	assert_in_range(clock_within_ms(&hand, 1005 * US), 120, 121);
	assert_int_equal(clock_quality(&hand, (5 + 86399) * US),
			 HEARTH_MCU_CLOCK_GOOD);
	assert_int_equal(clock_quality(&hand, (5 + 86400) * US),
			 HEARTH_MCU_CLOCK_HOLDOVER);
	clock_init(&hand, 0);
	assert_true(clock_within_ms(&hand, 0) == UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_runs_as_set, fresh),
		cmocka_unit_test_setup(a_small_difference_is_slewed, fresh),
		cmocka_unit_test_setup(a_step_is_refused, fresh),
		cmocka_unit_test_setup(times_that_cannot_be_are_refused, fresh),
		cmocka_unit_test_setup(the_first_setting_does_not_go_back,
				       fresh),
		cmocka_unit_test_setup(quality_and_bound_get_worse, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
