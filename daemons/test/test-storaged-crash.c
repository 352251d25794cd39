// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * storaged's history on a disk whose power goes at any write: what was
 * acknowledged is there, once, and what is asked for again, or sent again,
 * makes it whole (L-3). And what that disk has to bear.
 */
#include <errno.h>
#include <string.h>

#include "../storaged/storaged-service.h"
#include "powercut-vfs.h"
#include "test.h"

#define CUTS 200
#define START_SLOT UINT32_C(981792) /* 2026-01-01 */
#define US(_slot) ((_slot)*PROFILE_SLOT_US)
#define METROLOGYD_HAS 96
#define PATH "storaged.db"

struct stage {
	struct powercut *disk;
	struct store *store;
	struct storaged_service service;
	int meter;
	/* What really was, from START_SLOT on; and what time it is. */
	uint64_t wh[40000];
	uint32_t now;
	/* What was acknowledged. */
	uint32_t stored;
	uint64_t sequence, tenancy_us;
};

static struct stage stage;

static uint64_t wh_of(uint32_t slot)
{
	return stage.wh[slot - START_SLOT];
}

static int start(void)
{
	enum store_found found;
	int r;

	r = store_open(PATH, storaged_migrations, storaged_n_migrations,
		       &stage.store, &found);
	if (r < 0)
		return r;
	assert_int_not_equal(found, STORE_SET_ASIDE);
	storaged_init(&stage.service, stage.store);
	return 0;
}

static void begin(uint64_t seed)
{
	memset(&stage, 0, sizeof(stage));
	stage.disk = powercut_new(seed);
	stage.meter = meter_id_of("electricity0");
	stage.now = START_SLOT;
	stage.wh[0] = 5000;
}

static void end(void)
{
	store_close(stage.store);
	powercut_free(stage.disk);
}

static void time_goes_on(uint32_t slots)
{
	for (; slots; slots--, stage.now++)
		stage.wh[stage.now + 1 - START_SLOT] =
			wh_of(stage.now) + powercut_random(stage.disk, 900);
}

/* All that metrologyd has after what is stored. */
static int catch_up(void)
{
	struct profile_latch latch[METROLOGYD_HAS], last;
	size_t n = 0;
	int r;

	r = storaged_last(&stage.service, stage.meter, &last);
	if (r == -ENOENT)
		last.slot = START_SLOT - 1;
	else if (r < 0)
		return r;
	while (last.slot < stage.now) {
		last.slot++;
		latch[n++] = (struct profile_latch){
			.slot = last.slot,
			.flags = 1,
			.registers = { wh_of(last.slot), wh_of(last.slot) / 100,
				       7, 9 },
		};
	}
	r = storaged_put(&stage.service, stage.meter, latch, n, US(stage.now));
	if (r >= 0)
		stage.stored = stage.now;
	return r;
}

static int append(uint64_t sequence)
{
	struct log_record record = { .meter = "electricity0",
				     .log = LOG_EVENT,
				     .at_us = sequence,
				     .text = "it happened" };
	uint64_t number;
	int r;

	r = storaged_append(&stage.service, "test", sequence, &record, &number);
	if (r >= 0 && sequence > stage.sequence)
		stage.sequence = sequence;
	return r;
}

static int set_tenancy(void)
{
	int r = storaged_set_tenancy(&stage.service, US(stage.now),
				     US(stage.now));

	if (r >= 0)
		stage.tenancy_us = US(stage.now);
	return r;
}

/* --- what is there */

struct seen {
	uint32_t last, n;
};

static int check_latch(const struct profile_latch *before,
		       const struct profile_latch *latch, void *userdata)
{
	struct seen *seen = userdata;

	assert_int_equal(latch->slot, START_SLOT + seen->n);
	assert_int_equal(latch->registers[0], wh_of(latch->slot));
	assert_int_equal(latch->registers[3], 9);
	if (before)
		assert_int_equal(latch->reason, PROFILE_EXACT);
	seen->last = latch->slot;
	seen->n++;
	return 0;
}

struct records {
	uint64_t n, last;
};

static int check_entry(const struct storaged_entry *entry, void *userdata)
{
	struct records *records = userdata;

	if (records->n)
		assert_int_equal(entry->at_us, records->last + 1);
	assert_int_equal(entry->number, entry->at_us);
	records->last = entry->at_us;
	records->n++;
	return 0;
}

/* All that was acknowledged; what was on its way may be there or not. */
static void check(bool cut)
{
	struct records records = { 0 };
	struct seen seen = { 0 };
	uint64_t tenancy_us;

	assert_int_equal(storaged_walk(&stage.service, stage.meter, PROFILE_ALL,
				       0, check_latch, &seen),
			 0);
	assert_true(seen.last == stage.stored ||
		    (cut && seen.last == stage.now));
	stage.stored = seen.last;
	assert_int_equal(storaged_read_log(&stage.service, stage.meter,
					   LOG_EVENT, 0, 0, 0, check_entry,
					   &records),
			 0);
	assert_true(records.last == stage.sequence ||
		    (cut && records.last == stage.sequence + 1));
	assert_int_equal(records.n, records.last > 100 ? 100 : records.last);
	assert_int_equal(storaged_tenancy(&stage.service, &tenancy_us), 0);
	assert_true(tenancy_us == stage.tenancy_us ||
		    (cut && tenancy_us == US(stage.now)));
	stage.tenancy_us = tenancy_us;
}

