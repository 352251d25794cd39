// SPDX-License-Identifier: LGPL-2.1-or-later
/* uk.hearth.Tariff1: what is read, and cost as prepayd takes it. */
#include <errno.h>
#include <string.h>

#include "tariffd-bus.h"

#define POINTS_MAX 2000

static const char *const periods[COST_KINDS] = { "day", "week", "month" };

/* An element's tariff up to now; NULL with the error set. */
static const struct tariff *element_of(struct tariffd_object *object,
				       uint8_t element, sd_bus_error *error)
{
	const struct tariffd_state *live = &object->meter->live;

	if (!live->begun) {
		(void)bus_fail(error, -ENODATA,
			       "no register has been seen yet");
		return NULL;
	}
	if (element == TARIFFD_PRIMARY)
		return &live->first;
	if (element == TARIFFD_SECONDARY && live->second_begun)
		return &live->second;
	(void)bus_fail(error, -ENOENT, "there is no such element");
	return NULL;
}

/* --- cost, for prepayd */

static int append_point(sd_bus_message *reply, const struct tariffd_point *p)
{
	return sd_bus_message_append(reply, "(txxt)", microseconds(p->at_s),
				     p->cost_up, p->standing_up, p->entry);
}

/* Also within a second something may have flowed. */
static bool same(const struct tariffd_point *a, const struct tariffd_point *b)
{
	return a->at_s == b->at_s && a->cost_up == b->cost_up &&
	       a->standing_up == b->standing_up;
}

/* To a limit, but not within an instant: after it the rest would be lost. */
static size_t cut(const struct tariffd_point *point, size_t n, size_t limit)
{
	if (!limit || n <= limit)
		return n;
	while (limit < n && point[limit].at_s == point[limit - 1].at_s)
		limit++;
	return limit;
}

