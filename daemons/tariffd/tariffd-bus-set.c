// SPDX-License-Identifier: LGPL-2.1-or-later
/* uk.hearth.Tariff1: what is set. */
#include <errno.h>
#include <string.h>

#include "tariffd-bus.h"

static const struct {
	const char *name;
	unsigned int bit;
} parts[] = {
	{ "switching-table", TARIFF_CALENDAR },
	{ "thresholds", TARIFF_THRESHOLDS },
	{ "prices", TARIFF_PRICES },
};

static int answer(struct tariffd_object *object, sd_bus_message *message, int r,
		  const char *why, sd_bus_error *error)
{
	r = tariffd_finish(object, r, why, error);
	return r < 0 ? r : sd_bus_reply_method_return(message, "");
}

/* What came was no message of the right form, or no valid value. */
static int unreadable(int r, const char *why, sd_bus_error *error)
{
	return why ? bus_fail(error, r, why) : r;
}

static enum tariff_commodity commodity_of(const struct tariffd_object *object,
					  uint8_t element)
{
	if (element == TARIFFD_SECONDARY)
		return TARIFF_SECOND;
	return object->meter->gas ? TARIFF_GAS : TARIFF_ELECTRICITY;
}

/* --- setting tables */

static int set_tables(sd_bus_message *message, struct tariffd_object *object,
		      unsigned int with, sd_bus_error *error)
{
	struct tariffd_tables tables = { 0 };
	struct tariff_thresholds thresholds;
	struct tariff_calendar calendar;
	struct tariff_prices prices;
	const char *why = NULL;
	uint8_t element;
	uint64_t at_us;
	int r = bus_require(message, BUS_SUPPLIER, error);

	if (r >= 0)
		r = sd_bus_message_read(message, "yt", &element, &at_us);
	if (r >= 0 && with & WITH_CALENDAR) {
		tables.calendar = &calendar;
		r = tariffd_read_calendar(message,
					  commodity_of(object, element),
					  &calendar, &why);
	}
	if (r >= 0 && with & WITH_THRESHOLDS) {
		tables.thresholds = &thresholds;
		r = tariffd_read_thresholds(message, &thresholds, &why);
	}
	if (r >= 0 && with & WITH_PRICES) {
		tables.prices = &prices;
		r = tariffd_read_prices(message, &prices, &why);
	}
	if (r < 0)
		return unreadable(r, why, error);
	r = tariffd_set_tables(&object->tariffd->service, object->meter,
			       (enum tariffd_element)element, seconds(at_us),
			       &tables, &why);
	return answer(object, message, r, why, error);
}

int on_set_tariff(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	return set_tables(message, userdata, WITH_ALL, error);
}

int on_set_switching_table(sd_bus_message *message, void *userdata,
			   sd_bus_error *error)
{
	return set_tables(message, userdata, WITH_CALENDAR, error);
}

int on_set_thresholds(sd_bus_message *message, void *userdata,
		      sd_bus_error *error)
{
	return set_tables(message, userdata, WITH_THRESHOLDS, error);
}

int on_set_prices(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	return set_tables(message, userdata, WITH_PRICES, error);
}

