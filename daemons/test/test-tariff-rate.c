// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Many half hours at once beside the same half hours one by one: all that is
 * in the state has to be the same.
 */
#include <errno.h>

#include "../tariffd/tariff-rate.h"
#include "tariff-oracle.h"

#define LIVES 1500
#define HALF_HOURS (60 * 48)

static struct tariff_rates rates;
static int64_t registers[HALF_HOURS + 1];
static int32_t price[HALF_HOURS];

static void any_state(uint64_t *seed, struct tariff *t)
{
	struct tariff_calendar c;
	struct tariff_thresholds x;
	struct tariff_prices p;
	struct tariff_period reset = {
		.anchor_s = MARCH_4 + 1800 * (int64_t)draw(seed, 900),
		.repeat = (uint8_t)draw(seed, REPEAT_KINDS),
	};
	int64_t at_s = MARCH_4 + 1800 * (int64_t)draw(seed, 300 * 48);

	any_calendar(seed, &c);
	any_thresholds(seed, &x);
	any_prices(seed, &p);
	if (!draw(seed, 8)) {
		c.commodity = TARIFF_SECOND;
		for (unsigned int d = 0; d < CALENDAR_DAYS; d++)
			for (unsigned int slot = 0; slot < CIVIL_SLOTS; slot++)
				c.action[d][slot] =
					(uint8_t)(ACTION_SECOND +
						  draw(seed, ACTION_SECONDS));
	}
	assert_int_equal(
		tariff_start(t, at_s, draw(seed, 100000), &c, &x, &p, NULL), 0);
	assert_int_equal(tariff_set_reset(t, &reset, NULL), 0);
	assert_int_equal(tariff_set_billing(t, &reset, NULL), 0);
	if (!draw(seed, 4))
		assert_int_equal(tariff_set_clock(t, at_s - 3 * DAY), 0);
	assert_int_equal(tariff_rates_compile(&c,
					      civil_utc_day(t->upto_s) -
						      (int32_t)draw(seed, 3),
					      70, &rates),
			 0);
}

static size_t any_registers(uint64_t *seed, int64_t wh)
{
	size_t n = draw(seed, HALF_HOURS + 1);
	/* Once in a while more than 32 bits hold, where there is room. */
	int64_t much = wh < 1000000 && !draw(seed, 10) ? INT64_C(2200000000) :
							 0;

	registers[0] = wh;
	for (size_t k = 0; k < n; k++) {
		registers[k + 1] =
			registers[k] + (draw(seed, 3) ? draw(seed, 900) : 0);
		if (much && !draw(seed, 9)) {
			registers[k + 1] += much;
			much = 0;
		}
		price[k] = (int32_t)draw(seed, 100000) - 20000;
	}
	return n;
}

static void one_by_one(struct tariff *t, size_t n, bool priced)
{
	struct tariff_step step;

	tariff_use_dynamic(t, priced);
	for (size_t k = 0; k < n; k++) {
		if (priced)
			assert_int_equal(
				tariff_set_dynamic(t, t->upto_s, price[k]), 0);
		assert_int_equal(tariff_advance(t, t->upto_s + 1800,
						registers[k + 1], &step),
				 0);
	}
	/* Prices of half hours are not in what is rated at once. */
	memset(t->slot, 0, sizeof(t->slot));
	tariff_use_dynamic(t, false);
	tariff_refresh(t);
}

static void all_at_once_is_one_by_one(void **state)
{
	static struct tariff single, many;
	unsigned long half_hours = 0;

	(void)state;
	for (uint64_t life = 1; life <= LIVES; life++) {
		uint64_t seed = life * UINT64_C(0x9e3779b97f4a7c15);
		bool priced = life % 3 == 0;
		struct tariff_step step;
		const char *why = "";
		int64_t cost_up;
		size_t n;

		memset(&single, 0, sizeof(single));
		any_state(&seed, &single);
		memcpy(&many, &single, sizeof(many));
		for (int part = 0; part < 2; part++) {
			n = any_registers(&seed, single.upto_wh) / (1 + part);
			if ((single.upto_s / DAY - rates.first_day) * 48 + 48 +
				    (int64_t)n >
			    70 * 48)
				n = 5;
			cost_up = single.cost_up;
			one_by_one(&single, n, priced);
			assert_int_equal(tariff_rate_profile(
						 &many, &rates, registers, n,
						 priced ? price : NULL, &step),
					 0);
			assert_int_equal(step.wh, registers[n] - registers[0]);
			assert_int_equal(step.cost_up,
					 single.cost_up - cost_up);
			assert_memory_equal(&single, &many, sizeof(many));
			if (tariff_check(&many, &why))
				fail_msg("%s", why);
			half_hours += n;
		}
	}
	print_message("%d lives, %lu half hours\n", LIVES, half_hours);
	assert_true(half_hours > 1000000);
}

#define UNCHANGED(n, error)                                                    \
	do {                                                                   \
		struct tariff copy = t;                                        \
		assert_int_equal(tariff_rate_profile(&t, &rates, registers, n, \
						     NULL, &step),             \
				 error);                                       \
		assert_memory_equal(&copy, &t, sizeof(t));                     \
	} while (0)

static void what_cannot_be_rated_changes_nothing(void **state)
{
	static struct tariff t;
	struct tariff_step step;
	uint64_t seed = 99;

	(void)state;
	memset(&t, 0, sizeof(t));
	any_state(&seed, &t);
	t.upto_s = MARCH_4 + 30 * DAY;
	t.charged_day = civil_utc_day(t.upto_s);
	tariff_refresh(&t);
	assert_int_equal(
		tariff_rates_compile(&t.calendar, t.charged_day, 2, &rates), 0);
	for (size_t k = 0; k <= HALF_HOURS; k++)
		registers[k] = t.upto_wh + (int64_t)k;
	UNCHANGED(2 * 48 + 1, -ERANGE);
	registers[0]++;
	UNCHANGED(3, -EINVAL);
	registers[0]--;
	/* Lower for a while, and up again. */
	registers[7] -= 2;
	UNCHANGED(9, -EINVAL);
	registers[7] += 2;
	registers[9] = TARIFF_WH_MAX + 1;
	UNCHANGED(9, -EINVAL);
	registers[9] = t.upto_wh + 9;
	assert_int_equal(tariff_pend_prices(&t, t.upto_s + 9 * 1800, &t.prices,
					    NULL),
			 0);
	UNCHANGED(9, -EBUSY);
	t.upto_s++;
	UNCHANGED(8, -EINVAL);
	t.upto_s -= 1801;
	UNCHANGED(8, -ERANGE);
	t.upto_s += 1800;
	assert_int_equal(
		tariff_rate_profile(&t, &rates, registers, 8, NULL, &step), 0);
	assert_int_equal(step.wh, 8);
	assert_int_equal(tariff_rates_compile(&t.calendar, 0, 1, &rates),
			 -ERANGE);
	assert_int_equal(tariff_rates_compile(&t.calendar, t.charged_day,
					      RATES_DAYS + 1, &rates),
			 -ERANGE);
	assert_int_equal(tariff_rates_compile(&t.calendar,
					      (int32_t)(CIVIL_END_S / DAY) - 5,
					      6, &rates),
			 -ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_at_once_is_one_by_one),
		cmocka_unit_test(what_cannot_be_rated_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
