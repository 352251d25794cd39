// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The power goes at each persistence point of tariffd's life, one by one: what
 * is on the disk then is what was there before a step, or after it; and from
 * there on it comes to the same as with no cut at all.
 */
#include <errno.h>

#include "powercut-vfs.h"
#include "tariff-oracle.h"
#include "tariffd-octets.h"

#define STEPS 32
#define OUTCOMES 2

struct stage {
	struct powercut *disk;
	struct store *store;
	struct tariffd_service service;
	bool open;
};

static int start(struct stage *stage)
{
	enum store_found found;
	int r = store_open("tariffd.db", tariffd_migrations, TARIFFD_MIGRATIONS,
			   &stage->store, &found);

	if (r)
		return r;
	stage->open = true;
	assert_int_not_equal(found, STORE_SET_ASIDE);
	return tariffd_load(&stage->service, stage->store, found, 0);
}

static void stop(struct stage *stage)
{
	if (stage->open)
		store_close(stage->store);
	stage->open = false;
}

static int64_t register_at(int half_hour, unsigned int meter)
{
	return 1000 + half_hour * (meter ? 77 : 431);
}

/* Some half hours at once, as after a time away; the present is 5 min later. */
static int go(struct stage *stage, int from, int to)
{
	struct tariffd_reading latch[TARIFFD_METERS][8];
	struct tariffd_input input[TARIFFD_METERS] = { 0 };

	for (unsigned int m = 0; m < TARIFFD_METERS; m++) {
		for (int n = from; n <= to; n++)
			latch[m][n - from] = (struct tariffd_reading){
				MARCH_4 + n * 1800, register_at(n, m), -1
			};
		input[m].latch = latch[m];
		input[m].n = (size_t)(to - from + 1);
		input[m].now =
			(struct tariffd_reading){ MARCH_4 + to * 1800 + 300,
						  register_at(to, m) + 9, -1 };
	}
	return tariffd_step(&stage->service, input);
}

static int set_all(struct stage *stage, int n, int64_t at_s)
{
	struct tariffd_meter *meter = &stage->service.meter[0];
	uint64_t seed = 4711 + (uint64_t)n;
	struct tariff_thresholds x;
	struct tariff_calendar c;
	struct tariff_prices p;
	struct tariffd_tables tables = { &c, &x, &p };
	const char *why;

	any_calendar(&seed, &c);
	any_thresholds(&seed, &x);
	any_prices(&seed, &p);
	return tariffd_set_tables(&stage->service, meter, TARIFFD_PRIMARY, at_s,
				  &tables, &why);
}

/* Steps that are even go on by half hours, the others are commands. */
static int half_hour_of(int n)
{
	return n < 2 ? 1 : (n / 8 + 1) * 12 + n % 8 * 2;
}

/* The present registers again, after the last half hour before a command. */
static int look(struct stage *stage, int n)
{
	struct tariffd_input input[TARIFFD_METERS] = { 0 };
	int to = half_hour_of(n - 1);

	for (unsigned int m = 0; m < TARIFFD_METERS; m++)
		input[m].now =
			(struct tariffd_reading){ MARCH_4 + to * 1800 + 300,
						  register_at(to, m) + 9, -1 };
	return tariffd_step(&stage->service, input);
}

static int step(struct stage *stage, int n)
{
	int to = half_hour_of(n);
	int64_t now_s = MARCH_4 + (to - 2) * 1800 + 300;
	struct tariffd_service *s = &stage->service;
	struct tariff_period daily = { MARCH_4, REPEAT_DAILY };
	struct tariffd_account account = { 5, 0, { 0 } };
	int32_t price[12] = { -5, 7, 9, 11 };
	const char *why;

	if (!n)
		return go(stage, 0, 1);
	switch (n % 8) {
	case 1:
		return set_all(stage, n, n % 16 < 8 ? 0 : now_s + 2400);
	case 3:
		return tariffd_set_half_hours(
			s, &s->meter[0], now_s / 1800 * 1800 + 1800, price, 12);
	case 5:
		return n < 16 ? tariffd_set_billing(s, &s->meter[n % 2], &daily,
						    &why) :
				tariffd_use_half_hours(s, &s->meter[0],
						       n % 16 < 8);
	case 7:
		return tariffd_complete(s, &s->meter[0], (uint64_t)n / 8 + 1,
					&account) == -ENOENT ?
			       0 :
			       -(int)powercut_is_off(stage->disk);
	default:
		return go(stage, to - 1, to);
	}
}

