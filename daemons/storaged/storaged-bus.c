// SPDX-License-Identifier: LGPL-2.1-or-later
/* uk.hearth.Storage1, documented in dbus/uk.hearth.Storage1.xml. */
#include <errno.h>
#include <string.h>

#include "storaged-export.h"
#include "storaged.h"

#define READINGS_MAX 1488 /* a month's, at once */

/* --- who asks for what */

static int fail(struct storage *storage, sd_bus_error *error, int r,
		const char *why)
{
	if (r == -EBADMSG)
		(void)storage_wrote(storage, r);
	return bus_fail(error, r, why);
}

static int meter_of(const char *name, sd_bus_error *error)
{
	int meter = meter_id_of(name);

	if (meter < 0)
		return bus_fail(error, -ENOENT, "there is no such meter");
	return meter;
}

/* The supplier's object is the supplier's; *ret_us: what is hidden before. */
static int enter(sd_bus_message *message, const struct storage_view *view,
		 uint64_t *ret_us, sd_bus_error *error)
{
	int r;

	*ret_us = 0;
	if (view->supplier)
		return bus_require(message, BUS_SUPPLIER, error);
	r = storaged_tenancy(&view->storage->service, ret_us);
	return r < 0 ? fail(view->storage, error, r, NULL) : 0;
}

/* --- half hours */

struct readings {
	sd_bus_message *reply;
	uint64_t after_us;
	uint32_t limit, n;
	unsigned int channels;
};

static int add_reading(const struct profile_latch *before,
		       const struct profile_latch *latch, void *userdata)
{
	struct readings *readings = userdata;
	int r;

	(void)before;
	if (latch->slot * PROFILE_SLOT_US <= readings->after_us)
		return 0;
	r = storage_append_latch(readings->reply, readings->channels, latch);
	if (r < 0)
		return r;
	return ++readings->n >= readings->limit;
}

