// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>

#include "tariff-oracle.h"

static struct tm london_tm(int64_t utc_s)
{
	time_t t = (time_t)utc_s;
	struct tm tm;

	localtime_r(&t, &tm);
	return tm;
}

static int to_london(void **state)
{
	(void)state;
	setenv("TZ", "Europe/London", 1);
	tzset();
	return 0;
}

static void dates_go_there_and_back(void **state)
{
	(void)state;
	for (int32_t day = -800000; day < 800000; day++) {
		struct civil_date d = civil_from_days(day);
		struct tm tm = oracle_tm(day * DAY);

		if (civil_to_days(d.year, d.month, d.day) != day ||
		    d.year != tm.tm_year + 1900 || d.month != tm.tm_mon + 1 ||
		    d.day != tm.tm_mday ||
		    civil_weekday(day) % 7 != tm.tm_wday ||
		    d.day > civil_month_days(d.year, d.month))
			fail_msg("day %d", day);
	}
	assert_int_equal(civil_utc_day(-1), -1);
	assert_int_equal(civil_utc_day(0), 0);
}

/* A century of half hours, and the seconds around each change. */
static void london_is_as_the_zone_data_says(void **state)
{
	unsigned int changes = 0;
	int32_t before = 0;

	(void)state;
	for (int64_t s = CIVIL_MIN_S; s < CIVIL_END_S; s += 1800) {
		int32_t offset = london_offset_s(s);

		if (london_tm(s).tm_gmtoff != offset)
			fail_msg("offset at %lld", (long long)s);
		if (offset != before) {
			changes++;
			assert_int_equal(london_tm(s - 1).tm_gmtoff, before);
			assert_int_equal(london_offset_s(s - 1), before);
		}
		before = offset;
	}
	assert_int_equal(changes, 200);
}

static void midnights_are_23_24_or_25_hours_apart(void **state)
{
	unsigned int count[26] = { 0 };

	(void)state;
	for (int32_t day = (int32_t)(CIVIL_MIN_S / DAY);
	     day < CIVIL_END_S / DAY; day++) {
		int64_t from = london_midnight_s(day);
		int64_t to = london_midnight_s(day + 1);
		struct tm tm = london_tm(from);

		if (tm.tm_hour || tm.tm_min || tm.tm_sec ||
		    london_day(from) != day || london_day(to - 1) != day ||
		    (to - from) % HOUR || to - from > 25 * HOUR)
			fail_msg("day %d", day);
		count[(to - from) / HOUR]++;
	}
	assert_int_equal(count[23], 100);
	assert_int_equal(count[25], 100);
	assert_int_equal(count[24],
			 CIVIL_END_S / DAY - CIVIL_MIN_S / DAY - 200);
}

static void days_of_change(void **state)
{
	int32_t march = civil_to_days(2024, 3, 31);
	int32_t october = civil_to_days(2024, 10, 27);

	(void)state;
	assert_int_equal(london_midnight_s(march), 1711843200); /* 00:00 UTC */
	assert_int_equal(london_midnight_s(march + 1), 1711926000); /* 23:00 */
	assert_int_equal(london_offset_s(1711846799), 0);
	assert_int_equal(london_offset_s(1711846800), 3600);
	assert_int_equal(london_midnight_s(october), 1729983600);
	assert_int_equal(london_midnight_s(october + 1), 1730073600);
	assert_int_equal(london_offset_s(1729990799), 3600);
	assert_int_equal(london_offset_s(1729990800), 0);
}

static void periods_of_london(void **state)
{
	int32_t leap = civil_to_days(2024, 2, 29);
	int32_t sylvester = civil_to_days(2023, 12, 31);

	(void)state;
	assert_int_equal(london_period_first(LONDON_DAY, leap), leap);
	assert_int_equal(london_period_first(LONDON_WEEK, leap),
			 civil_to_days(2024, 2, 26));
	assert_int_equal(london_period_first(LONDON_WEEK, sylvester),
			 civil_to_days(2023, 12, 25));
	assert_int_equal(london_period_first(LONDON_MONTH, leap),
			 civil_to_days(2024, 2, 1));
	assert_int_equal(london_period_shift(LONDON_MONTH,
					     civil_to_days(2023, 12, 1), 1),
			 civil_to_days(2024, 1, 1));
	assert_int_equal(london_period_shift(LONDON_MONTH,
					     civil_to_days(2024, 1, 1), -13),
			 civil_to_days(2022, 12, 1));
	assert_int_equal(london_period_shift(LONDON_DAY, leap, 1),
			 civil_to_days(2024, 3, 1));
}

/* --- the switching table */