static uint8_t expected[STEPS + 1][TARIFFD_OCTETS];
static size_t expected_len[STEPS + 1];

/* What there is after so many steps, if nothing happens. */
static uint64_t live_on(void)
{
	static struct stage stage;
	uint64_t points;

	memset(&stage, 0, sizeof(stage));
	stage.disk = powercut_new(1);
	assert_int_equal(start(&stage), 0);
	for (int n = 0; n <= STEPS; n++) {
		expected_len[n] = tariffd_octets(&stage.service, expected[n]);
		if (n < STEPS)
			assert_int_equal(step(&stage, n), 0);
	}
	points = powercut_points(stage.disk);
	stop(&stage);
	powercut_free(stage.disk);
	return points;
}

static bool is_after(struct stage *stage, int n)
{
	static uint8_t octets[TARIFFD_OCTETS];
	size_t len = tariffd_octets(&stage->service, octets);

	return len == expected_len[n] && !memcmp(octets, expected[n], len);
}

static void cut_at(uint64_t point, uint64_t seed)
{
	static struct stage stage;
	int n = 0;

	memset(&stage, 0, sizeof(stage));
	stage.disk = powercut_new(seed);
	powercut_at(stage.disk, point);
	if (!start(&stage))
		while (n < STEPS && !step(&stage, n))
			n++;
	assert_true(powercut_is_off(stage.disk));
	stop(&stage);
	powercut_restart(stage.disk);
	assert_int_equal(start(&stage), 0);
	/* What was answered is there; what was not, whole or not at all. */
	if (n < STEPS && !is_after(&stage, n)) {
		n++;
		assert_true(is_after(&stage, n));
	}
	/* A command finds the present registers, that a daemon takes first. */
	if (n % 2)
		assert_int_equal(look(&stage, n), 0);
	for (; n < STEPS; n++)
		assert_int_equal(step(&stage, n), 0);
	assert_true(is_after(&stage, STEPS));
	stop(&stage);
	powercut_free(stage.disk);
}

static void the_power_goes_at_each_point(void **state)
{
	uint64_t points = live_on();

	(void)state;
	for (uint64_t point = 1; point <= points; point++)
		for (uint64_t seed = 0; seed < OUTCOMES; seed++)
			cut_at(point, point * OUTCOMES + seed);
	print_message("# %llu cuts\n", (unsigned long long)points * OUTCOMES);
	assert_true(points > 200);
}

/* Four daemons have a megabyte a day together. */
static void a_day_spares_the_flash(void **state)
{
	static struct stage stage;
	uint64_t before;

	(void)state;
	memset(&stage, 0, sizeof(stage));
	stage.disk = powercut_new(1);
	assert_int_equal(start(&stage), 0);
	assert_int_equal(go(&stage, 0, 1), 0);
	assert_int_equal(set_all(&stage, 1, 0), 0);
	before = powercut_wear(stage.disk).octets;
	for (int n = 2; n < 2 + 10 * 48; n++)
		assert_int_equal(go(&stage, n, n), 0);
	before = (powercut_wear(stage.disk).octets - before) / 10;
	print_message("# %llu octets a day\n", (unsigned long long)before);
	assert_true(before < 250000);
	stop(&stage);
	powercut_free(stage.disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_spares_the_flash),
		cmocka_unit_test(the_power_goes_at_each_point),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
