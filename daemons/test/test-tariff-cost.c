// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>

#include "../tariffd/tariff-cost.h"
#include "tariff-oracle.h"

static struct cost_sum get(const struct tariff_cost *c, enum london_period kind,
			   unsigned int ago)
{
	struct cost_sum sum;

	assert_int_equal(cost_get(c, kind, ago, &sum), 0);
	return sum;
}

/*
 * Two years of half hours, each of its own Wh and cost; every sum is counted
 * again from the half hours whose London date, by the C library, is in it.
 */
#define SLOTS (800 * 48)
static int64_t slot_wh[SLOTS], slot_up[SLOTS];
static int32_t slot_day[SLOTS];

static int32_t library_day(int64_t utc_s)
{
	time_t t = (time_t)utc_s;
	struct tm tm;

	localtime_r(&t, &tm);
	/* As if that date were UTC's. */
	tm.tm_hour = 0;
	tm.tm_min = 0;
	tm.tm_sec = 0;
	return (int32_t)(timegm(&tm) / DAY);
}

static void expect(struct cost_sum sum, int32_t end_day, int until)
{
	int64_t wh = 0, up = 0;

	for (int n = 0; n < until; n++) {
		if (slot_day[n] < sum.first_day || slot_day[n] >= end_day)
			continue;
		wh += slot_wh[n];
		up += slot_up[n];
	}
	assert_int_equal(sum.wh, wh);
	assert_int_equal(sum.cost_up, up);
}

static void check_all(const struct tariff_cost *c, int until)
{
	static const unsigned int kept[] = { COST_DAYS, COST_WEEKS,
					     COST_MONTHS };

	for (int k = 0; k < COST_KINDS; k++) {
		enum london_period kind = (enum london_period)k;
		int32_t end = INT32_MAX;

		for (unsigned int ago = 0; ago <= kept[k]; ago++) {
			struct cost_sum sum = get(c, kind, ago);

			if (!sum.known)
				continue;
			if (ago)
				assert_int_equal(
					london_period_shift(kind, sum.first_day,
							    1),
					end);
			expect(sum, end, until);
			end = sum.first_day;
		}
	}
}

static void two_years_of_london(void **state)
{
	int64_t begin = MARCH_4 - 63 * DAY; /* 2024-01-01 */
	struct tariff_cost c = { 0 };
	int64_t wh = 5000, up = -7000;
	uint64_t seed = 3;

	(void)state;
	for (int n = 0; n < SLOTS; n++) {
		slot_wh[n] = draw(&seed, 900);
		slot_up[n] = (int64_t)draw(&seed, 90000) - 20000;
		slot_day[n] = library_day(begin + n * INT64_C(1800));
	}
	assert_int_equal(cost_update(&c, begin, wh, up), 0);
	for (int n = 0; n < SLOTS; n++) {
		wh += slot_wh[n];
		up += slot_up[n];
		assert_int_equal(cost_update(&c,
					     begin + (n + 1) * INT64_C(1800),
					     wh, up),
				 0);
		if (n % 997 == 0 || n == SLOTS - 1) {
			check_all(&c, n + 1);
			assert_int_equal(cost_check(&c, NULL), 0);
		}
	}
	for (unsigned int ago = 0; ago <= COST_MONTHS; ago++) {
		assert_true(get(&c, LONDON_MONTH, ago).known);
		assert_true(get(&c, LONDON_MONTH, ago).whole);
	}
}

static void a_gap_is_told(void **state)
{
	struct tariff_cost c = { 0 };
	struct cost_sum sum;

	(void)state;
	assert_int_equal(cost_get(&c, LONDON_DAY, 0, &sum), -ENODATA);
	assert_int_equal(cost_update(&c, MARCH_4 + HOUR, 100, 10), 0);
	assert_int_equal(cost_update(&c, MARCH_4 + 2 * HOUR, 150, 20), 0);
	/* Nothing for three days. */
	assert_int_equal(cost_update(&c, MARCH_4 + 3 * DAY + HOUR, 350, 60), 0);
	sum = get(&c, LONDON_DAY, 0);
	assert_int_equal(sum.wh, 200);
	assert_int_equal(sum.cost_up, 40);
	assert_false(sum.whole);
	assert_false(get(&c, LONDON_DAY, 1).known);
	assert_int_equal(get(&c, LONDON_DAY, 1).first_day,
			 (MARCH_4 + 2 * DAY) / DAY);
	assert_false(get(&c, LONDON_DAY, 2).known);
	sum = get(&c, LONDON_DAY, 3);
	assert_true(sum.known);
	assert_false(sum.whole);
	assert_int_equal(sum.wh, 50);
	assert_int_equal(get(&c, LONDON_WEEK, 0).wh, 250);
	assert_false(get(&c, LONDON_DAY, 4).known);
	/* A midnight seen makes the day after it whole, not the one before. */
	assert_int_equal(cost_update(&c, MARCH_4 + 4 * DAY, 360, 61), 0);
	assert_false(get(&c, LONDON_DAY, 1).whole);
	assert_int_equal(get(&c, LONDON_DAY, 1).wh, 210);
	assert_true(get(&c, LONDON_DAY, 0).whole);
	assert_int_equal(cost_update(&c, MARCH_4 + 5 * DAY, 400, 70), 0);
	assert_true(get(&c, LONDON_DAY, 1).whole);
	/* Of decades nothing is left but that nobody knows. */
	assert_int_equal(cost_update(&c, MARCH_4 + 20000 * DAY, 500, 80), 0);
	for (unsigned int ago = 1; ago <= COST_DAYS; ago++) {
		sum = get(&c, LONDON_DAY, ago);
		assert_false(sum.known);
		assert_int_equal(sum.first_day, MARCH_4 / DAY + 20000 - ago);
	}
}

