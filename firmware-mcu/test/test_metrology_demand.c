// SPDX-License-Identifier: MIT
/* Maximum demand: half hours of the clock, and what a clock can do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../metrology/demand.h"

/* 00:00 of a day. */
#define MIDNIGHT_S UINT64_C(1700006400)
#define HALF_HOUR 1800

static struct met_demand demand;
static struct met_demand_config config;
static uint64_t clock_ms, end_ms;
static bool known;

static int fresh(void **state)
{
	(void)state;
	memset(&demand, 0, sizeof(demand));
	config = (struct met_demand_config){ 0, 0 };
	clock_ms = MIDNIGHT_S * 1000;
	end_ms = clock_ms;
	known = true;
	return 0;
}

/* Power for so many seconds more, in windows of a second and two milliseconds:
 * the last one may be too long, but not the next load's end later.
 */
static void load(int64_t mw, unsigned int seconds)
{
	/* mW for 1.002 s in 2^-32 mWh */
	const int64_t energy = mw * INT64_C(4303557230) / 3600;

	end_ms += seconds * 1000ull;
	while (clock_ms < end_ms) {
		clock_ms += 1002;
		met_demand_add(&demand, &config, energy, 1002000,
			       known ? clock_ms : 0);
	}
}

static void near_mw(enum met_demand_register which, uint32_t mw, uint32_t ppm)
{
	uint32_t seen = demand.peak[which].mean_mw;

	if (llabs((int64_t)seen - mw) > 2 + (int64_t)mw * ppm / 1000000)
		fail_msg("%u mW, not %u", seen, mw);
}

static void half_hours(void **state)
{
	(void)state;
	load(1000000, HALF_HOUR);
	load(3000000, HALF_HOUR);
	load(2000000, HALF_HOUR);
	load(0, 2);
	near_mw(MET_DEMAND_IMPORT, 3000000, 600);
	assert_int_equal(demand.peak[MET_DEMAND_IMPORT].end_utc_s,
			 MIDNIGHT_S + 2 * HALF_HOUR);
	near_mw(MET_DEMAND_EXPORT, 0, 600);
	load(-7000000, HALF_HOUR / 2);
	load(5000000, HALF_HOUR / 2);
	load(0, HALF_HOUR);
	/* Nothing is netted. */
	near_mw(MET_DEMAND_IMPORT, 3000000, 600);
	assert_in_range(demand.peak[MET_DEMAND_EXPORT].mean_mw, 3490000,
			3510000);
	assert_int_equal(demand.peak[MET_DEMAND_WINDOW_IMPORT].end_utc_s, 0);
}

/* The same load all the time is the same demand: windows that lie across the
 * boundary are parted.
 */
static void boundaries(void **state)
{
	(void)state;
	for (int n = 0; n < 5; n++) {
		met_demand_reset(&demand, false);
		load(4000000, HALF_HOUR);
		if (n > 0)
			near_mw(MET_DEMAND_IMPORT, 4000000, 1);
	}
}

static void window_of_the_day(void **state)
{
	(void)state;
	config = (struct met_demand_config){ 16 * 60, 19 * 60 };
	assert_true(met_demand_check(&config));
	for (int n = 0; n < 48; n++)
		load(n == 20 ? 9000000 :
		     n == 37 ? 6000000 :
			       1000000,
		     n == 47 ? HALF_HOUR + 60 : HALF_HOUR);
	near_mw(MET_DEMAND_IMPORT, 9000000, 600);
	assert_in_range(demand.peak[MET_DEMAND_WINDOW_IMPORT].mean_mw, 5900000,
			6010000);
	assert_int_equal(demand.peak[MET_DEMAND_WINDOW_IMPORT].end_utc_s,
			 MIDNIGHT_S + 38 * HALF_HOUR);
	met_demand_reset(&demand, true);
	near_mw(MET_DEMAND_WINDOW_IMPORT, 0, 600);
	near_mw(MET_DEMAND_IMPORT, 9000000, 600);
	met_demand_reset(&demand, false);
	assert_int_equal(demand.peak[MET_DEMAND_IMPORT].end_utc_s, 0);
	/* Over midnight. */
	config = (struct met_demand_config){ 23 * 60, 60 };
	fresh(NULL);
	config = (struct met_demand_config){ 23 * 60, 60 };
	load(2000000, HALF_HOUR + 10);
	near_mw(MET_DEMAND_WINDOW_IMPORT, 2000000, 600);
	config.window_to = 1440;
	assert_false(met_demand_check(&config));
}

static void without_a_clock(void **state)
{
	(void)state;
	known = false;
	load(5000000, 2 * HALF_HOUR);
	assert_int_equal(demand.peak[MET_DEMAND_IMPORT].end_utc_s, 0);
	/* What is known of a half hour counts as all of it. */
	known = true;
	clock_ms = MIDNIGHT_S * 1000 + 900000;
	end_ms = clock_ms;
	load(5000000, HALF_HOUR / 2 + 5);
	assert_in_range(demand.peak[MET_DEMAND_IMPORT].mean_mw, 2490000,
			2500010);
}

/* Set back again and again, an hour's energy is no half hour's demand. */
static void clock_set_back(void **state)
{
	(void)state;
	load(1000000, 1700);
	clock_ms -= 1500000;
	end_ms = clock_ms;
	load(1000000, 1500);
	clock_ms -= 1500000;
	end_ms = clock_ms;
	load(1000000, 1700);
	near_mw(MET_DEMAND_IMPORT, 1000000, 600);
	clock_ms += 30 * 86400000ull;
	end_ms = clock_ms;
	load(1000000, 10);
	near_mw(MET_DEMAND_IMPORT, 1000000, 600);
}

/* Of two that are the same the first one's time is kept. */
static void same_again(void **state)
{
	const int64_t energy = INT64_C(1) << 40;

	(void)state;
	for (uint64_t n = 1; n < 4 * HALF_HOUR; n++)
		met_demand_add(&demand, &config, energy, 1000000,
			       (MIDNIGHT_S + n) * 1000);
	assert_int_equal(demand.peak[MET_DEMAND_IMPORT].end_utc_s,
			 MIDNIGHT_S + HALF_HOUR);
}

static void largest_load(void **state)
{
	(void)state;
	load(44000000, HALF_HOUR + 5);
	near_mw(MET_DEMAND_IMPORT, 44000000, 600);
	load(-44000000, HALF_HOUR + 5);
	load(0, 5);
	assert_in_range(demand.peak[MET_DEMAND_EXPORT].mean_mw, 43800000,
			44000100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(half_hours, fresh),
		cmocka_unit_test_setup(boundaries, fresh),
		cmocka_unit_test_setup(window_of_the_day, fresh),
		cmocka_unit_test_setup(without_a_clock, fresh),
		cmocka_unit_test_setup(clock_set_back, fresh),
		cmocka_unit_test_setup(same_again, fresh),
		cmocka_unit_test_setup(largest_load, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
