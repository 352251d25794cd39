// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A disk that is full, read-only or fails, at each persistence point: the
 * transaction is not there, the next one is as soon as the disk is well again,
 * and nobody has to start anew for it.
 */
#include <errno.h>
#include <string.h>

#include "../common/outbox.h"
#include "ledger.h"
#include "powercut-vfs.h"
#include "test.h"

#define STEPS 30
#define BULK 200000

struct stage {
	struct powercut *disk;
	struct store *store;
	struct ledger ledger;
};

static int start(struct stage *stage)
{
	enum store_found found;

	return store_open(LEDGER_PATH, ledger_migrations, LEDGER_MIGRATIONS,
			  &stage->store, &found);
}

static void begin(struct stage *stage, uint64_t seed)
{
	memset(stage, 0, sizeof(*stage));
	stage->disk = powercut_new(seed);
	assert_int_equal(start(stage), 0);
}

static void end(struct stage *stage)
{
	store_close(stage->store);
	powercut_free(stage->disk);
}

static int step(struct stage *stage)
{
	/* Some so long that they bring checkpoints about. */
	size_t pad = stage->ledger.done % 5 == 4 ? BULK : 700;

	return ledger_step(&stage->ledger, stage->store, pad);
}

/* It was refused, so it is not there, for whoever reads on. */
static void refused(struct stage *stage)
{
	stage->ledger.doubtful = false;
	ledger_check(&stage->ledger, stage->store);
}

static void well_again(struct stage *stage)
{
	for (int n = 0; n < 6; n++)
		assert_int_equal(step(stage), 0);
	ledger_check(&stage->ledger, stage->store);
}

/* And on the medium it is so, too. */
static void after_a_cut(struct stage *stage)
{
	store_close(stage->store);
	powercut_restart(stage->disk);
	assert_int_equal(start(stage), 0);
	ledger_check(&stage->ledger, stage->store);
}

static uint64_t points_of_script(void)
{
	struct stage stage;
	uint64_t points;

	begin(&stage, 0);
	points = powercut_points(stage.disk);
	for (int n = 0; n < STEPS; n++)
		assert_int_equal(step(&stage), 0);
	points = powercut_points(stage.disk) - points;
	end(&stage);
	return points;
}

static void fails_once(void **state)
{
	uint64_t points = points_of_script();
	unsigned int failed = 0, tries = 0;

	(void)state;
	for (uint64_t n = 1; n < points; n += points / 150 + 1) {
		struct stage stage;
		int r = 0;

		begin(&stage, n);
		powercut_fail(stage.disk, n, 1);
		for (int i = 0; i < STEPS; i++) {
			r = step(&stage);
			if (!r)
				continue;
			failed++;
			assert_int_equal(r, -EIO);
			refused(&stage);
		}
		tries++;
		well_again(&stage);
		after_a_cut(&stage);
		end(&stage);
	}
	print_message("# %u of %u failures were told\n", failed, tries);
	assert_true(failed > tries / 2);
}

/* One that is told as failed may be there after a cut, but whole. */
static void fails_and_is_cut(void **state)
{
	uint64_t points = points_of_script();

	(void)state;
	for (uint64_t n = 1; n < points; n += points / 150 + 1) {
		struct stage stage;
		int r = 0;

		begin(&stage, n);
		powercut_fail(stage.disk, n, UINT64_MAX / 2);
		for (int i = 0; i < STEPS && !r; i++)
			r = step(&stage);
		assert_true(r == -EIO);
		after_a_cut(&stage);
		well_again(&stage);
		end(&stage);
	}
}

static void is_full(void **state)
{
	(void)state;
	for (int from = 0; from < STEPS; from++) {
		struct stage stage;
		unsigned int refusals = 0;

		begin(&stage, (uint64_t)from);
		for (int n = 0; n < from; n++)
			assert_int_equal(step(&stage), 0);
		powercut_full(stage.disk, true);
		for (int n = 0; n < STEPS && refusals < 5; n++) {
			int r = step(&stage);

			if (!r)
				continue;
			assert_int_equal(r, -ENOSPC);
			refusals++;
			refused(&stage);
		}
		assert_int_equal(refusals, 5);
		/* A start on a full disk works, with all that there is. */
		after_a_cut(&stage);
		powercut_full(stage.disk, true);
		store_close(stage.store);
		assert_int_equal(start(&stage), 0);
		ledger_check(&stage.ledger, stage.store);
		powercut_full(stage.disk, false);
		well_again(&stage);
		after_a_cut(&stage);
		end(&stage);
	}
}

