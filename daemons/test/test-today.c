// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../ihdd/today.h"
#include "test.h"

/* Local time of London, as ihdd asks the C library for it. */
static struct today_time at(int64_t utc_s)
{
	time_t t = (time_t)utc_s;
	struct tm tm;

	localtime_r(&t, &tm);
	return (struct today_time){
		.utc_s = utc_s,
		.day = (tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 +
		       tm.tm_mday,
		.second = tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec,
	};
}

static int to_london(void **state)
{
	(void)state;
	setenv("TZ", "Europe/London", 1);
	tzset();
	return 0;
}

#define MARCH_4 INT64_C(1709510400) /* 2024-03-04 00:00 GMT */
#define HOUR 3600

static void the_first_reading_begins_the_count(void **state)
{
	struct today_time now = at(MARCH_4 + 14 * HOUR);
	struct today today = { 0 };

	(void)state;
	assert_true(today_update(&today, &now, 5000, 70));
	assert_true(today.known);
	assert_false(today.whole);
	assert_int_equal(today.day, 20240304);
	assert_int_equal(today.import_wh, 5000);
	assert_int_equal(today.export_wh, 70);
	assert_int_equal(today.since_s, MARCH_4 + 14 * HOUR);
	/* Even at midnight: nobody knows of a reading before. */
	memset(&today, 0, sizeof(today));
	now = at(MARCH_4);
	assert_true(today_update(&today, &now, 5000, 70));
	assert_false(today.whole);
}

static void midnight_begins_a_whole_day(void **state)
{
	struct today_time now = at(MARCH_4 + 14 * HOUR);
	struct today today = { 0 };

	(void)state;
	today_update(&today, &now, 5000, 70);
	now = at(MARCH_4 + 24 * HOUR - 1);
	assert_false(today_update(&today, &now, 9000, 70));
	now = at(MARCH_4 + 24 * HOUR);
	assert_true(today_update(&today, &now, 9001, 70));
	assert_true(today.whole);
	assert_int_equal(today.day, 20240305);
	assert_int_equal(today.import_wh, 9001);
}

static void a_hub_off_over_midnight_claims_nothing(void **state)
{
	struct today_time now = at(MARCH_4 + 14 * HOUR);
	struct today today = { 0 };

	(void)state;
	today_update(&today, &now, 5000, 70);
	now = at(MARCH_4 + 24 * HOUR + TODAY_MIDNIGHT_S);
	assert_true(today_update(&today, &now, 9000, 70));
	assert_true(today.whole);
	now = at(MARCH_4 + 48 * HOUR + TODAY_MIDNIGHT_S + 1);
	assert_true(today_update(&today, &now, 9500, 70));
	assert_false(today.whole);
	assert_int_equal(today.since_s,
			 MARCH_4 + 48 * HOUR + TODAY_MIDNIGHT_S + 1);
}

static void another_meter_begins_anew(void **state)
{
	struct today_time now = at(MARCH_4 + 14 * HOUR);
	struct today today = { 0 };

	(void)state;
	today_update(&today, &now, 5000, 70);
	assert_true(today_update(&today, &now, 4999, 70));
	assert_int_equal(today.import_wh, 4999);
	assert_true(today_update(&today, &now, 4999, 69));
	now = at(MARCH_4 + 24 * HOUR);
	assert_true(today_update(&today, &now, 10, 0));
	assert_false(today.whole);
}

static void a_clock_set_back_begins_anew(void **state)
{
	struct today_time now = at(MARCH_4 + 14 * HOUR);
	struct today today = { 0 };

	(void)state;
	today_update(&today, &now, 5000, 70);
	now = at(MARCH_4 - 9 * HOUR);
	assert_true(today_update(&today, &now, 5001, 70));
	assert_int_equal(today.day, 20240303);
	assert_false(today.whole);
	/* Back within the day: the count goes on. */
	now = at(MARCH_4 - 10 * HOUR);
	assert_false(today_update(&today, &now, 5002, 70));
}

/* A reading a minute through a day: it must begin once, at midnight. */
static void check_day(int64_t midnight, int64_t length_s)
{
	struct today_time now = at(midnight - HOUR);
	struct today today = { 0 };
	int begun = 0;

	today_update(&today, &now, 0, 0);
	for (int64_t s = 0; s < length_s; s += 60) {
		now = at(midnight + s);
		if (today_update(&today, &now, s, 0)) {
			begun++;
			assert_int_equal(s, 0);
			assert_true(today.whole);
		}
	}
	assert_int_equal(begun, 1);
	now = at(midnight + length_s);
	assert_true(today_update(&today, &now, length_s, 0));
	assert_true(today.whole);
}

static void days_of_23_and_25_hours(void **state)
{
	(void)state;
	check_day(1711843200, 23 * HOUR); /* 2024-03-31: BST begins */
	check_day(1729983600, 25 * HOUR); /* 2024-10-27: BST ends */
	check_day(1719788400, 24 * HOUR); /* 2024-07-01, in BST */
	check_day(1709164800, 24 * HOUR); /* 2024-02-29 */
}

static void what_is_kept_is_found_again(void **state)
{
	struct today_time now = at(MARCH_4 + 14 * HOUR);
	struct today today = { 0 }, back = { 0 };
	char text[256];
	int len;

	(void)state;
	today_update(&today, &now, INT64_C(999999999999), 70);
	today.whole = true;
	len = today_format(&today, text, sizeof(text));
	assert_true(len > 0);
	assert_int_equal(today_parse(&back, text, (size_t)len), 0);
	assert_int_equal(back.import_wh, today.import_wh);
	assert_int_equal(back.export_wh, today.export_wh);
	assert_int_equal(back.since_s, today.since_s);
	assert_int_equal(back.day, today.day);
	assert_true(back.known && back.whole);
	assert_int_equal(today_format(&today, text, 20), -ENOSPC);
}

/* Cut off anywhere, or with any bit turned: not believed. */
static void damage_is_noticed(void **state)
{
	struct today_time now = at(MARCH_4);
	struct today today = { 0 }, back;
	char text[256], bad[256];
	int len;

	(void)state;
	today_update(&today, &now, 12345, 70);
	len = today_format(&today, text, sizeof(text));
	memset(&back, 0x5a, sizeof(back));
	for (int cut = 0; cut < len; cut++)
		assert_int_equal(today_parse(&back, text, (size_t)cut),
				 -EINVAL);
	for (int bit = 0; bit < len * 8; bit++) {
		memcpy(bad, text, (size_t)len);
		bad[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_equal(today_parse(&back, bad, (size_t)len), -EINVAL);
	}
	for (size_t n = 0; n < sizeof(back); n++)
		assert_int_equal(((unsigned char *)&back)[n], 0x5a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_reading_begins_the_count),
		cmocka_unit_test(midnight_begins_a_whole_day),
		cmocka_unit_test(a_hub_off_over_midnight_claims_nothing),
		cmocka_unit_test(another_meter_begins_anew),
		cmocka_unit_test(a_clock_set_back_begins_anew),
		cmocka_unit_test(days_of_23_and_25_hours),
		cmocka_unit_test(what_is_kept_is_found_again),
		cmocka_unit_test(damage_is_noticed),
	};

	return cmocka_run_group_tests(tests, to_london, NULL);
}
