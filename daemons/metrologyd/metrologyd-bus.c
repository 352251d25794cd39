// SPDX-License-Identifier: LGPL-2.1-or-later
/* uk.hearth.Metrology1, documented in dbus/uk.hearth.Metrology1.xml. */
#include "metrologyd.h"

#include <stddef.h>
#include <string.h>

#include "../common/bus.h"

#define SIGNAL_EVERY_US (1 * USEC_PER_SEC)

static int get_reading(sd_bus *bus, const char *path, const char *interface,
		       const char *property, sd_bus_message *reply,
		       void *userdata, sd_bus_error *error)
{
	const struct meter_reading *reading = userdata;
	uint64_t now = now_boottime_us();

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(
		reply, "(xuts)",
		reading->known ? reading->value : METER_UNKNOWN,
		meter_age_ms(reading, now),
		reading->known ? reading->utc_us : UINT64_C(0),
		meter_quality_name(meter_quality(reading, now)));
}

static int get_source(sd_bus *bus, const char *path, const char *interface,
		      const char *property, sd_bus_message *reply,
		      void *userdata, sd_bus_error *error)
{
	const struct meter *meter = userdata;

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(reply, "s",
				     meter_source_name(meter->source));
}

static int append_latch(sd_bus_message *reply, const struct latch *latch)
{
	int r;

	r = sd_bus_message_open_container(reply, 'r', "tatu");
	if (r < 0)
		return r;
	r = sd_bus_message_append(reply, "t", latch->at_us);
	if (r < 0)
		return r;
	r = sd_bus_message_append_array(reply, 't', latch->registers,
					sizeof(latch->registers));
	if (r < 0)
		return r;
	r = sd_bus_message_append(reply, "u", latch->flags);
	if (r < 0)
		return r;
	return sd_bus_message_close_container(reply);
}

static struct manager *manager_of(void *userdata)
{
	return (struct manager *)((char *)userdata -
				  offsetof(struct manager, meter));
}

static int get_latches(sd_bus_message *message, void *userdata,
		       sd_bus_error *error)
{
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	const struct manager *manager = manager_of(userdata);
	const struct latch *latch;
	uint64_t after_us;
	uint32_t limit;
	size_t n;
	int r;

	(void)error;
	r = sd_bus_message_read(message, "tu", &after_us, &limit);
	if (r < 0)
		return r;
	r = sd_bus_message_new_method_return(message, &reply);
	if (r < 0)
		return r;
	n = latches_after(&manager->latches, after_us, &latch);
	if (limit && limit < n)
		n = limit;
	r = sd_bus_message_open_container(reply, 'a', "(tatu)");
	for (; r >= 0 && n; n--)
		r = append_latch(reply, latch++);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int get_registers(sd_bus_message *message, void *userdata,
			 sd_bus_error *error)
{
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	struct latch latch;
	int r;

	r = latch_now(userdata, now_boottime_us(), &latch);
	if (r < 0)
		return sd_bus_error_set(error, ERROR_UNAVAILABLE,
					"the registers are not known now");
	r = sd_bus_message_new_method_return(message, &reply);
	if (r >= 0)
		r = append_latch(reply, &latch);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

#define READING(_name, _value)                                           \
	SD_BUS_PROPERTY(_name, "(xuts)", get_reading,                    \
			offsetof(struct meter, reading) +                \
				(_value) * sizeof(struct meter_reading), \
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	READING("ActivePower", METER_ACTIVE_POWER),
	READING("ReactivePower", METER_REACTIVE_POWER),
	READING("Voltage", METER_VOLTAGE),
	READING("CurrentLive", METER_CURRENT_LIVE),
	READING("CurrentNeutral", METER_CURRENT_NEUTRAL),
	READING("Frequency", METER_FREQUENCY),
	READING("ActiveImport", METER_ACTIVE_IMPORT),
	READING("ActiveExport", METER_ACTIVE_EXPORT),
	READING("ReactiveImport", METER_REACTIVE_IMPORT),
	READING("ReactiveExport", METER_REACTIVE_EXPORT),
	SD_BUS_PROPERTY("SourceState", "s", get_source, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_METHOD_WITH_ARGS("GetLatches",
				SD_BUS_ARGS("t", after, "u", limit),
				SD_BUS_RESULT("a(tatu)", latches), get_latches,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("GetRegisters", SD_BUS_NO_ARGS,
				SD_BUS_RESULT("(tatu)", registers),
				get_registers, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END
};

static void send_changed(struct manager *manager)
{
	int r = sd_bus_emit_properties_changed(
		manager->bus, METROLOGY_METER, METROLOGY_INTERFACE,
		"ActivePower", "ReactivePower", "Voltage", "CurrentLive",
		"CurrentNeutral", "Frequency", "ActiveImport", "ActiveExport",
		"ReactiveImport", "ReactiveExport", "SourceState", NULL);

	if (r < 0)
		log_warning("cannot emit a change: %s", strerror(-r));
	manager->signalled_us = now_boottime_us();
}

static int on_signal_due(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec;
	send_changed(userdata);
	return 0;
}

int metrology_bus_add(struct manager *manager)
{
	int r;

	r = sd_event_add_time(manager->event, &manager->signal, CLOCK_MONOTONIC,
			      0, 1, on_signal_due, manager);
	if (r < 0)
		return r;
	r = sd_event_source_set_enabled(manager->signal, SD_EVENT_OFF);
	if (r < 0)
		return r;
	r = sd_bus_add_object_manager(manager->bus, NULL, METROLOGY_ROOT);
	if (r < 0)
		return r;
	r = sd_bus_add_object_vtable(manager->bus, NULL, METROLOGY_METER,
				     METROLOGY_INTERFACE, vtable,
				     &manager->meter);
	if (r < 0)
		return r;
	return sd_bus_request_name(manager->bus, METROLOGY_BUS_NAME, 0);
}

void metrology_bus_changed(struct manager *manager)
{
	uint64_t due = manager->signalled_us + SIGNAL_EVERY_US;
	uint64_t now = now_boottime_us();
	int enabled = SD_EVENT_OFF;

	(void)sd_event_source_get_enabled(manager->signal, &enabled);
	if (enabled != SD_EVENT_OFF)
		return; /* what is on its way will say this too */
	if (now >= due ||
	    sd_event_source_set_time_relative(manager->signal, due - now) < 0 ||
	    sd_event_source_set_enabled(manager->signal, SD_EVENT_ONESHOT) < 0)
		send_changed(manager);
}
