// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include "tariff-oracle.h"

/* Night 00:00-07:00 in register 1, else in 2; all blocks at their prices. */
static void two_rates(struct tariff *t)
{
	struct tariff_calendar c = { .days = 1, .weeks = 1, .seasons = 1 };
	struct tariff_thresholds x;
	struct tariff_prices p = { .standing_mp = 46000 };

	for (unsigned int slot = 0; slot < CIVIL_SLOTS; slot++)
		c.action[0][slot] = slot < 14 ? 1 : 2;
	c.season_start[0] =
		(struct calendar_date){ DATE_ANY_YEAR, 1, 1, DATE_ANY };
	for (unsigned int row = 0; row < TARIFF_ROWS; row++)
		for (unsigned int n = 0; n < TARIFF_BLOCKS - 1; n++)
			x.wh[row][n] = TARIFF_NO_THRESHOLD;
	for (int n = 0; n < TARIFF_CELLS; n++)
		p.cell_mp[n] = 1000 * (n + 1);
	assert_int_equal(tariff_start(t, MARCH_4, 500, &c, &x, &p, NULL), 0);
	assert_int_equal(tariff_check(t, NULL), 0);
}

static void blocks_by(struct tariff *t, int64_t first, int64_t second)
{
	struct tariff_thresholds x = t->thresholds;

	x.wh[0][0] = first;
	x.wh[0][1] = second;
	assert_int_equal(tariff_pend_thresholds(t, 0, &x, NULL),
			 TARIFF_THRESHOLDS);
	memset(t->calendar.action, ACTION_BLOCK, sizeof(t->calendar.action));
	assert_int_equal(tariff_check(t, NULL), 0);
}

/* What the last step passed. */
static struct tariff_entry closing[16];
static unsigned int closings, boundaries;

/* In parts, and the same at once. */
static struct tariff_step go(struct tariff *t, int64_t at_s, int64_t total_wh)
{
	struct tariff_step step = { 0 };
	struct tariff once = *t;
	int64_t last_s = t->upto_s;
	struct tariff_walk walk;

	closings = 0;
	boundaries = 0;
	assert_int_equal(tariff_advance(&once, at_s, total_wh, &step), 0);
	assert_int_equal(tariff_walk_begin(t, at_s, total_wh, &walk), 0);
	while (tariff_walk(t, &walk, INT64_MAX)) {
		assert_true(t->upto_s > last_s || at_s <= last_s);
		last_s = t->upto_s;
		boundaries += last_s % 1800 == 0;
		assert_int_equal(tariff_check(t, NULL), 0);
		if (!walk.closed)
			continue;
		assert_int_equal(walk.entry.at_s, last_s);
		assert_true(closings < ARRAY_SIZE(closing));
		closing[closings++] = walk.entry;
	}
	assert_memory_equal(t, &once, sizeof(once));
	assert_int_equal(walk.step.flags, step.flags);
	assert_int_equal(walk.step.wh, step.wh);
	assert_int_equal(walk.step.cost_up, step.cost_up);
	assert_int_equal(walk.step.standing_up, step.standing_up);
	return step;
}

/* Stopped at any instant in between it comes to the same. */
static void a_walk_can_be_stopped_anywhere(void **state)
{
	static struct tariff t, once;
	uint64_t seed = 77;

	(void)state;
	for (int n = 0; n < 500; n++) {
		struct tariff_thresholds x;
		struct tariff_calendar c;
		struct tariff_prices p;
		struct tariff_step step;
		struct tariff_walk walk;
		int64_t total = draw(&seed, 90000);
		int64_t end_s = MARCH_4 + 1 + draw(&seed, 40000);

		any_calendar(&seed, &c);
		any_thresholds(&seed, &x);
		any_prices(&seed, &p);
		memset(&t, 0, sizeof(t));
		assert_int_equal(tariff_start(&t, MARCH_4, 0, &c, &x, &p, NULL),
				 0);
		any_prices(&seed, &p);
		assert_int_equal(
			tariff_pend_prices(&t, MARCH_4 + 3333, &p, NULL), 0);
		memcpy(&once, &t, sizeof(t));
		assert_int_equal(tariff_advance(&once, end_s, total, &step), 0);
		assert_int_equal(tariff_walk_begin(&t, end_s, total, &walk), 0);
		while (tariff_walk(&t, &walk, t.upto_s + 1 + draw(&seed, 2500)))
			assert_true(tariff_walk_next(&t, &walk) <= end_s);
		assert_memory_equal(&t, &once, sizeof(t));
		assert_int_equal(walk.step.flags, step.flags);
		assert_int_equal(walk.step.cost_up, step.cost_up);
	}
}

