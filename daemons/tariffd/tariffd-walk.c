// SPDX-License-Identifier: LGPL-2.1-or-later
/* From a state to a reading, and what happens on the way. */
#include <errno.h>
#include <string.h>

#include "tariffd-work.h"

#define ALERT_FUTURE_DATED 0x8f66
#define ENTRIES_MAX 12 /* as many as the billing data log has */

void tariffd_work_init(struct tariffd_work *work,
		       struct tariffd_service *service,
		       struct tariffd_meter *meter, bool record)
{
	memset(work, 0, sizeof(*work));
	work->service = service;
	work->meter = meter;
	work->next = &service->next[meter->index];
	work->record = record;
}

/* The store's errors are kept; what comes after the first is not done. */
void tariffd_keep_error(struct tariffd_work *work, int r)
{
	if (!work->error)
		work->error = r;
}

bool tariffd_going(const struct tariffd_work *work)
{
	return work->record && !work->error;
}

/* --- what happens at an instant */

void tariffd_sum_of(const struct tariffd_state *state,
		    struct tariffd_point *ret)
{
	ret->at_s = state->first.upto_s;
	ret->cost_up = state->first.cost_up;
	ret->standing_up = state->first.standing_up;
	ret->entry = 0;
	if (state->second_begun) {
		ret->cost_up += state->second.cost_up;
		ret->standing_up += state->second.standing_up;
	}
}

void tariffd_update_cost(struct tariffd_work *work)
{
	struct tariffd_state *next = work->next;
	int32_t day = next->cost.track[LONDON_DAY].first_day;
	int64_t wh = next->first.upto_wh - next->first.start_wh;
	struct tariffd_point point;
	int64_t up;
	int r;

	if (next->second_begun)
		wh += next->second.upto_wh - next->second.start_wh;
	tariffd_sum_of(next, &point);
	up = point.cost_up + point.standing_up;
	r = cost_update(&next->cost, point.at_s, wh, up);
	/* The clock was put back, or amounts beyond all bounds. */
	if (r)
		r = cost_begin(&next->cost, point.at_s, wh, up);
	if (r || day != next->cost.track[LONDON_DAY].first_day)
		work->parts |= TARIFFD_PAST;
}

/* More than the log holds nobody would see: the oldest goes as it is. */
static int limit_entries(struct tariffd_work *work)
{
	struct tariff_entry first, second;
	bool has_second;
	uint64_t id;
	int r;

	r = tariffd_count_entries(work->service, work->meter);
	if (r <= ENTRIES_MAX)
		return r < 0 ? r : 0;
	r = tariffd_get_entry(work->service, work->meter, 0, &id, &first,
			      &second, &has_second);
	if (!r)
		r = tariffd_record_billing(work->service, work->meter, id,
					   &first, has_second ? &second : NULL,
					   NULL);
	return r ? r : tariffd_drop_entry(work->service, id);
}

/* An entry becomes a row, with the point of its instant. */
static int add_entry(struct tariffd_work *work,
		     const struct tariff_entry *first,
		     const struct tariff_entry *second)
{
	struct tariffd_point point = {
		.at_s = first->at_s,
		.cost_up = first->cost_up + (second ? second->cost_up : 0),
		.standing_up =
			first->standing_up + (second ? second->standing_up : 0),
	};
	int r;

	r = tariffd_add_entry(work->service, work->meter, first, second,
			      &point.entry);
	if (!r)
		r = tariffd_add_point(work->service, work->meter, &point);
	return r ? r : limit_entries(work);
}

static int record_changes(struct tariffd_work *work, unsigned int reasons,
			  int64_t at_s)
{
	static const struct {
		unsigned int bit;
		const char *text;
	} changes[] = {
		{ TARIFF_CALENDAR, "a new switching table is in force" },
		{ TARIFF_THRESHOLDS, "new block thresholds are in force" },
		{ TARIFF_PRICES, "new prices are in force" },
	};
	int r = 0;

	for (size_t n = 0; n < ARRAY_SIZE(changes) && !r; n++)
		if (reasons & changes[n].bit)
			r = tariffd_record(work->service, work->meter, at_s,
					   ALERT_FUTURE_DATED, changes[n].text);
	return r;
}

/* An element closed: with the other one as it is at that instant. */
static void close_both(struct tariffd_work *work, struct tariff_walk walk[2])
{
	struct tariffd_state *next = work->next;
	unsigned int reasons = 0;
	int r;

	for (int n = 0; n < 1 + next->second_begun; n++) {
		if (!walk[n].closed)
			tariff_close(n ? &next->second : &next->first, 0,
				     &walk[n].entry);
		reasons |= walk[n].entry.reasons;
	}
	r = add_entry(work, &walk[0].entry,
		      next->second_begun ? &walk[1].entry : NULL);
	if (!r)
		r = record_changes(work, reasons, walk[0].entry.at_s);
	tariffd_keep_error(work, r);
}

static void boundary(struct tariffd_work *work)
{
	struct tariffd_point point;
	int r;

	tariffd_update_cost(work);
	if (!tariffd_going(work))
		return;
	tariffd_sum_of(work->next, &point);
	r = tariffd_add_point(work->service, work->meter, &point);
	if (!r && point.at_s % CIVIL_DAY_S == 0) {
		r = tariffd_record_daily(work->service, work->meter, work->next,
					 point.at_s);
		if (!r)
			r = tariffd_prune_points(work->service,
						 point.at_s - TARIFFD_POINTS_S);
	}
	tariffd_keep_error(work, r);
}

