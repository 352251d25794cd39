// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../app/store.h"
#include "fake_chip.h"

static struct store_state state_of(uint64_t n)
{
	struct store_state state = { .boot_count = (uint32_t)n,
				     .event_seq = (uint32_t)(n * 3) };

	for (int r = 0; r < MET_REGISTERS; r++) {
		state.registers.milli[r] = n * 1000 + (uint64_t)r;
		state.registers.part[r] = (uint32_t)(n * 77);
	}
	return state;
}

static void assert_state(const struct store_state *seen, uint64_t n)
{
	struct store_state expected = state_of(n);

	assert_memory_equal(seen, &expected, sizeof(expected));
}

static void a_new_part_has_nothing(void **unused)
{
	struct store_state state;
	struct store store;

	(void)unused;
	fake_chip_new();
	assert_int_equal(store_open(&store, &state), 0);
	assert_int_equal(state.registers.milli[0], 0);
}

/* Several times around the flash, opened anew at every record. */
static void the_newest_record_counts(void **unused)
{
	struct store_state state;
	struct store store;

	(void)unused;
	fake_chip_new();
	store_open(&store, &state);
	for (uint64_t n = 1; n <= 300; n++) {
		struct store_state next = state_of(n);

		assert_int_equal(store_write(&store, &next), 0);
		assert_int_equal(store_open(&store, &state), 1);
		assert_state(&state, n);
	}
	/* 64 records are in the flash: it is erased once for that many. */
	assert_in_range(fake.erases, 300 / 16, 300 / 16 + 2);
}

/*
 * The power goes at every single byte of 40 writes (a record, or the erase
 * before it): what store_write() had said was stored is found, or the one
 * under way, and never less.
 */
static void power_cut_at_every_byte(void **unused)
{
	struct store_state state;
	struct store store;
	long cuts = 0;

	(void)unused;
	for (long cut = 0;; cut++) {
		uint64_t stored = 0, n;

		fake_chip_new();
		store_open(&store, &state);
		fake.power_bytes = cut;
		for (n = 1; n <= 40 && !fake.dead; n++) {
			struct store_state next = state_of(n);

			if (!store_write(&store, &next))
				stored = n;
		}
		if (!fake.dead)
			break;
		cuts++;
		fake_chip_power_on();
		if (store_open(&store, &state) == 1) {
			assert_true(state.boot_count >= stored);
			assert_true(state.boot_count <= stored + 1);
			assert_state(&state, state.boot_count);
		} else {
			assert_int_equal(stored, 0);
		}
		/* And it goes on from there. */
		for (n = 50; n < 70; n++) {
			struct store_state next = state_of(n);

			assert_int_equal(store_write(&store, &next), 0);
		}
		assert_int_equal(store_open(&store, &state), 1);
		assert_state(&state, 69);
	}
	assert_true(cuts > 40 * STORE_RECORD_LEN);
}

static void a_failing_flash_keeps_the_last(void **unused)
{
	struct store_state state, next;
	struct store store;

	(void)unused;
	for (int kind = 0; kind < 2; kind++) {
		fake_chip_new();
		store_open(&store, &state);
		for (uint64_t n = 1; n <= 20; n++) {
			next = state_of(n);
			assert_int_equal(store_write(&store, &next), 0);
		}
		fake.fail_programs = kind == 0;
		fake.stuck = kind == 1;
		next = state_of(21);
		for (int n = 0; n < 10; n++)
			assert_int_equal(store_write(&store, &next), -1);
		assert_true(store.failures > 0);
		fake_chip_power_on();
		assert_int_equal(store_open(&store, &state), 1);
		assert_state(&state, 20);
		assert_int_equal(store_write(&store, &next), 0);
	}
}

static void rot_is_noticed(void **unused)
{
	struct store_state state, next;
	struct store store;

	(void)unused;
	fake_chip_new();
	store_open(&store, &state);
	for (uint64_t n = 1; n <= 3; n++) {
		next = state_of(n);
		store_write(&store, &next);
	}
	for (unsigned int bit = 0; bit < STORE_RECORD_LEN * 8; bit++) {
		fake.flash[2 * STORE_RECORD_LEN + bit / 8] ^=
			(uint8_t)(1 << bit % 8);
		assert_int_equal(store_open(&store, &state), 1);
		assert_state(&state, 2);
		fake.flash[2 * STORE_RECORD_LEN + bit / 8] ^=
			(uint8_t)(1 << bit % 8);
	}
	/* Records there were, but none is whole: not a new part. */
	memset(fake.flash, 0x55, sizeof(fake.flash));
	assert_int_equal(store_open(&store, &state), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_part_has_nothing),
		cmocka_unit_test(the_newest_record_counts),
		cmocka_unit_test(power_cut_at_every_byte),
		cmocka_unit_test(a_failing_flash_keeps_the_last),
		cmocka_unit_test(rot_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