static void becomes_read_only(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage, 1);
	assert_int_equal(step(&stage), 0);
	powercut_read_only(stage.disk, true);
	for (int n = 0; n < 3; n++) {
		assert_int_equal(step(&stage), -EIO);
		refused(&stage);
	}
	store_close(stage.store);
	assert_int_equal(start(&stage), -EROFS);
	powercut_read_only(stage.disk, false);
	assert_int_equal(start(&stage), 0);
	ledger_check(&stage.ledger, stage.store);
	well_again(&stage);
	end(&stage);
}

/* A read that fails is no damage: the next start may read it. */
static void cannot_be_read(void **state)
{
	unsigned int failed = 0;

	(void)state;
	for (uint64_t n = 1; n < 200; n++) {
		struct stage stage;
		int r;

		begin(&stage, n);
		for (int i = 0; i < 10; i++)
			assert_int_equal(step(&stage), 0);
		store_close(stage.store);
		stage.store = NULL;
		powercut_fail_read(stage.disk, n);
		r = start(&stage);
		if (r) {
			assert_int_equal(r, -EIO);
			failed++;
			powercut_fail_read(stage.disk, 0);
			assert_int_equal(start(&stage), 0);
		}
		ledger_check(&stage.ledger, stage.store);
		end(&stage);
	}
	assert_true(failed > 5);
}

/* --- what a transaction is */

static void rolled_back(void **state)
{
	struct stage stage;
	int64_t number = 7;
	size_t len;

	(void)state;
	begin(&stage, 1);
	assert_int_equal(store_begin(stage.store), 0);
	assert_int_equal(store_begin(stage.store), -EBUSY);
	assert_int_equal(store_put(stage.store, "a", &number, sizeof(number)),
			 0);
	store_rollback(stage.store);
	assert_int_equal(store_get(stage.store, "a", &number, sizeof(number),
				   &len),
			 -ENOENT);
	store_rollback(stage.store);
	assert_int_equal(store_commit(stage.store), -EINVAL);
	assert_int_equal(store_begin(stage.store), 0);
	assert_int_equal(store_put(stage.store, "a", &number, sizeof(number)),
			 0);
	/* One that is closed within it has not done it. */
	after_a_cut(&stage);
	assert_int_equal(store_get(stage.store, "a", &number, sizeof(number),
				   &len),
			 -ENOENT);
	end(&stage);
}

static void octets(void **state)
{
	struct stage stage;
	uint8_t room[4] = { 0 };
	size_t len;

	(void)state;
	begin(&stage, 1);
	assert_int_equal(store_put(stage.store, "a", "12345", 5), 0);
	assert_int_equal(store_get(stage.store, "a", room, sizeof(room), &len),
			 -EMSGSIZE);
	assert_int_equal(len, 5);
	assert_int_equal(room[0], 0);
	assert_int_equal(store_put(stage.store, "a", "123", 3), 0);
	assert_int_equal(store_get(stage.store, "a", room, sizeof(room), &len),
			 0);
	assert_int_equal(len, 3);
	assert_memory_equal(room, "123", 3);
	assert_int_equal(store_put(stage.store, "a", NULL, 0), 0);
	assert_int_equal(store_get(stage.store, "a", room, sizeof(room), &len),
			 0);
	assert_int_equal(len, 0);
	end(&stage);
}

static void its_name(void **state)
{
	struct stage one, two;
	char name[16];

	(void)state;
	begin(&one, 1);
	snprintf(name, sizeof(name), "%s", store_id(one.store));
	assert_int_equal(strlen(name), 8);
	after_a_cut(&one);
	assert_string_equal(store_id(one.store), name);
	begin(&two, 1);
	assert_string_not_equal(store_id(two.store), name);
	end(&two);
	end(&one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fails_once),
		cmocka_unit_test(fails_and_is_cut),
		cmocka_unit_test(is_full),
		cmocka_unit_test(becomes_read_only),
		cmocka_unit_test(cannot_be_read),
		cmocka_unit_test(rolled_back),
		cmocka_unit_test(octets),
		cmocka_unit_test(its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