/* --- to a reading */

static bool new_tables(const struct tariff_walk *walk)
{
	return walk->events & (TARIFF_NEW_CALENDAR | TARIFF_NEW_THRESHOLDS |
			       TARIFF_NEW_PRICES);
}

/* Both elements side by side, from instant to instant. */
static void walk_all(struct tariffd_work *work, struct tariff_walk walk[2])
{
	struct tariffd_state *next = work->next;
	bool second = next->second_begun, more;

	for (;;) {
		int64_t from_s = next->first.upto_s;
		int64_t at_s = tariff_walk_next(&next->first, &walk[0]);

		if (second && tariff_walk_next(&next->second, &walk[1]) < at_s)
			at_s = tariff_walk_next(&next->second, &walk[1]);
		more = tariff_walk(&next->first, &walk[0], at_s);
		if (second)
			more |= tariff_walk(&next->second, &walk[1], at_s);
		if (!more)
			return;
		if (new_tables(&walk[0]))
			work->parts |= TARIFFD_TABLES_1;
		if (second && new_tables(&walk[1]))
			work->parts |= TARIFFD_TABLES_2;
		if (tariffd_going(work) &&
		    (walk[0].closed || (second && walk[1].closed)))
			close_both(work, walk);
		if (at_s > from_s && at_s % CIVIL_SLOT_S == 0)
			boundary(work);
	}
}

static int begin_walks(struct tariffd_work *work,
		       const struct tariffd_reading *reading,
		       struct tariff_walk walk[2], struct gas_energy *ret_gas)
{
	struct tariffd_state *next = work->next;
	int64_t total = reading->value, second = reading->second_wh;
	int r = 0;

	if (work->meter->gas) {
		*ret_gas = next->gas;
		r = gas_advance(ret_gas, reading->value);
		total = ret_gas->wh;
	}
	if (!r)
		r = tariff_walk_begin(&next->first, reading->at_s, total,
				      &walk[0]);
	if (r || !next->second_begun)
		return r;
	/* Its register may be missing for a while. */
	if (second < 0)
		second = next->second.upto_wh;
	return tariff_walk_begin(&next->second, reading->at_s, second,
				 &walk[1]);
}

/* Who has set nothing has one register at no price. */
static int begin_tariff(struct tariff *ret, enum tariff_commodity commodity,
			int64_t at_s, int64_t total_wh)
{
	struct tariff_calendar c = {
		.commodity = (uint8_t)commodity,
		.days = 1,
		.weeks = 1,
		.seasons = 1,
		.season_start = { { DATE_ANY_YEAR, 1, 1, DATE_ANY } },
	};
	struct tariff_thresholds x;
	struct tariff_prices p = { 0 };

	memset(c.action[0],
	       commodity == TARIFF_SECOND ? ACTION_SECOND : ACTION_TOU,
	       sizeof(c.action[0]));
	for (unsigned int row = 0; row < TARIFF_ROWS; row++)
		for (unsigned int n = 0; n < TARIFF_BLOCKS - 1; n++)
			x.wh[row][n] = TARIFF_NO_THRESHOLD;
	return tariff_start(ret, at_s, total_wh, &c, &x, &p, NULL);
}

static int begin_meter(struct tariffd_work *work,
		       const struct tariffd_reading *reading)
{
	struct tariffd_state *next = work->next;
	int64_t total = reading->value;
	int r = 0;

	memset(next, 0, sizeof(*next));
	if (work->meter->gas) {
		r = gas_begin(&next->gas, reading->value);
		total = 0;
	}
	if (!r)
		r = begin_tariff(&next->first,
				 work->meter->gas ? TARIFF_GAS :
						    TARIFF_ELECTRICITY,
				 reading->at_s, total);
	if (r)
		return r;
	next->begun = true;
	work->parts = TARIFFD_ALL;
	tariffd_update_cost(work);
	if (tariffd_going(work))
		tariffd_keep_error(
			work, tariffd_record(work->service, work->meter,
					     reading->at_s, 0,
					     "a tariff begins at the first "
					     "register seen"));
	return 0;
}

static void begin_second(struct tariffd_work *work, int64_t second_wh)
{
	struct tariffd_state *next = work->next;

	if (next->second_begun || second_wh < 0 || work->meter->gas)
		return;
	if (begin_tariff(&next->second, TARIFF_SECOND, next->first.upto_s,
			 second_wh))
		return;
	next->second.charged_day = next->first.charged_day;
	next->second_begun = true;
	work->parts |= TARIFFD_TABLES_2;
}

int tariffd_walk_to(struct tariffd_work *work,
		    const struct tariffd_reading *reading)
{
	struct tariffd_state *next = work->next;
	struct tariff_walk walk[2];
	struct gas_energy gas = next->gas;
	int r;

	if (!next->begun) {
		r = begin_meter(work, reading);
	} else {
		r = begin_walks(work, reading, walk, &gas);
		if (!r) {
			next->gas = gas;
			walk_all(work, walk);
			tariffd_update_cost(work);
		}
	}
	if (!r)
		begin_second(work, reading->second_wh);
	return r;
}

int tariffd_close_now(struct tariffd_work *work, unsigned int reasons)
{
	struct tariffd_state *next = work->next;
	struct tariff_entry first, second;

	tariff_close(&next->first, reasons, &first);
	if (next->second_begun)
		tariff_close(&next->second, reasons, &second);
	return add_entry(work, &first, next->second_begun ? &second : NULL);
}
