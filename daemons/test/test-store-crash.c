// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Store and outbox on a disk whose power goes: at each persistence point one by
 * one, then at random ones. HEARTH_CUTS=n sets how many of these.
 */
#include <errno.h>
#include <string.h>

#include "../common/outbox.h"
#include "ledger.h"
#include "powercut-vfs.h"
#include "test.h"

#define RANDOM_CUTS 2000
#define BULK 40000 /* a padding that brings checkpoints about */

struct stage {
	struct powercut *disk;
	struct storage_stand_in *storage;
	sd_bus *bus;
	struct store *store; /* NULL: the daemon is not there */
	struct ledger ledger;
};

static void begin(struct stage *stage, uint64_t seed)
{
	memset(stage, 0, sizeof(*stage));
	stage->disk = powercut_new(seed);
	stage->storage = storage_new(&stage->bus);
}

static void end(struct stage *stage)
{
	store_close(stage->store);
	storage_free(stage->storage, stage->bus);
	powercut_free(stage->disk);
}

static int start(struct stage *stage)
{
	enum store_found found;

	return store_open(LEDGER_PATH, ledger_migrations, LEDGER_MIGRATIONS,
			  &stage->store, &found);
}

static int flush(struct stage *stage)
{
	return outbox_flush(stage->store, stage->bus, "ledger");
}

/* The machine comes up again; the daemon starts and all is right. */
static void after_the_cut(struct stage *stage)
{
	int r;

	store_close(stage->store);
	stage->store = NULL;
	powercut_restart(stage->disk);
	r = start(stage);
	assert_int_equal(r, 0);
	(void)storage_check(stage->storage, &stage->ledger);
	ledger_check(&stage->ledger, stage->store);
	(void)storage_check(stage->storage, &stage->ledger);
}

/* Whatever was in doubt, it goes on from there. */
static void it_goes_on(struct stage *stage)
{
	assert_int_equal(ledger_step(&stage->ledger, stage->store, 10), 0);
	assert_true(flush(stage) >= 1);
	ledger_check(&stage->ledger, stage->store);
	assert_int_equal(storage_check(stage->storage, &stage->ledger),
			 stage->ledger.done);
}

/* Until the power goes: a new database, its use, a stop and a start. */
static void script(struct stage *stage)
{
	if (start(stage) < 0)
		return;
	for (int n = 1; n <= 12; n++) {
		if (ledger_step(&stage->ledger, stage->store, 300) < 0)
			return;
		if (n % 4 == 0 && flush(stage) < 0)
			return;
	}
	store_close(stage->store);
	stage->store = NULL;
	if (start(stage) < 0)
		return;
	for (int n = 1; n <= 4; n++)
		if (ledger_step(&stage->ledger, stage->store, 2000) < 0)
			return;
}

static void one_by_one(void **state)
{
	uint64_t points;
	struct stage stage;

	(void)state;
	begin(&stage, 0);
	script(&stage);
	points = powercut_points(stage.disk);
	end(&stage);
	for (uint64_t n = 1; n <= points; n++)
		/* Three outcomes of each. */
		for (uint64_t seed = 0; seed < 3; seed++) {
			begin(&stage, n * 3 + seed);
			powercut_at(stage.disk, n);
			script(&stage);
			assert_true(powercut_is_off(stage.disk));
			after_the_cut(&stage);
			it_goes_on(&stage);
			end(&stage);
		}
	print_message("# %llu cuts\n", (unsigned long long)points * 3);
}

/* Long lives, with checkpoints and logs begun anew. */
static void at_random(void **state)
{
	const char *wanted = getenv("HEARTH_CUTS");
	uint64_t cuts = wanted ? strtoull(wanted, NULL, 10) : RANDOM_CUTS;
	struct stage stage;

	(void)state;
	begin(&stage, cuts);
	for (uint64_t n = 1; n <= cuts; n++) {
		if (n % 200 == 0) { /* or each check would take ever longer */
			end(&stage);
			begin(&stage, n);
		}
		if (!stage.store)
			assert_int_equal(start(&stage), 0);
		powercut_at(stage.disk, 1 + powercut_random(stage.disk, 300));
		while (!powercut_is_off(stage.disk)) {
			size_t pad = powercut_random(stage.disk, 8) ? 100 :
								      BULK;
			int r = ledger_step(&stage.ledger, stage.store, pad);

			if (!r && !powercut_random(stage.disk, 4))
				r = flush(&stage);
			assert_true(r >= 0 || powercut_is_off(stage.disk));
		}
		after_the_cut(&stage);
	}
	it_goes_on(&stage);
	end(&stage);
	print_message("# %llu cuts\n", (unsigned long long)cuts);
}

