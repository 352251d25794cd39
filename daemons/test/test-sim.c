// SPDX-License-Identifier: LGPL-2.1-or-later
/* The simulator's pure parts: words and times, loads, the home. */
#include <errno.h>
#include <string.h>

#include "../meter-sim/sim-home.h"
#include "../meter-sim/sim-profile.h"
#include "../meter-sim/sim-text.h"
#include "test.h"

#define DAY_S 86400
#define MONDAY INT64_C(1709510400) /* 2024-03-04 */

static void words_are_cut(void **state)
{
	char line[] = " a \"b c\"\t\"\" \"d \\\" \\\\ e\" f#g # h \"";
	char open[] = "\"a", clings[] = "\"a\"b", many[] = "a b c";
	const char *why;
	char *word[8];

	(void)state;
	assert_int_equal(sim_words(line, word, 8, &why), 5);
	assert_string_equal(word[0], "a");
	assert_string_equal(word[1], "b c");
	assert_string_equal(word[2], "");
	assert_string_equal(word[3], "d \" \\ e");
	assert_string_equal(word[4], "f#g");
	assert_int_equal(sim_words(open, word, 8, &why), -EINVAL);
	assert_string_equal(why, "a quote without its end");
	assert_int_equal(sim_words(clings, word, 8, &why), -EINVAL);
	assert_int_equal(sim_words(many, word, 2, &why), -EINVAL);
	assert_string_equal(why, "too many words");
}

static void times_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t at_s;
	} good[] = {
		{ "2024-03-04", MONDAY },
		{ "2024-03-04T00:00", MONDAY },
		{ "2024-03-04 17:30:05", MONDAY + 17 * 3600 + 30 * 60 + 5 },
		{ "2024-02-29T23:59:59Z", MONDAY - 3 * DAY_S - 1 },
	};
	static const char *const bad[] = {
		"",
		"2024-02-30",
		"2023-02-29",
		"2024-3-4",
		"2024-03-04T24",
		"2024-03-04T24:00",
		"2019-12-31",
		"2100-01-01",
		"2024-03-04T10:60",
		"2024-03-04x",
		"2024-13-01",
		"+1d",
		"2024-03-04T",
		"2024-03-04T10:00:60",
	};
	char room[SIM_TIME_LEN];
	int64_t at = 1;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(good); n++) {
		assert_int_equal(sim_time(good[n].text, &at), 0);
		assert_int_equal(at, good[n].at_s);
	}
	at = 1;
	for (size_t n = 0; n < ARRAY_SIZE(bad); n++)
		assert_int_equal(sim_time(bad[n], &at), -EINVAL);
	assert_int_equal(at, 1);
	assert_string_equal(sim_time_text(MONDAY + 61, room),
			    "2024-03-04T00:01:01");
}

static void durations_and_numbers_are_read(void **state)
{
	static const char *const bad[] = { "",	  "1",		 "d",
					   "1x",  "1h1d",	 "1d1d",
					   "-1d", "9999999999s", "1.5h" };
	int64_t value = 7;

	(void)state;
	assert_int_equal(sim_duration("1d2h3m4s", &value), 0);
	assert_int_equal(value, 86400 + 7200 + 180 + 4);
	assert_int_equal(sim_duration("90s", &value), 0);
	assert_int_equal(value, 90);
	for (size_t n = 0; n < ARRAY_SIZE(bad); n++)
		assert_int_equal(sim_duration(bad[n], &value), -EINVAL);
	assert_int_equal(value, 90);

	assert_int_equal(sim_decimal("-1.05", 3, -2000, 0, &value), 0);
	assert_int_equal(value, -1050);
	assert_int_equal(sim_decimal("0.5000", 1, 0, 9, &value), 0);
	assert_int_equal(value, 5);
	assert_int_equal(sim_decimal("0.55", 1, 0, 9, &value), -EINVAL);
	assert_int_equal(sim_decimal("1.0.0", 3, 0, 9999, &value), -EINVAL);
	assert_int_equal(sim_decimal("", 0, 0, 9, &value), -EINVAL);
	assert_int_equal(sim_decimal("10", 0, 0, 9, &value), -EINVAL);
	assert_int_equal(sim_decimal("99999999999999999999", 0, 0, INT64_MAX,
				     &value),
			 -EINVAL);
	assert_int_equal(value, 5);
}

#define HEAD "half_hour_ending_utc,kwh\n"

static int parse(const char *text, struct sim_profile *profile,
		 unsigned int *line)
{
	const char *why = NULL;
	int r = sim_profile_parse(text, strlen(text), profile, line, &why);

	if (r)
		assert_non_null(why);
	return r;
}

