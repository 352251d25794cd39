// SPDX-License-Identifier: LGPL-2.1-or-later
/* Registers at half hours, a(tatu) on the bus. */
#include <errno.h>
#include <string.h>

#include "storaged.h"

#define METROLOGY "uk.hearth.Metrology1"

/* One of a(tatu): 1, 0: there is none, or -EINVAL: not of such a meter. */
static int read_latch(sd_bus_message *message, unsigned int channels,
		      struct profile_latch *ret)
{
	const uint64_t *registers;
	uint64_t at_us;
	size_t octets;
	int r;

	r = sd_bus_message_enter_container(message, 'r', "tatu");
	if (r <= 0)
		return r;
	memset(ret, 0, sizeof(*ret));
	r = sd_bus_message_read(message, "t", &at_us);
	if (r < 0)
		return r;
	r = sd_bus_message_read_array(message, 't', (const void **)&registers,
				      &octets);
	if (r < 0)
		return r;
	if (octets != channels * sizeof(*registers) ||
	    at_us % PROFILE_SLOT_US || at_us < CLOCK_SET_US ||
	    at_us / PROFILE_SLOT_US >= UINT32_MAX)
		return -EINVAL;
	memcpy(ret->registers, registers, octets);
	ret->slot = (uint32_t)(at_us / PROFILE_SLOT_US);
	r = sd_bus_message_read(message, "u", &ret->flags);
	if (r < 0)
		return r;
	r = sd_bus_message_exit_container(message);
	return r < 0 ? r : 1;
}

int storage_read_latches(sd_bus_message *message, unsigned int channels,
			 struct profile_latch ret[STORAGE_LATCHES])
{
	struct profile_latch latch;
	int n = 0, r;

	r = sd_bus_message_enter_container(message, 'a', "(tatu)");
	if (r < 0)
		return r;
	while ((r = read_latch(message, channels, &latch)) > 0) {
		if (n == STORAGE_LATCHES)
			return -E2BIG;
		if (n && latch.slot <= ret[n - 1].slot)
			return -EINVAL;
		ret[n++] = latch;
	}
	if (r < 0)
		return r;
	r = sd_bus_message_exit_container(message);
	return r < 0 ? r : n;
}

int storage_fetch(struct storage *storage, int meter, uint64_t after_us,
		  struct profile_latch ret[STORAGE_LATCHES])
{
	CLEANUP(cleanup_bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	char name[METER_NAME_ROOM], path[64];
	int r;

	meter_name_of(meter, name);
	snprintf(path, sizeof(path), METER_ROOT "/%s", name);
	r = sd_bus_call_method(storage->bus, METROLOGY, path, METROLOGY,
			       "GetLatches", &error, &reply, "tu", after_us,
			       (uint32_t)STORAGE_LATCHES);
	if (sd_bus_error_has_name(&error, SD_BUS_ERROR_UNKNOWN_OBJECT) ||
	    sd_bus_error_has_name(&error, SD_BUS_ERROR_UNKNOWN_INTERFACE) ||
	    sd_bus_error_has_name(&error, SD_BUS_ERROR_UNKNOWN_METHOD))
		return -ENOENT; /* not every home has gas */
	if (r >= 0)
		r = storage_read_latches(reply, meter_kind_of(meter)->channels,
					 ret);
	if (r < 0 && !storage->fetch_failed)
		log_warning("no half hours of %s from metrologyd: %s", name,
			    error.message ? error.message : strerror(-r));
	storage->fetch_failed = r < 0;
	return r;
}

int storage_append_latch(sd_bus_message *reply, unsigned int channels,
			 const struct profile_latch *latch)
{
	int r;

	r = sd_bus_message_open_container(reply, 'r', "tatu");
	if (r >= 0)
		r = sd_bus_message_append(reply, "t",
					  latch->slot * PROFILE_SLOT_US);
	if (r >= 0)
		r = sd_bus_message_append_array(reply, 't', latch->registers,
						channels * sizeof(uint64_t));
	if (r >= 0)
		r = sd_bus_message_append(reply, "u", latch->flags);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}
