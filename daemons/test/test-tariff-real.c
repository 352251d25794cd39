// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A real household under real prices, beside a sum over the files that knows
 * nothing of the engine.
 */
#include "../tariffd/tariff-cost.h"
#include "tariff-data.h"
#include "tariff-oracle.h"

static struct data_half_hour half[DATA_MAX];
static struct data_price price[DATA_MAX];
static size_t halves, prices;

static int load(void **state)
{
	(void)state;
	halves = data_household(half);
	prices = data_prices(price);
	return 0;
}

static void need_data(void)
{
	if (halves && prices)
		return;
	print_message("no " DATA_DIR ": skipped\n");
	skip();
}

/* Three rates, in blocks: night, day, evening peak on working days. */
static struct tariff_calendar three_rates(void)
{
	struct tariff_calendar c = { .days = 2, .weeks = 1, .seasons = 1 };

	for (unsigned int slot = 0; slot < CIVIL_SLOTS; slot++) {
		c.action[1][slot] = slot < 14 ? 101 : 102;
		c.action[0][slot] = slot >= 32 && slot < 38 ? 103 :
							      c.action[1][slot];
	}
	c.week_day[0][5] = 1;
	c.week_day[0][6] = 1;
	c.season_start[0] =
		(struct calendar_date){ DATE_ANY_YEAR, 1, 1, DATE_ANY };
	return c;
}

static struct tariff_thresholds three_thresholds(void)
{
	struct tariff_thresholds x;

	for (unsigned int row = 0; row < TARIFF_ROWS; row++) {
		x.wh[row][0] = 700 + 100 * row;
		x.wh[row][1] = 2500;
		x.wh[row][2] = TARIFF_NO_THRESHOLD;
	}
	return x;
}

static struct tariff_prices any_price(void)
{
	struct tariff_prices p;

	for (int n = 0; n < TARIFF_CELLS; n++)
		p.cell_mp[n] = 7000 + 731 * n;
	p.standing_mp = 46360;
	return p;
}

static void three_years_in_blocks(void **state)
{
	static struct tariff t;
	struct tariff_period daily = { MARCH_4, REPEAT_DAILY };
	struct tariff_calendar c = three_rates();
	struct tariff_thresholds x = three_thresholds();
	struct tariff_prices p = any_price();
	int64_t cell[3][3] = { 0 }, used[3] = { 0 }, total = 0, cost = 0;
	struct tariff_step step;
	unsigned int midnights = 0;

	(void)state;
	need_data();
	tariff_start(&t, half[0].start_s, 0, &c, &x, &p, NULL);
	tariff_set_reset(&t, &daily, NULL);
	for (size_t n = 0; n < halves; n++) {
		struct tm tm = oracle_tm(half[n].start_s);
		bool weekend = tm.tm_wday == 0 || tm.tm_wday == 6;
		int row = tm.tm_hour < 7 ? 0 : 1;

		if (tm.tm_hour >= 16 && tm.tm_hour < 19 && !weekend)
			row = 2;
		if (n && !tm.tm_hour && !tm.tm_min) {
			memset(used, 0, sizeof(used));
			midnights++;
		}
		for (int wh = 0; wh < half[n].wh; wh++) {
			int block = used[row] < 700 + 100 * row ? 0 :
				    used[row] < 2500		? 1 :
								  2;

			used[row]++;
			cell[row][block]++;
			cost += 7000 + 731 * (48 + 8 * block + row);
		}
		total += half[n].wh;
		assert_int_equal(tariff_advance(&t, half[n].start_s + 1800,
						total, &step),
				 0);
		assert_int_equal(step.flags & TARIFF_ESTIMATED, 0);
	}
	midnights += (half[halves - 1].start_s + 1800) % DAY == 0;
	for (unsigned int row = 0; row < 3; row++)
		for (unsigned int b = 0; b < 3; b++) {
			assert_int_equal(t.cell_wh[TARIFF_CELL(row, b)],
					 cell[row][b]);
			assert_true(cell[row][b] > 0);
		}
	assert_int_equal(t.cost_up, cost);
	assert_int_equal(t.standing_up, midnights * INT64_C(46360000));
	assert_int_equal(tariff_check(&t, NULL), 0);
	print_message("%zu half hours, %lld Wh, %.5f pounds + %.5f\n", halves,
		      (long long)total, (double)cost / 1e8,
		      (double)t.standing_up / 1e8);
}

/* Prices are told a day and a half ahead, as they would come. */
static void a_year_of_half_hourly_prices(void **state)
{
	static struct tariff t;
	struct tariff_calendar c = three_rates();
	struct tariff_thresholds x = three_thresholds();
	struct tariff_prices p = any_price();
	int64_t total = 0, cost = 0, missing_wh = 0;
	size_t at = 0, known = 0, rated = 0, negative = 0, missing = 0;
	struct tariff_step step;

	(void)state;
	need_data();
	/* One register, so that the price for want of one is plain. */
	memset(c.action, 1, sizeof(c.action));
	while (half[at].start_s < price[0].start_s)
		at++;
	tariff_start(&t, half[at].start_s, 0, &c, &x, &p, NULL);
	tariff_use_dynamic(&t, true);
	for (size_t n = at, k = 0; n < halves; n++, rated++) {
		int64_t from = half[n].start_s;

		while (known < prices &&
		       price[known].start_s < from + 36 * HOUR) {
			assert_int_equal(
				tariff_set_dynamic(&t, price[known].start_s,
						   price[known].price_mp),
				0);
			known++;
		}
		while (k < prices && price[k].start_s < from)
			k++;
		if (k < prices && price[k].start_s == from) {
			cost += (int64_t)half[n].wh * price[k].price_mp;
			negative += price[k].price_mp < 0;
		} else {
			cost += (int64_t)half[n].wh * p.cell_mp[0];
			missing_wh += half[n].wh;
			missing++;
		}
		total += half[n].wh;
		assert_int_equal(tariff_advance(&t, from + 1800, total, &step),
				 0);
		assert_int_equal(step.flags & TARIFF_ESTIMATED, 0);
	}
	assert_int_equal(t.cost_up, cost);
	assert_int_equal(t.fallback_wh, missing_wh);
	assert_int_equal(t.cell_wh[0], total);
	assert_true(negative > 100);
	print_message("%zu half hours, %zu at negative prices, %zu without "
		      "one; %lld Wh, %.5f pounds\n",
		      rated, negative, missing, (long long)total,
		      (double)cost / 1e8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_years_in_blocks),
		cmocka_unit_test(a_year_of_half_hourly_prices),
	};

	return cmocka_run_group_tests(tests, load, NULL);
}
