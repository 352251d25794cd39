// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tariff-rate.h"

#include <errno.h>
#include <string.h>

#define UP_A_MP 1000

/* Twice the speed where the machine has it; the same numbers everywhere. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

static bool has_action(const struct tariff_calendar *c, unsigned int action)
{
	for (unsigned int d = 0; d < c->days; d++)
		for (unsigned int slot = 0; slot < CIVIL_SLOTS; slot++)
			if (c->action[d][slot] == action)
				return true;
	return false;
}

int tariff_rates_compile(const struct tariff_calendar *c, int32_t first_day,
			 unsigned int days, struct tariff_rates *ret)
{
	if (first_day < CIVIL_MIN_S / CIVIL_DAY_S || days > RATES_DAYS ||
	    first_day + (int64_t)days > CIVIL_END_S / CIVIL_DAY_S)
		return -ERANGE;
	memset(ret, 0, sizeof(*ret));
	ret->first_day = first_day;
	ret->days = days;
	for (unsigned int d = 0; d < c->days; d++) {
		unsigned int run = 0;

		for (unsigned int slot = 0; slot < CIVIL_SLOTS; slot++) {
			uint8_t action = c->action[d][slot];

			if (slot && action != c->action[d][slot - 1])
				run++;
			if (!slot || action != c->action[d][slot - 1])
				ret->run[d][run].begin = (uint8_t)slot;
			ret->run[d][run].action = action;
			ret->run[d][run].end = (uint8_t)(slot + 1);
			ret->run_at[d][slot] = (uint8_t)run;
		}
	}
	for (unsigned int row = 0; row < TARIFF_ROWS; row++)
		if (has_action(c, ACTION_BLOCK + row))
			ret->row[ret->rows++] = (uint8_t)row;
	for (unsigned int n = 0; n < days; n++)
		ret->profile[n] =
			(uint8_t)calendar_profile(c, first_day + (int32_t)n);
	return 0;
}

/* All n differences or'ed: their sign, and whether they are small. */
WIDE static uint64_t all_steps(const int64_t *register_wh, size_t n)
{
	uint64_t bits = 0;

	for (size_t k = 0; k < n; k++)
		bits |= (uint64_t)register_wh[k + 1] - (uint64_t)register_wh[k];
	return bits;
}

/* The sum of Wh times price, of steps below 2^31. */
WIDE static int64_t small_cost(const int64_t *register_wh,
			       const int32_t *price_mp, size_t n,
			       uint64_t *ret_bits)
{
	uint64_t bits = 0, sum = 0;

	for (size_t k = 0; k < n; k++) {
		uint64_t wh =
			(uint64_t)register_wh[k + 1] - (uint64_t)register_wh[k];

		bits |= wh;
		sum += (uint64_t)((int64_t)(int32_t)wh * price_mp[k]);
	}
	*ret_bits = bits;
	return (int64_t)sum;
}

static int64_t large_cost(const int64_t *register_wh, const int32_t *price_mp,
			  size_t n)
{
	int64_t sum = 0;

	for (size_t k = 0; k < n; k++)
		sum += (register_wh[k + 1] - register_wh[k]) * price_mp[k];
	return sum;
}

/* --- runs, and rows of blocks */

/*
 * Which block a Wh of a row is in depends on how many of the row came before
 * it since the reset, not on when: the Wh of a row from reset to reset are
 * split at once.
 */
struct sums {
	size_t at; /* half hours done */
	uint32_t day, slot;
	int64_t wh[UINT8_MAX + 1]; /* by action, not placed yet */
};

/* A whole day, from its first boundary. */
static void sum_day(const struct tariff_rates *rates, unsigned int profile,
		    const int64_t *register_wh, int64_t *wh)
{
	const struct rates_run *run = rates->run[profile];
	unsigned int runs = rates->run_at[profile][CIVIL_SLOTS - 1] + 1U;

	for (unsigned int n = 0; n < runs; n++)
		wh[run[n].action] +=
			register_wh[run[n].end] - register_wh[run[n].begin];
}

