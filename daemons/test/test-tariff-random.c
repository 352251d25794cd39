// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Random lives of a tariff beside an oracle that knows no steps, shares or
 * splits: it takes every Wh by itself, at the second in which it flowed, and
 * asks what was in force then.
 */
#include <errno.h>

#include "tariff-oracle.h"

#define SCRIPTS 2500
#define STEPS 50

struct oracle {
	struct tariff_calendar calendar, next_calendar;
	struct tariff_thresholds thresholds, next_thresholds;
	struct tariff_prices prices, next_prices;
	int64_t calendar_at, thresholds_at, prices_at; /* 0: none */
	struct tariff_period reset;
	bool dynamic;
	struct tariff_dynamic_price price[1024];
	unsigned int prices_known;

	int64_t cell[TARIFF_CELLS], used[TARIFF_ROWS], cost, standing;
	int64_t at, reset_upto, fallback, total, first_total;
	/* What holds for a day and calendar, found once. */
	int64_t cached_day;
	bool cached_next;
	unsigned int cached_profile;
};

static uint8_t action(struct oracle *o, int64_t second)
{
	bool next = o->calendar_at && o->calendar_at <= second;
	const struct tariff_calendar *c = next ? &o->next_calendar :
						 &o->calendar;

	if (second / DAY != o->cached_day || next != o->cached_next) {
		o->cached_day = second / DAY;
		o->cached_next = next;
		o->cached_profile = oracle_profile(c, second / DAY);
	}
	return c->action[o->cached_profile][second % DAY / 1800];
}

static const struct tariff_dynamic_price *half_hour(const struct oracle *o,
						    int64_t second)
{
	for (unsigned int n = 0; n < o->prices_known; n++)
		if (o->price[n].start_s <= second &&
		    second < o->price[n].start_s + 1800)
			return &o->price[n];
	return NULL;
}

/* Resets up to a second. Returns whether one of them before it had effect. */
static bool resets(struct oracle *o, int64_t until, int64_t before)
{
	bool effect = false;

	for (int64_t s = (o->reset_upto / 1800 + 1) * 1800; s <= until;
	     s += 1800) {
		if (!oracle_repeats(&o->reset, s))
			continue;
		for (unsigned int row = 0; row < TARIFF_ROWS; row++) {
			effect |= o->used[row] && s < before;
			o->used[row] = 0;
		}
	}
	o->reset_upto = until;
	return effect;
}

static void one_wh(struct oracle *o, int64_t second)
{
	const struct tariff_thresholds *x =
		o->thresholds_at && o->thresholds_at <= second ?
			&o->next_thresholds :
			&o->thresholds;
	const struct tariff_prices *p = o->prices_at && o->prices_at <= second ?
						&o->next_prices :
						&o->prices;
	const struct tariff_dynamic_price *slot = half_hour(o, second);
	unsigned int a = action(o, second), cell = a - 1;

	if (a > 100) {
		unsigned int row = a - 101, block = 0;

		for (unsigned int n = 0; n < 3; n++)
			if (o->used[row] >= x->wh[row][n])
				block = n + 1;
		o->used[row]++;
		cell = 48 + 8 * block + row;
	}
	o->cell[cell]++;
	o->cost += o->dynamic && slot ? slot->price_mp : p->cell_mp[cell];
	o->fallback += o->dynamic && !slot;
}

static bool inside(int64_t from, int64_t at, int64_t to)
{
	return from < at && at < to;
}

/* Whether anything that matters changes within. */
static bool differs(struct oracle *o, int64_t from, int64_t to)
{
	if (inside(from, o->calendar_at, to) ||
	    inside(from, o->thresholds_at, to) ||
	    inside(from, o->prices_at, to))
		return true;
	for (int64_t s = (from / 1800 + 1) * 1800; s < to; s += 1800) {
		const struct tariff_dynamic_price *a = NULL, *b = NULL;

		if (o->dynamic) {
			a = half_hour(o, s - 1);
			b = half_hour(o, s);
		}
		if (action(o, s) != action(o, s - 1) || !a != !b ||
		    (a && a->price_mp != b->price_mp))
			return true;
	}
	return false;
}

