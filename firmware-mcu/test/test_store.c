// SPDX-License-Identifier: MIT
/* What a loss of power, at any byte written or erased, may not take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <hearth/mcu_frame.h>

#include "../app/store.h"
#include "fake_chip.h"

static struct store store;
static struct store_found found;

static struct store_registers registers_of(uint64_t n)
{
	struct store_registers reg = { .utc_s = (uint32_t)n,
				       .event_seq = (uint32_t)(n * 3) };

	for (int r = 0; r < MET_REGISTERS; r++) {
		reg.registers.milli[r] = n * 1000 + (unsigned int)r;
		reg.registers.part[r] = (uint32_t)(n * 77);
	}
	return reg;
}

static struct store_state state_of(uint32_t n)
{
	struct store_state state = { .boot_count = n,
				     .pulses = n * 5ull,
				     .valve_state = (uint8_t)n };

	return state;
}

static struct store_latch latch_of(uint32_t n)
{
	struct store_latch latch = { .half_hour = n,
				     .flags = n & 31,
				     .pulses = n * 2ull };

	for (int r = 0; r < MET_REGISTERS; r++)
		latch.milli[r] = n * 10ull + (unsigned int)r;
	return latch;
}

static struct hearth_mcu_event event_of(uint32_t n)
{
	struct hearth_mcu_event event = { .event_seq = n,
					  .code = (uint16_t)n,
					  .arg = ~n };

	return event;
}

static int write_registers(uint64_t n)
{
	struct store_registers reg = registers_of(n);

	return store_registers(&store, &reg);
}

static int write_latch(uint32_t n)
{
	struct store_latch latch = latch_of(n);

	return store_latch(&store, &latch);
}

static int write_event(uint32_t n)
{
	struct hearth_mcu_event event = event_of(n);

	return store_event(&store, &event);
}

static int write_state(uint32_t n)
{
	struct store_state state = state_of(n);

	return store_state(&store, &state);
}

static void assert_registers(uint64_t n)
{
	struct store_registers expected = registers_of(n);

	assert_memory_equal(&found.registers, &expected, sizeof(expected));
}

static void a_new_part_has_nothing(void **unused)
{
	(void)unused;
	fake_chip_new();
	assert_int_equal(store_open(&store, &found), 0);
	assert_int_equal(found.registers.registers.milli[0], 0);
	assert_false(found.calibrated);
	assert_false(store.calibration_lost);
}

/* Several times around the flash, opened anew at every record. */
static void the_newest_record_counts(void **unused)
{
	uint32_t slots = FAKE_FLASH_SECTOR / STORE_RECORD_LEN;

	(void)unused;
	fake_chip_new();
	store_open(&store, &found);
	for (uint32_t n = 1; n <= 300; n++) {
		assert_int_equal(write_registers(n), 0);
		if (n == 1)
			assert_int_equal(write_state(1), 0);
		assert_int_equal(store_open(&store, &found), 1);
		assert_registers(n);
	}
	assert_in_range(fake.erases, 300 / slots, 300 / slots + 3);
}

static void seldom_things_are_kept(void **unused)
{
	uint8_t calibration[STORE_CALIBRATION_LEN];
	struct log_cursor at;
	struct store_latch latch;
	struct hearth_mcu_event event;
	uint32_t n, count = 0;

	(void)unused;
	fake_chip_new();
	store_open(&store, &found);
	write_registers(1);
	for (n = 1; n <= 500; n++) {
		assert_int_equal(write_latch(n), 0);
		assert_int_equal(write_event(n), 0);
		assert_int_equal(write_state(n), 0);
		memset(calibration, (int)n, sizeof(calibration));
		assert_int_equal(store_calibration(&store, calibration), 0);
	}
	assert_int_equal(store_open(&store, &found), 1);
	assert_int_equal(found.state.boot_count, 500);
	assert_true(found.calibrated);
	assert_memory_equal(found.calibration, calibration,
			    sizeof(calibration));

	memset(&at, 0, sizeof(at));
	for (n = 0; store_next_latch(&store, &at, &latch); count++) {
		struct store_latch expected;

		assert_true(!n || latch.half_hour == n + 1);
		n = latch.half_hour;
		expected = latch_of(n);
		assert_memory_equal(&latch, &expected, sizeof(latch));
	}
	assert_int_equal(n, 500);
	assert_true(count >= HEARTH_MCU_LATCHES_KEPT);
	memset(&at, 0, sizeof(at));
	for (n = 0, count = 0; store_next_event(&store, &at, &event); count++) {
		assert_true(!n || event.event_seq == n + 1);
		n = event.event_seq;
	}
	assert_int_equal(n, 500);
	assert_true(count >= STORE_EVENTS);
}

