// SPDX-License-Identifier: LGPL-2.1-or-later
/* Registers become cells and cost, and go to disk with them. */
#include "tariffd-service.h"

#include <errno.h>
#include <inttypes.h>
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
static void keep_error(struct tariffd_work *work, int r)
{
	if (!work->error)
		work->error = r;
}

static bool going(const struct tariffd_work *work)
{
	return work->record && !work->error;
}

/* --- what happens at an instant */

static void sum_of(const struct tariffd_state *state, struct tariffd_point *ret)
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

static void update_cost(struct tariffd_work *work)
{
	struct tariffd_state *next = work->next;
	int32_t day = next->cost.track[LONDON_DAY].first_day;
	int64_t wh = next->first.upto_wh - next->first.start_wh;
	struct tariffd_point point;
	int64_t up;
	int r;

	if (next->second_begun)
		wh += next->second.upto_wh - next->second.start_wh;
	sum_of(next, &point);
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
	keep_error(work, r);
}

static void boundary(struct tariffd_work *work)
{
	struct tariffd_point point;
	int r;

	update_cost(work);
	if (!going(work))
		return;
	sum_of(work->next, &point);
	r = tariffd_add_point(work->service, work->meter, &point);
	if (!r && point.at_s % CIVIL_DAY_S == 0) {
		r = tariffd_record_daily(work->service, work->meter, work->next,
					 point.at_s);
		if (!r)
			r = tariffd_prune_points(work->service,
						 point.at_s - TARIFFD_POINTS_S);
	}
	keep_error(work, r);
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
		if (going(work) &&
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
	update_cost(work);
	if (going(work))
		keep_error(work, tariffd_record(work->service, work->meter,
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
			update_cost(work);
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

/* --- registers and clocks that go back */

/* The element whose register does not fit has another; nothing was consumed. */
static int new_registers(struct tariffd_work *work,
			 const struct tariffd_reading *reading)
{
	struct tariffd_state *next = work->next;
	int r = 0;

	if (work->meter->gas)
		return gas_new_meter(&next->gas, reading->value);
	if (tariff_may_advance(&next->first, reading->at_s, reading->value))
		r = tariff_new_meter(&next->first, reading->value);
	if (!r && next->second_begun && reading->second_wh >= 0 &&
	    tariff_may_advance(&next->second, reading->at_s,
			       reading->second_wh))
		r = tariff_new_meter(&next->second, reading->second_wh);
	return r;
}

/* A register that fell, or leapt: another meter's. */
static int take_new_meter(struct tariffd_work *work,
			  const struct tariffd_reading *reading)
{
	struct tariffd_state *next = work->next;
	char text[LOG_TEXT_MAX + 1];
	int64_t old = work->meter->gas ? next->gas.upto_dm3 :
					 next->first.upto_wh;
	int r = new_registers(work, reading);

	if (r)
		return r;
	snprintf(text, sizeof(text),
		 "the register was %" PRId64 " and is %" PRId64
		 ": taken as another meter's",
		 old, reading->value);
	if (going(work))
		keep_error(work, tariffd_record(work->service, work->meter,
						reading->at_s, 0, text));
	return tariffd_walk_to(work, reading);
}

/* A reading that counts: of a boundary, or of one that was missed. */
static int take(struct tariffd_work *work,
		const struct tariffd_reading *reading)
{
	int r;

	if (reading->at_s < CIVIL_MIN_S || reading->at_s >= CIVIL_END_S)
		return -ERANGE;
	r = tariffd_walk_to(work, reading);
	if (r && work->next->begun)
		r = take_new_meter(work, reading);
	return r;
}

/* The clock was far ahead. Energy up to now stays where it was counted. */
static int follow_clock(struct tariffd_work *work,
			const struct tariffd_reading *now)
{
	struct tariffd_state *next = work->next;
	int r = take(work, now);

	if (!r)
		r = tariff_set_clock(&next->first, now->at_s);
	if (!r && next->second_begun)
		r = tariff_set_clock(&next->second, now->at_s);
	if (r)
		return r;
	update_cost(work);
	if (!going(work))
		return 0;
	r = tariffd_drop_points(work->service, work->meter, now->at_s);
	if (!r)
		r = tariffd_record(work->service, work->meter, now->at_s, 0,
				   "the clock was put back, and the tariff's "
				   "time with it");
	keep_error(work, r);
	return 0;
}

/* --- a step of all meters */

static bool missed(const struct tariffd_state *state,
		   const struct tariffd_input *input)
{
	int64_t next_s =
		(state->first.upto_s / CIVIL_SLOT_S + 1) * CIVIL_SLOT_S;

	return !input->wait && input->now.at_s >= next_s + TARIFFD_LATE_S;
}

static bool is_behind(const struct tariffd_state *state, int64_t now_s)
{
	return now_s && state->begun &&
	       now_s + TARIFFD_BEHIND_S < state->first.upto_s;
}

/* Returns whether there is something to keep. */
static bool step_meter(struct tariffd_work *work,
		       const struct tariffd_input *input)
{
	struct tariffd_meter *meter = work->meter;
	struct tariffd_state *next = work->next;
	const struct tariffd_reading *now = &input->now;
	bool keep = false, behind = is_behind(&meter->stored, now->at_s);

	*next = meter->stored;
	for (size_t n = 0; n < input->n && next->begun && !work->error; n++) {
		const struct tariffd_reading *latch = &input->latch[n];

		if (latch->at_s <= next->first.upto_s)
			continue;
		if (!take(work, latch))
			keep = true;
	}
	if (!now->at_s || work->error)
		return keep;
	if (next->begun && now->at_s < next->first.upto_s - TARIFFD_BACK_S)
		return !follow_clock(work, now) || keep;
	if (!next->begun || missed(next, input))
		keep = !take(work, now) || keep;
	if (behind && !meter->behind && going(work)) {
		keep_error(work,
			   tariffd_record(work->service, meter, now->at_s, 0,
					  "the clock was put back: waiting "
					  "until it is where it was"));
		keep = true;
	}
	return keep;
}

void tariffd_refresh_live(struct tariffd_service *service,
			  struct tariffd_meter *meter)
{
	struct tariffd_work work;

	tariffd_work_init(&work, service, meter, false);
	*work.next = meter->stored;
	/* One that does not fit is settled at the next boundary. */
	if (work.next->begun && meter->present.at_s)
		(void)tariffd_walk_to(&work, &meter->present);
	meter->live = *work.next;
}

int tariffd_step(struct tariffd_service *service,
		 const struct tariffd_input input[TARIFFD_METERS])
{
	struct tariffd_work work;
	bool keep[TARIFFD_METERS] = { false }, any = false;
	int r = store_begin(service->store);

	for (unsigned int n = 0; n < TARIFFD_METERS && !r; n++) {
		struct tariffd_meter *meter = &service->meter[n];

		tariffd_work_init(&work, service, meter, true);
		keep[n] = step_meter(&work, &input[n]);
		any |= keep[n];
		r = work.error;
		if (!r && keep[n])
			r = tariffd_write_state(service, meter, work.next,
						work.parts);
	}
	if (!r && any)
		r = store_commit(service->store);
	store_rollback(service->store);
	for (unsigned int n = 0; n < TARIFFD_METERS; n++) {
		struct tariffd_meter *meter = &service->meter[n];

		if (!r && keep[n])
			meter->stored = service->next[n];
		if (!r)
			meter->behind =
				is_behind(&meter->stored, input[n].now.at_s);
		if (input[n].now.at_s)
			meter->present = input[n].now;
		tariffd_refresh_live(service, meter);
	}
	return r;
}

/* --- from the disk */

static int read_epoch(struct tariffd_service *service)
{
	uint8_t octets[4];
	size_t len;
	int r = store_get(service->store, "epoch", octets, sizeof(octets),
			  &len);

	if (!r && len == sizeof(octets)) {
		service->epoch = (uint32_t)octets[0] << 24 |
				 (uint32_t)octets[1] << 16 |
				 (uint32_t)octets[2] << 8 | octets[3];
		return 0;
	}
	service->epoch = (uint32_t)strtoul(store_id(service->store), NULL, 16);
	return r == -ENOENT ? 0 : r;
}

/* Whoever has counted on will see that the counters are others. */
static int begin_anew(struct tariffd_service *service,
		      struct tariffd_meter *meter, int64_t at_s)
{
	uint8_t octets[4];
	int r = store_begin(service->store);

	if (r)
		return r;
	service->epoch++;
	for (int n = 0; n < 4; n++)
		octets[n] = (uint8_t)(service->epoch >> (24 - 8 * n));
	r = tariffd_forget(service, meter);
	if (!r)
		r = store_put(service->store, "epoch", octets, sizeof(octets));
	if (!r)
		r = tariffd_record(service, meter, at_s, 0,
				   "what was stored cannot be read: the tariff "
				   "begins anew");
	if (!r)
		return store_commit(service->store);
	store_rollback(service->store);
	return r;
}

int tariffd_load(struct tariffd_service *service, struct store *store,
		 enum store_found found, uint64_t now_us)
{
	static const struct {
		const char *name;
		bool gas;
	} meters[TARIFFD_METERS] = { { "electricity0", false },
				     { "gas0", true } };
	int64_t now_s = (int64_t)(now_us / USEC_PER_SEC);
	int r;

	memset(service, 0, sizeof(*service));
	service->store = store;
	r = read_epoch(service);
	for (unsigned int n = 0; n < TARIFFD_METERS && !r; n++) {
		struct tariffd_meter *meter = &service->meter[n];
		const char *why = NULL;

		meter->name = meters[n].name;
		meter->gas = meters[n].gas;
		meter->index = n;
		if (found == STORE_SET_ASIDE)
			r = tariffd_record(service, meter, now_s, 0,
					   "the database was damaged: the "
					   "tariff begins anew");
		if (!r)
			r = tariffd_read_state(service, meter, &meter->stored,
					       &why);
		if (r == -EBADMSG) {
			log_error("%s: %s", meter->name, why);
			memset(&meter->stored, 0, sizeof(meter->stored));
			r = begin_anew(service, meter, now_s);
		}
		meter->live = meter->stored;
	}
	return r;
}

struct tariffd_meter *tariffd_meter(struct tariffd_service *service,
				    const char *name)
{
	for (unsigned int n = 0; n < TARIFFD_METERS; n++)
		if (!strcmp(service->meter[n].name, name))
			return &service->meter[n];
	return NULL;
}

int tariffd_present(const struct tariffd_meter *meter,
		    struct tariffd_point *ret)
{
	if (!meter->live.begun)
		return -ENODATA;
	sum_of(&meter->live, ret);
	return 0;
}