static void profiles_are_read(void **state)
{
	struct sim_profile profile = { 0 };
	unsigned int line;

	(void)state;
	assert_int_equal(parse(HEAD "2024-03-04 00:30:00,0.25\n"
				    "2024-03-04 01:00:00,-0.100\r\n",
			       &profile, &line),
			 0);
	assert_int_equal(profile.first_s, MONDAY);
	assert_int_equal(profile.count, 2);
	assert_int_equal(sim_profile_mwh(&profile, MONDAY), 250000);
	assert_int_equal(sim_profile_mwh(&profile, MONDAY + 1800), -100000);
	/* It repeats, both ways. */
	assert_int_equal(sim_profile_mwh(&profile, MONDAY + 3600), 250000);
	assert_int_equal(sim_profile_mwh(&profile, MONDAY - 1800), -100000);
	assert_int_equal(sim_profile_mwh(&profile, MONDAY - 3600), 250000);
	sim_profile_free(&profile);
}

static void bad_profiles_are_refused(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
	} bad[] = {
		{ "", 0 },
		{ HEAD, 0 },
		{ "time,kwh\n", 1 },
		{ HEAD "2024-03-04 00:30:00\n", 2 },
		{ HEAD "2024-03-04 00:31:00,1\n", 2 },
		{ HEAD "2024-03-04 00:30:00,1x\n", 2 },
		{ HEAD "2024-03-04 00:30:00,12\n", 2 },
		{ HEAD "2024-03-04 00:30:00,0.1234567\n", 2 },
		{ HEAD "2024-03-04 00:30:00,1\n2024-03-04 01:30:00,1\n", 3 },
		{ HEAD "2024-03-04 00:30:00,0.0000000000000000000000000000000"
		       "000000000000000000\n",
		  2 },
	};
	struct sim_profile profile = { 0 };
	unsigned int line;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(bad); n++) {
		assert_int_equal(parse(bad[n].text, &profile, &line), -EINVAL);
		assert_int_equal(line, bad[n].line);
	}
	assert_null(profile.mwh);
}

static int32_t two_halves[] = { 250001, -100000 };
static const struct sim_profile load = { MONDAY, 2, two_halves };

static void energy_flows_in_parts_as_in_one(void **state)
{
	struct sim_home whole, parts;

	(void)state;
	sim_home_init(&whole, MONDAY, &load, 1);
	parts = whole;
	sim_home_advance(&whole, MONDAY + DAY_S);
	for (int64_t at = MONDAY; at < MONDAY + DAY_S; at += 7)
		sim_home_advance(&parts, at);
	sim_home_advance(&parts, MONDAY + DAY_S);
	assert_int_equal(whole.meter[0].count[0], 24 * 250001);
	assert_int_equal(whole.meter[0].count[1], 24 * 100000);
	assert_memory_equal(&whole.meter[0].count, &parts.meter[0].count,
			    sizeof(whole.meter[0].count));
	assert_int_equal(whole.meter[1].count[0], parts.meter[1].count[0]);
	assert_true(whole.meter[1].count[0] > 0);
	assert_memory_equal(&whole.meter[0].latch, &parts.meter[0].latch,
			    sizeof(whole.meter[0].latch));
}

static void latches_are_made_and_kept(void **state)
{
	struct sim_home home;
	const struct sim_meter *meter = &home.meter[SIM_ELECTRICITY];

	(void)state;
	sim_home_init(&home, MONDAY, &load, 1);
	sim_home_advance(&home, MONDAY + 1799);
	assert_int_equal(meter->n_latches, 0);
	sim_home_advance(&home, MONDAY + 1800);
	assert_int_equal(meter->n_latches, 1);
	assert_int_equal(meter->latch[0].at_s, MONDAY + 1800);
	assert_int_equal(meter->latch[0].reg[0], 250);
	sim_home_advance(&home, MONDAY + 3 * DAY_S);
	assert_int_equal(meter->n_latches, SIM_LATCHES);
	assert_int_equal(meter->latch[0].at_s, MONDAY + DAY_S + 1800);
	assert_int_equal(meter->latch[SIM_LATCHES - 1].at_s,
			 MONDAY + 3 * DAY_S);

	/* By the hub: of its last reading, and marked. */
	home.latching = SIM_LATCH_HUB;
	sim_home_read(&home);
	sim_home_advance(&home, MONDAY + 3 * DAY_S + 1800);
	assert_true(meter->latch[SIM_LATCHES - 1].by_hub);
	assert_int_equal(meter->latch[SIM_LATCHES - 1].reg[0],
			 meter->latch[SIM_LATCHES - 2].reg[0]);
	home.latching = SIM_LATCH_NONE;
	sim_home_advance(&home, MONDAY + 4 * DAY_S);
	assert_int_equal(meter->latch[SIM_LATCHES - 1].at_s,
			 MONDAY + 3 * DAY_S + 1800);
}