static void a_latched_switch_is_exact(void **state)
{
	struct tariff t;
	struct tariff_step step;

	(void)state;
	two_rates(&t);
	step = go(&t, MARCH_4 + 7 * HOUR, 510);
	assert_int_equal(step.flags, 0);
	assert_int_equal(step.wh, 10);
	assert_int_equal(step.cost_up, 10 * 1000);
	assert_int_equal(tariff_cell(&t), 1);
	assert_int_equal(tariff_price_mp(&t), 2000);
	step = go(&t, MARCH_4 + 7 * HOUR + 1, 513);
	assert_int_equal(step.flags, 0);
	assert_int_equal(t.cell_wh[0], 10);
	assert_int_equal(t.cell_wh[1], 3);
	assert_int_equal(t.cost_up, 16 * 1000);
	assert_int_equal(t.standing_up, 0);
	step = go(&t, MARCH_4 + DAY, 513);
	assert_int_equal(step.standing_up, 46000000);
}

static void a_switch_not_latched_is_estimated(void **state)
{
	struct tariff t;
	struct tariff_step step;

	(void)state;
	two_rates(&t);
	go(&t, MARCH_4 + 6 * HOUR, 500);
	/* A quarter of the time before the switch: of 11 Wh, 2. */
	step = go(&t, MARCH_4 + 10 * HOUR, 511);
	assert_int_equal(step.flags, TARIFF_ESTIMATED);
	assert_int_equal(t.cell_wh[0], 2);
	assert_int_equal(t.cell_wh[1], 9);
	assert_int_equal(t.estimated_wh, 11);
	/* Without a Wh there is nothing to place. */
	step = go(&t, MARCH_4 + 2 * DAY, 511);
	assert_int_equal(step.flags, 0);
	assert_int_equal(step.standing_up, 2 * 46000000);
	/* Nor across half hours that are alike. */
	step = go(&t, MARCH_4 + 2 * DAY + 7 * HOUR, 700);
	assert_int_equal(step.flags, 0);
}

static void a_threshold_splits_a_step(void **state)
{
	struct tariff t;

	(void)state;
	two_rates(&t);
	blocks_by(&t, 100, 250);
	go(&t, MARCH_4 + 60, 600);
	assert_int_equal(t.cell_wh[TARIFF_CELL(0, 0)], 100);
	assert_int_equal(tariff_cell(&t), TARIFF_CELL(0, 1));
	go(&t, MARCH_4 + 120, 601);
	assert_int_equal(t.cell_wh[TARIFF_CELL(0, 1)], 1);
	assert_int_equal(go(&t, MARCH_4 + 180, 900).cost_up,
			 149 * 57000 + 150 * 65000);
	assert_int_equal(t.cell_wh[TARIFF_CELL(0, 1)], 150);
	assert_int_equal(t.cell_wh[TARIFF_CELL(0, 2)], 150);
	assert_int_equal(t.cell_wh[TARIFF_CELL(0, 3)], 0);
	tariff_reset_blocks(&t);
	go(&t, MARCH_4 + 240, 1400);
	assert_int_equal(t.cell_wh[TARIFF_CELL(0, 0)], 200);
	assert_int_equal(t.counter_wh[0][0], 100);
	assert_int_equal(t.counter_wh[0][1], 150);
	assert_int_equal(t.counter_wh[0][2], 250);
}

