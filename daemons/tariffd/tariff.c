// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tariff.h"

#include <errno.h>
#include <string.h>

/* Milli-pence to micro-pence. */
#define UP_A_MP 1000

/* --- where the next Wh goes, and what it costs */

static uint8_t action_at(struct tariff *t, int64_t at_s)
{
	int32_t day = (int32_t)(at_s / CIVIL_DAY_S);

	if (day != t->profile_day) {
		t->profile = (uint8_t)calendar_profile(&t->calendar, day);
		t->profile_day = day;
	}
	return t->calendar.action[t->profile][at_s % CIVIL_DAY_S / CIVIL_SLOT_S];
}

static const struct tariff_dynamic_price *dynamic_at(const struct tariff *t,
						     int64_t at_s)
{
	int64_t n = at_s / CIVIL_SLOT_S;
	const struct tariff_dynamic_price *p =
		&t->slot[n % TARIFF_DYNAMIC_SLOTS];

	return t->dynamic && p->start_s == n * CIVIL_SLOT_S ? p : NULL;
}

unsigned int tariff_block(const struct tariff *t, unsigned int row,
			  int64_t *ret_left_wh)
{
	const int64_t *counter = t->counter_wh[row];
	int64_t used = counter[0] + counter[1] + counter[2] + counter[3];
	unsigned int block = 0;

	while (block < TARIFF_BLOCKS - 1 &&
	       used >= t->thresholds.wh[row][block])
		block++;
	*ret_left_wh = block == TARIFF_BLOCKS - 1 ||
				       t->thresholds.wh[row][block] ==
					       TARIFF_NO_THRESHOLD ?
			       INT64_MAX :
			       t->thresholds.wh[row][block] - used;
	return block;
}

static bool is_block(uint8_t action)
{
	return action >= ACTION_BLOCK && action < ACTION_BLOCK + TARIFF_ROWS;
}

/* Of a checked calendar's actions. */
static unsigned int plain_cell(uint8_t action)
{
	return action >= ACTION_SECOND ? action - ACTION_SECOND :
					 action - ACTION_TOU;
}

static void put(struct tariff *t, unsigned int cell, int64_t wh,
		const struct tariff_dynamic_price *slot)
{
	t->cell_wh[cell] += wh;
	t->cost_up += wh * (slot ? slot->price_mp : t->prices.cell_mp[cell]);
}

/* Wh that all flowed between two changes. */
static void rate(struct tariff *t, int64_t at_s, int64_t wh,
		 struct tariff_step *step)
{
	const struct tariff_dynamic_price *slot = dynamic_at(t, at_s);
	uint8_t action = action_at(t, at_s);

	if (t->dynamic && !slot) {
		step->flags |= TARIFF_FALLBACK;
		t->fallback_wh += wh;
	}
	if (!is_block(action)) {
		put(t, plain_cell(action), wh, slot);
		return;
	}
	/* Block after block, each up to its threshold (T-3). */
	while (wh) {
		unsigned int row = action - ACTION_BLOCK, block;
		int64_t part;

		block = tariff_block(t, row, &part);
		if (part > wh)
			part = wh;
		t->counter_wh[row][block] += part;
		put(t, TARIFF_CELL(row, block), part, slot);
		wh -= part;
	}
}

/* --- what happens at an instant */

static bool any_counter(const struct tariff *t)
{
	for (unsigned int row = 0; row < TARIFF_ROWS; row++)
		for (unsigned int n = 0; n < TARIFF_BLOCKS; n++)
			if (t->counter_wh[row][n])
				return true;
	return false;
}

static unsigned int reset_if_due(struct tariff *t)
{
	if (t->upto_s < t->next_reset_s)
		return 0;
	t->next_reset_s = tariff_period_next(&t->reset, t->upto_s);
	if (!any_counter(t))
		return 0;
	tariff_reset_blocks(t);
	return TARIFF_RESET;
}

static bool due(const struct tariff *t, int64_t at_s)
{
	return at_s && at_s <= t->upto_s;
}