static struct tariff_calendar simple(void)
{
	static const struct calendar_switch night[] = { { 0, 1 },
							{ 7 * 60, 2 },
							{ 16 * 60, 3 },
							{ 19 * 60 + 30, 2 },
							{ 23 * 60 + 30, 1 } };
	static const struct calendar_switch flat[] = { { 0, 48 } };
	struct tariff_calendar c = { .days = 2, .weeks = 1, .seasons = 1 };
	struct calendar_date any = { DATE_ANY_YEAR, 1, 1, DATE_ANY };

	assert_int_equal(calendar_day(night, 5, c.action[0], NULL), 0);
	assert_int_equal(calendar_day(flat, 1, c.action[1], NULL), 0);
	c.week_day[0][5] = 1;
	c.week_day[0][6] = 1;
	c.season_start[0] = any;
	assert_int_equal(calendar_check(&c, NULL), 0);
	return c;
}

static void switches_are_at_their_second(void **state)
{
	struct tariff_calendar c = simple();
	uint8_t action = 0;
	int64_t at = 0;

	(void)state;
	assert_int_equal(calendar_action(&c, MARCH_4), 1);
	assert_int_equal(calendar_action(&c, MARCH_4 + 7 * HOUR - 1), 1);
	assert_int_equal(calendar_action(&c, MARCH_4 + 7 * HOUR), 2);
	assert_int_equal(calendar_action(&c, MARCH_4 + 16 * HOUR), 3);
	assert_int_equal(calendar_action(&c, MARCH_4 + 5 * DAY), 48);
	assert_int_equal(calendar_action(&c, MARCH_4 + 7 * DAY - 1), 48);
	assert_int_equal(calendar_next_switch(&c, MARCH_4, &at, &action), 0);
	assert_int_equal(at, MARCH_4 + 7 * HOUR);
	assert_int_equal(action, 2);
	at = MARCH_4 + 4 * DAY + 23 * HOUR + 1800;
	assert_int_equal(calendar_next_switch(&c, at, &at, &action), 0);
	assert_int_equal(at, MARCH_4 + 5 * DAY);
	assert_int_equal(calendar_next_switch(&c, at, &at, &action), 0);
	assert_int_equal(at, MARCH_4 + 7 * DAY);
	c.week_day[0][0] = 1;
	c.special[0] = (struct calendar_date){ 2024, 3, 4, DATE_ANY };
	c.special_day[0] = 0;
	c.specials = 1;
	assert_int_equal(calendar_action(&c, MARCH_4), 1);
	assert_int_equal(calendar_action(&c, MARCH_4 + 7 * DAY), 48);
	memset(c.week_day, 1, sizeof(c.week_day));
	at = 77;
	assert_int_equal(calendar_next_switch(&c, MARCH_4 + DAY, &at, &action),
			 -ENOENT);
	assert_int_equal(at, 77);
}

static void what_a_day_cannot_be(void **state)
{
	struct calendar_switch s[] = { { 0, 1 }, { 30, 2 }, { 60, 3 } };
	uint8_t action[CIVIL_SLOTS] = { 9 };
	const char *why = NULL;

	(void)state;
	assert_int_equal(calendar_day(s, 0, action, &why), -EINVAL);
	assert_int_equal(calendar_day(s, 49, action, &why), -EINVAL);
	assert_int_equal(calendar_day(s + 1, 2, action, &why), -EINVAL);
	assert_string_equal(why, "a day's first switch is at midnight");
	s[2].minute = 30;
	assert_int_equal(calendar_day(s, 3, action, &why), -EINVAL);
	s[2].minute = 61;
	assert_int_equal(calendar_day(s, 3, action, &why), -EINVAL);
	s[2].minute = 1440;
	assert_int_equal(calendar_day(s, 3, action, &why), -EINVAL);
	assert_int_equal(action[0], 9);
	s[2].minute = 1410;
	assert_int_equal(calendar_day(s, 3, action, &why), 0);
	assert_int_equal(action[46], 2);
	assert_int_equal(action[47], 3);
}

#define REFUSED(change)                                              \
	do {                                                         \
		struct tariff_calendar c = simple();                 \
		const char *why = NULL;                              \
		change;                                              \
		assert_int_equal(calendar_check(&c, &why), -EINVAL); \
		assert_non_null(why);                                \
		assert_int_equal(calendar_check(&c, NULL), -EINVAL); \
	} while (0)