static void counters_reset_at_their_instant(void **state)
{
	struct tariff_period daily = { MARCH_4 + 12 * HOUR, REPEAT_DAILY };
	struct tariff_step step;
	struct tariff t;

	(void)state;
	two_rates(&t);
	blocks_by(&t, 100, TARIFF_NO_THRESHOLD);
	assert_int_equal(tariff_set_reset(&t, &daily, NULL), 0);
	step = go(&t, MARCH_4 + 12 * HOUR, 650);
	assert_int_equal(step.flags, TARIFF_RESET);
	assert_int_equal(closings, 0);
	assert_int_equal(boundaries, 24);
	assert_int_equal(t.counter_wh[0][0], 0);
	step = go(&t, MARCH_4 + 13 * HOUR, 700);
	assert_int_equal(t.cell_wh[TARIFF_CELL(0, 0)], 150);
	/* Six hours, so 120 Wh, on either side of a reset. */
	go(&t, MARCH_4 + 30 * HOUR, 700);
	step = go(&t, MARCH_4 + 42 * HOUR, 940);
	assert_int_equal(step.flags, TARIFF_RESET | TARIFF_ESTIMATED);
	assert_int_equal(t.cell_wh[TARIFF_CELL(0, 0)], 150 + 50 + 100);
	assert_int_equal(t.cell_wh[TARIFF_CELL(0, 1)], 50 + 70 + 20);
}

static void every_entry_of_a_step_is_told(void **state)
{
	struct tariff_period daily = { MARCH_4, REPEAT_DAILY };
	struct tariff_calendar c;
	struct tariff_step step;
	struct tariff t;

	(void)state;
	two_rates(&t);
	blocks_by(&t, 100, TARIFF_NO_THRESHOLD);
	assert_int_equal(tariff_set_reset(&t, &daily, NULL), 0);
	assert_int_equal(tariff_set_billing(&t, &daily, NULL), 0);
	c = t.calendar;
	/* Prices off the grid, thresholds at a billing period's end. */
	assert_int_equal(
		tariff_pend_prices(&t, MARCH_4 + DAY + 7, &t.prices, NULL), 0);
	assert_int_equal(tariff_pend_thresholds(&t, MARCH_4 + 2 * DAY,
						&t.thresholds, NULL),
			 0);
	step = go(&t, MARCH_4 + 3 * DAY, 800);
	assert_int_equal(step.flags,
			 TARIFF_RESET | TARIFF_ESTIMATED | TARIFF_NEW_PRICES |
				 TARIFF_NEW_THRESHOLDS | TARIFF_NEW_PERIOD);
	assert_int_equal(boundaries, 3 * 48);
	assert_int_equal(closings, 4);
	assert_int_equal(closing[0].at_s, MARCH_4 + DAY);
	assert_int_equal(closing[0].reasons, TARIFF_PERIOD_END);
	assert_int_equal(closing[0].total_wh, 600);
	assert_int_equal(closing[0].estimated_wh, 100);
	/* With the counters that ended there. */
	assert_int_equal(closing[0].counter_wh[0][0], 100);
	assert_int_equal(closing[1].at_s, MARCH_4 + DAY + 7);
	assert_int_equal(closing[1].reasons, TARIFF_PRICES);
	assert_int_equal(closing[1].counter_wh[0][0], 0);
	assert_int_equal(closing[2].at_s, MARCH_4 + 2 * DAY);
	assert_int_equal(closing[2].reasons,
			 TARIFF_PERIOD_END | TARIFF_THRESHOLDS);
	assert_int_equal(closing[2].total_wh, 700);
	assert_int_equal(closing[3].at_s, MARCH_4 + 3 * DAY);
	assert_int_equal(closing[3].total_wh, 800);
	/* A period's end alone is a boundary whose reading is missed. */
	assert_int_equal(
		tariff_set_reset(&t, &(struct tariff_period){ 0, 0 }, NULL), 0);
	assert_int_equal(go(&t, MARCH_4 + 4 * DAY, 900).flags,
			 TARIFF_NEW_PERIOD);
	assert_int_equal(go(&t, MARCH_4 + 6 * DAY, 910).flags,
			 TARIFF_NEW_PERIOD | TARIFF_ESTIMATED);
	assert_int_equal(tariff_pend_calendar(&t, MARCH_4 + 7 * DAY, &c, NULL),
			 0);
	step = go(&t, MARCH_4 + 7 * DAY, 950);
	assert_int_equal(step.flags, TARIFF_NEW_PERIOD | TARIFF_NEW_CALENDAR);
	assert_int_equal(closings, 1);
	assert_int_equal(closing[0].reasons,
			 TARIFF_CALENDAR | TARIFF_PERIOD_END);
}