static void nothing_flows_without_mains_or_contact(void **state)
{
	struct sim_home home;
	struct sim_meter *meter = &home.meter[SIM_ELECTRICITY];
	uint64_t before;

	(void)state;
	sim_home_init(&home, MONDAY, &load, 1);
	home.mains = false;
	sim_home_advance(&home, MONDAY + 3600);
	assert_int_equal(meter->count[0], 0);
	assert_int_equal(meter->n_latches, 0);
	assert_int_equal(sim_home_flow(&home, SIM_ELECTRICITY), 0);
	home.mains = true;
	meter->commanded_on = false;
	assert_true(sim_home_switch(&home, SIM_ELECTRICITY));
	assert_false(sim_home_switch(&home, SIM_ELECTRICITY));
	sim_home_advance(&home, MONDAY + 7200);
	assert_int_equal(meter->count[0], 0);
	assert_int_equal(meter->n_latches, 2);
	/* Welded, it is on whatever is commanded; stuck, off. */
	meter->contact = SIM_CONTACT_WELDED;
	assert_true(sim_home_switch(&home, SIM_ELECTRICITY));
	assert_int_equal(sim_home_flow(&home, SIM_ELECTRICITY), 500002);
	sim_home_advance(&home, MONDAY + 9000);
	before = meter->count[0];
	assert_int_equal(before, 250001);
	meter->contact = SIM_CONTACT_STUCK;
	meter->commanded_on = true;
	assert_true(sim_home_switch(&home, SIM_ELECTRICITY));
	sim_home_advance(&home, MONDAY + DAY_S);
	assert_int_equal(meter->count[0], before);
}

static void clocks_and_meters_are_changed(void **state)
{
	struct sim_home home;
	const struct sim_meter *meter = &home.meter[SIM_ELECTRICITY];

	(void)state;
	sim_home_init(&home, MONDAY, &load, 1);
	sim_home_advance(&home, MONDAY + 7200);
	assert_int_equal(meter->n_latches, 4);
	/* Back: what is yet to come again is not known. */
	sim_home_step_clock(&home, -3600 - 900);
	assert_int_equal(sim_home_hub_s(&home), MONDAY + 2700);
	assert_int_equal(meter->n_latches, 1);
	sim_home_advance(&home, MONDAY + 7200 + 900);
	assert_int_equal(meter->n_latches, 2);
	assert_int_equal(meter->latch[1].at_s, MONDAY + 3600);
	assert_int_equal(meter->latch[1].reg[0],
			 (4 * 250001 + 2 * 250001 / 2) / 2000);
	/* Forward: those in between are never made. */
	sim_home_step_clock(&home, 2 * DAY_S);
	sim_home_advance(&home, MONDAY + 7200 + 2700);
	assert_int_equal(meter->n_latches, 3);
	assert_int_equal(meter->latch[2].at_s, MONDAY + 2 * DAY_S + 5400);

	sim_home_replace(&home, SIM_ELECTRICITY, 42);
	assert_int_equal(meter->n_latches, 0);
	assert_int_equal(sim_home_registers(&home, SIM_ELECTRICITY).reg[0], 42);
}

static void a_seed_is_a_home(void **state)
{
	int64_t sum = 0, other = 0, winter = 0, summer = 0;

	(void)state;
	for (int64_t at = MONDAY; at < MONDAY + 30 * DAY_S; at += 1800) {
		assert_int_equal(sim_made_up_mwh(1, at),
				 sim_made_up_mwh(1, at));
		sum += sim_made_up_mwh(1, at);
		other += sim_made_up_mwh(2, at);
		winter += sim_made_up_cm3(1, at - 60 * DAY_S);
		summer += sim_made_up_cm3(1, at + 120 * DAY_S);
	}
	assert_int_not_equal(sum, other);
	/* 3 to 20 kWh a day. */
	assert_in_range(sum, 90000000, 600000000);
	assert_true(winter > 3 * summer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_cut),
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(durations_and_numbers_are_read),
		cmocka_unit_test(profiles_are_read),
		cmocka_unit_test(bad_profiles_are_refused),
		cmocka_unit_test(energy_flows_in_parts_as_in_one),
		cmocka_unit_test(latches_are_made_and_kept),
		cmocka_unit_test(nothing_flows_without_mains_or_contact),
		cmocka_unit_test(clocks_and_meters_are_changed),
		cmocka_unit_test(a_seed_is_a_home),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