static void what_a_calendar_cannot_be(void **state)
{
	struct tariff_calendar gas = simple();

	(void)state;
	REFUSED(c.commodity = 3);
	REFUSED(c.days = 0);
	REFUSED(c.days = 17);
	REFUSED(c.weeks = 0);
	REFUSED(c.weeks = 5);
	REFUSED(c.seasons = 0);
	REFUSED(c.seasons = 9);
	REFUSED(c.specials = 51);
	REFUSED(c.action[1][47] = 0);
	REFUSED(c.action[1][47] = 49);
	REFUSED(c.action[1][47] = 100);
	REFUSED(c.action[1][47] = 109);
	REFUSED(c.action[1][47] = 201);
	REFUSED(c.commodity = TARIFF_SECOND);
	REFUSED(c.week_day[0][6] = 2);
	REFUSED(c.season_week[0] = 1);
	REFUSED(c.season_start[0].year = 1999);
	REFUSED(c.season_start[0].month = 13);
	REFUSED(c.season_start[0].month = 0);
	REFUSED(c.season_start[0].day = 0);
	REFUSED(c.season_start[0].day = 32);
	REFUSED(c.season_start[0].weekday = 8);
	REFUSED((c.season_start[0].day = DATE_LAST_BUT_ONE,
		 c.season_start[0].weekday = 7));
	REFUSED((c.season_start[0].month = DATE_SUMMER_BEGIN,
		 c.season_start[0].day = 31));
	REFUSED((c.season_start[0].month = DATE_SUMMER_END,
		 c.season_start[0].day = DATE_ANY,
		 c.season_start[0].weekday = 7));
	REFUSED(c.season_start[0].month = DATE_SUMMER_END);
	/* A Monday that is none. */
	REFUSED(c.season_start[0] = ((struct calendar_date){ 2024, 3, 5, 1 }));
	REFUSED((c.season_start[0].month = 4, c.season_start[0].day = 31));
	REFUSED((c.specials = 1, c.special_day[0] = 2));
	REFUSED((c.specials = 1,
		 c.special[0] = (struct calendar_date){ 2023, 2, 29, 255 }));
	REFUSED((c.commodity = TARIFF_GAS, c.action[1][47] = 102));
	REFUSED((c.commodity = TARIFF_GAS, c.action[1][47] = 101));
	gas.commodity = TARIFF_GAS;
	assert_int_equal(calendar_check(&gas, NULL), 0);
	memset(gas.action, 101, sizeof(gas.action));
	assert_int_equal(calendar_check(&gas, NULL), 0);
}

static void leap_days_begin_seasons(void **state)
{
	struct tariff_calendar c = simple();

	(void)state;
	c.weeks = 2;
	c.seasons = 2;
	memset(c.week_day[1], 1, 7);
	c.week_day[0][5] = 0;
	c.week_day[0][6] = 0;
	c.season_week[1] = 1;
	c.season_start[0] = (struct calendar_date){ 2020, 3, 1, DATE_ANY };
	c.season_start[1] =
		(struct calendar_date){ DATE_ANY_YEAR, 2, 29, DATE_ANY };
	assert_int_equal(calendar_profile(&c, civil_to_days(2020, 2, 29)), 1);
	assert_int_equal(calendar_profile(&c, civil_to_days(2020, 3, 1)), 0);
	assert_int_equal(calendar_profile(&c, civil_to_days(2024, 2, 28)), 0);
	assert_int_equal(calendar_profile(&c, civil_to_days(2024, 2, 29)), 1);
	assert_int_equal(calendar_profile(&c, civil_to_days(2027, 12, 31)), 1);
	/* The first Thursday from then on: also in March. */
	c.season_start[1].weekday = 4;
	assert_int_equal(calendar_profile(&c, civil_to_days(2028, 3, 1)), 1);
	c.season_start[0] =
		(struct calendar_date){ DATE_ANY_YEAR, 2, 1, DATE_ANY };
	assert_int_equal(calendar_profile(&c, civil_to_days(2028, 3, 1)), 0);
	assert_int_equal(calendar_profile(&c, civil_to_days(2028, 3, 2)), 1);
	/* None has begun: the first of the table. */
	c.season_start[1].weekday = DATE_ANY;
	c.season_start[1].year = 2096;
	assert_int_equal(calendar_profile(&c, civil_to_days(2019, 5, 1)), 0);
}

static void summer_time_begins_and_ends_seasons(void **state)
{
	struct tariff_calendar c = simple();
	struct calendar_date last_sunday = { DATE_ANY_YEAR, 10, DATE_LAST_DAY,
					     7 };

	(void)state;
	c.weeks = 2;
	c.seasons = 2;
	memset(c.week_day[0], 0, 7);
	memset(c.week_day[1], 1, 7);
	c.season_week[1] = 1;
	c.season_start[0] = (struct calendar_date){ DATE_ANY_YEAR,
						    DATE_SUMMER_BEGIN, DATE_ANY,
						    DATE_ANY };
	c.season_start[1] = (struct calendar_date){ DATE_ANY_YEAR,
						    DATE_SUMMER_END, DATE_ANY,
						    DATE_ANY };
	for (int n = 0; n < 2; n++) {
		assert_int_equal(calendar_check(&c, NULL), 0);
		for (int32_t day = civil_to_days(2000, 4, 1);
		     day < civil_to_days(2099, 12, 31); day++) {
			/* Noon is on the new time of the day it changes. */
			bool summer = london_offset_s(day * DAY + DAY / 2);

			assert_int_equal(calendar_profile(&c, day), !summer);
		}
		c.season_start[1] = last_sunday;
	}
}