/* --- migrations */

/* A database of the first version that has been lived in. */
static void begin_old(struct stage *stage, uint64_t seed)
{
	enum store_found found;

	begin(stage, seed);
	assert_int_equal(store_open(LEDGER_PATH, ledger_migrations, 1,
				    &stage->store, &found),
			 0);
	for (int n = 0; n < 5; n++)
		assert_int_equal(
			ledger_step(&stage->ledger, stage->store, 1500), 0);
	store_close(stage->store);
	stage->store = NULL;
}

static int64_t number(struct store *store, const char *sql)
{
	sqlite3_stmt *row;
	int64_t value;

	assert_int_equal(store_row(store, &row, sql, ""), 1);
	value = sqlite3_column_int64(row, 0);
	store_done(row);
	return value;
}

static void check_newest(struct stage *stage)
{
	assert_int_equal(number(stage->store,
				"SELECT count(*) FROM tag JOIN entry ON of = n"
				" WHERE name = 'entry ' || n"),
			 5);
	assert_int_equal(number(stage->store, "SELECT count(*) FROM entry"
					      " WHERE note = 'none'"),
			 5);
	ledger_check(&stage->ledger, stage->store);
}

static void migrations_cut(void **state)
{
	uint64_t points, before;
	struct stage stage;

	(void)state;
	begin_old(&stage, 0);
	before = powercut_points(stage.disk);
	assert_int_equal(start(&stage), 0);
	points = powercut_points(stage.disk) - before;
	check_newest(&stage);
	end(&stage);
	assert_true(points > 10);
	for (uint64_t n = 1; n <= points; n++)
		for (uint64_t seed = 0; seed < 10; seed++) {
			begin_old(&stage, n * 10 + seed);
			powercut_at(stage.disk, n);
			assert_true(start(&stage) < 0);
			powercut_restart(stage.disk);
			assert_int_equal(start(&stage), 0);
			check_newest(&stage);
			it_goes_on(&stage);
			end(&stage);
		}
	print_message("# %llu cuts\n", (unsigned long long)points * 10);
}

/* The same where the disk fails instead of the power. */
static void migrations_fail(void **state)
{
	struct stage stage;
	uint64_t n = 0;
	int r;

	(void)state;
	do {
		begin_old(&stage, n);
		powercut_fail(stage.disk, ++n, 1);
		r = start(&stage);
		assert_true(!r || r == -EIO || r == -EACCES);
		powercut_fail(stage.disk, 0, 0);
		if (r < 0)
			assert_int_equal(start(&stage), 0);
		check_newest(&stage);
		end(&stage);
	} while (r < 0 || n < 10);
}

static void newer_is_left_alone(void **state)
{
	struct stage stage;
	enum store_found found;
	const uint8_t *seen;
	uint8_t *before;
	size_t size, size_before;

	(void)state;
	begin_old(&stage, 0);
	assert_int_equal(start(&stage), 0);
	store_close(stage.store);
	stage.store = NULL;
	seen = powercut_file(stage.disk, LEDGER_PATH, &size_before);
	before = malloc(size_before);
	memcpy(before, seen, size_before);
	assert_int_equal(store_open(LEDGER_PATH, ledger_migrations, 1,
				    &stage.store, &found),
			 -ENOTSUP);
	seen = powercut_file(stage.disk, LEDGER_PATH, &size);
	assert_int_equal(size, size_before);
	assert_memory_equal(seen, before, size);
	free(before);
	assert_int_equal(start(&stage), 0);
	check_newest(&stage);
	end(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_by_one),
		cmocka_unit_test(at_random),
		cmocka_unit_test(migrations_cut),
		cmocka_unit_test(migrations_fail),
		cmocka_unit_test(newer_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