static void a_day_whose_end_was_missed_is_not_whole(void **state)
{
	struct tariff_cost c = { 0 };

	(void)state;
	assert_int_equal(cost_update(&c, MARCH_4, 100, 10), 0);
	assert_true(get(&c, LONDON_DAY, 0).whole);
	assert_int_equal(cost_update(&c, MARCH_4 + DAY - 1, 150, 20), 0);
	assert_int_equal(cost_update(&c, MARCH_4 + DAY + 1, 160, 30), 0);
	assert_false(get(&c, LONDON_DAY, 1).whole);
	assert_int_equal(get(&c, LONDON_DAY, 1).wh, 50);
	assert_false(get(&c, LONDON_DAY, 0).whole);
	assert_int_equal(get(&c, LONDON_DAY, 0).wh, 10);
	assert_true(get(&c, LONDON_WEEK, 0).whole);
}

static void what_goes_back_is_refused(void **state)
{
	struct tariff_cost c = { 0 }, before;
	struct cost_sum sum;

	(void)state;
	assert_int_equal(cost_update(&c, 5, 100, 10), -EINVAL);
	assert_int_equal(cost_update(&c, MARCH_4, -1, 10), -EINVAL);
	assert_int_equal(cost_update(&c, MARCH_4, 100, 10), 0);
	before = c;
	assert_int_equal(cost_update(&c, MARCH_4 - 1, 100, 10), -EINVAL);
	assert_int_equal(cost_update(&c, MARCH_4 + 1, 99, 10), -EINVAL);
	assert_int_equal(cost_update(&c, CIVIL_END_S, 100, 10), -EINVAL);
	assert_int_equal(cost_update(&c, MARCH_4 + 1, 100, INT64_MIN),
			 -EOVERFLOW);
	assert_memory_equal(&c, &before, sizeof(c));
	assert_int_equal(cost_get(&c, LONDON_DAY, 9, &sum), -ERANGE);
	assert_int_equal(cost_get(&c, LONDON_WEEK, 7, &sum), -ERANGE);
	assert_int_equal(cost_get(&c, LONDON_MONTH, 15, &sum), -ERANGE);
	/* Money may go back: prices can be negative. */
	assert_int_equal(cost_update(&c, MARCH_4 + 1, 100, -50), 0);
	assert_int_equal(get(&c, LONDON_DAY, 0).cost_up, -60);
}

#define BAD(change)                                              \
	do {                                                     \
		const char *why = NULL;                          \
		struct tariff_cost c = good;                     \
		change;                                          \
		assert_int_equal(cost_check(&c, &why), -EINVAL); \
		assert_non_null(why);                            \
	} while (0)

static void a_stored_history_is_checked(void **state)
{
	struct tariff_cost good = { 0 };

	(void)state;
	assert_int_equal(cost_check(&good, NULL), 0);
	BAD(c.track[1].past[3].first_day = 5);
	for (int n = 0; n < 20; n++)
		assert_int_equal(cost_update(&good, MARCH_4 + n * DAY, 100 + n,
					     10 * n),
				 0);
	/* Days nobody saw. */
	assert_int_equal(cost_update(&good, MARCH_4 + 25 * DAY, 200, 500), 0);
	assert_int_equal(cost_check(&good, NULL), 0);
	BAD(c.known = false);
	BAD(c.last_s = 0);
	BAD(c.last_s += DAY);
	BAD(c.last_wh = -1);
	BAD(c.last_up = INT64_MIN);
	BAD(c.track[0].first_day++);
	BAD(c.track[1].first_day++);
	BAD(c.track[2].end_s++);
	BAD(c.track[2].from_wh = -1);
	BAD(c.track[2].from_wh = c.last_wh + 1);
	BAD(c.track[0].past[2].first_day++);
	BAD(c.track[0].past[2].first_day = 0);
	BAD(c.track[0].past[COST_DAYS].known = true);
	BAD(c.track[0].past[0].wh = 1);
	BAD(c.track[0].past[0].whole = true);
	BAD(c.track[0].past[7].wh = -1);
}

static int to_london(void **state)
{
	(void)state;
	setenv("TZ", "Europe/London", 1);
	tzset();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_years_of_london),
		cmocka_unit_test(a_gap_is_told),
		cmocka_unit_test(a_day_whose_end_was_missed_is_not_whole),
		cmocka_unit_test(what_goes_back_is_refused),
		cmocka_unit_test(a_stored_history_is_checked),
	};

	return cmocka_run_group_tests(tests, to_london, NULL);
}