/* Random tables by day, and the next switch by half hours. */
static void tables_are_as_the_oracle_reads_them(void **state)
{
	static struct tariff_calendar c;
	uint64_t seed = 42;

	(void)state;
	for (int n = 0; n < 1500; n++) {
		int32_t day =
			civil_to_days(2021, 12, 1) + (int32_t)draw(&seed, 1700);
		int64_t from = day * DAY + draw(&seed, (uint32_t)DAY);
		int64_t at = from / 1800 * 1800, found = 0;
		uint8_t action = 0;
		int r;

		any_calendar(&seed, &c);
		assert_int_equal(calendar_check(&c, NULL), 0);
		for (int32_t k = day; k < day + 40; k += 1 + n % 7)
			assert_int_equal(calendar_profile(&c, k),
					 oracle_profile(&c, k));
		r = calendar_next_switch(&c, from, &found, &action);
		do {
			at += 1800;
		} while (calendar_action(&c, at) == calendar_action(&c, from) &&
			 at < from + 366 * DAY);
		if (r) {
			assert_int_equal(r, -ENOENT);
			assert_true(at >= from + 366 * DAY);
			continue;
		}
		assert_int_equal(found, at);
		assert_int_equal(action, calendar_action(&c, at));
	}
}

/* --- the billing calendar */

static void billing_instants_come_in_turn(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int n = 0; n < 400; n++) {
		struct tariff_period p = {
			.anchor_s = MARCH_4 + 1800 * (int64_t)draw(&seed, 1150),
			.repeat = (uint8_t)draw(&seed, REPEAT_KINDS),
		};
		int64_t from = MARCH_4 - 500 * DAY +
			       (int64_t)draw(&seed, 1000 * (uint32_t)DAY);
		int64_t at = from / 1800 * 1800;

		assert_int_equal(tariff_period_check(&p, NULL), 0);
		if (p.repeat == REPEAT_NEVER) {
			assert_true(tariff_period_next(&p, from) == INT64_MAX);
			assert_true(tariff_period_last(&p, from) == INT64_MIN);
			continue;
		}
		do {
			at += 1800;
		} while (!oracle_repeats(&p, at));
		assert_int_equal(tariff_period_next(&p, from), at);
		assert_int_equal(tariff_period_last(&p, at), at);
		at = from / 1800 * 1800;
		while (!oracle_repeats(&p, at))
			at -= 1800;
		assert_int_equal(tariff_period_last(&p, from), at);
		assert_true(tariff_period_next(&p, at) > from);
	}
}

static void what_a_period_cannot_be(void **state)
{
	struct tariff_period p = { MARCH_4, REPEAT_MONTHLY };
	const char *why = NULL;

	(void)state;
	assert_int_equal(tariff_period_check(&p, &why), 0);
	p.anchor_s = MARCH_4 + 25 * DAY; /* the 29th */
	assert_int_equal(tariff_period_check(&p, &why), -EINVAL);
	assert_non_null(why);
	p.repeat = REPEAT_WEEKLY;
	assert_int_equal(tariff_period_check(&p, &why), 0);
	p.anchor_s++;
	assert_int_equal(tariff_period_check(&p, &why), -EINVAL);
	p.anchor_s = 0;
	assert_int_equal(tariff_period_check(&p, &why), -EINVAL);
	p.repeat = REPEAT_KINDS;
	assert_int_equal(tariff_period_check(&p, &why), -EINVAL);
	p.repeat = REPEAT_NEVER;
	assert_int_equal(tariff_period_check(&p, &why), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_go_there_and_back),
		cmocka_unit_test(london_is_as_the_zone_data_says),
		cmocka_unit_test(midnights_are_23_24_or_25_hours_apart),
		cmocka_unit_test(days_of_change),
		cmocka_unit_test(periods_of_london),
		cmocka_unit_test(switches_are_at_their_second),
		cmocka_unit_test(what_a_day_cannot_be),
		cmocka_unit_test(what_a_calendar_cannot_be),
		cmocka_unit_test(leap_days_begin_seasons),
		cmocka_unit_test(summer_time_begins_and_ends_seasons),
		cmocka_unit_test(tables_are_as_the_oracle_reads_them),
		cmocka_unit_test(billing_instants_come_in_turn),
		cmocka_unit_test(what_a_period_cannot_be),
	};

	return cmocka_run_group_tests(tests, to_london, NULL);
}