/* A part of one. */
static void sum_slots(const struct tariff_rates *rates, unsigned int profile,
		      const int64_t *register_wh, uint32_t from, uint32_t to,
		      int64_t *wh)
{
	for (uint32_t first = from; from < to;) {
		const struct rates_run *run =
			&rates->run[profile][rates->run_at[profile][from]];
		uint32_t end = run->end < to ? run->end : to;

		wh[run->action] +=
			register_wh[end - first] - register_wh[from - first];
		from = end;
	}
}

/* Up to a half hour. */
static void sum_runs(const struct tariff_rates *rates,
		     const int64_t *register_wh, size_t until,
		     struct sums *sums)
{
	while (sums->at < until) {
		const int64_t *from = register_wh + sums->at;
		unsigned int profile = rates->profile[sums->day];
		size_t left = until - sums->at;
		uint32_t end = left < CIVIL_SLOTS - sums->slot ?
				       sums->slot + (uint32_t)left :
				       CIVIL_SLOTS;

		if (end - sums->slot == CIVIL_SLOTS)
			sum_day(rates, profile, from, sums->wh);
		else
			sum_slots(rates, profile, from, sums->slot, end,
				  sums->wh);
		sums->at += end - sums->slot;
		sums->slot = end % CIVIL_SLOTS;
		sums->day += end == CIVIL_SLOTS;
	}
}

/* Each block has what it overlaps of the row's Wh. */
static void split_row(struct tariff *t, unsigned int row, int64_t wh)
{
	const int64_t *threshold = t->thresholds.wh[row];
	int64_t *counter = t->counter_wh[row];
	int64_t used = counter[0] + counter[1] + counter[2] + counter[3];
	int64_t end = used + wh, from = 0;

	for (unsigned int n = 0; n < TARIFF_BLOCKS; n++) {
		int64_t to = n < TARIFF_BLOCKS - 1 ? threshold[n] : INT64_MAX;
		int64_t more =
			(end < to ? end : to) - (used > from ? used : from);

		more = more > 0 ? more : 0;
		counter[n] += more;
		t->cell_wh[TARIFF_CELL(row, n)] += more;
		if (to == INT64_MAX)
			break;
		from = to;
	}
}

static void split_rows(struct tariff *t, const struct tariff_rates *rates,
		       struct sums *sums)
{
	for (unsigned int n = 0; n < rates->rows; n++) {
		unsigned int row = rates->row[n];

		split_row(t, row, sums->wh[ACTION_BLOCK + row]);
		sums->wh[ACTION_BLOCK + row] = 0;
	}
}

static void reset_others(struct tariff *t, const struct tariff_rates *rates)
{
	int64_t kept[TARIFF_ROWS][TARIFF_BLOCKS];

	memcpy(kept, t->counter_wh, sizeof(kept));
	tariff_reset_blocks(t);
	for (unsigned int n = 0; n < rates->rows; n++)
		memcpy(t->counter_wh[rates->row[n]], kept[rates->row[n]],
		       sizeof(kept[0]));
}

static void reset_rows(struct tariff *t, const struct tariff_rates *rates)
{
	for (unsigned int n = 0; n < rates->rows; n++)
		memset(t->counter_wh[rates->row[n]], 0,
		       sizeof(t->counter_wh[0]));
}