/* Returns whether Wh had to be placed by estimate. */
static bool oracle_step(struct oracle *o, int64_t to, int64_t wh)
{
	int64_t from = o->at, length = to > from ? to - from : 0;
	bool estimated = differs(o, from, to);

	for (int64_t n = 1; n <= wh; n++) {
		/* The second at the end of which the nth is complete. */
		int64_t second =
			length ? from + (n * length + wh - 1) / wh - 1 : from;

		estimated |= resets(o, second, to);
		one_wh(o, second);
	}
	o->total += wh;
	if (!length)
		return false;
	estimated |= resets(o, to, to);
	o->at = to;
	for (int64_t s = (from / DAY + 1) * DAY; s <= to; s += DAY)
		o->standing +=
			INT64_C(1000) * (o->prices_at && o->prices_at <= s ?
						 o->next_prices.standing_mp :
						 o->prices.standing_mp);
	if (o->calendar_at && o->calendar_at <= to) {
		o->calendar = o->next_calendar;
		o->calendar_at = 0;
		o->cached_day = -1;
	}
	if (o->thresholds_at && o->thresholds_at <= to) {
		o->thresholds = o->next_thresholds;
		o->thresholds_at = 0;
	}
	if (o->prices_at && o->prices_at <= to) {
		o->prices = o->next_prices;
		o->prices_at = 0;
	}
	return estimated && wh;
}

/* --- what may happen between readings */

static int64_t any_time(uint64_t *seed, int64_t at)
{
	switch (draw(seed, 4)) {
	case 0:
		return 0;
	case 1:
		return at + draw(seed, 40000);
	default:
		return (at / 1800 + draw(seed, 30)) * 1800;
	}
}

static void pend_any(uint64_t *seed, struct tariff *t, struct oracle *o)
{
	int64_t at = any_time(seed, o->at);
	bool now = at <= o->at;

	switch (draw(seed, 4)) {
	case 0:
		any_calendar(seed, &o->next_calendar);
		assert_int_equal(tariff_pend_calendar(t, at, &o->next_calendar,
						      NULL),
				 now ? TARIFF_CALENDAR : 0);
		o->calendar_at = now ? 0 : at;
		if (now)
			o->calendar = o->next_calendar;
		o->cached_day = -1;
		break;
	case 1:
		any_thresholds(seed, &o->next_thresholds);
		assert_int_equal(tariff_pend_thresholds(
					 t, at, &o->next_thresholds, NULL),
				 now ? TARIFF_THRESHOLDS : 0);
		o->thresholds_at = now ? 0 : at;
		if (now)
			o->thresholds = o->next_thresholds;
		break;
	case 2:
		any_prices(seed, &o->next_prices);
		assert_int_equal(tariff_pend_prices(t, at, &o->next_prices,
						    NULL),
				 now ? TARIFF_PRICES : 0);
		o->prices_at = now ? 0 : at;
		if (now)
			o->prices = o->next_prices;
		break;
	default:
		assert_int_equal(tariff_cancel(t,
					       TARIFF_CALENDAR | TARIFF_PRICES),
				 (o->calendar_at ? TARIFF_CALENDAR : 0) |
					 (o->prices_at ? TARIFF_PRICES : 0));
		o->calendar_at = 0;
		o->prices_at = 0;
	}
}

static void push_prices(uint64_t *seed, struct tariff *t, struct oracle *o)
{
	int64_t start = (o->at + 1799) / 1800 * 1800;
	unsigned int n = draw(seed, 60);

	while (n-- && o->prices_known < 1024) {
		int32_t price = (int32_t)draw(seed, 80000) - 20000;

		start += 1800 * (draw(seed, 12) ? 1 : 2);
		assert_int_equal(tariff_set_dynamic(t, start, price), 0);
		for (unsigned int k = 0; k < o->prices_known; k++)
			if (o->price[k].start_s == start)
				o->price[k] = o->price[--o->prices_known];
		o->price[o->prices_known++] =
			(struct tariff_dynamic_price){ start, price };
	}
}