static void a_day_is_charged_once(void **state)
{
	struct tariff t;

	(void)state;
	two_rates(&t);
	assert_int_equal(go(&t, MARCH_4 + 2 * DAY, 500).standing_up,
			 2 * 46000000);
	assert_int_equal(tariff_set_clock(&t, MARCH_4 + 5), 0);
	assert_int_equal(tariff_check(&t, NULL), 0);
	assert_int_equal(go(&t, MARCH_4 + 2 * DAY, 500).standing_up, 0);
	assert_int_equal(go(&t, MARCH_4 + 3 * DAY, 500).standing_up, 46000000);
}

static void a_clock_put_back_meets_its_reset(void **state)
{
	struct tariff_period daily = { MARCH_4, REPEAT_DAILY };
	struct tariff t;

	(void)state;
	two_rates(&t);
	blocks_by(&t, 100, TARIFF_NO_THRESHOLD);
	assert_int_equal(tariff_set_reset(&t, &daily, NULL), 0);
	go(&t, MARCH_4 + 9 * DAY, 500);
	assert_int_equal(tariff_set_clock(&t, MARCH_4 + 3 * DAY + 1), 0);
	assert_int_equal(go(&t, MARCH_4 + 4 * DAY, 510).flags, TARIFF_RESET);
}

static void a_change_comes_at_its_second(void **state)
{
	int64_t at = MARCH_4 + 2 * HOUR + 17;
	struct tariff_prices dear;
	struct tariff_step step;
	struct tariff t;

	(void)state;
	two_rates(&t);
	dear = t.prices;
	dear.cell_mp[0] = -70000;
	assert_int_equal(tariff_pend_prices(&t, at, &dear, NULL), 0);
	assert_int_equal(tariff_check(&t, NULL), 0);
	step = go(&t, at - 1, 510);
	assert_int_equal(step.flags, 0);
	step = go(&t, at, 520);
	assert_int_equal(step.flags, TARIFF_NEW_PRICES);
	assert_int_equal(step.cost_up, 10 * 1000);
	assert_int_equal(t.pending.prices_at_s, 0);
	assert_int_equal(go(&t, at + 1, 521).cost_up, -70000);
	/* Cancelled, it does not come. */
	dear.cell_mp[0] = 9;
	assert_int_equal(tariff_pend_prices(&t, at + 100, &dear, NULL), 0);
	assert_int_equal(tariff_cancel(&t, TARIFF_CALENDAR), 0);
	assert_int_equal(tariff_cancel(&t, TARIFF_PRICES | TARIFF_CALENDAR),
			 TARIFF_PRICES);
	assert_int_equal(go(&t, at + 200, 522).cost_up, -70000);
}

static void a_new_calendar_closes_an_entry(void **state)
{
	int64_t at = MARCH_4 + 5 * HOUR, cells = 0;
	struct tariff_entry entry, before;
	struct tariff_calendar c;
	struct tariff_step step;
	struct tariff t;

	(void)state;
	two_rates(&t);
	c = t.calendar;
	memset(c.action, 48, sizeof(c.action));
	assert_int_equal(tariff_pend_calendar(&t, at, &c, NULL), 0);
	/* Nobody was there: 10 h, the change in the middle. */
	step = go(&t, MARCH_4 + 10 * HOUR, 600);
	assert_int_equal(step.flags, TARIFF_NEW_CALENDAR | TARIFF_ESTIMATED);
	assert_int_equal(closings, 1);
	before = closing[0];
	assert_int_equal(before.at_s, at);
	assert_int_equal(before.reasons, TARIFF_CALENDAR);
	assert_int_equal(before.total_wh, 550);
	assert_int_equal(before.cell_wh[0], 50);
	assert_int_equal(before.cost_up, 50 * 1000);
	assert_int_equal(before.estimated_wh, 50);
	assert_int_equal(t.estimated_wh, 100);
	assert_int_equal(t.cell_wh[47], 50);
	go(&t, MARCH_4 + 11 * HOUR, 777);
	tariff_close(&t, TARIFF_COMMAND, &entry);
	assert_int_equal(entry.reasons, TARIFF_COMMAND);
	for (int n = 0; n < TARIFF_CELLS; n++)
		cells += entry.cell_wh[n] - before.cell_wh[n];
	assert_int_equal(cells, entry.total_wh - before.total_wh);
	c.commodity = TARIFF_GAS;
	assert_int_equal(tariff_pend_calendar(&t, 0, &c, NULL), -EINVAL);
}