/* From reset to reset. */
static void rate_all(struct tariff *t, const struct tariff_rates *rates,
		     const int64_t *register_wh, size_t n)
{
	int64_t from_s = t->upto_s, end_s = from_s + (int64_t)n * CIVIL_SLOT_S;
	int64_t slot = from_s / CIVIL_SLOT_S, reset_s = t->next_reset_s;
	struct sums sums = {
		.day = (uint32_t)(slot / CIVIL_SLOTS - rates->first_day),
		.slot = (uint32_t)(slot % CIVIL_SLOTS),
	};

	/* Rows that the calendar does not have begin anew with the first. */
	if (reset_s <= end_s)
		reset_others(t, rates);
	while (reset_s <= end_s) {
		sum_runs(rates, register_wh,
			 (size_t)((reset_s - from_s) / CIVIL_SLOT_S), &sums);
		split_rows(t, rates, &sums);
		reset_rows(t, rates);
		reset_s = t->reset.repeat == REPEAT_DAILY ?
				  reset_s + CIVIL_DAY_S :
				  tariff_period_next(&t->reset, reset_s);
	}
	sum_runs(rates, register_wh, n, &sums);
	split_rows(t, rates, &sums);
	for (unsigned int k = 0; k < ACTION_TOUS; k++)
		t->cell_wh[k] += sums.wh[ACTION_TOU + k];
	for (unsigned int k = 0; k < ACTION_SECONDS; k++)
		t->cell_wh[k] += sums.wh[ACTION_SECOND + k];
}

/* --- checks, and the whole */

static bool pending_by(int64_t at_s, int64_t end_s)
{
	return at_s && at_s <= end_s;
}

static int check(const struct tariff *t, const struct tariff_rates *rates,
		 const int64_t *register_wh, size_t n)
{
	int64_t slot = t->upto_s / CIVIL_SLOT_S;
	int64_t first = (int64_t)rates->first_day * CIVIL_SLOTS;
	int64_t end_s;

	if (t->upto_s % CIVIL_SLOT_S || register_wh[0] != t->upto_wh)
		return -EINVAL;
	if (slot < first || n > RATES_DAYS * CIVIL_SLOTS ||
	    slot + (int64_t)n > first + (int64_t)rates->days * CIVIL_SLOTS)
		return -ERANGE;
	end_s = t->upto_s + (int64_t)n * CIVIL_SLOT_S;
	if (pending_by(t->pending.calendar_at_s, end_s) ||
	    pending_by(t->pending.thresholds_at_s, end_s) ||
	    pending_by(t->pending.prices_at_s, end_s))
		return -EBUSY;
	return tariff_may_advance(t, end_s, register_wh[n]);
}

static int64_t matrix_cost(const struct tariff *t,
			   const int64_t before_wh[TARIFF_CELLS])
{
	int64_t sum = 0;

	for (unsigned int n = 0; n < TARIFF_CELLS; n++)
		sum += (t->cell_wh[n] - before_wh[n]) * t->prices.cell_mp[n];
	return sum;
}

static void charge_days(struct tariff *t)
{
	int32_t day = civil_utc_day(t->upto_s);

	if (day <= t->charged_day)
		return;
	t->standing_up += (int64_t)(day - t->charged_day) *
			  t->prices.standing_mp * UP_A_MP;
	t->charged_day = day;
}

int tariff_rate_profile(struct tariff *t, const struct tariff_rates *rates,
			const int64_t *register_wh, size_t n,
			const int32_t *price_mp, struct tariff_step *ret_step)
{
	int64_t before_wh[TARIFF_CELLS], cost_up = 0;
	int64_t standing_up = t->standing_up;
	int r = check(t, rates, register_wh, n);
	uint64_t bits;

	if (r)
		return r;
	if (price_mp)
		cost_up = small_cost(register_wh, price_mp, n, &bits);
	else
		bits = all_steps(register_wh, n);
	if (bits >> 63)
		return -EINVAL;
	if (price_mp && bits > INT32_MAX)
		cost_up = large_cost(register_wh, price_mp, n);
	memcpy(before_wh, t->cell_wh, sizeof(before_wh));
	rate_all(t, rates, register_wh, n);
	if (!price_mp)
		cost_up = matrix_cost(t, before_wh);
	ret_step->flags = 0;
	ret_step->wh = register_wh[n] - t->upto_wh;
	t->upto_wh = register_wh[n];
	t->upto_s += (int64_t)n * CIVIL_SLOT_S;
	t->cost_up += cost_up;
	charge_days(t);
	tariff_refresh(t);
	ret_step->cost_up = cost_up;
	ret_step->standing_up = t->standing_up - standing_up;
	return 0;
}