static void happen(uint64_t *seed, struct tariff *t, struct oracle *o)
{
	switch (draw(seed, 12)) {
	case 0:
	case 1:
	case 2:
		pend_any(seed, t, o);
		break;
	case 3:
		push_prices(seed, t, o);
		break;
	case 4:
		o->dynamic = draw(seed, 2);
		tariff_use_dynamic(t, o->dynamic);
		break;
	case 5:
		tariff_reset_blocks(t);
		memset(o->used, 0, sizeof(o->used));
		break;
	case 6:
		o->reset.repeat = (uint8_t)draw(seed, REPEAT_KINDS);
		o->reset.anchor_s = MARCH_4 + 1800 * (int64_t)draw(seed, 900);
		assert_int_equal(tariff_set_reset(t, &o->reset, NULL), 0);
		break;
	default:
		break;
	}
}

static int64_t next_time(uint64_t *seed, int64_t at)
{
	switch (draw(seed, 10)) {
	case 0:
		return at + draw(seed, 5000);
	case 1:
		return at + 1800 * (int64_t)draw(seed, 120);
	case 2:
		return at - draw(seed, 3);
	default:
		return (at / 1800 + 1) * 1800;
	}
}

static void compare(const struct tariff *t, const struct oracle *o)
{
	const char *why = "";

	assert_int_equal(t->upto_s, o->at);
	assert_int_equal(t->cost_up, o->cost);
	assert_int_equal(t->standing_up, o->standing);
	assert_int_equal(t->fallback_wh, o->fallback);
	assert_memory_equal(t->cell_wh, o->cell, sizeof(o->cell));
	for (unsigned int row = 0; row < TARIFF_ROWS; row++)
		assert_int_equal(t->counter_wh[row][0] + t->counter_wh[row][1] +
					 t->counter_wh[row][2] +
					 t->counter_wh[row][3],
				 o->used[row]);
	if (tariff_check(t, &why))
		fail_msg("%s", why);
}

static unsigned long steps, estimates, all_wh;

static void one_life(uint64_t seed)
{
	static struct tariff t;
	static struct oracle o;
	struct tariff_step step;

	memset(&o, 0, sizeof(o));
	any_calendar(&seed, &o.calendar);
	any_thresholds(&seed, &o.thresholds);
	any_prices(&seed, &o.prices);
	o.at = MARCH_4 + draw(&seed, 300 * (uint32_t)DAY);
	o.reset_upto = o.at;
	o.total = draw(&seed, 100000);
	o.cached_day = -1;
	assert_int_equal(tariff_start(&t, o.at, o.total, &o.calendar,
				      &o.thresholds, &o.prices, NULL),
			 0);
	for (int n = 0; n < STEPS; n++) {
		int64_t to = next_time(&seed, o.at);
		int64_t wh = draw(&seed, 3) ? draw(&seed, 120) : 0;
		bool back = to < o.at, estimated;

		estimated = oracle_step(&o, to, wh);
		assert_int_equal(tariff_advance(&t, to, o.total, &step), 0);
		assert_int_equal(step.wh, wh);
		assert_int_equal(!!(step.flags & TARIFF_CLOCK_BACK), back);
		assert_int_equal(!!(step.flags & TARIFF_ESTIMATED), estimated);
		compare(&t, &o);
		steps++;
		estimates += estimated;
		all_wh += (unsigned long)wh;
		happen(&seed, &t, &o);
		o.reset_upto = o.at;
		if (!draw(&seed, 20))
			tariff_refresh(&t);
	}
}

static void every_wh_is_where_the_oracle_has_it(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= SCRIPTS; n++)
		one_life(n * UINT64_C(0x9e3779b97f4a7c15));
	print_message("%d lives, %lu steps, %lu Wh, %lu steps estimated\n",
		      SCRIPTS, steps, all_wh, estimates);
	assert_true(estimates > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_wh_is_where_the_oracle_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