/*
 * The power goes at every single byte of 24 writes (a record, or the erase
 * before it): what was said to be stored is found, or the one under way, and
 * never less.
 */
static void power_cut_at_every_byte(void **unused)
{
	long cuts = 0;

	(void)unused;
	for (long cut = 0;; cut++) {
		uint64_t stored = 0, n;

		fake_chip_new();
		store_open(&store, &found);
		fake.power_bytes = cut;
		for (n = 1; n <= 24 && !fake.dead; n++)
			if (!write_registers(n))
				stored = n;
		if (!fake.dead)
			break;
		cuts++;
		fake_chip_power_on();
		if (store_open(&store, &found) == 1) {
			assert_in_range(found.registers.utc_s, stored,
					stored + 1);
			assert_registers(found.registers.utc_s);
		} else {
			assert_int_equal(stored, 0);
		}
		/* And it goes on from there. */
		for (n = 50; n < 70; n++)
			assert_int_equal(write_registers(n), 0);
		assert_int_equal(store_open(&store, &found), 1);
		assert_registers(69);
	}
	assert_true(cuts > 24 * STORE_RECORD_LEN);
}

static void a_failing_flash_keeps_the_last(void **unused)
{
	(void)unused;
	for (int kind = 0; kind < 2; kind++) {
		fake_chip_new();
		store_open(&store, &found);
		for (uint32_t n = 1; n <= 200; n++) {
			assert_int_equal(write_registers(n), 0);
			assert_int_equal(write_latch(n), 0);
			assert_int_equal(write_state(n), 0);
		}
		fake.fail_programs = kind == 0;
		fake.stuck = kind == 1;
		for (int n = 0; n < 50; n++) {
			assert_int_equal(write_registers(201), -1);
			assert_int_equal(write_latch(201), -1);
			assert_int_equal(write_state(201), -1);
		}
		assert_true(store_failures(&store) > 0);
		fake_chip_power_on();
		assert_int_equal(store_open(&store, &found), 1);
		assert_registers(200);
		assert_int_equal(found.state.boot_count, 200);
		for (uint32_t n = 200 - HEARTH_MCU_LATCHES_KEPT + 1;; n++) {
			struct log_cursor at = { 0 };
			struct store_latch latch;

			if (n > 200)
				break;
			while (store_next_latch(&store, &at, &latch) &&
			       latch.half_hour != n)
				;
			assert_int_equal(latch.half_hour, n);
		}
		assert_int_equal(write_registers(201), 0);
	}
}

/* A write that fails only when it is read back may be whole all the same. */
static void a_doubtful_record_never_wins(void **unused)
{
	(void)unused;
	fake_chip_new();
	store_open(&store, &found);
	assert_int_equal(write_registers(1), 0);
	assert_int_equal(write_state(1), 0);
	for (int n = 0; n < 20; n++) {
		fake.bad_reads = LOG_TRIES;
		assert_int_equal(write_registers(1000), -1);
		assert_int_equal(write_registers(2), 0);
		assert_int_equal(store_open(&store, &found), 1);
		assert_registers(2);
	}
}

static void rot_is_noticed(void **unused)
{
	(void)unused;
	fake_chip_new();
	store_open(&store, &found);
	for (uint32_t n = 1; n <= 3; n++) {
		write_registers(n);
		write_state(n);
	}
	for (unsigned int bit = 0; bit < STORE_RECORD_LEN * 8; bit++) {
		fake.flash[2 * STORE_RECORD_LEN + bit / 8] ^=
			(uint8_t)(1 << bit % 8);
		assert_int_equal(store_open(&store, &found), 1);
		assert_registers(2);
		fake.flash[2 * STORE_RECORD_LEN + bit / 8] ^=
			(uint8_t)(1 << bit % 8);
	}
	/* Registers gone, the state is there: not a new part. */
	memset(fake.flash, 0xff, FAKE_FLASH_SECTOR);
	assert_int_equal(store_open(&store, &found), -1);
	/* Records there were, but none is whole: nor this. */
	memset(fake.flash, 0x55, fake.size);
	assert_int_equal(store_open(&store, &found), -1);
}

/* --- a flash of the firmware before this one */

static void fill_first_format(uint32_t newest)
{
	uint32_t slots = fake.size / STORE_RECORD_LEN;

	for (uint32_t n = newest > slots ? newest - slots + 1 : 1; n <= newest;
	     n++) {
		uint32_t rec[STORE_RECORD_LEN / 4] = { n, 7, n * 2 };
		uint64_t milli = n * 1000ull;

		for (int r = 0; r < MET_REGISTERS; r++)
			memcpy(rec + 7 + 2 * r, &milli, sizeof(milli));
		rec[15] = hearth_crc32(rec, sizeof(rec) - 4);
		memcpy(fake.flash + (n - 1) % slots * STORE_RECORD_LEN, rec,
		       sizeof(rec));
	}
}