/* Bits of enum tariff_pend and enum tariff_reason. */
static unsigned int ends_here(const struct tariff *t)
{
	const struct tariff_pending *p = &t->pending;

	return (due(t, p->calendar_at_s) ? TARIFF_CALENDAR : 0U) |
	       (due(t, p->thresholds_at_s) ? TARIFF_THRESHOLDS : 0U) |
	       (due(t, p->prices_at_s) ? TARIFF_PRICES : 0U) |
	       (t->upto_s >= t->next_billing_s ? TARIFF_PERIOD_END : 0U);
}

/* All that is due by now: closed first (T-5), then changed. */
static unsigned int activate(struct tariff *t, struct tariff_walk *walk)
{
	unsigned int ends = ends_here(t), flags = 0;

	walk->closed = ends;
	if (!ends)
		return 0;
	tariff_close(t, ends, &walk->entry);
	if (ends & TARIFF_CALENDAR) {
		t->calendar = t->pending.calendar;
		t->pending.calendar_at_s = 0;
		t->profile_day = -1;
		flags |= TARIFF_NEW_CALENDAR;
	}
	if (ends & TARIFF_THRESHOLDS) {
		t->thresholds = t->pending.thresholds;
		t->pending.thresholds_at_s = 0;
		flags |= TARIFF_NEW_THRESHOLDS;
	}
	if (ends & TARIFF_PRICES) {
		t->prices = t->pending.prices;
		t->pending.prices_at_s = 0;
		flags |= TARIFF_NEW_PRICES;
	}
	if (ends & TARIFF_PERIOD_END) {
		t->next_billing_s = tariff_period_next(&t->billing, t->upto_s);
		flags |= TARIFF_NEW_PERIOD;
	}
	return flags;
}

static void charge_day(struct tariff *t)
{
	int32_t day = (int32_t)(t->upto_s / CIVIL_DAY_S);

	if (day <= t->charged_day)
		return;
	t->charged_day = day;
	t->standing_up += (int64_t)t->prices.standing_mp * UP_A_MP;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return b && b < a ? b : a;
}

/* The next instant at which anything might change, at most end_s. Resets and
 * billing periods are on the grid.
 */
static int64_t next_event(const struct tariff *t, int64_t end_s)
{
	int64_t at = (t->upto_s / CIVIL_SLOT_S + 1) * CIVIL_SLOT_S;

	at = earlier(at, end_s);
	at = earlier(at, t->pending.calendar_at_s);
	at = earlier(at, t->pending.thresholds_at_s);
	return earlier(at, t->pending.prices_at_s);
}

/* --- a step */

/* Whether Wh on either side of an instant are treated alike. */
struct context {
	uint8_t action;
	bool priced;
	int32_t price_mp;
};

static struct context context_at(struct tariff *t, int64_t at_s)
{
	const struct tariff_dynamic_price *slot = dynamic_at(t, at_s);

	return (struct context){
		.action = action_at(t, at_s),
		.priced = slot,
		.price_mp = slot ? slot->price_mp : 0,
	};
}

static bool alike(struct context a, struct context b)
{
	return a.action == b.action && a.priced == b.priced &&
	       a.price_mp == b.price_mp;
}

/* wh * part / whole, rounded down; part <= whole < 2^32. */
static int64_t share(int64_t wh, int64_t part, int64_t whole)
{
	uint64_t rest = (uint64_t)(wh % whole) * (uint64_t)part;

	return wh / whole * part + (int64_t)(rest / (uint64_t)whole);
}

/* Cells that stay equal to the register cannot leave int64_t; money can. */
static int check_room(const struct tariff *t, int64_t at_s, int64_t wh)
{
	int64_t days = at_s / CIVIL_DAY_S - t->upto_s / CIVIL_DAY_S;
	int64_t worst_a_wh = -(int64_t)INT32_MIN, cost, standing;

	/* A state's own time bounds days to fewer than 2^16. */
	if (__builtin_mul_overflow(wh, worst_a_wh, &cost) ||
	    __builtin_mul_overflow(days * UP_A_MP, worst_a_wh, &standing))
		return -EOVERFLOW;
	if (t->cost_up > INT64_MAX - cost || t->cost_up < INT64_MIN + cost ||
	    t->standing_up > INT64_MAX - standing ||
	    t->standing_up < INT64_MIN + standing)
		return -EOVERFLOW;
	return 0;
}