static void half_hours_have_their_price(void **state)
{
	struct tariff_step step;
	struct tariff t;

	(void)state;
	two_rates(&t);
	go(&t, MARCH_4 + 1, 500);
	assert_int_equal(tariff_set_dynamic(&t, MARCH_4, 1), -ESTALE);
	assert_int_equal(tariff_set_dynamic(&t, MARCH_4 + 1801, 1), -EINVAL);
	assert_int_equal(tariff_set_dynamic(&t, MARCH_4 + 1800, -19940), 0);
	assert_int_equal(tariff_set_dynamic(&t, MARCH_4 + 3600, 82140), 0);
	assert_int_equal(tariff_set_dynamic(&t, MARCH_4 + 255 * 1800, 5), 0);
	assert_int_equal(tariff_set_dynamic(&t, MARCH_4 + 256 * 1800, 5),
			 -ERANGE);
	tariff_use_dynamic(&t, true);
	step = go(&t, MARCH_4 + 1800, 510);
	assert_int_equal(step.flags, TARIFF_FALLBACK);
	assert_int_equal(step.cost_up, 10 * 1000);
	assert_int_equal(t.fallback_wh, 10);
	assert_int_equal(tariff_price_mp(&t), -19940);
	step = go(&t, MARCH_4 + 3600, 520);
	assert_int_equal(step.flags, 0);
	assert_int_equal(step.cost_up, -199400);
	/* Half in a half hour of a price, half in one without. */
	step = go(&t, MARCH_4 + 7200, 530);
	assert_int_equal(step.flags, TARIFF_FALLBACK | TARIFF_ESTIMATED);
	assert_int_equal(step.cost_up, 5 * 82140 + 5 * 1000);
	assert_int_equal(t.cell_wh[0], 30);
	/* A price of nothing is not the want of one. */
	assert_int_equal(tariff_set_dynamic(&t, MARCH_4 + 7200, 0), 0);
	step = go(&t, MARCH_4 + 10800, 540);
	assert_int_equal(step.flags, TARIFF_FALLBACK | TARIFF_ESTIMATED);
	assert_int_equal(step.cost_up, 5 * 1000);
	/* As far ahead as there is room, from a half hour's beginning. */
	assert_int_equal(tariff_set_dynamic(&t, MARCH_4 + 261 * 1800, 5), 0);
	assert_int_equal(tariff_set_dynamic(&t, MARCH_4 + 262 * 1800, 5),
			 -ERANGE);
	tariff_use_dynamic(&t, false);
	assert_int_equal(go(&t, MARCH_4 + 255 * 1800 + 9, 540).flags, 0);
}

static void the_second_element_is_an_instance(void **state)
{
	struct tariff_calendar c;
	struct tariff t, second;

	(void)state;
	two_rates(&t);
	c = t.calendar;
	c.commodity = TARIFF_SECOND;
	for (unsigned int slot = 0; slot < CIVIL_SLOTS; slot++)
		c.action[0][slot] = (uint8_t)(201 + slot / 12);
	assert_int_equal(tariff_start(&second, MARCH_4, 0, &c, &t.thresholds,
				      &t.prices, NULL),
			 0);
	go(&second, MARCH_4 + 6 * HOUR, 1);
	go(&second, MARCH_4 + 12 * HOUR, 3);
	go(&second, MARCH_4 + 18 * HOUR, 6);
	go(&second, MARCH_4 + 24 * HOUR, 10);
	for (int n = 0; n < 4; n++)
		assert_int_equal(second.cell_wh[n], n + 1);
}

static void clocks_and_meters_change(void **state)
{
	struct tariff_step step;
	struct tariff t;

	(void)state;
	two_rates(&t);
	go(&t, MARCH_4 + DAY + 5, 510);
	step = go(&t, MARCH_4 + DAY - 5, 520);
	assert_int_equal(step.flags, TARIFF_CLOCK_BACK);
	assert_int_equal(t.upto_s, MARCH_4 + DAY + 5);
	assert_int_equal(t.cell_wh[0], 3 + 10);
	assert_int_equal(tariff_set_clock(&t, MARCH_4 + DAY + 6), -EINVAL);
	assert_int_equal(tariff_set_clock(&t, MARCH_4), 0);
	assert_int_equal(tariff_check(&t, NULL), 0);
	assert_int_equal(tariff_new_meter(&t, -1), -EINVAL);
	assert_int_equal(tariff_new_meter(&t, INT64_MIN), -EINVAL);
	assert_int_equal(tariff_new_meter(&t, INT64_MAX), -EINVAL);
	assert_int_equal(tariff_new_meter(&t, 3), 0);
	step = go(&t, MARCH_4 + 1, 4);
	assert_int_equal(step.wh, 1);
	assert_int_equal(t.upto_wh - t.start_wh, 21);
}