int on_get_charges(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	static struct tariffd_point point[POINTS_MAX];
	struct tariffd_object *object = userdata;
	struct tariffd_service *service = &object->tariffd->service;
	struct tariffd_point present;
	uint64_t after_us;
	uint32_t limit;
	size_t n = 0;
	int r = sd_bus_message_read(message, "tu", &after_us, &limit);

	if (r < 0)
		return r;
	r = tariffd_points(service, object->meter, seconds(after_us), point,
			   POINTS_MAX, &n);
	if (r < 0)
		return tariffd_finish(object, r, NULL, error);
	n = cut(point, n, limit);
	r = sd_bus_message_new_method_return(message, &reply);
	if (r >= 0)
		r = sd_bus_message_append(reply, "u", service->epoch);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(txxt)");
	for (size_t k = 0; r >= 0 && k < n; k++)
		r = append_point(reply, &point[k]);
	if (r >= 0 && !limit && !tariffd_present(object->meter, &present) &&
	    (!n || !same(&present, &point[n - 1])))
		r = append_point(reply, &present);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

int on_complete_entry(sd_bus_message *message, void *userdata,
		      sd_bus_error *error)
{
	struct tariffd_object *object = userdata;
	struct tariffd_account account;
	const int64_t *debts;
	uint64_t entry;
	size_t size;
	int r = bus_require(message, BUS_DAEMON, error);

	if (r >= 0)
		r = sd_bus_message_read(message, "txx", &entry,
					&account.balance_mp,
					&account.emergency_mp);
	if (r >= 0)
		r = sd_bus_message_read_array(message, 'x',
					      (const void **)&debts, &size);
	if (r < 0)
		return r;
	if (size != sizeof(account.debt_mp))
		return bus_fail(error, -EINVAL,
				"debts are four: time 1 and 2, payment, "
				"accumulated");
	memcpy(account.debt_mp, debts, sizeof(account.debt_mp));
	r = tariffd_complete(&object->tariffd->service, object->meter, entry,
			     &account);
	/* The record is on its way to the log with the next cycle. */
	r = tariffd_finish(
		object, r,
		r == -ENOENT ? "there never was such an entry" : NULL, error);
	return r < 0 ? r : sd_bus_reply_method_return(message, "");
}

/* --- reading back */

int on_get_registers(sd_bus_message *message, void *userdata,
		     sd_bus_error *error)
{
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	const struct tariff *t;
	uint8_t element;
	int r = sd_bus_message_read(message, "y", &element);

	if (r < 0)
		return r;
	t = element_of(userdata, element, error);
	if (!t)
		return -ENODATA;
	r = sd_bus_message_new_method_return(message, &reply);
	if (r >= 0)
		r = sd_bus_message_append(reply, "tt", microseconds(t->upto_s),
					  (uint64_t)(t->upto_wh - t->start_wh));
	if (r >= 0)
		r = sd_bus_message_append_array(reply, 't', t->cell_wh,
						(element == TARIFFD_SECONDARY ?
							 ACTION_SECONDS :
							 ACTION_TOUS) *
							sizeof(t->cell_wh[0]));
	if (r >= 0)
		r = tariffd_append_rows(reply, t->cell_wh + ACTION_TOUS, true);
	if (r >= 0)
		r = tariffd_append_rows(reply, t->counter_wh[0], false);
	if (r >= 0)
		r = sd_bus_message_append(reply, "tt",
					  (uint64_t)t->estimated_wh,
					  (uint64_t)t->fallback_wh);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

/* A table in force, or the one that is pending: at 0 there is none. */
static int get_table(sd_bus_message *message, struct tariffd_object *object,
		     enum tariffd_with with, sd_bus_error *error)
{
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	const struct tariff_pending *next;
	const struct tariff *t;
	int64_t at_s = 0;
	uint8_t element;
	int pending, r = sd_bus_message_read(message, "yb", &element, &pending);

	if (r < 0)
		return r;
	t = element_of(object, element, error);
	if (!t)
		return -ENODATA;
	next = &t->pending;
	if (pending) {
		at_s = with == WITH_CALENDAR   ? next->calendar_at_s :
		       with == WITH_THRESHOLDS ? next->thresholds_at_s :
						 next->prices_at_s;
		if (!at_s)
			return bus_fail(error, -ENOENT, "nothing is pending");
	}
	r = sd_bus_message_new_method_return(message, &reply);
	if (r >= 0)
		r = sd_bus_message_append(reply, "t", microseconds(at_s));
	if (r >= 0 && with == WITH_CALENDAR)
		r = tariffd_append_calendar(reply, pending ? &next->calendar :
							     &t->calendar);
	if (r >= 0 && with == WITH_THRESHOLDS)
		r = tariffd_append_thresholds(
			reply, pending ? &next->thresholds : &t->thresholds);
	if (r >= 0 && with == WITH_PRICES)
		r = tariffd_append_prices(reply,
					  pending ? &next->prices : &t->prices);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

int on_get_switching_table(sd_bus_message *message, void *userdata,
			   sd_bus_error *error)
{
	return get_table(message, userdata, WITH_CALENDAR, error);
}

int on_get_thresholds(sd_bus_message *message, void *userdata,
		      sd_bus_error *error)
{
	return get_table(message, userdata, WITH_THRESHOLDS, error);
}

int on_get_prices(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	return get_table(message, userdata, WITH_PRICES, error);
}

/* Those from the present half hour on, in order of time. */
int on_get_half_hours(sd_bus_message *message, void *userdata,
		      sd_bus_error *error)
{
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	const struct tariff *t = element_of(userdata, TARIFFD_PRIMARY, error);
	int64_t from;
	int r;

	if (!t)
		return -ENODATA;
	from = t->upto_s / CIVIL_SLOT_S;
	r = sd_bus_message_new_method_return(message, &reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(ti)");
	for (int64_t k = from; r >= 0 && k < from + TARIFF_DYNAMIC_SLOTS; k++) {
		const struct tariff_dynamic_price *p =
			&t->slot[k % TARIFF_DYNAMIC_SLOTS];

		if (p->start_s == k * CIVIL_SLOT_S)
			r = sd_bus_message_append(reply, "(ti)",
						  microseconds(p->start_s),
						  p->price_mp);
	}
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

int on_get_history(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	struct tariffd_object *object = userdata;
	const struct tariff_cost *cost = &object->meter->live.cost;
	const char *period;
	struct cost_sum sum;
	int kind = 0, r = sd_bus_message_read(message, "s", &period);

	if (r < 0)
		return r;
	while (kind < COST_KINDS && strcmp(periods[kind], period) != 0)
		kind++;
	if (kind == COST_KINDS)
		return bus_fail(error, -EINVAL,
				"periods are day, week and month");
	r = sd_bus_message_new_method_return(message, &reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(tbbxx)");
	for (unsigned int ago = 0;
	     r >= 0 && !cost_get(cost, (enum london_period)kind, ago, &sum);
	     ago++)
		r = tariffd_append_sum(reply, &sum);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}
