// SPDX-License-Identifier: LGPL-2.1-or-later
/* tariffd: the points of what there is to pay for, and billing entries. */
#include "prepayd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TARIFF "uk.hearth.Tariff1"
/* A year of half hours: no answer of a sound tariffd is longer. */
#define CHARGES_MAX 17568

static struct prepayd_object *object_of(struct prepayd *prepayd,
					const char *meter)
{
	for (int n = 0; n < PREPAYD_ACCOUNTS; n++)
		if (!strcmp(prepayd->object[n].account->meter, meter))
			return &prepayd->object[n];
	return NULL;
}

/* Once each time: it is asked every few seconds. */
static int away(struct prepayd_object *object, const char *why)
{
	if (!object->tariffd_away)
		log_warning("%s: tariffd does not answer: %s",
			    object->account->meter, why);
	object->tariffd_away = true;
	return -EHOSTUNREACH;
}

static int add_charge(struct prepayd_charges *charges, size_t *room,
		      const struct prepayd_charge *charge)
{
	struct prepayd_charge *more;

	if (charges->n == CHARGES_MAX)
		return -EMSGSIZE;
	if (charges->n == *room) {
		*room = *room ? 2 * *room : 4;
		more = realloc(charges->charge, *room * sizeof(*more));
		if (!more)
			return -ENOMEM;
		charges->charge = more;
	}
	charges->charge[charges->n++] = *charge;
	return 0;
}

static int read_charges(sd_bus_message *reply, struct prepayd_charges *ret)
{
	size_t room = 0;
	int r;

	r = sd_bus_message_read(reply, "u", &ret->epoch);
	if (r < 0)
		return r;
	r = sd_bus_message_enter_container(reply, 'a', "(txxt)");
	while (r >= 0) {
		struct prepayd_charge charge;
		uint64_t at_us;

		r = sd_bus_message_read(reply, "(txxt)", &at_us,
					&charge.cost_up, &charge.standing_up,
					&charge.entry);
		if (r <= 0)
			break;
		if (at_us > INT64_MAX)
			return -ERANGE;
		charge.at_us = (int64_t)at_us;
		r = add_charge(ret, &room, &charge);
	}
	return r;
}

static int charges(void *userdata, const char *meter, int64_t after_us,
		   struct prepayd_charges *ret)
{
	CLEANUP(cleanup_bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	struct prepayd *prepayd = userdata;
	struct prepayd_object *object = object_of(prepayd, meter);
	struct prepayd_charges found = { 0 };
	int r;

	r = sd_bus_call_method(prepayd->daemon->bus, TARIFF, object->path,
			       TARIFF, "GetCharges", &error, &reply, "tu",
			       (uint64_t)after_us, UINT32_C(0));
	if (r < 0)
		return away(object,
			    error.message ? error.message : strerror(-r));
	r = read_charges(reply, &found);
	if (r < 0) {
		free(found.charge);
		return away(object, "not what it should say");
	}
	if (object->tariffd_away)
		log_info("%s: tariffd answers", meter);
	object->tariffd_away = false;
	*ret = found;
	return 0;
}

static int complete(void *userdata, const char *meter,
		    const struct prepayd_entry *entry)
{
	CLEANUP(cleanup_bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	CLEANUP(cleanup_message) sd_bus_message *message = NULL;
	struct prepayd *prepayd = userdata;
	struct prepayd_object *object = object_of(prepayd, meter);
	int r;

	r = sd_bus_message_new_method_call(prepayd->daemon->bus, &message,
					   TARIFF, object->path, TARIFF,
					   "CompleteEntry");
	if (r >= 0)
		r = sd_bus_message_append(message, "txx", entry->entry,
					  entry->balance_mp,
					  entry->emergency_mp);
	if (r >= 0)
		r = sd_bus_message_append_array(message, 'x', entry->debt_mp,
						sizeof(entry->debt_mp));
	if (r >= 0)
		r = sd_bus_call(prepayd->daemon->bus, message, 0, &error, NULL);
	/* It has forgotten it: nobody will ask for it again. */
	if (r < 0 && sd_bus_error_has_name(&error, ERROR_NO_SUCH)) {
		log_warning("%s: tariffd knows no billing entry %llu", meter,
			    (unsigned long long)entry->entry);
		return 0;
	}
	if (r < 0)
		return away(object,
			    error.message ? error.message : strerror(-r));
	return 0;
}

struct prepayd_source prepayd_tariff_source(struct prepayd *prepayd)
{
	return (struct prepayd_source){ charges, complete, prepayd };
}
