// SPDX-License-Identifier: LGPL-2.1-or-later
/* Registers of metrologyd, and older ones of storaged. */
#include <errno.h>

#include "tariffd.h"

#define METROLOGY "uk.hearth.Metrology1"
#define STORAGE "uk.hearth.Storage1"
#define STORAGE_PATH "/uk/hearth/storage"

/* Of electricity's registers; the fifth is of twin elements. */
#define ACTIVE_IMPORT 0
#define SECOND_IMPORT 4
#define REGISTERS_MAX 16

static int path_of(const struct tariffd_meter *meter, char path[80])
{
	return snprintf(path, 80, METER_ROOT "/%s", meter->name);
}

/* A (tatu). Returns 1, or 0 at the end of an array. */
static int read_latch(sd_bus_message *message, bool gas,
		      struct tariffd_reading *ret)
{
	const uint64_t *value;
	uint64_t at_us;
	uint32_t flags;
	size_t size;
	int r;

	r = sd_bus_message_enter_container(message, 'r', "tatu");
	if (r <= 0)
		return r;
	r = sd_bus_message_read(message, "t", &at_us);
	if (r >= 0)
		r = sd_bus_message_read_array(message, 't',
					      (const void **)&value, &size);
	if (r >= 0)
		r = sd_bus_message_read(message, "u", &flags);
	if (r >= 0)
		r = sd_bus_message_exit_container(message);
	if (r < 0)
		return r;
	size /= sizeof(*value);
	if (!size || size > REGISTERS_MAX || value[ACTIVE_IMPORT] > INT64_MAX)
		return -EBADMSG;
	ret->at_s = (int64_t)(at_us / USEC_PER_SEC);
	ret->value = (int64_t)value[ACTIVE_IMPORT];
	ret->second_wh = !gas && size > SECOND_IMPORT &&
					 value[SECOND_IMPORT] <= INT64_MAX ?
				 (int64_t)value[SECOND_IMPORT] :
				 -1;
	return 1;
}

static int read_latches(sd_bus_message *message, bool gas,
			struct tariffd_reading *ret, size_t room)
{
	struct tariffd_reading more;
	int r, n = 0;

	r = sd_bus_message_enter_container(message, 'a', "(tatu)");
	if (r < 0)
		return r;
	while ((r = read_latch(message, gas,
			       (size_t)n < room ? &ret[n] : &more)) > 0) {
		/* Ascending, or they are no answer. */
		if (n && (size_t)n < room && ret[n].at_s <= ret[n - 1].at_s)
			return -EBADMSG;
		n += (size_t)n < room;
	}
	return r < 0 ? r : n;
}

int tariffd_get_latches(sd_bus *bus, const struct tariffd_meter *meter,
			int64_t after_s, struct tariffd_reading *ret,
			size_t room)
{
	CLEANUP(cleanup_bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	char path[80];
	int r;

	path_of(meter, path);
	r = sd_bus_call_method(bus, METROLOGY, path, METROLOGY, "GetLatches",
			       &error, &reply, "tu",
			       (uint64_t)after_s * USEC_PER_SEC, 0U);
	return r < 0 ? r : read_latches(reply, meter->gas, ret, room);
}

int tariffd_get_stored(sd_bus *bus, const struct tariffd_meter *meter,
		       int64_t after_s, struct tariffd_reading *ret,
		       size_t room)
{
	CLEANUP(cleanup_bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	int r;

	r = sd_bus_call_method(bus, STORAGE, STORAGE_PATH, STORAGE,
			       "GetReadings", &error, &reply, "stu",
			       meter->name, (uint64_t)after_s * USEC_PER_SEC,
			       (uint32_t)room);
	return r < 0 ? r : read_latches(reply, meter->gas, ret, room);
}

int tariffd_get_present(sd_bus *bus, const struct tariffd_meter *meter,
			struct tariffd_reading *ret)
{
	CLEANUP(cleanup_bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	char path[80];
	int r;

	path_of(meter, path);
	r = sd_bus_call_method(bus, METROLOGY, path, METROLOGY, "GetRegisters",
			       &error, &reply, "");
	return r >= 0 && read_latch(reply, meter->gas, ret) > 0;
}
