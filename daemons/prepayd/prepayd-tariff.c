// SPDX-License-Identifier: LGPL-2.1-or-later
/* tariffd: the points of what there is to pay for, and billing entries. */
#include "prepayd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TARIFF "uk.hearth.Tariff1"
/* Shorter than the watchdog by far, whoever hangs. */
#define TIMEOUT_US (2 * USEC_PER_SEC)
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

static int new_call(const struct prepayd_object *object, const char *member,
		    sd_bus_message **ret)
{
	return sd_bus_message_new_method_call(object->prepayd->daemon->bus, ret,
					      TARIFF, object->path, TARIFF,
					      member);
}

/* A tariffd that is not running is not started for a question. */
static int ask(const struct prepayd_object *object, sd_bus_message *message,
	       sd_bus_error *error, sd_bus_message **ret)
{
	int r = sd_bus_message_set_auto_start(message, false);

	return r < 0 ? r :
		       sd_bus_call(object->prepayd->daemon->bus, message,
				   TIMEOUT_US, error, ret);
}

static const char *text_of(const sd_bus_error *error, int r)
{
	return error->message ? error->message : strerror(-r);
}

static int charges(void *userdata, const char *meter, int64_t after_us,
		   struct prepayd_charges *ret)
{
	CLEANUP(cleanup_bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	CLEANUP(cleanup_message) sd_bus_message *message = NULL;
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	struct prepayd_object *object = object_of(userdata, meter);
	struct prepayd_charges found = { 0 };
	int r;

	r = new_call(object, "GetCharges", &message);
	if (r >= 0)
		r = sd_bus_message_append(message, "tu", (uint64_t)after_us,
					  UINT32_C(0));
	if (r >= 0)
		r = ask(object, message, &error, &reply);
	if (r < 0)
		return away(object, text_of(&error, r));
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
	struct prepayd_object *object = object_of(userdata, meter);
	int r;

	r = new_call(object, "CompleteEntry", &message);
	if (r >= 0)
		r = sd_bus_message_append(message, "txx", entry->entry,
					  entry->balance_mp,
					  entry->emergency_mp);
	if (r >= 0)
		r = sd_bus_message_append_array(message, 'x', entry->debt_mp,
						sizeof(entry->debt_mp));
	if (r >= 0)
		r = ask(object, message, &error, NULL);
	/* It has forgotten it: nobody will ask for it again. */
	if (r < 0 && sd_bus_error_has_name(&error, ERROR_NO_SUCH)) {
		log_warning("%s: tariffd knows no billing entry %llu", meter,
			    (unsigned long long)entry->entry);
		return 0;
	}
	return r < 0 ? away(object, text_of(&error, r)) : 0;
}

struct prepayd_source prepayd_tariff_source(struct prepayd *prepayd)
{
	return (struct prepayd_source){ charges, complete, prepayd };
}
