// SPDX-License-Identifier: LGPL-2.1-or-later
/* The meter's readings, from uk.hearth.Metrology1. */
#include <errno.h>
#include <string.h>

#include "ihdd.h"

#define METER_BUS "uk.hearth.Metrology1"
#define METER_PATH "/uk/hearth/meter/electricity0"
#define STALE_US 3000000u

/* Beyond this a number is not a reading of a home, in any of the units. */
#define VALUE_MAX INT64_C(1000000000000)

static struct source_reading *find(struct source *source, const char *name)
{
	static const struct {
		const char *name;
		size_t offset;
	} map[] = {
		{ "ActivePower", offsetof(struct source, power_mw) },
		{ "Voltage", offsetof(struct source, voltage_mv) },
		{ "Frequency", offsetof(struct source, frequency_mhz) },
		{ "ActiveImport", offsetof(struct source, import_wh) },
		{ "ActiveExport", offsetof(struct source, export_wh) },
	};

	for (size_t n = 0; n < ARRAY_SIZE(map); n++)
		if (!strcmp(name, map[n].name))
			return (void *)((char *)source + map[n].offset);
	return NULL;
}

static int take_reading(struct source_reading *reading, sd_bus_message *m)
{
	uint64_t utc_us, now = now_boottime_us(), age_us;
	const char *quality;
	uint32_t age_ms;
	int64_t value;
	int r;

	r = sd_bus_message_read(m, "v", "(xuts)", &value, &age_ms, &utc_us,
				&quality);
	if (r < 0)
		return r;
	age_us = (uint64_t)age_ms * USEC_PER_MSEC;
	reading->known = strcmp(quality, "unknown") != 0 &&
			 value >= -VALUE_MAX && value <= VALUE_MAX;
	reading->value = reading->known ? value : 0;
	reading->measured_boot_us = now > age_us ? now - age_us : 0;
	return 0;
}

/* a{sv}: readings we show are taken, the others skipped. */
static int take_properties(struct source *source, sd_bus_message *m)
{
	int r = sd_bus_message_enter_container(m, 'a', "{sv}");

	if (r < 0)
		return r;
	while ((r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
		struct source_reading *reading;
		const char *name;

		r = sd_bus_message_read(m, "s", &name);
		if (r < 0)
			return r;
		reading = find(source, name);
		r = reading ? take_reading(reading, m) :
			      sd_bus_message_skip(m, "v");
		if (r < 0)
			return r;
		r = sd_bus_message_exit_container(m);
		if (r < 0)
			return r;
	}
	if (r < 0)
		return r;
	source->registers_new = source->import_wh.known &&
				source->export_wh.known;
	return sd_bus_message_exit_container(m);
}

static int on_changed(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	struct manager *manager = userdata;
	const char *interface;
	int r;

	(void)error;
	r = sd_bus_message_read(m, "s", &interface);
	if (r >= 0 && !strcmp(interface, METER_BUS))
		r = take_properties(&manager->source, m);
	if (r < 0)
		log_warning("signal of the meter not understood: %s",
			    strerror(-r));
	return 0;
}

static int on_all(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	struct manager *manager = userdata;
	int r;

	(void)error;
	/* An error only says that nobody is there yet. */
	if (sd_bus_message_is_method_error(m, NULL))
		return 0;
	r = take_properties(&manager->source, m);
	if (r < 0)
		log_warning("answer of the meter not understood: %s",
			    strerror(-r));
	return 0;
}

static int ask_all(struct manager *manager)
{
	return sd_bus_call_method_async(manager->bus, NULL, METER_BUS,
					METER_PATH,
					"org.freedesktop.DBus.Properties",
					"GetAll", on_all, manager, "s",
					METER_BUS);
}

static int on_owner(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	struct manager *manager = userdata;
	const char *name, *before, *after;

	(void)error;
	if (sd_bus_message_read(m, "sss", &name, &before, &after) < 0)
		return 0;
	/* Without its daemon the meter is unknown, at once. */
	memset(&manager->source, 0, sizeof(manager->source));
	if (*after)
		(void)ask_all(manager);
	return 0;
}

int source_start(struct manager *manager)
{
	int r;

	r = sd_bus_match_signal_async(manager->bus, NULL, METER_BUS, METER_PATH,
				      "org.freedesktop.DBus.Properties",
				      "PropertiesChanged", on_changed, NULL,
				      manager);
	if (r < 0)
		return r;
	r = sd_bus_add_match_async(
		manager->bus, NULL,
		"type='signal',sender='org.freedesktop.DBus',"
		"path='/org/freedesktop/DBus',"
		"interface='org.freedesktop.DBus',member='NameOwnerChanged',"
		"arg0='" METER_BUS "'",
		on_owner, NULL, manager);
	if (r < 0)
		return r;
	return ask_all(manager);
}

static void reading_at(const struct source_reading *from, uint64_t now_boot_us,
		       struct ihd_reading *to)
{
	uint64_t age_us = now_boot_us > from->measured_boot_us ?
				  now_boot_us - from->measured_boot_us :
				  0;

	memset(to, 0, sizeof(*to));
	if (!from->known)
		return;
	to->value = from->value;
	to->age_ms = age_us / USEC_PER_MSEC;
	to->quality = age_us > STALE_US ? IHD_STALE : IHD_VALID;
}

void source_readings(const struct source *source, uint64_t now_boot_us,
		     struct ihd_readings *ret)
{
	reading_at(&source->power_mw, now_boot_us, &ret->power_mw);
	reading_at(&source->voltage_mv, now_boot_us, &ret->voltage_mv);
	reading_at(&source->frequency_mhz, now_boot_us, &ret->frequency_mhz);
	reading_at(&source->import_wh, now_boot_us, &ret->import_wh);
	reading_at(&source->export_wh, now_boot_us, &ret->export_wh);
}