/* The power comes back; what is missing is asked for, or sent, again. */
static void after_the_cut(void)
{
	uint64_t sending = stage.sequence + 1;

	store_close(stage.store);
	stage.store = NULL;
	powercut_restart(stage.disk);
	assert_int_equal(start(), 0);
	check(true);
	assert_true(catch_up() >= 0);
	assert_int_equal(append(sending), 0);
	check(false);
}

/* Some hours, or days, as they come. */
static int live(unsigned int steps)
{
	int r = 0;

	for (; steps && r >= 0; steps--) {
		switch (powercut_random(stage.disk, 8)) {
		case 0:
		case 1:
			r = append(stage.sequence + 1);
			break;
		case 2:
			r = set_tenancy();
			break;
		case 3:
			time_goes_on(1 +
				     (uint32_t)powercut_random(stage.disk, 90));
			r = catch_up();
			break;
		default:
			time_goes_on(1);
			r = catch_up();
		}
	}
	return r;
}

static void script(void)
{
	if (start() < 0 || append(1) < 0 || catch_up() < 0)
		return;
	for (int n = 0; n < 4; n++) {
		time_goes_on(n == 2 ? 60 : 1);
		if (catch_up() < 0 || append(stage.sequence + 1) < 0)
			return;
	}
	(void)set_tenancy();
}

static void one_by_one(void **state)
{
	uint64_t points;

	(void)state;
	begin(0);
	script();
	points = powercut_points(stage.disk);
	end();
	for (uint64_t n = 1; n <= points; n++)
		for (uint64_t seed = 0; seed < 2; seed++) {
			begin(2 * n + seed);
			powercut_at(stage.disk, n);
			script();
			assert_true(powercut_is_off(stage.disk));
			after_the_cut();
			end();
		}
	print_message("# %u cuts\n", (unsigned int)points * 2);
}

/* Months, so that days are folded, checkpoints made and pieces filled. */
static void at_random(void **state)
{
	const char *wanted = getenv("HEARTH_CUTS");
	uint64_t cuts = wanted ? strtoull(wanted, NULL, 10) : CUTS;

	(void)state;
	begin(cuts);
	assert_int_equal(start(), 0);
	assert_int_equal(append(1), 0);
	assert_true(catch_up() >= 0);
	for (uint64_t n = 0; n < cuts; n++) {
		if (stage.now > START_SLOT + 8000) {
			end();
			begin(n);
			assert_int_equal(start(), 0);
			assert_true(catch_up() >= 0);
		}
		powercut_at(stage.disk, 1 + powercut_random(stage.disk, 120));
		while (!powercut_is_off(stage.disk))
			(void)live(20);
		after_the_cut();
	}
	end();
}

/* --- wear */

/*
 * A home with electricity and gas, a half hour at a time, with the records of
 * an ordinary day: octets a day, of 65 days that do not begin with none.
 */
static void flash_budget(void **state)
{
	struct powercut_wear before = { 0 }, after;
	struct profile_latch electricity = { .slot = START_SLOT, .flags = 1 };
	struct profile_latch gas = { .slot = START_SLOT, .flags = 1 };
	struct log_record record = { .log = LOG_DAILY_READ,
				     .text = "Daily read",
				     .detail = "{\"registers\":[1,2,3,4]}" };
	uint64_t octets, syncs, number, sequence = 0;

	(void)state;
	begin(5);
	assert_int_equal(start(), 0);
	for (uint32_t day = 0; day < 130; day++) {
		if (day == 65)
			before = powercut_wear(stage.disk);
		for (int n = 0; n < 48; n++) {
			electricity.slot++;
			gas.slot++;
			electricity.registers[0] +=
				50 + powercut_random(stage.disk, 400);
			if (n > 16 && n < 36)
				electricity.registers[1] +=
					powercut_random(stage.disk, 900);
			electricity.registers[2] +=
				powercut_random(stage.disk, 80);
			electricity.registers[3] +=
				powercut_random(stage.disk, 30);
			if (powercut_random(stage.disk, 3))
				gas.registers[0] +=
					10 * powercut_random(stage.disk, 40);
			assert_int_equal(storaged_put(&stage.service,
						      stage.meter, &electricity,
						      1, US(electricity.slot)),
					 1);
			assert_int_equal(storaged_put(&stage.service,
						      meter_id_of("gas0"), &gas,
						      1, US(gas.slot)),
					 1);
		}
		for (int n = 0; n < 4; n++) {
			record.meter = n & 1 ? "gas0" : "electricity0";
			record.log = n & 2 ? LOG_DAILY_READ : LOG_EVENT;
			assert_int_equal(storaged_append(&stage.service, "test",
							 ++sequence, &record,
							 &number),
					 0);
		}
	}
	after = powercut_wear(stage.disk);
	octets = (after.octets - before.octets) / 65;
	syncs = (after.syncs - before.syncs) / 65;
	print_message("# %u octets and %u syncs a day\n", (unsigned int)octets,
		      (unsigned int)syncs);
	assert_in_range(octets, 1, 250000);
	end();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_by_one),
		cmocka_unit_test(at_random),
		cmocka_unit_test(flash_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