#define UNCHANGED(call, error)                             \
	do {                                               \
		struct tariff copy = t;                    \
		assert_int_equal(call, error);             \
		assert_memory_equal(&copy, &t, sizeof(t)); \
	} while (0)

static void what_is_refused_changes_nothing(void **state)
{
	static struct tariff t;
	struct tariff_step step;
	struct tariff_thresholds x;
	const char *why = NULL;
	int64_t later = MARCH_4 + 60;

	(void)state;
	memset(&t, 0, sizeof(t));
	two_rates(&t);
	UNCHANGED(tariff_advance(&t, later, 499, &step), -EINVAL);
	UNCHANGED(tariff_advance(&t, later, INT64_MIN, &step), -EINVAL);
	UNCHANGED(tariff_advance(&t, later, INT64_MAX, &step), -EINVAL);
	UNCHANGED(tariff_advance(&t, later, TARIFF_WH_MAX, &step), -EOVERFLOW);
	UNCHANGED(tariff_advance(&t, INT64_MAX, 501, &step), -EINVAL);
	UNCHANGED(tariff_advance(&t, INT64_MIN, 501, &step), -EINVAL);
	UNCHANGED(tariff_pend_prices(&t, -1, &t.prices, &why), -EINVAL);
	UNCHANGED(tariff_pend_prices(&t, CIVIL_END_S, &t.prices, &why),
		  -EINVAL);
	x = t.thresholds;
	x.wh[7][1] = 5;
	UNCHANGED(tariff_pend_thresholds(&t, 0, &x, &why), -EINVAL);
	assert_string_equal(why, "thresholds do not rise");
	x.wh[7][0] = 5;
	UNCHANGED(tariff_pend_thresholds(&t, 0, &x, &why), -EINVAL);
	x.wh[7][0] = -1;
	UNCHANGED(tariff_pend_thresholds(&t, 0, &x, &why), -EINVAL);
	x.wh[7][0] = 0;
	assert_int_equal(tariff_thresholds_check(&x, &why), 0);
	/* More than all the cells may hold, over two meters. */
	t.start_wh = -5;
	t.upto_wh = TARIFF_WH_MAX - 6;
	t.cell_wh[0] = t.upto_wh + 5;
	UNCHANGED(tariff_advance(&t, later, TARIFF_WH_MAX - 4, &step), -EINVAL);
	two_rates(&t);
	/* Money at the brim, either way. */
	t.cost_up = INT64_MAX - 1000;
	UNCHANGED(tariff_advance(&t, later, 501, &step), -EOVERFLOW);
	t.cost_up = INT64_MIN + 1000;
	UNCHANGED(tariff_advance(&t, later, 501, &step), -EOVERFLOW);
	assert_int_equal(tariff_advance(&t, later, 500, &step), 0);
	t.standing_up = INT64_MAX - 5;
	UNCHANGED(tariff_advance(&t, later + DAY, 500, &step), -EOVERFLOW);
}

#define BAD(change)                                                \
	do {                                                       \
		static struct tariff t;                            \
		const char *why = NULL;                            \
		two_rates(&t);                                     \
		change;                                            \
		assert_int_equal(tariff_check(&t, &why), -EINVAL); \
		assert_non_null(why);                              \
	} while (0)