static int read_parts(sd_bus_message *message, unsigned int *ret_what)
{
	const char *name;
	int r = sd_bus_message_enter_container(message, 'a', "s");

	*ret_what = 0;
	while (r >= 0) {
		size_t n = 0;

		r = sd_bus_message_read(message, "s", &name);
		if (r <= 0)
			break;
		while (n < ARRAY_SIZE(parts) && strcmp(parts[n].name, name))
			n++;
		if (n == ARRAY_SIZE(parts))
			return -ENOENT;
		*ret_what |= parts[n].bit;
	}
	return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int reply_parts(sd_bus_message *message, unsigned int what)
{
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	int r = sd_bus_message_new_method_return(message, &reply);

	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "s");
	for (size_t n = 0; r >= 0 && n < ARRAY_SIZE(parts); n++)
		if (what & parts[n].bit)
			r = sd_bus_message_append(reply, "s", parts[n].name);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

int on_cancel(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	struct tariffd_object *object = userdata;
	unsigned int what, cancelled = 0;
	uint8_t element;
	int r = bus_require(message, BUS_SUPPLIER, error);

	if (r >= 0)
		r = sd_bus_message_read(message, "y", &element);
	if (r >= 0)
		r = read_parts(message, &what);
	if (r == -ENOENT)
		return bus_fail(error, r, "a tariff has no such part");
	if (r < 0)
		return r;
	r = tariffd_cancel(&object->tariffd->service, object->meter,
			   (enum tariffd_element)element, what, &cancelled);
	r = tariffd_finish(object, r, NULL, error);
	return r < 0 ? r : reply_parts(message, cancelled);
}

/* --- other settings */

int on_set_half_hours(sd_bus_message *message, void *userdata,
		      sd_bus_error *error)
{
	struct tariffd_object *object = userdata;
	int32_t price_mp[TARIFF_DYNAMIC_SLOTS];
	const char *why = NULL;
	uint64_t from_us;
	size_t n;
	int r = bus_require(message, BUS_SUPPLIER, error);

	if (r >= 0)
		r = sd_bus_message_read(message, "t", &from_us);
	if (r >= 0)
		r = tariffd_read_scaled(message, price_mp, TARIFF_DYNAMIC_SLOTS,
					&n, &why);
	if (r < 0)
		return unreadable(r, why, error);
	r = from_us % USEC_PER_SEC ?
		    -EINVAL :
		    tariffd_set_half_hours(&object->tariffd->service,
					   object->meter, seconds(from_us),
					   price_mp, n);
	if (r == -EINVAL)
		why = "prices begin with a half hour, and are 1 to 256";
	else if (r == -ERANGE)
		why = "half hours more than five days ahead";
	else if (r == -ESTALE)
		why = "a half hour that has begun is rated already";
	return answer(object, message, r, why, error);
}

int on_use_half_hours(sd_bus_message *message, void *userdata,
		      sd_bus_error *error)
{
	struct tariffd_object *object = userdata;
	int on, r = bus_require(message, BUS_SUPPLIER, error);

	if (r >= 0)
		r = sd_bus_message_read(message, "b", &on);
	if (r < 0)
		return r;
	r = tariffd_use_half_hours(&object->tariffd->service, object->meter,
				   on);
	return answer(object, message, r, NULL, error);
}

static int set_period(sd_bus_message *message, struct tariffd_object *object,
		      int (*set)(struct tariffd_service *service,
				 struct tariffd_meter *meter,
				 const struct tariff_period *period,
				 const char **ret_why),
		      sd_bus_error *error)
{
	struct tariff_period period = { 0 };
	const char *repeat, *why = NULL;
	uint64_t anchor_us;
	int r = bus_require(message, BUS_SUPPLIER, error);

	if (r >= 0)
		r = sd_bus_message_read(message, "ts", &anchor_us, &repeat);
	if (r < 0)
		return r;
	while (period.repeat < REPEAT_KINDS &&
	       strcmp(tariffd_repeats[period.repeat], repeat) != 0)
		period.repeat++;
	if (anchor_us % USEC_PER_SEC)
		return bus_fail(error, -EINVAL, "no whole second");
	if (period.repeat != REPEAT_NEVER)
		period.anchor_s = seconds(anchor_us);
	r = set(&object->tariffd->service, object->meter, &period, &why);
	return answer(object, message, r, why, error);
}

int on_set_billing(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	return set_period(message, userdata, tariffd_set_billing, error);
}

int on_set_reset(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	return set_period(message, userdata, tariffd_set_reset, error);
}

int on_reset_blocks(sd_bus_message *message, void *userdata,
		    sd_bus_error *error)
{
	struct tariffd_object *object = userdata;
	int r = bus_require(message, BUS_SUPPLIER, error);

	if (r < 0)
		return r;
	r = tariffd_reset_blocks(&object->tariffd->service, object->meter);
	return answer(object, message, r, NULL, error);
}

int on_close_entry(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	struct tariffd_object *object = userdata;
	int r = bus_require(message, BUS_SUPPLIER, error);

	if (r < 0)
		return r;
	r = tariffd_close_entry(&object->tariffd->service, object->meter);
	return answer(object, message, r, NULL, error);
}

int on_set_gas_values(sd_bus_message *message, void *userdata,
		      sd_bus_error *error)
{
	struct tariffd_object *object = userdata;
	const char *why = NULL;
	uint32_t cv, factor;
	int r = bus_require(message, BUS_SUPPLIER, error);

	if (r >= 0)
		r = sd_bus_message_read(message, "uu", &cv, &factor);
	if (r < 0)
		return r;
	r = tariffd_set_gas_values(&object->tariffd->service, object->meter, cv,
				   factor);
	if (r == -ENOENT)
		why = "not a gas meter";
	return answer(object, message, r, why, error);
}
