// SPDX-License-Identifier: LGPL-2.1-or-later
/* Gas energy beside sums of 128 bits that round nowhere. */
#include <errno.h>
#include <string.h>

#include "../tariffd/gas-energy.h"
#include "test.h"

__extension__ typedef __int128 wide;

static uint64_t draw(uint64_t *seed, uint64_t below)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (*seed >> 8) % below;
}

static void a_cubic_metre_is_what_the_rule_says(void **state)
{
	struct gas_energy g;

	(void)state;
	assert_int_equal(gas_begin(&g, 500), 0);
	assert_int_equal(gas_check(&g), 0);
	/* 1 m3 x 1.02264 x 39.5 / 3.6 = 11.22063... kWh */
	assert_int_equal(gas_advance(&g, 1500), 0);
	assert_int_equal(g.wh, 11220);
	/* 1000 m3 are 11220.6333... kWh: what was over is not lost. */
	assert_int_equal(gas_advance(&g, 1000500), 0);
	assert_int_equal(g.wh, 11220633);
	assert_int_equal(g.rest, 12000000); /* a third of a Wh */
	assert_int_equal(gas_set_values(&g, 3600, 100000), 0);
	assert_int_equal(gas_advance(&g, 1000501), 0);
	assert_int_equal(g.wh, 11220643);
	assert_int_equal(g.rest, 12000000);
}

static void nothing_is_lost_in_any_number_of_steps(void **state)
{
	(void)state;
	for (uint64_t life = 1; life <= 2000; life++) {
		uint64_t seed = life * UINT64_C(0x9e3779b97f4a7c15);
		int64_t volume = (int64_t)draw(&seed, 1000000);
		/* 0.0001 J of them, all that there were. */
		wide parts = 0;
		struct gas_energy g;

		assert_int_equal(gas_begin(&g, volume), 0);
		for (int n = 0; n < 200; n++) {
			int64_t dm3 = (int64_t)draw(
				&seed, draw(&seed, 20) ? 300 : 200000000);

			parts += (wide)dm3 * g.cv_10kj * g.factor_1e5;
			volume += dm3;
			assert_int_equal(gas_advance(&g, volume), 0);
			assert_true(g.wh == (int64_t)(parts / GAS_PARTS_A_WH));
			assert_true(g.rest ==
				    (int64_t)(parts % GAS_PARTS_A_WH));
			assert_int_equal(gas_check(&g), 0);
			if (!draw(&seed, 10))
				assert_int_equal(
					gas_set_values(
						&g,
						1 + (uint32_t)draw(&seed, 9999),
						1 + (uint32_t)draw(&seed,
								   199999)),
					0);
			if (!draw(&seed, 40)) {
				volume = (int64_t)draw(&seed, 5000);
				assert_int_equal(gas_new_meter(&g, volume), 0);
			}
		}
	}
}

static void what_is_refused_changes_nothing(void **state)
{
	struct gas_energy g, before;

	(void)state;
	assert_int_equal(gas_begin(&g, -1), -EINVAL);
	assert_int_equal(gas_begin(&g, GAS_VOLUME_MAX + 1), -EINVAL);
	assert_int_equal(gas_begin(&g, 77), 0);
	before = g;
	assert_int_equal(gas_advance(&g, 76), -EINVAL);
	assert_int_equal(gas_advance(&g, INT64_MIN), -EINVAL);
	assert_int_equal(gas_advance(&g, INT64_MAX), -EINVAL);
	assert_int_equal(gas_new_meter(&g, -1), -EINVAL);
	assert_int_equal(gas_set_values(&g, 0, 1), -EINVAL);
	assert_int_equal(gas_set_values(&g, 10000, 1), -EINVAL);
	assert_int_equal(gas_set_values(&g, 1, 0), -EINVAL);
	assert_int_equal(gas_set_values(&g, 1, 200000), -EINVAL);
	assert_memory_equal(&g, &before, sizeof(g));
	/* More than a register holds, and all that it does. */
	assert_int_equal(gas_set_values(&g, 9999, 199999), 0);
	g.wh = INT64_C(1000000000000000) - 55;
	before = g;
	assert_int_equal(gas_advance(&g, 79), -EOVERFLOW);
	assert_memory_equal(&g, &before, sizeof(g));
	assert_int_equal(gas_advance(&g, 78), 0);
	assert_int_equal(gas_advance(&g, GAS_VOLUME_MAX), -EOVERFLOW);
}

#define BAD(change)                                       \
	do {                                              \
		struct gas_energy g;                      \
		assert_int_equal(gas_begin(&g, 77), 0);   \
		change;                                   \
		assert_int_equal(gas_check(&g), -EINVAL); \
	} while (0)

static void a_stored_state_is_checked(void **state)
{
	(void)state;
	BAD(g.upto_dm3 = -1);
	BAD(g.wh = -1);
	BAD(g.wh = INT64_MAX);
	BAD(g.rest = -1);
	BAD(g.rest = GAS_PARTS_A_WH);
	BAD(g.cv_10kj = 0);
	BAD(g.factor_1e5 = 200000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cubic_metre_is_what_the_rule_says),
		cmocka_unit_test(nothing_is_lost_in_any_number_of_steps),
		cmocka_unit_test(what_is_refused_changes_nothing),
		cmocka_unit_test(a_stored_state_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