int tariff_may_advance(const struct tariff *t, int64_t at_s, int64_t total_wh)
{
	if (at_s < CIVIL_MIN_S || at_s >= CIVIL_END_S)
		return -EINVAL;
	if (total_wh > TARIFF_WH_MAX || total_wh < t->upto_wh ||
	    total_wh - t->start_wh > TARIFF_WH_MAX)
		return -EINVAL;
	return check_room(t, at_s > t->upto_s ? at_s : t->upto_s,
			  total_wh - t->upto_wh);
}

static void init_walk(const struct tariff *t, int64_t end_s, int64_t wh,
		      struct tariff_walk *walk)
{
	walk->step = (struct tariff_step){ .wh = wh };
	walk->closed = false;
	walk->from_s = t->upto_s;
	walk->end_s = end_s;
	walk->done_wh = 0;
	walk->estimated = false;
}

/* To an instant with none before it at which something may change; Wh are shared
 * out evenly over the whole.
 */
static void walk_on(struct tariff *t, struct tariff_walk *walk, int64_t at_s)
{
	int64_t until = walk->step.wh, wh;

	if (at_s < walk->end_s)
		until = share(until, at_s - walk->from_s,
			      walk->end_s - walk->from_s);
	wh = until - walk->done_wh;
	if (wh)
		rate(t, t->upto_s, wh, &walk->step);
	t->upto_wh += wh;
	if (walk->estimated)
		t->estimated_wh += wh;
	walk->done_wh = until;
	t->upto_s = at_s;
	walk->events = activate(t, walk);
	walk->events |= reset_if_due(t);
	walk->step.flags |= walk->events;
	if (at_s % CIVIL_DAY_S == 0)
		charge_day(t);
}

/* Whether it makes a difference when the Wh of a step were. */
static bool would_estimate(const struct tariff *t, int64_t end_s, int64_t wh)
{
	struct context before, now;
	struct tariff_walk walk;
	struct tariff copy;

	if (!wh || next_event(t, end_s) == end_s)
		return false;
	copy = *t;
	init_walk(&copy, end_s, wh, &walk);
	before = context_at(&copy, copy.upto_s);
	for (;;) {
		walk_on(&copy, &walk, next_event(&copy, end_s));
		if (copy.upto_s == end_s)
			return false;
		now = context_at(&copy, copy.upto_s);
		if (walk.events || !alike(before, now))
			return true;
		before = now;
	}
}

int tariff_walk_begin(const struct tariff *t, int64_t at_s, int64_t total_wh,
		      struct tariff_walk *ret)
{
	int r = tariff_may_advance(t, at_s, total_wh);
	int64_t wh = total_wh - t->upto_wh;

	if (r)
		return r;
	init_walk(t, at_s > t->upto_s ? at_s : t->upto_s, wh, ret);
	if (at_s < t->upto_s)
		ret->step.flags |= TARIFF_CLOCK_BACK;
	ret->estimated = would_estimate(t, ret->end_s, wh);
	if (ret->estimated)
		ret->step.flags |= TARIFF_ESTIMATED;
	return 0;
}

int64_t tariff_walk_next(const struct tariff *t, const struct tariff_walk *walk)
{
	return next_event(t, walk->end_s);
}

bool tariff_walk(struct tariff *t, struct tariff_walk *walk, int64_t until_s)
{
	int64_t cost_up = t->cost_up, standing_up = t->standing_up;
	int64_t next_s = next_event(t, walk->end_s);

	walk->closed = false;
	walk->events = 0;
	if (t->upto_s < walk->end_s) {
		walk_on(t, walk, until_s < next_s ? until_s : next_s);
	} else if (walk->done_wh < walk->step.wh) {
		/* No time has passed. */
		rate(t, t->upto_s, walk->step.wh, &walk->step);
		t->upto_wh += walk->step.wh;
		walk->done_wh = walk->step.wh;
	} else {
		return false;
	}
	walk->step.cost_up += t->cost_up - cost_up;
	walk->step.standing_up += t->standing_up - standing_up;
	return true;
}