static void a_stored_state_is_checked(void **state)
{
	(void)state;
	BAD(t.upto_s = 0);
	BAD(t.upto_s = CIVIL_END_S);
	BAD(t.start_s = INT64_MIN);
	BAD(t.upto_wh = -1);
	BAD(t.upto_wh = 501);
	BAD(t.start_wh = INT64_MIN);
	BAD(t.cell_wh[79] = 1);
	BAD(t.cell_wh[3] = INT64_MAX);
	BAD((t.cell_wh[3] = -1, t.cell_wh[4] = 1));
	BAD(t.counter_wh[7][3] = 1);
	BAD(t.counter_wh[7][3] = -1);
	BAD(t.estimated_wh = 1);
	BAD(t.fallback_wh = -1);
	BAD(t.dynamic = 2);
	BAD(t.slot[MARCH_4 / 1800 % 256].start_s = MARCH_4 + 1);
	BAD(t.slot[MARCH_4 / 1800 % 256 + 1].start_s = MARCH_4);
	BAD(t.reset.repeat = 99);
	BAD(t.billing.repeat = 99);
	BAD(t.charged_day = 0);
	BAD(t.charged_day = INT32_MAX);
	BAD(t.thresholds.wh[0][0] = -1);
	BAD(t.calendar.days = 0);
	BAD(t.pending.prices_at_s = MARCH_4);
	BAD(t.pending.calendar_at_s = MARCH_4 + 1);
	BAD(t.pending.thresholds_at_s = INT64_MAX);
	BAD(t.pending.thresholds_at_s = -5);
	BAD((t.pending.thresholds_at_s = MARCH_4 + 1,
	     t.pending.thresholds.wh[2][0] = 5));
	BAD((t.pending.calendar_at_s = MARCH_4 + 1,
	     t.pending.calendar = t.calendar,
	     t.pending.calendar.commodity = TARIFF_GAS));
}

static void money_is_rounded_only_for_the_eye(void **state)
{
	int32_t mp = 77;

	(void)state;
	assert_int_equal(tariff_up_to_mp(499), 0);
	assert_int_equal(tariff_up_to_mp(500), 1);
	assert_int_equal(tariff_up_to_mp(-499), 0);
	assert_int_equal(tariff_up_to_mp(-500), -1);
	assert_int_equal(tariff_up_to_mp(INT64_MAX), INT64_MAX / 1000 + 1);
	assert_int_equal(tariff_up_to_mp(INT64_MIN), INT64_MIN / 1000 - 1);
	/* 0.28340 pounds a kWh: 28340 x 10^-5 for each 10^3 Wh. */
	assert_int_equal(tariff_scale_price(28340, -5, 3, &mp), 0);
	assert_int_equal(mp, 28340);
	assert_int_equal(tariff_scale_price(-2834, -4, 3, &mp), 0);
	assert_int_equal(mp, -28340);
	assert_int_equal(tariff_scale_price(283400, -6, 3, &mp), 0);
	assert_int_equal(mp, 28340);
	assert_int_equal(tariff_scale_price(2834, -7, 0, &mp), 0);
	assert_int_equal(mp, 28340);
	assert_int_equal(tariff_scale_price(283401, -6, 3, &mp), -ERANGE);
	assert_int_equal(tariff_scale_price(3, 2, 0, &mp), -ERANGE);
	assert_int_equal(tariff_scale_price(1, 127, -128, &mp), -ERANGE);
	assert_int_equal(tariff_scale_price(1, 128, 0, &mp), -ERANGE);
	assert_int_equal(mp, 28340);
	assert_int_equal(tariff_scale_price(0, 127, -128, &mp), 0);
	assert_int_equal(mp, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_walk_can_be_stopped_anywhere),
		cmocka_unit_test(a_latched_switch_is_exact),
		cmocka_unit_test(a_switch_not_latched_is_estimated),
		cmocka_unit_test(a_threshold_splits_a_step),
		cmocka_unit_test(counters_reset_at_their_instant),
		cmocka_unit_test(every_entry_of_a_step_is_told),
		cmocka_unit_test(a_day_is_charged_once),
		cmocka_unit_test(a_clock_put_back_meets_its_reset),
		cmocka_unit_test(a_change_comes_at_its_second),
		cmocka_unit_test(a_new_calendar_closes_an_entry),
		cmocka_unit_test(half_hours_have_their_price),
		cmocka_unit_test(the_second_element_is_an_instance),
		cmocka_unit_test(clocks_and_meters_change),
		cmocka_unit_test(what_is_refused_changes_nothing),
		cmocka_unit_test(a_stored_state_is_checked),
		cmocka_unit_test(money_is_rounded_only_for_the_eye),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