static void the_first_format_is_taken_over(void **unused)
{
	(void)unused;
	/* Its newest anywhere, and the power going anywhere in the first writes. */
	for (uint32_t newest = 1; newest < 900; newest += 37) {
		for (long cut = 0;; cut += 31) {
			bool dead;

			fake_chip_new();
			fill_first_format(newest);
			srand((unsigned int)(newest * 1000 + cut));
			fake.torn_anyhow = true;
			fake.power_bytes = cut;
			if (store_open(&store, &found) == 1) {
				write_state(8);
				write_registers(newest + 1);
			}
			dead = fake.dead;
			fake_chip_power_on();
			assert_int_equal(store_open(&store, &found), 1);
			assert_in_range(found.registers.registers.milli[0],
					newest * 1000, (newest + 1) * 1000);
			assert_in_range(found.state.boot_count, 7, 8);
			if (!dead)
				break;
		}
		/* Later the old ones do not count, whatever happens. */
		memset(fake.flash, 0x55, FAKE_FLASH_SECTOR);
		for (uint32_t n = 0; n < 3 * FAKE_FLASH_SECTOR; n++)
			fake.flash[n] &= 0x55;
		if (store_open(&store, &found) == 1)
			assert_true(found.registers.registers.milli[0] >=
				    newest * 1000);
	}
}

/* --- anything, cut anywhere */

/* What the hub has been told, and what was tried but not confirmed. */
struct truth {
	uint64_t registers[2]; /* stored, tried */
	uint32_t state[2];
	uint32_t latches[2];
	uint32_t events[2];
	uint32_t calibration[2];
};

static bool settle(uint64_t seen, const uint64_t about[2])
{
	return seen == about[0] || (about[1] && seen == about[1]);
}

static bool settle32(uint32_t seen, const uint32_t about[2])
{
	return seen == about[0] || seen == about[1];
}

/* All of the newest `keep` up to what is stored, nothing that was not tried. */
static uint32_t check_series(bool latches, const uint32_t about[2],
			     uint32_t keep)
{
	struct log_cursor at = { 0 };
	struct store_latch latch, expected;
	struct hearth_mcu_event event;
	uint32_t seen = 0, first = 0, n;

	for (;;) {
		if (latches ? !store_next_latch(&store, &at, &latch) :
			      !store_next_event(&store, &at, &event))
			break;
		n = latches ? latch.half_hour : event.event_seq;
		if (latches) {
			expected = latch_of(n);
			assert_memory_equal(&latch, &expected, sizeof(latch));
		} else {
			assert_int_equal(event.arg, ~n);
		}
		assert_true(!seen || n == seen + 1);
		if (!first)
			first = n;
		seen = n;
	}
	assert_true(settle32(seen, about));
	assert_true(!about[0] || first <= 1 || first + keep <= about[0] + 1);
	return seen;
}

static void check_truth(struct truth *truth)
{
	int r = store_open(&store, &found);

	if (r != 1) {
		/* Only a part that never had anything stored is new. */
		assert_int_equal(r, 0);
		assert_int_equal(truth->registers[0], 0);
		found.registers.utc_s = 0;
	} else {
		assert_registers(found.registers.utc_s);
	}
	assert_true(settle(found.registers.utc_s, truth->registers));
	truth->registers[0] = found.registers.utc_s;
	assert_true(settle32(found.state.boot_count, truth->state));
	truth->state[0] = found.state.boot_count;
	assert_int_equal(found.state.pulses, found.state.boot_count * 5ull);
	truth->latches[0] =
		check_series(true, truth->latches, HEARTH_MCU_LATCHES_KEPT);
	truth->events[0] = check_series(false, truth->events, STORE_EVENTS);
	assert_true(settle32(found.calibration[0] + 256u * found.calibration[1],
			     truth->calibration));
	truth->calibration[0] =
		found.calibration[0] + 256u * found.calibration[1];
}

static void anything(struct truth *truth)
{
	uint8_t calibration[STORE_CALIBRATION_LEN] = { 0 };
	int what = rand() % 100;

	/* Registers are always first, as the app has it. */
	if (what < 50 || !truth->registers[0]) {
		truth->registers[1] = truth->registers[0] + 1;
		if (!write_registers(truth->registers[1]))
			truth->registers[0] = truth->registers[1];
	} else if (what < 60) {
		truth->state[1] = truth->state[0] + 1;
		if (!write_state(truth->state[1]))
			truth->state[0] = truth->state[1];
	} else if (what < 75) {
		truth->latches[1] = truth->latches[0] + 1;
		if (!write_latch(truth->latches[1]))
			truth->latches[0] = truth->latches[1];
	} else if (what < 90) {
		truth->events[1] = truth->events[0] + 1;
		if (!write_event(truth->events[1]))
			truth->events[0] = truth->events[1];
	} else if (what < 93) {
		truth->calibration[1] = (truth->calibration[0] + 1) & 0x7fff;
		calibration[0] = (uint8_t)truth->calibration[1];
		calibration[1] = (uint8_t)(truth->calibration[1] >> 8);
		if (!store_calibration(&store, calibration))
			truth->calibration[0] = truth->calibration[1];
	} else {
		store_prepare(&store);
	}
}