int tariff_advance(struct tariff *t, int64_t at_s, int64_t total_wh,
		   struct tariff_step *ret_step)
{
	struct tariff_walk walk;
	int r = tariff_walk_begin(t, at_s, total_wh, &walk);

	if (r)
		return r;
	while (tariff_walk(t, &walk, at_s))
		;
	*ret_step = walk.step;
	return 0;
}

/* --- the life of a state */

void tariff_refresh(struct tariff *t)
{
	t->profile_day = -1;
	t->profile = 0;
	t->next_reset_s = tariff_period_next(&t->reset, t->upto_s);
	t->next_billing_s = tariff_period_next(&t->billing, t->upto_s);
}

int tariff_start(struct tariff *ret_t, int64_t at_s, int64_t total_wh,
		 const struct tariff_calendar *calendar,
		 const struct tariff_thresholds *thresholds,
		 const struct tariff_prices *prices, const char **ret_why)
{
	int r = calendar_check(calendar, ret_why);

	if (!r)
		r = tariff_thresholds_check(thresholds, ret_why);
	if (r)
		return r;
	if (at_s < CIVIL_MIN_S || at_s >= CIVIL_END_S || total_wh < 0 ||
	    total_wh > TARIFF_WH_MAX) {
		if (ret_why)
			*ret_why = "a reading is out of bounds";
		return -EINVAL;
	}
	memset(ret_t, 0, sizeof(*ret_t));
	ret_t->upto_s = at_s;
	ret_t->start_s = at_s;
	ret_t->upto_wh = total_wh;
	ret_t->start_wh = total_wh;
	ret_t->charged_day = (int32_t)(at_s / CIVIL_DAY_S);
	ret_t->calendar = *calendar;
	ret_t->thresholds = *thresholds;
	ret_t->prices = *prices;
	tariff_refresh(ret_t);
	return 0;
}

int tariff_new_meter(struct tariff *t, int64_t total_wh)
{
	int64_t start_wh;

	if (total_wh < 0 || total_wh > TARIFF_WH_MAX)
		return -EINVAL;
	start_wh = t->start_wh + (total_wh - t->upto_wh);
	if (start_wh < -TARIFF_WH_MAX || start_wh > TARIFF_WH_MAX)
		return -EINVAL;
	t->start_wh = start_wh;
	t->upto_wh = total_wh;
	return 0;
}

void tariff_reset_blocks(struct tariff *t)
{
	memset(t->counter_wh, 0, sizeof(t->counter_wh));
}

void tariff_close(const struct tariff *t, unsigned int reasons,
		  struct tariff_entry *ret_entry)
{
	memset(ret_entry, 0, sizeof(*ret_entry));
	ret_entry->at_s = t->upto_s;
	ret_entry->total_wh = t->upto_wh;
	ret_entry->start_wh = t->start_wh;
	memcpy(ret_entry->cell_wh, t->cell_wh, sizeof(t->cell_wh));
	memcpy(ret_entry->counter_wh, t->counter_wh, sizeof(t->counter_wh));
	ret_entry->cost_up = t->cost_up;
	ret_entry->standing_up = t->standing_up;
	ret_entry->estimated_wh = t->estimated_wh;
	ret_entry->fallback_wh = t->fallback_wh;
	ret_entry->reasons = (uint8_t)reasons;
}

unsigned int tariff_cell(const struct tariff *t)
{
	uint8_t action = calendar_action(&t->calendar, t->upto_s);
	int64_t room;

	if (!is_block(action))
		return plain_cell(action);
	return TARIFF_CELL(action - ACTION_BLOCK,
			   tariff_block(t, action - ACTION_BLOCK, &room));
}

int32_t tariff_price_mp(const struct tariff *t)
{
	const struct tariff_dynamic_price *slot = dynamic_at(t, t->upto_s);

	return slot ? slot->price_mp : t->prices.cell_mp[tariff_cell(t)];
}