/* Of the chain of daemons, which has to see all: what it makes is cut. */
static int get_readings(sd_bus_message *message, void *userdata,
			sd_bus_error *error)
{
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	const struct storage_view *view = userdata;
	struct readings readings = { 0 };
	const char *name;
	int r, meter;

	r = bus_require(message, BUS_DAEMON, error);
	if (r < 0)
		return r;
	r = sd_bus_message_read(message, "stu", &name, &readings.after_us,
				&readings.limit);
	if (r < 0)
		return r;
	meter = meter_of(name, error);
	if (meter < 0)
		return meter;
	if (!readings.limit || readings.limit > READINGS_MAX)
		readings.limit = READINGS_MAX;
	readings.channels = meter_kind_of(meter)->channels;
	r = sd_bus_message_new_method_return(message, &reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(tatu)");
	readings.reply = reply;
	if (r >= 0)
		r = storaged_walk(&view->storage->service, meter, PROFILE_ALL,
				  readings.after_us, add_reading, &readings);
	storage_bus_alerts(view->storage);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	if (r < 0)
		return fail(view->storage, error, r, NULL);
	return sd_bus_send(NULL, reply, NULL);
}

static int put_readings(sd_bus_message *message, void *userdata,
			sd_bus_error *error)
{
	struct storage *storage = ((struct storage_view *)userdata)->storage;
	struct profile_latch latch[STORAGE_LATCHES];
	const char *name;
	int r, n, meter;

	r = bus_require(message, BUS_DAEMON, error);
	if (r < 0)
		return r;
	r = sd_bus_message_read(message, "s", &name);
	if (r < 0)
		return r;
	meter = meter_of(name, error);
	if (meter < 0)
		return meter;
	if (meter_kind_of(meter)->measured)
		return bus_fail(error, -EINVAL,
				"metrologyd has the readings of this meter");
	n = storage_read_latches(message, meter_kind_of(meter)->channels,
				 latch);
	if (n == -EINVAL || n == -E2BIG)
		return bus_fail(error, -EINVAL,
				"up to 96 readings at half-hour boundaries, "
				"ascending, with a register each");
	if (n < 0)
		return n;
	if (!storage->now_us(storage))
		return bus_fail(error, -EPERM, "the time is not known");
	r = storaged_put(&storage->service, meter, latch, (size_t)n,
			 storage->now_us(storage));
	if (r == -ERANGE)
		return bus_fail(error, r, "a reading is of the future");
	(void)storage_wrote(storage, r);
	if (r < 0)
		return bus_fail(error, r, NULL);
	return sd_bus_reply_method_return(message, "u", (uint32_t)r);
}

static int reply_fd(sd_bus_message *message, const struct storage_view *view,
		    int r, int fd, sd_bus_error *error)
{
	storage_bus_alerts(view->storage);
	if (r < 0)
		return fail(view->storage, error, r, NULL);
	r = sd_bus_reply_method_return(message, "h", fd);
	close(fd);
	return r;
}

static int get_profile(sd_bus_message *message, void *userdata,
		       sd_bus_error *error)
{
	const struct storage_view *view = userdata;
	const char *name, *channel_name;
	struct export_range range;
	int r, meter, channel, fd = -1;

	r = enter(message, view, &range.tenancy_us, error);
	if (r < 0)
		return r;
	r = sd_bus_message_read(message, "sstt", &name, &channel_name,
				&range.from_us, &range.to_us);
	if (r < 0)
		return r;
	meter = meter_of(name, error);
	if (meter < 0)
		return meter;
	channel = meter_channel_of(meter, channel_name);
	if (channel < 0)
		return bus_fail(error, -ENOENT,
				"the meter has no such channel");
	r = export_profile(&view->storage->service, meter,
			   (unsigned int)channel, &range, &fd);
	return reply_fd(message, view, r, fd, error);
}

static int export(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	const struct storage_view *view = userdata;
	struct export_range range;
	const char *format;
	int r, fd = -1;

	r = enter(message, view, &range.tenancy_us, error);
	if (r < 0)
		return r;
	r = sd_bus_message_read(message, "stt", &format, &range.from_us,
				&range.to_us);
	if (r < 0)
		return r;
	r = export_all(&view->storage->service, format, &range, &fd);
	return reply_fd(message, view, r, fd, error);
}

/* --- logs */

static int append(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	struct storage *storage = ((struct storage_view *)userdata)->storage;
	struct log_record record;
	uint64_t sequence, number;
	const char *source;
	int r;

	r = bus_require(message, BUS_DAEMON, error);
	if (r < 0)
		return r;
	r = sd_bus_message_read(message, "stsstqss", &source, &sequence,
				&record.meter, &record.log, &record.at_us,
				&record.code, &record.text, &record.detail);
	if (r < 0)
		return r;
	r = storaged_append(&storage->service, source, sequence, &record,
			    &number);
	if (r == -EINVAL)
		return bus_fail(error, r, "not a record");
	(void)storage_wrote(storage, r);
	if (r < 0)
		return bus_fail(error, r, NULL);
	return sd_bus_reply_method_return(message, NULL);
}

static int add_entry(const struct storaged_entry *entry, void *userdata)
{
	int r = sd_bus_message_append(userdata, "(ttqss)", entry->number,
				      entry->at_us, entry->code, entry->text,
				      entry->detail);

	return r < 0 ? r : 0;
}

static int read_log(sd_bus_message *message, void *userdata,
		    sd_bus_error *error)
{
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	const struct storage_view *view = userdata;
	uint64_t from_us, to_us, tenancy_us;
	const char *name, *log;
	int r, meter;

	r = enter(message, view, &tenancy_us, error);
	if (r < 0)
		return r;
	r = sd_bus_message_read(message, "sstt", &name, &log, &from_us, &to_us);
	if (r < 0)
		return r;
	meter = meter_of(name, error);
	if (meter < 0)
		return meter;
	if (log_id_of(log) < 0 && strcmp(log, LOG_DAILY_CONSUMPTION) != 0)
		return bus_fail(error, -ENOENT, "there is no such log");
	r = sd_bus_message_new_method_return(message, &reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(ttqss)");
	if (r >= 0)
		r = storaged_read_log(&view->storage->service, meter, log,
				      from_us, to_us, tenancy_us, add_entry,
				      reply);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	if (r < 0)
		return fail(view->storage, error, r, NULL);
	return sd_bus_send(NULL, reply, NULL);
}

static void on_logged(void *userdata, const char *meter, const char *log,
		      uint64_t number)
{
	struct storage *storage = userdata;

	(void)sd_bus_emit_signal(storage->bus, STORAGE_PATH, STORAGE_INTERFACE,
				 "Logged", "sst", meter, log, number);
}

/* --- the rest */

static int set_tenancy(sd_bus_message *message, void *userdata,
		       sd_bus_error *error)
{
	struct storage *storage = ((struct storage_view *)userdata)->storage;
	uint64_t tenancy_us;
	int r;

	r = bus_require(message, BUS_SUPPLIER, error);
	if (r < 0)
		return r;
	r = sd_bus_message_read(message, "t", &tenancy_us);
	if (r < 0)
		return r;
	if (!storage->now_us(storage))
		return bus_fail(error, -EPERM, "the time is not known");
	r = storaged_set_tenancy(&storage->service, tenancy_us,
				 storage->now_us(storage));
	if (r == -ERANGE)
		return bus_fail(error, r,
				"not later than now, and not before the "
				"present tenancy");
	(void)storage_wrote(storage, r);
	if (r < 0)
		return bus_fail(error, r, NULL);
	(void)sd_bus_emit_properties_changed(
		storage->bus, STORAGE_PATH, STORAGE_INTERFACE, "Tenancy", NULL);
	return sd_bus_reply_method_return(message, NULL);
}

static int get_number(sd_bus *bus, const char *path, const char *interface,
		      const char *property, sd_bus_message *reply,
		      void *userdata, sd_bus_error *error)
{
	static const struct {
		const char *name;
		int (*get)(struct storaged_service *service, uint64_t *ret);
	} numbers[] = {
		{ "DatabaseSize", storaged_size },
		{ "OldestData", storaged_oldest },
		{ "Tenancy", storaged_tenancy },
	};
	struct storage *storage = ((struct storage_view *)userdata)->storage;
	uint64_t value;
	int r;

	(void)bus, (void)path, (void)interface;
	for (size_t n = 0; n < ARRAY_SIZE(numbers); n++) {
		if (strcmp(numbers[n].name, property) != 0)
			continue;
		r = numbers[n].get(&storage->service, &value);
		if (r < 0)
			return fail(storage, error, r, NULL);
		return sd_bus_message_append(reply, "t", value);
	}
	return -ENOENT;
}

static int get_alerts(sd_bus *bus, const char *path, const char *interface,
		      const char *property, sd_bus_message *reply,
		      void *userdata, sd_bus_error *error)
{
	static const char *const names[] = { "disk-full", "disk-failed",
					     "database-set-aside",
					     "history-damaged",
					     "clock-behind" };
	const struct storage *storage =
		((struct storage_view *)userdata)->storage;
	int r;

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	r = sd_bus_message_open_container(reply, 'a', "s");
	for (size_t n = 0; r >= 0 && n < ARRAY_SIZE(names); n++)
		if (storage->alerts >> n & 1)
			r = sd_bus_message_append(reply, "s", names[n]);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

void storage_bus_alerts(struct storage *storage)
{
	const struct storaged_service *service = &storage->service;

	storage->alerts &=
		~(unsigned int)(ALERT_HISTORY_DAMAGED | ALERT_CLOCK_BEHIND);
	if (service->damaged)
		storage->alerts |= ALERT_HISTORY_DAMAGED;
	if (service->clock_behind)
		storage->alerts |= ALERT_CLOCK_BEHIND;
	if (storage->alerts == storage->told)
		return;
	storage->told = storage->alerts;
	(void)sd_bus_emit_properties_changed(storage->bus, STORAGE_PATH,
					     STORAGE_INTERFACE, "Alerts", NULL);
}

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_ARGS("GetReadings",
				SD_BUS_ARGS("s", meter, "t", after, "u", limit),
				SD_BUS_RESULT("a(tatu)", readings),
				get_readings, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("PutReadings",
				SD_BUS_ARGS("s", meter, "a(tatu)", readings),
				SD_BUS_RESULT("u", stored), put_readings,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("GetProfile",
				SD_BUS_ARGS("s", meter, "s", channel, "t", from,
					    "t", to),
				SD_BUS_RESULT("h", profile), get_profile,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS(
		"Export", SD_BUS_ARGS("s", format, "t", from, "t", to),
		SD_BUS_RESULT("h", data), export, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS(
		"Append",
		SD_BUS_ARGS("s", source, "t", sequence, "s", meter, "s", log,
			    "t", at, "q", code, "s", text, "s", detail),
		SD_BUS_NO_RESULT, append, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("ReadLog",
				SD_BUS_ARGS("s", meter, "s", log, "t", from,
					    "t", to),
				SD_BUS_RESULT("a(ttqss)", records), read_log,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("SetTenancy", SD_BUS_ARGS("t", since),
				SD_BUS_NO_RESULT, set_tenancy,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_SIGNAL_WITH_ARGS(
		"Logged", SD_BUS_ARGS("s", meter, "s", log, "t", number), 0),
	SD_BUS_PROPERTY("DatabaseSize", "t", get_number, 0, 0),
	SD_BUS_PROPERTY("OldestData", "t", get_number, 0, 0),
	SD_BUS_PROPERTY("Tenancy", "t", get_number, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Alerts", "as", get_alerts, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_VTABLE_END
};

int storage_bus_add(struct storage *storage)
{
	int r;

	storage->service.logged = on_logged;
	storage->service.userdata = storage;
	storage->consumer = (struct storage_view){ storage, false };
	storage->supplier = (struct storage_view){ storage, true };
	r = sd_bus_add_object_vtable(storage->bus, NULL, STORAGE_PATH,
				     STORAGE_INTERFACE, vtable,
				     &storage->consumer);
	if (r < 0)
		return r;
	return sd_bus_add_object_vtable(storage->bus, NULL,
					STORAGE_SUPPLIER_PATH,
					STORAGE_INTERFACE, vtable,
					&storage->supplier);
}