static long from_environment(const char *name, long otherwise)
{
	const char *text = getenv(name);

	return text ? atol(text) : otherwise;
}

static void random_power_cuts(void **unused)
{
	long cuts = from_environment("HEARTH_CUTS", 3000);
	struct truth truth;

	(void)unused;
	memset(&truth, 0, sizeof(truth));
	fake_chip_new();
	srand((unsigned int)from_environment("HEARTH_SEED", 1));
	check_truth(&truth);
	for (long n = 0; n < cuts; n++) {
		fake.torn_anyhow = n & 1;
		fake.power_bytes = rand() % (rand() & 1 ? 300 : 6000);
		while (!fake.dead)
			anything(&truth);
		fake_chip_power_on();
		check_truth(&truth);
	}
	printf("# %ld power cuts, %llu registers stored, %u latches, %u "
	       "events\n",
	       cuts, (unsigned long long)truth.registers[0], truth.latches[0],
	       truth.events[0]);
}

/*
 * README.md's figure: 20 years of a record a second, a gas pulse each 6 s (the
 * most a U6 meter can pass, day and night), on a flash of 1 MiB.
 */
static void wear_of_20_years(void **unused)
{
	const uint64_t years_s = 20ull * 365 * 86400 + 5 * 86400;
	uint32_t run_s = 20 * 222 * 64, most = 0, most_state = 0, n, first;

	(void)unused;
	fake_chip_flash(1 << 20, 4096);
	store_open(&store, &found);
	for (n = 0; n < run_s; n++) {
		write_registers(n + 1);
		if (n % 6 == 0)
			write_state(n);
		if (n % 1800 == 0)
			write_latch(n / 1800 + 1);
		store_prepare(&store);
	}
	first = store.registers.area.sectors;
	for (n = 0; n < first; n++)
		if (fake.erased[n] > most)
			most = fake.erased[n];
	for (; n < first + store.state.area.sectors; n++)
		if (fake.erased[n] > most_state)
			most_state = fake.erased[n];
	printf("# %u sectors of registers, %u of state; erases of one in 20 "
	       "years: %llu, and %llu with gas at its most\n",
	       first, store.state.area.sectors,
	       (unsigned long long)(most * years_s / run_s),
	       (unsigned long long)(most_state * years_s / run_s));
	/* Rated 100,000. */
	assert_in_range(most * years_s / run_s, 20000, 50000);
	assert_in_range(most_state * years_s / run_s, 20000, 100000);
}

/* With the next sector ready, a last gasp has nothing to erase. */
static void the_last_gasp_only_programs(void **unused)
{
	uint64_t most_us = 0;

	(void)unused;
	fake_chip_new();
	store_open(&store, &found);
	for (uint32_t n = 1; n <= 2000; n++) {
		unsigned int erases;

		store_prepare(&store);
		store_prepare(&store);
		store_prepare(&store);
		store_prepare(&store);
		erases = fake.erases;
		fake.flash_us = 0;
		for (uint32_t e = 0; e < 16 && n % 7 == 0; e++)
			assert_int_equal(write_event(n * 20 + e), 0);
		assert_int_equal(write_registers(n), 0);
		if (n % 3 == 0) {
			assert_int_equal(write_latch(n), 0);
			assert_int_equal(write_state(n), 0);
		}
		assert_int_equal(fake.erases, erases);
		if (fake.flash_us > most_us)
			most_us = fake.flash_us;
	}
	printf("# last gasp: %llu ms of flash at most\n",
	       (unsigned long long)(most_us / 1000));
	/* README.md: 110 ms of hold-up. */
	assert_true(most_us <= 60000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_part_has_nothing),
		cmocka_unit_test(the_newest_record_counts),
		cmocka_unit_test(seldom_things_are_kept),
		cmocka_unit_test(power_cut_at_every_byte),
		cmocka_unit_test(a_failing_flash_keeps_the_last),
		cmocka_unit_test(a_doubtful_record_never_wins),
		cmocka_unit_test(rot_is_noticed),
		cmocka_unit_test(the_first_format_is_taken_over),
		cmocka_unit_test(random_power_cuts),
		cmocka_unit_test(wear_of_20_years),
		cmocka_unit_test(the_last_gasp_only_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
