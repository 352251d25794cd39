// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is set. Each command goes to the present register first. */
#include <errno.h>
#include <string.h>

#include "tariffd-work.h"

static int begin(struct tariffd_work *work, struct tariffd_service *service,
		 struct tariffd_meter *meter)
{
	int r;

	if (!meter->stored.begun)
		return -EPERM;
	tariffd_work_init(work, service, meter, true);
	*work->next = meter->stored;
	r = store_begin(service->store);
	if (r)
		return r;
	/* A reading that does not fit waits for its boundary. */
	if (meter->present.at_s)
		(void)tariffd_walk_to(work, &meter->present);
	return 0;
}

/* With what the command itself came to. */
static int end(struct tariffd_work *work, int r, unsigned int parts)
{
	struct tariffd_service *service = work->service;
	struct tariffd_meter *meter = work->meter;

	if (!r)
		r = work->error;
	if (!r)
		r = tariffd_write_state(service, meter, work->next,
					work->parts | parts);
	if (!r)
		r = store_commit(service->store);
	store_rollback(service->store);
	if (!r)
		meter->stored = *work->next;
	tariffd_refresh_live(service, meter);
	return r;
}

static int tell(struct tariffd_work *work, const char *text)
{
	return tariffd_record(work->service, work->meter,
			      work->next->first.upto_s, 0, text);
}

static struct tariff *element_of(struct tariffd_state *state,
				 enum tariffd_element element)
{
	if (element == TARIFFD_PRIMARY)
		return &state->first;
	return element == TARIFFD_SECONDARY && state->second_begun ?
		       &state->second :
		       NULL;
}

static unsigned int tables_of(enum tariffd_element element)
{
	return element == TARIFFD_PRIMARY ? TARIFFD_TABLES_1 : TARIFFD_TABLES_2;
}

/* --- tables */

static int check_tables(const struct tariff *t,
			const struct tariffd_tables *tables, int64_t at_s,
			const char **ret_why)
{
	/* What would be refused is refused before anything is closed. */
	static struct tariff copy;
	int r = 0;

	copy = *t;
	if (tables->calendar)
		r = tariff_pend_calendar(&copy, at_s, tables->calendar,
					 ret_why);
	if (r >= 0 && tables->thresholds)
		r = tariff_pend_thresholds(&copy, at_s, tables->thresholds,
					   ret_why);
	if (r >= 0 && tables->prices)
		r = tariff_pend_prices(&copy, at_s, tables->prices, ret_why);
	return r < 0 ? r : 0;
}

static unsigned int reasons_of(const struct tariffd_tables *tables)
{
	return (tables->calendar ? TARIFF_CALENDAR : 0U) |
	       (tables->thresholds ? TARIFF_THRESHOLDS : 0U) |
	       (tables->prices ? TARIFF_PRICES : 0U);
}

static void pend(struct tariff *t, const struct tariffd_tables *tables,
		 int64_t at_s)
{
	if (tables->calendar)
		(void)tariff_pend_calendar(t, at_s, tables->calendar, NULL);
	if (tables->thresholds)
		(void)tariff_pend_thresholds(t, at_s, tables->thresholds, NULL);
	if (tables->prices)
		(void)tariff_pend_prices(t, at_s, tables->prices, NULL);
}

int tariffd_set_tables(struct tariffd_service *service,
		       struct tariffd_meter *meter,
		       enum tariffd_element element, int64_t at_s,
		       const struct tariffd_tables *tables,
		       const char **ret_why)
{
	unsigned int reasons = reasons_of(tables);
	struct tariffd_work work;
	struct tariff *t;
	int r;

	if (!reasons) {
		*ret_why = "nothing is to be set";
		return -EINVAL;
	}
	r = begin(&work, service, meter);
	if (r)
		return r;
	t = element_of(work.next, element);
	if (!t)
		r = -ENOENT;
	if (!r)
		r = check_tables(t, tables, at_s, ret_why);
	if (!r && at_s <= t->upto_s) {
		r = tariffd_close_now(&work, reasons);
		if (!r)
			r = tell(&work, "a tariff was set, and is in force");
	} else if (!r) {
		r = tell(&work, "a tariff was set for a time to come");
	}
	if (!r)
		pend(t, tables, at_s);
	return end(&work, r, tables_of(element));
}

