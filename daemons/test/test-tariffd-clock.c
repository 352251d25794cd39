// SPDX-License-Identifier: LGPL-2.1-or-later
/* Half hours that come twice, for the clock was put back: each Wh counts once. */
#include <string.h>

#include "../tariffd/tariffd-service.h"
#include "test.h"

#define BEGIN INT64_C(1709510400) /* Monday 2024-03-04 00:00 */
#define HALF_HOUR 1800
#define HOUR 3600

static char folder[64], path[96];
static struct store *store;
static struct tariffd_service service;

static int open_service(void **state)
{
	enum store_found found;

	(void)state;
	strcpy(folder, "/tmp/hearth-tariffd-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/tariffd.db", folder);
	assert_int_equal(store_open(path, tariffd_migrations,
				    TARIFFD_MIGRATIONS, &store, &found),
			 0);
	assert_int_equal(tariffd_load(&service, store, found, 0), 0);
	return 0;
}

static int close_service(void **state)
{
	char line[128];

	(void)state;
	store_close(store);
	snprintf(line, sizeof(line), "rm -r '%s'", folder);
	return system(line);
}

/* It is at_s, with the register at wh; latches that metrologyd or storaged
 * gives, up to one with at_s 0.
 */
static void step(int64_t at_s, int64_t wh, const struct tariffd_reading *latch)
{
	struct tariffd_input input[TARIFFD_METERS] = {
		{ .latch = latch,
		  .now = { .at_s = at_s, .value = wh, .second_wh = -1 } },
	};

	while (latch && latch[input[0].n].at_s)
		input[0].n++;
	assert_int_equal(tariffd_step(&service, input), 0);
}

#define LATCHES(...) ((struct tariffd_reading[]){ __VA_ARGS__, { 0 } })
#define LATCH(s, wh)          \
	{                     \
		(s), (wh), -1 \
	}

static int64_t counted(void)
{
	const struct tariff *t = &service.meter[0].live.first;
	int64_t sum = 0;

	for (int n = 0; n < TARIFF_CELLS; n++)
		sum += t->cell_wh[n];
	return sum;
}

static void half_hours_that_come_twice_count_once(void **state)
{
	(void)state;
	step(BEGIN, 0, NULL);
	step(BEGIN + 4 * HOUR, 400,
	     LATCHES(LATCH(BEGIN + HOUR, 100), LATCH(BEGIN + 2 * HOUR, 200),
		     LATCH(BEGIN + 3 * HOUR, 300),
		     LATCH(BEGIN + 4 * HOUR, 400)));
	/* Back by three and a half hours, and the tariff's time with it. */
	step(BEGIN + HALF_HOUR, 400, NULL);
	step(BEGIN + HALF_HOUR + 10, 401, NULL);
	assert_int_equal(counted(), 401);
	/* Nobody latched the second time; storaged has the first. */
	step(BEGIN + 4 * HOUR + 70, 700,
	     LATCHES(LATCH(BEGIN + HOUR, 100), LATCH(BEGIN + 2 * HOUR, 200),
		     LATCH(BEGIN + 3 * HOUR, 300),
		     LATCH(BEGIN + 4 * HOUR, 400)));
	assert_int_equal(counted(), 700);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			half_hours_that_come_twice_count_once, open_service,
			close_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
