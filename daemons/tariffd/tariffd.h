/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's parts among each other; see tariffd(8). */
#ifndef HEARTH_TARIFFD_H
#define HEARTH_TARIFFD_H

#include "../common/daemon.h"
#include "tariffd-service.h"

/* What is signalled of a meter. */
struct tariffd_view {
	int32_t price_mp;
	uint8_t action, block;
	struct cost_sum sum[COST_KINDS];
};

struct tariffd {
	struct daemon *daemon;
	struct tariffd_service service;
	struct tariffd_object {
		struct tariffd *tariffd;
		struct tariffd_meter *meter;
		struct tariffd_view told;
	} object[TARIFFD_METERS];
	uint64_t started_us; /* UTC of the first cycle */
};

/* --- tariffd-bus.c: uk.hearth.Tariff1 */

int tariffd_bus_add(struct tariffd *tariffd);
/* Signal what has changed since the last time. */
void tariffd_bus_changed(struct tariffd *tariffd);

/* --- tariffd-tables.c: tables as arguments; 0 or negative errno */

/* A reason in *ret_why with -EINVAL and -ERANGE. */
int tariffd_read_calendar(sd_bus_message *message,
			  enum tariff_commodity commodity,
			  struct tariff_calendar *ret, const char **ret_why);
int tariffd_read_thresholds(sd_bus_message *message,
			    struct tariff_thresholds *ret,
			    const char **ret_why);
int tariffd_read_prices(sd_bus_message *message, struct tariff_prices *ret,
			const char **ret_why);
/* At most room prices of a scale before them. */
int tariffd_read_scaled(sd_bus_message *message, int32_t *price_mp, size_t room,
			size_t *ret_n, const char **ret_why);
int tariffd_append_calendar(sd_bus_message *reply,
			    const struct tariff_calendar *c);
int tariffd_append_thresholds(sd_bus_message *reply,
			      const struct tariff_thresholds *x);
int tariffd_append_prices(sd_bus_message *reply, const struct tariff_prices *p);
/* Eight rows of four blocks, as cells are (by_block), or as counters are. */
int tariffd_append_rows(sd_bus_message *reply, const int64_t *wh,
			bool by_block);

/* --- tariffd-upstream.c: metrologyd and storaged */

#define TARIFFD_READINGS 480 /* at most in one answer of storaged */

/*
 * Registers latched after a time, ascending, up to room; the number, or
 * negative errno. A register that is not there reads as -1.
 */
int tariffd_get_latches(sd_bus *bus, const struct tariffd_meter *meter,
			int64_t after_s, struct tariffd_reading *ret,
			size_t room);
int tariffd_get_stored(sd_bus *bus, const struct tariffd_meter *meter,
		       int64_t after_s, struct tariffd_reading *ret,
		       size_t room);
/* The present registers: 1, or 0 if they are not known. */
int tariffd_get_present(sd_bus *bus, const struct tariffd_meter *meter,
			struct tariffd_reading *ret);

#endif /* HEARTH_TARIFFD_H */
