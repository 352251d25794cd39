// SPDX-License-Identifier: LGPL-2.1-or-later
/* Registers become cells and cost, and go to disk with them. */
#include "tariffd-service.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "tariffd-work.h"

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
	if (tariffd_going(work))
		tariffd_keep_error(work,
				   tariffd_record(work->service, work->meter,
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
	tariffd_update_cost(work);
	if (!tariffd_going(work))
		return 0;
	r = tariffd_drop_points(work->service, work->meter, now->at_s);
	if (!r)
		r = tariffd_record(work->service, work->meter, now->at_s, 0,
				   "the clock was put back, and the tariff's "
				   "time with it");
	tariffd_keep_error(work, r);
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

/* The register that a state has come to: Wh, of gas dm3. */
static int64_t come_to(const struct tariffd_work *work)
{
	return work->meter->gas ? work->next->gas.upto_dm3 :
				  work->next->first.upto_wh;
}

/*
 * Of a time before the clock was put back, which is yet to come again: the
 * register was lower then, and it is not now.
 */
static bool is_stale(const struct tariffd_work *work,
		     const struct tariffd_reading *latch,
		     const struct tariffd_reading *now)
{
	return latch->value < come_to(work) &&
	       (!now->at_s || now->value >= come_to(work));
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

		if (latch->at_s <= next->first.upto_s ||
		    is_stale(work, latch, now))
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
	if (behind && !meter->behind && tariffd_going(work)) {
		tariffd_keep_error(
			work, tariffd_record(work->service, meter, now->at_s, 0,
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
	tariffd_sum_of(&meter->live, ret);
	return 0;
}