int tariffd_cancel(struct tariffd_service *service, struct tariffd_meter *meter,
		   enum tariffd_element element, unsigned int what,
		   unsigned int *ret_cancelled)
{
	struct tariffd_work work;
	unsigned int cancelled = 0;
	struct tariff *t;
	int r = begin(&work, service, meter);

	if (r)
		return r;
	t = element_of(work.next, element);
	if (!t)
		r = -ENOENT;
	else
		cancelled = tariff_cancel(t, what);
	if (!r && cancelled)
		r = tell(&work, "a tariff set for a time to come was "
				"cancelled");
	r = end(&work, r, tables_of(element));
	if (!r)
		*ret_cancelled = cancelled;
	return r;
}

/* --- half hours */

int tariffd_set_half_hours(struct tariffd_service *service,
			   struct tariffd_meter *meter, int64_t from_s,
			   const int32_t *price_mp, size_t n)
{
	struct tariffd_work work;
	int r;

	if (!n || n > TARIFF_DYNAMIC_SLOTS)
		return -EINVAL;
	r = begin(&work, service, meter);
	if (r)
		return r;
	for (size_t k = 0; k < n && !r; k++)
		r = tariff_set_dynamic(&work.next->first,
				       from_s + (int64_t)k * CIVIL_SLOT_S,
				       price_mp[k]);
	return end(&work, r, TARIFFD_SLOTS);
}

int tariffd_use_half_hours(struct tariffd_service *service,
			   struct tariffd_meter *meter, bool on)
{
	struct tariffd_work work;
	int r = begin(&work, service, meter);

	if (r)
		return r;
	if (work.next->first.dynamic != on) {
		r = tariffd_close_now(&work, TARIFF_PRICES);
		if (!r)
			r = tell(&work, on ? "half-hourly prices are in force" :
					     "half-hourly prices are no longer "
					     "in force");
		tariff_use_dynamic(&work.next->first, on);
	}
	return end(&work, r, TARIFFD_TABLES_1);
}

/* --- periods */

int tariffd_set_billing(struct tariffd_service *service,
			struct tariffd_meter *meter,
			const struct tariff_period *period,
			const char **ret_why)
{
	struct tariffd_work work;
	int r = begin(&work, service, meter);

	if (r)
		return r;
	r = tariff_set_billing(&work.next->first, period, ret_why);
	return end(&work, r, TARIFFD_TABLES_1);
}

int tariffd_set_reset(struct tariffd_service *service,
		      struct tariffd_meter *meter,
		      const struct tariff_period *period, const char **ret_why)
{
	struct tariffd_work work;
	int r = begin(&work, service, meter);

	if (r)
		return r;
	r = tariff_set_reset(&work.next->first, period, ret_why);
	return end(&work, r, TARIFFD_TABLES_1);
}

int tariffd_reset_blocks(struct tariffd_service *service,
			 struct tariffd_meter *meter)
{
	struct tariffd_work work;
	int r = begin(&work, service, meter);

	if (r)
		return r;
	tariff_reset_blocks(&work.next->first);
	r = tell(&work, "block counters were reset");
	return end(&work, r, 0);
}

int tariffd_close_entry(struct tariffd_service *service,
			struct tariffd_meter *meter)
{
	struct tariffd_work work;
	int r = begin(&work, service, meter);

	if (r)
		return r;
	return end(&work, tariffd_close_now(&work, TARIFF_COMMAND), 0);
}

/* --- gas */

int tariffd_set_gas_values(struct tariffd_service *service,
			   struct tariffd_meter *meter, uint32_t cv_10kj,
			   uint32_t factor_1e5)
{
	struct tariffd_work work;
	int r;

	if (!meter->gas)
		return -ENOENT;
	r = begin(&work, service, meter);
	if (r)
		return r;
	r = gas_set_values(&work.next->gas, cv_10kj, factor_1e5);
	if (!r)
		r = tell(&work, "calorific value and conversion factor were "
				"set");
	return end(&work, r, 0);
}

/* --- the billing data log */

int tariffd_complete(struct tariffd_service *service,
		     struct tariffd_meter *meter, uint64_t entry,
		     const struct tariffd_account *account)
{
	struct tariff_entry first, second;
	uint64_t id, last;
	bool has_second;
	int r;

	if (!entry || entry > INT64_MAX)
		return -ENOENT;
	r = tariffd_get_entry(service, meter, entry, &id, &first, &second,
			      &has_second);
	if (r == -ENOENT) {
		r = tariffd_last_entry(service, &last);
		return r ? r : entry <= last ? 0 : -ENOENT;
	}
	if (r)
		return r;
	r = store_begin(service->store);
	if (r)
		return r;
	r = tariffd_record_billing(service, meter, id, &first,
				   has_second ? &second : NULL, account);
	if (!r)
		r = tariffd_drop_entry(service, id);
	if (!r)
		r = store_commit(service->store);
	store_rollback(service->store);
	return r;
}
